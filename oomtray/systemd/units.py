"""Ask systemd about units over D-Bus: the system manager and the user's own.

Queries change nothing and start nothing. Another user's manager can't be reached. Without systemd, or if it
doesn't answer in time, there are no facts: callers show what they know without them.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any, Literal

from jeepney import DBusAddress, Message, MessageFlag, new_method_call

from oomtray.dbus.connection import Connection, error_of, property_of, signature_of, system_address
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

OomPolicyName = Literal["continue", "stop", "kill"]

NAME = "org.freedesktop.systemd1"
MANAGER = DBusAddress("/org/freedesktop/systemd1", NAME, f"{NAME}.Manager")
PROPERTIES = "org.freedesktop.DBus.Properties"
_KEEP, _KEEP_UNKNOWN = 30.0, 2.0
"""Seconds for which facts are cached, and for which their absence is."""
_UNKNOWN_PROPERTY = "org.freedesktop.DBus.Error.UnknownProperty"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """Facts of a loaded unit. None if this version of systemd doesn't provide one."""

    oom_policy: OomPolicyName | None
    """What happens to the unit when one of its processes was killed for memory."""
    oom_score_adjust: int | None
    """oom_score_adj for new processes of a service; None for a scope, which sets none."""
    stops_with: int | None = None
    """PID of a service's main process if systemd ends all others after it; None if they would go on, or unknown."""


class UnitReader:
    """Ask for facts of loaded units over D-Bus, and cache them for a while.

    A call takes at most `timeout` seconds in total; a manager that did not answer isn't asked again for
    `patience` seconds. `addresses` returns a manager's bus address by uid (None: the system manager), None if
    it can't be reached.
    """

    def __init__(
        self,
        addresses: Callable[[int | None], str | None] | None = None,
        *,
        timeout: float = 1.0,
        patience: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._addresses = addresses or manager_address
        self._timeout = timeout
        self._patience = patience
        self._clock = clock
        self._connections: dict[int | None, Connection] = {}
        self._silent_until: dict[int | None, float] = {}
        self._known: dict[tuple[str, int | None], tuple[float, UnitFacts | None]] = {}
        self._versions: dict[int | None, int | None] = {}

    def facts(self, name: str, uid: int | None = None) -> UnitFacts | None:
        """Return the facts of a loaded service or scope; `uid` names its user manager, None is the system manager."""
        now = self._clock()
        until, known = self._known.get((name, uid), (0.0, None))
        if now < until:
            return known
        answers = self._ask_unit(name, uid, "OOMPolicy", "OOMScoreAdjust", "MainPID", "KillMode", "ExitType")
        facts = None if answers is None else _facts(name, *answers)
        if len(self._known) > 1000:  # scopes come and go
            self._known = {key: value for key, value in self._known.items() if now < value[0]}
        # at login a user manager connects to its bus later than this program
        self._known[name, uid] = now + (_KEEP if facts is not None else _KEEP_UNKNOWN), facts
        return facts

    def result(self, name: str, uid: int | None = None) -> str | None:
        """Return how a service or scope that is still loaded has ended: success, oom-kill, signal...; never cached."""
        answer = self._ask_unit(name, uid, "Result")
        return None if answer is None else property_of(answer[0], "s")

    def manager_version(self, uid: int | None = None) -> int | None:
        """Return the major version: 252."""
        if self._versions.get(uid) is None:
            question = property_call(MANAGER.object_path, "Manager", "Version")
            answer = self._ask(uid, [question], self._deadline())
            value = None if answer is None else property_of(answer[0], "s")
            found = re.match(r"v?(\d+)", value or "")
            self._versions[uid] = int(found[1]) if found else None
        return self._versions[uid]

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _ask_unit(self, name: str, uid: int | None, *properties: str) -> list[Message] | None:
        if not name.endswith((".service", ".scope")):
            return None
        deadline = self._deadline()
        found = self._ask(uid, [unit_call(name)], deadline)
        if found is None or signature_of(found[0]) != "o" or error_of(found[0]) is not None:
            return None
        path, kind = found[0].body[0], name.rpartition(".")[2].capitalize()
        return self._ask(uid, [property_call(path, kind, one) for one in properties], deadline)

    def _deadline(self) -> float:
        return time.monotonic() + self._timeout

    def _ask(self, uid: int | None, questions: list[Message], deadline: float) -> list[Message] | None:
        if self._clock() < self._silent_until.get(uid, 0.0):
            return None
        try:
            connection = self._connections.get(uid)
            if connection is None:
                address = self._addresses(uid)
                if address is None:
                    return None
                connection = self._connections[uid] = Connection(address, _left(deadline))
            answers = connection.call_all(questions, _left(deadline))
            connection.backlog.clear()
        except OSError:
            # otherwise a late answer would be taken for that to the next question
            connection = self._connections.pop(uid, None)
            if connection is not None:
                connection.close()
            self._silent_until[uid] = self._clock() + self._patience
            return None
        return answers


def manager_address(uid: int | None) -> str | None:
    """Return the address of the system manager's bus (None) or the user's own; None for another user's."""
    if uid is None:
        return system_address()
    if uid != os.geteuid():
        return None
    # not the session's bus, which may be one without systemd
    path = f"/run/user/{uid}/bus"
    return f"unix:path={path}" if os.path.exists(path) else None


def _facts(name: str, asked_policy: Message, asked_adjust: Message, *asked_main: Message) -> UnitFacts:
    policy = property_of(asked_policy, "s")
    if name.endswith(".scope") and error_of(asked_policy) == _UNKNOWN_PROPERTY:
        policy = "continue"  # older versions only act on services
    return UnitFacts(
        oom_policy=policy if policy in ("continue", "stop", "kill") else None,
        oom_score_adjust=property_of(asked_adjust, "i") if name.endswith(".service") else None,
        stops_with=_stops_with(*asked_main) if name.endswith(".service") else None,
    )


def _stops_with(asked_pid: Message, asked_mode: Message, asked_type: Message) -> int | None:
    """Read what systemd.kill(5) and ExitType= of systemd.service(5), which is new in 250, say of a killed main process."""
    ends_all = property_of(asked_mode, "s") in ("control-group", "mixed") and property_of(asked_type, "s") != "cgroup"
    return (property_of(asked_pid, "u") or None) if ends_all else None


def unit_call(name: str) -> Message:
    """Ask for the object path of a loaded unit."""
    return _call(MANAGER, "GetUnit", "s", (name,))


def property_call(path: str, interface: str, member: str) -> Message:
    """Ask for a property of the object at this path; `interface` is Manager, Service, Scope or Slice."""
    return _call(DBusAddress(path, NAME, PROPERTIES), "Get", "ss", (f"{NAME}.{interface}", member))


def _call(target: DBusAddress, method: str, signature: str, body: tuple[Any, ...]) -> Message:
    message = new_method_call(target, method, signature, body)
    message.header.flags = MessageFlag.no_auto_start
    return message


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
