"""The window of past kills: a list, and the page of the selected one; it also reads a dropped log."""

from __future__ import annotations

import os
import time
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oomtray.actions import kill_reports
from oomtray.actions.helper_run import HELPER, PKEXEC
from oomtray.file_access import FileError
from oomtray.messages.files import file_problem, packed_log
from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.kills import none_in_log
from oomtray.text import printable
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.file_dialog import FileDialog
from oomtray.ui.dialogs import kill_loading
from oomtray.ui.dialogs.kernel_reports import KernelReports
from oomtray.ui.dialogs.kill_page import KillPage
from oomtray.ui.dialogs.kill_panes import KillList, KillPanes
from oomtray.ui.dialogs.kill_saver import KillSaver
from oomtray.ui.dialogs.said_line import SaidLine
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.buttons import push_button
from oomtray.ui.qt.dialog import MARGIN
from oomtray.ui.qt.empty import Empty
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.labels import Elided
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.log_drop import LogDrop
from oomtray.ui.qt.painting import Hairline
from oomtray.ui.qt.tab_order import move_on
from oomtray.ui.qt.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtGui import QCloseEvent

    from oomtray.dbus.session import SessionBus
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.before_kill import Moment
    from oomtray.ui.controllers.kill_remedies import Remedy
    from oomtray.ui.controllers.report import Report

_SIZE, _LEAST = QSize(980, 860), QSize(400, 300)
_BEFORE = 600.0
"""How many seconds before a kill the requested kernel reports begin."""
_WEEK = 7 * 86400.0


