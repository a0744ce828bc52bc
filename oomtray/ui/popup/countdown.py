"""The countdown on the card, during which the user can refuse that an app is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt

from oomtray.ui.qt import colors
from oomtray.ui.qt.painting import clip_round

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from oomtray.risk.step_in import Candidate
    from oomtray.ui.qt.colors import Colors

BAR = 4
"""Height of the bar in pixels."""
_HURRY_AFTER = 1.0
"""Seconds before it can be hurried, so that a click meant for the button in that place before ends nothing."""


class Countdown(NamedTuple):
    candidate: Candidate
    """Whom it is about."""
    left: float | None
    """Seconds left; None while it is being ended."""
    whole: float
    """Seconds at the start."""

    @property
    def may_hurry(self) -> bool:
        return self.left is not None and self.left <= self.whole - _HURRY_AFTER


def draw_left(painter: QPainter, card: QRectF, corner: float, countdown: Countdown, found: Colors, *, mirrored: bool) -> None:
    """Draw a bar along the card's bottom that shrinks once a second: no animation, so next to no cost."""
    share = (countdown.left or 0.0) / countdown.whole if countdown.whole else 0.0
    wide = card.width() * min(share, 1.0)
    foot = QRectF(card.left(), card.bottom() - BAR, card.width(), BAR)
    painter.save()
    clip_round(painter, card, corner)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(found.track if found.stark else colors.blend(found.red, found.red_wash, 0.2))
    painter.drawRect(foot)
    painter.setBrush(found.red)
    painter.drawRect(QRectF(foot.right() - wide if mirrored else foot.left(), foot.top(), wide, BAR))
    painter.restore()
