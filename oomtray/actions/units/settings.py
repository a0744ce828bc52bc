"""What may be set for a unit, and which units may be set at all."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.file_access import FileProblem
    from oomtray.systemd.manager import ManagerProblem

LOWEST, HIGHEST = -999, 1000
Policy = Literal["continue", "stop", "kill"]
Oomd = Literal["none", "avoid", "omit"]
POLICIES: dict[str, Policy] = {"continue": "continue", "stop": "stop", "kill": "kill"}
PREFERENCES: dict[str, Oomd] = {"none": "none", "avoid": "avoid", "omit": "omit"}

_TYPES = ("service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope")
_LONGEST = 253  # with `.d` a file name of 255 bytes
# A plain service or one instance, which may have an @ in it: with a dash before the dot a drop-in belongs to every unit that starts so, and to
# x@.service belongs each of its instances (systemd.unit(5)).
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9:_.\\-]*[A-Za-z0-9:_.\\])?(?:@[A-Za-z0-9:_.@\\-]+)?\.service")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit can't be given a drop-in of ours, or not this one."""

    id: Literal[
        "no-service",
        "template",
        "no-unit-name",
        "user-manager",  # all that its user starts would inherit the value
        "no-unit",  # the manager that was asked doesn't have it
        "masked",
        "unloadable",  # detail: systemd's load state
        "transient",
        "unread-directory",  # detail: where the drop-in would lie, and the manager doesn't look
        "not-ours",  # detail: the path of a file that is not of OOM Tray
        "objection",  # detail: what systemd has against the drop-in, in its own words
        "changed-since",  # detail: the path of our drop-in
        "not-exact",  # detail: the path of our drop-in, which held more than we write before it was changed
        "no-process-group",  # neither a service nor a scope
        "all-of-a-user",  # the user's own manager, with all that it runs
        "not-running",
        "preference-changed-since",  # detail: what somebody else has set it to
        "limit-changed-since",  # detail: the same, in bytes, or infinity
        "limit-not-lower",  # detail: as much may it use already
    ]
    name: str
    """The unit."""
    detail: str = ""
    user: bool = False
    """The user's own manager was asked."""


class UnitRefused(Exception):
    """Nothing is set for the unit."""

    def __init__(self, why: Refusal | FileProblem | ManagerProblem) -> None:
        super().__init__(why)
        self.why = why


class NoService(UnitRefused):
    """What was named isn't a service, or not one alone."""


class NoSuchUnit(UnitRefused):
    """The manager that was asked doesn't have it."""


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """The directives of our drop-in; None: not set by us."""

    oom_score_adjust: int | None = None
    """-999..1000 (systemd.exec(5))."""
    oom_policy: Policy | None = None
    """What one death by the kernel does to the unit (systemd.service(5))."""
    oomd: Oomd | None = None
    """ManagedOOMPreference: how systemd-oomd treats it (systemd.resource-control(5))."""

    @classmethod
    def of(cls, directives: Mapping[str, object]) -> UnitSettings:
        """By the names that systemd uses. What could not be set by us counts as not set."""
        adjust = str(directives.get("OOMScoreAdjust", ""))
        value = int(adjust) if re.fullmatch("-?[0-9]{1,4}", adjust) else None
        return cls(
            value if value is not None and LOWEST <= value <= HIGHEST else None,
            POLICIES.get(str(directives.get("OOMPolicy", ""))),
            PREFERENCES.get(str(directives.get("ManagedOOMPreference", ""))),
        )

    @property
    def directives(self) -> dict[str, int | str]:
        """By the names that systemd uses, in a fixed order."""
        named: dict[str, int | str | None] = {
            "OOMScoreAdjust": self.oom_score_adjust,
            "OOMPolicy": self.oom_policy,
            "ManagedOOMPreference": self.oomd,
        }
        return {key: value for key, value in named.items() if value is not None}

    def over(self, earlier: UnitSettings) -> UnitSettings:
        """These settings, and of the earlier ones what these leave open."""
        values = {
            field.name: getattr(earlier, field.name) if getattr(self, field.name) is None else getattr(self, field.name)
            for field in fields(self)
        }
        return UnitSettings(**values)


def completed(name: str) -> str:
    """With `.service` where it has no type, as systemctl does it."""
    return f"{name}.service" if name and name.rpartition(".")[2] not in _TYPES else name


def check_name(name: str) -> str:
    """The unit's name, `.service` added where it has no type. Raises NoService."""
    name = completed(name)
    if not name.endswith(".service"):
        raise NoService(Refusal("no-service", name))
    if name.partition("@")[1:] == ("@", ".service"):
        raise NoService(Refusal("template", name))
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        raise NoService(Refusal("no-unit-name", name))
    if name.startswith("user@"):
        raise NoService(Refusal("user-manager", name))
    return name
