"""The names of processes and apps wherever a person reads them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_c, tr_n
from oomtray.messages.numbers import bounded
from oomtray.risk.following import owner, shown_app
from oomtray.text import is_called, name_shown, printable

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, AppId, Risk
    from oomtray.risk.kill_event import Dead, KillEvent

THIS_PROGRAM = "OOM Tray"
_MOST = 1000
_apps: dict[tuple[str, int | None], tuple[str, frozenset[tuple[int, int]] | None]] = {}
"""Display names that the window has found for apps, by key and uid.

With the only processes for which a name holds, if it is limited to some.
"""
_processes: dict[tuple[int, int], str] = {}
"""Names of processes: scripts, whose own name is their interpreter's."""
_programs: dict[str, str] = {}
"""Display names of programs that have their app's plain name; empty if two apps have such a program."""


def this_container() -> str:
    """Name, at the beginning of a sentence, the cgroup that is the root of ours: only a container's has a limit."""
    return tr("This container")


def learn_app(app: App | AppId, name: str, *, only: bool = False) -> None:
    """Use this name from now on in all sentences; with `only`, until the app has processes other than now."""
    if len(_apps) >= _MOST:
        _apps.clear()
    members = getattr(app, "members", ()) if only else None
    _apps[app.key, app.uid] = name, None if members is None else frozenset(one.process.identity for one in members)


def learn_process(identity: tuple[int, int], name: str) -> None:
    if len(_processes) >= _MOST:
        _processes.clear()
    _processes[identity] = name


def learn_program(program: str, name: str) -> None:
    """Use this name for processes of a program, unless another app has a program of the same name."""
    if len(_programs) >= _MOST:
        _programs.clear()
    known = _programs.setdefault(program.casefold(), name)
    if known != name:
        _programs[program.casefold()] = ""


def forget_app(app: App) -> None:
    _apps.pop((app.key, app.uid), None)


def forget_all() -> None:
    _apps.clear()
    _processes.clear()
    _programs.clear()


def app_name(app: App | AppId) -> str:
    """Return an app's name, such as Firefox: as learned by the window, else from its unit or program."""
    name, only = _apps.get((app.key, app.uid), ("", None))
    if only is not None:
        members = getattr(app, "members", ())
        name = name if members and all(one.process.identity in only for one in members) else ""
    return name or name_shown(app.name)


def unit_name(unit: str) -> tuple[str, bool]:
    """Return Firefox for app-firefox-4200.scope, and whether it is an app; for other units their own name."""
    from oomtray.risk.app_names import named_by

    named = named_by(f"/{unit}")
    if named is None or named.kind != "app":
        return printable(unit), False
    return recorded_app_name(named.key, named.name), True


def recorded_app_name(key: str, name: str) -> str:
    """Return the name of an app of which no more than key and plain name are known, as `app_name` does."""
    learned = (shown for (known, _), (shown, only) in _apps.items() if known == key and only is None)
    return next(learned, printable(name))


def container_of(runtime: str) -> str:
    """Return the text below a container's name."""
    return tr("{runtime} container", runtime=runtime)


def process_name(name: str, pid: int) -> str:
    """Return a name like Web Content (4242) or Slack (4243); an empty `name` means it is unknown."""
    return with_pid(program_name(name), pid) if name else tr("Process {pid}", pid=pid)


def victim_name(victim: Dead) -> str:
    """Return a victim's display name, the app before the program; Process 4242 if its name was never read."""
    if victim.of_drill:
        return tr("The fire drill's program")
    return program_name(victim.app or victim.name) or victim_process(victim)


def victim_process(victim: Dead) -> str:
    """Return a victim's name like Web Content (4242); for a group, its name."""
    return printable(victim.name) if victim.pid is None else process_name(victim.name, victim.pid)


def as_victims(event: KillEvent, names: str) -> str:
    """Return the joined names of a kill's victims as they stand in a sentence: as apps, as processes, or as neither."""
    if not names or any(victim.of_drill for victim in event.victims):
        return names
    if all(victim.app for victim in event.victims):
        return as_apps(names)
    processes = all(victim.name and victim.pid is not None and not victim.app for victim in event.victims)
    return as_processes(names) if processes and event.outcome != "one-of" else names


def as_apps(names: str) -> str:
    """Return joined names of apps as they stand in a sentence; some languages say there that they are apps."""
    return tr_c("apps", "{names}", names=names)


def as_processes(names: str, count: int = 1) -> str:
    """Return joined names of processes as they stand in a sentence; some languages say there that they are processes.

    A `count` is that of the processes that share one name.
    """
    if count > 1:
        return tr_n("{count} process of {name}", "{count} processes of {name}", count, name=names)
    return tr_c("processes", "{names}", names=names)


def as_units(names: str) -> str:
    """Return joined names of units as they stand in a sentence; some languages say there that they are units."""
    return tr_c("units", "{names}", names=names)


def with_pid(name: str, pid: int) -> str:
    """Return a name like Web Content (4242), as written in the user's language; `name` must be printable."""
    return tr("{name} ({pid})", name=name, pid=pid)


def with_note(name: str, note: str) -> str:
    """Return a name like Python (root), as written in the user's language; `name` must be printable."""
    return tr("{name} ({note})", name=name, note=note)


