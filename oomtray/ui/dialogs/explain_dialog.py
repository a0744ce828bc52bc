"""The window that explains why an app goes first or doesn't: by comparison, as a sum, and how to change it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oomtray.config import Presets
from oomtray.messages import badness, explanation
from oomtray.messages import explanation_parts as words
from oomtray.messages.actions import label as action_label
from oomtray.messages.details import parts
from oomtray.messages.ending import has_ended
from oomtray.messages.i18n import tr
from oomtray.messages.names import called
from oomtray.risk.certainty import certainty
from oomtray.risk.explain import Explanation, explain
from oomtray.risk.following import certainty_of_apps
from oomtray.risk.queue import queue
from oomtray.ui.controllers import row_actions
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.dialogs.queue_bars import QueueBars, queue_legend, rows_of
from oomtray.ui.qt.dialog import Dialog, say
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import grid
from oomtray.ui.qt.painting import Hairline, Panel

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import ActionId, Subject

_OFFERED: tuple[ActionId, ...] = ("protect", "protect-strongly", "deprioritize")
_SIGN, _LABEL, _ASIDE, _VALUE = range(4)
_SUM = 5
"""The grid row of the total, below a line."""


class SumRows(Panel):
    """Rows of a sign, a label, a faint note and a size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[int, tuple[Plain, Plain, Plain, Plain]] = {}
        self._grid = grid(self, stretch=_ASIDE, spacing=(8, 6), margins=(12, 8, 12, 8))
        self._grid.addWidget(Hairline(self), _SUM - 1, 0, 1, 4)

    @property
    def text(self) -> str:
        """The rows as text, with tabs."""
        return "\n".join("\t".join(part.text() for part in self._lines[at]) for at in sorted(self._lines))

    def show_sum(self, explained: Explanation, counts: str, of_all: str) -> None:
        """Show the sum; `counts` is the total as a size, `of_all` its share of all memory."""
        taken = (explained.parts.adjustment or 0) < 0
        for n, part in enumerate(parts(explained)):
            sign = "" if n == 0 else "−" if taken and part.what == "adjustment" else "+"
            self._show(n, sign, part.label, part.aside, part.text)
        self._show(_SUM, "=", tr("Counts as"), of_all, counts)
        self.setAccessibleName(tr("Counts as {size}", size=counts))

    def _show(self, at: int, sign: str, label: str, aside: str, value: str) -> None:
        if at not in self._lines:
            made = Plain("", self, faint=True), Plain("", self), Plain("", self, faint=True), Plain("", self, at_end=True)
            made[_ASIDE].setFont(small(self.font()))
            made[_ASIDE].setWordWrap(True)
            if at == _SUM:
                for column in (_LABEL, _VALUE):
                    made[column].setFont(scaled(self.font(), 1.0, bold=True))
            for column, widget in enumerate(made):
                self._grid.addWidget(widget, at, column)
            self._lines[at] = made
        for widget, text in zip(self._lines[at], (sign, label, aside, value), strict=True):
            widget.setText(text)
        self._lines[at][_VALUE].setAccessibleName(f"{label}: {value}")


