"""With large text in the narrowest popup: what must be read is whole, and nothing lies beyond its edge."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from oomtray.config import Settings
from oomtray.risk.outlook import Forecast
from oomtray.risk.step_in import Candidate
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.popup.fitting_label import Fitting, Named, QueueLine
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.popup import Popup
from oomtray.ui.popup.whole_rows import Legend
from oomtray.ui.qt.fonts import growth
from oomtray.ui.qt.labels import Elided, Line
from oomtray.ui.qt.search_field import SearchField
from tests.facts import desktops
from tests.ui.parts import picture, the
from tests.ui.reports import offers
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SOON = Forecast(stall=(34.0, 44.0), kill=(35.0, 50.0))


@pytest.fixture(params=[10, 12, 14, 18])
def points(request, qapp):
    with text_size(request.param):
        yield request.param


@pytest.fixture(params=[Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft], ids=["ltr", "rtl"])
def popup(qtbot, points, request):
    made = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(made)
    made.setLayoutDirection(request.param)
    made.resize(440, 620)
    made.open(None)
    made.show_assessment(replace(desktops.desktop("critical"), forecast=SOON))
    QApplication.processEvents()
    yield made
    made.put_away()


def elided(within, text):
    return next(label for label in within.findChildren(Elided) if label.text() == text)


def count_down(popup):
    app = next(app for app in popup.assessment.apps if app.key == "slack")
    popup.card.count_down(Candidate(app, tuple(risk.process for risk in app.members), 1 << 29), 12.0, 15.0)
    QApplication.processEvents()


def test_the_headline_and_both_clocks_are_whole(popup):
    for says in ("Memory is nearly gone", "about 35–50 s", "now"):
        label = elided(popup.header, says)
        assert label.shown == says


def test_what_stands_below_the_headline_is_whole_and_no_larger(popup):
    headline, below = elided(popup.header, "Memory is nearly gone"), the(Fitting, popup.header)

    assert below.shown in below.texts
    assert below.font().pointSizeF() <= headline.font().pointSizeF()


def test_the_victims_name_is_whole(popup):
    assert the(Fitting, popup.card, "firefox").shown == "firefox"


def test_nothing_is_larger_than_the_headline(popup):
    """It comes first, at whatever size it fits; names and times come after it."""
    headline = elided(popup.header, "Memory is nearly gone").font().pointSizeF()
    assert the(Fitting, popup.card, "firefox").font().pointSizeF() <= max(headline, 0.87 * popup.font().pointSizeF())
    assert elided(popup.header, "about 35–50 s").font().pointSizeF() <= headline
    assert headline >= 0.8 * popup.font().pointSizeF()


def test_the_amount_left_is_told_beside_the_headline_or_below_it(popup):
    told = [label.text() for label in popup.header.findChildren(Line) if label.isVisible()]
    assert "983 MiB" in told or "983 MiB left" in told


def test_the_filter_says_what_it_is_for(popup):
    field = popup.findChild(SearchField)
    assert field.placeholderText()
    assert field.fontMetrics().horizontalAdvance(field.placeholderText()) < field.width()


def test_what_is_typed_there_is_seen_beside_the_longest_choice(popup):
    footer = popup.findChild(Footer)
    footer.set_choices(by_app=False, mine=True)
    footer.edit.setText("4242")
    QApplication.processEvents()

    margins = footer.edit.textMargins()
    room = footer.edit.width() - margins.left() - margins.right()
    assert room >= footer.edit.fontMetrics().horizontalAdvance("42")
    assert footer.rows.shown.startswith("My")


def test_so_are_who_is_ended_and_when_and_both_answers(popup):
    count_down(popup)

    name = next(label for label in popup.card.findChildren(Fitting) if "slack" in label.text())
    assert name.shown in ("slack ends in 12 s", "slack: 12 s")
    for label in popup.card.findChildren(Fitting):
        assert not label.isVisible() or label.shown in label.texts
    for says in ("Don't end slack", "End slack now"):
        button = the(QPushButton, popup.card, says)
        wide = button.fontMetrics().horizontalAdvance(button.text())
        assert popup.card.rect().contains(button.geometry())
        assert button.width() >= wide + 8
        assert button.height() >= button.fontMetrics().height()
        assert not button.geometry().intersects(name.geometry())


def test_and_who_is_killed_otherwise(popup):
    count_down(popup)
    otherwise = next(one for one in popup.card.findChildren(QueueLine) if one.isVisible())
    assert otherwise.accessibleName() == "else the kernel kills firefox"
    assert otherwise.toolTip() == "", "all of it is there"


def test_that_nobody_is_next_is_said_whole(popup):
    popup.show_assessment(desktops.void(panic=False))
    QApplication.processEvents()
    told = [label for label in popup.card.findChildren(Fitting) if label.isVisible() and label.text()]
    assert [label.shown in label.texts for label in told if not label.text().startswith("vm.")] == [True, True]


@pytest.mark.parametrize("names", [("a", "b", "c"), ("Thunderbird", "Visual Studio Code", "LibreOffice Calc")], ids=["short", "long"])
def test_no_icon_of_those_that_come_next_is_cut(popup, names):
    ink = QColor("#ff00ff")
    pixmap = QPixmap(64, 64)
    pixmap.fill(ink)
    popup.resize(800, 620)  # in the narrowest there is no room for any, but at 10 points
    QApplication.processEvents()
    queue = next(one for one in popup.card.findChildren(QueueLine) if one.isVisible())
    queue.say(("then",), [Named(name, QIcon(pixmap)) for name in names])
    picture = queue.grab().toImage()
    seen = [[picture.pixelColor(x, y) == ink for x in range(picture.width())] for y in range(picture.height())]
    columns = runs([any(row[x] for row in seen) for x in range(picture.width())])
    rows = runs([any(row) for row in seen])
    side = min(16, picture.height())
    assert 1 <= len(columns) <= 3
    assert len(columns) == 3 or names[0] != "a"
    assert set(columns) == {side}
    assert rows == [side]


def runs(line):
    """The lengths of those that are set one beside the other."""
    return [len(list(group)) for is_set, group in groupby(line) if is_set]


def test_nothing_is_wider_than_the_popup_and_nothing_scrolls_sideways(popup):
    assert popup.width() == 440
    assert popup.table.horizontalScrollBar().maximum() == 0
    for part in (popup.header, popup.card, popup.table):
        assert part.width() <= popup.width() - 32


@pytest.mark.parametrize("width", [520, 770])
def test_on_a_low_screen_the_clocks_make_room_for_what_is_told_and_come_back_after_it(qtbot, monkeypatch, width):
    says = (
        "Thunderbird (23104) raised from 0 to +300. The next victim is still Slack (23102), which would free at most 261 MiB."
        " Note: what it starts from now on inherits this value."
    )
    monkeypatch.setattr(Popup, "_room", lambda _: QSize(1000, 560))
    with text_size(18 if width > 600 else 15):
        made = Popup(ChangeController(Settings().actions), Settings())
        qtbot.addWidget(made)
        made.resize(width, 560)
        made.open(None)
        made.show_assessment(desktops.desktop("warning"))
        qtbot.waitUntil(lambda: made.header.gauges.trail.isVisible())

        made.message.tell(Report("done", says, offers("Undo")))
        qtbot.waitUntil(lambda: not made.header.gauges.trail.isVisible())
        for _ in range(4):
            QApplication.processEvents()

        label = next(one for one in made.message.findChildren(QLabel) if one.text() == says)
        assert made.height() <= 560
        assert label.height() >= label.heightForWidth(label.width())
        assert made.card.height() >= made.card.sizeHint().height()
        assert made.header.gauges.height() >= made.header.gauges.sizeHint().height()
        assert made.table.viewport().height() >= made.table.row_height

        made.message.tell(Report("part", f"{says} {says}", offers("Undo")))
        for _ in range(4):
            QApplication.processEvents()
        assert not the(Legend, made).isVisible()

        made.message.hide()
        qtbot.waitUntil(lambda: made.header.gauges.trail.isVisible())
        made.put_away()


def test_icons_grow_with_the_letters(popup, points):
    sign, least = picture(popup.header), {10: 32, 12: 36, 14: 40, 18: 40}[points]

    assert least <= sign.width() <= 44
    assert painted(sign) >= 0.8 * sign.width(), "it fills its place, whatever grid it is drawn on"
    popup.resize(700, 620)
    QApplication.processEvents()
    assert sign.width() == round(32 * growth(popup.font()))


def painted(label):
    """Pixels from the first to the last that isn't empty."""
    image = label.pixmap().toImage()
    columns = [x for x in range(image.width()) if any(image.pixelColor(x, y).alpha() for y in range(image.height()))]
    return columns[-1] - columns[0] + 1


