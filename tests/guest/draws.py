"""Random crowds of programs for the guest, and the account of who was named before each kill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

NAMES = (
    "Web Content",
    "java",
    "chrome",
    "postgres",
    "cc1plus",
    "mysqld",
    "slack",
    "node",
    "ld (old)",
    "firefox",
)
ADJUSTMENTS = (0, 0, 0, 0, 20, 50, 100, 200, 300, -50)
LEAST_MB = 8


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    mb: int
    adj: int


def crowd(random: Random, mb: int) -> list[Program]:
    """Three to six programs that hold `mb` MiB together, no two of one name."""
    shares = [random.uniform(1, 8) for _ in range(random.randint(3, 6))]
    sizes = [max(LEAST_MB, round(mb * share / sum(shares))) for share in shares]
    names = random.sample(NAMES, len(sizes))
    return [Program(name, size, random.choice(ADJUSTMENTS)) for name, size in zip(names, sizes, strict=True)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kill, beside what was said just before."""

    seed: int
    named: frozenset[int | str]
    """The pids or the unit that were named: several pids where they are closer than the kernel counts."""
    victim: int | str
    crowd: str

    @property
    def right(self) -> bool:
        return self.victim in self.named

    @property
    def separable(self) -> bool:
        return len(self.named) == 1


def killer_named(report: dict[str, Any], name: str) -> dict[str, Any]:
    """What `list --json` says of one killer."""
    [killer] = [killer for killer in report["killers"] if killer["name"] == name]
    assert isinstance(killer, dict)
    return killer


def seen(outcome: Outcome) -> Outcome:
    """Printed at once, as many take an hour together."""
    mark = "named" if outcome.right else "MISSED"
    context = "" if outcome.right else outcome.crowd
    print(mark, outcome.seed, sorted(map(str, outcome.named)), outcome.victim, context, flush=True)
    return outcome


def check(outcomes: Iterable[Outcome], least: float, *, alone: float = 0.7) -> None:
    """At least that share of the victims was named, and `alone` of them as the only one; the others are shown with their crowds."""
    outcomes = [seen(outcome) for outcome in outcomes]
    wrong = [outcome for outcome in outcomes if not outcome.right]
    separable = sum(outcome.separable for outcome in outcomes)
    said = f"{len(outcomes) - len(wrong)} of {len(outcomes)} named, {separable} of them alone"
    print(said, *wrong, sep="\n")
    assert outcomes, "nobody was killed"
    assert len(wrong) <= (1 - least) * len(outcomes), "\n".join([said, *map(str, wrong)])
    assert len(outcomes) < 10 or separable >= alone * len(outcomes), (
        f"hardly ever named just one, which proves little: {said}"
    )
