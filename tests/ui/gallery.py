"""Pictures of the popup in all its states: `python -m tests.ui.gallery DIRECTORY`."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="oomtray-gallery-")

from PySide6.QtCore import QDeadlineTimer, QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from oomtray.actions.adjust import Change
from oomtray.actions.oomd_step import oomd_step
from oomtray.config import Settings
from oomtray.drill import Drill
from oomtray.history.database import Database
from oomtray.history.period import read_period
from oomtray.kernel.process_facts import ProcessFacts, Unread
from oomtray.kernel.process_handle import ProcessGone
from oomtray.messages import changes, ending, step_in
from oomtray.messages.desktop import runs_as_root
from oomtray.messages.verdicts import still_takes
from oomtray.risk.assessment import Assessment
from oomtray.risk.step_in import COUNTDOWN, Candidate
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.details_dialog import DetailsWindow
from oomtray.ui.dialogs.drill_dialog import DrillDialog
from oomtray.ui.dialogs.explain_dialog import ExplainWindow
from oomtray.ui.dialogs.fits_dialog import FitsDialog
from oomtray.ui.dialogs.kill_loading import Entry
from oomtray.ui.dialogs.kills_window import KillsWindow
from oomtray.ui.history.history_window import HistoryWindow
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops, histories, kills
from tests.facts.process_facts import STARTED, hostile, process_facts
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
        for _ in range(4):  # rows of words that wrap need some turns to find their heights
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
        self.explanation(tone)
        self.details(tone)
        self.fits(tone)
        self.kills(tone)
        self.history(tone)
        self.drill(tone)

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
                f"{changes.result('firefox · Web Content', [lowered])} The next victim is now code · rust-analyzer, which would free at most 1.2 GiB.",
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
                "Slack: 4 processes deprioritized (oom_score_adj +300). The next victim is now slack, which would free at most 330 MiB.",
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
        """Under systemd-oomd: what the menu and the explanation of a job in a terminal say."""
        now = desktops.watched()
        popup, subject = self.popup(now), in_a_terminal(now)
        popup.menu.fill(subject, now, Settings().actions, {})
        popup.menu.popup(QPoint(0, 0))
        self.save(f"menu-under-oomd-{tone}", popup.menu)
        popup.menu.close()
        window = ExplainWindow(popup)
        window.tell(now, subject)
        window.show()
        self.save(f"explain-under-oomd-{tone}", window)
        window.close()
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
        popup.menu.fill(found, popup.model.assessment, Settings().actions, {})
        popup.menu.popup(QPoint(0, 0))
        self.save(f"menu-{tone}", popup.menu)
        popup.menu.close()
        popup.hide()

    def explanation(self, tone: str) -> None:
        popup = self.popup(desktops.desktop("warning"))
        found = popup.table.subject(popup.model.index(0, 0))
        assert found is not None
        assert popup.assessment is not None
        window = ExplainWindow(popup)
        window.tell(popup.assessment, found)
        window.show()
        self.save(f"explain-{tone}", window)
        window.close()
        popup.hide()

    def fits(self, tone: str) -> None:
        for name, size, assessment in (
            ("yes", "800M", desktops.desktop()),
            ("after", "20G", desktops.desktop("warning")),
            ("no", "900G", desktops.desktop("critical")),
            ("wrong", "much", desktops.desktop()),
            ("long", "20G", desktops.long_names()),
        ):
            dialog = FitsDialog(assessment)
            dialog.size_field.setText(size)
            dialog.show()
            self.save(f"fits-{name}-{tone}", dialog)
            dialog.close()

    def kills(self, tone: str) -> None:
        for name, event, moments in (
            ("leak", kills.leak(), kills.leak_moments()), ("limit", kills.limited(), []), ("unseen", kills.unseen(), []),
            *((f"odd-{number}", event, []) for number, event in enumerate(kills.odd())),
        ):  # fmt: skip
            window = KillsWindow(desktops.desktop(), clock=lambda: kills.NOW, open_log=False)
            window.show_entries([Entry(event, (4,)), Entry(kills.limited(), (3,)), Entry(kills.unseen(), (2,))])
            window.page.show_kill(event, moments, desktops.desktop())
            window.show()
            self.save(f"kills-{name}-{tone}", window)
            window.close()

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

    def drill(self, tone: str) -> None:
        killed = kills.Dead(pid=77, name="oomtray-drill", freed=60 << 20, oom_score_adj=1000)
        held = Drill(77, 0.4, 0.2, kills.leak(victims=(killed,), ranking=None, foretold=None))
        dialog = DrillDialog(hold=lambda: held)
        dialog.show()
        self.save(f"drill-{tone}", dialog)
        dialog.start_button.click()
        until = QDeadlineTimer(5000)
        while not dialog.show_button.isVisible() and not until.hasExpired():
            QApplication.processEvents()
        self.save(f"drill-held-{tone}", dialog)
        dialog.close()

    def details(self, tone: str) -> None:
        self.details_of(f"details-{tone}", desktops.desktop("warning"), process_facts(), app=False)
        self.details_of(f"details-app-{tone}", desktops.desktop("warning"), process_facts())
        refused = dict.fromkeys(
            ("executable", "directory", "files", "connections", "bytes_read", "bytes_written"), Unread.DENIED
        )
        self.details_of(f"details-refused-{tone}", desktops.desktop(), process_facts(uid=0, **refused), row=5)
        self.details_of(f"details-hostile-{tone}", desktops.long_names(), hostile(), app=False)
        self.details_of(f"details-ended-{tone}", desktops.desktop(), ProcessGone(4203), app=False)

    def details_of(
        self, name: str, assessment: Assessment, told: ProcessFacts | OSError, *, row: int = 0, app: bool = True
    ) -> None:
        def read(*_: int) -> tuple[ProcessFacts, str]:
            if isinstance(told, OSError):
                raise told
            return told, "user"

        of = assessment.apps[row]
        subject = Subject.of_app(of) if app else Subject.of_process(of.members[0])
        window = DetailsWindow(assessment, subject, read=read, clock=lambda: STARTED + 2280)
        window.show()
        until = QDeadlineTimer(5000)
        while not (window.rows.isVisible() or window.note.isVisible()) and not until.hasExpired():
            QApplication.processEvents()
        self.save(name, window)
        window.close()


def main(arguments: list[str]) -> int:
    gc.disable()  # a thread that reads would destroy the widgets of closed windows
    app = QApplication(["oomtray"])
    app.setStyle(QStyleFactory.create("Fusion"))
    gallery = Gallery(Path(arguments[0] if arguments else "build/gallery"))
    for tone, colors in (("light", LIGHT), ("dark", DARK)):
        app.setPalette(palette(colors))
        gallery.all(tone)
    app.setPalette(palette(LIGHT))
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    gallery.take("right-to-left", desktops.desktop("warning"))
    print(f"pictures are in {gallery.directory}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
