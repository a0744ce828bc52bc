"""The popup as a screen reader's user has it: what is said of it while the keyboard is elsewhere."""

from __future__ import annotations

import pytest

from tests.desktop.app import App, sleeper
from tests.rigs.desktop.session import Desktop

ASSERTIVE = 2
"""A value of AtspiLive."""


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


def test_what_a_key_has_done_is_said(desk: Desktop, app: App) -> None:
    with sleeper("zebrafish"):
        app.alone("zebrafish")
        desk.key("Down", "Home")  # into the list, and onto a row
        with desk.accessible.announcements() as heard:
            desk.key("f")
            _, politeness, _, (_, text), *_ = heard.next()

    assert text.startswith("zebrafish")
    assert "raised from 0 to +300" in text
    assert politeness != ASSERTIVE
