"""The window of past kills, with a page of each kind."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.risk.kill_event import Dead, KillEvent, KillScope, group_victim
from oomtray.ui.dialogs.kill_loading import Entry
from oomtray.ui.dialogs.kills_window import KillsWindow
from tests.facts import desktops, kills

_INSTALLED = {"slack": "#611f69", "firefox": "#e0651e", "code": "#2276b8"}


def several() -> list[KillEvent]:
    """Of each kind one, also of those that tell little."""
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
        KillEvent(time=None, killer="unknown", outcome="one-of", sources=("log",), victims=(Dead(pid=None, name="java", app="java"),)),
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


def take(save: Callable[[str, QWidget], None], tone: str) -> None:
    leak, limited, likely, ours_at = kills.leak(), kills.limited(), kills.unseen(), kills.AT - 3600
    none = replace(likely, victims=(), outcome="unknown", growing=())
    ours = replace(
        likely, killer="oomtray", outcome="killed", not_before=None, sources=(), time=ours_at,
        victims=(Dead(pid=7, name="slack", app="Slack", start_time=1),), growing=(),
    )  # fmt: skip
    entries = [Entry(leak, (40,)), Entry(ours, (39,)), Entry(limited, (38,)), Entry(none, tuple(range(12, 24))), Entry(likely, (2,))]
    usual = len(entries)
    entries += [Entry(event, (number,)) for number, event in enumerate(several(), 50)]
    for name, row, before, size in (
        ("leak", 0, kills.leak_moments(), (980, 740)), ("leak-640", 0, kills.leak_moments(), (640, 672)),
        ("ours", 1, kills.leak_moments(ours_at), (980, 740)), ("limit", 2, (), (980, 740)),
        ("many-unseen", 3, (), (980, 740)), ("likely", 4, (), (900, 640)), ("likely-440", 4, (), (440, 640)),
        ("wide", 4, (), (1400, 800)),
        *((f"kind-{row:02}", row, (), (640 if row % 2 else 900, 640)) for row in range(usual, len(entries))),
    ):  # fmt: skip
        window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
        window.resize(*size)
        window.show_entries(entries)
        window.list.setCurrentRow(row)
        window.page.show_kill(entries[row].event, before, desktops.desktop(), kills=entries[row].kills)
        window.show()
        settle(window)
        save(f"kill-{name}-{tone}", window)
        window.close()
    empty = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
    empty.resize(900, 640)
    with patch("oomtray.kernel.log_lookup.recent", return_value=[]):  # this machine's may have some
        empty.show_recorded()
        empty.show()
        settle(empty)
    save(f"kill-none-{tone}", empty)
    empty.close()


def settle(window: KillsWindow) -> None:
    """Until the icons are there."""
    for _ in range(3):  # the apps, then their pictures
        window.grab()
        until = QDeadlineTimer(5000)
        while window.labels.reads and not until.hasExpired():
            QApplication.processEvents()
