"""Apps that may be ended: marked by name, of which what runs is offered, and taken out again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from oomtray.actions.file_edits import undo
from oomtray.actions.journal import Journal
from oomtray.ui.settings import expendable_list
from oomtray.ui.settings.settings_window import SettingsWindow
from oomtray.ui.settings.step_in_page import StepInPage


@pytest.fixture
def page(make: Callable[[], SettingsWindow], monkeypatch: pytest.MonkeyPatch) -> Iterator[StepInPage]:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    window = make()
    page = window.show_page("step-in")
    assert isinstance(page, StepInPage)
    yield page
    window.close()


def test_what_runs_and_may_be_marked_is_offered(page: StepInPage) -> None:
    names = [page.expendable.name.itemText(n) for n in range(page.expendable.name.count())]
    assert {"firefox", "spotify", "slack"} <= set(names)
    assert not {"mysql.service", "gnome-shell", "sshd"} & set(names)
    assert expendable_list.running(None) == []


def test_the_default_is_said_and_gone_back_to(page: StepInPage, path: Path) -> None:
    marks = page.expendable
    assert marks.default_label.text() == "Default: none"
    assert not marks.reset.isVisibleTo(page)
    for name in ("slack", "spotify"):
        marks.name.setEditText(name)
        marks.add_button.click()
    assert marks.reset.accessibleName() == "Back to the default of “Expendable apps”: none"
    marks.reset.click()
    assert marks.marks == ()
    assert "expendable" not in path.read_text()
    assert not marks.reset.isVisibleTo(page)


def test_an_app_is_marked_and_taken_out(qtbot: Any, page: StepInPage, path: Path) -> None:
    marks = page.expendable
    assert marks.count.text() == "None yet."
    assert marks.add_button.text() == "Add"
    assert not marks.add_button.isEnabled()
    marks.name.setEditText("slack")
    qtbot.mouseClick(marks.add_button, Qt.MouseButton.LeftButton)
    assert 'expendable = ["slack"]' in path.read_text()
    assert "# my own words" in path.read_text()
    assert marks.count.text() == "1 app"
    assert marks.remove_buttons["slack"].accessibleName() == "Remove slack"
    marks.name.setEditText("spotify")
    qtbot.keyClick(marks.name.lineEdit(), Qt.Key.Key_Return)
    assert marks.marks == ("slack", "spotify")
    qtbot.mouseClick(marks.remove_buttons["slack"], Qt.MouseButton.LeftButton)
    assert marks.marks == ("spotify",)
    assert "slack" not in marks.rows
    batches = Journal().batches()
    assert [batch.action for batch in batches] == ["mark", "mark", "unmark"]
    for batch in reversed(batches):
        undo(Journal(), batch)
    page.around.file.refresh()
    assert marks.marks == ()


def test_a_mark_is_taken_back_in_place_as_from_elsewhere(page: StepInPage, path: Path) -> None:
    offered: list[tuple[str, Callable[[], str]]] = []
    page.expendable.undoable.connect(lambda says, back: offered.append((says, back)))
    page.expendable.name.setEditText("slack")
    page.expendable.add_button.click()
    ((says, back),) = offered
    assert says == "slack is marked as expendable. It is only ended if you let OOM Tray step in."
    assert (back(), page.expendable.marks, Journal().batches()) == ("", (), [])
    assert "slack" not in path.read_text()


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "where the journal can't be written"])
def test_a_mark_that_was_taken_out_is_put_back(page: StepInPage, monkeypatch: pytest.MonkeyPatch, recorded: bool) -> None:
    marks = page.expendable
    for name in ("slack", "spotify"):
        marks.name.setEditText(name)
        marks.add_button.click()
    if not recorded:
        monkeypatch.setattr(Journal, "record", lambda *_, **__: None)
    offered: list[tuple[str, Callable[[], str]]] = []
    marks.undoable.connect(lambda says, back: offered.append((says, back)))
    marks.remove_buttons["slack"].click()
    ((_, back),) = offered
    assert (back(), set(marks.marks)) == ("", {"slack", "spotify"})


def test_the_keyboard_is_in_the_field_again_once_an_app_is_added(qtbot: Any, page: StepInPage) -> None:
    marks = page.expendable
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    marks.name.setEditText("spotify")
    marks.add_button.setFocus()
    qtbot.keyClick(marks.add_button, Qt.Key.Key_Space)
    assert marks.marks == ("spotify",)
    assert marks.name.hasFocus()
