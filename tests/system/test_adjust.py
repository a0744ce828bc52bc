"""Changing and ending real processes, as root and as a user without rights."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions import signals
from oomtray.actions.adjust import Change, Target, adjust, foretell, reach
from oomtray.kernel.capabilities import without
from oomtray.kernel.process_handle import ProcessGone, open_process
from tests.rigs.processes import pid_reuse
from tests.rigs.processes.proc import adj_of, state_of
from tests.rigs.processes.programs import RigUnavailable, wait_for
from tests.rigs.processes.users import NOBODY, as_nobody, need_root, sleeper

pytestmark = pytest.mark.system

TREE = str(Path(__file__).parents[2])


class Victim:
    """A sleeping process and what the kernel says of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.pid = process.pid
        with open_process(self.pid) as handle:
            self.target = Target(self.pid, handle.start_time)

    @property
    def adj(self) -> int:
        return adj_of(self.pid)

    @property
    def state(self) -> str:
        return state_of(self.pid)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def spawn() -> Iterator[Callable[..., Victim]]:
    made: list[Victim] = []

    def make(*, user: int | None = None, argv: list[str] | None = None) -> Victim:
        if user is not None:
            need_root()
        made.append(Victim(subprocess.Popen(argv) if argv else sleeper(user=user)))
        return made[-1]

    yield make
    for victim in made:
        victim.end()


def set_as_nobody(pid: int, *values: int) -> None:
    """Written by the owner, so that the floor stays where it is, whatever this machine's root may do."""
    script = "; ".join(f"echo {value} > /proc/{pid}/oom_score_adj" for value in values)
    subprocess.run(as_nobody(["sh", "-c", script]), check=True)


def send(target: Target, number: signal.Signals) -> signals.Ending:
    ending, descriptor = signals.send_and_hold(target.pid, target.start_time, number)
    if descriptor is not None:
        os.close(descriptor)
    return ending


def nobody_says(expression: str) -> Any:
    """What an expression over `oomtray.actions` gives where nobody evaluates it."""
    code = (
        "import dataclasses, json; from oomtray.actions.adjust import *; from oomtray.actions import signals\n"
        f"print(json.dumps(dataclasses.asdict({expression})))"
    )
    done = subprocess.run(
        as_nobody([sys.executable, "-c", code]),
        cwd=TREE,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("before", "action", "after", "done", "error"),
    [
        pytest.param(0, "reach({}, 300, 'up')", 300, True, None, id="raise"),
        pytest.param(400, "reach({}, 300, 'up')", 400, True, None, id="raise-never-lowers"),
        pytest.param(400, "adjust({}, 400)", 400, True, None, id="the-same-value"),
        pytest.param(300, "adjust({}, 10)", 10, True, None, id="lower-above-the-floor"),
        pytest.param(300, "adjust({}, -500)", 300, False, "needs-authorisation", id="exactly-or-not-at-all"),
        pytest.param(
            300, "reach({}, -500, 'down')", 0, True, "needs-authorisation", id="as-far-as-allowed"
        ),
        pytest.param(
            0, "reach({}, -1, 'down')", 0, False, "needs-authorisation", id="at-the-floor"
        ),
        pytest.param(100, "reach({}, 200, 'down')", 100, True, None, id="lower-never-raises"),
        pytest.param(300, "reach({}, -1, 'any')", 0, True, "needs-authorisation", id="either-way-down"),
        pytest.param(0, "reach({}, 1000, 'any')", 1000, True, None, id="either-way-up"),
        pytest.param(0, "adjust({}, -1000)", 0, False, "out-of-range", id="never-minus-1000"),
        pytest.param(0, "adjust({}, 1001)", 0, False, "out-of-range", id="too-high"),
        pytest.param(7, "adjust({}, 0, expect=5)", 7, False, "changed-since", id="changed-by-another"),
        pytest.param(7, "adjust({}, 0, expect=7)", 0, True, None, id="as-expected"),
        pytest.param(300, "foretell({}, -500, 'down')", 300, False, None, id="foretold-not-done"),
    ],
)
def test_the_owner_goes_as_far_as_the_kernel_allows(
    spawn: Callable[..., Victim], before: int, action: str, after: int, done: bool, error: str | None
) -> None:
    victim = spawn(user=NOBODY)
    set_as_nobody(victim.pid, before)
    change = nobody_says(action.format(f"Target{victim.target.pid, victim.target.start_time}"))
    assert (change["before"], change["done"], change["error"]) == (before, done, error)
    assert victim.adj == after
    assert change["after"] == (after if done else change["wanted"] if error else -500)


