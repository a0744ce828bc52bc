"""The dialog that says whether a program of the typed size would fit, and who would die until it does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from oomtray.messages import fits as words
from oomtray.messages.i18n import tr
from oomtray.risk.fits import deaths, fit, inherited_adj
from oomtray.text import parse_size, size
from oomtray.ui.dialogs.death_list import DeathList
from oomtray.ui.dialogs.fits_bar import FitsBar, parts_of
from oomtray.ui.qt.dialog import Dialog
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from collections.abc import Hashable

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.fits import Fit

_FIRST = "4G"
_MOST_ROWS = 100
_TOO_SMALL = 1 << 20
"""A number of bytes below this was most likely meant in a larger unit."""


class FitsDialog(Dialog):
    def __init__(self, assessment: Assessment, parent: QWidget | None = None) -> None:
        super().__init__(tr("Will it fit?"), parent, width=480)
        self._assessment = assessment
        self._gist: tuple[str, Hashable] | None = None
        """The size, and what its answer says of it besides how much is left."""
        self.head_line(tr("Will it fit?"), tr("Whether there is room for a program of this size, such as 800M or 13G, and what would be killed otherwise."))
        self.size_field = QLineEdit(_FIRST, self)
        self.size_field.setAccessibleName(tr("Size"))
        self.size_field.setPlaceholderText(tr("such as 800M or 13G"))
        form = QFormLayout()
        form.addRow(tr("Size"), self.size_field)
        self.body.addLayout(form)
        self.answer = Plain("", self)
        self.answer.setWordWrap(True)
        self.answer.setFont(scaled(self.font(), 1.0, bold=True))
        self.body.addWidget(self.answer)
        self.bar = FitsBar(self)
        self.bar.hide()
        self.body.addWidget(self.bar)
        self.notes = self.add_note(faint=True)
        self.caption = self.add_note()
        self.order = DeathList(self)
        self.body.addWidget(self.order)
        self.waterline = Fold("", self)
        self.freed = DeathList(self)
        self.waterline.content.addWidget(self.freed)
        self.waterline.toggled.connect(self.grow)
        self.body.addWidget(self.waterline)
        self.body.addStretch(1)
        self.close_button.setDefault(False)  # Enter finishes the size and must not close the dialog
        self.size_field.textChanged.connect(self._answer)
        self._tell()
        self.size_field.setFocus()
        self.size_field.selectAll()

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._answer()

    @Slot()
    def _answer(self) -> None:
        self._tell()
        self.keep_whole()

    def _tell(self) -> None:
        text = self.size_field.text().strip()
        wanted = parse_size(text)
        if wanted is None:
            negative = parse_size(text.removeprefix("-")) is not None
            self._show(tr("A size can't be negative.") if negative else tr("Type a size such as 800M or 13G."))
            return
        found = fit(self._assessment, wanted, adj=inherited_adj(self._assessment, os.getpid()))
        if found is None:
            self._show(tr("How much memory is left is unknown here."))
            return
        lines = words.notes(self._assessment, found, listed=True)
        if text[-1].isdigit() and 0 < wanted < _TOO_SMALL:
            lines.insert(0, words.counts_as_bytes(text))
        answer, notes = words.answer(self._assessment, found), "\n".join(lines)
        memory = self._assessment.snapshot.memory
        self._show(answer, notes, found)
        if found.askable is None:  # else what is in use doesn't matter
            self.bar.show_parts(parts_of(found, memory.total + (memory.swap_total or 0)))
            self._show_waterline(wanted)

    def _show(self, answer: str, notes: str = "", found: Fit | None = None) -> None:
        only_after = found if found is not None and found.fits == "after" else None
        self.answer.setText(answer)
        self._tell_reader(answer, None if found is None else _gist(found))
        self.bar.show_parts(())
        self.notes.show_text(notes)
        rows = () if only_after is None else words.order_rows(self._assessment, only_after.deaths, _MOST_ROWS)
        caption = "" if only_after is None else words.caption(only_after)
        self.caption.show_text(caption)
        self.order.show_rows(caption, rows)
        self.waterline.hide()

    def _tell_reader(self, answer: str, outcome: Hashable) -> None:
        """Describe the field by its answer, which a screen reader says whenever it changes.

        While the keyboard is there, a newer reading is told only where it changes more than a number: else the reader
        would speak every few seconds.
        """
        gist = self.size_field.text(), outcome
        if gist != self._gist or not self.size_field.hasFocus():
            self._gist = gist
            self.size_field.setAccessibleDescription(answer)

    def _show_waterline(self, wanted: int) -> None:
        """Show who would have to die to make room for all of it, regardless of what is free now."""
        order = deaths(self._assessment, wanted)
        if not wanted or not order.reached or not order.dead:
            return
        caption = tr("Whom the kernel would kill to free {size}", size=size(wanted))
        self.waterline.button.setText(caption)
        self.freed.show_rows(caption, words.order_rows(self._assessment, order, _MOST_ROWS))
        self.waterline.show()


def _gist(found: Fit) -> Hashable:
    """What the answer depends on, besides how much is left."""
    dead = tuple(one.process.identity for one in found.deaths.dead) if found.fits == "after" else ()
    return found.fits, found.stalls, found.askable is None, found.itself_after, dead
