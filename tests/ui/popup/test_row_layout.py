"""How the list shares its width: names win, bars and the column of memory make room for them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication

from oomtray.ui.popup import row_layout as layout
from oomtray.ui.popup.process_row import COUNTS, MEMORY, NAME, STATUS
from oomtray.ui.popup.row_words import BETWEEN, note
from oomtray.ui.qt.fonts import growth, scaled
from tests.facts import desktops
from tests.facts.processes import process
from tests.ui.gallery_list import story

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
POINTS = (8, 10, 12, 14, 18)


def main_font(points: float) -> QFont:
    font = QFont()
    font.setPointSizeF(points)
    return font


def metrics(points: float) -> tuple[QFontMetrics, QFontMetrics]:
    font = main_font(points)
    return QFontMetrics(font), QFontMetrics(scaled(font, 0.92))


def given(width: int, points: float) -> layout.Widths:
    main, fine = metrics(points)
    return layout.widths(width, main, fine, fine.horizontalAdvance("Memory") + 28, growth(main_font(points)))


def name_in(width: int, points: float) -> int:
    main, _ = metrics(points)
    found = given(width, points)
    start = max(found.number, main.horizontalAdvance("000") + 1) + found.arrow + found.icon + layout.ICON_GAP
    taken = found.memory + found.status + (found.counts if found.bar else 0) + (found.change if found.wide else 0)
    return width - start - taken


@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize("width", [394, 474, 594, 854])
def test_a_name_has_eleven_letters_at_any_size_of_the_text(qapp, points, width):
    assert name_in(width, points) >= metrics(points)[0].horizontalAdvance("0" * 11)


class Kerned:
    """As Noto Sans is: a plus comes close to the digit after it, a minus does not."""

    @staticmethod
    def horizontalAdvance(text: str) -> int:
        return 7 * len(text) - 3 * text.startswith("+") - 4 * text.count(".")


def test_a_change_per_minute_has_room_below_the_memory():
    found = layout.widths(460, Kerned, Kerned, 80)

    assert found.memory - layout.PAD >= Kerned.horizontalAdvance("−24.5 MiB/min")


@pytest.mark.parametrize("points", POINTS)
def test_a_wider_list_never_has_less(qapp, points):
    parts = [(bool(found.memory), bool(found.bar)) for found in (given(width, points) for width in range(394, 900, 4))]

    assert parts == sorted(parts)


def test_bars_take_a_part_of_what_a_very_wide_list_has_to_spare(qapp):
    assert given(1400, 10).bar == 350


def test_bars_take_what_a_list_has_to_spare_beside_its_names(qapp):
    found = given(650, 10)

    assert found.bar > given(490, 10).bar * 1.8
    assert name_in(650, 10) >= metrics(10)[0].horizontalAdvance("0" * 30)


def test_drawings_grow_with_the_text(qapp):
    usual, large = given(854, 10), given(854, 18)

    assert (usual.icon, usual.arrow, usual.slot) == (24, 16, 24)
    assert large.icon / 24 == pytest.approx(large.slot / 24, rel=0.05) == pytest.approx(1.8, rel=0.1)
    assert large.arrow > 1.6 * usual.arrow


def test_bars_shrink_before_they_go(qapp):
    bars = [given(width, 10).bar for width in range(394, 640, 2)]
    shown = [bar for bar in bars if bar]

    assert shown == sorted(shown)
    assert shown[0] < shown[-1] / 1.5


def test_the_narrowest_list_has_bars(qapp):
    assert given(396, 10).bar


def sized(popup, points, width, height=700):
    font = QFont(QApplication.font())
    font.setPointSizeF(points)
    popup.setFont(font)
    popup.table.setFont(font)
    popup.resize(width, height)
    QApplication.processEvents()
    return popup.table


def test_with_large_text_memory_stands_under_the_name(popup):
    popup.show_assessment(story())
    table = sized(popup, 14, 440)
    row = popup.model.row_at(popup.model.index(1, NAME))

    assert table.isColumnHidden(MEMORY)
    assert not table.isColumnHidden(STATUS)
    assert note(row, popup.labels, with_memory=True).split(BETWEEN)[0] == "≤ 2.4 GiB"

    table = sized(popup, 10, 640)
    assert not table.isColumnHidden(MEMORY)


def test_the_quiet_end_has_its_memory_there_too(popup):
    popup.show_assessment(story())
    tail = next(row for n in range(popup.model.rowCount()) if (row := popup.model.row_at(popup.model.index(n, NAME))).tail)

    assert note(tail, popup.labels, with_memory=True) == "1.7 GiB"


def test_where_the_status_has_a_column_in_words_the_second_line_does_not_say_it_again(popup):
    popup.show_assessment(story())
    first, last = (popup.model.row_at(popup.model.index(n, NAME)) for n in (0, popup.model.rowCount() - 1))

    assert [note(row, popup.labels) for row in (first, last)] == ["First to go · 4 processes", "Protected"]
    assert [note(row, popup.labels, with_status=False) for row in (first, last)] == ["4 processes", ""]


@pytest.mark.parametrize("points", [10, 14])
def test_no_column_comes_or_goes_with_the_scroll_bar(popup, points):
    def columns(count):
        popup.show_assessment(desktops.judged(tuple(process(100 + n, name=f"p{n}", rss=500 << 20) for n in range(count))))
        popup.model.show_by_app(False)
        table = sized(popup, points, 440)
        widths = [table.columnWidth(n) for n in (COUNTS, MEMORY, STATUS) if not table.isColumnHidden(n)]
        return table.verticalScrollBar().isVisible(), widths

    few, many = columns(2), columns(60)
    assert (few[0], many[0]) == (False, True)
    assert few[1] == many[1]
