"""Specifies the help window: topics, links, the way back, the search, and that nothing is fetched."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFontDatabase,
    QFontMetrics,
    QTextDocument,
    QTextListFormat,
    QTextTable,
)
from PySide6.QtWidgets import QApplication

from oomtray import help_pages
from oomtray.ui.help.help_window import HelpWindow
from oomtray.ui.help.page_view import in_print, unbroken
from oomtray.ui.qt.screens import free_size
from tests.rigs.translations.pseudo import Reader, pseudo_language
from tests.rigs.translations.speaking import speaking
from tests.rigs.translations.widgets import texts
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


@pytest.fixture
def window(qtbot) -> HelpWindow:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show()
    return window


def listed(window: HelpWindow) -> list[str]:
    return [item.text() for item in window.items() if not item.isHidden()]


def test_every_topic_is_there_and_opens(window: HelpWindow) -> None:
    assert listed(window) == [in_print(page.title) for page in help_pages.pages()]
    for topic in help_pages.TOPICS:
        window.show_topic(topic)
        page = help_pages.page(topic)
        assert window.view.toPlainText().startswith(in_print(page.title))
        assert window.topics.currentItem().text() == in_print(page.title)


def test_large_letters_ask_for_no_more_than_the_screen_has(qtbot) -> None:
    """At 150 % a screen of 1280 x 920 cut off the ends of the lines."""
    with text_size(24):
        window = HelpWindow()
        qtbot.addWidget(window)
        window.show()
        free = free_size(window)
        assert window.width() <= free.width()
        assert window.height() < free.height()


def test_a_page_keeps_all_its_words(window: HelpWindow) -> None:
    """What is dressed is the same text: code, tables and lists."""
    for topic in help_pages.TOPICS:
        window.show_topic(topic)
        page, plain = help_pages.page(topic), QTextDocument()
        plain.setMarkdown(f"# {page.title}\n\n{page.text}")
        shown, said = window.view.toPlainText().replace("\u2060", ""), in_print(plain.toPlainText())
        straight = str.maketrans("“”−", '""-')  # code keeps its quotes and hyphens
        assert shown.translate(straight).split() == said.translate(straight).split()


def test_a_topic_that_does_not_exist_shows_the_first(window: HelpWindow) -> None:
    window.show_topic("score")
    window.show_topic("no such page")
    assert window.topic == help_pages.TOPICS[0]


def test_a_link_leads_to_its_page_and_back_leads_back(qtbot, window: HelpWindow) -> None:
    window.show_topic("score")
    window.view.anchorClicked.emit(QUrl("old-advice.md"))
    assert window.topic == "old-advice"
    qtbot.mouseClick(window.back_button, Qt.MouseButton.LeftButton)
    assert window.topic == "score"
    window.go_back()
    assert (window.topic, window.back_button.isEnabled()) == ("start", False)


def test_the_keyboard_is_on_the_page_once_there_is_no_way_back(qtbot, window: HelpWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_topic("score")
    window.back_button.setFocus()
    qtbot.keyClick(window.back_button, Qt.Key.Key_Space)
    assert not window.back_button.isEnabled()
    assert window.view.hasFocus()


def test_a_link_out_is_opened_by_the_desktop(window: HelpWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    window.show_topic("lasting")
    for link in ("https://example.org/", "file:///etc/passwd", "javascript:1", "/etc/passwd"):
        window.view.anchorClicked.emit(QUrl(link))
    assert opened == ["https://example.org/"]
    assert window.topic == "lasting"


def test_nothing_is_fetched(window: HelpWindow, tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("x")
    assert window.view.loadResource(1, QUrl.fromLocalFile(str(file))) is None


def test_the_search_finds_pages_and_marks_the_places(qtbot, window: HelpWindow) -> None:
    qtbot.keyClicks(window.search, "postgresql shared_buffers")
    assert listed(window) == [help_pages.page("killed").title]
    assert window.topic == "killed"
    marked = [mark.cursor.selectedText() for mark in window.view.extraSelections()]
    assert marked
    assert {text.casefold() for text in marked} == {"postgresql", "shared_buffers"}
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    assert len(listed(window)) == len(help_pages.TOPICS)
    assert window.view.extraSelections() == []
    assert window.isVisible()


def test_all_words_must_be_on_the_page(qtbot, window: HelpWindow) -> None:
    qtbot.keyClicks(window.search, "swappiness zram")
    assert listed(window) == [help_pages.page("old-advice").title]


def test_enter_goes_from_place_to_place_and_around(qtbot, window: HelpWindow) -> None:
    window.show_topic("score")
    qtbot.keyClicks(window.search, "badness")
    places = [mark.cursor.selectionEnd() for mark in window.view.extraSelections()]
    assert len(places) > 2
    seen = [window.view.textCursor().position()]
    for _ in places:
        qtbot.keyClick(window.search, Qt.Key.Key_Return)
        seen.append(window.view.textCursor().position())
    assert seen == [*places, places[0]]


def test_what_is_found_nowhere_is_said(qtbot, window: HelpWindow) -> None:
    window.search.setText("xyzzy")
    assert listed(window) == []
    assert window.found.text() == "Found nowhere"
    assert window.topic == "start"


def test_the_way_back_does_not_lead_through_what_the_search_passed(qtbot, window: HelpWindow) -> None:
    qtbot.keyClicks(window.search, "swappiness")
    assert window.topic == "old-advice"
    assert not window.back_button.isEnabled()


def test_the_keyboard_reaches_everything(qtbot, window: HelpWindow) -> None:
    window.search.setFocus()
    qtbot.keyClick(window.search, Qt.Key.Key_Down)
    assert window.topics.hasFocus()
    qtbot.keyClick(window.topics, Qt.Key.Key_Down)
    assert window.topic == help_pages.TOPICS[1]
    reached = set()
    for _ in range(12):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert {window.search, window.view, window.close_button} <= reached
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)


@pytest.mark.parametrize(("width", "beside"), [(900, True), (440, False)])
def test_in_a_narrow_window_the_topics_stand_above_the_page(qtbot, window: HelpWindow, width: int, beside: bool) -> None:
    window.resize(width, 640)
    qtbot.waitUntil(lambda: (window.view.x() > 100) is beside)
    assert window.view.width() >= (500 if beside else 400)
    assert window.view.horizontalScrollBar().maximum() == 0


def test_a_table_in_large_letters_needs_no_scrolling_sideways(qtbot) -> None:
    with text_size(18):
        window = HelpWindow()
        qtbot.addWidget(window)
        window.resize(900, 1300)
        window.show()
        window.show_topic("measured")
        QApplication.processEvents()
        assert window.view.horizontalScrollBar().maximum() == 0


def test_its_own_words_are_translated(qtbot, tmp_path: Path) -> None:
    with speaking(pseudo_language(tmp_path)):
        window = HelpWindow()
        qtbot.addWidget(window)
        shown = []
        for text in ("", "swap", "xyzzy"):
            window.search.setText(text)
            shown += [one for one in texts(window) if one != window.view.toPlainText()]
    titles = [in_print(page.title) for page in help_pages.pages()]
    reader = Reader(*titles)
    assert {text: found for text in shown if (found := reader.english(text))} == {}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_mark_is_left_over(qtbot, language: str) -> None:
    """Where a letter stands on the wrong side of it, a mark is taken for text, as between Korean words and their particles."""
    wrong = []
    for page in help_pages.pages(language):
        document = QTextDocument()
        document.setMarkdown(page.text)
        text = document.toPlainText()
        wrong += [(page.topic, mark) for mark in ("**", "](", "`", "|--") if mark in text]
    assert wrong == []


@pytest.mark.parametrize("typed", ["can't", "can’t"])
def test_either_apostrophe_is_found(qtbot, window: HelpWindow, typed: str) -> None:
    window.show_topic("limits")
    window.search.setText(typed)
    assert window.topic == "limits"
    assert {mark.cursor.selectedText().casefold() for mark in window.view.extraSelections()} == {"can’t"}


def test_an_option_stays_whole_is_found_and_can_be_pasted(qtbot, window: HelpWindow) -> None:
    window.show_topic("commands")
    assert "\u2060" in window.view.toPlainText(), "no line ends within --json"
    window.search.setText("--json")
    assert window.topic == "commands"
    assert window.view.find_words(["--json"]) > 0
    window.view.selectAll()
    copied = window.view.createMimeDataFromSelection().text()
    assert "--json" in copied
    assert "\u2060" not in copied


def test_it_opens_at_the_beginning_also_where_the_colors_came_late(qtbot) -> None:
    window = HelpWindow()
    qtbot.addWidget(window)
    palette = window.palette()
    palette.setColor(palette.ColorRole.Text, QColor("navy"))
    window.setPalette(palette)
    window.show()
    QApplication.processEvents()
    assert window.view.verticalScrollBar().value() == 0


def test_no_line_ends_between_a_number_and_its_unit_in_korean_either() -> None:
    assert in_print("12 GiB가 기준이며 4 KiB입니다") == "12\u00a0GiB가 기준이며 4\u00a0KiB입니다"
    assert in_print("3 minutes, 5 small") == "3 minutes, 5 small"
    assert in_print('It says "at most", "about". `set = "x"`') == 'It says “at most”, “about”. `set = "x"`'
    assert in_print('- so:\n\n      set = ["x"]\n') == '- so:\n\n      set = ["x"]\n'
    assert in_print('```\nexpendable = ["Slack"]\n```') == '```\nexpendable = ["Slack"]\n```'


def test_prose_has_minus_signs_and_what_is_typed_has_hyphens(window: HelpWindow) -> None:
    assert in_print("from -1000 to 15, `set -500`, -6.0 GiB, 2026-01-02, Linux-6, | -500 |") == (
        "from −1000 to 15, `set -500`, −6.0\u00a0GiB, 2026-01-02, Linux-6, | −500 |"
    )
    window.show_topic("score")
    assert window.view.find_words(["-500"]) == window.view.find_words(["−500"]) == 1
    assert "−500" in window.view.toPlainText()
    window.view.selectAll()
    copied = window.view.createMimeDataFromSelection().text()
    assert "-500" in copied
    assert "−" not in copied, "it can be pasted into a terminal"
    window.show_topic("froze")
    assert " -1 " in window.view.toPlainText().replace("\u2060", "")
    assert window.view.find_words(["-1"]) > 0, "code is found too"


def test_all_lines_of_a_paragraph_are_equally_high_also_with_code_in_them(window: HelpWindow) -> None:
    window.resize(700, 700)
    window.show_topic("commands")
    layout = window.view.document().begin().next().layout()
    lines = [layout.lineAt(number) for number in range(layout.lineCount())]
    feet = [line.y() + line.ascent() + max(line.leading(), 0) for line in lines]
    apart = {round(below - above) for above, below in itertools.pairwise(feet)}
    assert len(feet) > 2
    assert len(apart) == 1


@pytest.mark.parametrize("topic", ["killed", "commands", "lasting", "froze"])
def test_lines_are_one_as_far_from_the_other_whatever_signs_are_in_them(qtbot, topic):
    """Those that keep a line from ending were lent by another font, and moved their lines up."""
    window = HelpWindow()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    window.show_topic(topic)
    QApplication.processEvents()
    block = window.view.document().begin()
    while block.isValid():
        layout = block.layout()
        feet = [layout.lineAt(number).y() + layout.lineAt(number).ascent() for number in range(layout.lineCount())]
        steps = [round(below - above, 1) for above, below in itertools.pairwise(feet)]
        assert max(steps, default=0) - min(steps, default=0) < 1, block.text()
        block = block.next()


@pytest.mark.parametrize("topic", ["start", "score", "commands", "keys"])
def test_a_table_has_room_before_it_and_after_it(window: HelpWindow, topic: str) -> None:
    """It stuck to the paragraph above, whose own space Qt leaves out before a table."""
    window.resize(900, 700)
    window.show_topic(topic)
    QApplication.processEvents()
    document = window.view.document()
    box = document.documentLayout().blockBoundingRect
    tables = [one for one in document.rootFrame().childFrames() if isinstance(one, QTextTable)]
    assert tables
    for table in tables:
        cells = [[table.cellAt(row, column) for column in range(table.columns())] for row in (0, table.rows() - 1)]
        padding = table.format().cellPadding() + table.format().border()
        top = box(cells[0][0].firstCursorPosition().block()).top() - padding
        foot = max(box(cell.lastCursorPosition().block()).bottom() for cell in cells[1]) + padding
        before, after = document.findBlock(table.firstPosition() - 1), document.findBlock(table.lastPosition() + 2)
        assert top - box(before).bottom() >= (8 if before.blockFormat().headingLevel() else 15)
        assert not after.isValid() or box(after).top() - foot >= 15


def test_the_place_that_is_shown_looks_as_selected_text_and_not_as_a_link(qtbot):
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show_topic("froze")
    window.search.setText("swap")
    marks = window.view.extraSelections()  # whose formats end with them
    formats = [mark.format for mark in marks]
    chosen = [one for one in formats if one.background().color() == window.palette().highlight().color()]
    assert len(chosen) == 1
    assert len(formats) > 1
    assert not any(one.fontUnderline() for one in formats)


def test_no_line_of_code_ends_within_a_word_with_a_hyphen():
    """In a narrow window the log's total-vm was broken into two."""
    assert unbroken("    total-vm:1kB --policy") == "    total-\u2060vm:1kB -\u2060-\u2060policy"
    assert unbroken("    - a list in a list") == "    - a list in a list"


