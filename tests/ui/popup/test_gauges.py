"""The bars, the trail and the clocks: each clock stands under its bar, and no number of theirs is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from oomtray.config import Settings
from oomtray.risk.assessment import Assessment
from oomtray.risk.outlook import Forecast
from oomtray.ui.popup import clock as clocks
from oomtray.ui.popup.clock import Clock
from oomtray.ui.popup.gauges import Gauges
from oomtray.ui.qt.colors import contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Elided
from tests.facts import desktops
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks
from tests.ui.parts import the

SHORT = replace(desktops.desktop("warning"), forecast=Forecast(stall=(34.0, 44.0), kill=(120.0, 240.0)))


LONG = replace(SHORT, forecast=Forecast(stall=(20.0, 130.0), kill=(120.0, 240.0)))


def gauges(qtbot, width: int, points: float = 10, *, mirrored: bool = False, shown: Assessment = SHORT) -> Gauges:
    made = Gauges()
    qtbot.addWidget(made)
    font = made.font()
    font.setPointSizeF(points)
    made.setFont(font)
    made.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    made.restyle()
    made.show_assessment(shown, Settings().levels, until="")
    made.resize(width, made.sizeHint().height())
    made.grab()  # lays it out
    return made


@pytest.mark.parametrize("points", [10, 14])
@pytest.mark.parametrize("width", [408, 488, 868])
def test_no_clock_is_cut(qtbot, width, points):
    made = gauges(qtbot, width, points)

    for clock, says in (("Slow in", "about 35–45 s"), ("First kill in", "about 2–4 min")):
        assert the(Elided, the(Clock, made, clock), says).shown == says
        assert the(Elided, the(Clock, made, clock), clock).shown == clock


@pytest.mark.parametrize("width", [408, 488, 868])
def test_a_clock_from_seconds_to_minutes_is_no_smaller_than_the_text_around_it(qtbot, width):
    made = gauges(qtbot, width, shown=LONG)

    value = the(Elided, the(Clock, made, "Slow in"), "about 20 s–2 min")

    assert value.font().pointSizeF() >= made.font().pointSizeF()


@pytest.mark.parametrize("points", [10, 14, 18])
def test_both_clocks_are_written_in_one_size_and_no_caption_is_larger_than_its_value(qtbot, points):
    made = gauges(qtbot, 408, points)
    shown = (("Slow in", "about 35–45 s"), ("First kill in", "about 2–4 min"))

    captions, values = (
        [the(Elided, the(Clock, made, clock), (clock, says)[part]).font().pointSizeF() for clock, says in shown] for part in (0, 1)
    )

    assert len({*captions}) == len({*values}) == 1
    assert captions[0] <= values[0]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_clock_of_the_first_kill_stands_under_the_swap(qtbot, mirrored):
    made = gauges(qtbot, 488, mirrored=mirrored)

    clock, swap = the(Clock, made, "First kill in").geometry(), made.swap.geometry()

    assert swap.left() <= clock.left()
    assert clock.right() <= swap.right()
    assert clock.top() > swap.bottom()


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_clock_of_the_first_kill_alone_has_the_place_of_both(qtbot, mirrored):
    alone = replace(desktops.watched(), forecast=Forecast(kill=(120.0, 240.0)))
    usual, made = (gauges(qtbot, 488, mirrored=mirrored, shown=shown) for shown in (SHORT, alone))

    both = the(Clock, usual, "Slow in").geometry() | the(Clock, usual, "First kill in").geometry()

    assert the(Clock, made, "First kill in").geometry() == both
    assert not the(Clock, made, "Slow in").isVisibleTo(made)


def test_a_sentence_stands_where_nothing_runs_out(qtbot):
    made = gauges(qtbot, 488)
    height = made.sizeHint().height()

    made.show_assessment(desktops.desktop(), Settings().levels, until="")

    assert the(Clock, made, "No end in sight").isVisibleTo(made)
    assert not the(Clock, made, "First kill in").isVisibleTo(made)
    assert made.sizeHint().height() == height


def test_no_size_of_letters_is_tried_before_there_is_a_width(qtbot, monkeypatch):
    """Each loads a font, and the first click waits for it."""
    tried = []
    monkeypatch.setattr(clocks, "scaled", lambda font, by, **how: tried.append(by) or scaled(font, by, **how))

    made = Gauges()
    qtbot.addWidget(made)
    made.show_assessment(SHORT, Settings().levels, until="")

    assert set(tried) <= {1.12}, "the largest alone, for the height"


@pytest.mark.parametrize("level", ["normal", "critical"])
def test_in_high_contrast_what_is_outdated_can_be_told_from_the_ground(qtbot, level):
    with looks(CONTRAST):
        made = gauges(qtbot, 640, shown=desktops.desktop(level))
        made.dim(dimmed=True)
        for drawn, columns, rows in ((made.memory, range(20, 60), range(2, 10)), (made.trail, range(90, 180), range(2, 30))):
            image = drawn.grab().toImage()  # in the bar, and beside the trail's caption
            assert max(contrast(image.pixelColor(x, y), QColor("black")) for x in columns for y in rows) >= 3
