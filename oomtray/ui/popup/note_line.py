"""A line below the card with what is close to a limit of its own, and other notes, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oomtray.messages import card as words
from oomtray.messages import limits
from oomtray.messages.i18n import tr
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.qt.buttons import LinkButton
from oomtray.ui.qt.fonts import grown, small
from oomtray.ui.qt.glyphs import Glyph, draw
from oomtray.ui.qt.labels import Elided
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting, from_start, margins_from_start, paint_box
from oomtray.ui.qt.screen_reader import give_tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from oomtray.risk.assessment import Assessment

_LEAST_HEIGHT, _GLYPH, _PAD, _APART = 30, 14, 10, 12
_TARGET = 24
"""Least width and height of a button in pixels."""


class _Line(NamedTuple):
    glyph: Glyph
    text: str
    hint: str = ""
    """The full text, one sentence per line."""
    subject: Subject | None = None
    """What can be shown for it."""


class NoteLine(QWidget):
    """Shows notes; `picked` carries the subject to show in the list. Hidden without notes."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[_Line, ...] = ()
        self._at = 0
        self._text = Elided("", self)
        self._show = LinkButton(tr("Show"), self)
        self._next = LinkButton("", self)
        row = fill(QHBoxLayout(self), (self._text, 1), spacing=_APART)
        for button in (self._show, self._next):
            button.setMinimumSize(_TARGET, _TARGET)
            row.addWidget(button)
        self._show.clicked.connect(self._pick)
        self._next.clicked.connect(self._turn)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(200)
        self.restyle()
        self.hide()

    def show_assessment(self, assessment: Assessment, *, rests: bool = False) -> None:
        """Show the notes; with `rests`, the pointer is on the rows, so the line must not appear or vanish."""
        lines = tuple(_lines(assessment))
        if rests and bool(lines) is self.isHidden():
            return
        if [line.glyph for line in lines] != [line.glyph for line in self._lines]:
            self._at = 0
        self._lines = lines
        self._tell()

    def _tell(self) -> None:
        if not self._lines:
            self.hide()
            return
        line = self._lines[self._at]
        self._text.setText(line.text)
        give_tooltip(self._text, line.hint or line.text)
        self._show.setVisible(line.subject is not None)
        self._next.setVisible(len(self._lines) > 1)
        count = tr("{number} of {count}", number=self._at + 1, count=len(self._lines))
        self._next.setText(count)
        self._next.setAccessibleName(tr("Next note ({position})", position=count))
        self.show()
        self.update()

    @Slot()
    def _turn(self) -> None:
        self._at = (self._at + 1) % len(self._lines)
        self._tell()

    @Slot()
    def _pick(self) -> None:
        subject = self._lines[self._at].subject if self._lines else None
        if subject is not None:
            self.picked.emit(subject)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._make_room()

    def _make_room(self) -> None:
        """Leave room for the glyph."""
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(margins_from_start(self, _PAD + grown(_GLYPH, self.font()) + 8, 0, _PAD, 0))

    def restyle(self) -> None:
        self._make_room()
        for part in (self._text, self._show, self._next):
            part.setFont(small(self.font()))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(300, max(_LEAST_HEIGHT, self.fontMetrics().height() + 12))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        paint_box(painter, self.rect(), found.line, found.ground)
        if self._lines:
            side = grown(_GLYPH, self.font())
            place = from_start(self, QRectF(_PAD, (self.height() - side) / 2, side, side))
            draw(painter, self._lines[self._at].glyph, place, found.text)


def _lines(assessment: Assessment) -> list[_Line]:
    found = []
    for group in assessment.limits:
        subject = None if group.victim is None else Subject.of_process(group.victim.risk)
        hint = "\n".join(limits.of_group(group, assessment.snapshot.at))
        found.append(_Line("box", limits.in_a_line(group), hint, subject))
    found += [_Line("warning" if note.shape == "warning" else "info", note.text) for note in words.notes(assessment)]
    return found
