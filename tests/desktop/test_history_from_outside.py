"""The history as a screen reader's user has it: its times, its numbers, what happened, and the table in place of the picture."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from oomtray.history.database import Database
from tests.desktop.app import App
from tests.desktop.test_app_history import UP_TO_HISTORY
from tests.facts import histories
from tests.rigs.desktop.accessible import Node
from tests.rigs.desktop.session import Desktop, wait_for


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


def test_times_numbers_events_and_table_are_reached_without_the_picture(desk: Desktop, app: App) -> None:
    record = Database(str(Path(desk.env["XDG_STATE_HOME"]) / "oomtray" / "history.db"))
    histories.write(record, time.time(), days=8)
    app.settings("[notifications]\nwarning = false\ncritical = false\nlimits = false\nkills = false\n")
    app.start()
    app.menu()
    desk.opens(lambda: desk.key(*["Up"] * UP_TO_HISTORY, "Return"), title="History")
    tree = desk.accessible

    def wait(role: str, name: str) -> Node:
        return tree.wait_for(role, name, app="oomtray")

    def picture() -> Node:
        return next(one for one in tree.find("graphic", app="oomtray") if one.name.startswith("Memory, "))

    def events() -> list[Node]:
        return [one for one in tree.nodes("oomtray") if one.role == "list item" and re.match(r"[^:]*\d.*: ", one.name)]

    hour = wait_for(lambda: picture().name, "the picture's name")
    assert "checked" in wait("radio button", "Hour").states
    # apps are named too where any is large enough, which on an idle machine none is
    assert re.search(r"memory [0-9.]+ [GM]iB, swap .*, stall ", picture().description)

    with tree.changes(picture(), "PropertyChange") as heard:  # another time
        tree.do(wait("radio button", "Week"), "Toggle")
        while heard.next()[0] != "accessible-name":
            pass
    wait_for(lambda: picture().name != hour, "another time")
    assert "checked" in wait("radio button", "Week").states
    assert "checked" not in wait("radio button", "Hour").states

    told = wait_for(events, "what happened")
    assert any("Slack was killed by the kernel" in one.name for one in told)
    before = picture().description  # choosing one leads the numbers to its time
    tree.do(next(one for one in told if "Slack was killed by the kernel" in one.name), "Toggle")
    wait_for(lambda: picture().description != before, "the numbers of its time")

    swap = wait("check box", "Swap")  # a line with its number, switched off
    assert re.fullmatch(r"[0-9.]+ [GM]iB", swap.description)
    tree.do(swap, "Toggle")
    wait_for(lambda: "checked" not in wait("check box", "Swap").states, "the line to be off")

    tree.do(wait("radio button", "Table"), "Toggle")
    table = wait("table", "Readings")
    assert "focusable" in table.states
    heads = [one.name for one in tree.find("column header", app="oomtray")]
    assert heads[heads.index("From") :][:5] == ["From", "Memory", "Swap", "Stall", "Level"]
    cells = [one.name for one in tree.find("cell", app="oomtray")]
    assert len(cells) >= len(heads)
    assert re.fullmatch(r"[0-9.]+ [GM]iB", cells[1])
    assert cells[4] in ("normal", "warning", "critical")

    menu = wait("push button", "Export or clear")
    assert "Press" in tree.actions(menu)
