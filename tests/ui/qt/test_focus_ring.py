"""The frame around what scrolls is there for as long as the keyboard, once that has come by a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QScrollArea, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from oomtray.ui.qt import contrast
from oomtray.ui.qt.focus import FocusRing
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def area() -> Iterator[QScrollArea]:
    window = QWidget()
    column, first, made = QVBoxLayout(window), QLineEdit(window), QScrollArea(window)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    for part in (first, made):
        column.addWidget(part)
    first.setFocus()
    FocusRing(made)
    appear(window)
    yield made
    window.close()


def appear(window: QWidget) -> None:
    window.show()
    window.activateWindow()
    QApplication.processEvents()


def has_ring(area: QScrollArea) -> bool:
    ring = area.findChild(FocusRing)
    assert ring is not None
    return ring.isVisible()


@pytest.mark.parametrize("reason", [Qt.FocusReason.TabFocusReason, Qt.FocusReason.MouseFocusReason], ids=lambda reason: reason.name)
def test_once_another_window_is_left_it_is_as_before(qtbot: QtBot, area: QScrollArea, reason: Qt.FocusReason) -> None:
    area.setFocus(reason)
    before = has_ring(area)
    other = QWidget()
    qtbot.addWidget(other)
    appear(other)
    qtbot.waitUntil(lambda: not area.hasFocus())
    assert not has_ring(area)

    appear(area.window())
    qtbot.waitUntil(area.hasFocus)

    assert has_ring(area) is before is (reason == Qt.FocusReason.TabFocusReason)


def test_once_a_menu_is_closed_it_is_there_again(area: QScrollArea) -> None:
    area.setFocus(Qt.FocusReason.TabFocusReason)
    menu = QMenu(area.window())
    menu.addAction("Copy")
    menu.popup(QPoint(0, 0))
    assert not has_ring(area)

    menu.close()

    assert has_ring(area)


def test_it_is_gone_where_a_click_leads_back(area: QScrollArea) -> None:
    area.setFocus(Qt.FocusReason.TabFocusReason)
    assert has_ring(area)
    area.clearFocus()

    area.setFocus(Qt.FocusReason.MouseFocusReason)

    assert not has_ring(area)


def test_the_area_may_be_deleted_while_it_has_the_keyboard(qtbot: QtBot, area: QScrollArea) -> None:
    """As on X, where a window that was closed has the focus until the server says otherwise."""
    area.setFocus(Qt.FocusReason.MouseFocusReason)
    area.deleteLater()
    with qtbot.captureExceptions() as raised:
        qtbot.waitUntil(lambda: not isValid(area))
    assert not raised


def test_it_is_whole_beside_a_scroll_bar(qtbot: QtBot) -> None:
    """Its right side was under that of a page of the help, which Qt had raised."""
    window = QWidget()
    qtbot.addWidget(window)
    column, first, page = QVBoxLayout(window), QLineEdit(window), QTextEdit("word " * 3000)
    use_thin_scroll_bars(page)
    for part in (first, page):
        column.addWidget(part)
    first.setFocus()
    FocusRing(page)
    appear(window)
    page.setFocus(Qt.FocusReason.TabFocusReason)
    page.resize(page.width(), page.height() - 20)
    QApplication.processEvents()
    assert page.verticalScrollBar().isVisible()

    image, middle = page.grab().toImage(), page.height() // 2

    ink = contrast.of(page.palette()).calm
    assert [x for x in range(page.width()) if image.pixelColor(x, middle) == ink][-1] >= page.viewport().width() - 2
    ring = page.findChild(FocusRing)
    assert ring is not None
    assert ring.geometry() == page.viewport().geometry()