class KillsWindow(Window):
    """Shows past kills.

    `dialog_wanted` carries an action and its subject like the popup's, `busy` whether a password dialog is
    open.
    """

    dialog_wanted = Signal(str, object)
    unit_wanted = Signal(object, str)
    """A subject whose service is to be set, and the initial preset."""
    limit_wanted = Signal(object)
    """A MemoryMax to set."""
    busy = Signal(bool)

    def __init__(
        self,
        assessment: Assessment | None,
        *,
        clock: Callable[[], float] = time.time,
        open_log: bool | None = None,
        helper: str = HELPER,
        pkexec: str = PKEXEC,
        marks: Callable[[], Iterable[str]] = tuple,
        labels: AppLabels | None = None,
        bus: SessionBus | None = None,
    ) -> None:
        """`open_log` says whether the kernel's log may be read without asking; None to find out.

        `marks` returns the apps that are marked as expendable.
        """
        super().__init__(tr("What was killed"))
        self._assessment, self._clock = assessment, clock
        self._marks = marks
        self.labels = labels or AppLabels(self)
        self.files = FileDialog(self, bus)
        self._wanted: int | None = None
        self._focused: QWidget | None = None
        """What had the keyboard before the kernel's report was asked for."""
        self._stop = Event()
        self._log_is_open = kill_reports.log_is_open() if open_log is None else open_log
        self._reports_offered = not self._log_is_open
        self.said = SaidLine(self)
        self.saver = KillSaver(self.files, self)
        self.saver.told.connect(self.said.say)
        self._reports = KernelReports(self, helper=helper, pkexec=pkexec)
        self._reports.told.connect(self.said.say)
        self._reports.came.connect(self._take_reports)
        self._reports.busy.connect(self._asks)
        LogDrop(self).dropped.connect(self.open_log)
        self._build()
        self._lay_out()
        self.give_size(_SIZE, _LEAST)

    def _build(self) -> None:
        self.origin = Elided("", self, faint=True, middle=True)
        self.back_button = push_button(tr("Back"), self.show_recorded, self)
        self.list = KillList(self.labels, self)
        self.list.currentRowChanged.connect(self._picked)
        self.page = KillPage(self, clock=self._clock, marks=self._marks, labels=self.labels)
        self.page.chosen.connect(self._chosen)
        self.page.report_button.clicked.connect(self._ask_for_report)
        self.placeholder = Empty(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.placeholder)
        self.stack.addWidget(self.page)
        self.open_button = push_button(tr("Open a log…"), self._ask_for_file, self)
        self.report_button = push_button(tr("Ask for the kernel's report…"), self._ask_for_report, self)
        for button in (self.report_button, self.page.report_button):
            button.setToolTip(tr("Reads what the kernel's log says of kills, and nothing else. Asks for a password."))
        self.save_button = push_button(tr("Save for a bug report…"), self._save, self)
        self.save_button.setToolTip(tr("The kill and the readings around it, without the names of users, computers and files."))
        self.close_button = push_button(tr("Close"), self.close, self)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Make Tab follow the visual order: the page's buttons are created with each kill."""
        return move_on(self, forward=forward)

    def _lay_out(self) -> None:
        self._panes = KillPanes((self.back_button, self.origin), self.list, self.stack, self)
        # the one that may be hidden is the last, so that none moves
        offers = fill(FlowLayout(), self.open_button, self.save_button, self.report_button)
        close = (self.close_button, 0, Qt.AlignmentFlag.AlignBottom)
        foot = fill(QHBoxLayout(), (offers, 1), close, margins=(MARGIN, 10, MARGIN, 12), spacing=8)
        fill(QVBoxLayout(self), (self._panes, 1), self.said, Hairline(self), foot, margins=(0, 0, 0, 0), spacing=0)

    # list

    @Slot()
    def show_recorded(self, number: int | None = None) -> None:
        """Show the recorded kills, starting with the one of this `number` or else the newest."""
        self._wanted = number
        self.origin.setText(tr("Recorded on this computer"))
        self.back_button.hide()
        self._offer_reports(offered=not self._log_is_open)
        self._wait(kill_loading.recorded, self._take_recorded)

    @Slot(str)
    def open_log(self, path: str) -> None:
        """Show a log: dmesg, syslog or the journal in any of its formats."""
        self.origin.setText(printable(os.path.basename(path)))
        self.back_button.show()
        self._offer_reports(offered=False)
        self._wait(partial(kill_loading.logged, path, self._stop), self._take_logged)

    def _offer_reports(self, *, offered: bool) -> None:
        self._reports_offered = offered
        self.page.offer_reports(offered=offered)
        self._place_offer()

    def _place_offer(self) -> None:
        """Offer the kernel's report once: on the page of a kill that nothing else explains, else below."""
        on_page = self.stack.currentWidget() is self.page and self.page.report_button.isVisibleTo(self.page)
        self.report_button.setVisible(self._reports_offered and not on_page)

    def show_assessment(self, assessment: Assessment) -> None:
        """Update what can be done for what runs now."""
        self._assessment = assessment
        self.page.show_assessment(assessment)

    def _wait(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        self.said.say("")
        self._show_nothing(tr("Reading…"))
        run_in_background(work, then, self)

    @Slot(object)
    def _take_recorded(self, answer: object) -> None:
        if self._failed(answer):
            return
        title = tr("No kills so far")
        self._list(answer, tr("Nothing has been killed for lack of memory since OOM Tray began to record. A log may tell of earlier kills: drop its file here."), title)

    @Slot(object)
    def _take_logged(self, answer: object) -> None:
        if isinstance(answer, kill_loading.NoLog) and answer.packing is not None:
            self._show_nothing(packed_log(answer.path, answer.packing), tr("This log can't be opened"))
        elif isinstance(answer, kill_loading.NoLog):
            self._show_nothing(tr("That is not a log file."))
        elif not self._failed(answer):
            self._list(answer, none_in_log())

    def _failed(self, answer: object) -> bool:
        if isinstance(answer, FileError):
            self._show_nothing(file_problem(answer.problem))
        elif isinstance(answer, Exception):
            self._show_nothing(tr("It can't be read: {reason}.", reason=type(answer).__name__))
        return isinstance(answer, Exception)

    def _list(self, answer: object, nothing: str, title: str = "") -> None:
        assert isinstance(answer, list)
        if answer:
            self.show_entries(answer)
        else:
            self._show_nothing(nothing, title)

    def show_entries(self, entries: list[kill_loading.Entry]) -> None:
        """List entries, at least one, newest first."""
        self.list.show()
        self.list.show_entries(entries, self._clock())
        self._panes.share()
        self.list.choose(self._wanted)
        self.list.setFocus()

    def _show_nothing(self, text: str, title: str = "") -> None:
        self.list.show_entries([], self._clock())
        self.list.hide()
        self._panes.share()
        self.save_button.hide()
        self.placeholder.show_text(text, title)
        self.stack.setCurrentWidget(self.placeholder)
        self._place_offer()

    @Slot()
    def _picked(self) -> None:
        entry = self.list.entry
        if entry is None:
            return
        self.stack.setCurrentWidget(self.page)
        self.save_button.setVisible(entry.number is not None)
        self._show_kill(entry)
        if entry.number is not None:
            run_in_background(lambda: (entry, kill_loading.before(entry.event)), self._take_moments, self)

    @Slot(object)
    def _take_moments(self, answer: object) -> None:
        if isinstance(answer, tuple) and answer[0] is self.list.entry and answer[1]:
            self._show_kill(*answer)

    def _show_kill(self, entry: kill_loading.Entry, around: Sequence[Moment] = ()) -> None:
        self.page.show_kill(entry.event, around, self._assessment, kills=entry.kills, before=self.list.same_before)
        self._place_offer()

    # actions

    @Slot(object)
    def _chosen(self, remedy: Remedy) -> None:
        if remedy.limit is not None:
            self.limit_wanted.emit(remedy.limit)
        elif remedy.action == "unit":
            self.unit_wanted.emit(remedy.subject, remedy.preset)
        elif remedy.action is not None:
            self.dialog_wanted.emit(remedy.action, remedy.subject)

    def show_report(self, report: Report) -> None:
        """Show a remedy's outcome and what is offered next, usually to undo it."""
        self.said.say(report.text, *report.offers)

    @Slot()
    def _ask_for_file(self) -> None:
        from oomtray.desktop.file_chooser import Wanted

        self.files.ask(Wanted(tr("Open a log"), folder="/var/log"), self.open_log)

    @Slot()
    def _save(self) -> None:
        entry = self.list.entry
        if entry is not None and entry.number is not None:
            self.saver.ask(entry.number)

    # the kernel's own report

    @Slot()
    def _ask_for_report(self) -> None:
        entry = self.list.entry
        event = None if entry is None else entry.event
        self._wanted = None if entry is None else entry.number
        times = [] if event is None else [one for one in (event.not_before, event.time) if one is not None]
        self._reports.ask(min(times) - _BEFORE if times else self._clock() - _WEEK)

    @Slot(bool)
    def _asks(self, asks: bool) -> None:
        if asks:
            self._focused = self.focusWidget()
        for button in (self.report_button, self.page.report_button):
            button.setEnabled(not asks)
        if not asks and self._focused in (self.report_button, self.page.report_button) and self._focused.isVisible():
            self._focused.setFocus()
        self.busy.emit(asks)

    @Slot(object)
    def _take_reports(self, answer: object) -> None:
        if self._failed(answer) or not isinstance(answer, tuple):
            return
        reports, entries = answer
        found = len(reports.events)
        if not found:
            self.said.say(tr("The kernel's log has no report of it any more."))
            return
        self._list(entries, "")
        self.said.say(tr_n("The kernel's log had {count} report.", "The kernel's log had {count} reports.", found))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop.set()
        super().closeEvent(event)
