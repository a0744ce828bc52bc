"""Specifies who may have been killed while nobody watched: those that were followed before, and are gone since."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from oomtray.kernel.process_handle import open_process
from oomtray.kernel.snapshot import Process
from oomtray.kills.followed_processes import FollowedProcesses, clear_followed
from oomtray.risk.kill_event import Dead
from tests.facts.processes import process
from tests.rigs.processes.users import sleeper

BOOT = "boot"


def told(row: Process) -> Dead:
    return Dead(pid=row.pid, name=row.name, start_time=row.start_time)


def counts(kills: Mapping[str, int], inode: int = 7) -> dict[str, tuple[int | None, int]]:
    return {path: (inode, count) for path, count in kills.items()}


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
        FollowedProcesses(str(self.path)).keep(BOOT, self.rows, told, counts(kills))

    def gone(self, kills: Mapping[str, int], boot: str = BOOT, inode: int = 7) -> list[int]:
        """Which of the two, by their places."""
        pids = [one.pid for one in self.alive]
        found = FollowedProcesses(str(self.path)).gone(boot, counts(kills, inode).get)
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


@pytest.mark.parametrize("now", [0, 1, 4])
def test_the_count_of_a_cgroup_that_was_made_anew_says_nothing_of_who_was_in_the_one_before(following: Following, now: int) -> None:
    following.keep({"/0": 1})
    following.end(0)
    assert following.gone({"/0": now}, inode=8) == [0]


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


def test_a_file_that_is_not_read_names_nobody(following: Following) -> None:
    following.keep({})
    following.end(0)
    link = following.path.with_name("link")
    link.symlink_to(following.path)
    assert FollowedProcesses(str(link)).gone(BOOT, {}.get) == []


def test_another_order_alone_is_not_written(following: Following) -> None:
    followed = FollowedProcesses(str(following.path))
    followed.keep(BOOT, following.rows, told, {})
    written = following.path.stat().st_ino
    followed.keep(BOOT, following.rows[::-1], told, {})
    assert following.path.stat().st_ino == written
    followed.keep(BOOT, following.rows[:1], told, {})
    assert following.path.stat().st_ino != written


def test_that_a_cgroup_has_counted_a_kill_is_written(following: Following) -> None:
    """Else one that ends later would be taken for the victim of that kill."""
    followed = FollowedProcesses(str(following.path))
    for counted in (0, 1):
        followed.keep(BOOT, following.rows, told, counts({"/0": counted}))
    following.end(0)
    assert following.gone({"/0": 1}) == []


def test_what_was_cleared_is_gone_and_who_is_followed_now_is_kept(following: Following) -> None:
    followed = FollowedProcesses(str(following.path))
    followed.keep(BOOT, following.rows, told, {})
    FollowedProcesses(str(following.path)).clear()
    assert not following.path.exists()
    followed.keep(BOOT, following.rows, told, {})
    following.end(1)
    assert following.gone({}) == [1]


def test_clearing_leaves_neither_the_session_s_file_nor_the_one_beside_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    paths = []
    for session in (tmp_path / "none", tmp_path):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
        followed = FollowedProcesses()
        followed.keep(BOOT, [], lambda _: Dead(pid=1, name="x"), {})
        paths.append(Path(followed.path))
    assert [path.exists() for path in paths] == [True, True]
    clear_followed()
    assert [path.exists() for path in paths] == [False, False]


def test_it_is_the_users_alone(following: Following) -> None:
    following.keep({})
    assert following.path.stat().st_mode & 0o777 == 0o600
    subprocess.run(["test", "-s", following.path], check=True)
