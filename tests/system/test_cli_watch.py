"""`watch`, and what any command writes to a terminal or a pipe."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from oomtray.actions.kill_reports import log_is_open
from oomtray.kills.unrecorded import is_recorded
from oomtray.text import columns
from tests.rigs.commands import contract
from tests.rigs.commands.program import on_terminal, oomtray, start
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import RigUnavailable
from tests.system.reading import row

pytestmark = pytest.mark.system


def test_watch_follows_a_growing_process(group: MemoryCgroup) -> None:
    """One object a line, flushed: the first is there while the command still runs."""
    hog = group.hog(10)
    watching = start("watch", "--cgroup", group.path, "-i", "0.2", "--json")
    try:
        assert watching.stdout is not None
        first = contract.read(watching.stdout.readline(), contract.WATCH)
        assert (row(first, hog.pid)["change"], first["forecast"]["rate"], first["forecast"]["kill"]) == (None, None, None)
        hog.grow(40)
        readings = iter(lambda: contract.read(watching.stdout.readline(), contract.WATCH), None)
        grown = next(reading for reading in readings if row(reading, hog.pid)["change"] > 0)
        assert row(grown, hog.pid)["rss"] > row(first, hog.pid)["rss"]
        assert grown["time"] > first["time"]
    finally:
        watching.send_signal(signal.SIGINT)
        _, complaint = watching.communicate(timeout=30)
    assert (watching.returncode, complaint) == (130, "")


def test_watch_knows_the_change_from_the_second_reading_on(sleeper: int) -> None:
    done = oomtray("watch", "-i", "0.1", "-c", "3", "-n", "999999", "--json")
    readings = [contract.read(line + "\n", contract.WATCH) for line in done.stdout.splitlines()]
    assert [row(reading, sleeper)["change"] for reading in readings] == [None, 0, 0]
    assert readings[0]["forecast"]["rate"] is None


def test_watch_ends_with_one_line_when_its_cgroup_goes() -> None:
    with MemoryCgroup(16 * MIB) as group:
        watching = start("watch", "--cgroup", group.path, "-i", "0.1", "--json")
        assert watching.stdout is not None
        json.loads(watching.stdout.readline())
    _, complaint = watching.communicate(timeout=30)
    assert (watching.returncode, complaint) == (1, f"oomtray: there is no memory cgroup {group.path}\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_watch_that_is_ended_after_a_kill_has_it_from_the_log_as_well(number: signal.Signals, xdg: Path) -> None:
    """Two seconds after a kill it reads the log; whoever ends it before that loses nothing."""
    if not log_is_open():
        raise RigUnavailable("the kernel's log is closed to this user")
    with MemoryCgroup(32 * MIB) as group, start("watch", "-i", "0.1", "--json") as watching:
        hog = group.hog(10, name="victim")
        assert watching.stdout is not None
        readings = iter(lambda: contract.read(watching.stdout.readline(), contract.WATCH), None)
        before = next(readings)["memory"]["oom_kills"]
        next(reading for reading in readings if reading["memory"]["oom_kills"] is not None)
        victim = group.kill_by(hog, grow=60)
        next(reading for reading in readings if reading["memory"]["oom_kills"] > before)
        watching.send_signal(number)
        watching.communicate(timeout=30)
    assert watching.returncode == (130 if number == signal.SIGINT else -number)
    events = contract.read(oomtray("kills", "--json").stdout, contract.KILLS)["events"]
    (event,) = [one for one in events if victim.pid in [dead["pid"] for dead in one["victims"]] and is_recorded(one["id"])]
    assert "kernel-log" in event["sources"]
    assert event["trigger"] is not None
    assert event["ranking"] is not None


def test_watch_into_a_pipe_separates_its_pictures_with_an_empty_line() -> None:
    done = oomtray("watch", "-i", "0.1", "-c", "3", "-n", "2")
    assert done.stdout.count("Memory  [") == 3
    assert done.stdout.count("\n\nMemory is") == 2
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 12), (120, 8)])
def test_watch_draws_each_picture_over_the_last_within_the_window(width: int, height: int) -> None:
    status, screen = on_terminal("watch", "-i", "0.1", "-c", "3", columns=width, lines=height)
    assert status == 0
    pictures = screen.split("\x1b[H")[1:]
    assert len(pictures) == 3
    for picture in pictures:
        lines = re.sub(r"\x1b\[[\d;]*[mKJ]", "", picture).split("\n")
        assert lines[-1] == ""
        assert len(lines) <= height
        assert max(columns(line) for line in lines) <= width


def test_a_list_on_a_terminal_is_colored_and_fits() -> None:
    status, screen = on_terminal("list", columns=72)
    assert status == 0
    assert "\x1b[" in screen
    assert all(columns(line) <= 72 for line in re.sub(r"\x1b\[[\d;]*m", "", screen).splitlines())


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["no-color", "dumb"])
def test_color_can_be_refused(env: dict[str, str]) -> None:
    for argv in (("list",), ("watch", "-c", "1")):
        status, screen = on_terminal(*argv, env=env)
        assert status == 0
        assert "m" not in re.findall(r"\x1b\[[\d;?]*([a-zA-Z])", screen)


@pytest.mark.parametrize("command", ["protect", "deprioritize"])
@pytest.mark.parametrize("language", ["", "ko"])
def test_what_a_change_would_bring_is_broken_between_words(command: str, language: str, sleeper: int) -> None:
    status, screen = on_terminal(command, "--dry-run", str(sleeper), columns=40, env={"LANGUAGE": language})
    lines = screen.splitlines()
    assert status == 0
    assert len(lines) > 2
    assert max(columns(line) for line in lines if " " in line) <= 40


@pytest.mark.parametrize("language", ["", "ko"])
@pytest.mark.parametrize("argv", [("rules", "profile", "list"), ("rules", "profile", "all", "--dry-run"), ("rules", "list"), ("history",)], ids=" ".join)
def test_a_narrow_terminal_breaks_no_word(argv: tuple[str, ...], language: str, xdg: Path) -> None:
    oomtray("watch", "-c", "1")  # records a reading
    status, screen = on_terminal(*argv, columns=40, env={"LANGUAGE": language})
    assert status == 0
    assert len(screen.splitlines()) > 1
    assert max(columns(line) for line in screen.splitlines() if " " in line.strip()) <= 40
