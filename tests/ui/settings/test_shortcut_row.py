"""The switch for the popup's shortcut says what the desktop has made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from shiboken6 import isValid

from oomtray.desktop.global_shortcut import ShortcutStatus
from oomtray.ui.controllers.shortcut import ShortcutController
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.plain_pages import ShortcutRow
from oomtray.ui.settings.settings_window import SettingsWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


@pytest.fixture
def shortcut(around: Surroundings) -> ShortcutController:
    return around.shortcut


@pytest.fixture
def window(qtbot, around: Surroundings) -> Iterator[SettingsWindow]:
    window = SettingsWindow(around)
    window.show()
    qtbot.waitUntil(lambda: not window.pages["warnings"].tried.busy, timeout=10_000)
    yield window
    if isValid(window):
        window.close()
        window.deleteLater()


@pytest.fixture
def row(window: SettingsWindow) -> ShortcutRow:
    return window.show_page("look").shortcut


@pytest.fixture
def becomes(shortcut: ShortcutController) -> Callable[..., None]:
    def told(*status: object, configurable: bool = False) -> None:
        shortcut.global_shortcut.status = ShortcutStatus(*status, configurable=configurable)
        shortcut.changed.emit()

    return told


def test_it_says_what_will_come_of_it_and_then_which_keys_there_are(row: ShortcutRow, becomes: Callable[..., None]) -> None:
    assert row.hint.text() == "The desktop asks you for the keys."
    becomes("bound", "Meta+Alt+M")
    assert row.hint.text() == "Keys that the desktop has set: Meta+Alt+M"
    assert "Meta+Alt+M" in row.control.accessibleDescription()
    assert "asks you" not in row.control.accessibleDescription()


def test_where_there_is_none_it_names_the_command(row: ShortcutRow, becomes: Callable[..., None]) -> None:
    becomes("not-offered")
    assert "for this command, which opens the popup:\n/bin/true" in row.hint.text()


def test_the_keys_are_changed_where_the_desktop_can_show_that(
    row: ShortcutRow, becomes: Callable[..., None], shortcut: ShortcutController, monkeypatch: pytest.MonkeyPatch
) -> None:
    becomes("bound", "Meta+Alt+M")
    assert not row.change.isVisible()
    becomes("bound", "Meta+Alt+M", configurable=True)
    assert row.change.isVisible()
    asked: list[bool] = []
    monkeypatch.setattr(shortcut.global_shortcut, "configure", lambda: asked.append(True))
    row.change.click()
    assert asked == [True]


def test_a_desktop_that_answers_after_the_window_is_closed_does_no_harm(
    qtbot, window: SettingsWindow, row: ShortcutRow, becomes: Callable[..., None]
) -> None:
    with qtbot.waitSignal(row.destroyed):
        window.deleteLater()
    becomes("bound", "Meta+Alt+M")
