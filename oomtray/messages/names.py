"""How processes and apps are called wherever a person reads of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr
from oomtray.text import printable, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, AppId, Risk
    from oomtray.risk.kill_event import Dead

THIS_PROGRAM = "OOM Tray"
_MOST = 1000
_apps: dict[tuple[str, int | None], tuple[str, frozenset[tuple[int, int]] | None]] = {}
"""The names that the window has found for apps: by key and uid, with the processes of which alone it is true."""
_processes: dict[tuple[int, int], str] = {}
"""Of processes: scripts, whose own name is that of their interpreter."""
_programs: dict[str, str] = {}
"""Of programs that bear their app's plain name; empty where two apps do."""


def learn_app(app: App | AppId, name: str, *, only: bool = False) -> None:
    """Call it so from now on, in every sentence of this program. `only`: as long as it has no other processes than now."""
    if len(_apps) >= _MOST:
        _apps.clear()
    members = getattr(app, "members", ()) if only else None
    _apps[app.key, app.uid] = name, None if members is None else frozenset(one.process.identity for one in members)


def learn_process(identity: tuple[int, int], name: str) -> None:
    if len(_processes) >= _MOST:
        _processes.clear()
    _processes[identity] = name


def learn_program(program: str, name: str) -> None:
    """A process of this name is called so from now on, as long as no other app has one of the same."""
    if len(_programs) >= _MOST:
        _programs.clear()
    known = _programs.setdefault(program.casefold(), name)
    if known != name:
        _programs[program.casefold()] = ""


def forget_app(app: App) -> None:
    _apps.pop((app.key, app.uid), None)


def forget_all() -> None:
    """What was learned of apps and processes."""
    _apps.clear()
    _processes.clear()
    _programs.clear()


def app_name(app: App | AppId) -> str:
    """Firefox; as the window has learned it, else by its unit or program."""
    name, only = _apps.get((app.key, app.uid), ("", None))
    if name and only is not None:
        members = getattr(app, "members", ())
        name = name if members and all(one.process.identity in only for one in members) else ""
    return name or printable(app.name)


def unit_name(unit: str) -> tuple[str, bool]:
    """Firefox for app-firefox-4200.scope, and that it is an app's; of another unit its own name."""
    from oomtray.risk.app_names import named_by

    named = named_by(f"/{unit}")
    if named is None or named.kind != "app":
        return printable(unit), False
    learned = (name for (key, _), (name, only) in _apps.items() if key == named.key and only is None)
    return next(learned, printable(named.name)), True


def container_of(runtime: str) -> str:
    """Below a container's name."""
    return tr("{runtime} container", runtime=runtime)


def process_name(name: str, pid: int) -> str:
    """Web Content (4242), Slack (4243); `name` empty: it isn't known."""
    return with_pid(_programs.get(name.casefold()) or printable(name), pid) if name else tr("Process {pid}", pid=pid)


def victim_name(victim: Dead) -> str:
    """What people call it, the app before the program; Process 4242 where it came and went before anybody read its name."""
    if victim.of_drill:
        return tr("The fire drill's program")
    return printable(victim.app or victim.name) or victim_process(victim)


def victim_process(victim: Dead) -> str:
    """Web Content (4242); of a group its name."""
    return printable(victim.name) if victim.pid is None else process_name(victim.name, victim.pid)


def with_pid(name: str, pid: int) -> str:
    """Web Content (4242), as the user's language writes it; `name` is printable."""
    return tr("{name} ({pid})", name=name, pid=pid)


def called(risk: Risk) -> str:
    """Web Content (4242); train.py (4242) once the window knows what an interpreter runs."""
    return called_process(risk.process)


def called_process(process: Process) -> str:
    """What a process is called where only its facts are known, as in `called`."""
    return with_pid(own_name(process), process.pid)


def own_name(process: Process) -> str:
    """Web Content; once the window knows: train.py for what an interpreter runs, Slack for slack."""
    return _processes.get(process.identity) or _programs.get(process.name.casefold()) or printable(process.name)


def title(assessment: Assessment, risk: Risk) -> str:
    """Firefox; the process's own name where it is shown under no app."""
    app = _app_of(assessment, risk)
    return own_name(risk.process) if app is None else app_name(app)


def full_name(assessment: Assessment, risk: Risk) -> str:
    """Firefox · Web Content (4242); the process alone where it bears its app's name."""
    app = _app_of(assessment, risk)
    own = called(risk)
    if app is None:
        return own
    if is_known_by_itself(app, risk.process):
        return own
    name = app_name(app)
    if app.name.casefold() == risk.process.name.casefold() and name != printable(app.name):
        return with_pid(name, risk.process.pid)
    if app.name.casefold() == risk.process.name.casefold() or own == with_pid(name, risk.process.pid):
        return own
    return f"{name} · {own}"


def told_name(assessment: Assessment, risk: Risk) -> str:
    """Firefox · Web Content: as a notification says it, where a number tells nothing. Also where apps weren't asked for."""
    from oomtray.risk.apps import app_of

    process, own = risk.process, own_name(risk.process)
    app = _app_of(assessment, risk) or app_of(process, {one.pid: one for one in assessment.snapshot.processes})
    if app is None or is_known_by_itself(app, process):
        return own
    name, plain = app_name(app), app.name.casefold()
    daemon = f"{plain}d"  # mysqld of mysql
    return name if own.casefold() in (name.casefold(), plain, daemon) else f"{name} · {own}"


def is_known_by_itself(app: App | AppId, process: Process) -> bool:
    """Return whether the process is a script whose name was learned, and its app is only called by the interpreter's name."""
    from oomtray.kernel.interpreters import is_interpreter

    return process.identity in _processes and is_interpreter(app.name) and app_name(app) == printable(app.name)


def each_once(assessment: Assessment, risks: Iterable[Risk], most: int) -> dict[str, Risk]:
    """By its name in a menu the first process that bears it: at most so many, in their order."""
    found: dict[str, Risk] = {}
    for risk in risks:
        found.setdefault(told_name(assessment, risk), risk)
        if len(found) == most:
            break
    return found


def with_size(name: str, risk: Risk) -> str:
    """Firefox · Web Content · 2.1 GiB."""
    return f"{name} · {size(risk.memory)}"


def _app_of(assessment: Assessment, risk: Risk) -> App | None:
    """The app that it is shown under; None where apps weren't asked for."""
    pid = risk.process.pid
    for app in assessment.apps:
        if app.key == risk.app and any(member.process.pid == pid for member in app.members):
            return app
    return None
