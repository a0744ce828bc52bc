"""A preview of a change, one paragraph per line, in a rounded box as high as its text so that it never scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import CORNER, begin_painting, paint_panel, paint_round

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_PAD, _GAP, _APART = 10, 3, 8
"""Pixels to the box's edge, between two lines, and above a heading."""


class PreviewLines(QWidget):
    """The preview; the keyboard can focus it, so that a screen reader reads all of it at once."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Plain] = []
        self._shown: tuple[str, ...] = ()
        self._column = fill(QVBoxLayout(self), margins=(_PAD + 2, _PAD - 2, _PAD + 2, _PAD - 2), spacing=_GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(caption)

    def show_lines(self, lines: Sequence[str], headings: Collection[str] = ()) -> None:
        """Show these lines; `headings` are the ones that name those below them."""
        if (*lines, *headings) == self._shown:
            return  # don't disturb a reader
        self._shown = (*lines, *headings)
        while len(self._lines) < len(lines):
            line = Plain("", self, wraps=True)
            line.setForegroundRole(QPalette.ColorRole.Text)
            self._lines.append(line)
            self._column.addWidget(line)
        for number, label in enumerate(self._lines):
            label.setVisible(number < len(lines))
            if number < len(lines):
                bold = lines[number] in headings
                label.setText(lines[number])
                label.setFont(scaled(self.font(), 1.0, bold=bold))
                label.setContentsMargins(0, _APART if bold and number else 0, 0, 0)
        self.setAccessibleDescription("\n".join(lines))
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Restrict only the width: the height depends on the actual width, not on the least."""
        return QSize(120, 0)

    def toPlainText(self) -> str:
        return "\n".join(line.text() for line in self._lines if not line.isHidden())

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self)
        if self.hasFocus():
            painter, found = begin_painting(self, on_base=True)
            paint_round(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER, edge=QPen(found.calm, 1.5))
