"""The card's appearance: an icon, three lines of text, and buttons.

It has the same height in every state, and text is shortened before a name is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.popup.fitting_label import Fitting, Named, QueueLine
from oomtray.ui.popup.row_shapes import draw_icon, draw_letter
from oomtray.ui.popup.split_button import BESIDE_TEXT, MarkedButton, SplitButton
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import grown, scaled, small
from oomtray.ui.qt.glyphs import Glyph, draw
from oomtray.ui.qt.painting import clip_round, from_start, paint_box

if TYPE_CHECKING:
    from oomtray.messages.card import CardWords
    from oomtray.risk.outlook import LevelName
    from oomtray.risk.step_in import Candidate
    from oomtray.ui.qt.colors import Colors

_LEAST_HEIGHT, _PAD, _ICON, _INDENT, _AIR = 76, 12, 32, 12, 8
_ICON_SHARE = 0.1
"""Share of the width that the icon may take with a font larger than 10 points."""
_CORNER = 6.0
_BETWEEN = 4
"""Pixels between two stacked buttons."""
_NAME_SIZES = (1.12, 1.0, 0.87)
"""Font scales of the name: the first in which its shortest wording fits is used."""
BAR = 4
"""Height of the bar in pixels."""
_HURRY_AFTER = 1.0
"""Seconds before it can be hurried, so that a click meant for the button in that place before ends nothing."""


class Countdown(NamedTuple):
    """During it the user can refuse that an app is ended."""

    candidate: Candidate
    """Whom it is about."""
    left: float | None
    """Seconds left; None while it is being ended."""
    whole: float
    """Seconds at the start."""

    @property
    def may_hurry(self) -> bool:
        return self.left is not None and self.left <= self.whole - _HURRY_AFTER


def draw_left(painter: QPainter, card: QRectF, countdown: Countdown, found: Colors, *, mirrored: bool) -> None:
    """Draw a bar along the card's bottom that shrinks once a second: no animation, so next to no cost."""
    share = (countdown.left or 0.0) / countdown.whole if countdown.whole else 0.0
    wide = card.width() * min(share, 1.0)
    foot = QRectF(card.left(), card.bottom() - BAR, card.width(), BAR)
    painter.save()
    clip_round(painter, card, _CORNER)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(found.track if found.stark else colors.blend(found.red, found.red_wash, 0.2))
    painter.drawRect(foot)
    painter.setBrush(found.red)
    painter.drawRect(QRectF(foot.right() - wide if mirrored else foot.left(), foot.top(), wide, BAR))
    painter.restore()


