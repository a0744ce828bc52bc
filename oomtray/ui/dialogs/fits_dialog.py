"""The dialog that says, while a size is typed, whether a program of that size would fit, and who would die until it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from oomtray.messages import fits as words
from oomtray.messages.i18n import tr
from oomtray.risk.fits import deaths, fit
from oomtray.text import parse_size, size
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment

_FIRST = "4G"
_MOST_ROWS = 100


class FitsDialog(QDialog):
    def __init__(self, assessment: Assessment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setWindowTitle(tr("Will it fit?"))
        self._assessment = assessment
        self.size_field = QLineEdit(_FIRST, self)
        self.size_field.setAccessibleName(tr("Size"))
        self.size_field.setPlaceholderText(tr("such as 800M or 13G"))
        self.answer = Plain("", self)
        self.answer.setWordWrap(True)
        self.answer.setFont(scaled(self.font(), 1.0, bold=True))
        self.notes = Plain("", self, faint=True)
        self.notes.setWordWrap(True)
        self.notes.tint()
        self.caption = Plain("", self)
        self.caption.setWordWrap(True)
        self.order = QListWidget(self)
        self.order.setSelectionMode(QListWidget.SelectionMode.SingleSelection)
        self.order.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.order.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.button = QPushButton(tr("Close"), self)
        self.button.setAutoDefault(False)  # Enter in the field is the end of a size, not of the dialog
        self.button.clicked.connect(self.close)
        self._lay_out()
        self.size_field.textChanged.connect(self._tell)
        self._tell()
        self.size_field.setFocus()
        self.size_field.selectAll()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Size"), self.size_field)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self.answer)
        column.addWidget(self.notes)
        column.addWidget(self.caption)
        column.addWidget(self.order, 1)
        column.addStretch()
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(460, 440)

    def show_assessment(self, assessment: Assessment) -> None:
        """Answer from a newer scan."""
        self._assessment = assessment
        self._tell()

    @Slot()
    def _tell(self) -> None:
        wanted = parse_size(self.size_field.text())
        if wanted is None:
            self._show(tr("Type a size such as 800M or 13G."))
            return
        found = fit(self._assessment, wanted)
        if found is None:
            self._show(tr("How much memory is left can’t be told here."))
            return
        order = deaths(self._assessment, wanted)
        if order.reached and order.dead:
            caption = tr("To free {size}, the kernel would kill in this order:", size=size(wanted))
        else:
            caption = words.to_free(self._assessment, order) if wanted else ""
        rows = words.order_rows(self._assessment, order, _MOST_ROWS)
        self._show(words.answer(self._assessment, found), "\n".join(words.notes(self._assessment, found)), caption, rows)

    def _show(self, answer: str, notes: str = "", caption: str = "", rows: tuple[str, ...] = ()) -> None:
        self.answer.setText(answer)
        self.notes.setText(notes)
        self.caption.setText(caption)
        for part, text in ((self.notes, notes), (self.caption, caption)):
            part.setVisible(bool(text))
        self.order.setVisible(bool(rows))
        self.order.setAccessibleName(caption)
        if rows == tuple(self.order.item(n).text() for n in range(self.order.count())):
            return  # where somebody reads or scrolls, it stays
        place = self.order.currentRow()
        self.order.clear()
        self.order.addItems(rows)
        self.order.setCurrentRow(min(place, len(rows) - 1))
