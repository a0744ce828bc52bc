"""What is drawn by hand: nothing strikes through a text, and every side has its mirror."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication

from oomtray.config import Settings
from oomtray.messages import outlook as words
from oomtray.risk.outlook import Forecast
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.explain_dialog import ExplainWindow
from oomtray.ui.popup.header import Header
from oomtray.ui.popup.memory_bar import MemoryBar
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.process_model import ProcessModel
from oomtray.ui.popup.process_view import ProcessView
from oomtray.ui.popup.sparkline import Sparkline
from oomtray.ui.popup.split_button import SplitButton
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import Elided, Plain
from tests.facts import desktops
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks
from tests.ui.parts import the
from tests.ui.plain_labels import PlainLabels
from tests.ui.reports import UNDO, offers

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

WARNING = desktops.desktop("warning")


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
@pytest.mark.parametrize("warning", [1, 5, 30])
def test_a_low_mark_has_no_number_where_the_caption_stands(qtbot, warning, mirrored):
    bar = MemoryBar()
    qtbot.addWidget(bar)
    wide = width_of(bar, words.used_caption(WARNING.snapshot.memory)[0]) + 2
    below = QRect(440 - wide if mirrored else 0, 14, wide, 20)

    low = picture(bar, (warning, 98), mirrored=mirrored).copy(below)
    usual = picture(bar, (80, 98), mirrored=mirrored).copy(below)

    assert low == usual


def test_a_mark_beside_the_caption_keeps_its_number(qtbot):
    bar = MemoryBar()
    qtbot.addWidget(bar)
    wide = width_of(bar, words.used_caption(WARNING.snapshot.memory)[0])
    beside = QRect(wide, 14, 440 - wide, 20)

    assert picture(bar, (60, 98)).copy(beside) != picture(bar, (1, 98)).copy(beside)


def below_marks(bar, width: int, marks=(80, 90), caption: int = 0) -> set[int]:
    """Columns right of the caption, of which this wording is expected, in which there is something below the bar."""
    image = picture(bar, marks, size=(width, 40)).copy(0, 14, width, 20)
    ground, begin = image.pixelColor(0, 19), width_of(bar, words.used_caption(WARNING.snapshot.memory)[caption]) + 2
    return {x for x in range(begin, width) if any(image.pixelColor(x, y) != ground for y in range(20))}


def test_where_both_marks_have_room_their_numbers_stand_beside_the_shapes_of_the_icon_else_the_shapes_alone(qtbot):
    bar = MemoryBar()
    qtbot.addWidget(bar)

    assert len(below_marks(bar, 320)) == 2 * 9
    assert len(below_marks(bar, 700)) > 2 * (9 + width_of(bar, "80"))


def test_a_shorter_caption_makes_room_for_a_mark(qtbot):
    bar = MemoryBar()
    qtbot.addWidget(bar)

    assert len(below_marks(bar, 440, (20, 98), caption=1)) == 2 * 9


def test_what_begins_at_the_marks_is_told_by_the_pointer_and_a_screen_reader(qtbot):
    bar = MemoryBar()
    qtbot.addWidget(bar)
    picture(bar, (80, 90))

    for says in ("Warning from 80 % used", "Critical from 90 % used"):
        assert says in bar.accessibleDescription()
        assert says in bar.toolTip()


def few(seconds: float):
    """The same, of which only the last seconds are known."""
    return replace(WARNING, trail=tuple(r for r in WARNING.trail if WARNING.snapshot.at - r.at <= seconds))


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(600, "last 10 min"), (130, "last 2 min"), (20, "last 20 s"), (1, "last 1 s"), (-1, "no readings yet")],
)
def test_the_trail_spans_what_there_is_and_says_so(qtbot, seconds, says):
    line = Sparkline()
    qtbot.addWidget(line)

    line.show_assessment(few(seconds), Settings().levels)

    assert line.accessibleDescription().startswith(says)


def test_while_paused_the_trail_says_when_it_ends(qtbot):
    """An hour later it still said that it was of the last ten minutes."""
    line = Sparkline()
    qtbot.addWidget(line)

    line.show_assessment(WARNING, Settings().levels, until="14:38")

    assert line.accessibleDescription().startswith("until 14:38,")
    assert line.caption(100)[1] == "until 14:38"
    assert line.caption(50)[1] == "14:38"


def drawn(line, assessment, *, mirrored: bool = False) -> tuple[int, int]:
    """The first and the last column in which there is anything of the level's color."""
    line.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    line.resize(200, 46)
    line.show_assessment(assessment, Settings().levels)
    seen, ink = line.grab().toImage(), colors.of(line.palette()).fill("warning")[1]
    columns = [x for x in range(200) if any(seen.pixelColor(x, y) == ink for y in range(46))]
    return columns[0], columns[-1]


@pytest.mark.parametrize("seconds", [600, 60, 20])
def test_the_trail_is_as_wide_as_its_place_however_little_is_known(qtbot, seconds):
    line = Sparkline()
    qtbot.addWidget(line)

    first, last = drawn(line, replace(few(seconds), forecast=Forecast()))

    assert first < 20
    assert last > 190


