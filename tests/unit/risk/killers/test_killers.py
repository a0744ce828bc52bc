"""Which killers are known, which of them run, and that the one which acts first names the next victim."""

from __future__ import annotations

from typing import get_args

import pytest

from oomtray.kernel.killer_names import KillerName
from oomtray.risk.killer import Killer
from oomtray.risk.killers import IN_ORDER
from tests.facts.assessments import assessment, killer, risk, victim

FIRST, SECOND = risk(1, rank=1), risk(2, rank=2)
EARLYOOM = killer(name="earlyoom", victim=victim(SECOND, killer="earlyoom"))
KERNEL = killer(victim=victim(FIRST))


def test_every_killer_has_its_place_and_the_kernel_acts_last() -> None:
    assert sorted(IN_ORDER) == sorted(get_args(KillerName))
    assert IN_ORDER[-1] == "kernel"


@pytest.mark.parametrize(
    ("killers", "pid"),
    [
        pytest.param((EARLYOOM, KERNEL), 2, id="the first"),
        pytest.param((killer(name="earlyoom", victim=None), KERNEL), None, id="nobody, where the first has nobody"),
    ],
)
def test_the_next_victim_is_that_of_the_killer_which_acts_first(killers: tuple[Killer, ...], pid: int | None) -> None:
    chosen = assessment(killers=killers).victim
    assert (chosen and chosen.risk.process.pid) == pid
