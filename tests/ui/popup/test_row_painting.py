"""What is drawn in a row: bars that compare, no warning color whatever the level, and a scroll bar that can be used."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.popup import row_words as words
from oomtray.ui.popup.process_model import ProcessModel
from oomtray.ui.popup.process_row import COUNTS
from oomtray.ui.popup.process_view import ProcessView
from oomtray.ui.qt import colors
from oomtray.ui.qt.colors import Colors
from oomtray.ui.qt.thin_scroll_bar import ThinScrollBar
from tests.facts import MIB, desktops
from tests.facts.processes import process
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.plain_labels import PlainLabels

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

TRACK = QRect(0, 0, 100, 20)
FOUND = colors.of(palette(LIGHT), on_base=True)


def bar(*parts: float, mirrored: bool = False, found: Colors = FOUND) -> QImage:
    made = QImage(100, 20, QImage.Format.Format_RGB32)
    made.fill(found.ground)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shapes.draw_bar(painter, TRACK, parts, found, mirrored=mirrored)
    painter.end()
    return made


def inked(image: QImage, start: int, end: int) -> float:
    """Part of the bar's middle between two columns that has the bar's color."""
    seen = [image.pixelColor(x, y) for x in range(start, end) for y in range(8, 13)]
    return sum(color == FOUND.calm for color in seen) / len(seen)


def test_what_is_held_is_solid_and_what_a_setting_adds_is_hatched() -> None:
    image = bar(0.4, 0.4, 0.0)

    assert inked(image, 5, 38) == 1
    assert 0 < inked(image, 45, 75) < 0.9
    assert inked(image, 85, 95) == 0


def test_a_bar_begins_where_the_language_does() -> None:
    image = bar(0.4, 0.0, 0.0, mirrored=True)

    assert (inked(image, 5, 50), inked(image, 65, 95)) == (0, 1)


def test_in_high_contrast_the_rest_of_the_bar_is_an_outline() -> None:
    stark = colors.of(palette(CONTRAST), on_base=True)

    image = bar(0.4, 0.0, 0.0, found=stark)

    middle = [image.pixelColor(80, y) for y in range(20)]
    assert middle.count(stark.text) == 2
    assert set(map(QColor.name, middle)) == {stark.text.name(), stark.ground.name()}


def test_what_counts_for_nothing_is_an_outline() -> None:
    image = bar(0.0, 0.0, 0.3)

    assert inked(image, 5, 95) == 0
    assert any(image.pixelColor(x, 6) != FOUND.ground for x in range(10, 90))


def test_the_highest_row_has_the_full_bar(qtbot) -> None:
    table, model = shown(qtbot, desktops.desktop())
    cell = table.visualRect(model.index(0, COUNTS))
    image = table.viewport().grab().toImage()
    row = [image.pixelColor(x, cell.center().y()) for x in range(cell.left(), cell.right())]

    assert model.scale == model.assessment.risks[0].share
    assert colors.of(table.palette(), on_base=True).track not in row


def shown(qtbot, assessment, *, colors_of=LIGHT, size=(560, 600)):
    model = ProcessModel(PlainLabels(), uid=1000)
    table = ProcessView(model)
    model.setParent(table)
    qtbot.addWidget(table)
    table.setPalette(palette(colors_of))
    table.resize(*size)
    table.show()
    model.show_assessment(assessment)
    QApplication.processEvents()
    return table, model


class Repainted(QObject):
    """The part of a widget that is painted from now on."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_held_row_shows_its_new_rank(qtbot, mirrored) -> None:
    before = desktops.desktop()
    table, model = shown(qtbot, before)
    table.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    spotify = next(p for p in before.snapshot.processes if p.name == "spotify")
    ranks = ranked(model)
    model.hold(True)
    QApplication.processEvents()
    seen = Repainted(table.viewport())

    model.show_assessment(desktops.grown(before, spotify.pid, 7_600 * MIB))  # the second now: the bars' scale is the same
    QApplication.processEvents()

    moved = [at for at, (old, new) in enumerate(zip(ranks, ranked(model), strict=True)) if old != new]
    assert len(moved) > 2
    for at in moved:
        cell = table.visualRect(model.index(at, 0))
        left = cell.right() + 1 if mirrored else cell.left() - table.indentation()
        start = QRect(left, cell.top(), table.indentation(), cell.height()) & table.viewport().rect()
        assert QRegion(start).subtracted(seen.region).isEmpty()


