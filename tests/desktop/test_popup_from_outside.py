"""The popup as a screen reader's user has it: what is said of it while the keyboard is elsewhere."""

from __future__ import annotations

import pytest

from tests.desktop.app import App, sleeper
from tests.rigs.desktop.session import Desktop, python_module

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


def test_a_number_that_changes_with_each_reading_is_found_but_not_said(desk: Desktop) -> None:
    """A reader says news of progress bars aloud, also while the keyboard is elsewhere."""
    desk.run(python_module("tests.desktop.counting_bar"))
    tree = desk.accessible
    bar = tree.wait_for("progress bar", app="counting")
    with tree.changes(bar, "PropertyChange", "object:property-change:accessible-value") as heard:
        told = [heard.next() for _ in range(4)]
    assert {what for what, *_ in told} == {"accessible-description"}
    value = tree.wait_for("progress bar", app="counting").value
    assert value is not None
    assert value >= int(told[-1][3][1])
