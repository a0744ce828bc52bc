"""The popup is as large as its user wants it, but for as long as a message needs more room than that."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from oomtray.config import Settings
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.popup import frameless_window
from oomtray.ui.popup import saved_state as state
from oomtray.ui.popup.frameless_window import beside, free_beside
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops
from tests.ui.reports import PASSWORD, UNDO, offers

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LONG = Report(
    "part",
    "Web Content (4203) lowered from +233 to +200, not to -500: going lower needs an administrator's permission."
    " The next victim is now rust-analyzer (4257), which would free at most 1.2 GiB.",
    offers(PASSWORD, UNDO),
)
NOTICE = "OOM Tray runs as root: what you end or change here reaches every user's programs."
SMALLEST = QSize(440, 380)


@pytest.fixture
def popup(qtbot):
    made = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(made)
    made.resize(SMALLEST)
    yield made
    made.put_away()


def opened(popup, anchor: QRect | None = None) -> QRect:
    popup.open(anchor)
    popup.show_assessment(desktops.desktop("warning"))
    QApplication.processEvents()
    return popup.geometry()


def tell(popup, report: Report = LONG) -> QRect:
    popup.message.tell(report)
    QApplication.processEvents()
    return popup.geometry()


def dismiss(popup) -> QRect:
    popup.message.hide()
    QApplication.processEvents()
    return popup.geometry()


def crushed(popup) -> list[str]:
    """The parts that have less height than their texts need."""
    parts = {"header": popup.header, "card": popup.card, "message": popup.message, "table": popup.table}
    return [
        name
        for name, part in parts.items()
        if part.isVisible()
        and part.height() < (part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.minimumSizeHint().height())
    ]


def screen(popup) -> QRect:
    return QGuiApplication.primaryScreen().availableGeometry()


ANCHORS = {
    "panel below": lambda free: QRect(free.center().x(), free.bottom() - 24, 24, 24),
    "panel above": lambda free: QRect(free.right() - 40, 0, 24, 24),
    "no anchor": lambda free: None,
}


@pytest.mark.parametrize("where", ANCHORS)
def test_a_message_is_given_the_room_that_it_needs_and_gives_it_back(popup, where):
    anchor = ANCHORS[where](screen(popup))
    before = opened(popup, anchor)

    grown = tell(popup)

    assert not crushed(popup)
    assert grown.height() > before.height() == SMALLEST.height()
    assert screen(popup).contains(grown)
    if anchor is not None:
        assert grown.topLeft() == beside(anchor, grown.size(), QGuiApplication.primaryScreen().geometry(), screen(popup))
    assert dismiss(popup) == before


def test_notices_and_notes_add_to_it(popup):
    opened(popup)
    tell(popup)

    popup.set_notices([NOTICE])
    popup.show_assessment(desktops.incomplete())
    QApplication.processEvents()

    assert not crushed(popup)


def test_where_there_is_room_nothing_moves(popup):
    popup.resize(560, 640)
    before = opened(popup)

    assert tell(popup) == before
    assert dismiss(popup) == before


def test_at_the_foot_of_the_screen_it_grows_upwards(popup):
    opened(popup)
    popup.move(20, screen(popup).bottom() + 1 - popup.height())
    before = popup.geometry()

    grown = tell(popup)

    assert grown.top() < before.top()
    assert screen(popup).contains(grown)
    assert dismiss(popup) == before


def test_where_the_user_has_moved_it_meanwhile_it_stays(popup):
    opened(popup)
    tell(popup)
    popup.move(33, 44)

    after = dismiss(popup)

    assert (after.topLeft(), after.size()) == (QPoint(33, 44), SMALLEST)


def test_what_the_user_has_made_of_it_meanwhile_it_keeps(popup):
    opened(popup)
    tell(popup)
    popup.resize(500, 600)
    QApplication.processEvents()

    assert dismiss(popup).size() == QSize(500, 600)


def test_narrower_it_grows_as_its_texts_wrap(popup):
    popup.resize(700, 380)
    opened(popup)
    tell(popup)
    wide = popup.height()

    popup.resize(440, wide)
    QApplication.processEvents()

    assert popup.height() > wide
    assert not crushed(popup)


def test_the_users_size_is_remembered_and_not_what_a_message_made_of_it(popup):
    opened(popup)
    tell(popup)

    popup.hide()

    left = state.load(state.directory())
    assert (left.width, left.height) == SMALLEST.toTuple()


def test_it_opens_beside_the_icon_with_a_message_that_came_meanwhile(popup):
    anchor = ANCHORS["panel below"](screen(popup))
    opened(popup, anchor)
    popup.hide()
    popup.message.tell(LONG)

    grown = opened(popup, anchor)

    assert not crushed(popup)
    assert grown.topLeft() == beside(anchor, grown.size(), QGuiApplication.primaryScreen().geometry(), screen(popup))


def test_where_the_window_manager_moves_it_as_it_opens_it_returns_beside_the_icon(popup, qtbot):
    """As i3 4.24 does, by the height of the title bar that it takes away: the popup covered the bar and the icon."""
    anchor = ANCHORS["panel below"](screen(popup))
    popup.open(anchor)
    placed = popup.pos()
    popup.move(placed + QPoint(2, 18))

    qtbot.waitUntil(lambda: popup.pos() == placed)


@pytest.mark.parametrize("where", ["panel below", "panel above"])
def test_it_is_never_larger_than_the_screen_and_its_size_comes_back(popup, where):
    chosen = QSize(3000, 2000)
    popup.resize(chosen)

    shown = opened(popup, ANCHORS[where](screen(popup)))

    assert screen(popup).contains(shown)
    assert popup.chosen_size == chosen


def test_where_the_screen_gets_smaller_it_comes_back_in(popup, qtbot):
    opened(popup)
    screen = QGuiApplication.primaryScreen()
    free = screen.availableGeometry()
    popup.move(free.right() - 100, free.bottom() - 100)

    screen.availableGeometryChanged.emit(free)

    qtbot.waitUntil(lambda: free.contains(popup.geometry()))


class Screen(QObject):
    """One of two screens of the same name, as after it was unplugged."""

    availableGeometryChanged = Signal(QRect)

    def name(self) -> str:
        return "DP-1"

    def geometry(self) -> QRect:
        return QRect(0, 0, 800, 800)

    availableGeometry = geometry


def test_it_comes_back_also_on_a_screen_that_was_unplugged_before(popup, qtbot, monkeypatch):
    popup.pinned = True  # it stays open
    for screen in (Screen(), Screen()):
        monkeypatch.setattr(frameless_window, "screen_at", lambda _point, screen=screen: screen)
        for _ in range(2):
            popup.hide()
            opened(popup)
        popup.move(1200, 900)

        screen.availableGeometryChanged.emit(screen.geometry())

        qtbot.waitUntil(lambda: QRect(0, 0, 800, 800).contains(popup.geometry()))


def test_where_the_screen_changes_around_it_it_stays(popup, qtbot):
    opened(popup)
    popup.move(60, 50)
    before = popup.geometry()

    popup.come_back_in()

    assert popup.geometry() == before


@pytest.mark.parametrize(
    ("anchor", "free"),
    [
        pytest.param(QRect(900, 720, 24, 24), QRect(0, 0, 1024, 720), id="a panel below, of which nobody tells"),
        pytest.param(QRect(900, 4, 24, 24), QRect(0, 28, 1024, 740), id="a panel above, of which nobody tells"),
    ],
)
def test_what_lies_behind_the_icon_is_not_free(anchor, free):
    whole = QRect(0, 0, 1024, 768)

    assert free_beside(anchor, whole, whole) == free


@pytest.fixture
def drags(popup, monkeypatch):
    """What the window manager is asked for."""
    opened(popup)
    asked = []
    monkeypatch.setattr(popup.windowHandle().__class__, "startSystemMove", lambda _: asked.append("move"), raising=False)
    monkeypatch.setattr(
        popup.windowHandle().__class__, "startSystemResize", lambda _, edges: asked.append(edges), raising=False
    )
    return asked


@pytest.mark.parametrize(
    ("start", "by", "asked"),
    [
        pytest.param(QPoint(9, 9), QPoint(0, 0), [], id="a press"),
        pytest.param(QPoint(9, 9), QPoint(3, 3), [], id="a hand that is not quite still"),
        pytest.param(QPoint(9, 9), QPoint(30, 0), ["move"], id="a drag"),
        pytest.param(QPoint(2, 200), QPoint(-30, 0), [Qt.Edge.LeftEdge], id="a drag at an edge"),
    ],
)
def test_only_a_drag_moves_it(popup, qtbot, drags, start, by, asked):
    qtbot.mousePress(popup, Qt.MouseButton.LeftButton, pos=start)
    moved = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(start + by),
        QPointF(popup.mapToGlobal(start + by)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(popup, moved)
    QApplication.sendEvent(popup, moved)

    assert drags == asked
