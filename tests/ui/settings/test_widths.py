"""At every width each page settles on one arrangement, whichever it had before, and nothing in it lies over something else."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.ui.qt.screens import free_size
from oomtray.ui.settings.page import Card
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")

WIDTHS = range(600, 1001, 50)
MOST = 20
"""Sizes that one widget is given until all is at rest: seen are up to 9, and thousands where two answers take turns."""


class Resizes(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.of: Counter[int] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.of[id(watched)] += 1
            assert self.of[id(watched)] <= MOST, f"{watched} is given a size again and again"
        return False


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def siblings(window: SettingsWindow) -> list[tuple[QWidget, QWidget]]:
    found = []
    for holder in window.page.widget().findChildren(QWidget):
        shown = [one for one in holder.children() if isinstance(one, QWidget) and one.isVisible()]
        if holder.layout() is not None:
            found += list(itertools.combinations(shown, 2))
    return found


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_a_page_has_one_arrangement_at_each_width(qapp: QApplication, make: Callable[[], SettingsWindow], page: str) -> None:
    window = make()
    window.show_page(page)
    resizes = Resizes()
    qapp.installEventFilter(resizes)
    seen: dict[int, list[bool]] = {}
    try:
        for width in (*WIDTHS, *reversed(WIDTHS)):
            resizes.of.clear()
            window.resize(width, 900)
            settle()
            narrow = [row.narrow for row in window.page.rows]
            assert seen.setdefault(width, narrow) == narrow
            assert not any(one.geometry().intersects(other.geometry()) for one, other in siblings(window))
    finally:
        qapp.removeEventFilter(resizes)


def test_pages_are_in_line_with_a_scroll_bar_or_without(make: Callable[[], SettingsWindow]) -> None:
    window = make()
    edges = {}
    for page in ("warnings", "protection"):
        window.show_page(page)
        settle()
        card = window.page.findChild(Card)
        edges[window.page.verticalScrollBar().isVisible()] = card.mapTo(window, card.rect().topRight()).x()
    assert set(edges) == {False, True}
    assert edges[False] == edges[True]


@pytest.mark.parametrize("points", [10, 18])
def test_it_is_never_larger_than_the_screen(qtbot, make: Callable[[], SettingsWindow], points: int) -> None:
    """With large letters its least size was."""
    with text_size(points):
        window = make()
        window.hide()
        window.show()
        free = free_size(window)
        assert window.minimumWidth() <= free.width()
        assert window.minimumHeight() <= free.height()


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_large_letters_never_need_scrolling_sideways(make: Callable[[], SettingsWindow], page: str) -> None:
    with text_size(18):
        window = make()
        window.show_page(page)
        window.resize(window.minimumSize())
        settle()
        assert window.page.horizontalScrollBar().maximum() == 0
