"""How systemd-oomd treats a unit: what a change would do, what it did, and how long it lasts."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.unit_results import not_set, undo_takes_back
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.units.preference import PreferenceOutcome, UnitPreference
    from oomtray.actions.units.settings import Oomd
    from oomtray.risk.killer import Killer
    from oomtray.risk.killers.oomd_preference import OomdGroup


def would(unit: UnitPreference, preference: Oomd) -> str:
    count, name = len(unit.pids), printable(unit.name)
    if preference == "avoid":
        return tr_n(
            "systemd-oomd would take others before {unit} with its {count} process.",
            "systemd-oomd would take others before {unit} with its {count} processes.",
            count,
            unit=name,
        )
    if preference == "omit":
        return tr_n(
            "systemd-oomd would never kill {unit} with its {count} process.",
            "systemd-oomd would never kill {unit} with its {count} processes.",
            count,
            unit=name,
        )
    return tr_n(
        "systemd-oomd would treat {unit} with its {count} process as any other.",
        "systemd-oomd would treat {unit} with its {count} processes as any other.",
        count,
        unit=name,
    )


def did(outcome: PreferenceOutcome) -> str:
    """Say what applies now."""
    unit = outcome.after
    count, name = len(unit.pids), printable(unit.name)
    if not outcome.done:
        return not_set(name)
    if outcome.wanted == "avoid":
        return tr_n(
            "systemd-oomd now takes others before {unit} with its {count} process.",
            "systemd-oomd now takes others before {unit} with its {count} processes.",
            count,
            unit=name,
        )
    if outcome.wanted == "omit":
        return tr_n(
            "systemd-oomd now never kills {unit} with its {count} process.",
            "systemd-oomd now never kills {unit} with its {count} processes.",
            count,
            unit=name,
        )
    return tr_n(
        "systemd-oomd now treats {unit} with its {count} process as any other.",
        "systemd-oomd now treats {unit} with its {count} processes as any other.",
        count,
        unit=name,
    )


def results(outcomes: Sequence[PreferenceOutcome]) -> str:
    """Summarize outcomes and how long they last, for the message bar."""
    said = [did(outcome) for outcome in outcomes]
    if outcomes and outcomes[0].done and outcomes[0].wanted != "none":
        said.append(lasts(outcomes[0].after))
    return " ".join(said)


def lasts(unit: UnitPreference) -> str:
    if unit.name.endswith(".scope"):
        return tr("This holds until {unit} ends.", unit=printable(unit.name))
    return tr("This holds until you log out.") if unit.user else tr("This holds until the next boot.")


def taken_back_by(outcome: PreferenceOutcome, *, recorded: bool) -> str:
    """Give the command that undoes it; `recorded` means that undo can do it."""
    if recorded:
        return undo_takes_back()
    before = outcome.before
    user = ["--user"] if before.user else []
    command = shlex.join(["oomtray", "unit", "set", *user, before.name, "--oomd", before.preference])
    return tr("`{command}` takes it back.", command=command)


def void(killer: Killer | None, group: OomdGroup | None) -> str | None:
    """Say why a preference has no effect now; None if it may have one."""
    if killer is None:
        return tr("systemd-oomd isn't running, so this changes nothing now.")
    if group is None:
        return tr("systemd-oomd doesn't watch its control group, so this changes nothing now.")
    if group.unit is None:
        return tr("Its processes are in control groups of their own, so this changes nothing.")
    if not group.honored:
        from oomtray.messages.verdicts import nothing_counts

        return nothing_counts()
    return None
