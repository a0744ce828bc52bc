"""Ask a service manager about one service, running or not, and reload it: for lasting changes.

`systemd.units` asks about units that are loaded anyway; here a unit is loaded for the question, and no answer
is an error.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal, Self

from jeepney import DBusAddress, Message, MessageFlag, message_bus, new_method_call

from oomtray.dbus.connection import Connection, error_of, signature_of
from oomtray.records import dataclass
from oomtray.systemd.units import MANAGER, NAME, PROPERTIES, manager_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_NOT_ALLOWED = frozenset(
    f"org.freedesktop.DBus.Error.{name}" for name in ("InteractiveAuthorizationRequired", "AccessDenied", "AuthFailed")
)
_RELOAD_SECONDS = 90.0  # same as systemctl's timeout
_PASSWORD_SECONDS = 300.0  # for a person to type one
_NO_LIMIT = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class ManagerProblem:
    """Why a manager has not answered or done what was asked."""

    id: Literal[
        "no-bus",
        "no-connection",
        "no-answer",
        "not-loaded",
        "not-told",
        "not-reloaded",
        "not-set",
        "not-allowed",
        "not-authorised",  # the password was not given
    ]
    uid: int | None
    """Whose manager it is; None for the system manager."""
    name: str = ""
    """The unit, for not-loaded, not-told, not-set, not-allowed and not-authorised."""
    detail: str = ""
    """What the manager said, in its own words."""


class ManagerError(Exception):
    """The manager can't be reached, or refuses."""

    def __init__(self, problem: ManagerProblem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service's properties in its manager. None if this version of systemd doesn't provide one."""

    name: str
    """The unit's own name, even if an alias was asked for."""
    load_state: str
    """loaded, not-found, masked, bad-setting, error."""
    transient: bool
    main_pid: int | None
    control_group: str | None
    """None also while it isn't running."""
    oom_policy: str | None
    oom_score_adjust: int | None
    """The value for its new processes."""
    oomd_preference: str | None
    fragment_path: str | None
    drop_in_paths: tuple[str, ...]
    """In order of precedence: a later one overrides earlier ones."""
    default_adjust: int | None
    """The value of services that set none (DefaultOOMScoreAdjust, systemd 250)."""
    unit_path: tuple[str, ...]
    """Directories in which this manager looks for units."""
    manager_pid: int | None
    names: tuple[str, ...]
    """All its names, including its own."""
    pam_name: str | None
    """The PAM service for which a session is opened (PAMName); None for most."""
    utmp_identifier: str | None
    """Only set for a getty (UtmpIdentifier)."""
    ends_with_main: bool = False
    """Whether it has a main process, with which systemd ends all others (KillMode, ExitType)."""


@dataclass(frozen=True, slots=True)
class LoadedUnit:
    """A service, scope or slice that its manager has loaded."""

    name: str
    found: bool
    """False if there is no such unit, although its name was loaded."""
    active: bool
    control_group: str | None
    oomd_preference: str | None
    """None if this version of systemd doesn't have it (before 248)."""
    tasks_accounting: bool | None
    memory_max: int | None
    """Bytes; None: no limit."""


class ServiceManager:
    """A connection to the system manager (`uid` None) or the user's own.

    Each call takes at most `timeout` seconds in total.
    """

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
            raise ManagerError(ManagerProblem("no-connection", uid)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def status(self, name: str) -> ServiceStatus:
        """Load a service by its full name and read its properties. Raises ManagerError."""
        manager = _get_all(MANAGER.object_path, "Manager")
        unit, service, manager, pid = self._properties(
            name, "Service", manager, message_bus.GetConnectionUnixProcessID(NAME), load=True
        )
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
            ends_with_main=bool(_value(service, "MainPID", "u"))
            and _value(service, "KillMode", "s") in ("control-group", "mixed")
            and _value(service, "ExitType", "s") != "cgroup",
        )

    def loaded(self, name: str, *, load: bool = False) -> LoadedUnit:
        """Read a service, scope or slice by its full name; `load` loads it if necessary. Raises ManagerError."""
        unit, own = self._properties(name, name.rpartition(".")[2].capitalize(), load=load)
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
        """Set ManagedOOMPreference until the next boot, or the end of a unit that was started manually.

        Raises ManagerError. The preference alone leaves the control group unchanged (252 to 261). If
        TasksAccounting is set with it, to its current value, systemd updates the group at once. A reload
        would too, but a reload of a user manager makes systemd-oomd stop watching user@UID.service (systemd
        issue 43174).
        """
        properties: list[tuple[str, tuple[str, object]]] = [("ManagedOOMPreference", ("s", preference))]
        if unit.tasks_accounting is not None:
            properties.append(("TasksAccounting", ("b", unit.tasks_accounting)))
        question = new_method_call(MANAGER, "SetUnitProperties", "sba(sv)", (unit.name, True, properties))
        (answer,) = self._ask([question], time.monotonic() + self._timeout)
        self._check_set(unit.name, answer)

    def set_memory_max(self, name: str, limit: int | None) -> None:
        """Set MemoryMax at once and permanently: systemd keeps it in a drop-in of its own. Raises ManagerError.

        For the system manager, polkit may ask for a password. `limit` in bytes, None: no limit.
        """
        properties = [("MemoryMax", ("t", _NO_LIMIT if limit is None else limit))]
        question = new_method_call(MANAGER, "SetUnitProperties", "sba(sv)", (name, False, properties))
        question.header.flags |= MessageFlag.allow_interactive_authorization
        (answer,) = self._ask([question], time.monotonic() + _PASSWORD_SECONDS)
        if error_of(answer) == "org.freedesktop.DBus.Error.AccessDenied" and self._uid is None:
            raise ManagerError(ManagerProblem("not-authorised", None, name, _error_text(answer)))
        self._check_set(name, answer)

    def reload(self) -> None:
        """Have the manager reread its files, and wait for it. Raises ManagerError."""
        (answer,) = self._ask([new_method_call(MANAGER, "Reload")], time.monotonic() + _RELOAD_SECONDS)
        if error_of(answer) is not None:
            raise ManagerError(ManagerProblem("not-reloaded", self._uid, detail=_error_text(answer)))

    def _properties(self, name: str, kind: str, *more: Message, load: bool) -> list[Message]:
        """Ask for all properties of a unit, those of its kind, and `more`; `load` loads it if necessary."""
        deadline = time.monotonic() + self._timeout
        (found,) = self._ask([new_method_call(MANAGER, "LoadUnit" if load else "GetUnit", "s", (name,))], deadline)
        if error_of(found) is not None or signature_of(found) != "o":
            raise ManagerError(ManagerProblem("not-loaded", self._uid, name, _error_text(found)))
        path = found.body[0]
        answers = self._ask([_get_all(path, "Unit"), _get_all(path, kind), *more], deadline)
        if error_of(answers[0]) is not None:
            raise ManagerError(ManagerProblem("not-told", self._uid, name, _error_text(answers[0])))
        return answers

    def _check_set(self, name: str, answer: Message) -> None:
        error = error_of(answer)
        if error is not None:
            why: Literal["not-allowed", "not-set"] = "not-allowed" if error in _NOT_ALLOWED else "not-set"
            raise ManagerError(ManagerProblem(why, self._uid, name, _error_text(answer)))

    def _ask(self, questions: list[Message], deadline: float) -> list[Message]:
        try:
            answers = self._connection.call_all(questions, max(0.0, deadline - time.monotonic()))
        except OSError as error:
            raise ManagerError(ManagerProblem("no-answer", self._uid)) from error
        self._connection.backlog.clear()
        return answers


def _get_all(path: str, interface: str) -> Message:
    return new_method_call(DBusAddress(path, NAME, PROPERTIES), "GetAll", "s", (f"{NAME}.{interface}",))


def _value(answer: Message, name: str, signature: str) -> Any:
    if signature_of(answer) != "a{sv}":
        return None
    found, value = answer.body[0].get(name, ("", None))
    return value if found == signature else None


def _error_text(answer: Message) -> str:
    """Return the text of a D-Bus error, which systemd's own tools show unchanged."""
    text = answer.body[0] if signature_of(answer).startswith("s") else error_of(answer)
    return str(text or signature_of(answer)).rstrip(".")
