"""Why the tray or a command can't start, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import joined, tr
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.desktop.qt_libraries import Obstacle
    from oomtray.kernel.cgroups import NoMemoryCgroup


def no_screen() -> str:
    return tr(
        "there is no screen for the tray: neither DISPLAY nor WAYLAND_DISPLAY is set"
        " (text commands, such as oomtray list, need none)"
    )


def no_answer(screens: Sequence[str]) -> str:
    """Say that no screen answers; `screens` are variables with values, such as DISPLAY=:1."""
    return tr(
        "no screen answers at {screens} (text commands, such as oomtray list, need none)",
        screens=joined([printable(screen) for screen in screens]),
    )


def no_platform(asked: str, there: Sequence[str]) -> str:
    return tr(
        "QT_QPA_PLATFORM={platform} names no platform that Qt has; it has {platforms}",
        platform=printable(asked),
        platforms=joined(there),
    )


def qt_failed(why: str) -> str:
    """Say that Qt has given up; `why` are its own words."""
    return tr(
        "the tray can't be shown: {error} (text commands, such as oomtray list, need no screen)", error=printable(why)
    )


def not_started(obstacle: Obstacle) -> str:
    """Say in one line what is missing, and how to get it."""
    if obstacle.kind in ("no-pyside", "no-module"):
        return tr(
            "the tray needs {module}, which is not installed: {command}"
            " (text commands, such as oomtray list, work without it)",
            module=obstacle.name,
            command=obstacle.command,
        )
    if obstacle.kind == "other":
        return tr("the tray can't be loaded: {error}", error=printable(obstacle.name))
    if obstacle.packages:
        return tr(
            "Qt can't be loaded because {library} is missing: {command}",
            library=printable(obstacle.name),
            command=f"apt-get install {' '.join(obstacle.packages)}",
        )
    return tr(
        "Qt can't be loaded because {library} is missing: install the package that contains it",
        library=printable(obstacle.name),
    )


def lacks(obstacle: Obstacle) -> str:
    """Say that a command needs a missing module."""
    return tr(
        "this needs {module}, which is not installed: {command}", module=obstacle.name, command=obstacle.command
    )


def no_memory_cgroup(error: NoMemoryCgroup) -> str:
    path = printable(error.path)
    match error.why:
        case "not-mounted":
            return tr("no memory cgroups are mounted here")
        case "no-cgroup":
            return tr("there is no memory cgroup {path}", path=path)
        case "no-limit":
            return tr("neither the cgroup {path} nor one above it has a memory limit", path=path)
