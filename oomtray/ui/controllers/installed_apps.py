"""Finds the installed app that processes belong to, running or ended, or a generic icon for those that belong to none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.interpreters import is_interpreter
from oomtray.kernel.scripts import RunScript, program
from oomtray.risk.app_names import application_id, container_of, named_by
from oomtray.systemd.unit_names import unescape, unit_of

if TYPE_CHECKING:
    from oomtray.desktop.app_entries import AppEntries
    from oomtray.desktop.app_entry import AppEntry
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.judged import App, AppKind
    from oomtray.ui.qt.app_tiles import Sign

_DIGITS = frozenset("0123456789abcdef")
_RUNTIMES = {"libpod": "podman", "cri-containerd": "containerd", "crio": "CRI-O"}
_DATABASES = (
    *("mysql", "maria", "postgres", "redis", "valkey", "mongo", "clickhouse", "influx", "elasticsearch", "opensearch"),
    *("memcached", "cassandra", "neo4j", "couch", "etcd", "slapd", "sqlite"),
)
_MACHINES = ("qemu-", "VBoxHeadless", "VirtualBoxVM", "vmware-vmx", "firecracker", "cloud-hypervisor")
_SCRIPTS = (".py", ".sh", ".pl", ".rb", ".js", ".php", ".lua", ".R")


def path_of(process: Process) -> str | None:
    return process.unit_cgroup if process.unit_cgroup is not None else process.cgroup


def entry_of_app(entries: AppEntries, app: App) -> AppEntry | None:
    """Return the desktop entry of an app; None for system services, containers, and what runs in a terminal."""
    first = app.members[0].process
    found = _of_unit(entries, path_of(first))
    if found is not None:
        return found
    if app.kind == "app":
        return entries.of_program(None, app.name)  # its unit names it
    if app.kind == "service":
        if app.uid is None or _in_container(first):
            return None
        main = min((member.process for member in app.members), key=lambda process: process.pid)
        return _of_program(entries, main)
    same = next((member.process for member in app.members if program(member.process) == app.name), None)
    if same is not None:
        return _of_program(entries, same)
    return None if is_interpreter(app.name) else entries.of_program(None, app.name)


def entry_of_process(entries: AppEntries, process: Process) -> AppEntry | None:
    if process.kernel_thread or _in_container(process):
        return None
    unit = unit_of(path_of(process))
    found = _of_unit(entries, path_of(process))
    if found is not None or (unit is not None and unit.uid is None and unit.name.endswith(".service")):
        return found
    return _of_program(entries, process)


def entry_of_script(entries: AppEntries, run: RunScript) -> AppEntry | None:
    """Return the entry of an app whose program is itself a script, as with most apps written in Python."""
    path = run.script.path
    return entries.of_program(path, "") if path is not None and path.startswith("/") else None


def container(process: Process) -> tuple[str, str] | None:
    """Return the runtime and the 64-digit id of the process's container, or None without such an id."""
    path = path_of(process) or ""
    if container_of(path) is None:
        return None
    parts = path.split("/")
    for at in range(len(parts) - 1, -1, -1):
        named, _, id_ = parts[at].removesuffix(".scope").rpartition("-")
        if len(id_) == 64 and _DIGITS.issuperset(id_):
            runtime = named or (parts[at - 1] if at else "") or "container"
            return _RUNTIMES.get(runtime, runtime), id_
    return None


def is_database(name: str) -> bool:
    return name.casefold().startswith(_DATABASES)


def sign_of(name: str, kind: AppKind | None, process: Process) -> Sign:
    """Return the generic icon for a process, or for an app if `kind` is given."""
    if name.startswith("machine-qemu") or program(process).startswith(_MACHINES):
        return "machine"
    if _in_container(process):
        return "container"
    if kind != "app" and is_database(name):
        return "database"
    if kind == "session" or is_interpreter(program(process)):
        return "terminal"
    named = named_by(path_of(process)) if kind is None else None
    return "service" if "service" in (kind, named and named.kind) or process.kernel_thread else "letter"


def _of_unit(entries: AppEntries, path: str | None) -> AppEntry | None:
    if path is None or container_of(path) is not None:
        return None
    unit = unit_of(path)
    if unit is None or named_by(path) is None:
        return None
    id_ = application_id(unit.name)
    if id_ is None and unit.uid is not None and unit.name.endswith(".service"):
        id_ = unescape(unit.name.removesuffix(".service").partition("@")[0])  # org.gnome.Shell@wayland.service
    return None if not id_ else entries.of_id(id_)


def _of_program(entries: AppEntries, process: Process) -> AppEntry | None:
    """Find the entry by executable; an interpreter is never the app that it runs."""
    return None if is_interpreter(program(process)) else entries.of_program(process.exe, process.name)


def _in_container(process: Process) -> bool:
    path = path_of(process)
    return path is not None and container_of(path) is not None


class Ended(NamedTuple):
    """What is still known of an ended process; a log gives only its name."""

    name: str
    """The process name as the kernel has it."""
    app: str | None = None
    unit: str | None = None
    exe: str | None = None
    """Path of its executable."""

    @property
    def shown(self) -> str:
        return self.app or self.name


def entry_of_ended(entries: AppEntries, ended: Ended) -> AppEntry | None:
    """Find the desktop entry by unit, then by executable, then by name."""
    unit = ended.unit
    if unit is not None:
        if container_of(unit) is not None:
            return None
        service = unit.endswith(".service")
        id_ = application_id(unit) or (unescape(unit.removesuffix(".service").partition("@")[0]) if service else None)
        found = entries.of_id(id_) if id_ else None
        if found is not None or service:
            return found
    named = [name for name in (ended.name, ended.app) if name and not is_interpreter(name)]
    program = ended.exe if ended.exe and not is_interpreter(ended.exe.rpartition("/")[2]) else None
    found = entries.of_program(program, "") if program else None
    return found or next((entry for name in named if (entry := entries.of_program(None, name)) is not None), None)


def sign_of_ended(ended: Ended) -> Sign:
    unit = ended.unit or ""
    if container_of(unit) is not None:
        return "container"
    if is_database(ended.shown):
        return "database"
    if unit.endswith(".service") and application_id(unit) is None:
        return "service"
    return "terminal" if is_interpreter(ended.name) or ended.name.endswith(_SCRIPTS) else "letter"
