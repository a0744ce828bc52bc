"""Load the bundled rule sets from `resources/profiles/*.toml`.

Their values use the scale of the old oom_adj (-17..+15), like the recommendations that they are based on.
They are converted as the kernel does it, but never to -1000.
"""

from __future__ import annotations

import os
import tomllib
from typing import Any

import oomtray
from oomtray.actions.adjust import LOWEST
from oomtray.actions.rules.model import Rule
from oomtray.records import dataclass

DISABLE = -17
""""Never kill" on the old scale (OOMDISABLE in linux/oom.h)."""
_MAX = 15
_FOLDER = os.path.join(os.path.dirname(oomtray.__file__), "resources", "profiles")


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules that all set the same value."""

    name: str
    title: str
    """In English, like `says`; `messages.profiles` translates both."""
    says: str
    """What the profile does and why, in one sentence."""
    oom_adj: int
    """The recommended value on the old scale."""
    value: int
    """The recommended value as oom_score_adj."""
    rules: tuple[Rule, ...]


def convert(oom_adj: int) -> int:
    """Convert an oom_adj of -17..15 to oom_score_adj as fs/proc/base.c (oom_adj_write) does, but never to -1000."""
    if not DISABLE <= oom_adj <= _MAX:
        raise ValueError(f"{oom_adj} is not from {DISABLE} to {_MAX}")
    if oom_adj == _MAX:
        return 1000
    return max(int(oom_adj * 1000 / 17), LOWEST)


def load_profiles() -> tuple[Profile, ...]:
    found = []
    for name in sorted(os.listdir(_FOLDER)):
        if name.endswith(".toml"):
            with open(os.path.join(_FOLDER, name), "rb") as file:
                found.append(_profile(tomllib.load(file)))
    return tuple(found)


def profile(name: str) -> tuple[Profile, ...]:
    """Return the profile with this name, or all profiles for `all`. Raises KeyError."""
    known = load_profiles()
    chosen = known if name == "all" else tuple(one for one in known if one.name == name)
    if not chosen:
        raise KeyError(name)
    return chosen


def _profile(data: dict[str, Any]) -> Profile:
    value = convert(data["oom_adj"])
    rules = tuple(
        Rule(set=value, label=f"{data['name']}: {rule.get('app') or rule.get('unit') or rule.get('process')}", **rule)
        for rule in data["rule"]
    )
    return Profile(data["name"], data["title"], data["says"], data["oom_adj"], value, rules)
