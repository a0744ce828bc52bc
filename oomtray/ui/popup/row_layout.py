"""Geometry of rows: the columns' widths, and a row's two buttons. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QRect

from oomtray.messages import rows as words
from oomtray.messages.i18n import tr
from oomtray.ui.popup.process_row import COUNTS, STATUS, TITLES

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics

    from oomtray.messages.rows import Standing

PAD = 8
ICON, ICON_GAP = 24, 8
_ARROW, _SLOT = 16, 24
"""Pixels of the expander arrow beside a number, and of a button's width; both scale with the font."""
_WIDE = 760
"""List width in pixels from which there are figures, a change column, and the status in words."""
_LEAST_BAR, _MOST_BAR = 48, 170
_NARROW_BAR = 0.205
"""Share of a narrow list's width for the bars."""
_WIDE_BAR = 0.25
"""Largest share of a wide list's width for the bars, if more than `_MOST_BAR`."""
_LEAST_NAME = 150
_LEAST_LETTERS, _FAIR_LETTERS, _AMPLE_LETTERS = 11, 15, 30
"""Characters of a name below which bars are hidden, below which they are as narrow as possible, and above which they grow.

The memory column is hidden likewise; its figure then moves below the name.
"""
_SLACK = 5
"""Pixels by which a text may be wider than its metrics if these are fractional."""

ButtonName = Literal["protect", "first"]
BUTTONS: tuple[ButtonName, ...] = ("protect", "first")


class Widths(NamedTuple):
    """Column widths in pixels; a narrow list has no `figures`, `change` and `words`."""

    wide: bool
    bar: int
    """0 if there is no room for bars."""
    figures: int
    memory: int
    """0 if it is shown below the names."""
    change: int
    words: int
    """The status in words, and its shape before it."""
    status_head: int = 0
    """The width of its title, if more than its shapes."""
    by: float = 1.0
    """Scale of drawings relative to a 10-point font."""

    @property
    def icon(self) -> int:
        return round(ICON * self.by)

    @property
    def arrow(self) -> int:
        return round(_ARROW * self.by)

    @property
    def slot(self) -> int:
        return round(_SLOT * self.by)

    @property
    def counts(self) -> int:
        return self.bar + (PAD + self.figures if self.wide else 0) + 2 * PAD

    @property
    def status(self) -> int:
        return max(self.words + len(BUTTONS) * self.slot + PAD, self.status_head)

    @property
    def number(self) -> int:
        """Least width of the rank."""
        return self.slot - 4


def widths(list_width: int, main: QFontMetrics, fine: QFontMetrics, head: int, by: float = 1.0) -> Widths:
    """Compute the widths; `head` is the least width of the titles over memory and change.

    `by` is the scale of drawings.
    """
    big = main.horizontalAdvance
    memory = max(big("≤ 99.9 GiB") + _SLACK, fine.horizontalAdvance(tr("{amount}/min", amount="−99.9 MiB")) + 1)
    memory = max(memory + PAD, head)
    wide = list_width >= max(_WIDE, 76 * big("0"))
    if not wide:
        return _narrow(list_width, main, memory, fine, by)
    figures = max(big("99.9 GiB"), fine.horizontalAdvance("99.9 %")) + _SLACK
    change = max(big(tr("{amount}/min", amount="−99.9 MiB")) + 1 + PAD, head)
    standings: tuple[Standing, ...] = ("first", "maybe", "early", "protected", "never", "normal")
    said = max(big(words.standing(which)) for which in standings)
    least_bar = max(_LEAST_BAR, fine.horizontalAdvance(tr(TITLES[COUNTS])))
    known = Widths(True, 0, figures, memory, change, round(_SLOT * by) + said + PAD, by=by)
    left = list_width - known.counts - memory - change - known.status
    if left - least_bar < _before(known, main) + big("0" * _LEAST_LETTERS):
        return _narrow(list_width, main, memory, fine, by)
    most_bar = max(_MOST_BAR, round(list_width * _WIDE_BAR))
    return known._replace(bar=min(max(left - _LEAST_NAME - 14 * big("0"), least_bar), most_bar))


def _before(known: Widths, main: QFontMetrics) -> int:
    """Return the width before a name: its rank, the arrow and the icon."""
    return max(main.horizontalAdvance("000") + 1, known.number) + known.arrow + known.icon + ICON_GAP + 4


def _narrow(list_width: int, main: QFontMetrics, memory: int, fine: QFontMetrics, by: float) -> Widths:
    """Compute the widths of a narrow list: names take precedence, then bars, and what doesn't fit is hidden."""
    letters = main.horizontalAdvance
    known = Widths(False, 0, 0, memory, 0, 0, by=by)
    room = list_width - _before(known, main) - memory - known.status
    least_bar = max(_LEAST_BAR, fine.horizontalAdvance(tr(TITLES[COUNTS])) - PAD + _SLACK)
    preferred = max(least_bar, round(min(list_width * _NARROW_BAR, _MOST_BAR) - 36))
    preferred = max(preferred, min(room - 2 * PAD - letters("0" * _AMPLE_LETTERS), _MOST_BAR))
    left = room - 2 * PAD - letters("0" * _FAIR_LETTERS)
    bar = min(preferred, max(left, least_bar))
    least = letters("0" * _LEAST_LETTERS)
    if room - 2 * PAD - bar >= least:
        room -= 2 * PAD + bar
        known = known._replace(bar=bar)
    elif room < least:
        known, room = known._replace(memory=0), room + memory
    titled = fine.horizontalAdvance(tr(TITLES[STATUS])) + 2 * PAD + 2
    return known._replace(status_head=titled) if room + known.status - titled >= least else known


def button(cell: QRect, which: ButtonName, slot: int, *, mirrored: bool) -> QRect:
    """Return the place of a button, `slot` pixels wide, within a row's last cell."""
    from_end = PAD // 2 + (len(BUTTONS) - 1 - BUTTONS.index(which)) * slot
    left = cell.left() + from_end if mirrored else cell.right() + 1 - from_end - slot
    side = min(slot, cell.height())
    return QRect(left, cell.top() + (cell.height() - side) // 2, slot, side)