class ExplainWindow(Dialog):
    """Explains an app's place; `wanted` carries an action's id and the subject."""

    wanted = Signal(str, object)

    def __init__(
        self, parent: QWidget | None = None, *, presets: Presets | None = None, labels: AppLabels | None = None
    ) -> None:
        super().__init__(tr("Explanation"), parent, width=560)
        self._presets = presets or Presets()
        self.labels = labels or AppLabels(self)
        self.labels.changed.connect(self._named)
        self._subject: Subject | None = None
        self._assessment: Assessment | None = None
        self.ended = self.add_note()
        self.add_section(tr("What the kernel compares"), queue_legend(self))
        self.bars = QueueBars(tr("What the kernel compares"), self)
        self.body.addWidget(self.bars)
        self._sum_caption = self.add_section(tr("How its number comes about"))
        self.sum = SumRows(self)
        self.body.addWidget(self.sum)
        self.origin = self.add_note(faint=True)
        self._change_caption = self.add_section(tr("What would change it"))
        self._changes = grid(None, stretch=1, spacing=(16, 4))
        self.effects: list[tuple[Plain, Plain]] = []
        self.body.addLayout(self._changes)
        self.after = self.add_note()
        self._others_caption = self.add_section(tr("Other killers"))
        self.others = self.add_note()
        self.body.addSpacing(2)
        self.folds: dict[str, tuple[Fold, Plain]] = {}
        self._folded = QVBoxLayout()
        self._folded.setSpacing(0)
        self.body.addLayout(self._folded)
        self.body.addStretch(1)
        self.details_button = self.add_elsewhere(tr("Details"), self._details)
        self.copy_button = self.add_elsewhere(tr("Copy all"), self._copy)
        self.protect_button = self.add_action(action_label("protect"), self._protect, default=False)

    @property
    def text(self) -> str:
        """All of its text, whether folded or not, one paragraph each."""
        said = [self.title.text(), self.subtitle.text()]
        said.append("\n".join(f"{row.number}\t{row.name}\t{row.counts}" for row in self.bars.rows))
        said.append("" if self.sum.isHidden() else self.sum.text)
        labels = [self.ended, self.origin, *(part for pair in self.effects for part in pair), self.after, self.others]
        said += [part.text() for part in labels if not part.isHidden()]
        said += [note.text() for fold, note in self.folds.values() if not fold.isHidden()]
        return "\n\n".join(one for one in said if one)

    # what is shown

    def tell(self, assessment: Assessment, subject: Subject) -> None:
        self._subject = subject
        self._tell(assessment, subject)

    def show_assessment(self, assessment: Assessment) -> None:
        """Explain with the numbers of a newer scan, unless the process has ended."""
        subject = None if self._subject is None else self._subject.within(assessment)
        if subject is not None:
            self._subject = subject
            self._tell(assessment, subject)

    @Slot()
    def _named(self) -> None:
        """Show the names that have been learned meanwhile."""
        if self._assessment is not None:
            self.show_assessment(self._assessment)

    def _tell(self, assessment: Assessment, subject: Subject) -> None:
        self._assessment = assessment
        try:
            explained = explain(assessment, subject.first.process.pid)
        except KeyError:
            self.head_line(subject.name)
            say(self.ended, has_ended(called(subject.first)))
            self.protect_button.setEnabled(False)
            return
        self._show_head(assessment, subject, explained)
        risk = explained.risk
        counted = risk.badness is not None and risk.why_not is None
        for part in (self._sum_caption, self.sum):
            part.setVisible(counted)
        if counted:
            size, of_all = badness.counted(explained), words.counts_as(assessment, explained)
            self.sum.show_sum(explained, size, of_all)
        say(self.origin, explanation.origin(assessment, risk))
        self._show_changes(assessment, subject)
        say(self.after, "\n".join(explanation.told_after(assessment, explained)))
        would, depends = words.other_killers(assessment, explained)
        whose = words.of_an_app(assessment, explained, subject.risks) if subject.app else ""
        first = assessment.killer
        if first is not None and first.name != "kernel" and would:
            # a killer that acts before the kernel comes first here too
            whose, would = "\n".join(one for one in (whose, would[0]) if one), would[1:]
        say(self.ended, whose)
        say(self.others, "\n".join(would))
        self._others_caption.setVisible(bool(would))
        self._fold("killers", tr("What that depends on"), depends)
        self._fold("pages", tr("The same in pages, as the kernel reckons"), words.in_pages(explained))
        self._fold("counting", tr("What doesn't count"), explanation.told_of_counting(assessment, explained))

    def _show_head(self, assessment: Assessment, subject: Subject, explained: Explanation) -> None:
        pids = {risk.process.pid for risk in subject.risks}
        found = queue(assessment, pids, whole_app=subject.app)
        label = self.labels.of_owner(assessment, subject.first)
        name = label.name if subject.app and label is not None else subject.name
        rows = rows_of(assessment, found, name, self.labels)
        place = next((one.number for one in found.shown if one.ours), None)
        short = words.in_short(assessment, explained, found, rows[0].name if rows else name)
        order = certainty_of_apps(assessment) if subject.app else certainty(assessment)
        self.head_line(words.headline(explained, name, place, order), short, None if label is None else label.icon)
        self.bars.show_rows(rows)

    def _show_changes(self, assessment: Assessment, subject: Subject) -> None:
        shown = subject.first.why_not is None and bool(subject.processes)
        self._change_caption.setVisible(shown)
        self.protect_button.setEnabled(shown)
        found = row_actions.adjusting(assessment, subject, self._presets, _OFFERED, titled=self.labels.title) if shown else ()
        alike = [(told, tr(", ").join(one.text for one in same)) for told, same in groupby(found, key=lambda one: one.effect)]
        for row, (told, which) in enumerate(alike):
            if row == len(self.effects):
                pair = Plain("", self, faint=True), Plain("", self)
                for column, part in enumerate(pair):
                    self._changes.addWidget(part, row, column)
                self.effects.append(pair)
            name, effect = self.effects[row]
            name.setText(which)
            effect.setText(told)
            effect.setAccessibleName(f"{which}: {told}")
        for row, pair in enumerate(self.effects):
            for part in pair:
                part.setVisible(row < len(alike))
        for action in found:
            if action.action == "protect":
                self.protect_button.setEnabled(action.enabled)

    def _fold(self, kind: str, text: str, sentences: list[str]) -> None:
        if kind not in self.folds:
            fold = Fold(text, self)
            fold.toggled.connect(self.grow)
            self.folds[kind] = fold, fold.add_note()
            self._folded.addWidget(fold)
        fold, note = self.folds[kind]
        say(note, "\n\n".join(sentences))
        fold.setVisible(bool(sentences))

    # buttons

    @Slot()
    def _details(self) -> None:
        self.wanted.emit("details", self._subject)

    @Slot()
    def _protect(self) -> None:
        self.wanted.emit("protect", self._subject)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
