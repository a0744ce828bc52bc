"""The commands: what they have in common. Each room beside this one adds its own with `add_parsers(commands)`.

A command's parser names the function that runs it, `set_defaults(run=function)`, which takes the parsed arguments and
returns the exit status. It raises `Failure` for what went wrong: `main` says it in one line on standard error.
Only the room of the command that was asked for is loaded, as a command is over before an unneeded import would be.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from oomtray import __version__
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

DONE = 0
FAILED = 1
"""The process is gone, the value was refused."""
USAGE = 2
NOT_AUTHORISED = 3
DISMISSED = 4
"""The user dismissed the dialog."""
NO_HELPER = 5
INTERRUPTED = 130
PIPE_CLOSED = 141
"""As a shell reports a program that SIGPIPE ended."""

DEBUG = "OOMTRAY_DEBUG"
"""Environment variable that, when not empty, shows the traceback of an error."""

ROOMS = {
    "list": "listing",
    "watch": "listing",
    "explain": "explain",
    "protect": "change",
    "deprioritize": "change",
    "reset": "change",
    "undo": "change",
    "rules": "rules",
    "unit": "unit",
    "doctor": "doctor",
}
"""Which module of this package holds a command."""


class Failure(Exception):
    """What a command could not do: names what and why, without a full stop, in one line."""

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


class Parser(argparse.ArgumentParser):
    """argparse with errors as one line; long options can't be abbreviated, so that a new one never breaks a script."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        raise Failure(f"{message.removeprefix('argument ')} (see {self.prog} --help)", USAGE)


def main(argv: Sequence[str], *, tray: Callable[[list[str]], int]) -> int:
    """Run the command in `argv` (without the program's name) and return its exit status.

    `tray` starts the desktop app with what stood after its name; it is handed in, as nothing here may know Qt.
    """
    answerable = _fill_standard_streams()
    _speak_any_name()
    if not answerable and list(argv[:1]) not in ([], ["tray"]):
        _complain("standard output is closed, so nothing could be answered and nothing was done")
        return FAILED
    try:
        status = _run(list(argv), tray)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        status = PIPE_CLOSED
    except Failure as failure:
        status = failure.status
        _complain(str(failure))
    except OSError as error:
        _drop_output()
        status = FAILED
        _complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
    except Exception as error:  # a defect of ours is one line too, as scripts read standard error
        status = FAILED
        _complain(f"unexpected {type(error).__name__}: {error} ({DEBUG}=1 shows where)")
    return status


def _run(argv: list[str], tray: Callable[[list[str]], int]) -> int:
    command = argv[0] if argv else "tray"
    if command not in ("tray", "-h", "--help", "--version", *ROOMS):
        what = (
            f"{command!r} stands before a command"
            if command.startswith("-")
            else f"unknown command {command!r}"
        )
        raise Failure(f"{what}; there are: tray, {', '.join(ROOMS)}", USAGE)
    parser = build_parser(None if command in {"-h", "--help"} else command)
    try:
        arguments = parser.parse_args(argv or ["tray"])
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    if command == "tray":
        return tray(argv[1:])
    run: Callable[[argparse.Namespace], int] = arguments.run
    return run(arguments)


def build_parser(command: str | None = None) -> Parser:
    """The parser of one command, or of all of them where `command` is None."""
    parser = Parser(
        prog="oomtray",
        description="Says which process the kernel kills when memory runs out, and changes that.",
        epilog="Without a command the tray app starts. Exit status: 0 done, 1 failed, 2 wrong usage, 3 not authorised,"
        " 4 dialog dismissed, 5 helper not installed.",
    )
    parser.add_argument("--version", action="version", version=f"oomtray {__version__}")
    commands = parser.add_subparsers(
        metavar="COMMAND",
        required=True,
        prog=parser.prog,  # what argparse would find out by formatting a help text first
    )
    commands.add_parser("tray", help="start the tray app (the default), or raise the one that runs")
    for room in dict.fromkeys(room for name, room in ROOMS.items() if command in {None, name}):
        _room(room).add_parsers(commands)
    return parser


def _room(name: str) -> ModuleType:
    from importlib import import_module

    return import_module(f"oomtray.cli.{name}")


def _fill_standard_streams() -> bool:
    """Whether there is anywhere to answer to.

    Whoever starts us may have closed one of the three: the next file that is opened would take its number, and what is
    meant for the terminal would go there.
    """
    for wanted in range(3):
        try:
            os.fstat(wanted)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, and those below are taken by now
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    if sys.stdout is not None:
        return True
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    return False


def _speak_any_name() -> None:
    """A name that the terminal's encoding lacks is shown as escapes instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _complain(message: str) -> None:
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exc()
    try:
        print(f"oomtray: {printable(message)}", file=sys.stderr, flush=True)
    except OSError:
        pass  # nobody listens


def _drop_output() -> None:
    """Send what is still buffered nowhere, or the interpreter would try once more at its end and complain itself."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
