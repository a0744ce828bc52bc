"""The bar of a report in the popup."""

from __future__ import annotations

import weakref

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtWidgets import QApplication, QLayoutItem, QVBoxLayout, QWidget

from oomtray.ui.controllers.report import Offer, Report, undo_offer
from oomtray.ui.popup import message_bar
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.qt.buttons import GlyphButton
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.labels import Plain
from tests.ui.parts import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SHORT = "Done."
TWO_LINES = "slack: 2 processes raised from 0 to +300. The next victim is firefox."
LONG = " ".join((TWO_LINES, "Going lower needs an administrator's permission.") * 2)


@pytest.fixture
def bar(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    made = MessageBar(window)
    QVBoxLayout(window).addWidget(made)
    window.resize(520, 300)
    window.show()
    yield made
    window.close()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=lambda way: way.name)
@pytest.mark.parametrize(("text", "is_beside"), [(SHORT, True), (TWO_LINES, True), (LONG, False)])
def test_buttons_end_where_the_bar_does_beside_or_below_the_text(bar, direction, text, is_beside):
    bar.window().setLayoutDirection(direction)

    bar.tell(Report("done", text, (Offer("Use a password…", lambda: None), Offer("Undo", lambda: None)), closable=False))
    QApplication.processEvents()

    label, last = the(Plain, bar).geometry(), box_of(bar, "Undo")
    free = bar.width() - last.right() - 1 if direction == Qt.LayoutDirection.LeftToRight else last.left()
    assert free == 7
    assert (last.top() <= label.bottom()) is is_beside
    if is_beside:
        assert abs(last.center().y() - label.center().y()) <= 1
        assert not last.intersects(label)


@pytest.mark.parametrize(("text", "is_beside"), [(SHORT, True), (TWO_LINES, True), (LONG, False)])
def test_the_cross_is_level_with_the_buttons_beside_it_or_at_the_top(bar, text, is_beside):
    bar.tell(Report("done", text, (Offer("Undo", lambda: None),)))
    QApplication.processEvents()

    cross, last = the(GlyphButton, bar).geometry(), box_of(bar, "Undo")
    assert (last.left() < cross.left() and last.top() < cross.bottom()) is is_beside
    if is_beside:
        assert abs(cross.center().y() - last.center().y()) <= 1
    else:
        assert cross.top() == bar.contentsRect().top() + 7


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_a_text_beside_its_buttons_has_two_lines_at_most_also_if_large(bar, scale):
    font = bar.window().font()
    font.setPointSizeF(font.pointSizeF() * scale)
    bar.window().setFont(font)
    bar.window().resize(640, 600)
    label, lines, words = the(Plain, bar), set(), f"{TWO_LINES} {TWO_LINES}".split()

    for count in range(1, len(words) + 1):
        bar.tell(Report("done", " ".join(words[:count]), (Offer("Use a password…", lambda: None), Offer("Undo", lambda: None))))
        QApplication.processEvents()
        if box_of(bar, "Undo").top() <= label.geometry().bottom():
            lines.add(round(label.heightForWidth(label.width()) / label.fontMetrics().lineSpacing()))

    assert lines == {1, 2}


def test_buttons_move_below_a_text_that_the_window_makes_narrow_and_back(bar):
    window = bar.window()
    bar.tell(Report("done", TWO_LINES, (Offer("Use a password…", lambda: None), Offer("Undo", lambda: None))))

    for width, is_beside in ((640, True), (400, False), (640, True), (400, False)):
        window.resize(width, 300)
        QApplication.processEvents()
        label, last = the(Plain, bar).geometry(), box_of(bar, "Undo")
        assert (last.top() <= label.bottom()) is is_beside
        assert not last.intersects(label)
        assert bar.rect().contains(last)


def box_of(bar: MessageBar, label: str) -> QRect:
    button = bar.button(label)
    assert button is not None
    return button.geometry()


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


def test_nothing_stands_for_an_offer_s_place_once_it_has_moved(bar):
    bar.tell(Report("done", TWO_LINES, (Offer("Undo", lambda: None),)))
    bar.window().resize(640, 300)
    QApplication.processEvents()
    place = weakref.ref(place_of(bar))

    bar.window().resize(300, 300)
    QApplication.processEvents()

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


def test_a_screen_reader_says_a_report_once_as_soon_as_it_is_seen(bar, monkeypatch):
    said = []
    monkeypatch.setattr(message_bar, "announce", lambda _bar, text, *, interrupts: said.append((text, interrupts)))
    bar.tell(Report("done", SHORT, ()))
    assert said == [(SHORT, False)]

    bar.tell(Report("ask", TWO_LINES, (Offer("Force kill", lambda: None),)))
    bar.reword(f"{TWO_LINES} 3 s")
    assert said[1:] == [(TWO_LINES, True)], "each second is no news"

    bar.window().hide()
    bar.tell(Report("failed", LONG, ()))
    assert len(said) == 2, "nobody reads a window that is closed"
    for _ in range(2):
        bar.window().show()
        assert said[2:] == [(LONG, True)]
        bar.window().hide()


@pytest.mark.parametrize(("tone", "stays"), [("ask", False), ("part", True)])
def test_a_question_goes_with_the_window(bar, tone, stays):
    bar.tell(Report(tone, SHORT, (Offer("Force kill", lambda: None),)))
    bar.window_closed()
    assert bar.isHidden() is not stays


@pytest.mark.parametrize(
    ("offers", "after", "stays"),
    [((), 119.0, True), ((), 121.0, False), ((undo_offer(lambda: None),), 3600.0, True)],
    ids=["new", "old", "old-with-undo"],
)
def test_old_news_that_was_seen_is_not_met_again(bar, offers, after, stays):
    now = 0.0
    bar.clock = lambda: now
    bar.tell(Report("done", SHORT, offers))
    bar.window_closed()
    now = after
    bar.window_opened()
    assert bar.isHidden() is not stays
