"""A process's badness as a sum: its parts, and the total below a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

from oomtray.messages.details import parts
from oomtray.messages.i18n import tr
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.hairline import Hairline
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.painting import Panel

if TYPE_CHECKING:
    from oomtray.risk.explain import Explanation

_SIGN, _LABEL, _ASIDE, _VALUE = range(4)
_SUM = 5
"""The grid row of the total, below a line."""


class SumRows(Panel):
    """Rows of a sign, a label, a faint note and a size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[int, tuple[Plain, Plain, Plain, Plain]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(_ASIDE, 1)
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
