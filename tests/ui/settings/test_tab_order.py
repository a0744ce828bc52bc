"""Specifies that Tab goes through each page of the settings as it is seen, that each stop shows that it is one, and that rows may come and go."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.actions.rules.parse import load
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.rules_page import RulesPage
from oomtray.ui.settings.settings_window import SettingsWindow
from oomtray.ui.settings.step_in_page import StepInPage
from tests.ui.rules_file import rule_controller
from tests.ui.tab_order import is_in_order, looks_focused

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


@pytest.fixture
def around(around: Surroundings, tmp_path: Path) -> Surroundings:
    """With rules."""
    return replace(around, rules=rule_controller(tmp_path))


@pytest.fixture
def window(qtbot: Any, make: Callable[[], SettingsWindow]) -> SettingsWindow:
    made = make()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def tour(qtbot: Any, window: SettingsWindow, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where the key leads from the list of pages until it is back there."""
    window.list.setFocus()
    found: list[QWidget] = []
    while len(found) < 60:
        before = window.focusWidget()
        qtbot.keyClick(before, key)
        QApplication.processEvents()
        now = window.focusWidget()
        assert now is not before
        found.append(now)
        assert is_whole(window, now), f"{name(now)} isn't seen"
        assert looks_focused(now), f"nothing shows that {name(now)} has the focus"
        if now is window.list:
            return found
    raise AssertionError("it never came back")


def name(widget: QWidget) -> str:
    return widget.accessibleName() or getattr(widget, "text", lambda: type(widget).__name__)()


def is_whole(window: SettingsWindow, widget: QWidget) -> bool:
    """Whether it is seen, all of it or as much as there is room for."""
    if not window.page.isAncestorOf(widget):
        return window.rect().contains(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()))
    port = window.page.viewport()
    seen = QRect(widget.mapTo(port, QPoint(0, 0)), widget.size()).intersected(port.rect())
    return seen.height() >= min(widget.height(), port.height())


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_tab_follows_what_is_seen_and_shift_tab_leads_back(
    qtbot: Any, window: SettingsWindow, page: str
) -> None:
    shown = window.show_page(page)
    found = tour(qtbot, window)
    foot = [window.link, *([window.defaults] if shown.rows else []), window.close_button, window.list]
    assert found[-len(foot) :] == foot
    within = found[: -len(foot)]
    assert all(shown.isAncestorOf(one) for one in within)
    assert all(is_in_order(shown.widget(), *pair) for pair in itertools.pairwise(within)), [
        name(one) for one in within
    ]
    assert tour(qtbot, window, Qt.Key.Key_Backtab)[:-1] == found[:-1][::-1]


def test_no_setting_is_left_out(qtbot: Any, window: SettingsWindow, path: Path) -> None:
    """On pages that were made in any order."""
    path.write_text("[step_in]\nenabled = true\n")
    window.file.refresh()
    for entry in reversed(PAGES):
        shown = window.show_page(entry.id)
        found = tour(qtbot, window)
        assert {row.control for row in shown.rows} <= set(found)


def test_a_row_that_was_just_added_is_reached_at_its_place(qtbot: Any, window: SettingsWindow) -> None:
    page = window.show_page("step-in")
    assert isinstance(page, StepInPage)
    marks = page.expendable
    for app in ("slack", "spotify"):
        marks.name.setEditText(app)
        marks.add_button.click()
    marks.name.setEditText("java")
    window.undo_bar.clear()
    found = tour(qtbot, window)
    ends = [*marks.remove_buttons.values(), marks.name, marks.add_button]
    assert found[-4 - len(ends) : -4] == ends
    marks.remove_buttons["slack"].setFocus()
    qtbot.keyClick(marks.remove_buttons["slack"], Qt.Key.Key_Space)
    assert window.focusWidget() is marks.remove_buttons["spotify"], "the focus stays at its place"
    qtbot.keyClick(marks.remove_buttons["spotify"], Qt.Key.Key_Space)
    assert window.focusWidget() is marks.name
    assert not [one for one in tour(qtbot, window) if name(one).startswith("Remove ")]


def test_what_a_page_shows_only_now_is_reached_at_its_place(qtbot: Any, window: SettingsWindow) -> None:
    page = window.show_page("rules")
    assert isinstance(page, RulesPage)
    page.list.setCurrentItem(page.list.topLevelItem(0))
    page.remove_button.click()
    found = tour(qtbot, window)
    bar = window.undo_bar
    assert found[found.index(bar.undo_button) :][:3] == [bar.undo_button, bar.dismiss_button, window.link], "where it is seen"
    shown = window.show_page("protection")
    shown.rows[0].control.setValue(-600)
    shown.rows[0].commit()
    found = tour(qtbot, window)
    assert found.index(shown.rows[0].reset) == found.index(shown.rows[0].control) + 1


def test_the_bar_above_all_comes_before_the_list(qtbot: Any, window: SettingsWindow, path: Path) -> None:
    path.write_text("[levels]\nwarning_percent = many\n")
    window.file.refresh()
    found = tour(qtbot, window)
    assert found[-2:] == [window.bar.open_button, window.list]


def test_a_rule_that_is_moved_by_key_to_the_end_does_not_come_back(
    qtbot: Any, window: SettingsWindow
) -> None:
    page = window.show_page("rules")
    assert isinstance(page, RulesPage)
    page.list.setCurrentItem(page.list.topLevelItem(0))
    page.down_button.setFocus()
    qtbot.keyClick(page.down_button, Qt.Key.Key_Space)
    assert [rule.set for rule in load(page.rules.path).rules] == [-700, "deprioritize"]
    assert window.focusWidget() is page.list


def test_the_editor_of_rules_is_gone_through_as_it_is_seen(qtbot: Any, window: SettingsWindow) -> None:
    page = window.show_page("rules")
    assert isinstance(page, RulesPage)
    page.add_button.click()
    editor = page.editor
    assert editor is not None
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    editor.fields["app"].setEditText("firefox")
    editor.foresee()
    editor.more.button.click()
    editor.fields["app"].setFocus()
    found = [editor.focusWidget()]
    for _ in range(20):
        qtbot.keyClick(editor.focusWidget(), Qt.Key.Key_Tab)
        if editor.focusWidget() is found[0]:
            break
        found.append(editor.focusWidget())
    fields = editor.fields
    first = [fields["app"], fields["user"], editor.value, editor.name, editor.more.button]
    assert found[: len(first) + 5] == [
        *first,
        *(fields[key] for key in ("process", "exe", "command", "unit")),
        editor.list,
    ]
    assert all(is_in_order(editor, *pair) for pair in itertools.pairwise(found)), [name(one) for one in found]


def test_from_right_to_left_it_follows_the_eye(qtbot: Any, window: SettingsWindow) -> None:
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    page = window.show_page("rules")
    within = tour(qtbot, window)[:-4]
    assert all(is_in_order(page.widget(), *pair) for pair in itertools.pairwise(within)), [
        name(one) for one in within
    ]
