"""The history window on a real desktop: opened from the icon's menu, all of it by keys, and told to a screen reader."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from oomtray.history.database import Database
from tests.facts import histories
from tests.rigs.desktop.session import wait_for

UP_TO_HISTORY = 8
"""Quit, Help, Start at login, Pause, Settings, Rule profiles, What was killed, History."""


@pytest.fixture
def desk(accessible_desk):
    return accessible_desk


def test_the_icons_menu_leads_to_it_and_a_screen_reader_finds_its_parts(desk, app):
    now = time.time()
    record = Database(str(Path(desk.env["XDG_STATE_HOME"]) / "oomtray" / "history.db"))
    histories.write(record, now, days=1)
    app.settings("[notifications]\nwarning = false\ncritical = false\nlimits = false\nkills = false\n")  # none lies over it
    app.start()
    app.menu()
    window = desk.opens(lambda: desk.key(*["Up"] * UP_TO_HISTORY, "Return"), title="History")
    tree = desk.accessible
    wait_for(lambda: tree.find("radio button", "Hour", app="oomtray"), "the choices of a time")
    for role, name in (("radio button", "Table"), ("check box", "Swap"), ("push button", "Export or clear"), ("list", "Events")):
        assert tree.find(role, name, app="oomtray"), tree.tree("oomtray")
    slack = "Slack was killed by the kernel"  # beside what other tests have killed meanwhile
    wait_for(lambda: any(one.role == "list item" and slack in one.name for one in tree.nodes("oomtray")), "the kill")
    (picture,) = [one for one in tree.find("graphic", app="oomtray") if one.name.startswith("Memory, ")]
    assert re.search(r"memory [0-9.]+ [GM]iB", picture.description)
    desk.click_on(tree.wait_for("radio button", "Table", app="oomtray").box)
    wait_for(lambda: any("iB" in one.name for one in tree.find("cell", app="oomtray")), "the cells")
    desk.key("Escape")
    desk.wait_for_no_window("History")
    assert window.box.width > 600
