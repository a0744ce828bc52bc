"""Where a row's parts stand: the columns' widths, and the two buttons of a row. Pure."""

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
ARROW = 16
"""Pixels of the arrow that opens an app, beside its number."""
SLOT = 24
"""Pixels of a button's width."""
_WIDE = 760
"""Pixels of the list from which on it has figures, a column of changes, and its status in words."""
_LEAST_BAR, _MOST_BAR = 64, 170
_NARROW_BAR = 0.24
"""Part of a narrow list that its bars take."""
_LEAST_NAME = 150
_LEAST_LETTERS = 8
"""Of a name: where less would be left, the bars go."""
_SLACK = 5
"""Pixels by which a text may come out wider than its metrics say, where these are fractions."""

ButtonName = Literal["protect", "first"]
BUTTONS: tuple[ButtonName, ...] = ("protect", "first")


class Widths(NamedTuple):
    """In pixels; those of a narrow list have neither `figures`, `change` nor `words`."""

    wide: bool
    bar: int
    """0: there is no room for bars beside the names."""
    figures: int
    memory: int
    change: int
    words: int
    """The status in words, with its shape before it."""

    @property
    def counts(self) -> int:
        return self.bar + (PAD + self.figures if self.wide else 0) + 2 * PAD

    @property
    def status(self) -> int:
        return self.words + len(BUTTONS) * SLOT + PAD

    @property
    def number(self) -> int:
        """Of the place in the order, at least."""
        return SLOT - 4


def widths(list_width: int, main: QFontMetrics, fine: QFontMetrics, head: int) -> Widths:
    """`head`: pixels that the longest of the titles over memory and change takes at least."""
    least_bar = max(_LEAST_BAR, fine.horizontalAdvance(tr(TITLES[COUNTS])))
    big = main.horizontalAdvance
    memory = max(big("≤ 99.9 GiB"), fine.horizontalAdvance(tr("{amount}/min", amount="+999 MiB"))) + _SLACK
    memory = max(memory + PAD, head)
    wide = list_width >= max(_WIDE, 76 * big("0"))
    if not wide:
        known = Widths(False, 0, 0, memory, 0, 0)
        name = big("000") + 1 + ARROW + ICON + ICON_GAP + big("0" * _LEAST_LETTERS)
        status = max(known.status, fine.horizontalAdvance(tr(TITLES[STATUS])) + 4 * PAD)
        room = list_width - memory - status - name - 2 * PAD
        preferred = max(least_bar, round(min(list_width * _NARROW_BAR, _MOST_BAR) - 36))
        return known._replace(bar=min(preferred, room) if room >= least_bar else 0)
    figures = max(big("99.9 GiB"), fine.horizontalAdvance("99.9 %")) + _SLACK
    change = max(big(tr("{amount}/min", amount="+999 MiB")) + _SLACK + PAD, head)
    standings: tuple[Standing, ...] = ("first", "maybe", "early", "protected", "never", "normal")
    said = max(big(words.standing(which)) for which in standings)
    known = Widths(True, 0, figures, memory, change, SLOT + said + PAD)
    room = list_width - known.counts - memory - change - known.status - _LEAST_NAME - 10 * big("0")
    return known._replace(bar=min(max(room, least_bar), _MOST_BAR))


def button(cell: QRect, which: ButtonName, *, mirrored: bool) -> QRect:
    """Where a row has this button, within its last cell."""
    from_end = PAD // 2 + (len(BUTTONS) - 1 - BUTTONS.index(which)) * SLOT
    left = cell.left() + from_end if mirrored else cell.right() + 1 - from_end - SLOT
    side = min(SLOT, cell.height())
    return QRect(left, cell.top() + (cell.height() - side) // 2, SLOT, side)
