"""Ask a service manager for one service, whether it runs or not, and let it reload: for lasting changes.

`systemd.units` asks about units that are loaded anyway; here a unit is loaded to be asked about, and no answer is an error.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal, Self

from jeepney import DBusAddress, Message, MessageFlag, message_bus, new_method_call

from oomtray.dbus.connection import Connection, error_of, signature_of
from oomtray.records import dataclass
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_NAME = "org.freedesktop.systemd1"
_PATH = "/org/freedesktop/systemd1"
_MANAGER = DBusAddress(_PATH, _NAME, f"{_NAME}.Manager")
_NOT_ALLOWED = frozenset(
    f"org.freedesktop.DBus.Error.{name}" for name in ("InteractiveAuthorizationRequired", "AccessDenied", "AuthFailed")
)
_RELOAD_SECONDS = 90.0  # as systemctl waits for it
_PASSWORD_SECONDS = 300.0  # for a person to type one
_NO_LIMIT = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class ManagerProblem:
    """Why a manager has not told or done what it was asked for."""

    id: Literal[
        "no-bus",
        "no-connection",
        "no-answer",
        "not-loaded",
        "not-told",
        "not-reloaded",
        "not-set",
        "not-allowed",
        "not-authorised",  # whoever was asked for a password has not given it
    ]
    uid: int | None
    """Whose manager it is; None for the system's."""
    name: str = ""
    """The unit, with not-loaded, not-told, not-set, not-allowed and not-authorised."""
    detail: str = ""
    """What the system or the manager said, in its own words."""


