"""Read systemd-oomd's files: oomd.conf with its drop-ins, and the rules in `.oomrule` files."""

from __future__ import annotations

import os
from typing import get_args

from oomtray.kernel.killer_facts import Action, OomRule
from oomtray.kernel.killers.files import assignments, read_config
from oomtray.kernel.killers.oomd_dump import percent

_PLACES = ("etc", "run", "usr/local/lib", "usr/lib")
"""A file in an earlier place hides those of the same name in later ones."""
_MOST = 200
_ACTIONS = get_args(Action)


def settings(root: str) -> dict[str, str]:
    """Return the assignments in the section [OOM]; the last one of each key counts."""
    main = (text for place in _PLACES if (text := read_config(os.path.join(root, place, "systemd/oomd.conf"))) is not None)
    found = dict(assignments(next(main, ""), "OOM"))
    for path in _files(root, "systemd/oomd.conf.d", ".conf"):
        found.update(assignments(read_config(path) or "", "OOM"))
    return found


def rules(root: str) -> dict[str, OomRule]:
    """Return the rules by name; like systemd-oomd, skip those without a condition or an action."""
    found: dict[str, OomRule] = {}
    for path in _files(root, "systemd/oomd/rules.d", ".oomrule"):
        given = dict(assignments(read_config(path) or "", "Rule"))
        pressure, swap = percent(given.get("MemoryPressureAbove", "")), percent(given.get("SwapUsageMax", ""))
        action = next((one for one in _ACTIONS if one == given.get("Action")), None)
        if action is not None and (pressure is not None or swap is not None):
            found[os.path.basename(path).removesuffix(".oomrule")] = OomRule(action, pressure, swap)
    return found


def _files(root: str, directory: str, ending: str) -> list[str]:
    """List files sorted by name, whichever place they are in."""
    named: dict[str, str] = {}
    for place in _PLACES:
        path = os.path.join(root, place, directory)
        try:
            names = os.listdir(path)
        except OSError:
            continue
        for name in names:
            if name.endswith(ending):
                named.setdefault(name, os.path.join(path, name))
    return [named[name] for name in sorted(named)][:_MOST]
