"""What the settings say of the popup's shortcut."""

from __future__ import annotations

from typing import get_args

import pytest

from oomtray.desktop.global_shortcut import ShortcutStatus, State
from oomtray.messages.shortcut import status

COMMAND = "/usr/bin/oomtray"
WITHOUT_PORTAL = ("not-offered", "unknown-app", "failed")


@pytest.mark.parametrize("state", get_args(State))
def test_each_state_has_a_sentence(state: State) -> None:
    says = status(ShortcutStatus(state, "Ctrl+F9" if state == "bound" else ""), COMMAND)
    assert says
    assert ("Ctrl+F9" in says) == (state == "bound")


@pytest.mark.parametrize("state", get_args(State))
def test_where_the_desktop_gives_none_it_is_said_what_to_do_instead(state: State) -> None:
    says = status(ShortcutStatus(state), COMMAND)
    assert (f"for this command, which opens the popup:\n{COMMAND}" in says) == (state in WITHOUT_PORTAL)


def test_what_the_desktop_calls_its_keys_is_shown_as_plain_text() -> None:
    assert status(ShortcutStatus("bound", "Press \u202e<Super>m"), "") == "Keys that the desktop has set: Press \\u202e<Super>m"