def ranked(model: ProcessModel) -> list[str]:
    return [words.rank(model.row_at(model.index(at, 0))) for at in range(model.rowCount())]


@pytest.mark.parametrize("colors_of", [LIGHT, DARK])
@pytest.mark.parametrize("level", ["normal", "warning", "critical"])
def test_no_row_has_a_warning_color(qtbot, level, colors_of) -> None:
    table, _ = shown(qtbot, desktops.desktop(level), colors_of=colors_of)
    image = table.viewport().grab().toImage()
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    warm = [c for c in map(QColor, seen) if c.saturation() > 90 and not 120 < c.hue() < 300]

    assert not warm


def many(count: int = 60):
    return desktops.judged(tuple(process(100 + n, name=f"p{n}", rss=(500 + n) * MIB) for n in range(count)))


@pytest.fixture
def scrolled(qtbot):
    table, model = shown(qtbot, many(), size=(500, 300))
    model.show_by_app(False)
    QApplication.processEvents()
    found = table.verticalScrollBar()
    assert isinstance(found, ThinScrollBar)
    assert found.maximum() > 0
    return found


def test_the_scroll_bar_follows_a_drag(scrolled) -> None:
    start, length = scrolled.handle()
    hold = QPoint(6, start + length // 2)
    QTest.mousePress(scrolled, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hold)

    QTest.mouseMove(scrolled, hold + QPoint(0, 40))
    assert scrolled.handle()[0] == pytest.approx(start + 40, abs=2)

    QTest.mouseMove(scrolled, hold + QPoint(0, 4000))
    assert scrolled.value() == scrolled.maximum()
    QTest.mouseRelease(scrolled, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hold)

    QTest.mouseMove(scrolled, hold)
    assert scrolled.value() == scrolled.maximum()


def test_a_press_beside_its_handle_goes_a_page(scrolled) -> None:
    below = QPoint(6, scrolled.height() - 3)

    QTest.mouseClick(scrolled, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, below)

    assert scrolled.value() == scrolled.pageStep()


@pytest.mark.parametrize("width", [340, 394, 480, 860])
def test_a_pid_is_never_cut_but_goes_below_a_name_that_leaves_no_room(qtbot, monkeypatch, width):
    written: list[str] = []
    monkeypatch.setattr("oomtray.ui.popup.process_delegate.write_line", lambda _painter, _box, text, **_: written.append(text))
    model = ProcessModel(PlainLabels())
    view = ProcessView(model)
    qtbot.addWidget(view)
    view.resize(width, 500)
    model.show_by_app(False)
    many = [process(4_190_000 + n, name="long-program-nam", rss=(90 - n) * MIB) for n in range(6)]
    model.show_assessment(desktops.judged(tuple(many)))
    view.show()
    view.grab()

    pids = [str(one.pid) for one in many]
    assert [text for text in written if text.startswith("419")] == [
        text for text in written if text.startswith("419") and text.split(" · ")[0] in pids
    ]
    assert set(pids) <= {text.split(" · ")[0] for text in written}


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5])
def test_the_lines_between_rows_are_of_one_thickness_on_scaled_screens(popup, ratio):
    """At 150 % they had one and two pixels in turn."""
    view = popup.table.viewport()
    image = QImage(view.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    view.render(image)
    found = colors.of(popup.table.palette(), on_base=True)
    x = image.width() - 2
    rows = [y for y in range(image.height()) if image.pixelColor(x, y) == found.line]

    assert len(rows) >= 3
    assert all(later - earlier > 1 for earlier, later in pairwise(rows))
