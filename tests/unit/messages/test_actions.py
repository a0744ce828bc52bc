"""Who goes next by an action: in a sentence after it, and in the few words that stand beside it before."""

from __future__ import annotations

import pytest

from oomtray.messages.actions import effect, next_now
from tests.facts.assessments import assessment, risk, victim
from tests.facts.processes import NO_MEMORY, process

FIRST, SECOND = (victim(risk(pid)) for pid in (1001, 1002))
UNKNOWN = victim(risk(of=process(1001, **NO_MEMORY)))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        pytest.param(FIRST, FIRST, "The next victim is still program1001 (1001), which would free at most 81.0 MiB.", id="the same"),
        pytest.param(FIRST, SECOND, "The next victim is now program1002 (1002), which would free at most 81.0 MiB.", id="another"),
        pytest.param(None, FIRST, "The next victim is now program1001 (1001), which would free at most 81.0 MiB.", id="nobody before"),
        pytest.param(FIRST, UNKNOWN, "The next victim is still program1001 (1001).", id="the same, of unknown size"),
        pytest.param(SECOND, UNKNOWN, "The next victim is now program1001 (1001).", id="another of unknown size"),
        pytest.param(FIRST, None, "Nothing is left that the kernel could kill.", id="nobody"),
    ],
)
def test_who_is_next_after_it(before, after, says) -> None:
    assert next_now(before, after) == says


@pytest.mark.parametrize(
    ("then", "ours", "raises", "says"),
    [
        pytest.param(FIRST, 1001, True, "already first", id="nothing to do"),
        pytest.param(FIRST, 1001, False, "still goes first", id="not enough"),
        pytest.param(SECOND, 1002, True, "goes first", id="made the first"),
        pytest.param(SECOND, 1001, False, "next: program1002", id="another in its place"),
        pytest.param(FIRST, 1002, True, "next: still program1001", id="another stays"),
        pytest.param(None, 1001, False, "nothing left to kill", id="nobody"),
    ],
)
def test_what_stands_beside_it(then, ours: int, raises: bool, says: str) -> None:
    now = assessment()
    mine = [one.process.identity for one in now.risks if one.process.pid == ours]
    assert effect(now, then, mine, raises=raises) == says
