"""What may be set for a unit, and for which units."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.file_access import FileProblem
    from oomtray.systemd.manager import ManagerProblem

Policy = Literal["continue", "stop", "kill"]
Oomd = Literal["none", "avoid", "omit"]
POLICIES: dict[str, Policy] = {"continue": "continue", "stop": "stop", "kill": "kill"}
PREFERENCES: dict[str, Oomd] = {"none": "none", "avoid": "avoid", "omit": "omit"}

_TYPES = ("service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope")
_LONGEST = 253  # so that NAME.d is a file name of at most 255 bytes
# A plain service, or one instance, whose name may contain another @. A drop-in for a name that ends with a
# dash applies to every unit with that prefix, and one for x@.service to each of its instances
# (systemd.unit(5)).
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9:_.\\-]*[A-Za-z0-9:_.\\])?(?:@[A-Za-z0-9:_.@\\-]+)?\.service")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit can't be given our drop-in, or not this one."""

    id: Literal[
        "no-service",
        "template",
        "no-unit-name",
        "user-manager",  # everything that the user starts would inherit the value
        "no-unit",  # the manager doesn't know it
        "masked",
        "unloadable",  # detail: systemd's load state
        "transient",
        "unread-directory",  # detail: the drop-in's directory, which the manager doesn't read
        "not-ours",  # detail: the path of a file that isn't OOM Tray's
        "objection",  # detail: systemd's complaint about the drop-in, in its own words
        "changed-since",  # detail: the path of our drop-in
        "not-exact",  # detail: the path of our drop-in, which had been edited before the change
        "no-process-group",  # neither a service nor a scope
        "all-of-a-user",  # the user manager, with everything that it runs
        "not-running",
        "preference-changed-since",  # detail: what somebody else has set it to
        "limit-changed-since",  # detail: somebody else's limit in bytes, or infinity
        "limit-not-lower",  # detail: the limit that the unit already has
    ]
    name: str
    """Name of the unit."""
    detail: str = ""
    user: bool = False
    """Whether the user manager was asked."""


class UnitRefused(Exception):
    """Nothing was set for the unit."""

    def __init__(self, why: Refusal | FileProblem | ManagerProblem) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """The directives of our drop-in; None: not set by us."""

    oom_score_adjust: int | None = None
    """-999..1000 (systemd.exec(5))."""
    oom_policy: Policy | None = None
    """What happens to the unit when the kernel kills one of its processes (systemd.service(5))."""
    oomd: Oomd | None = None
    """ManagedOOMPreference: how systemd-oomd treats it (systemd.resource-control(5))."""

    @classmethod
    def of(cls, directives: Mapping[str, object]) -> UnitSettings:
        """Parse directives by systemd's names. A value that we couldn't have set counts as not set."""
        adjust = str(directives.get("OOMScoreAdjust", ""))
        value = int(adjust) if re.fullmatch("-?[0-9]{1,4}", adjust) else None
        return cls(
            value if value is not None and LOWEST <= value <= HIGHEST else None,
            POLICIES.get(str(directives.get("OOMPolicy", ""))),
            PREFERENCES.get(str(directives.get("ManagedOOMPreference", ""))),
        )

    @property
    def directives(self) -> dict[str, int | str]:
        """The directives that are set, by systemd's names and in a fixed order."""
        named: dict[str, int | str | None] = {
            "OOMScoreAdjust": self.oom_score_adjust,
            "OOMPolicy": self.oom_policy,
            "ManagedOOMPreference": self.oomd,
        }
        return {key: value for key, value in named.items() if value is not None}

    def over(self, earlier: UnitSettings) -> UnitSettings:
        """Fill what these settings leave open from the earlier ones."""
        values = {
            field.name: getattr(earlier, field.name) if getattr(self, field.name) is None else getattr(self, field.name)
            for field in fields(self)
        }
        return UnitSettings(**values)


def completed(name: str) -> str:
    """Append `.service` if the name has no type, as systemctl does."""
    return f"{name}.service" if name and name.rpartition(".")[2] not in _TYPES else name


def check_name(name: str) -> str:
    """Return the unit's name, with `.service` appended if it has no type. Raises UnitRefused."""
    name = completed(name)
    if not name.endswith(".service"):
        raise UnitRefused(Refusal("no-service", name))
    if name.partition("@")[1:] == ("@", ".service"):
        raise UnitRefused(Refusal("template", name))
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        raise UnitRefused(Refusal("no-unit-name", name))
    if name.startswith("user@"):
        raise UnitRefused(Refusal("user-manager", name))
    return name
