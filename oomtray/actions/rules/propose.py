"""Propose the rule or unit that makes a value last for the process that a person selects. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oomtray.actions.rules.model import Preset, Rule
from oomtray.kernel.users import login_name
from oomtray.risk.apps import app_of, executable
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.snapshot import Process

_INTERPRETERS = ("python", "perl", "ruby", "node", "java", "bash", "dash", "sh", "zsh", "php", "lua", "mono", "dotnet")


class ServiceName(NamedTuple):
    """A service of the system manager or of the user's own."""

    name: str
    user: bool


def service_of(process: Process, uid: int) -> ServiceName | None:
    """Return the service that runs the process; None for apps, scopes and others' services: no value can be set."""
    unit = unit_of(process.unit_cgroup)
    if unit is None or not unit.name.endswith(".service") or unit.name.startswith("user@"):
        return None
    app = app_of(process, {})
    if app is None or app.kind != "service" or app.key != unit.name or unit.uid not in (None, uid):
        return None
    return ServiceName(unit.name, unit.uid is not None)


def propose(preset: Preset, process: Process, table: Mapping[int, Process], *, whole: bool) -> Rule | None:
    """Propose a rule for the app of this process, limited to the process's user.

    `whole`: the selected row stood for all processes of the app. Returns None for kernel threads.
    """
    app = app_of(process, table)
    if app is None:
        return None
    user = login_name(process.uid) or str(process.uid)
    if app.kind == "app" or whole:
        return Rule(preset, app=app.key, user=user, label=_label(app.name))
    exe = (process.exe or "").removesuffix(" (deleted)")
    if not exe.startswith("/") or "*" in exe:
        return Rule(preset, process=process.name, user=user, label=_label(process.name))
    name = executable(process)
    scripted = name.lower().startswith(_INTERPRETERS) and process.name != name
    return Rule(preset, exe=exe, process=process.name if scripted else None, user=user, label=_label(process.name))


def _label(name: str) -> str:
    return name if name.isprintable() else ""