@pytest.mark.parametrize(
    ("action", "error"),
    [
        pytest.param("reach({}, -500, 'down')", "needs-authorisation", id="lower"),
        pytest.param("reach({}, 500, 'up')", "not-yours", id="raise"),
    ],
)
def test_another_users_process_is_not_changed(spawn: Callable[..., Victim], action: str, error: str) -> None:
    need_root()
    victim = spawn()
    change = nobody_says(action.format(f"Target{victim.target.pid, victim.target.start_time}"))
    assert (change["before"], change["done"], change["error"]) == (0, False, error)
    assert victim.adj == 0


@pytest.mark.parametrize(
    ("action", "error"),
    [
        pytest.param("reach({}, -5, 'down')", "needs-authorisation", id="lower"),
        pytest.param("reach({}, 5, 'up')", "guarded", id="raise"),
    ],
)
def test_a_process_that_hides_from_its_owner_needs_permission(spawn: Callable[..., Victim], action: str, error: str) -> None:
    """The files of a non-dumpable process belong to root."""
    code = "import ctypes, time; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); time.sleep(600)"
    victim = spawn(argv=as_nobody(["/usr/bin/python3", "-c", code]))
    wait_for(
        lambda: (
            "python" in Path(f"/proc/{victim.pid}/comm").read_text()
            and os.stat(f"/proc/{victim.pid}/stat").st_uid == 0
        ),
        "the process to be non-dumpable",
    )
    change = nobody_says(action.format(f"Target{victim.pid, victim.target.start_time}"))
    assert (change["done"], change["error"]) == (False, error)


def test_root_leaves_the_owners_way_back(spawn: Callable[..., Victim]) -> None:
    """A raise by root that took the floor along would be one that the owner can't undo."""
    victim = spawn(user=NOBODY)
    assert reach(victim.target, 300, "up").done
    assert reach(victim.target, 700, "up").done
    assert adjust(victim.target, 500).done
    set_as_nobody(victim.pid, 0)
    assert victim.adj == 0


def test_root_without_the_capability_is_told_so(spawn: Callable[..., Victim]) -> None:
    need_root()
    victim = spawn()
    adjust(victim.target, 200)
    change = reach(victim.target, -500, "down")
    if victim.adj == -500:
        assert change == Change(victim.pid, victim.target.start_time, "sleep", 200, -500, True, None, -500)
    else:
        expected = Change(
            victim.pid, victim.target.start_time, "sleep", 200, 0, True, "refused-by-kernel", wanted=-500
        )
        assert change == expected
        assert victim.adj == 0


def test_a_capability_is_given_up_for_the_block_and_by_this_thread_alone() -> None:
    need_root()
    nice = 23

    def effective(task: str) -> bool:
        status = Path(f"/proc/self/task/{task}/status").read_text()
        return bool(int(status.split("CapEff:")[1].split()[0], 16) >> nice & 1)

    me, other, stop = str(threading.get_native_id()), "", threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        other = str(thread.native_id)
        if not effective(me):
            raise RigUnavailable("this root has no CAP_SYS_NICE")
        with without(nice):
            assert (effective(me), effective(other)) == (False, True)
        assert effective(me)
    finally:
        stop.set()
        thread.join()


def kernel_thread() -> int | None:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open_process(int(entry)) as handle:
                    if handle.kernel_thread:
                        return handle.pid
            except OSError:
                continue
    return None


def test_pid_1_and_kernel_threads_are_refused() -> None:
    found = [(1, "pid-1")] + ([(pid, "kernel-thread")] if (pid := kernel_thread()) else [])
    for pid, error in found:
        with open_process(pid) as handle:
            start = handle.start_time
            before = handle.read_adj()
        for value, direction in ((500, "up"), (-500, "down")):
            change = reach(Target(pid, start), value, direction)
            assert (change.done, change.error) == (False, error)
        assert send(Target(pid, start), signal.SIGKILL).error == error
        with open_process(pid) as handle:
            assert handle.read_adj() == before


def test_what_has_ended_is_named_for_what_it_is(spawn: Callable[..., Victim]) -> None:
    victim = spawn()
    victim.process.kill()
    wait_for(lambda: victim.state == "Z", "a zombie")
    assert reach(victim.target, 500, "any").error == "zombie"
    assert foretell(victim.target, 500, "any").error == "zombie"
    assert send(victim.target, signal.SIGTERM).error == "zombie"
    victim.process.wait()
    change = reach(victim.target, 500, "any")
    assert (change.before, change.after, change.done, change.error) == (None, 500, False, "gone")
    assert send(victim.target, signal.SIGTERM).error == "gone"