@pytest.mark.parametrize("mirrored", [pytest.param(False, id="left to right"), pytest.param(True, id="right to left")])
def test_what_is_foreseen_goes_on_from_the_newest_reading(qtbot, mirrored):
    line = Sparkline()
    qtbot.addWidget(line)
    known = drawn(line, replace(WARNING, forecast=Forecast(kill=(0.0, 2.0))), mirrored=mirrored)

    more = drawn(line, replace(WARNING, forecast=Forecast(stall=(400.0, 500.0))), mirrored=mirrored)

    assert more[0] < known[0] if mirrored else more[1] > known[1]


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
def test_what_is_left_stands_flush_with_what_it_is_of(qtbot, direction):
    header = Header()
    qtbot.addWidget(header)
    header.setLayoutDirection(direction)
    header.show_assessment(WARNING, Settings().levels, paused=False)
    header.resize(440, 120)
    header.grab()  # lays it out

    left, of = (ink(label)[direction == Qt.LayoutDirection.LeftToRight] for label in (the(Plain, header, "2.7 GiB"), the(Plain, header, "left of")))

    assert abs(left - of) <= 1
    assert left < 4


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


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        pytest.param("Nothing changed.", (), id="a line"),
        pytest.param("Nothing changed.", offers(UNDO), id="a line and a button"),
        pytest.param("Lowered from +233 to +200, not to -500: that needs an administrator.", offers(UNDO), id="lines"),
    ],
)
def test_the_shape_of_a_message_is_level_with_its_first_line(qtbot, text, offered):
    message = MessageBar()
    qtbot.addWidget(message)
    message.tell(Report("part", text, offered))
    message.resize(440, message.heightForWidth(440))
    picture, label = message.grab().toImage(), the(Plain, message, text)
    ground = picture.pixelColor(label.x() - 3, label.geometry().center().y())
    shape = [y for y in range(2, picture.height() - 2) if picture.pixelColor(18, y) != ground]

    lines = label.fontMetrics().boundingRect(0, 0, label.width(), 1000, Qt.TextFlag.TextWordWrap, text).height()
    first = label.y() + (label.height() - lines) / 2 + label.fontMetrics().height() / 2

    assert abs((shape[0] + shape[-1] + 1) / 2 - first) <= 1


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


# colors


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

    found = colors.of(palette(roles), on_base=on_base)

    poor = {
        f"{over} on {under}": round(ratio, 2)
        for over, under, wanted in pairs
        if (ratio := colors.contrast(getattr(found, over), getattr(found, under))) < wanted
    }
    assert not poor


@pytest.mark.parametrize("named", PALETTES)
def test_a_selected_row_is_seen_and_the_levels_are_told_apart(named):
    roles = dict(zip(("Window", "WindowText", "Base", "Text"), PALETTES[named], strict=True))

    found = colors.of(palette(roles), on_base=True)

    assert colors.contrast(found.selected, found.ground) > 1.1
    assert len({found.calm.rgb(), found.amber.rgb(), found.red.rgb()}) == 3


def test_rows_stand_on_the_ground_that_their_colors_are_made_for(qtbot):
    table = ProcessView(ProcessModel(PlainLabels(), uid=1000))
    qtbot.addWidget(table)
    table.setPalette(palette(LIGHT))
    table.resize(400, 200)

    seen = table.viewport().grab().toImage()

    assert seen.pixelColor(200, 100) == QColor(LIGHT["Base"])


@pytest.mark.parametrize("part", ["list", "message"])
def test_in_high_contrast_the_list_and_what_is_told_below_it_have_an_edge_in_the_texts_color(popup, part):
    with looks(CONTRAST):
        popup.message.tell(Report("done", "It is done.", offers(UNDO)))
        QApplication.processEvents()
        picture = popup.grab().toImage()
        box = {"list": popup.table, "message": popup.message}[part]
        edge = box.mapTo(popup, QPoint(box.width() // 2, 0)) - QPoint(0, 1 if part == "list" else 0)
        assert picture.pixelColor(edge) == QColor(CONTRAST["Text"])


def test_in_high_contrast_the_button_of_the_new_order_has_an_edge(popup):
    with looks(CONTRAST):
        button = popup.table.header().new_order
        button.show()
        QApplication.processEvents()
        picture = popup.grab().toImage()
        assert picture.pixelColor(button.mapTo(popup, QPoint(button.width() // 2, 0))) == QColor(CONTRAST["Text"])


def test_both_halves_of_the_button_are_equally_high_whatever_letters_the_action_has(qtbot, qapp):
    before, font = qapp.font(), QFont(qapp.font())
    font.setPointSizeF(16)
    qapp.setFont(font)
    try:
        button = SplitButton("more")
        qtbot.addWidget(button)
        button.say("보호", "", "")
        button.resize(button.sizeHint())
        button.grab()  # lays it out
        assert button.main.height() == button.arrow.height() == button.height()
    finally:
        qapp.setFont(before)
