"""Before rules are added: what they would do now, line by line, and the order of all apps as it is and as it would be."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.rule_dialog import ProfileDialog, RuleDialog
from oomtray.ui.qt.labels import Plain
from tests.facts import desktops
from tests.ui import dialog_gallery
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def opened(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("os.geteuid", lambda: 0)  # who needs no password for it

    def opened(dialog: Any) -> Any:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return opened


def names(bars: Any) -> list[str]:
    return [row.name for row in bars.rows]


def test_the_app_stands_out_in_the_order_now_and_then(opened: Any) -> None:
    dialog = opened(dialog_gallery.rule())
    assert isinstance(dialog, RuleDialog)
    assert dialog.title.text() == "Always protect firefox"
    assert dialog.list.toPlainText() == "firefox, 12 processes: -500 instead of values from 0 to +233"
    assert names(dialog.queues.now) == ["firefox", "code", "Chromium", "cc1plus", "8 others"]
    assert names(dialog.queues.then) == ["code", "Chromium", "cc1plus", "6 others", "firefox"]
    assert [row.name for row in (*dialog.queues.now.rows, *dialog.queues.then.rows) if row.ours] == ["firefox", "firefox"]


@pytest.mark.parametrize(("points", "width", "beside"), [(10, 560, True), (10, 440, True), (18, 844, True), (18, 400, False)])
def test_both_orders_stand_side_by_side_where_each_name_has_room(opened: Any, points: int, width: int, beside: bool) -> None:
    with text_size(points):
        dialog = opened(dialog_gallery.rule())
        dialog.resize(width, 640)
        QApplication.processEvents()
        QApplication.processEvents()
        now, then = dialog.queues.now, dialog.queues.then
        assert (now.y() == then.y()) is beside
        assert min(now.width(), then.width()) >= max(now.least_width, then.least_width)


def test_a_rule_for_a_script_is_called_by_all_that_it_matches(opened: Any) -> None:
    now = desktops.scripts()
    made, subject = dialog_gallery.rules(now), Subject.of_app(now.apps[0])
    found = made.propose("always-protect", subject, now)
    assert found is not None
    dialog = opened(RuleDialog(made, found, subject, now))
    assert (subject.name, dialog.title.text()) == ("train.py", "Always protect python3.11")


def test_a_rule_for_one_process_is_called_by_all_that_it_matches(opened: Any) -> None:
    now = desktops.scripts()
    made, subject = dialog_gallery.rules(now), Subject.of_process(now.apps[0].members[0])
    found = made.propose("always-protect", subject, now)
    assert found is not None
    dialog = opened(RuleDialog(made, found, subject, now))
    assert (subject.name, dialog.title.text()) == ("python3 (600)", "Always protect python3")


def test_a_taller_window_leaves_no_empty_box_below_the_preview(opened: Any) -> None:
    dialog = opened(dialog_gallery.rule())
    before = dialog.list.height()
    dialog.resize(dialog.width(), dialog.height() + 200)
    assert dialog.list.height() == before


RIM = 16
"""Pixels of the box above and below its text."""


def test_one_line_has_a_box_of_one_line_and_two_where_it_wraps(opened: Any) -> None:
    dialog = opened(dialog_gallery.rule())
    line = dialog.list.fontMetrics().lineSpacing()
    assert dialog.list.height() < 2 * line + RIM
    dialog.resize(400, dialog.height())
    QApplication.processEvents()
    assert dialog.list.height() >= 2 * line + RIM


def test_a_profile_of_many_rules_shows_the_order_of_all(opened: Any) -> None:
    dialog = opened(dialog_gallery.profiles())
    assert isinstance(dialog, ProfileDialog)
    assert names(dialog.queues.now)[:2] == ["firefox", "code"]
    assert names(dialog.queues.then)[:2] == ["firefox", "Chromium"], "browsers are offered first"
    assert not any(row.ours for row in dialog.queues.then.rows)


def test_where_nothing_runs_that_it_matches_there_is_no_order_to_show(opened: Any) -> None:
    dialog = opened(dialog_gallery.rule())
    now = desktops.desktop()
    firefox = [one.process.pid for one in now.apps[0].members]
    dialog.show_assessment(desktops.without(now, *firefox))
    assert not dialog.queues.isVisible()


def test_a_preview_takes_no_more_room_than_its_lines_and_names_its_groups(opened: Any) -> None:
    dialog = opened(dialog_gallery.profiles())
    QApplication.processEvents()
    inside = dialog.area.widget()
    lowest = max(dialog.notes.geometry().bottom(), dialog.list.geometry().bottom())
    assert inside.height() - lowest < 40, "nothing is empty below"
    labels = [one for one in dialog.list.findChildren(Plain) if one.isVisible()]
    assert [one.text().split(":")[0] for one in labels if one.font().bold()] == [
        "Remote access", "Databases", "Web servers", "Browsers", "Development tools",
    ]
    assert dialog.list.accessibleDescription() == dialog.list.toPlainText(), "a screen reader is told all of it"
