"""The rule that a process gets: the first that matches it. Pure, but that reading its command line is handed in."""

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
    """A process with what the conditions of rules are about."""

    process: Process
    app: str | None
    """The app's key."""
    app_name: str | None
    unit: str | None
    user: str | None
    """Login name; None where the uid has none."""


def first_match(rules: Sequence[Rule], candidate: Candidate, command: Callable[[], str | None]) -> Rule | None:
    """The rule for this process. `command` reads its command line, and is asked only where a rule needs it."""
    for rule in rules:
        if matches(rule, candidate, command):
            return rule
    return None


def matches(rule: Rule, candidate: Candidate, command: Callable[[], str | None]) -> bool:
    """Whether every condition of the rule holds. Kernel threads, zombies and pid 1 match nothing."""
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
    """By key, by shown name, or by desktop id, whose last part is the key."""
    wanted = wanted.removesuffix(".desktop")
    known = {name.lower() for name in (candidate.app, candidate.app_name) if name}
    return wanted.lower() in known or wanted.rpartition(".")[2].lower() in known


def _is_exe(wanted: str, exe: str | None) -> bool:
    if exe is None:
        return False
    exe = exe.removesuffix(" (deleted)")  # as the kernel shows a program whose file was replaced by an upgrade
    if wanted.endswith("*"):
        return exe.startswith(wanted[:-1])
    return exe == wanted


def _glob(pattern: str) -> str:
    """Only `*` is special in a rule: brackets and question marks stand for themselves."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