def test_no_line_ends_behind_the_first_slash_of_a_path():
    assert unbroken("`/proc/meminfo` and a/b") == "`/\u2060proc/meminfo` and a/b"
    for address in ("a/systemd-oomd/b", "a/systemd-oomd", "systemd-oomd/b"):
        assert unbroken(f"systemd-oomd, [so]({address})") == f"systemd-\u2060oomd, [so]({address})"
    assert unbroken("systemd-oomd나") == "systemd-\u2060oomd나"


def test_a_name_of_two_words_stays_on_one_line_and_is_found(qtbot):
    assert in_print("the OOM killer, OOM Tray. OOM") == "the OOM\u00a0killer, OOM\u00a0Tray. OOM"
    window = HelpWindow()
    qtbot.addWidget(window)
    window.search.setText("oom tray")
    assert window.topics.currentItem() is not None
    assert window.view.extraSelections()


def test_bullets_stand_off_from_their_text(window: HelpWindow) -> None:
    """By more than the one space of the paragraph's font that Qt leaves there."""
    window.resize(900, 700)
    window.show_topic("limits")
    document = window.view.document()
    block = document.begin()
    while block.textList() is None:
        block = block.next()
    space = QFontMetrics(block.charFormat().font()).horizontalAdvance(" ")
    assert space >= 1.8 * QFontMetrics(document.defaultFont()).horizontalAdvance(" ")


