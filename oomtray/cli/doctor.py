"""`doctor`: what works on this machine and desktop, what is missing, and how to fix it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from oomtray.cli import DONE, FAILED, add_json_option
from oomtray.messages.doctor import TITLES, title
from oomtray.messages.i18n import mark, tr
from oomtray.messages.system_errors import of_file
from oomtray.text import columns, pad, printable, wrap

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from oomtray.cli.terminal import Style, Terminal
    from oomtray.doctor.checks import Check, Finding, Place

LOAD_SECONDS = 30.0
"""Longest time for Qt to load from a cold disk."""
_LOAD = """
import importlib
try:
    importlib.import_module("PySide6.QtWidgets")
except ImportError as error:
    print(type(error).__name__, error.name or "", error, sep="\\n")
"""
_MARKS: dict[bool | None, tuple[str, str, str, Style]] = {
    # Translators: this and the next two say how a check ended: it is fine, it is a problem, or it can't be told.
    True: ("✓", "+", mark("ok"), "plain"),
    False: ("✗", "x", mark("problem"), "red"),
    None: ("–", "-", mark("note"), "dim"),
}
"""Sign, replacement if the encoding lacks it, word, style."""
_LEAST_ROOM = 20
"""Columns beside the title that a finding needs; with less it stands below."""
_TITLES = 19
"""Minimum columns for the titles of checks; a language may need more."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help=tr("show what works here, what is missing, and how to fix it"),
        description=tr(
            "Check what OOM Tray needs from this machine and desktop: tray, notifications, polkit, helper, memory pressure"
            " (PSI) and more. Changes nothing. Exit status: 0 nothing is missing, 1 something is."
        ),
    )
    add_json_option(parser)
    parser.set_defaults(run=run_doctor)


def run_doctor(arguments: Namespace) -> int:
    """Run the checks; FAILED if one found a problem, else DONE. Both print to standard output."""
    from oomtray.doctor import examine

    problems = 0

    def examined() -> Iterator[Check]:
        nonlocal problems
        for check in examine(qt=check_qt):
            problems += check.ok is False
            yield check

    if arguments.json:
        from oomtray.cli.as_json import SCHEMA, dumps

        print(dumps({"schema": SCHEMA, "checks": [as_json(check) for check in examined()]}))
    else:
        from oomtray.cli.terminal import Terminal

        terminal = Terminal.of()
        for line in as_text(examined(), terminal):
            print(line, flush=True)
    return FAILED if problems else DONE


def as_json(check: Check) -> dict[str, str | bool | None]:
    return {"id": check.id, "ok": check.ok, "says": check.says, "remedy": check.remedy}


def as_text(checks: Iterable[Check], terminal: Terminal) -> Iterable[str]:
    """Yield the lines of each check as it is done: sign and word, title, finding, remedy."""
    words = max(columns(tr(word)) for _, _, word, _ in _MARKS.values()) + 4
    titles = max(_TITLES, *(columns(title(name)) for name in TITLES)) + 2
    indent = words + titles
    narrow = terminal.columns is not None and terminal.columns - indent < _LEAST_ROOM
    if narrow:
        indent = 2
    width = None if terminal.columns is None else max(terminal.columns - indent, 1)
    for check in checks:
        sign, plain_sign, word, style = _MARKS[check.ok]
        state = terminal.styled(pad(f"{sign if _encodes(sign) else plain_sign} {tr(word)}", words), style)
        found = wrap(terminal.written(printable(check.says)), width)
        remedy = wrap(terminal.written(printable(check.remedy)), width) if check.remedy else []
        if narrow:
            yield f"{state}{check.title}"
        else:
            yield f"{state}{pad(check.title, titles)}{found.pop(0)}"
        for line in [*found, *remedy]:
            yield " " * indent + line


def check_qt(place: Place) -> Finding:
    """Check PySide6's version and whether it loads, in another process, because no text command loads Qt."""
    from importlib import metadata

    from oomtray.doctor.checks import found

    version = None
    for package in ("PySide6-Essentials", "PySide6"):
        try:
            version = metadata.version(package)
            break
        except metadata.PackageNotFoundError:
            continue
    if version == "6.12.0" and sys.version_info < (3, 12):
        command = "pip install 'PySide6-Essentials!=6.12.0'"
        return found(False, "qt-breaks-python", version=version, command=command)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _LOAD],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LOAD_SECONDS,
            env=dict(place.environ),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return found(None, "qt-slow", seconds=f"{LOAD_SECONDS:g}")
    except OSError as error:
        return found(None, "qt-untried", problem=of_file(error))
    if done.stdout:
        raised, name, message = done.stdout.rstrip("\n").split("\n", 2)
        kind = ModuleNotFoundError if raised == "ModuleNotFoundError" else ImportError
        return _missing(kind(message, name=name or None))
    if done.returncode:
        return found(False, "qt-crashes", status=done.returncode)
    return found(True, "qt-loads", version=version) if version else found(True, "qt-of-system")


def _missing(error: ImportError) -> Finding:
    from oomtray.desktop.qt_libraries import obstacle
    from oomtray.doctor.checks import found

    lacks = obstacle(error)
    match lacks.kind:
        case "no-pyside":
            return found(False, "qt-no-pyside", command=lacks.command)
        case "other":
            return found(False, "qt-other", problem=lacks.name)
    if lacks.packages:
        return found(False, "qt-packages", library=lacks.name, command=f"apt-get install {' '.join(lacks.packages)}")
    return found(False, "qt-no-library", library=lacks.name)


def _encodes(sign: str) -> bool:
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return os.environ.get("TERM") != "linux" or not sys.stdout.isatty()
