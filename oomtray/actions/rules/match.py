"""Find the first rule that matches a process. Pure, except for the callable that reads the command line."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.actions.rules.model import Rule
    from oomtray.kernel.snapshot import Process


@dataclass(frozen=True, slots=True)
class Candidate:
    """A process with everything that conditions test."""

    process: Process
    app: str | None
    """The app's key."""
    app_name: str | None
    unit: str | None
    user: str | None
    """Login name; None if the uid has none."""


def first_match(rules: Sequence[Rule], candidate: Candidate, command: Callable[[], str | None]) -> Rule | None:
    """Return the first matching rule. `command` reads the command line and is only called if a rule needs it."""
    for rule in rules:
        if matches(rule, candidate, command):
            return rule
    return None


def matches(rule: Rule, candidate: Candidate, command: Callable[[], str | None]) -> bool:
    """Whether every condition of the rule holds. Kernel threads, zombies and PID 1 never match."""
    process = candidate.process
    if process.kernel_thread or process.rss is None or process.pid == 1:
        return False
    if rule.process is not None and rule.process != process.name:
        return False
    if rule.user is not None and rule.user not in (candidate.user, str(process.uid)):
        return False
    if rule.app is not None and not _is_app(rule.app, candidate):
        return False
    if rule.exe is not None and not _is_exe(rule.exe, process.exe):
        return False
    if rule.unit is not None and not (candidate.unit is not None and fnmatchcase(candidate.unit, _glob(rule.unit))):
        return False
    if rule.command is not None:
        line = command()
        return line is not None and rule.command in line
    return True


def _is_app(wanted: str, candidate: Candidate) -> bool:
    """Compare with the app's key, its displayed name, or its desktop ID, whose last part is the key."""
    wanted = wanted.removesuffix(".desktop")
    known = {name.lower() for name in (candidate.app, candidate.app_name) if name}
    return wanted.lower() in known or wanted.rpartition(".")[2].lower() in known


def _is_exe(wanted: str, exe: str | None) -> bool:
    if exe is None:
        return False
    exe = exe.removesuffix(" (deleted)")  # the kernel appends this after an upgrade has replaced the file
    if wanted.endswith("*"):
        return exe.startswith(wanted[:-1])
    return exe == wanted


def _glob(pattern: str) -> str:
    """Escape all special characters of fnmatch except `*`."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
