"""What is drawn by hand: nothing strikes through a text, and every side has its mirror."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage

from oomtray.config import Settings
from oomtray.messages import memory as words
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.explain_dialog import ExplainWindow
from oomtray.ui.popup.header import Header
from oomtray.ui.popup.memory_bar import MemoryBar
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.process_model import ProcessModel
from oomtray.ui.popup.process_view import ProcessView
from oomtray.ui.popup.sparkline import Sparkline
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import Elided, Plain
from tests.facts import desktops
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.parts import the
from tests.ui.reports import UNDO, offers

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

WARNING = desktops.desktop("warning")
NOWHERE = (1.0, 1.0)
"""Marks that stand below all that is drawn."""


def levels(warning: float, critical: float):
    return replace(Settings().levels, warning_percent=warning, warning_left=0, critical_percent=critical, critical_left=0)


def picture(part, marks: tuple[float, float], *, mirrored: bool = False, size=(440, 40)) -> QImage:
    part.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    part.resize(*size)
    part.show_assessment(WARNING, levels(*marks))
    return part.grab().toImage()


def width_of(part, text: str) -> int:
    return QFontMetrics(small(part.font())).horizontalAdvance(text)


@pytest.mark.parametrize("mirrored", [pytest.param(False, id="left to right"), pytest.param(True, id="right to left")])
@pytest.mark.parametrize("warning", [1, 5, 20, 30])
def test_a_low_mark_has_no_number_where_swap_and_stall_stand(qtbot, warning, mirrored):
    bar = MemoryBar()
    qtbot.addWidget(bar)
    wide = width_of(bar, words.swap_and_stall(WARNING.snapshot.memory)) + 2
    below = QRect(440 - wide if mirrored else 0, 14, wide, 20)

    low = picture(bar, (warning, 98), mirrored=mirrored).copy(below)
    usual = picture(bar, (80, 98), mirrored=mirrored).copy(below)

    assert low == usual


def test_a_mark_beside_swap_and_stall_keeps_its_number(qtbot):
    bar = MemoryBar()
    qtbot.addWidget(bar)
    wide = width_of(bar, words.swap_and_stall(WARNING.snapshot.memory))
    beside = QRect(wide, 14, 440 - wide, 20)

    assert picture(bar, (60, 98)).copy(beside) != picture(bar, (1, 98)).copy(beside)


@pytest.mark.parametrize("mirrored", [pytest.param(False, id="left to right"), pytest.param(True, id="right to left")])
def test_no_mark_strikes_out_what_the_line_is_of(qtbot, mirrored):
    line = Sparkline()
    qtbot.addWidget(line)
    wide = width_of(line, "last 10 min")
    label = QRect(440 - wide if mirrored else 0, 0, wide, 40)

    marked, plain = (picture(line, marks, mirrored=mirrored) for marks in ((80.0, 90.0), NOWHERE))

    height = QFontMetrics(small(line.font())).height()
    assert marked.copy(label.adjusted(0, 0, 0, height - 40)) == plain.copy(label.adjusted(0, 0, 0, height - 40))
    assert marked != plain


# right to left


BOTH = [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]


def ink(part) -> tuple[int, int]:
    """How far what is drawn stands from the part's left and right edge."""
    seen = part.grab().toImage()
    ground = seen.pixel(seen.width() // 2, 0)
    columns = [
        x for x in range(seen.width()) if any(seen.pixel(x, y) != ground for y in range(seen.height()))
    ]
    return columns[0], seen.width() - 1 - columns[-1]


@pytest.mark.parametrize("direction", BOTH)
@pytest.mark.parametrize("kind", [Plain, Elided])
@pytest.mark.parametrize("text", ["2.7 GiB left", "\u05e4\u05d9\u05d9\u05e8\u05e4\u05d5\u05e7\u05e1"], ids=["Latin", "Hebrew"])
def test_a_text_begins_where_the_others_do_whatever_its_script(qtbot, kind, text, direction):
    label = kind(text)
    qtbot.addWidget(label)
    label.setLayoutDirection(direction)
    label.resize(300, 20)

    begins, ends = ink(label) if direction == Qt.LayoutDirection.LeftToRight else reversed(ink(label))

    assert begins < 4
    assert ends > 100


@pytest.mark.parametrize("direction", BOTH)
def test_what_is_left_stands_flush_with_what_is_used(qtbot, direction):
    header = Header()
    qtbot.addWidget(header)
    header.setLayoutDirection(direction)
    header.show_assessment(WARNING, Settings().levels, paused=False)
    header.resize(440, 120)
    header.grab()  # lays it out

    used, left = (ink(label)[direction == Qt.LayoutDirection.LeftToRight] for label in (the(Plain, header, "used"), the(Plain, header, "left")))

    assert abs(used - left) <= 1
    assert used < 4


@pytest.mark.parametrize("direction", BOTH)
def test_a_message_leaves_room_for_its_shape(qtbot, direction):
    message = MessageBar()
    qtbot.addWidget(message)
    message.setLayoutDirection(direction)
    message.tell(Report("part", "Lowered from +233 to +200, not to -500: that needs an administrator.", offers(UNDO)))
    message.resize(440, message.heightForWidth(440))
    message.grab()

    label = the(Plain, message, "Lowered from").geometry()

    assert (440 - 1 - label.right() if message.isRightToLeft() else label.left()) == 34


@pytest.mark.parametrize("direction", BOTH)
def test_an_explanation_stands_below_its_title(qtbot, direction):
    window = ExplainWindow()
    qtbot.addWidget(window)
    window.setLayoutDirection(direction)
    window.tell(WARNING, Subject.of_process(WARNING.risks[0]))
    window.resize(560, 640)
    window.subtitle.setText("Short.")  # a long line reaches both sides
    window.grab()

    title, text = (ink(part)[direction == Qt.LayoutDirection.RightToLeft] for part in (window.title, window.subtitle))

    assert abs(title - text) <= 6


# colours


PALETTES = {  # the window's ground and text, that of lists and their text
    "light": (LIGHT["Window"], LIGHT["WindowText"], LIGHT["Base"], LIGHT["Text"]),
    "dark": (DARK["Window"], DARK["WindowText"], DARK["Base"], DARK["Text"]),
    "black on white": ("#ffffff", "#000000", "#ffffff", "#000000"),
    "white on black": ("#000000", "#ffffff", "#000000", "#ffffff"),
    "yellow on black": ("#000000", "#ffff00", "#000000", "#ffff00"),
    "classic grey": ("#c0c0c0", "#000000", "#ffffff", "#000000"),
    "sepia": ("#f4ecd8", "#433422", "#fdf6e3", "#433422"),
    "pale text": ("#eee8d5", "#657b83", "#fdf6e3", "#657b83"),
    "purple": ("#2d1b3d", "#eadcf5", "#24142f", "#eadcf5"),
    "red as the warnings": ("#4a1018", "#ffe9ec", "#3a0a12", "#ffe9ec"),
    "amber as the warnings": ("#f0b84c", "#201400", "#f7cf80", "#201400"),
    "blue as the bars": ("#1c3f70", "#ffffff", "#153056", "#ffffff"),
}
TEXT, SHAPE = 4.5, 3.0
"""WCAG 2.1, 1.4.3 and 1.4.11."""
WINDOW_PAIRS = [
    *(("muted", ground, TEXT) for ground in ("ground", "calm_wash", "amber_wash", "red_wash")),
    *((level, ground, SHAPE) for level in ("calm", "amber", "red") for ground in ("ground", "track", f"{level}_wash")),
]
ROW_PAIRS = [
    *(
        (text, ground, TEXT)
        for text in ("text", "muted", "amber_text", "red_text")
        for ground in ("ground", "hover", "selected")
    ),
    *(
        (shape, ground, SHAPE)
        for shape in ("calm", "amber", "red")
        for ground in ("ground", "hover", "selected", "track")
    ),
]


@pytest.mark.parametrize("named", PALETTES)
@pytest.mark.parametrize(
    ("on_base", "pairs"), [pytest.param(False, WINDOW_PAIRS, id="window"), pytest.param(True, ROW_PAIRS, id="rows")]
)
def test_what_is_drawn_stands_out_from_every_ground_that_it_stands_on(named, on_base, pairs):
    roles = dict(zip(("Window", "WindowText", "Base", "Text"), PALETTES[named], strict=True))

    found = colours.of(palette(roles), on_base=on_base)

    poor = {
        f"{over} on {under}": round(ratio, 2)
        for over, under, wanted in pairs
        if (ratio := colours.contrast(getattr(found, over), getattr(found, under))) < wanted
    }
    assert not poor


@pytest.mark.parametrize("named", PALETTES)
def test_a_selected_row_is_seen_and_the_levels_are_told_apart(named):
    roles = dict(zip(("Window", "WindowText", "Base", "Text"), PALETTES[named], strict=True))

    found = colours.of(palette(roles), on_base=True)

    assert colours.contrast(found.selected, found.ground) > 1.1
    assert len({found.calm.rgb(), found.amber.rgb(), found.red.rgb()}) == 3


def test_rows_stand_on_the_ground_that_their_colours_are_made_for(qtbot):
    table = ProcessView(ProcessModel(uid=1000))
    qtbot.addWidget(table)
    table.setPalette(palette(LIGHT))
    table.resize(400, 200)

    seen = table.viewport().grab().toImage()

    assert seen.pixelColor(200, 100) == QColor(LIGHT["Base"])
