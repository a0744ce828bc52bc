"""A window with all that there is to know of one process, or of one member of an app after another."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from oomtray.kernel.process_facts import Unread
from oomtray.kernel.process_handle import ProcessGone
from oomtray.messages import details
from oomtray.messages.explanation import never
from oomtray.messages.i18n import tr
from oomtray.messages.names import called, title
from oomtray.risk.explain import explain
from oomtray.ui.controllers.gives_back import GivesBack
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.fact_rows import FactRows
from oomtray.ui.dialogs.parts_bar import PartsBar, PartsLegend
from oomtray.ui.qt import colours
from oomtray.ui.qt.background_task import BackgroundTask
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Elided, Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.kernel.process_facts import ProcessFacts
    from oomtray.risk.assessment import Assessment, Risk

_SIZE = QSize(560, 660)
_LETTERS = 72
"""That a line has room for, where the desktop's font is a large one."""
AGAIN_MS = 3000
"""After an answer, until the process is asked once more; only while the window is seen."""

Answer = tuple["ProcessFacts", str | None]
"""Facts, and the login name of their uid."""
Identity = tuple[int, int]


def read(pid: int, start_time: int) -> Answer:
    """Not on the main thread: it loads psutil, and names may come from a server. Raises OSError."""
    from oomtray.kernel.facts_reader import read_facts
    from oomtray.kernel.users import login_name

    facts = read_facts(pid, start_time)
    return facts, None if isinstance(facts.uid, Unread) else login_name(facts.uid)


