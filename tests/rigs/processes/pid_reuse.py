"""A pid reused at the worst moment: forced by ns_last_pid, in a pid namespace of its own.

    python -m tests.rigs.processes.pid_reuse   (root of the namespace) prints the result of each case as JSON

The first process is ended and reaped, and its pid goes to a second one, which must stay unaffected.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.rigs.processes.proc import adj_of, start_time
from tests.rigs.processes.programs import wait_for
from tests.rigs.processes.users import in_own_pids

TREE = str(Path(__file__).parents[3])


def outcomes() -> dict[str, dict[str, Any]]:
    """Run every case of this file in a new pid namespace."""
    program = in_own_pids(sys.executable, "-m", "tests.rigs.processes.pid_reuse")
    inside = subprocess.run(program, cwd=TREE, capture_output=True, text=True, timeout=60, check=False)
    assert inside.returncode == 0, inside.stderr
    answer: dict[str, dict[str, Any]] = json.loads(inside.stdout)
    return answer


class Reuse:
    """One pid and its two owners, `first` and then `second`."""

    def __init__(self) -> None:
        self.first = subprocess.Popen(["sleep", "600"])
        self.pid = self.first.pid
        self.start_time = start_time(self.pid)
        self.second: subprocess.Popen[bytes] | None = None

    def swap(self, *, later: bool) -> None:
        """End the first and give its pid to the second; `later` in a later clock tick, so that start times differ."""
        self.first.kill()
        self.first.wait()
        if later:
            ticks = os.sysconf("SC_CLK_TCK")
            wait_for(
                lambda: time.clock_gettime(time.CLOCK_BOOTTIME) * ticks > self.start_time + 2,
                "the clock to tick",
            )
        Path("/proc/sys/kernel/ns_last_pid").write_text(str(self.pid - 1))
        self.second = subprocess.Popen(["sleep", "600"])
        assert self.second.pid == self.pid, "the namespace gave another pid"

    def report(self, outcome: object) -> dict[str, Any]:
        assert self.second is not None
        lives = self.second.poll() is None
        adj = adj_of(self.pid) if lives else None
        return {"outcome": outcome, "second_lives": lives, "second_adj": adj}

    def close(self) -> None:
        for process in (self.first, self.second):
            if process is not None:
                process.kill()
                process.wait()


def killed_by_the_number_alone(reuse: Reuse) -> object:
    """The control that shows that the rig would detect a hit."""
    reuse.swap(later=False)
    assert reuse.second is not None
    os.kill(reuse.pid, signal.SIGKILL)
    reuse.second.wait()
    return "hit"


def adjusted_after_the_swap(reuse: Reuse) -> object:
    from oomtray.actions.adjust import Target, adjust

    reuse.swap(later=True)
    return adjust(Target(reuse.pid, reuse.start_time), 500).error


def adjusted_across_the_swap(reuse: Reuse) -> object:
    """The swap happens between check and write, if possible within the same clock tick."""
    from oomtray.kernel.process_handle import ProcessGone, open_process

    with open_process(reuse.pid, reuse.start_time) as process:
        reuse.swap(later=False)
        try:
            process.write_adj(500)
        except ProcessGone:
            return "gone"
    return "written"


def signaled_after_the_swap(reuse: Reuse) -> object:
    from oomtray.actions import signals

    reuse.swap(later=True)
    return signals.send_and_hold(reuse.pid, reuse.start_time, signal.SIGKILL)[0].error


def signaled_across_the_swap(reuse: Reuse) -> object:
    """The swap happens between opening the pidfd and reading the start time."""
    from oomtray.actions import signals

    with _before_the_check(signals, lambda: reuse.swap(later=True)):
        return signals.send_and_hold(reuse.pid, reuse.start_time, signal.SIGKILL)[0].error


def signaled_across_the_swap_with_equal_start_times(reuse: Reuse) -> object:
    """Like above, but the check can't see the swap: only the pidfd protects the second process."""
    from oomtray.actions import signals

    with _before_the_check(signals, lambda: reuse.swap(later=False), blind=True):
        return signals.send_and_hold(reuse.pid, reuse.start_time, signal.SIGKILL)[0].error


def facts_across_the_swap(reuse: Reuse) -> object:
    """The swap happens between two queries by pid."""
    import psutil

    from oomtray.kernel.facts_reader import read_facts

    class Swapping(psutil.Process):
        def io_counters(self) -> Any:
            reuse.swap(later=False)
            return super().io_counters()

    real, psutil.Process = psutil.Process, Swapping
    try:
        facts = read_facts(reuse.pid, reuse.start_time)
    finally:
        psutil.Process = real
    asked = facts.bytes_read, facts.threads, facts.children, facts.cpu_seconds, facts.executable, facts.command
    return [getattr(one, "value", repr(one)) for one in asked]


@contextmanager
def _before_the_check(signals: Any, swap: Callable[[], None], *, blind: bool = False) -> Iterator[None]:
    real = signals.open_process

    def opening(pid: int, start: int, proc: str) -> Any:
        swap()
        return real(pid, None if blind else start, proc)

    signals.open_process = opening
    try:
        yield
    finally:
        signals.open_process = real


CASES: tuple[Callable[[Reuse], object], ...] = (
    killed_by_the_number_alone,
    adjusted_after_the_swap,
    adjusted_across_the_swap,
    signaled_after_the_swap,
    signaled_across_the_swap,
    signaled_across_the_swap_with_equal_start_times,
    facts_across_the_swap,
)


def report(cases: Iterable[Callable[[Any], object]], prepared: Callable[[Reuse], Any] = lambda reuse: reuse) -> None:
    """Print the result of each case as JSON; each gets its own pid, which `prepared` makes from a Reuse."""
    answers = {}
    for case in cases:
        reuse = Reuse()
        try:
            answers[case.__name__] = reuse.report(case(prepared(reuse)))
        finally:
            reuse.close()
    print(json.dumps(answers))


if __name__ == "__main__":
    report(CASES)
