"""Specifies who may have been killed while nobody watched: those that were followed before, and are gone since."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from oomtray.followed_processes import FollowedProcesses
from oomtray.kernel.process_handle import open_process
from oomtray.kernel.snapshot import Process
from oomtray.risk.kill_event import Dead
from tests.facts.processes import process
from tests.rigs.processes.users import sleeper

BOOT = "boot"


class Following:
    """Two real processes that a program has followed, each in a cgroup that counts kills."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.alive = [sleeper(), sleeper()]
        self.rows: list[Process] = []
        for one in self.alive:
            with open_process(one.pid) as handle:
                self.rows.append(process(one.pid, start_time=handle.start_time, name="sleep", cgroup=f"/{len(self.rows)}"))

    def keep(self, kills: Mapping[str, int]) -> None:
        told = lambda row: Dead(pid=row.pid, name=row.name, start_time=row.start_time)  # noqa: E731
        FollowedProcesses(str(self.path)).keep(BOOT, self.rows, told, kills)

    def gone(self, kills: Mapping[str, int], boot: str = BOOT) -> list[int]:
        """Which of the two, by their places."""
        pids = [one.pid for one in self.alive]
        found = FollowedProcesses(str(self.path)).gone(boot, kills.get)
        return [pids.index(one.pid) for one in found if one.pid is not None]

    def end(self, *places: int) -> None:
        for place in places:
            self.alive[place].kill()
            self.alive[place].wait()


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Following]:
    following = Following(tmp_path / "followed.json")
    yield following
    following.end(0, 1)


@pytest.mark.parametrize(
    ("ended", "before", "now", "gone"),
    [
        pytest.param((), {}, {}, [], id="nobody has ended"),
        pytest.param((0, 1), {"/0": 0, "/1": 0}, {"/0": 0, "/1": 1}, [1], id="by the cgroup that counts a kill"),
        pytest.param((0, 1), {"/1": 2}, {"/1": 3}, [1, 0], id="that one first, before one of which nothing is known"),
        pytest.param((0,), {"/0": 3}, {"/0": 3}, [], id="its cgroup has counted none"),
        pytest.param((0,), {"/0": 3}, {}, [0], id="its cgroup has gone too"),
    ],
)
def test_who_may_have_been_killed(
    following: Following, ended: tuple[int, ...], before: dict[str, int], now: dict[str, int], gone: list[int]
) -> None:
    following.keep(before)
    following.end(*ended)
    assert following.gone(now) == gone


def test_of_long_ago_only_a_cgroups_count_counts(following: Following) -> None:
    following.keep({"/1": 0})
    following.end(0, 1)
    os.utime(following.path, (1.0, 1.0))
    assert following.gone({"/1": 1}) == [1]


def test_of_another_boot_nobody_is_told(following: Following) -> None:
    following.keep({})
    following.end(0)
    assert following.gone({}, boot="another") == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"boot": "boot", "processes": [{}]}', b"\xff\xfe"])
def test_a_broken_file_names_nobody(following: Following, content: bytes) -> None:
    following.path.write_bytes(content)
    following.path.chmod(0o600)
    assert following.gone({}) == []


def test_it_is_the_users_alone(following: Following) -> None:
    following.keep({})
    assert following.path.stat().st_mode & 0o777 == 0o600
    subprocess.run(["test", "-s", following.path], check=True)
