"""The line of all apps: which way an app moves is seen half way, clear of the others' ticks at the ends."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from oomtray.risk.queue import Place
from oomtray.ui.dialogs.now_then import AppsLine
from oomtray.ui.qt import contrast
from tests.facts.processes import process

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")

HEAD = 3
"""Pixels above and below the line's middle that only the arrow's head and the places at its ends reach."""


def place(held: int, *, ours: bool = False) -> Place:
    return Place(1, process(held), None, held, 0, ours)


@pytest.mark.parametrize(("now", "then"), [(1000, 1), (1, 1000)], ids=["down", "up"])
def test_the_head_of_the_arrow_is_half_way(qtbot: Any, now: int, then: int) -> None:
    line = AppsLine()
    qtbot.addWidget(line)
    others = [place(held) for held in (5, 8, 12)]
    line.show_places([place(now, ours=True), *others], [place(then, ours=True), *others])
    line.resize(516, line.sizeHint().height())
    line.show()
    drawn = line.findChild(QWidget, "line")
    assert drawn is not None
    picture, calm = drawn.grab().toImage(), contrast.of(line.palette()).calm.rgb()
    high = [x for x in range(20, drawn.width() - 20) if picture.pixel(x, 11 - HEAD) == calm or picture.pixel(x, 11 + HEAD - 1) == calm]
    assert high, "there is a head"
    assert all(abs(x - drawn.width() / 2) < 8 for x in high)
