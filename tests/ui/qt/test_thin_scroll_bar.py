"""The one kind of scroll bar of all windows: it follows a drag, and turns pages, in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QListWidget,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from oomtray.ui.qt.thin_scroll_bar import ThinScrollBar, use_thin_scroll_bars
from tests.ui import dialog_gallery, gallery, kill_pictures
from tests.ui.gallery import LIGHT
from tests.ui.looks import looks
from tests.ui.pointer import pointer_at
from tests.ui.settings_gallery import SettingsGallery

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def shown_area(qtbot, size: QSize, content: QSize, *, on_base=False, direction=Qt.LayoutDirection.LeftToRight) -> QScrollArea:
    """An area that is scrolled both ways where what is in it is larger."""
    area = QScrollArea()
    qtbot.addWidget(area)
    use_thin_scroll_bars(area, on_base=on_base, sideways=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setLayoutDirection(direction)
    inside = QWidget()
    inside.setFixedSize(content)
    area.setWidget(inside)
    area.resize(size)
    area.show()
    qtbot.waitExposed(area)
    return area


@pytest.fixture(params=["ltr", "rtl"])
def sideways(request, qtbot):
    """An area that shows a quarter of what is in it, from the middle."""
    direction = Qt.LayoutDirection.RightToLeft if request.param == "rtl" else Qt.LayoutDirection.LeftToRight
    area = shown_area(qtbot, QSize(300, 100), QSize(1200, 40), direction=direction)
    bar = area.horizontalScrollBar()
    assert isinstance(bar, ThinScrollBar)
    bar.setValue(bar.maximum() // 2)
    return area


@pytest.mark.parametrize(("on_base", "role"), [(True, QPalette.ColorRole.Base), (False, QPalette.ColorRole.Window)])
def test_where_both_bars_meet_nothing_is_drawn(qtbot, on_base: bool, role: QPalette.ColorRole) -> None:
    with looks(LIGHT, "fusion"):
        area = shown_area(qtbot, QSize(300, 300), QSize(1200, 1200), on_base=on_base)
        across, down = area.horizontalScrollBar(), area.verticalScrollBar()
        image = area.grab().toImage()
        corner = {image.pixelColor(x, y).name() for x in range(300 - down.width(), 300) for y in range(300 - across.height(), 300)}
        assert corner == {area.palette().color(role).name()}


def middle(bar: ThinScrollBar) -> QPoint:
    start, length = bar.handle()
    return QPoint(start + length // 2, 5)


def test_a_horizontal_handle_follows_the_pointer(sideways) -> None:
    bar = sideways.horizontalScrollBar()
    hold, seen = middle(bar), sideways.widget().x()
    QTest.mousePress(bar, LEFT, NONE, hold)
    QTest.mouseMove(bar, hold + QPoint(20, 0))

    assert middle(bar).x() == pytest.approx(hold.x() + 20, abs=2)
    assert sideways.widget().x() < seen  # what is further right came on screen
    QTest.mouseRelease(bar, LEFT, NONE, hold + QPoint(20, 0))


@pytest.mark.parametrize(("x", "end"), [(1, "left"), (-2, "right")])
def test_a_press_beside_a_horizontal_handle_goes_a_page_towards_it(sideways, x: int, end: str) -> None:
    bar = sideways.horizontalScrollBar()
    before = middle(bar).x()
    QTest.mouseClick(bar, LEFT, NONE, QPoint(x % bar.width(), 5))

    assert (middle(bar).x() < before) == (end == "left")


def test_pages_are_turned_while_the_button_is_held_until_the_handle_is_below_it(sideways) -> None:
    bar, nothing = sideways.horizontalScrollBar(), ThinScrollBar.SliderAction.SliderNoAction
    bar.setValue(0)
    far = QPoint(bar.width() - 2 if bar.handle()[0] == 0 else 1, 5)
    QTest.mousePress(bar, LEFT, NONE, far)
    assert bar.repeatAction() == ThinScrollBar.SliderAction.SliderPageStepAdd
    QTest.mouseRelease(bar, LEFT, NONE, far)
    assert bar.repeatAction() == nothing

    bar.setValue(0)
    QTest.mousePress(bar, LEFT, NONE, far)
    turned = 0
    while bar.repeatAction() != nothing:  # as the time that goes by would
        bar.triggerAction(bar.repeatAction())
        turned += 1
    assert turned < 5
    start, length = bar.handle()
    assert start <= far.x() < start + length
    QTest.mouseRelease(bar, LEFT, NONE, far)


@pytest.mark.parametrize("thin", [False, True], ids=["Qt's own", "thin"])
def test_after_a_scroll_the_row_below_the_pointer_is_the_one_that_is_lit_up(qtbot, thin: bool) -> None:
    lit: set[int] = set()

    class Rows(QStyledItemDelegate):
        def paint(self, _painter: object, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
            if option.state & QStyle.StateFlag.State_MouseOver:
                lit.add(index.row())

    view = QListWidget()
    qtbot.addWidget(view)
    if thin:
        use_thin_scroll_bars(view)
    view.addItems([str(number) for number in range(100)])
    view.setItemDelegate(Rows(view))
    view.setMouseTracking(True)
    view.resize(200, 200)
    view.show()
    qtbot.waitExposed(view)
    place = QPoint(40, 50)
    with pointer_at(view.viewport(), place):
        view.verticalScrollBar().setValue(30)
        lit.clear()
        view.grab()

    assert lit == {view.indexAt(place).row()}


class Looked(gallery.Gallery):
    """The gallery's states, of which it keeps the scroll bars instead of pictures."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.found: list[tuple[str, str]] = []

    def save(self, name: str, widget: QWidget) -> None:
        QApplication.processEvents()
        for area in (widget, *widget.findChildren(QAbstractScrollArea)):
            if isinstance(area, QAbstractScrollArea):
                for bar in (area.verticalScrollBar(), area.horizontalScrollBar()):
                    if bar.isVisible():
                        self.found.append((f"{name}: {type(area).__name__}", type(bar).__name__))


def test_no_window_shows_another_kind(qapp, tmp_path: Path) -> None:
    looked = Looked(tmp_path)
    looked.expanded("light")
    looked.history("light")
    kill_pictures.take(looked.save, "light")
    SettingsGallery(tmp_path, looked.save).all("light")
    for name, scene in dialog_gallery.SCENES.items():
        dialog = scene()
        dialog.resize(dialog.minimumSize())
        dialog.show()
        looked.save(name, dialog)
        dialog.close()

    assert looked.found
    assert {place for place, kind in looked.found if kind != "ThinScrollBar"} == set()


def test_a_clear_bar_leaves_what_the_area_painted_at_its_edge(qtbot) -> None:
    class Framed(QScrollArea):
        def event(self, event) -> bool:
            if event.type() == QEvent.Type.Paint:
                QPainter(self).fillRect(self.rect(), QColor("#ff0000"))
            return super().event(event)

    def seen(*, clear: bool) -> str:
        area = Framed()
        qtbot.addWidget(area)
        area.setFrameShape(area.Shape.NoFrame)
        use_thin_scroll_bars(area, clear=clear)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        area.resize(100, 100)
        with qtbot.waitExposed(area):
            area.show()
        return area.grab().toImage().pixelColor(99, 50).name()

    assert seen(clear=True) == "#ff0000"
    assert seen(clear=False) != "#ff0000"