class DetailsWindow(QDialog):
    """Of one process; of an app first of the member that dies first. `explain_wanted` carries a Subject."""

    explain_wanted = Signal(object)

    def __init__(
        self,
        assessment: Assessment,
        subject: Subject,
        parent: QWidget | None = None,
        *,
        read: Callable[[int, int], Answer] = read,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`read` is called in a thread; `clock` tells seconds since 1970."""
        super().__init__(parent)
        self.setWindowTitle(tr("Details"))
        self.setModal(False)
        self._read, self._clock = read, clock
        self._assessment = assessment
        self._subject = subject
        self._risk: Risk = subject.first
        self._told: Answer | None = None
        self.gives_back = GivesBack(self)
        self.gives_back.told.connect(self._take_gives_back)
        self._frees: int | None = None
        self._asking: Identity | None = None
        self._final = False
        """What was told stays: there is nobody to ask any more, or asking hangs."""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._ask)

        self.title = Elided("", self)
        self.title.setFont(scaled(self.font(), 1.3, bold=True))
        self.who = Elided("", self, faint=True, middle=True)
        self.who.tint()
        self.members = QComboBox(self)
        self.members.setAccessibleName(tr("Process"))
        self.members.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.members.setMinimumContentsLength(20)
        self.members.activated.connect(self._member_chosen)
        self.note = Plain("", self)
        self.note.setWordWrap(True)
        self.counts = Plain("", self)
        self.counts.setWordWrap(True)
        self.counts.setFont(scaled(self.font(), 1.0, bold=True))
        self.place = Plain("", self, faint=True, at_end=True)
        self.place.tint()
        self.bar, self.legend = PartsBar(self), PartsLegend(self)
        self.caption = Plain("", self)
        self.caption.setFont(self.counts.font())
        self.rows = FactRows(self)
        self.explain_button = QPushButton(tr("Explain…"), self)
        self.explain_button.clicked.connect(self._explain)
        self.copy_button = QPushButton(tr("Copy all"), self)
        self.copy_button.clicked.connect(self._copied)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.clicked.connect(self.close)
        self._lay_out()
        self.close_button.setFocus()
        self.tell(assessment, subject)

    def _lay_out(self) -> None:
        body = QWidget(self)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 8, 16, 12)
        inner.setSpacing(8)
        caption = QHBoxLayout()
        caption.addWidget(self.counts, 1)
        caption.addWidget(self.place)
        inner.addLayout(caption)
        inner.addWidget(self.bar)
        inner.addWidget(self.legend)
        inner.addSpacing(8)
        inner.addWidget(self.caption)
        inner.addWidget(self.rows)
        inner.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # for the arrow keys
        area.setAccessibleName(tr("Facts"))
        area.setWidget(body)
        head = QVBoxLayout()
        head.setContentsMargins(16, 14, 16, 8)
        head.setSpacing(4)
        head.addWidget(self.title)
        head.addWidget(self.who)
        for part in (self.members, self.note):
            head.addSpacing(4)
            head.addWidget(part)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(8)
        foot.addWidget(self.explain_button)
        foot.addWidget(self.copy_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        for button in (self.explain_button, self.copy_button):
            button.setAutoDefault(False)
        self.close_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(area, 1)
        column.addWidget(_Hairline(self))
        column.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        letter = self.fontMetrics().averageCharWidth()
        self.resize(_SIZE.expandedTo(QSize(_LETTERS * letter, _LETTERS * letter)))

    # what is shown

    def tell(self, assessment: Assessment, subject: Subject) -> None:
        """Turn to this one."""
        self._assessment, self._subject = assessment, subject
        self.members.clear()
        for risk in subject.risks:
            self.members.addItem(called(risk))
        self.members.setVisible(len(subject.risks) > 1)
        self._show_member(subject.first)

    def show_assessment(self, assessment: Assessment) -> None:
        """What the same process counts by now."""
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
        self._risk, self._told, self._final, self._frees = risk, None, False, None
        self.title.setText(title(self._assessment, risk))
        self._note("")
        self.rows.hide()
        self.caption.setText(tr("Reading…"))
        self._show_sum()
        self._show_who()
        self._ask()
        self.gives_back.ask(Subject.of_process(risk))

    @Slot(object, object)
    def _take_gives_back(self, subject: Subject, frees: int) -> None:
        if subject.first.process.identity == self._risk.process.identity:
            self._frees = frees
            self._show_sum()

    def _show_sum(self) -> None:
        try:
            explained = explain(self._assessment, self._risk.process.pid)
        except KeyError:  # it has ended: what was shown last stays
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

    def _show_who(self) -> None:
        facts, user = (None, None) if self._told is None else self._told
        self.who.setText(details.who(self._risk.process, facts, self._clock(), user))

    def _note(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))

    # facts

    @Slot()
    def _ask(self) -> None:
        """Not again before the last answer has come, whoever it was asked for."""
        if self._asking is not None or self._final:
            return
        self._asking = self._risk.process.identity
        task = BackgroundTask(partial(self._read, *self._asking), self)
        task.done.connect(self._take)
        task.done.connect(task.deleteLater)
        task.start()

    @Slot(object)
    def _take(self, answer: object) -> None:
        asked, self._asking = self._asking, None
        if asked != self._risk.process.identity:
            self._ask()
            return
        if isinstance(answer, tuple):
            self._told = answer
            facts, user = answer
            self._note("")
            self.rows.show_lines(details.lines(facts, self._clock(), user=user))
            self.rows.show()
            self.caption.setText(tr("Facts"))
            self._show_who()
            # a read that hangs is not left to hang once more
            self._final = facts.command is Unread.SLOW
        else:
            self._final = isinstance(answer, ProcessGone)
            refused = Unread.DENIED if isinstance(answer, PermissionError) else Unread.FAILED
            why = Unread.GONE if self._final else refused
            self._note(details.missing(why, known=self._told is not None))
            if self._told is None:
                self.caption.clear()
        if self.isVisible() and not self._final:
            self._again.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        free = self.screen().availableSize()
        self.resize(self.size().boundedTo(QSize(free.width(), free.height() * 9 // 10)))
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    # buttons

    @Slot()
    def _explain(self) -> None:
        self.explain_wanted.emit(Subject.of_process(self._risk))

    @Slot()
    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.title.text()}\n{self.who.text()}\n{self.rows.text}")


class _Hairline(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours.fill(painter, self.rect(), colours.of(self.palette()).line)
        painter.end()
