"""The bar of a report in the popup."""

from __future__ import annotations

import weakref

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLayoutItem, QWidget

from oomtray.ui.controllers.report import Offer, Report
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.qt.flow_layout import FlowLayout

SHORT, LONG = "Done.", "slack: 2 processes raised from 0 to +300. The next victim is still firefox (4711)."


@pytest.mark.parametrize("first", [SHORT, LONG])
@pytest.mark.parametrize("then", [SHORT, LONG])
def test_nothing_stands_for_an_offer_s_place_once_qt_has_freed_it(qtbot, first, then):
    """What is made at its address later would be taken for it, and its end would crash the app."""
    window = QWidget()
    qtbot.addWidget(window)
    bar = MessageBar(window)
    offer = Offer("Undo", lambda: None)
    bar.tell(Report("done", first, (offer,)))
    bar.tell(Report("done", first, (offer,)))  # which adds the layout of the offers to that of the bar once more
    free_what_is_deleted()
    place = weakref.ref(place_of(bar))
    assert place_of(bar).widget() is bar.button("Undo")

    bar.tell(Report("done", then, (offer,)))
    free_what_is_deleted()

    assert place() is None
    assert place_of(bar).widget() is bar.button("Undo")


def place_of(bar: MessageBar) -> QLayoutItem:
    """The place of the only offer."""
    layout = bar.findChild(FlowLayout)
    assert layout is not None
    assert layout.count() == 1
    item = layout.itemAt(0)
    assert item is not None
    return item


def free_what_is_deleted() -> None:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
