"""A pid that changes hands between the click and the write, forced in a pid namespace of its own.

python -m tests.helper.reuse      (root, in that namespace) prints what became of each case as JSON
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.helper.support import answers_of, lines, load_helper, start_helper
from tests.rigs.processes.pid_reuse import Reuse, report

WANTED = 300


class Case:
    """The first owner of the pid is the target, at 500. The second has 500 too, so that a write would show."""

    def __init__(self, reuse: Reuse) -> None:
        self.reuse = reuse
        set_adj(reuse.pid, 500)
        self.data = lines({"pid": reuse.pid, "start_time": reuse.start_time, "adj": WANTED})

    def swap(self, *, later: bool = True) -> None:
        self.reuse.swap(later=later)
        set_adj(self.reuse.pid, 500)

    def helper_itself(self) -> object:
        return answers_of(start_helper("other", data=self.data))[0]["error"]

    def helper_with_swap_at(self, function: str, *, after: bool, later: bool) -> object:
        """The swap falls before or after the first call of this function of the helper's."""
        helper, answers = load_helper(), []
        real = getattr(helper, function)

        def swapping(*given: Any, **named: Any) -> Any:
            setattr(helper, function, real)
            if not after:
                self.swap(later=later)
            result = real(*given, **named)
            if after:
                self.swap(later=later)
            return result

        setattr(helper, function, swapping)
        asked = helper.parse(["other", "protect", "1"], self.data)
        helper.serve(asked, 0, helper.Roots(log=lambda *_: None), answers.append)
        return answers[0]["error"]


def set_adj(pid: int, adj: int) -> None:
    Path(f"/proc/{pid}/oom_score_adj").write_text(str(adj))


def without_a_swap(case: Case) -> object:
    """The same request does hit the first owner: the other cases could fail."""
    error = case.helper_itself()
    assert Path(f"/proc/{case.reuse.pid}/oom_score_adj").read_text() == f"{WANTED}\n"
    case.swap()
    return error


def between_click_and_helper(case: Case) -> object:
    case.swap()
    return case.helper_itself()


def before_the_directory_is_opened(case: Case) -> object:
    return case.helper_with_swap_at("attempt", after=False, later=True)


def between_opening_and_checks(case: Case) -> object:
    return case.helper_with_swap_at("check_process", after=False, later=True)


def between_checks_and_write(case: Case) -> object:
    return case.helper_with_swap_at("check_process", after=True, later=True)


def between_checks_and_write_in_one_tick(case: Case) -> object:
    """Equal start times, as two processes within 10 ms have: the descriptor alone must save the second."""
    return case.helper_with_swap_at("check_process", after=True, later=False)


CASES: tuple[Callable[[Case], object], ...] = (
    without_a_swap,
    between_click_and_helper,
    before_the_directory_is_opened,
    between_opening_and_checks,
    between_checks_and_write,
    between_checks_and_write_in_one_tick,
)


def outcomes() -> dict[str, dict[str, Any]]:
    """Every case, in a fresh pid namespace."""
    from tests.helper.alone import alone

    done = subprocess.run(
        alone("tests.helper.reuse"), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    report(CASES, Case)