def called(risk: Risk) -> str:
    """Return a process's name like Web Content (4242), or train.py (4242) if a script's name was learned."""
    return called_process(risk.process)


def called_process(process: Process) -> str:
    """Return what `called` returns, for a process without a Risk."""
    return with_pid(own_name(process), process.pid)


def own_name(process: Process) -> str:
    """Return a process's name: Web Content, or, if learned, train.py for an interpreter, Slack for slack."""
    return _processes.get(process.identity) or _programs.get(process.name.casefold()) or name_shown(process.name)


def program_name(name: str) -> str:
    """Return the name of a process of which nothing else is known: Web Content, or, if learned, Slack for slack."""
    return _programs.get(name.casefold()) or printable(name)


def title(assessment: Assessment, risk: Risk) -> str:
    """Return the name of a process's app, such as Firefox; its own if it is shown under no app."""
    app = shown_app(assessment, risk)
    return own_name(risk.process) if app is None else app_name(app)


def full_name(assessment: Assessment, risk: Risk) -> str:
    """Return Firefox · Web Content (4242), or the process alone if it is called like its app."""
    app = shown_app(assessment, risk)
    own = called(risk)
    if app is None:
        return own
    if is_known_by_itself(app, risk.process):
        return own
    name, process = app_name(app), risk.process
    if _runs_script(app, process):
        return with_pid(name, process.pid)
    alike = is_called(process.name, app.name)
    if alike and (name != name_shown(app.name) or len(process.name) < len(app.name)):
        return with_pid(name, process.pid)
    if alike or own == with_pid(name, process.pid):
        return own
    return f"{name} · {own}"


def told_name(assessment: Assessment, risk: Risk, apart: Container[tuple[int, int]] = ()) -> str:
    """Return Firefox · Web Content, as in notifications, where a PID says nothing unless the process is one of `apart`.

    Also works without apps in the assessment.
    """
    process = risk.process
    return set_apart(told_process(process, owner(assessment, risk)), process, apart)


def brief_name(assessment: Assessment, risk: Risk) -> str:
    """Return the end of what `told_name` returns: Web Content, or the app's name for a process that is called like it."""
    process, app = risk.process, owner(assessment, risk)
    if app is None or is_known_by_itself(app, process) or not _is_called_like(app, process):
        return own_name(process)
    return app_name(app)


def set_apart(name: str, process: Process, apart: Container[tuple[int, int]]) -> str:
    """Return a name with the PID if the process is one of those that `alike` has found."""
    return with_pid(name, process.pid) if process.identity in apart else name


def alike(assessment: Assessment, processes: Iterable[Process], *, scripts: bool = False) -> frozenset[tuple[int, int]]:
    """Return the identities of those that would be told under the name of another app's process among them.

    With `scripts`, what an interpreter runs counts as an app each.
    """
    from oomtray.kernel.interpreters import is_interpreter
    from oomtray.risk.apps import app_of

    table = {one.pid: one for one in assessment.snapshot.processes}
    grouped = {one.process.identity: app for app in assessment.apps for one in app.members}
    owners: defaultdict[str, defaultdict[Hashable, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
    for process in processes:
        app = grouped.get(process.identity) or app_of(process, table)
        key = process.identity if app is None else (app.key, app.uid)
        holder = process.identity if app is None or (scripts and is_interpreter(app.name)) else key
        shown: dict[str, Hashable] = {} if app is None else {app_name(app).casefold(): key}
        shown |= {told_process(process, app).casefold(): holder, own_name(process).casefold(): holder}
        for name, whose in shown.items():
            owners[name][whose].add(process.identity)
    return frozenset(identity for found in owners.values() if len(found) > 1 for ones in found.values() for identity in ones)


def told_process(process: Process, app: App | AppId | None) -> str:
    """Return what `told_name` returns, of a process whose app is known."""
    own = own_name(process)
    if app is None or is_known_by_itself(app, process):
        return own
    return app_name(app) if _is_called_like(app, process) else f"{app_name(app)} · {own}"


def _is_called_like(app: App | AppId, process: Process) -> bool:
    own, plain = own_name(process), app.name.casefold()
    daemon = f"{plain}d"  # mysqld of mysql
    return own.casefold() in (app_name(app).casefold(), plain, daemon) or is_called(own, app.name) or _runs_script(app, process)


def _runs_script(app: App | AppId, process: Process) -> bool:
    """Whether the app is a script and the process its interpreter, not what that has started."""
    from oomtray.kernel.interpreters import is_interpreter

    return app.kind == "executable" and app.key != app.name and is_interpreter(process.name)


def is_known_by_itself(app: App | AppId, process: Process) -> bool:
    """Whether the process is a script whose name was learned, and its app is named only after the interpreter."""
    from oomtray.kernel.interpreters import is_interpreter

    return process.identity in _processes and is_interpreter(app.name) and app_name(app) == name_shown(app.name)


def with_memory(app: App) -> str:
    """Return Firefox · 2.1 GiB, with ≤ if that is an upper bound."""
    return f"{app_name(app)} · {bounded(app.memory, exact=app.memory_exact)}"
