"""The page of one kill: what, when, by whom and how certain; why this process; what filled memory; what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from oomtray.kernel.users import login_name
from oomtray.messages import causes
from oomtray.messages import kill_page as words
from oomtray.messages.free_memory import finding
from oomtray.messages.i18n import tr
from oomtray.messages.kill_victims import about
from oomtray.messages.kills import took
from oomtray.messages.names import program_name
from oomtray.risk.before_kill import Moment, best_cause, grown
from oomtray.risk.kill_event import NOBODY_KILLED, KillEvent
from oomtray.risk.own_fault import held_most, is_cause
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.kill_remedies import Remedy, not_now, remedies
from oomtray.ui.dialogs.curve import Curve
from oomtray.ui.dialogs.free_table import FreeTable, free_legend
from oomtray.ui.dialogs.kill_before import MemoryAround, drawn, held_before, last_before, span_of
from oomtray.ui.dialogs.kill_legend import PiecesLegend
from oomtray.ui.dialogs.kill_parts import (
    Mark,
    Piece,
    PiecesBar,
    Pill,
    Placeholder,
    Section,
    boxed,
    boxed_column,
    boxed_row,
)
from oomtray.ui.dialogs.kill_ranking import RankingTable, Row, rows
from oomtray.ui.dialogs.queue_bars import queue_legend
from oomtray.ui.qt import moments
from oomtray.ui.qt.buttons import PushButton, push_button
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.focus import FocusRing
from oomtray.ui.qt.fonts import by_text, scaled
from oomtray.ui.qt.labels import Plain, paragraph
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.plain_text import unbroken
from oomtray.ui.qt.steady_scroll import SteadyScroll
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.free_memory import FreeMemory
    from oomtray.risk.postmortem import Cause

_MARGIN = 16
_WIDEST = 868
"""Width of the page in pixels at a 10-point font, without margins."""
_PIECES = 4
_NAMED = 60
"""How many processes of one kill are named at most."""
_GROWTH = 140
"""Width in pixels of the chart of what grew."""


def pieces_of(event: KillEvent) -> tuple[list[Piece], int]:
    """Return the killed and the largest other processes by name, and the whole they are parts of, in bytes."""
    if not event.ranking or not event.page_size or event.scope is None or not event.scope.total_pages:
        return [], 0
    killed = {victim.pid for victim in event.victims}
    lost, held = 0, dict[str, int]()
    for one in event.ranking:
        if one.pid in killed:
            lost += one.rss + one.swap
        else:
            held[one.name] = held.get(one.name, 0) + one.rss + one.swap
    named = sorted(held, key=lambda name: -held[name])
    pieces = [Piece(program_name(name), held[name]) for name in named[:_PIECES] if held[name]]
    others = sum(held[name] for name in named[_PIECES:])
    if others:
        pieces.append(Piece(tr("Other processes"), others, rest=True))
    if lost:
        pieces.insert(0, Piece(tr("What was killed"), lost, strong=True))
    return pieces, event.scope.total_pages * event.page_size


class KillPage(QScrollArea):
    """Shows a kill.

    `chosen` carries the Remedy of a pressed button; `report_button` asks for the kernel's report.
    """

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.time,
        marks: Callable[[], Iterable[str]] = tuple,
        labels: AppLabels | None = None,
    ) -> None:
        """`marks` returns the apps that are marked as expendable."""
        super().__init__(parent)
        self._labels = labels or AppLabels(self)
        self._clock, self._marks = clock, marks
        self._event: KillEvent | None = None
        self._cause: Cause | None = None
        self._held_most = False
        self._remedies: tuple[Remedy, ...] = ()
        self._reports_offered = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        use_thin_scroll_bars(self, on_base=False)
        FocusRing(self)
        self.setAccessibleName(tr("What happened"))
        self._around = QWidget(self)
        body = QWidget(self._around)
        body.setMaximumWidth(by_text(QSize(_WIDEST, 0), self.font()).width())  # longer lines are hard to read
        beside = fill(QHBoxLayout(self._around), (body, 1), margins=(_MARGIN, 0, _MARGIN, 0))
        beside.addStretch(0)
        self._column = fill(QVBoxLayout(body), margins=(0, _MARGIN, 0, _MARGIN), spacing=8)
        self._build(body)
        self.setWidget(self._around)
        SteadyScroll(self, self._around, beside, _MARGIN)

    def _build(self, body: QWidget) -> None:
        self.title, self.subtitle, self.who = paragraph(body), paragraph(body, faint=True), paragraph(body, faint=True)
        self.title.setFont(scaled(self.font(), 1.35, bold=True))
        names = fill(QVBoxLayout(), self.title, self.subtitle, self.who, spacing=2)
        head = fill(QHBoxLayout(), (Mark(body), 0, Qt.AlignmentFlag.AlignTop), (names, 1), spacing=14)
        self._column.addLayout(head)
        self.certainty, self.foretold, self.asked, self.again = pills = Pill(body), Pill(body), Pill(body), Pill(body)
        self._column.addLayout(fill(FlowLayout(), *pills))
        self._build_why(body)
        self._build_rest(body)

    def _build_why(self, body: QWidget) -> None:
        self.table = RankingTable(body, self._labels)
        self.unranked = Placeholder(body)
        self.report_button = PushButton(tr("Ask for the kernel's report…"), body)
        self.unranked.add_action(self.report_button)
        self.why = paragraph(body, faint=True)
        self.bars_legend = queue_legend(body)
        self.why_section = Section("", body, self.bars_legend)
        self.ranked = boxed(self.table, body)
        self.table.bars_shown.connect(self.bars_legend.setVisible)
        self.why_section.fill(self.ranked, self.why, self.unranked)

    def _build_rest(self, body: QWidget) -> None:
        # made in the order in which they stand: a screen reader goes by that
        self.free = FreeTable(body)
        self.free_says = paragraph(body, faint=True)
        legend = free_legend(body)
        self.free.bars_shown.connect(legend.setVisible)
        self.free_section = Section(tr("Where memory was free"), body, legend)
        self.free_section.fill(boxed(self.free, body), self.free_says)
        self.all_section = Section(tr("All that ended"), body)
        self.all_names = paragraph(body)
        self.all_section.fill(boxed_column([self.all_names], body))
        self._around_it = Section(tr("How full memory was"), body)
        self.graph = MemoryAround(body)
        self.held = paragraph(body, faint=True)
        self._around_it.fill(boxed_column([self.graph], body), self.held)
        self.whole = Plain("", body, faint=True, at_end=True)
        self.made_section = Section("", body, self.whole)
        self.pieces = PiecesBar(body)
        self.legend = PiecesLegend(body)
        self.made_section.fill(boxed_column([self.pieces, self.legend], body))
        self._used = Section(tr("Why memory ran out"), body)
        self.line = Curve(body, on_base=True)
        self.line.setFixedWidth(_GROWTH)
        self.cause, self.evidence = paragraph(body), paragraph(body)
        self.cause.setFont(scaled(self.font(), 1.0, bold=True))
        self._used.fill(boxed_row(self.line, [self.cause, self.evidence], body))
        self._again = Section(tr("So that it does not happen again"), body)
        self.advice, self.cannot = paragraph(body), paragraph(body, faint=True)
        self.remedies = QWidget(body)
        self.buttons = FlowLayout(self.remedies)
        self._again.fill(self.advice, self.cannot, self.remedies)
        for part in (self.why_section, self.free_section, self.all_section, self._around_it, self.made_section, self._used, self._again):
            self._column.addWidget(part)
        self._column.addStretch(1)

    def show_kill(
        self,
        event: KillEvent,
        around: Sequence[Moment],
        assessment: Assessment | None,
        *,
        kills: int = 1,
        before: Sequence[KillEvent] = (),
    ) -> None:
        """Show a kill; if `kills` is above 1, it represents several unnoticed ones.

        `around` are the recorded readings, oldest first; `assessment` is what runs now. `before` are the kills
        of the same before it, newest first.
        """
        self._event = event
        now = self._clock()
        self.title.setText(words.title(event, kills))
        self.subtitle.setText(unbroken(words.subtitle(event, now, moments)))
        self.who.show_text(about(event, login_name, app_shown=True))
        for pill, (text, hint) in (
            (self.certainty, words.certainty(event)), (self.foretold, words.foretold(event)), (self.asked, words.asked(event)),
            (self.again, words.again(before, now, moments)),
        ):  # fmt: skip
            pill.show_text(text, hint)
        self._show_free(event.free)
        self._show_pieces(event, around)
        self._show_cause(event, around)
        ranked = rows(event)
        self.all_names.setText("" if ranked else unbroken(words.all_names(event, _NAMED)))
        self.all_section.setVisible(bool(self.all_names.text()))
        points = [] if ranked else drawn(around, span_of(event))
        self.graph.show_points(points, span_of(event))
        self._around_it.setVisible(bool(points))
        last = last_before(around, span_of(event))
        self.held.show_text("" if last is None else words.held(last))
        self.table.show_running(() if assessment is None else assessment.risks)
        self._show_why(event, ranked, around, kills)
        self.show_assessment(assessment)
        self.verticalScrollBar().setValue(0)

    def offer_reports(self, *, offered: bool) -> None:
        """Set whether the kernel's reports can be requested if nothing else explains the kill."""
        self._reports_offered = offered
        if self._event is not None:
            self._offer_report(self._event)

    def _offer_report(self, event: KillEvent) -> None:
        self.report_button.setVisible(self._reports_offered and words.report_may_tell(event))

    def _show_why(self, event: KillEvent, ranked: Sequence[Row], around: Sequence[Moment], kills: int) -> None:
        self.table.show_rows(ranked)
        self.ranked.setVisible(bool(ranked))
        known = ranked or self._cause is not None or event.is_drill
        instead = "" if known else words.nothing_known(event, kills)
        told = event.killer in ("oomtray", "systemd-oomd") or event.outcome in NOBODY_KILLED
        said = [words.why(event, around), instead if told else ""]
        self.why.show_text(unbroken(" ".join(filter(None, said))))
        self.unranked.show_text("" if told else instead)
        self._offer_report(event)
        self.why_section.heading.setText(words.why_heading(event, kills))
        self.why_section.setVisible(bool(ranked or self.why.text() or not known))

    def show_assessment(self, assessment: Assessment | None) -> None:
        """Update the remedies for what runs now; buttons change only if something else can be done."""
        if self._event is None:
            return
        found = remedies(self._event, self._cause, assessment, self._marks(), held_most=self._held_most)
        if self._cause is not None:
            advice = causes.advice(self._cause, was_killed=is_cause(self._event, self._cause))
        else:
            advice = words.spare_it(self._event, held_most=self._held_most) if self._held_most or not found else ""
        self.advice.show_text(advice)
        self.cannot.show_text(not_now(self._event, self._cause, assessment))
        self._again.setVisible(bool(found or self.advice.text()))
        self.remedies.setVisible(bool(found))
        if [one.label for one in found] != [one.label for one in self._remedies]:
            self._make_buttons(found)
        self._remedies = found

    def _make_buttons(self, found: Sequence[Remedy]) -> None:
        self.buttons.clear()
        for place, remedy in enumerate(found):
            button = push_button(remedy.label.replace("&", "&&"), self._pressed, self)
            button.setProperty("place", place)
            self.buttons.addWidget(button)

    @Slot()
    def _pressed(self) -> None:
        button = self.sender()
        if button is not None:
            self.chosen.emit(self._remedies[int(button.property("place"))])

    def _show_pieces(self, event: KillEvent, around: Sequence[Moment]) -> None:
        pieces, whole = pieces_of(event)
        heading, rest = tr("What was in memory"), tr("Kernel, files and free")
        in_group = event.scope is not None and event.scope.kind == "cgroup"  # whose limit is told above
        if not pieces and not event.ranking:
            pieces, whole = held_before(around, span_of(event), _PIECES + 1)
            heading, rest = tr("What was running"), tr("Other and free")  # the smaller apps aren't known
            in_group = False  # the readings are of the whole machine
        self.made_section.heading.setText(heading)
        self.whole.show_text("" if in_group or not whole else words.of_both(whole))
        self.pieces.show_pieces(pieces, whole)
        self.legend.show_pieces(pieces, Piece(rest, whole - sum(piece.amount for piece in pieces)))
        self.made_section.setVisible(bool(pieces))
        self.pieces.setAccessibleName(self.legend.text)

    def _show_free(self, free: FreeMemory | None) -> None:
        self.free_section.setVisible(free is not None)
        if free is not None:
            self.free.show_free(free)
            self.free_says.setText(unbroken(finding(free)))

    def _show_cause(self, event: KillEvent, around: Sequence[Moment]) -> None:
        on_purpose = event.is_drill
        self._cause = cause = None if on_purpose else best_cause(event, around)
        self._held_most = not on_purpose and held_most(event, cause, around)
        apps = grown(around, event.time) if event.time is not None else ()
        if event.scope is not None and event.scope.kind == "cgroup":  # the readings are of the whole machine
            within = {one.app for one in event.growing}
            apps = tuple(one for one in apps if one.name in within)
        self.cause.setText("" if cause is None else causes.kind(cause))
        self.cause.setVisible(cause is not None)
        told = [causes.evidence(cause)] if cause is not None else []
        growth = "" if on_purpose else words.growth(apps) or took(event)
        if growth and (cause is None or cause.app is None):
            told.append(growth)
        self.line.show_points(apps[0].points if apps else ())
        self.line.setVisible(bool(apps))
        self.evidence.setText(unbroken(" ".join(told)))
        self._used.setVisible(bool(told))