class CardFrame(QWidget):
    """Three lines beside an icon, and buttons; subclasses decide what they say and do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level: LevelName = "normal"
        self._icon: QIcon | None = None
        self._glyph: Glyph = "app"
        self._letter = ""
        """What a missing icon's letter is taken from."""
        self._countdown: Countdown | None = None
        self._is_low = self._has_queue = self._has_place = False
        self._lead = Fitting(self, faint=True)
        self._name = Fitting(self)
        self._detail = Fitting(self, faint=True)
        self._queue = QueueLine(self)
        self._foot = Fitting(self, faint=True)
        self._button = SplitButton(tr("Actions for the next victim"), self)
        self._other = MarkedButton(self)
        self._name_most = _NAME_SIZES[0]
        self._name_floor = 0
        """Least width of the name in pixels in this countdown: what is beside it mustn't move with the seconds."""
        self._now: MarkedButton | None = None
        """A second button, created for the first countdown, since few ever see one."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(300)
        self.restyle()

    def _say(
        self, said: CardWords, glyph: Glyph, icon: QIcon | None, following: list[Named] | None = None, *, called: str = ""
    ) -> None:
        """Show these texts; `called` is the app's name, if the texts don't begin with it in every language."""
        self._glyph, self._icon, self._letter = glyph, icon, called or said.name[0]
        self._lead.set_texts(said.lead)
        self._name.set_texts(said.name, said.spoken)
        self._detail.set_texts(said.detail)
        self._queue.say(said.then, following or ())
        self._foot.set_texts(said.foot)
        self._has_queue = bool(following)
        counts = self._countdown is not None and self._countdown.left is not None
        self._name_floor = max(self._name_floor, self._name.widest) if counts else 0
        self._show_lines()
        self._place()
        self.update()

    @property
    def spare(self) -> int:
        """The height in pixels that can be saved."""
        return self._height(low=False) - self._height(low=True)

    def set_low(self, *, low: bool) -> None:
        """Show only the name and the actions, for lack of height."""
        if low != self._is_low:
            self._is_low = low
            self._show_lines()
            self.updateGeometry()
            self._place()

    def _show_lines(self) -> None:
        self._lead.setVisible(not self._is_low)
        self._queue.setVisible(self._has_queue and not self._is_low)
        self._foot.setVisible(not self._has_queue and not self._is_low)

    def restyle(self) -> None:
        for part in (self._lead, self._detail, self._queue, self._foot):
            part.setFont(small(self.font()))
        self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(400, self._height(low=self._is_low))

    def _height(self, *, low: bool) -> int:
        name = QFontMetrics(scaled(self.font(), _NAME_SIZES[0], bold=True)).height()
        if low:
            return max(name, self._side, 2 * self._button.sizeHint().height() + _BETWEEN if self._countdown else 0) + 2 * _AIR
        return max(2 * self._lead.fontMetrics().height() + name + 4 + 20, _LEAST_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._has_place = True
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange and hasattr(self, "_other"):
            self._place()

    @property
    def _side(self) -> int:
        """The icon's size, which grows with the text if that leaves enough room for it."""
        return max(min(grown(_ICON, self.font()), round(self.width() * _ICON_SHARE)), _ICON)

    def _place(self) -> None:
        if not self._has_place:
            return  # each font size that is tried loads a font
        left = _PAD + self._side + _INDENT
        room = max(self._place_buttons(stacked=False) - left - _AIR // 2, 0)
        if not self._fit_name(room) and self._now is not None and self._now.isVisibleTo(self):
            room = max(self._place_buttons(stacked=True) - left - _AIR // 2, 0)
            self._fit_name(room)
        small_line, name_line = self._lead.fontMetrics().height(), self._name.fontMetrics().height()
        top = (self.height() - 2 * small_line - name_line - 4) // 2
        self._put(self._lead, left, top, room, small_line)
        top = (self.height() - name_line) // 2 if self._is_low else top + small_line + 2
        name = min(max(self._name.widest, self._name_floor), room)
        if name == room:  # a shorter wording may leave room
            name = min(self._name.wanted + 2, room)
        self._put(self._name, left, top, name + 1, name_line)
        rest = room - name - _AIR
        fits = rest >= self._detail.wanted
        self._detail.setVisible(fits and bool(self._detail.text()))
        self._put(self._detail, left + name + _AIR, top, max(rest, 0), name_line)
        top += name_line + 2
        self._put(self._queue, left, top, room, small_line)
        self._put(self._foot, left, top - 2, room, small_line + 4)  # an underscore extends below the line

    def room_beside_name(self, lead: str) -> int:
        """Return the pixels for the button's text that leave the name and this line above it whole."""
        name = QFontMetrics(scaled(self.font(), _NAME_SIZES[1], bold=True)).horizontalAdvance(self._name.shortest)
        texts = max(name, self._lead.fontMetrics().horizontalAdvance(lead)) + 2 * _AIR
        free = self.width() - 2 * _PAD - self._side - _INDENT - texts
        return free - self._button.arrow.sizeHint().width() - BESIDE_TEXT

    def _place_buttons(self, *, stacked: bool) -> int:
        """Place the buttons, stacked with the safe answer on top if `stacked`, and return where they begin."""
        right = self.width() - _PAD
        shown = [one for one in (self._now, self._other, self._button) if one is not None and one.isVisibleTo(self)]
        if not stacked:
            for button in shown:
                hint = button.sizeHint()
                self._put(button, right - hint.width(), (self.height() - hint.height()) // 2, hint.width(), hint.height())
                right -= hint.width() + _AIR
            return right
        wide = max(button.sizeHint().width() for button in shown)
        free = self.height() - BAR - 3 * _BETWEEN
        high = min(max(button.sizeHint().height() for button in shown), free // len(shown))
        top = (self.height() - BAR - len(shown) * high - _BETWEEN) // 2
        for button in reversed(shown):
            self._put(button, right - wide, top, wide, high)
            top += high + _BETWEEN
        return right - wide - _AIR

    def keep_name_to(self, scale: float) -> None:
        """Limit the name's font scale to that of the headline, which comes first."""
        if scale != self._name_most:
            self._name_most = scale
            self._place()

    def _fit_name(self, room: int) -> bool:
        """Choose the largest font in which the name fits, and return False if it fits in none."""
        fits, font = False, self._name.font()
        for by in [size for size in _NAME_SIZES if size <= self._name_most] or _NAME_SIZES[-1:]:
            font = scaled(self.font(), by, bold=True)
            if fits := QFontMetrics(font).horizontalAdvance(self._name.shortest) < room:
                break
        if self._name.font() != font:
            self._name.setFont(font)
        return fits

    def _put(self, part: QWidget, x: int, y: int, width: int, height: int) -> None:
        part.setGeometry(from_start(self, QRect(x, y, width, height)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        calm = self._level == "normal"
        ground = found.hover if calm else found.wash(self._level)
        edge = ground if calm else colors.blend(found.fill(self._level)[0], ground, 0.6)
        edge, ground = (found.text, found.ground) if found.stark else (edge, ground)
        paint_box(painter, self.rect(), edge, ground, _CORNER)
        if self._countdown is not None:
            inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            draw_left(painter, inside, self._countdown, found, mirrored=self.isRightToLeft())
        side = self._side
        box = from_start(self, QRect(_PAD, (self.height() - side) // 2, side, side))
        if self._icon is not None and not self._icon.isNull():
            draw_icon(painter, self._icon, box, self.devicePixelRatioF())
        elif self._glyph == "app":
            draw_letter(painter, self._letter, box, self._name.font(), found)
        else:
            draw(painter, self._glyph, QRectF(box).adjusted(4, 4, -4, -4), found.muted)