def test_the_button_says_whom_it_lets_go_or_protects(popup):
    button = the(QPushButton, popup.card, " firefox")
    lead = the(Fitting, popup.card, "the kernel would kill")

    assert button.text() == "Protect" or button.text().startswith(("Let rust-analyzer go", "Let rust-a"))
    assert lead.shown in lead.texts
    assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 8


def test_on_a_low_screen_a_long_report_leaves_a_row_of_the_list(qtbot, monkeypatch):
    says = (
        "Web Content (4203) lowered from +233 to +200, not to -500: going lower needs an administrator's permission."
        " The next victim is now rust-analyzer."
    )
    monkeypatch.setattr(Popup, "_room", lambda _: QSize(1000, 560))
    with text_size(18):
        made = Popup(ChangeController(Settings().actions), Settings())
        qtbot.addWidget(made)
        made.resize(560, 560)
        made.open(None)
        made.show_assessment(desktops.desktop("warning"))
        made.message.tell(Report("part", says, offers("Use a password…", "Undo")))
        for _ in range(4):
            QApplication.processEvents()

        label = next(one for one in made.message.findChildren(QLabel) if one.text() == says)
        assert made.height() <= 560
        assert label.height() >= label.heightForWidth(label.width())
        assert made.table.viewport().height() >= made.table.row_height
        assert the(Fitting, made.card, "firefox").isVisible()

        made.message.hide()
        qtbot.waitUntil(lambda: the(QueueLine, made.card).isVisible())
        made.put_away()
