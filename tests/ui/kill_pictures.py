"""Pictures of past kills and the history alone, in a language: `LANGUAGE=ko python -m tests.ui.kill_pictures DIRECTORY`."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="oomtray-gallery-")

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QStyleFactory

from oomtray.history.events import Event, put_events
from oomtray.risk.kill_event import Dead
from oomtray.ui.dialogs.kill_loading import Entry
from oomtray.ui.dialogs.kills_window import KillsWindow
from tests.facts import desktops, kills
from tests.ui.gallery import DARK, HISTORY_ENDS, LIGHT, Gallery, palette


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
            self.save(f"kill-{name}-{tone}", window)
            window.close()

    def many_marks(self, tone: str) -> None:
        record = self.record()
        end = HISTORY_ENDS - 1200
        unseen = {"killer": "kernel", "outcome": "unknown", "sources": ["vmstat"], "time": end, "not_before": end - 480}
        with record.writing() as connection:
            put_events(connection, [Event("kill", f"unseen-{number}", end, unseen) for number in range(12)])
        self.history(tone)


def main(directory: str) -> None:
    app = QApplication([])
    app.setStyle(QStyleFactory.create("Fusion"))
    QLocale.setDefault(QLocale(os.environ.get("LANGUAGE") or "en_GB"))
    for tone, colors in (("light", LIGHT), ("dark", DARK)):
        app.setPalette(palette(colors))
        pictures = Pictures(Path(directory))
        pictures.kill_pages(tone)
        pictures.many_marks(tone)


if __name__ == "__main__":
    main(sys.argv[1])
