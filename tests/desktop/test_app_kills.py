"""A real kill of the kernel is told by a real notification, and its button leads to why."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.desktop.app import App
from tests.rigs.desktop.session import Desktop
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import wait_for

PACE = "[pace]\nopen_seconds = 0.5\ncalm_seconds = 1\n[notifications]\nwarning = false\ncritical = false\nlimits = false\n"


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


def followed(app: App) -> set[int]:
    """The processes on which the app holds a pidfd (proc_pid_fdinfo(5)): what it knows of them it can tell."""
    assert app.program is not None
    found = set()
    for info in Path(f"/proc/{app.program.pid}/fdinfo").iterdir():
        with suppress(OSError):
            found |= {int(line.split()[1]) for line in info.read_text().splitlines() if line.startswith("Pid:")}
    return found


def test_a_kill_is_told_and_its_button_leads_to_why(desk: Desktop, app: App) -> None:
    app.settings(PACE)
    app.start()
    record = Path(desk.env["XDG_STATE_HOME"]) / "oomtray"
    wait_for(lambda: list(record.glob("history.db*")), "kills to be watched for, which begins with a reading")
    with MemoryCgroup(48 * MIB) as group:
        largest, other = group.hog(24, name="zebrafish"), group.hog(8, name="other")
        wait_for(lambda: largest.pid in followed(app), "a scan that finds it the first in its cgroup")
        assert group.kill_by(other, grow=30) is largest
        button = desk.accessible.wait_for("push button", "Why?").box
        assert button is not None
        told = [node.name for node in desk.accessible.find("label") if "killed by the kernel" in node.name]
        assert any("zebrafish was killed by the kernel" in name for name in told), told
        window = desk.opens(lambda: desk.click_on(button), title="What was killed")
        assert window.box.y > 0, "its title is on the screen, too"
