"""The window with everything about one process, or about an app's members one at a time."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from oomtray.file_access import FileError
from oomtray.kernel.process_facts import Unread
from oomtray.kernel.process_handle import ProcessGone
from oomtray.messages import details
from oomtray.messages.actions import label as action_label
from oomtray.messages.explanation import never
from oomtray.messages.i18n import tr
from oomtray.messages.names import called, title
from oomtray.risk.explain import explain
from oomtray.risk.following import shown_app
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.background_reading import BackgroundReading, freed_bytes
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.curve import Curve
from oomtray.ui.dialogs.fact_rows import FactRows
from oomtray.ui.dialogs.parts_bar import PartsBar, PartsLegend
from oomtray.ui.dialogs.process_query import Answer, ProcessQuery, read
from oomtray.ui.qt import moments
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.dialog import SECTION, Dialog
from oomtray.ui.qt.flow_layout import HeadingLayout
from oomtray.ui.qt.focus import FocusRing
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.screen_reader import call

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.history.app_trail import Trail
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, Risk

_FACTS = 260
"""Height in pixels at a 10-point font of facts that are no more than usual."""
_FEW = 3
"""How many files, connections and the like are listed individually."""


def trail(key: str, now: float) -> Trail:
    """Read an app's history from the user's own record, empty if there is none. Background thread only."""
    from oomtray.history.app_trail import read_trail
    from oomtray.history.database import Database

    try:
        return read_trail(Database(), key, now)
    except FileError:
        return ()


class DetailsWindow(Dialog):
    """Shows details of one process; for an app, first of the member that dies first.

    `explain_wanted` carries a Subject, `wanted` an action's id and a Subject.
    """

    explain_wanted = Signal(object)
    wanted = Signal(str, object)

    def __init__(
        self,
        assessment: Assessment,
        subject: Subject,
        parent: QWidget | None = None,
        *,
        read: Callable[[int, int], Answer] = read,
        trail: Callable[[str, float], Trail] = trail,
        clock: Callable[[], float] = time.time,
        labels: AppLabels | None = None,
    ) -> None:
        """`read` and `trail` are called in a thread; `clock` returns seconds since 1970."""
        super().__init__(tr("Details"), parent, width=680)  # two columns of facts
        self._trail, self._clock = trail, clock
        self._labels = labels or AppLabels(self)
        self._labels.changed.connect(self._show_head)
        self._assessment = assessment
        self._subject = subject
        self._risk: Risk = subject.first
        self._called = ""
        """What the title says that it is called."""
        self._told: Answer | None = None
        self._is_gone = False
        self.gives_back = BackgroundReading(freed_bytes, self)
        self.gives_back.told.connect(self._take_gives_back)
        self._frees: int | None = None
        self._query = ProcessQuery(read, self)
        self._query.answered.connect(self._take)
        self.who = self.subtitle
        self._build()
        self.close_button.setFocus()
        self.tell(assessment, subject)

    def _build(self) -> None:
        self.members = QComboBox(self)
        self.members.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.members.setMinimumContentsLength(20)
        self.members.activated.connect(self._member_chosen)
        self.body.addWidget(self.members)
        call(self.members, tr("Process"))
        self.body.addSpacing(SECTION - self.body.spacing())
        self.note = self.add_note()
        self.note.setContentsMargins(0, 0, 0, SECTION - self.body.spacing())
        self.counts = Plain("", self, wraps=True, bold=True)
        self.place = Plain("", self, faint=True, at_end=True)
        self.body.addLayout(fill(HeadingLayout(), self.counts, self.place))
        self.bar, self.legend = PartsBar(self), PartsLegend(self)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.legend)
        self.held = Plain("", self, faint=True, at_end=True)
        self.trend_caption = self.add_section("", self.held)
        self.trend = Curve(self)
        self.body.addWidget(self.trend)
        self._show_trend(())
        self.body.addSpacing(SECTION - self.body.spacing())
        self.caption = Plain("", self)
        self.caption.setFont(self.counts.font())
        self.body.addWidget(self.caption)
        self.rows = FactRows(self)
        self.body.addWidget(self.rows)
        self.body.addStretch(1)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # for the arrow keys
        FocusRing(self.area)
        self.area.setAccessibleName(tr("Facts"))
        self.explain_button = self.add_elsewhere(tr("Explain"), self._explain)
        self.copy_button = self.add_elsewhere(tr("Copy all"), self._copied)
        self.protect_button = self.add_action(action_label("protect"), self._protect, default=False)

    def wanted_height(self, width: int) -> int:
        """Return it with room for facts that are still being read: on Wayland one that grows off the screen can't be moved up."""
        room = grown(_FACTS, self.font()) if self._told is None else 0
        return super().wanted_height(width) + room

    # what is shown

    def tell(self, assessment: Assessment, subject: Subject) -> None:
        self._assessment, self._subject = assessment, subject
        self.members.clear()
        for risk in subject.risks:
            self.members.addItem(called(risk))
        self.members.setVisible(len(subject.risks) > 1)
        self._show_member(subject.first)

    def show_assessment(self, assessment: Assessment) -> None:
        """Update the process's badness from a newer scan."""
        self._assessment = assessment
        identity = self._risk.process.identity
        found = next((risk for risk in assessment.risks if risk.process.identity == identity), None)
        if found is not None:
            self._risk = found
            self._show_sum()
            self.gives_back.ask(Subject.of_process(found))

    @Slot(int)
    def _member_chosen(self, number: int) -> None:
        self._show_member(self._subject.risks[number])

    def _show_member(self, risk: Risk) -> None:
        self._risk, self._told, self._frees, self._is_gone = risk, None, None, False
        self._show_head()
        self.note.show_text("")
        self.rows.hide()
        self.caption.setText(tr("Reading…"))
        self.caption.show()
        self._show_sum()
        self.who.show_text(self._who_it_is())
        self._query.of(risk.process.identity)
        self.gives_back.ask(Subject.of_process(risk))
        self._show_trend(())
        if (app := self._app) is not None:
            run_in_background(partial(self._trail, app.key, self._clock()), self._take_trail, self)

    @Slot(object, object)
    def _take_gives_back(self, subject: Subject, frees: int) -> None:
        if subject.first.process.identity == self._risk.process.identity:
            self._frees = frees
            self._show_sum()

    def _show_sum(self) -> None:
        try:
            explained = explain(self._assessment, self._risk.process.pid)
        except KeyError:  # it has ended: keep what was shown last
            return
        if self._frees is not None:
            own = max(self._frees - (explained.risk.process.page_tables or 0), 0)
            explained = replace(explained, risk=replace(explained.risk, private=own))
        why_not = explained.risk.why_not
        self.counts.setText(details.counts(explained) if why_not is None else never(why_not))
        self.place.setText(details.place(explained))
        self.bar.show_parts(explained)
        self.legend.show_parts(explained)
        has_parts = explained.parts.rss is not None
        self.bar.setVisible(has_parts)
        self.legend.setVisible(has_parts)
        self.bar.setAccessibleName(self.counts.text())
        self._mind_protect()

    def _mind_protect(self) -> None:
        self.protect_button.setEnabled(self._risk.why_not is None and not self._is_gone)

    @Slot()
    def _show_head(self) -> None:
        label = self._labels.of_owner(self._assessment, self._risk)
        name = title(self._assessment, self._risk) if label is None else label.name
        self._called = name
        self.head_line(name, self._who_it_is(), None if label is None else label.icon)

    @property
    def _app(self) -> App | None:
        return shown_app(self._assessment, self._risk)

    @Slot(object)
    def _take_trail(self, told: object) -> None:
        if isinstance(told, tuple):
            self._show_trend(told)

    def _show_trend(self, trail: Trail) -> None:
        """Show its app's history up to now, if that is more than a few points."""
        app = self._app
        if trail and app is not None and app.memory is not None:
            trail = (*trail, (max(self._clock(), trail[-1][0]), app.memory))
        shown = len(trail) > 2
        for part in (self.trend_caption, self.held, self.trend):
            part.setVisible(shown)
        if shown and app is not None:
            self.trend.show_points(trail)
            self.trend_caption.setText(details.trend(app, len(app.members), trail[-1][0] - trail[0][0]))
            self.held.setText(details.held([memory for _, memory in trail]))
            self.trend.setAccessibleName(f"{self.trend_caption.text()}: {self.held.text()}")
            self.keep_whole()

    def _who_it_is(self) -> str:
        facts, user = (None, None) if self._told is None else self._told
        return details.who(self._risk.process, facts, self._clock(), user, self._called)

    # facts

    @Slot(object)
    def _take(self, answer: object) -> None:
        if isinstance(answer, tuple):
            self._told = answer
            facts, user = answer
            self.note.show_text("")
            self.rows.show_lines(details.lines(facts, self._clock(), user=user, moments=moments, few=_FEW))
            self.rows.show()
            self.caption.clear()
            self.caption.hide()
            self.keep_whole()
            self.who.show_text(self._who_it_is())
        else:
            refused = Unread.DENIED if isinstance(answer, PermissionError) else Unread.FAILED
            why = Unread.GONE if isinstance(answer, ProcessGone) else refused
            self.note.show_text(details.missing(why, known=self._told is not None))
            self._is_gone = why is Unread.GONE
            self._mind_protect()
            if self._told is None:
                self.caption.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._query.go_on()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._query.pause()

    # buttons

    @Slot()
    def _explain(self) -> None:
        self.explain_wanted.emit(Subject.of_process(self._risk))

    @Slot()
    def _protect(self) -> None:
        self.wanted.emit("protect", Subject.of_process(self._risk))

    @Slot()
    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.title.text()}\n{self.who.text()}\n{self.rows.text}")
