"""Specifies how wide the columns of a help page's table are."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QApplication

from oomtray import help_pages
from oomtray.ui.help.help_window import HelpWindow
from oomtray.ui.help.page_view import PageView
from oomtray.ui.help.table_columns import share_out

WORD = 30.0


def words(count: int) -> list[float]:
    return [WORD] * count


def test_where_all_fits_nothing_is_narrower_than_its_text() -> None:
    assert share_out([[words(1), words(2)], [words(2), words(4)]], 360) == [120, 240]


def test_a_column_of_few_words_is_not_broken_for_the_sake_of_a_long_one() -> None:
    first, second = share_out([[words(4), words(20)], [words(3), words(2)]], 300)
    assert first + second == pytest.approx(300)
    assert first >= 4 * WORD or second >= 5 * WORD


def test_names_stay_whole_where_short_numbers_have_room_to_give() -> None:
    """As in the table of what was measured: five columns of which the heads are longer than the numbers."""
    rows = [[words(3), words(3), words(5), words(2), words(2)], *[[words(5), words(1), words(2), words(1), words(1)]] * 10]
    widths = share_out(rows, 400)
    assert sum(widths) == pytest.approx(400)
    assert widths[0] >= 5 * WORD
    assert widths[2] >= 2 * WORD


def test_no_column_is_narrower_than_its_longest_word_while_there_is_room() -> None:
    widths = share_out([[[120.0], words(30), [90.0]]], 400)
    assert widths[0] >= 120
    assert widths[2] >= 90
    assert share_out([[[300.0], [300.0]]], 100) == [50, 50]
    assert share_out([[[300.0], [30.0], [90.0]]], 200) == [85, 30, 85]


@pytest.mark.parametrize("width", [440, 640, 900])
def test_no_word_is_broken_on_any_page(qtbot, width: int) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.resize(width, 700)
    window.show()
    QApplication.processEvents()
    for topic in help_pages.TOPICS:
        window.show_topic(topic)
        for table in window.view.document().rootFrame().childFrames():
            if isinstance(table, QTextTable):
                for row in range(table.rows()):
                    for column in range(table.columns()):
                        cut = broken(table, row, column)
                        assert not [word for word in cut if len(word) < 12], (topic, cut)


def test_a_page_that_is_all_margin_is_laid_out(qtbot) -> None:
    """As where windows are tiled."""
    view = PageView()
    qtbot.addWidget(view)
    view.show_page(help_pages.page("commands"))
    view.show()
    for width in range(40, 60):
        view.resize(width, 300)
    assert view.viewport().width() < 60


def test_a_command_stands_on_one_line(qtbot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.resize(860, 640)
    window.show()
    QApplication.processEvents()
    window.show_topic("commands")
    table = next(frame for frame in window.view.document().rootFrame().childFrames() if isinstance(frame, QTextTable))
    cells = [table.cellAt(row, 0).firstCursorPosition().block() for row in range(1, table.rows())]
    assert len(cells) > 10
    assert [block.text() for block in cells if block.layout().lineCount() > block.text().count(", ") + 1] == []


def broken(table: QTextTable, row: int, column: int) -> list[str]:
    """Words of a cell within which a line ends."""
    found = []
    it = table.cellAt(row, column).begin()
    while not it.atEnd():
        block = it.currentBlock()
        text, layout = block.text(), block.layout()
        for number in range(layout.lineCount() - 1):
            line = layout.lineAt(number)
            end = line.textStart() + line.textLength()
            if text[end - 1] not in " -/.,:…" and text[end : end + 1] not in (" ", ""):
                found.append(f"{text[:end].split()[-1]}{text[end:].split()[0]}")
        it += 1
    return found
