"""A real memory cgroup that fills up: told before it is full, with the very process that the kernel then kills."""

from __future__ import annotations

import os
import subprocess

import pytest

from oomtray.monitor import Monitor
from tests.rigs.commands.program import oomtray
from tests.rigs.processes.memcg import MIB, MemoryCgroup

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("second", "adj"),
    [
        pytest.param(60, 0, id="the largest"),
        pytest.param(20, 600, id="raised: in its limit, not in the machine's memory, it outranks the largest"),
        pytest.param(20, 2, id="raised, which against the machine's memory would be enough"),
    ],
)
def test_a_group_that_fills_up_is_told_with_its_victim(group: MemoryCgroup, second: int, adj: int) -> None:
    hogs = [group.hog(40, name="first"), group.hog(second, name="second", adj=adj)]
    trigger = group.hog(1, name="trigger")
    monitor = Monitor()
    try:
        assert monitor.survey().limits == ()
        room = 116 - 41 - second
        filler = group.hog(room // 2, name="filler"), group.hog(room - room // 2, name="filler")
        assessment = monitor.survey()
    finally:
        monitor.close()
    (told,) = [one for one in assessment.limits if one.path == group.path]
    assert (told.limit, told.level.name, assessment.level.name) == (group.limit, "warning", "normal")
    assert 116 * MIB <= told.used <= 122 * MIB
    victim = group.kill_by(trigger, grow=0)
    assert told.victim is not None
    near = {risk.process.pid for risk in told.victim.near}
    assert victim.pid in near | {told.victim.risk.process.pid}
    assert hogs
    assert filler


def test_the_list_names_the_group_and_whom_it_would_lose(group: MemoryCgroup) -> None:
    hog = group.hog(122, name="webserver")
    name = group.path.lstrip("/")
    told = [line for line in oomtray("list").stdout.replace("\n", " ").split(". ") if name in line or "webserver (" in line]
    assert f"{name} has used 9" in " ".join(told)
    assert any(f"webserver ({hog.pid}) would be killed there next" in line for line in told)


def test_a_page_cache_that_fills_the_limit_is_no_danger(group: MemoryCgroup, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Read a file larger than the limit from within: all is charged, and all of it can be dropped."""
    file = tmp_path_factory.mktemp("cache") / "large"
    file.write_bytes(bytes(160 * MIB))
    with file.open("rb") as written:
        os.fsync(written.fileno())
        os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    reader = group.spawn(["cat", str(file)], stdout=subprocess.DEVNULL)
    assert reader.wait() == 0
    idle = group.hog(1)
    charged = int((group.dir / ("memory.current" if group.version == 2 else "memory.usage_in_bytes")).read_text())
    assert charged > 100 * MIB
    monitor = Monitor()
    try:
        assert [one for one in monitor.survey().limits if one.path == group.path] == []
    finally:
        monitor.close()
    assert idle.process.poll() is None
