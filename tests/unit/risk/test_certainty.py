"""Who is told to be next: the kernel's first choice, unless another killer acts before it and takes somebody else."""

from __future__ import annotations

import pytest

from oomtray.risk.certainty import candidacy, certainty
from oomtray.risk.killer import Killer, Takes
from tests.facts.assessments import assessment, killer, risk, victim

FIRST, SECOND = risk(1001, rank=1), risk(1002, rank=2)


def earlier(taken: int, *more: int) -> Killer:
    """Acts before the kernel, and takes one of both, alone or with others."""
    chosen = victim(FIRST if taken == 1001 else SECOND, killer="systemd-oomd")
    return killer(name="systemd-oomd", victim=chosen, takes=Takes("app.scope", (taken, *more)) if more else None)


@pytest.mark.parametrize(
    ("before", "first"),
    [
        pytest.param((), "next", id="the kernel alone"),
        pytest.param((earlier(1001),), "next", id="one that takes the same"),
        pytest.param((earlier(1002, 1001),), "next", id="one that takes it with a group"),
        pytest.param((earlier(1002),), "maybe", id="one that takes another"),
        pytest.param((earlier(1002, 1003),), "maybe", id="one that takes another's group"),
        pytest.param((killer(name="nohang"),), "next", id="one whose choice is unknown"),
    ],
)
def test_the_kernels_first_choice_is_next_unless_another_goes_before(before: tuple[Killer, ...], first: str) -> None:
    kernel = killer(victim=victim(FIRST))
    order = certainty(assessment(risks=(FIRST, SECOND), killers=(*before, kernel)))
    assert candidacy(FIRST.reasons, order) == first


def test_one_that_acts_after_the_kernel_changes_nothing() -> None:
    kernel = killer(victim=victim(FIRST))
    assert certainty(assessment(risks=(FIRST, SECOND), killers=(kernel, earlier(1002)))) == "sure"
