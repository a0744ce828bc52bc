"""Specifies that `watch` records what `history` tells, and that a record survives a SIGKILL at any moment."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.rigs.commands import contract
from tests.rigs.commands.program import TREE, oomtray, start

pytestmark = pytest.mark.system

SLICE, ALL = 12, 1000

_WRITER = """
import sys
from oomtray.history.database import Database
from oomtray.history.recorder import Recorder
from oomtray.risk.outlook import Forecast, Level
from tests.facts.memory import memory
now = 1_800_000_000.0
recorder = Recorder(lambda: Database(sys.argv[1]), lambda: now)
while True:
    recorder.add(memory(), Level(), Forecast())
    recorder.flush()
    assert recorder.problem is None, recorder.problem
    print(now, flush=True)
    now += 2
"""


def killed_while_writing(path: Path, seconds: float) -> None:
    """One writer, ended by SIGKILL; raises AssertionError where the record lost more than what was not yet written."""
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=TREE)
    with writer:
        assert writer.stdout is not None
        first = float(writer.stdout.readline())
        time.sleep(seconds)  # the moment is what is drawn
        writer.kill()
        last = float([str(first), *writer.stdout.read().splitlines()][-1])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        newest, count = connection.execute("SELECT max(time), count(*) FROM reading WHERE tier = 0").fetchone()
    assert newest >= last
    assert count >= min((last - first) / 2 + 1, 1800)


@pytest.mark.parametrize("seed", range(SLICE))
def test_what_was_written_survives_a_sigkill(tmp_path: Path, seed: int) -> None:
    killed_while_writing(tmp_path / "history.db", random.Random(seed).uniform(0, 0.1))


@pytest.mark.proof
def test_what_was_written_survives_a_thousand_of_them(tmp_path: Path) -> None:
    drawn = random.Random(SLICE)
    for number in range(ALL):
        killed_while_writing(tmp_path / f"{number}.db", drawn.uniform(0, 0.1))


def test_what_watch_reads_is_told_by_history(xdg: Path) -> None:
    done = oomtray("watch", "-i", "2.1", "-c", "2", "--json")
    watched = [contract.read(line + "\n", contract.WATCH) for line in done.stdout.splitlines()]
    told = contract.read_lines(oomtray("history", "--json").stdout, contract.READING)
    assert [one["memory"]["total"] for one in told] == [one["memory"]["total"] for one in watched]
    assert all(abs(one["time"] - seen["time"]) < 1 for one, seen in zip(told, watched, strict=True))
    assert told[0]["memory"].keys() == watched[0]["memory"].keys()
    assert told[0]["apps"], "the first reading names the largest apps"
    (path,) = (xdg / "state" / "oomtray").glob("*.db")
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_that_watch_make_one_record(xdg: Path) -> None:
    command = ("watch", "-i", "0.5", "-c", "5", "--json")
    with start(*command) as one, start(*command) as other:
        for watching in (one, other):
            watching.communicate(timeout=60)
            assert watching.returncode == 0
    times = [json.loads(line)["time"] for line in oomtray("history", "--json").stdout.splitlines()]
    assert len({int(at // 2) for at in times}) == len(times)


def test_nothing_is_kept_where_the_user_does_not_want_it(xdg: Path) -> None:
    (xdg / "config" / "oomtray").mkdir()
    (xdg / "config" / "oomtray" / "config.toml").write_text("[history]\nrecord = false\n")
    oomtray("watch", "-c", "1", "--json")
    assert not list((xdg / "state").rglob("*.db"))


def test_nothing_of_one_cgroup_gets_into_the_machines_record(xdg: Path) -> None:
    oomtray("watch", "-c", "1", "--cgroup", "/", "--json")
    assert not list((xdg / "state").rglob("*.db"))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda path: path.write_bytes(b"\xaa" * 9000), "The history from before could not be used; it is kept as history.db.damaged-1", id="broken"),
        pytest.param(lambda path: path.mkdir(), "The history is not being recorded: ", id="in the way"),
    ],
)
def test_watch_says_once_what_is_wrong_with_the_record(xdg: Path, make: Callable[[Path], object], says: str) -> None:
    path = xdg / "state/oomtray/history.db"
    path.parent.mkdir(mode=0o700)
    make(path)
    done = oomtray("watch", "-c", "3", "-i", "0.2", "--json")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"oomtray: {says}")