def test_numbers_of_a_list_are_as_wide_as_other_digits(window: HelpWindow) -> None:
    """They were drawn twice as wide, by what sets bullets off."""
    window.show_topic("start")
    document = window.view.document()
    block = document.begin()
    while block.textList() is None or block.textList().format().style() != QTextListFormat.Style.ListDecimal:
        block = block.next()
    assert QFontMetrics(block.charFormat().font()).horizontalAdvance("1.") == QFontMetrics(document.defaultFont()).horizontalAdvance("1.")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_mark_of_markdown_is_left_and_no_hangul_leans(window: HelpWindow, language: str) -> None:
    """A star after a mark and before a letter ends no emphasis, as in Korean, where a particle follows; and its letters have no italics."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    left, leaning = [], []
    for page in help_pages.pages(language):
        window.view.show_page(page)
        block = window.view.document().begin()
        while block.isValid():
            it = block.begin()
            while not it.atEnd():
                part = it.fragment()
                if "*" in part.text() and fixed not in (part.charFormat().fontFamilies() or ()):
                    left.append(part.text())
                if part.charFormat().fontItalic() and any("가" <= letter <= "힣" for letter in part.text()):
                    leaning.append(part.text())
                it += 1
            block = block.next()
    assert (left, leaning) == ([], [])
