"""The bars of memory and swap, with a caption below and marks where warnings begin and where a killer acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen

from oomtray.messages import memory as memory_words
from oomtray.messages import outlook as words
from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.risk.thresholds import marks
from oomtray.ui.popup.warning_shape import Shape, draw_shape
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import grown, small
from oomtray.ui.qt.painting import paint_round
from oomtray.ui.qt.plain_text import as_html
from oomtray.ui.qt.screen_reader import ReadableBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.outlook import LevelName
    from oomtray.ui.qt.colors import Colors

_SHAPES: tuple[Shape, Shape] = ("triangle", "octagon")
"""The icon's shapes at the levels that begin at the marks."""
_BAR = 12
_GAP = 3
_AIR = 6
"""Pixels between the caption and a mark's label; a mark closer to it has none."""
_BETWEEN, _APART = 4, 10
"""Pixels between a mark's shape and number, or two shapes; and between a number and the next shape."""
_SHAPE = 9
_CORNER = 3.0


class FillMark(NamedTuple):
    percent: float
    text: str
    shape: Shape
    """The state icon's shape from there on, which is shown alone if not all marks have room for their numbers."""


class FillBar(ReadableBar):
    """A bar set by `fill`; of the caption's wordings, longest first, the first that fits is drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._percent: float | None = None
        self._level: LevelName = "normal"
        self._captions: tuple[str, ...] = ()
        self._marks: tuple[FillMark, ...] = ()
        self._absent = False

    def fill(
        self,
        percent: float | None,
        level: LevelName,
        captions: tuple[str, ...],
        marks: tuple[FillMark, ...] = (),
        *,
        absent: bool = False,
    ) -> None:
        """Set what is shown; `percent` is None if unknown, and `absent` means that the resource doesn't exist."""
        self._percent, self._level, self._captions, self._marks = percent, level, captions, marks
        self._absent = absent
        self.tell(percent)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _BAR + _GAP + self._small().height())

    def _small(self) -> QFontMetrics:
        return QFontMetrics(small(self.font()))

    def _caption(self, room: int) -> str:
        metrics = self._small()
        fitting = (text for text in self._captions if metrics.horizontalAdvance(text) <= room)
        shortest = self._captions[-1] if self._captions else ""
        return next(fitting, metrics.elidedText(shortest, Qt.TextElideMode.ElideRight, room))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette())
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        mirrored = self.isRightToLeft()
        self._paint_bar(painter, found, mirrored=mirrored)
        self._paint_below(painter, found, mirrored=mirrored)

    def _paint_bar(self, painter: QPainter, found: Colors, *, mirrored: bool) -> None:
        width = float(self.width())
        whole = QRectF(0.5, 0.5, width - 1, _BAR - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._absent:
            paint_round(painter, whole, _CORNER, edge=QPen(found.muted, 1, Qt.PenStyle.DashLine))
            return
        edge, ground = (found.text, found.ground) if found.stark else (found.track, found.track)
        paint_round(painter, whole, _CORNER, edge=QPen(edge, 1), ground=ground)
        if self._percent is not None:
            filled = max(width * min(self._percent, 100.0) / 100, 2 * _CORNER if self._percent > 0 else 0.0)
            inner, edge = found.fill(self._level)
            if self._dimmed:
                inner, edge = (self.faded(color, found.track, found) for color in (inner, edge))
            if filled:
                part = QRectF((width - filled if mirrored else 0.0) + 0.5, 0.5, filled - 1, _BAR - 1)
                paint_round(painter, part, _CORNER, edge=QPen(edge, 1), ground=inner)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for mark in self._marks:
            x = round(width * mark.percent / 100)
            # a gap rather than a line, to be visible on the empty and the filled part alike
            colors.fill(painter, QRect((self.width() - x if mirrored else x) - 1, 0, 2, _BAR), found.ground)

    def _below(self, metrics: QFontMetrics) -> tuple[str, list[int | None], bool]:
        """Return what is below the bar: the longest caption that leaves room for all numbers, or else shapes."""
        shape = grown(_SHAPE, self.font())
        numbers = [shape + _BETWEEN + metrics.horizontalAdvance(mark.text) for mark in self._marks]
        longest = self._caption(self.width())
        for caption in (longest, *self._captions[1:]):
            begin = metrics.horizontalAdvance(caption) + _AIR if caption else 0
            for widths in (numbers, [shape] * len(self._marks)):
                places = self._places(widths, begin, _APART if widths is numbers else _BETWEEN)
                if None not in places:
                    return caption, places, widths is numbers
        begin = metrics.horizontalAdvance(longest) + _AIR if longest else 0
        return longest, self._places([shape] * len(self._marks), begin, _BETWEEN), False

    def _places(self, widths: list[int], begin: int, apart: int) -> list[int | None]:
        """Return where each mark's label, centered below it, starts; None if it doesn't fit."""
        places: list[int | None] = []
        end = self.width()
        for mark, wide in reversed(list(zip(self._marks, widths, strict=True))):
            start = min(max(round(self.width() * mark.percent / 100) - wide // 2, 0), self.width() - wide)
            fits = start >= begin and start + wide <= end
            places.append(start if fits else None)
            end = start - apart if fits else end
        return places[::-1]

    def _paint_below(self, painter: QPainter, found: Colors, *, mirrored: bool) -> None:
        painter.setFont(small(self.font()))
        metrics = self._small()
        caption, places, with_numbers = self._below(metrics)
        shape = grown(_SHAPE, self.font())
        base = _BAR + _GAP + metrics.ascent()
        for mark, start in zip(self._marks, places, strict=True):
            if start is None:
                continue
            x = self.width() - start - shape if mirrored else start
            top = base - (metrics.capHeight() + shape) // 2  # level with the digits
            draw_shape(painter, mark.shape, QRect(x, top, shape, shape), found.muted)
            if with_numbers:
                wide, first = metrics.horizontalAdvance(mark.text), start + shape + _BETWEEN
                painter.setPen(found.muted)
                painter.drawText(self.width() - first - wide if mirrored else first, base, mark.text)
        painter.setPen(found.muted)
        if caption:
            wide = metrics.horizontalAdvance(caption)
            painter.drawText(self.width() - wide if mirrored else 0, base, caption)


class MemoryBar(FillBar):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Memory used"))

    def show_assessment(self, assessment: Assessment, thresholds: Thresholds) -> None:
        memory = assessment.snapshot.memory
        found = marks(thresholds, memory)
        shown = tuple(
            FillMark(mark.used, memory_words.mark_of(mark), shape)
            for mark, shape in zip(found, _SHAPES, strict=True)
            if mark.used <= 100
        )
        self.fill(memory.used_percent, assessment.level.name, words.used_caption(memory), shown)
        begins = words.levels_begin(found)
        self.setAccessibleDescription(tr(", ").join((memory_words.used(memory), words.stall_now(memory), *begins)))
        self.setToolTip(as_html("\n".join((words.used_caption(memory)[0], *begins))))


class SwapBar(FillBar):
    """Shows swap used, with a mark at the swap use that the killer acting first waits for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Swap used"))

    def show_assessment(self, assessment: Assessment) -> None:
        memory, killer = assessment.snapshot.memory, assessment.killer
        acts_at = None if killer is None or killer.idle_because is not None else killer.swap_at
        found = () if acts_at is None else (FillMark(acts_at, percent(acts_at), "octagon"),)
        level = assessment.level.name
        if acts_at is None or (memory.swap_percent or 0.0) < acts_at / 2:
            level = "normal"  # hardly used swap isn't shown as raised
        captions = words.swap_caption(memory)
        self.fill(memory.swap_percent, level, captions, found, absent=memory.swap_total == 0)
        told = captions[0]
        if acts_at is not None and killer is not None:
            told = tr("{swap}; {killer} acts at {percent}", swap=told, killer=killer.name, percent=percent(acts_at))
        self.setAccessibleDescription(told)
        self.setToolTip(as_html(told))
