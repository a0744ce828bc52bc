"""How a unit's preference under systemd-oomd is said: before, after, for how long, and where it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from oomtray.actions.units.preference import PreferenceOutcome, UnitPreference
from oomtray.actions.units.settings import Oomd
from oomtray.messages.preference import did, lasts, results, taken_back_by, void, would
from oomtray.risk.killers.oomd_preference import OomdGroup
from oomtray.systemd.unit_names import Unit
from tests.facts.assessments import killer

OOMD = killer(name="systemd-oomd")


def unit(name: str = "a.scope", *, user: bool = True, preference: Oomd = "none", **facts: Any) -> UnitPreference:
    return UnitPreference(
        **{"name": name, "user": user, "control_group": f"/{name}", "pids": (1, 2, 3), "preference": preference, "marked": preference} | facts
    )


def group(**facts: Any) -> OomdGroup:
    given: dict[str, Any] = {
        "path": "/a.scope", "unit": Unit("a.scope", "/a.scope", 1000), "pids": (1,), "preference": "none",
        "honored": frozenset({"stall"}), "ignored": frozenset(),
    }  # fmt: skip
    return OomdGroup(**(given | facts))


@pytest.mark.parametrize(
    ("preference", "before", "after"),
    [
        ("avoid", "would take others before a.scope with its 3 processes.", "now takes others before a.scope with its 3 processes."),
        ("omit", "would never kill a.scope with its 3 processes.", "now never kills a.scope with its 3 processes."),
        ("none", "would treat a.scope with its 3 processes as any other.", "now treats a.scope with its 3 processes as any other."),
    ],
)
def test_what_it_does(preference: Oomd, before: str, after: str) -> None:
    assert would(unit(), preference) == f"systemd-oomd {before}"
    assert did(PreferenceOutcome(preference, unit(), unit(preference=preference))) == f"systemd-oomd {after}"


def test_what_the_control_group_does_not_show_is_not_done() -> None:
    told = PreferenceOutcome("avoid", unit(), unit(preference="avoid", marked="none"))
    assert did(told) == "systemd has not set this for the control group of a.scope."
    assert results((told,)) == did(told)


@pytest.mark.parametrize(
    ("name", "user", "says"),
    [
        ("a.scope", True, "This holds until a.scope ends."),
        ("a.service", True, "This holds until you log out."),
        ("a.service", False, "This holds until the next boot."),
    ],
)
def test_how_long_it_holds(name: str, user: bool, says: str) -> None:
    assert lasts(unit(name, user=user)) == says


def test_the_command_that_takes_it_back_restores_what_was_there() -> None:
    told = PreferenceOutcome("omit", unit("a\\x20b.scope", preference="avoid"), unit("a\\x20b.scope", preference="omit"))
    assert taken_back_by(told, recorded=True) == "`oomtray undo` takes it back."
    assert taken_back_by(told, recorded=False) == "`oomtray unit set --user 'a\\x20b.scope' --oomd avoid` takes it back."


@pytest.mark.parametrize(
    ("running", "found", "says"),
    [
        (False, None, "systemd-oomd isn't running, so this changes nothing now."),
        (True, None, "systemd-oomd doesn't watch its control group, so this changes nothing now."),
        (True, group(unit=None), "Its processes are in control groups of their own, so this changes nothing."),
        (True, group(honored=frozenset()), "systemd-oomd ignores its unit's preference, because its control group doesn't belong to root."),
        (True, group(), None),
    ],
)
def test_where_it_changes_nothing(running: bool, found: OomdGroup | None, says: str | None) -> None:
    assert void(OOMD if running else None, found) == says
