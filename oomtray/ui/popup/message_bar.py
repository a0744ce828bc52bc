"""A report with its buttons within the popup, where a dialog would take the focus away."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, Slot
from PySide6.QtGui import QFontMetrics, QHideEvent, QPaintEvent, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QSizePolicy,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.ui.controllers.report import Offer, Report, Tone
from oomtray.ui.popup.warning_shape import Shape, draw_shape
from oomtray.ui.qt.buttons import GlyphButton, PushButton
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.focus import FocusReturn
from oomtray.ui.qt.fonts import grown, small
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.icons import outline
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.painting import begin_painting, margins_from_start, paint_box
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QFont, QPainter

_SHAPE, _BESIDE, _RIM = 15, 19, 7
"""Size of the shape, and pixels of padding on its side and on the others."""
_LINES_BESIDE = 2
"""Most lines of a text that has its buttons beside rather than below it."""
_OLD_SECONDS = 120.0
"""Age from which a report that was seen isn't shown again. Until then its offer may be wanted after a look at the app."""


class MessageBar(QWidget):
    """Shows one Report and runs its offers; hidden without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clock = time.monotonic
        self._focus = FocusReturn(self)
        self._follows: QWidget | None = None
        """After what of the window Tab reaches its buttons."""
        self._told_at = 0.0
        self._seen = False
        """Whether the window was closed with this report in it."""
        self._said = False
        """Whether a screen reader was told of this report."""
        self._tone: Tone = "done"
        self._is_low = False
        self._label = Plain("", self, wraps=True)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._offers: tuple[Offer, ...] = ()
        self._are_beside = False
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._clicked)
        self._close = GlyphButton("close", tr("Dismiss"), parent=self)
        self._close.clicked.connect(self.hide)
        self._buttons = FlowLayout(gap=6)
        self._grid = QGridLayout(self)
        self._mind_side()
        self._grid.setSpacing(6)
        self._grid.addWidget(self._label, 0, 0)
        self._grid.addWidget(self._close, 0, 2)
        self._grid.setColumnStretch(0, 1)
        self.hide()

    @property
    def text(self) -> str:
        return self._label.text()

    @property
    def spare(self) -> int:
        """The height in pixels that smaller text saves."""
        if self.isHidden() or not self._label.width():
            return 0
        usual, fine = (self._high(font) for font in (self.font(), small(self.font())))
        return max(usual - fine, 0)

    def _high(self, font: QFont, width: int | None = None) -> int:
        room = QRect(0, 0, self._label.width() if width is None else width, 1 << 20)
        return QFontMetrics(font).boundingRect(room, Qt.TextFlag.TextWordWrap, self._label.text()).height()

    def _fit_beside(self, buttons: Sequence[QAbstractButton]) -> bool:
        """Whether the text has few lines with the buttons beside it; also before the bar has its place."""
        parent, margins, gap = self.parentWidget(), self._grid.contentsMargins(), self._grid.spacing()
        around = None if parent is None else parent.layout()
        wide = self.width() if parent is None else parent.width()
        if around is not None:
            wide -= around.contentsMargins().left() + around.contentsMargins().right()
        wide -= margins.left() + margins.right() + sum(max(button.sizeHint().width(), button.minimumWidth()) + gap for button in buttons)
        if not self._close.isHidden():
            wide -= self._close.width() + gap
        font = self.font()  # not the smaller one, which the place itself may call for
        lines = self._high(font, wide) / QFontMetrics(font).lineSpacing()  # heights are rounded
        return wide > 0 and round(lines) <= _LINES_BESIDE

    @property
    def _first_line(self) -> float:
        """The middle of the text's first line; a single line is centered beside its buttons."""
        box = self._label.geometry()
        text = self._high(self._label.font())
        return box.top() + max(box.height() - text, 0) / 2 + self._label.fontMetrics().height() / 2

    def set_low(self, *, low: bool) -> None:
        """Use smaller text, for lack of height."""
        if low != self._is_low:
            self._is_low = low
            self._label.setFont(small(self.font()) if low else self.font())

    def complain(self, says: str) -> None:
        self.tell(Report("failed", says))

    def tell(self, report: Report) -> None:
        self._tone, self._told_at, self._seen, self._said = report.tone, self.clock(), False, False
        self._focus.remember()
        self._label.setText(report.text)
        self.setAccessibleName(report.text)
        self._take_away_buttons()
        self._offers = report.offers
        self._close.setVisible(report.closable)
        buttons = [self._button_of(offer) for offer in self._offers]
        for number, button in enumerate(buttons):
            self._group.addButton(button, number)
        self._place(buttons, beside=self._fit_beside(buttons))
        self._order(buttons)
        self.show()
        self.updateGeometry()
        self.update()
        self._say_aloud()

    @property
    def last(self) -> QWidget:
        """The last of it that Tab reaches."""
        return self._close

    def follow(self, before: QWidget) -> None:
        """Let Tab come here from what is above it in the window."""
        self._follows = before
        self._order(self._group.buttons())

    def _order(self, buttons: Sequence[QAbstractButton]) -> None:
        if self._follows is not None:
            for before, after in pairwise((self._follows, *buttons, self._close)):
                self.setTabOrder(before, after)

    def remember_focus(self) -> None:
        """Remember what has the keyboard in a window that is opened while a report is in it."""
        self._focus.remember()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._say_aloud()

    def hideEvent(self, event: QHideEvent) -> None:
        self._focus.give_back()
        super().hideEvent(event)

    def _say_aloud(self) -> None:
        """Have a screen reader say the report once it is on the screen: it would not find it by itself."""
        if not self._said and self.isVisible():
            self._said = True
            announce(self, self.text, interrupts=self._tone in ("ask", "failed"))

    def _place(self, buttons: Sequence[QAbstractButton], *, beside: bool) -> None:
        self._are_beside = beside
        self._grid.setAlignment(self._close, Qt.AlignmentFlag.AlignVCenter if beside else Qt.AlignmentFlag.AlignTop)
        # While it is empty: PySide keeps a wrapper of each item that a layout brings along, and doesn't notice
        # when Qt frees the item together with its button. The wrapper then stands for whatever Qt puts at that
        # address next, and the app crashes.
        if beside:
            self._grid.addLayout(self._buttons, 0, 1, Qt.AlignmentFlag.AlignVCenter)
        else:
            self._grid.addLayout(self._buttons, 1, 0, 1, 3, Qt.AlignmentFlag.AlignTrailing)
        for button in buttons:
            self._buttons.addWidget(button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        buttons = self._group.buttons()
        if not buttons or event.size().width() == event.oldSize().width():
            return
        beside = self._fit_beside(buttons)
        if beside != self._are_beside:
            self._take_out(buttons)
            self._place(buttons, beside=beside)

    def _take_out(self, buttons: Sequence[QAbstractButton]) -> None:
        for button in buttons:
            self._buttons.removeWidget(button)
        self._grid.removeItem(self._buttons)

    def _button_of(self, offer: Offer) -> PushButton:
        button = PushButton(offer.label, self)
        button.setToolTip(offer.hint)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return button

    def _take_away_buttons(self) -> None:
        buttons = self._group.buttons()
        self._take_out(buttons)
        for button in buttons:
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()

    def refuse(self) -> bool:
        """Answer a question by its last offer, which does nothing; return whether one was asked."""
        buttons = self._group.buttons()
        asked = self._tone == "ask" and self.isVisible() and bool(buttons)
        if asked:
            buttons[-1].click()
        return asked

    def window_closed(self) -> None:
        """Drop a question: who closes the window doesn't want it, and must not meet it unawares later."""
        self._seen = not self.isHidden()
        if self._tone == "ask":
            self.hide()

    def window_opened(self) -> None:
        """Drop old news that was seen before, but not the way to take a change back."""
        lasts = any(offer.takes_back for offer in self._offers)
        if self._seen and not lasts and self.clock() - self._told_at >= _OLD_SECONDS:
            self.hide()

    def reword(self, text: str) -> None:
        """Change the report's text but keep its buttons, so that a click about to happen still works."""
        if text != self._label.text():
            self._label.setText(text)
            self.setAccessibleName(text)

    def button(self, label: str) -> QAbstractButton | None:
        return next((button for button in self._group.buttons() if button.text() == label), None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange) and hasattr(self, "_grid"):
            self._mind_side()

    def _mind_side(self) -> None:
        """Reserve room for the shape."""
        beside = _BESIDE + grown(_SHAPE, self.font())
        self._grid.setContentsMargins(margins_from_start(self, beside, _RIM, _RIM, _RIM))

    @Slot(QAbstractButton)
    def _clicked(self, button: QAbstractButton) -> None:
        offer = self._offers[self._group.id(button)]
        self.hide()
        offer.act()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        washes = {
            "done": found.calm_wash,
            "part": found.amber_wash,
            "failed": found.red_wash,
            "ask": found.red_wash,
        }
        ground = found.ground if found.stark else washes[self._tone]
        paint_box(painter, self.rect(), found.text if found.stark else ground, ground)
        mirrored = self.isRightToLeft()
        side = grown(_SHAPE, self.font())
        spot = QRect(self.width() - 12 - side if mirrored else 11, round(self._first_line - side / 2), side, side)
        if self._tone == "done":
            _tick(painter, spot, found.calm)
        else:
            shape: Shape = "triangle" if self._tone == "part" else "octagon"
            draw_shape(painter, shape, spot, found.amber if self._tone == "part" else found.red)


def _tick(painter: QPainter, spot: QRect, color: QColor) -> None:
    by = spot.width() / _SHAPE
    painter.setPen(round_pen(color, 2.0 * by))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(QTransform(by, 0, 0, by, spot.x(), spot.y()).map(outline("M1 7.5 L5 11.5 L12.5 3")))
