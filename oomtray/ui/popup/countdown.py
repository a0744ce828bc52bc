"""The countdown on the card: the seconds in which somebody can say that an app is not to be ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from oomtray.risk.step_in import Candidate
    from oomtray.ui.qt.colors import Colors

BAR = 4
"""Pixels of the bar's height."""
_SETTLED = 1.0
"""Seconds for which it can't be hurried: a click that was meant for the button which it took the place of ends nothing."""


class Countdown(NamedTuple):
    """What is asked on the card."""

    candidate: Candidate
    """Whom it is about."""
    left: float | None
    """Seconds; None while it is being ended."""
    whole: float
    """Seconds with which it began."""

    @property
    def may_hurry(self) -> bool:
        return self.left is not None and self.left <= self.whole - _SETTLED


def draw_left(painter: QPainter, card: QRectF, corner: float, countdown: Countdown, found: Colors, *, mirrored: bool) -> None:
    """A bar along the foot of the card, which empties by a second at a time: that is no motion, and costs next to nothing."""
    whole = QPainterPath()
    whole.addRoundedRect(card, corner, corner)
    share = (countdown.left or 0.0) / countdown.whole if countdown.whole else 0.0
    wide = card.width() * min(share, 1.0)
    foot = QRectF(card.left(), card.bottom() - BAR, card.width(), BAR)
    painter.save()
    painter.setClipPath(whole)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(found.track if found.stark else colors.blend(found.red, found.red_wash, 0.2))
    painter.drawRect(foot)
    painter.setBrush(found.red)
    painter.drawRect(QRectF(foot.right() - wide if mirrored else foot.left(), foot.top(), wide, BAR))
    painter.restore()


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say it at once."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
