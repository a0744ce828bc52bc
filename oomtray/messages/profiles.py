"""The rule profiles that come with the program: their names, what they do and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions.rules.profiles import DISABLE, Profile
from oomtray.messages.i18n import tr, tr_n
from oomtray.text import adjustment

if TYPE_CHECKING:
    from collections.abc import Sequence


def title(profile: Profile) -> str:
    return tr(profile.title)


def purpose(profile: Profile) -> str:
    """Say what a profile does and why."""
    return tr(profile.says)


def sets(profile: Profile) -> str:
    """Say which value it sets, in the window."""
    if profile.oom_adj == DISABLE:
        return tr("It sets {value}, the lowest value.", value=adjustment(profile.value))
    return tr("It sets {value}.", value=adjustment(profile.value))


def conversion(profile: Profile) -> str:
    """Say which value it sets, and how that was derived, in the terminal."""
    if profile.oom_adj == DISABLE:
        return tr(
            "It sets {value}, the lowest value ({old} on the old oom_adj scale, which meant never).",
            value=adjustment(profile.value),
            old=profile.oom_adj,
        )
    return tr(
        "It sets {value} ({old} on the old oom_adj scale).",
        value=adjustment(profile.value),
        old=adjustment(profile.oom_adj),
    )


def heading(profile: Profile) -> str:
    return tr("{profile}: {value}", profile=title(profile), value=adjustment(profile.value))


def matches_surely() -> str:
    """Said of profiles below 0, whose rules may find nothing although a program of that name runs."""
    return tr("Rules below 0 go by the system's unit, or by name and user, because any program can have the same name.")


def rule_count(count: int) -> str:
    return tr_n("{count} rule", "{count} rules", count)


def switched(profile: Profile, *, on: bool) -> str:
    """Said beside the button that undoes it."""
    name = title(profile)
    if on:
        return tr("The rules of “{profile}” were added.", profile=name)
    return tr("The rules of “{profile}” were removed.", profile=name)


def all_of(profiles: Sequence[Profile]) -> str:
    rules = sum(len(profile.rules) for profile in profiles)
    return tr("All {rules} rules of these {profiles} profiles.", rules=rules, profiles=len(profiles))
