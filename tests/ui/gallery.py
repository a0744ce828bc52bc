"""The popup in all its states, and the history."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QPoint
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.actions.adjust import Change
from oomtray.actions.oomd_step import oomd_step
from oomtray.config import Settings
from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.period import read_period
from oomtray.messages import changes, ending, step_in
from oomtray.messages.desktop import runs_as_root
from oomtray.messages.verdicts import still_takes
from oomtray.risk.assessment import Assessment
from oomtray.risk.step_in import COUNTDOWN, Candidate
from oomtray.ui.app.history import HistoryOpener
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.history.history_window import HistoryWindow
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops, histories
from tests.ui.parts import the
from tests.ui.reports import PASSWORD, UNDO, offers

HISTORY_ENDS = time.mktime((2026, 11, 26, 15, 0, 0, 0, 0, -1))

DARK = {
    "Window": "#2b2d31", "WindowText": "#e8e9eb", "Base": "#1f2024", "AlternateBase": "#26282c", "Text": "#e8e9eb",
    "Button": "#34363b", "ButtonText": "#e8e9eb", "Highlight": "#3d6fb4", "HighlightedText": "#ffffff",
    "PlaceholderText": "#8b8e94", "ToolTipBase": "#34363b", "ToolTipText": "#e8e9eb", "Light": "#44474d",
    "Midlight": "#3b3e43", "Mid": "#222327", "Dark": "#17181a", "Shadow": "#0c0c0d", "BrightText": "#ffffff",
    "Link": "#7fb1ff",
}  # fmt: skip
LIGHT = {
    "Window": "#f4f5f6", "WindowText": "#1d1f23", "Base": "#ffffff", "AlternateBase": "#f4f5f6", "Text": "#1d1f23",
    "Button": "#eceef0", "ButtonText": "#1d1f23", "Highlight": "#3574c4", "HighlightedText": "#ffffff",
    "PlaceholderText": "#83878e", "ToolTipBase": "#ffffff", "ToolTipText": "#1d1f23", "Light": "#ffffff",
    "Midlight": "#f8f9fa", "Mid": "#b8bcc2", "Dark": "#9a9ea5", "Shadow": "#6b6f76", "BrightText": "#ffffff",
    "Link": "#2160b0",
}  # fmt: skip


def palette(colors: dict[str, str]) -> QPalette:
    made = QPalette()
    for role, color in colors.items():
        made.setColor(QPalette.ColorRole[role], QColor(color))
        if role in ("WindowText", "Text", "ButtonText"):
            faded = QColor(color)
            faded.setAlpha(110)
            made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], faded)
    return made


def in_a_terminal(assessment: Assessment) -> Subject:
    """A job whose whole scope would die under systemd-oomd, with the shell that it runs in."""
    return Subject.of_app(next(app for app in assessment.apps if app.key == "cc1plus"))


class Gallery:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def popup(self, assessment: Assessment, **options: object) -> Popup:
        popup = Popup(ChangeController(Settings().actions), Settings())
        popup.resize(*options.get("size", (640, 640)))  # type: ignore[misc]
        popup.open(None)
        the(Footer, popup).by_app.setChecked(not options.get("flat"))
        popup.show_assessment(assessment)
        QApplication.processEvents()
        return popup

    def save(self, name: str, widget: QWidget) -> None:
        for _ in range(12):  # rows of words that wrap need some turns to find their heights
            QApplication.processEvents()
        widget.grab().save(str(self.directory / f"{name}.png"))

    def take(self, name: str, assessment: Assessment, **options: object) -> None:
        popup = self.popup(assessment, **options)
        self.save(name, popup)
        popup.hide()
        popup.deleteLater()

    def all(self, tone: str) -> None:
        self.take(f"calm-{tone}", desktops.desktop())
        self.take(f"warning-{tone}", desktops.desktop("warning"))
        self.take(f"critical-{tone}", desktops.desktop("critical"))
        self.take(f"incomplete-{tone}", desktops.incomplete())
        self.take(f"flat-{tone}", desktops.desktop(), flat=True)
        self.take(f"crowd-{tone}", desktops.crowd(), flat=True)
        self.take(f"korean-{tone}", desktops.korean())
        self.take(f"long-names-{tone}", desktops.long_names())
        self.take(f"hostile-names-{tone}", desktops.long_names(), flat=True)
        self.take(f"narrow-{tone}", desktops.desktop("warning"), size=(440, 420))
        self.take(f"void-{tone}", desktops.void())
        self.take(f"void-narrow-{tone}", desktops.void(panic=False), size=(440, 420))
        self.take(f"close-{tone}", desktops.close())
        self.take(f"long-narrow-{tone}", desktops.long_names(), size=(440, 420))
        self.unreadable(tone)
        self.expanded(tone)
        self.message(tone)
        self.second_step(tone)
        self.stepping_in(tone)
        self.paused(tone)
        self.menu(tone)

    def unreadable(self, tone: str) -> None:
        popup = self.popup(desktops.desktop("critical"))
        popup.cannot_read("Input/output error")
        self.save(f"unreadable-{tone}", popup)
        popup.show_assessment(desktops.desktop("critical"))
        popup.show_stale(14.0)
        self.save(f"stale-{tone}", popup)
        popup.hide()
        popup = Popup(ChangeController(Settings().actions), Settings())
        popup.open(None)
        self.save(f"waiting-{tone}", popup)
        popup.hide()

    def expanded(self, tone: str) -> None:
        popup = self.popup(desktops.desktop("warning"), size=(600, 720))
        popup.table.expand(popup.model.index(0, 0))
        popup.table.setCurrentIndex(popup.model.index(1, 0, popup.model.index(0, 0)))
        self.save(f"expanded-{tone}", popup)
        popup.hide()

    def message(self, tone: str) -> None:
        popup = self.popup(desktops.desktop("warning"))
        lowered = Change(4203, 1, "Web Content", 233, 200, True, "needs-authorisation", -500)
        popup.message.tell(
            Report(
                "part",
                f"{changes.result('firefox · Web Content', [lowered])} The next victim is now code · rust-analyzer.",
                offers(PASSWORD, UNDO),
            )
        )
        self.save(f"message-part-{tone}", popup)
        popup.message.tell(
            Report(
                "ask",
                ending.kill_question("Firefox", 12),
                offers("Force kill", "Cancel"),
                closable=False,
            )
        )
        self.save(f"message-ask-{tone}", popup)
        browser = Subject.of_app(desktops.desktop().apps[0])
        popup.message.tell(
            Report("ask", ending.waits("Firefox", browser.processes, 3), offers(step_in.do_not()), closable=False)
        )
        self.save(f"message-end-{tone}", popup)
        popup.message.tell(
            Report(
                "part",
                "2 of 12 are still running: Web Content (4203) and firefox (4202).",
                offers("Force kill"),
            )
        )
        self.save(f"message-stayed-{tone}", popup)
        popup.message.tell(
            Report(
                "done",
                "Slack: 4 processes deprioritized (oom_score_adj +300). The next victim is now slack.",
                offers(UNDO),
            )
        )
        self.save(f"message-done-{tone}", popup)
        now = desktops.watched()
        step = oomd_step(now, in_a_terminal(now).processes, 1000)
        assert step is not None
        popup.message.tell(
            Report("part", " ".join(["cc1plus: oom_score_adj of 3 processes lowered to +100.", *still_takes(step)]),
                   offers(PASSWORD, "Spare it there too", UNDO))
        )  # fmt: skip
        self.save(f"message-second-step-{tone}", popup)
        popup.hide()

    def second_step(self, tone: str) -> None:
        """Under systemd-oomd: what the menu of a job in a terminal says."""
        now = desktops.watched()
        popup, subject = self.popup(now), in_a_terminal(now)
        popup.menu.fill(subject, now, Settings().actions, {}, Settings().step_in, asking=False)
        popup.menu.popup(QPoint(0, 0))
        self.save(f"menu-under-oomd-{tone}", popup.menu)
        popup.menu.close()
        popup.hide()

    def stepping_in(self, tone: str) -> None:
        now = desktops.desktop("critical")
        popup, app = self.popup(now, size=(520, 600)), next(app for app in now.apps if app.key == "slack")
        meant = Candidate(app, tuple(risk.process for risk in app.members), 612 << 20)
        popup.card.count_down(meant, 12.0, COUNTDOWN)
        self.save(f"stepping-in-{tone}", popup)
        popup.card.tell_ending(meant)
        self.save(f"stepping-in-ends-{tone}", popup)
        popup.hide()

    def paused(self, tone: str) -> None:
        popup = self.popup(desktops.desktop())
        popup.set_paused(True)
        popup.set_notices(
            [runs_as_root()]
        )
        self.save(f"paused-{tone}", popup)
        popup.hide()

    def menu(self, tone: str) -> None:
        popup = self.popup(desktops.desktop("warning"))
        found = popup.table.subject(popup.model.index(0, 0))
        assert found is not None
        assert popup.model.assessment is not None
        popup.menu.fill(found, popup.model.assessment, Settings().actions, {}, Settings().step_in, asking=False)
        popup.menu.popup(QPoint(0, 0))
        self.save(f"menu-{tone}", popup.menu)
        popup.menu.close()
        popup.hide()

    def history(self, tone: str) -> None:
        record = self.record()
        for name, span, size in (
            ("hour", "hour", (888, 720)),
            ("day", "day", (888, 720)),
            ("week", "week", (1200, 760)),
            ("month", "month", (888, 720)),
            ("narrow", "hour", (640, 560)),
        ):
            window = self.history_window(record, size)
            window.spans.buttons[span].click()
            self.wait_for(window)
            if span == "hour":
                window.chart.set_line(HISTORY_ENDS - 24 * 60)
            self.save(f"history-{name}-{tone}", window)
            if name == "hour":
                window.views.buttons["table"].click()
                self.save(f"history-table-{tone}", window)
            window.close()
        empty = self.history_window(Database(f"{record.path}.none"), (640, 560))
        self.wait_for(empty)
        self.save(f"history-empty-{tone}", empty)
        empty.close()

    def record(self) -> Database:
        """A believable history, written once."""
        record = Database(str(self.directory / "history.db"))
        if not os.path.exists(record.path):
            histories.write(record, HISTORY_ENDS)
            end = HISTORY_ENDS - 1200
            unseen = {"killer": "kernel", "outcome": "unknown", "sources": ["vmstat"], "time": end, "not_before": end - 480}
            with record.writing() as connection:
                put_events(connection, [Event("kill", f"unseen-{number}", end, unseen) for number in range(12)])
        return record

    def history_window(self, record: Database, size: tuple[int, int]) -> HistoryWindow:
        window = HistoryWindow(partial(read_period, record), (80.0, 90.0), clock=lambda: HISTORY_ENDS)
        window.resize(*size)
        window.show()
        self.wait_for(window)
        return window

    def wait_for(self, window: HistoryWindow) -> None:
        until = QDeadlineTimer(10_000)
        while window.reading and not until.hasExpired():
            QApplication.processEvents()

    def history_menu(self, tone: str) -> None:
        """What its button opens, and what that asks."""
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
