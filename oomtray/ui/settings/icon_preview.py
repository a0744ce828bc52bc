"""A preview of the icon in a light and a dark panel, at each level, with the current settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages import setting_labels as labels
from oomtray.messages.i18n import joined, mark, tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import SMALL, scaled, small
from oomtray.ui.qt.icon_figures import figure_pixmap, step_of
from oomtray.ui.qt.painting import paint_box
from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from oomtray.config import Icon
    from oomtray.ui.qt.icons import State

_STATES: tuple[tuple[State, float], ...] = (("calm", 58.0), ("warning", 84.0), ("critical", 96.0), ("paused", 0.0))
_WORD_SIZES = (SMALL, 0.78, 0.7)
"""Font scales of these words: the first that fits is used."""
_PANELS = ((False, "#eaecef"), (True, "#23262b"))
_SIZES = (22, 32)
_WORDS = mark("Normal"), mark("Warning"), mark("Critical"), mark("Paused")
"""What the states mean, in their order."""
_HIGH, _CELL, _PAD, _ABOVE_WORDS = 48, 48, 12, 4


class IconPreview(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: Icon | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_look(self, look: Icon) -> None:
        self._look = look
        says = tr("Preview: {look}", look=labels.choice("icon.shows", look.shows))
        self.setAccessibleName(says)
        self.setAccessibleDescription(joined([tr(word) for word in _WORDS]))
        self.setToolTip(as_html(says))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(2 * len(_STATES) * _CELL + 3 * _PAD, _HIGH + 2 * _PAD + _ABOVE_WORDS + QFontMetrics(small(self.font())).height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (self.width() - 3 * _PAD) // 2
        for place, (dark, ground) in enumerate(_PANELS):
            panel = QRect(_PAD + place * (wide + _PAD), _PAD, wide, _HIGH)
            paint_box(painter, panel, contrast.of(self.palette()).line, QColor(ground), 4)
            size = _SIZES[1] if wide >= len(_STATES) * _CELL else _SIZES[0]
            cell = wide / len(_STATES)
            for column, (state, used) in enumerate(_STATES):
                picture = figure_pixmap(
                    state, dark=dark, symbolic=self._look.symbolic, shows=self._look.shows,
                    step=step_of(self._look.shows, used), size=size, ratio=self.devicePixelRatioF(),
                )  # fmt: skip
                left = panel.left() + round((column + 0.5) * cell - size / 2)
                painter.drawPixmap(left, panel.center().y() - size // 2 + 1, picture)
            self._name_states(painter, panel)

    def _name_states(self, painter: QPainter, panel: QRect) -> None:
        """Write below the icons of a panel what they mean, unless even small a word is wider than its icon's place."""
        words, cell = [tr(word) for word in _WORDS], panel.width() / len(_STATES)
        for by in _WORD_SIZES:
            painter.setFont(scaled(self.font(), by))
            metrics = painter.fontMetrics()
            if max(map(metrics.horizontalAdvance, words)) <= cell:
                break
        else:
            return
        painter.setPen(contrast.of(self.palette(), on_base=True).muted)
        for column, word in enumerate(words):
            place = QRectF(panel.left() + column * cell, panel.bottom() + _ABOVE_WORDS, cell, metrics.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), word)