def test_a_leader_that_ended_before_its_threads_is_no_zombie(spawn: Callable[..., Victim]) -> None:
    """The kernel can still kill it for its memory, so it can be adjusted, by root alone, whose its files are then, and ended."""
    code = (
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(600,)).start();"
        "ctypes.CDLL(None).syscall(60, 0)"  # exit(2) of the main thread alone
    )
    if os.uname().machine != "x86_64":
        raise RigUnavailable("the number of exit(2) is known for x86_64")
    victim = spawn(argv=["/usr/bin/python3", "-c", code])
    wait_for(lambda: victim.state == "Z", "the leader to end")
    error = None if os.geteuid() == 0 else "guarded"
    assert adjust(victim.target, 321) == Change(
        victim.pid, victim.target.start_time, "python3", 0, 321, error is None, error, wanted=321
    )
    assert send(victim.target, signal.SIGKILL).done
    assert victim.process.wait() == -signal.SIGKILL


def test_the_id_of_a_thread_is_no_process() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        tid = thread.native_id
        assert tid is not None
        with open_process(tid) as handle:
            start = handle.start_time
            assert handle.thread_of() == os.getpid()
        assert adjust(Target(tid, start), 0).error == "is-thread"
        assert send(Target(tid, start), signal.SIGTERM).error == "is-thread"
    finally:
        stop.set()
        thread.join()


def test_an_open_process_outlives_exec_and_ends_with_the_process(spawn: Callable[..., Victim]) -> None:
    victim = spawn(argv=["sh", "-c", "read go; exec sleep 600"])
    with open_process(victim.pid, victim.target.start_time) as handle:
        handle.check()
        assert (handle.ppid, handle.uids()) == (os.getpid(), (os.getuid(),) * 4)
        victim.end()
        for use in (
            handle.check,
            handle.read_adj,
            handle.uids,
            lambda: handle.name,
            lambda: handle.write_adj(5),
        ):
            with pytest.raises(ProcessGone, match=f"process {victim.pid} has"):
                use()


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGTERM, id="end"), pytest.param(signal.SIGKILL, id="kill")]
)
def test_a_process_is_ended(spawn: Callable[..., Victim], number: signal.Signals) -> None:
    victim = spawn()
    ending = send(victim.target, number)
    assert (ending.done, ending.error, ending.name, ending.signal) == (True, None, "sleep", number)
    assert victim.process.wait() == -number


def test_another_users_process_is_not_ended(spawn: Callable[..., Victim]) -> None:
    need_root()
    victim = spawn()
    ending = nobody_says(f"signals.send_and_hold{victim.pid, victim.target.start_time, 9}[0]")
    assert (ending["done"], ending["error"]) == (False, "not-yours")
    assert victim.process.poll() is None


def test_without_pidfd_no_signal_is_sent(
    spawn: Callable[..., Victim], monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = spawn()

    def refused(_: int) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", refused)
    assert send(victim.target, signal.SIGKILL).error == "no-pidfd"
    monkeypatch.delattr(os, "pidfd_open")
    assert send(victim.target, signal.SIGKILL).error == "no-pidfd"
    assert victim.process.poll() is None


@pytest.fixture(scope="module")
def reuse_outcomes() -> dict[str, dict[str, Any]]:
    return pid_reuse.outcomes()


def test_a_signal_by_number_alone_hits_the_wrong_process(reuse_outcomes: dict[str, dict[str, Any]]) -> None:
    assert reuse_outcomes["killed_by_the_number_alone"] == {
        "outcome": "hit",
        "second_lives": False,
        "second_adj": None,
    }


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        pytest.param("adjusted_after_the_swap", "pid-reused"),
        pytest.param("adjusted_across_the_swap", "gone"),
        pytest.param("signaled_after_the_swap", "pid-reused"),
        pytest.param("signaled_across_the_swap", "pid-reused"),
        pytest.param("signaled_across_the_swap_with_equal_start_times", "gone"),
    ],
    ids=lambda value: value if "_" in value else "",
)
def test_a_reused_pid_is_never_hit(
    reuse_outcomes: dict[str, dict[str, Any]], case: str, outcome: str
) -> None:
    assert reuse_outcomes[case] == {"outcome": outcome, "second_lives": True, "second_adj": 0}