class ManagerError(Exception):
    """The manager can't be reached, or refuses."""

    def __init__(self, problem: ManagerProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service as its manager has it. None where this version of systemd doesn't say."""

    name: str
    """The unit's own, where it was asked for by an alias."""
    load_state: str
    """loaded, not-found, masked, bad-setting, error."""
    transient: bool
    main_pid: int | None
    control_group: str | None
    """None also while it doesn't run."""
    oom_policy: str | None
    oom_score_adjust: int | None
    """What its new processes are to get."""
    oomd_preference: str | None
    fragment_path: str | None
    drop_in_paths: tuple[str, ...]
    """In the order in which they count: a later one overrides those before it."""
    default_adjust: int | None
    """What a service that sets none gets (DefaultOOMScoreAdjust, systemd 250)."""
    unit_path: tuple[str, ...]
    """Where this manager looks for units."""
    manager_pid: int | None
    names: tuple[str, ...]
    """All that it goes by, its own among them."""
    pam_name: str | None
    """The PAM service under which a session is opened for it (PAMName); None for most."""
    utmp_identifier: str | None
    """Set for a getty alone (UtmpIdentifier)."""


@dataclass(frozen=True, slots=True)
class LoadedUnit:
    """A service, scope or slice that its manager has in memory."""

    name: str
    found: bool
    """False where there is no such unit, though its name was loaded."""
    active: bool
    control_group: str | None
    oomd_preference: str | None
    """None where this version of systemd knows none (before 248)."""
    tasks_accounting: bool | None
    memory_max: int | None
    """Bytes; None: no limit."""


class ServiceManager:
    """The system's manager (`uid` None) or one's own. Each question takes at most `timeout` seconds in all."""

    def __init__(
        self,
        uid: int | None,
        *,
        addresses: Callable[[int | None], str | None] = manager_address,
        timeout: float = 5.0,
    ) -> None:
        """Raises ManagerError."""
        self._uid = uid
        self._timeout = timeout
        address = addresses(uid)
        if address is None:
            raise ManagerError(ManagerProblem("no-bus", uid))
        try:
            self._connection = Connection(address, timeout)
        except OSError as error:
            raise ManagerError(ManagerProblem("no-connection", uid, detail=_reason(error))) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def status(self, name: str) -> ServiceStatus:
        """Load a service, named in full, and read its properties. Raises ManagerError."""
        deadline = time.monotonic() + self._timeout
        (loaded,) = self._ask([new_method_call(_MANAGER, "LoadUnit", "s", (name,))], deadline)
        if error_of(loaded) is not None or signature_of(loaded) != "o":
            raise ManagerError(ManagerProblem("not-loaded", self._uid, name, _said(loaded)))
        path = loaded.body[0]
        unit, service, manager, pid = self._ask(
            [
                _get_all(path, "Unit"),
                _get_all(path, "Service"),
                _get_all(_PATH, "Manager"),
                message_bus.GetConnectionUnixProcessID(_NAME),
            ],
            deadline,
        )
        if error_of(unit) is not None:
            raise ManagerError(ManagerProblem("not-told", self._uid, name, _said(unit)))
        return ServiceStatus(
            name=_value(unit, "Id", "s") or name,
            load_state=_value(unit, "LoadState", "s") or "error",
            transient=bool(_value(unit, "Transient", "b")),
            main_pid=_value(service, "MainPID", "u") or None,
            control_group=_value(service, "ControlGroup", "s") or None,
            oom_policy=_value(service, "OOMPolicy", "s") or None,
            oom_score_adjust=_value(service, "OOMScoreAdjust", "i"),
            oomd_preference=_value(service, "ManagedOOMPreference", "s") or None,
            fragment_path=_value(unit, "FragmentPath", "s") or None,
            drop_in_paths=tuple(_value(unit, "DropInPaths", "as") or ()),
            default_adjust=_value(manager, "DefaultOOMScoreAdjust", "i"),
            unit_path=tuple(_value(manager, "UnitPath", "as") or ()),
            manager_pid=pid.body[0] if signature_of(pid) == "u" else None,
            names=tuple(_value(unit, "Names", "as") or ()),
            pam_name=_value(service, "PAMName", "s") or None,
            utmp_identifier=_value(service, "UtmpIdentifier", "s") or None,
        )

    def loaded(self, name: str, *, load: bool = False) -> LoadedUnit:
        """Of a service, scope or slice, named in full; `load`: also where it isn't in memory. Raises ManagerError."""
        deadline = time.monotonic() + self._timeout
        (found,) = self._ask([new_method_call(_MANAGER, "LoadUnit" if load else "GetUnit", "s", (name,))], deadline)
        if error_of(found) is not None or signature_of(found) != "o":
            raise ManagerError(ManagerProblem("not-loaded", self._uid, name, _said(found)))
        path, kind = found.body[0], name.rpartition(".")[2].capitalize()
        unit, own = self._ask([_get_all(path, "Unit"), _get_all(path, kind)], deadline)
        if error_of(unit) is not None:
            raise ManagerError(ManagerProblem("not-told", self._uid, name, _said(unit)))
        limit = _value(own, "MemoryMax", "t")
        return LoadedUnit(
            name=_value(unit, "Id", "s") or name,
            found=_value(unit, "LoadState", "s") != "not-found",
            active=_value(unit, "ActiveState", "s") in ("active", "activating", "reloading"),
            control_group=_value(own, "ControlGroup", "s") or None,
            oomd_preference=_value(own, "ManagedOOMPreference", "s") or None,
            tasks_accounting=_value(own, "TasksAccounting", "b"),
            memory_max=None if limit == _NO_LIMIT else limit,
        )

    def set_oomd_preference(self, unit: LoadedUnit, preference: str) -> None:
        """Until the next boot, or the end of a unit that somebody started by hand. Raises ManagerError.

        The preference alone leaves the control group as it was (252 to 261). With TasksAccounting, as it is, systemd goes
        over it at once. A reload would do so too, but one of a user's own manager makes systemd-oomd forget to watch
        user@UID.service (systemd issue 43174).
        """
        properties: list[tuple[str, tuple[str, object]]] = [("ManagedOOMPreference", ("s", preference))]
        if unit.tasks_accounting is not None:
            properties.append(("TasksAccounting", ("b", unit.tasks_accounting)))
        name = unit.name
        question = new_method_call(_MANAGER, "SetUnitProperties", "sba(sv)", (name, True, properties))
        (answer,) = self._ask([question], time.monotonic() + self._timeout)
        error = error_of(answer)
        if error is not None:
            why: Literal["not-allowed", "not-set"] = "not-allowed" if error in _NOT_ALLOWED else "not-set"
            raise ManagerError(ManagerProblem(why, self._uid, name, _said(answer)))

    def set_memory_max(self, name: str, limit: int | None) -> None:
        """At once and for good: it keeps that in a drop-in of its own. Of the system's manager polkit may ask for a password.

        `limit` in bytes, None: none. Raises ManagerError.
        """
        properties = [("MemoryMax", ("t", _NO_LIMIT if limit is None else limit))]
        question = new_method_call(_MANAGER, "SetUnitProperties", "sba(sv)", (name, False, properties))
        question.header.flags |= MessageFlag.allow_interactive_authorization
        (answer,) = self._ask([question], time.monotonic() + _PASSWORD_SECONDS)
        error = error_of(answer)
        if error is not None:
            denied = error == "org.freedesktop.DBus.Error.AccessDenied" and self._uid is None
            why: Literal["not-authorised", "not-allowed", "not-set"]
            why = "not-authorised" if denied else "not-allowed" if error in _NOT_ALLOWED else "not-set"
            raise ManagerError(ManagerProblem(why, self._uid, name, _said(answer)))

    def reload(self) -> None:
        """Let the manager read its files again; it has when this returns. Raises ManagerError."""
        (answer,) = self._ask([new_method_call(_MANAGER, "Reload")], time.monotonic() + _RELOAD_SECONDS)
        if error_of(answer) is not None:
            raise ManagerError(ManagerProblem("not-reloaded", self._uid, detail=_said(answer)))

    def _ask(self, questions: list[Message], deadline: float) -> list[Message]:
        try:
            answers = self._connection.call_all(questions, max(0.0, deadline - time.monotonic()))
        except OSError as error:
            raise ManagerError(ManagerProblem("no-answer", self._uid, detail=_reason(error))) from error
        self._connection.backlog.clear()
        return answers


def _get_all(path: str, interface: str) -> Message:
    target = DBusAddress(path, _NAME, "org.freedesktop.DBus.Properties")
    return new_method_call(target, "GetAll", "s", (f"{_NAME}.{interface}",))


def _value(answer: Message, name: str, signature: str) -> Any:
    if signature_of(answer) != "a{sv}":
        return None
    found, value = answer.body[0].get(name, ("", None))
    return value if found == signature else None


def _said(answer: Message) -> str:
    """The words of a D-Bus error, which systemd's own tools show as they are."""
    text = answer.body[0] if signature_of(answer).startswith("s") else error_of(answer)
    return str(text or signature_of(answer)).rstrip(".")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
