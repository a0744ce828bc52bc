"""`doctor`: what works on this machine and desktop, what is missing, and how to mend it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from oomtray.cli import DONE, add_json_option
from oomtray.messages.i18n import tr
from oomtray.text import pad, printable, wrap

if TYPE_CHECKING:
    import argparse
    from argparse import Namespace
    from collections.abc import Iterable

    from oomtray.cli.terminal import Style, Terminal
    from oomtray.doctor.checks import Check, Place

SCHEMA = 1
LOAD_SECONDS = 30.0
"""How long Qt may take to load, from a cold disk."""
_LOAD = (
    "try: import PySide6.QtWidgets\n"
    "except ImportError as error: print(error.name or '', error, sep=chr(10))"
)
_MARKS: dict[bool | None, tuple[str, str, str, Style]] = {
    True: ("✓", "+", "ok", "plain"),
    False: ("✗", "x", "problem", "red"),
    None: ("–", "-", "note", "dim"),
}
"""Sign, sign where the encoding lacks it, word, style. `note`: it can't be told, or does not apply."""


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help=tr("show what works here, what is missing, and how to fix it"),
        description=tr(
            "Check what OOM Tray needs from this machine and desktop: tray, notifications, polkit, helper, memory pressure"
            " (PSI) and more. Changes nothing."
        ),
    )
    add_json_option(parser)
    parser.set_defaults(run=run_doctor)


def run_doctor(arguments: Namespace) -> int:
    """Done is done: what is missing is said in the answer, not in the exit status."""
    from oomtray.doctor import examine

    checks = examine(qt=check_qt)
    if arguments.json:
        import json

        print(
            json.dumps({"schema": SCHEMA, "checks": [as_json(check) for check in checks]}, ensure_ascii=True)
        )
    else:
        from oomtray.cli.terminal import Terminal

        terminal = Terminal.of()
        for line in as_text(checks, terminal):
            print(line, flush=True)
    return DONE


def as_json(check: Check) -> dict[str, str | bool | None]:
    return {"id": check.id, "ok": check.ok, "says": check.says, "remedy": check.remedy}


def as_text(checks: Iterable[Check], terminal: Terminal) -> Iterable[str]:
    """Each check as it is done: a sign and a word, what it is about, what was found, what to do."""
    width = None if terminal.columns is None else max(terminal.columns - _INDENT, 20)
    for check in checks:
        sign, plain_sign, word, style = _MARKS[check.ok]
        mark = terminal.styled(pad(f"{sign if _encodes(sign) else plain_sign} {word}", 11), style)
        said = wrap(terminal.written(printable(check.says)), width)
        yield f"{mark}{pad(check.title, 21)}{said[0]}"
        told = wrap(terminal.written(printable(check.remedy)), width) if check.remedy else []
        for line in [*said[1:], *told]:
            yield " " * _INDENT + line


_INDENT = 32


def check_qt(place: Place) -> Check:
    """PySide6's version, and whether it loads: tried in another process, as no text command loads it."""
    from importlib import metadata

    from oomtray.cli.qt import explain_import_error
    from oomtray.doctor.checks import found

    version = None
    for package in ("PySide6-Essentials", "PySide6"):
        try:
            version = metadata.version(package)
            break
        except metadata.PackageNotFoundError:
            continue
    if version == "6.12.0" and sys.version_info < (3, 12):
        return found(
            False,
            "PySide6 6.12.0 ends this Python by and by: it loses references to True and None",
            "Install another version: pip install 'PySide6-Essentials!=6.12.0'",
        )
    try:
        done = subprocess.run(
            [sys.executable, "-c", _LOAD],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LOAD_SECONDS,
            env=dict(place.environ),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return found(None, f"does not load within {LOAD_SECONDS:g} seconds")
    except OSError as error:
        return found(None, f"could not be tried: {error.strerror}")
    name, _, message = done.stdout.rstrip("\n").partition("\n")
    if message:
        kind = ModuleNotFoundError if message.startswith("No module named") else ImportError
        says, _, remedy = str(explain_import_error(kind(message, name=name or None))).partition(": ")
        return found(False, says, remedy or None)
    if done.returncode:
        return found(
            False, f"loading it ends Python with status {done.returncode}", "Install PySide6-Essentials anew."
        )
    return found(True, f"PySide6 {version}" if version else "PySide6 of the system")


def _encodes(sign: str) -> bool:
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return os.environ.get("TERM") != "linux" or not sys.stdout.isatty()
