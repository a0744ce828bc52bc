"""Pictures of past kills and the history alone: `LANGUAGE=ko python -m tests.ui.kill_pictures DIRECTORY [TONE...]`.

Tones are light, dark, contrast, large (letters of 18 points), mirrored; without one the first two.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="oomtray-gallery-")

from PySide6.QtCore import QDeadlineTimer, QLocale, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleFactory

from oomtray.history.events import Event, put_events
from oomtray.risk.kill_event import Dead, KillEvent, KillScope, group_victim
from oomtray.ui.app.history import HistoryOpener
from oomtray.ui.dialogs.kill_loading import Entry
from oomtray.ui.dialogs.kills_window import KillsWindow
from oomtray.ui.qt.translation import translate_qt
from tests.facts import desktops, kills
from tests.ui.gallery import DARK, HISTORY_ENDS, LIGHT, Gallery, palette
from tests.ui.gallery_list import CONTRAST

_TONES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST, "large": LIGHT, "mirrored": LIGHT}
_INSTALLED = {"slack": "#611f69", "firefox": "#e0651e", "code": "#2276b8"}


def several() -> list[KillEvent]:
    """Kinds of kills that the other pictures lack."""
    tab, other = kills.unseen().victims[0], Dead(pid=88, name="slack", app="Slack", freed=200 << 20)
    return [
        replace(kills.leak(), outcome="one-of", victims=(tab, other), ranking=(), scope=None, sources=("vmstat",)),
        replace(kills.leak(), victims=tuple(Dead(pid=one.pid, name=one.name, freed=one.rss) for one in kills.RANKING[:3])),
        KillEvent(
            time=kills.AT, killer="kernel", outcome="killed", constraint="memcg", sources=("memory-events",),
            victims=(group_victim("/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-77.scope"),),
            scope=KillScope(kind="cgroup", path="/user.slice", limit=2 << 30),
        ),
        KillEvent(time=kills.AT, killer="earlyoom", outcome="killed", sources=("log",), victims=(Dead(pid=7, name="java", freed=3 << 30),)),
        KillEvent(
            time=kills.AT, killer="kernel", outcome="killed", sources=("pidfd", "memory-events"), constraint="memcg",
            victims=(Dead(pid=77, name="oomtray-drill", freed=60 << 20),), scope=KillScope(kind="cgroup", path="/x/oomtray-drill.scope"),
        ),
        KillEvent(time=None, killer="unknown", outcome="unknown", sources=("vmstat",)),
        *kills.odd(),
        *map(kills.elsewhere, ("nodes", "zones", "pieces", "devices")),
    ]  # fmt: skip


def install_apps() -> None:
    """Apps with pictures, so that the lists have icons."""
    data = Path(os.environ["XDG_DATA_HOME"])
    (data / "applications").mkdir(parents=True, exist_ok=True)
    icons = data / "icons/hicolor/32x32/apps"
    icons.mkdir(parents=True, exist_ok=True)
    for name, color in _INSTALLED.items():
        lines = f"[Desktop Entry]\nType=Application\nName={name.title()}\nExec={name}\nIcon={name}\n"
        (data / f"applications/{name}.desktop").write_text(lines)
        picture = QImage(32, 32, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(color))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(1, 1, 30, 30)
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(10, 10, 12, 12)
        painter.end()
        picture.save(str(icons / f"{name}.png"))


class Pictures(Gallery):
    def kill_pages(self, tone: str) -> None:
        leak, limited, likely = kills.leak(), kills.limited(), kills.unseen()
        none = replace(likely, victims=(), outcome="unknown", growing=())
        ours = replace(
            likely, killer="oomtray", outcome="killed", not_before=None, sources=(), time=kills.AT - 3600,
            victims=(Dead(pid=7, name="slack", app="Slack", start_time=1),), growing=(),
        )  # fmt: skip
        entries = [Entry(leak, (40,)), Entry(ours, (39,)), Entry(limited, (38,)), Entry(none, tuple(range(12, 24))), Entry(likely, (2,))]
        for name, row, before, size in (
            ("leak", 0, kills.leak_moments(), (980, 740)), ("leak-640", 0, kills.leak_moments(), (640, 672)),
            ("ours", 1, kills.leak_moments(kills.AT - 3600), (980, 740)), ("limit", 2, (), (980, 740)),
            ("many-unseen", 3, (), (980, 740)), ("likely", 4, (), (900, 640)), ("likely-440", 4, (), (440, 640)),
            ("wide", 4, (), (1400, 800)),
        ):  # fmt: skip
            window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
            window.resize(*size)
            window.show_entries(entries)
            window.list.setCurrentRow(row)
            window.page.show_kill(entries[row].event, before, desktops.desktop(), kills=entries[row].kills)
            window.show()
            self.settle(window)
            self.save(f"kill-{name}-{tone}", window)
            window.close()

    def settle(self, window: KillsWindow) -> None:
        """Until the icons are there."""
        for _ in range(3):  # the apps, then their pictures
            window.grab()
            until = QDeadlineTimer(5000)
            while window.labels.reads and not until.hasExpired():
                QApplication.processEvents()

    def kinds(self, tone: str) -> None:
        entries = [Entry(event, (number,)) for number, event in enumerate(several(), 1)]
        for number in range(len(entries)):
            window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
            window.resize(640 if number % 2 else 900, 640)
            window.show_entries(entries)
            window.list.setCurrentRow(number)
            window.show()
            self.settle(window)
            self.save(f"kind-{number:02}-{tone}", window)
            window.close()
        empty = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
        empty.resize(900, 640)
        with patch("oomtray.kernel.log_lookup.recent", return_value=[]):  # this machine's may have some
            empty.show_recorded()
            empty.show()
            self.settle(empty)
        self.save(f"kind-none-{tone}", empty)
        empty.close()

    def menu_and_questions(self, tone: str) -> None:
        opener = HistoryOpener(database=self.record, clock=lambda: HISTORY_ENDS)
        window = opener.open((80.0, 90.0))
        window.resize(888, 720)
        self.wait_for(window)
        window.more.click()
        self.save(f"history-menu-{tone}", window.more.menu_below)
        window.more.menu_below.close()
        window.more.clear_wanted.emit()
        if opener.question is not None:
            self.save(f"history-clear-{tone}", opener.question)
            opener.question.close()
        window.more.export_wanted.emit("csv")
        if opener.files is not None and opener.files.dialog is not None:
            self.save(f"history-export-{tone}", opener.files.dialog)
            opener.files.dialog.close()
        window.show_recording_notice("The history can't be written: no space left on the device.")
        self.save(f"history-notice-{tone}", window)
        window.close()

    def many_marks(self, tone: str) -> None:
        record = self.record()
        end = HISTORY_ENDS - 1200
        unseen = {"killer": "kernel", "outcome": "unknown", "sources": ["vmstat"], "time": end, "not_before": end - 480}
        with record.writing() as connection:
            put_events(connection, [Event("kill", f"unseen-{number}", end, unseen) for number in range(12)])
        self.history(tone)


def main(directory: str, *tones: str) -> None:
    gc.disable()  # a thread that reads would destroy the widgets of closed windows
    app = QApplication([])
    app.setStyle(QStyleFactory.create("Fusion"))
    QLocale.setDefault(QLocale(os.environ.get("LANGUAGE") or "en_GB"))
    translate_qt(app)
    install_apps()
    usual = app.font()
    for tone in tones or ("light", "dark"):
        app.setPalette(palette(_TONES[tone]))
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if tone == "mirrored" else Qt.LayoutDirection.LeftToRight)
        font = QFont(usual)
        if tone == "large":
            font.setPointSizeF(18)
        app.setFont(font)
        pictures = Pictures(Path(directory))
        pictures.kill_pages(tone)
        pictures.kinds(tone)
        pictures.many_marks(tone)
        pictures.menu_and_questions(tone)


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:])
