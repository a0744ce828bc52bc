"""Why this one: compared first, then added up, then what would change it; the rest folded; the same buttons as its kin."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel

from oomtray.risk.assessment import Assessment
from oomtray.risk.judged import App
from oomtray.ui.controllers.app_label import AppLabel
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.explain_dialog import ExplainWindow
from oomtray.ui.qt import contrast
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.painting import paint_hatch
from tests.facts import MIB, desktops
from tests.facts.processes import process
from tests.ui.gallery import in_a_terminal
from tests.ui.gallery_list import Named, story

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def app(assessment: Assessment, key: str) -> Subject:
    return Subject.of_app(next(one for one in assessment.apps if one.key == key))


@pytest.fixture
def window(qtbot: Any) -> ExplainWindow:
    made = ExplainWindow()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("key", "title", "short"),
    [
        ("firefox", "Why firefox goes first", "It holds much, and its setting adds to that."),
        ("cc1plus", "Why cc1plus doesn't go first", "It counts as 5.2 GiB, firefox as 7.7 GiB."),
        ("mysql.service", "Why mysql doesn't go first", "Its setting protects it: it counts as nothing, firefox as 7.7 GiB."),
        ("ssh.service", "Why ssh is never killed", "Its oom_score_adj is -1000: the kernel never chooses it."),
    ],
)  # fmt: skip
def test_the_answer_stands_above(window: ExplainWindow, key: str, title: str, short: str) -> None:
    now = desktops.desktop()
    window.tell(now, app(now, key))
    assert (window.title.text(), window.subtitle.text()) == (title, short)


@pytest.mark.parametrize(
    ("now", "by_app", "title", "whose", "close"),
    [
        pytest.param(
            desktops.twins(), True, "Why firefox goes first", "Of these 2 processes, firefox (500) may be the first to be killed.",
            "from Web Content (501): it would be one of these.", id="processes of one app",
        ),
        pytest.param(
            desktops.twins(), False, "Why firefox (500) may go first", "", "from Web Content (501): it would be one of these.",
            id="one of these processes",
        ),
        pytest.param(desktops.close(2), True, "Why blender may go first", "", "from krita (501): it would be one of these.", id="two apps"),
        pytest.param(desktops.close(1), True, "Why blender goes first", "", "", id="one that is sure"),
    ],
)  # fmt: skip
def test_it_is_no_surer_of_the_first_than_the_kernel_can_be(
    window: ExplainWindow, now: Assessment, by_app: bool, title: str, whose: str, close: str
) -> None:
    window.tell(now, Subject.of_app(now.apps[0]) if by_app else Subject.of_process(now.risks[0]))
    assert window.title.text() == title
    assert window.ended.text().endswith(whose)
    assert ("may be the first" in window.ended.text()) == bool(whose)
    assert close in window.after.text()
    assert ("too coarse" in window.after.text()) == bool(close)


def test_the_second_of_two_too_close_to_tell_apart_may_be_first_too(window: ExplainWindow) -> None:
    now = desktops.close(2)
    window.tell(now, Subject.of_app(now.apps[1]))
    assert window.title.text() == "Why krita may go first"
    assert "too coarse to tell it from blender (500)" in window.after.text()


def test_who_goes_first_by_its_setting_need_not_hold_little(window: ExplainWindow) -> None:
    now = desktops.judged((process(5, name="tab", rss=621 * MIB, oom_score_adj=300), process(9, name="job", rss=702 * MIB)))
    window.tell(now, Subject.of_app(now.apps[0]))
    assert window.subtitle.text() == "It counts the most because of its setting, not its memory."


def test_it_is_compared_with_who_goes_first(window: ExplainWindow) -> None:
    now = desktops.desktop()
    window.tell(now, app(now, "cc1plus"))
    assert [row.name for row in window.bars.rows] == ["firefox", "code", "Chromium", "cc1plus", "8 others"]
    assert [row.ours for row in window.bars.rows].index(True) == 3
    assert "1. firefox 7.7 GiB" in window.bars.accessibleName()


def test_it_is_added_up_and_what_would_change_it_is_said(window: ExplainWindow) -> None:
    now = desktops.desktop()
    window.tell(now, app(now, "firefox"))
    assert "=\tCounts as\t31.9 % of 24.0 GiB of RAM and swap\t7.7 GiB" in window.sum.text
    assert "+\tAdded by its setting\toom_score_adj +233\t5.6 GiB" in window.sum.text
    assert "Protect, Protect strongly\n\nnext: code" in window.text


def test_pages_are_folded_and_unfolded_by_the_keyboard(qtbot: Any, window: ExplainWindow) -> None:
    now = desktops.desktop()
    window.tell(now, app(now, "firefox"))
    window.show()
    fold = next(one for one in window.findChildren(Fold) if "pages" in one.button.text())
    assert not fold.inner.isVisible()
    qtbot.keyClick(fold.button, Qt.Key.Key_Space)
    assert fold.inner.isVisible()
    assert fold.button.isChecked()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("cc1plus", ["Protect, Protect strongly, Deprioritize: next: still firefox"]),
        ("firefox", ["Protect, Protect strongly: next: code", "Deprioritize: already first"]),
    ],
)
def test_what_brings_the_same_is_said_once(window: ExplainWindow, key: str, said: list[str]) -> None:
    now = desktops.desktop()
    window.tell(now, app(now, "mysql.service"))
    window.tell(now, app(now, key))
    window.show()
    assert [effect.accessibleName() for _, effect in window.effects if effect.isVisible()] == said


def test_who_acts_before_the_kernel_comes_first_and_what_that_depends_on_is_folded(window: ExplainWindow) -> None:
    now = desktops.watched()
    window.tell(now, in_a_terminal(now))
    assert window.ended.text().splitlines()[1:] == [
        "systemd-oomd would kill firefox with its 12 processes before it."
    ]
    assert window.others.isHidden(), "nothing is said twice"
    assert any("depends" in fold.button.text() and not fold.isHidden() for fold in window.findChildren(Fold))


def test_it_leads_to_the_details_and_protects(qtbot: Any, window: ExplainWindow) -> None:
    now = desktops.desktop()
    subject = app(now, "firefox")
    window.tell(now, subject)
    for button, action in ((window.details_button, "details"), (window.protect_button, "protect")):
        with qtbot.waitSignal(window.wanted) as wanted:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert wanted.args == [action, subject]


def test_enter_and_escape_close_it(qtbot: Any, window: ExplainWindow) -> None:
    now = desktops.desktop()
    window.tell(now, app(now, "firefox"))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        window.show()
        qtbot.keyClick(window, key)
        assert not window.isVisible()


def test_one_that_has_ended_is_said_so(window: ExplainWindow) -> None:
    now = desktops.desktop()
    window.tell(desktops.without(now, 4203), Subject.of_process(now.risks[0]))
    assert "has ended" in window.text
    assert not window.protect_button.isEnabled()


def test_names_that_are_known_later_are_shown_then(qtbot: Any) -> None:
    class Late(AppLabels):
        known = False

        def of_app(self, app: App) -> AppLabel:
            return AppLabel(app.name.title(), "", None) if self.known else super().of_app(app)

    labels, now = Late(), desktops.desktop()
    window = ExplainWindow(labels=labels)
    qtbot.addWidget(window)
    window.tell(now, app(now, "firefox"))
    labels.known = True
    labels.changed.emit()
    assert window.title.text() == "Why Firefox goes first"
    assert window.bars.rows[0].name == "Firefox"


def test_an_app_is_called_and_shown_the_same_in_each_part_of_the_window(qtbot: Any) -> None:
    now = story()
    window = ExplainWindow(labels=Named())
    qtbot.addWidget(window)
    window.tell(now, app(now, "slack"))
    assert [row.name for row in window.bars.rows][:2] == ["Slack", "Firefox"]
    assert "next: Firefox" in texts(window)

    window.tell(now, app(now, "mariadb.service"))
    (ours,) = (row for row in window.bars.rows if row.ours)
    assert ours.icon is not None
    assert ours.icon.cacheKey() == window.labels.of_app(now.apps[-1]).icon.cacheKey()


def texts(window: ExplainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel)]


def test_the_one_that_is_asked_about_is_marked_up_to_the_edge_of_the_box(qtbot: Any) -> None:
    now = story()
    window = ExplainWindow(labels=Named())
    qtbot.addWidget(window)
    window.tell(now, app(now, "slack"))
    bars = window.bars
    bars.resize(400, bars.sizeHint().height())
    picture = bars.grab().toImage()
    selected = contrast.of(bars.palette(), on_base=True).selected
    assert picture.pixelColor(200, 2) == picture.pixelColor(200, 28) == selected


def test_what_a_setting_adds_is_drawn_as_in_the_list_of_the_popup(qtbot: Any) -> None:
    """Solid lines as thick as that are seen beside each other, and no outline."""
    span, ink, ground = QRectF(0, 0, 60, 8), QColor("#2f6fc1"), QColor("white")
    picture = QImage(60, 8, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    paint_hatch(painter, span, ink, ground)
    painter.end()
    middle = [picture.pixelColor(x, 4) for x in range(12, 48)]
    edge = [picture.pixelColor(x, 0) for x in range(12, 48)]
    for line in (middle, edge):
        assert 0.3 < sum(color.lightness() < 200 for color in line) / len(line) < 0.75
    assert middle[:6] == middle[6:12] == middle[12:18]
