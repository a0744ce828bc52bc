"""`oomtray fits` and `oomtray list --until` on this machine: their answers, exit statuses and JSON."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.commands import contract
from tests.rigs.commands.program import command, environment, oomtray
from tests.rigs.processes.hog import hog_binary
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import wait_for
from tests.system.reading import report

pytestmark = pytest.mark.system

HELD = 300
"""MiB that the first to die holds."""


@pytest.fixture
def hog() -> Iterator[int]:
    """It would die first, by its adjustment."""
    process = subprocess.Popen([hog_binary(), "-n", "hog", str(HELD)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000")
        wait_for(lambda: _resident(process.pid) >= HELD * MIB, "the memory")
        yield process.pid
    finally:
        process.kill()
        process.wait()


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def fits(size: str, statuses: tuple[int, ...]) -> dict[str, Any]:
    return report("fits", size, shape=contract.FITS, statuses=statuses)


def room() -> int:
    """What fits now."""
    return fits("0", (0,))["left"]


def test_what_is_left_fits() -> None:
    answer = fits("1M", (0,))
    assert (answer["fits"], answer["stalls"], answer["end"]) == ("yes", False, [])
    assert 0 < answer["left"] < 1 << 50


def test_a_little_more_than_is_left_fits_after_the_first_to_die_has_ended(hog: int) -> None:
    answer = fits(str(room() + HELD // 2 * MIB), (6,))
    assert answer["fits"] == "after"
    (first, *_) = answer["end"]
    assert (first["pid"], first["name"]) == (hog, "hog")
    assert HELD * MIB <= first["frees"] < (HELD + 5) * MIB, "what it holds, with its page tables"
    assert answer["left"] > 0


def test_the_program_counts_with_the_oom_score_adj_that_it_would_inherit(hog: int) -> None:
    argv = command("fits", str(room() + HELD // 2 * MIB))
    first = ["sh", "-c", 'echo 1000 >/proc/self/oom_score_adj && exec "$@"', "sh"]
    plain, raised = (
        subprocess.run([*before, *argv], capture_output=True, text=True, check=False, env=environment()).stdout for before in ([], first)
    )
    assert "new program itself" not in plain
    assert "the kernel would kill the new program itself" in " ".join(raised.split())


@pytest.mark.parametrize(("size", "status"), [("1M", 0), ("900T", 7)])
def test_the_text_has_the_same_exit_status(size: str, status: int) -> None:
    done = oomtray("fits", size)
    assert (done.returncode, done.stderr) == (status, "")
    assert "would" in done.stdout.splitlines()[0]


def test_the_order_of_deaths_ends_where_enough_is_free(hog: int) -> None:
    (first,) = report("list", "--until", f"{HELD - 10}M")["processes"]
    assert (first["pid"], first["rank"]) == (hog, 1)
    more = report("list", "--until", f"{HELD + 20}M")["processes"]
    assert more[0]["pid"] == hog
    assert len(more) > 1
    assert [one["rank"] for one in more] == sorted(one["rank"] for one in more)


def test_the_order_as_apps(hog: int) -> None:
    (app,) = report("list", "--apps", "--until", "100M", shape=contract.APPS)["apps"]
    assert app["processes"][0] == hog


def test_the_order_as_text_says_what_each_death_frees(hog: int) -> None:
    lines = oomtray("list", "--until", "100M").stdout.splitlines()
    assert lines[0].startswith("To free 100 MiB, the kernel would kill ")
    assert lines[0].endswith("hog.")
    assert lines[-1].split()[:2] == ["1", str(hog)]
    assert "hog" in lines[-1]
    assert lines[-1].split()[-2:] == ["300", "MiB"] or lines[-1].split()[-2:] == ["301", "MiB"]


def test_within_a_cgroup_only_its_own_die() -> None:
    with MemoryCgroup(96 * MIB) as group:
        small, large = group.hog(20, name="small"), group.hog(40, name="large")
        deaths = report("list", "--until", "50M", "--cgroup", group.path)["processes"]
        assert [one["pid"] for one in deaths] == [large.pid, small.pid]
        text = oomtray("list", "--until", "900M", "--cgroup", group.path).stdout
        assert text.startswith("Killing can't free 900 MiB: all that can be killed would free 60.")
