"""The commands: what they share. Each module beside this one adds its own commands with `add_parsers(commands)`.

A command's parser names the function that runs it, `set_defaults(run=function)`, which takes the parsed
arguments and returns the exit status. It raises `Failure` for an error, which `main` prints in one line on
standard error. Only the module of the requested command is imported, because unneeded imports would take a
good part of a command's time.
"""

from __future__ import annotations

import argparse
import codecs
import errno
import os
import re
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from oomtray import __version__
from oomtray.messages.i18n import joined, tr
from oomtray.text import printable, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

DONE = 0
FAILED = 1
"""The process is gone, or the value was refused."""
USAGE = 2
NOT_AUTHORIZED = 3
DISMISSED = 4
"""The user dismissed the dialog."""
NO_HELPER = 5
FITS_AFTER = 6
"""That much memory would fit only after something has ended."""
FITS_NOT = 7
INTERRUPTED = 130
PIPE_CLOSED = 141
"""Exit status that a shell reports for a program ended by SIGPIPE."""

DEBUG = "OOMTRAY_DEBUG"
"""Environment variable that shows the traceback of an error, if not empty."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What only writing brings about; every file but standard output has its name in the error."""

_UPDATE_SECONDS = 120.0
"""How long an update may take; on a fast disk it is seconds."""
_PLAINLY = "oomtray-plainly"
"""Name of the error handler of standard output and standard error."""

COMMANDS = {
    "list": "listing",
    "watch": "listing",
    "explain": "explain",
    "fits": "fits",
    "protect": "change",
    "deprioritize": "change",
    "reset": "change",
    "undo": "undo",
    "rules": "rules",
    "unit": "unit",
    "kills": "kills",
    "history": "history",
    "replay": "replay",
    "drill": "drill",
    "help": "help",
    "doctor": "doctor",
}
"""The module of this package that holds each command, in the order of the help."""


class Failure(Exception):
    """A command failed: what and why, in one line, in the user's language, without a full stop."""

    def __init__(self, message: str, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


class HelpFormatter(argparse.HelpFormatter):
    """A formatter that measures columns: argparse counts letters, but a Korean letter takes two columns."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrap(" ".join(text.split()), width - len(indent)))


def _of_any_width(prog: str) -> HelpFormatter:
    """Return a formatter for argparse's check of each option, which needs no width; the terminal's would load shutil."""
    return HelpFormatter(prog, width=80)


class Parser(argparse.ArgumentParser):
    """A parser with one-line errors; long options can't be abbreviated, so that a new one never breaks a script."""

    def __init__(self, **options: Any) -> None:
        ours: dict[str, Any] = {"allow_abbrev": False, "exit_on_error": False, "formatter_class": _of_any_width}
        super().__init__(**ours | options)
        # take -1G for a value, so that the error is about the value and not about a missing one
        self._negative_number_matcher = re.compile(r"-[0-9.]")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        try:
            return super().parse_known_args(args, namespace)
        except argparse.ArgumentError as error:
            if error.argument_name is None:
                self.error(error.message)
            self.error(tr("{argument}: {problem}", argument=error.argument_name, problem=error.message))

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, but name an empty argument, too."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            from gettext import gettext  # argparse's own words are in the catalogue

            self.error(gettext("unrecognized arguments: %s") % " ".join(one or "''" for one in unknown))
        return found

    def format_help(self) -> str:
        self.formatter_class = HelpFormatter
        return super().format_help()

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write a help text or the version; argparse would pass over an error, such as a full disk."""
        (file or sys.stdout).write(message)

    def error(self, message: str) -> NoReturn:
        raise Failure(tr("{problem} (see {command} --help)", problem=message, command=self.prog), USAGE)


def main(argv: Sequence[str], *, tray: Callable[[list[str]], int]) -> int:
    """Run the command in `argv` (without the program's name) and return its exit status.

    `tray` starts the desktop app with the arguments after its name; it is passed in, because nothing here may
    know Qt.
    """
    answerable = _fill_standard_streams()
    _allow_any_name()
    if not answerable and list(argv[:1]) not in ([], ["tray"]):
        _print_error(tr("standard output is closed, so nothing was done"))
        return FAILED
    try:
        status = _run(list(argv), tray)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED
        _finish_output()
    except BrokenPipeError:
        drop_output()
        status = PIPE_CLOSED
    except Failure as failure:
        status = failure.status
        _finish_output()
        _print_error(str(failure))
    except OSError as error:
        from oomtray.messages.system_errors import of_file

        drop_output()
        status = FAILED
        if error.filename is None and error.errno in _FULL:
            error.filename = tr("standard output")
        _print_error(of_file(error))
    except Exception as error:  # a defect of ours is one line too, because scripts read standard error
        status = FAILED
        _finish_output()
        _print_error(_lacks(error) or _file_problem(error) or _unexpected(error))
    return status


def _run(argv: list[str], tray: Callable[[list[str]], int]) -> int:
    if argv in ([], ["tray"]):
        return tray([])  # without a parser, whose help texts would load gettext and locale into the tray for good
    command = argv[0]
    if command not in ("tray", "-h", "--help", "--version", *COMMANDS):
        names = joined(["tray", *COMMANDS])
        if command.startswith("-"):
            raise Failure(tr("{option} must come after a command: {commands}", option=repr(command), commands=names), USAGE)
        raise Failure(
            tr("unknown command {command}; the commands are {commands}", command=repr(command), commands=names), USAGE
        )
    parser = build_parser(None if command in {"-h", "--help"} else command)
    if not command.startswith("-"):
        parser.prog += f" {command}"  # leftover arguments are the command's, so errors should point to its help
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    if command == "tray":
        return tray(argv[1:])
    run: Callable[[argparse.Namespace], int] = arguments.run
    return run(arguments)


def build_parser(command: str | None = None) -> Parser:
    """Build the parser of one command, or of all if `command` is None."""
    parser = Parser(
        prog="oomtray",
        description=tr("Shows which process the kernel kills when memory runs out, and lets you change that."),
        epilog=tr(
            "Without a command, the tray app starts. Exit status: 0 done, 1 failed, 2 wrong usage, 3 not authorized,"
            " 4 dialog dismissed, 5 helper not installed; fits: 6 only after ending something, 7 not at all."
        ),
    )
    parser.add_argument(
        "--version", action="version", version=f"oomtray {__version__}", help=tr("show the version and exit")
    )
    commands = parser.add_subparsers(
        metavar="COMMAND",
        required=True,
        prog=parser.prog,  # otherwise argparse would format a help text to find this out
    )
    commands.add_parser(
        "tray",
        help=tr("start the tray app (the default), or show the one that is running"),
        description=tr("Start the tray app, or show the one that is running. It needs PySide6 and a graphical session."),
    )
    for module in dict.fromkeys(module for name, module in COMMANDS.items() if command in {None, name}):
        _module(module).add_parsers(commands)
    return parser


def add_json_option(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print JSON instead of text; unknown values are null"))


def add_dry_run_option(parser: argparse._ActionsContainer, *, shown: bool = True) -> None:
    """Add `--dry-run`; with `shown` False it is accepted but hidden, because nothing is changed anyway."""
    says = tr("only show what would be changed") if shown else argparse.SUPPRESS
    parser.add_argument("--dry-run", action="store_true", help=says)


def add_adj_option(parser: argparse._ActionsContainer, *, reset: bool = False) -> None:
    says = (
        tr("set this value, from -999 to 1000, instead of the original one")
        if reset
        else tr("set this value, from -999 to 1000, instead of the usual one")
    )
    parser.add_argument("--adj", metavar="N", type=adj_value, help=says)


def is_plain(text: str) -> bool:
    """Whether a number in it is one to other programs, too: Python also takes 1_000, and the digits of any script."""
    return text.isascii() and "_" not in text


def adj_value(text: str) -> int:
    try:
        value = int(text) if is_plain(text) else None
    except ValueError:
        value = None
    if value == -1000:
        raise argparse.ArgumentTypeError(tr("-1000 is never set, because child processes would inherit it; the lowest is -999"))
    if value is None or not -999 <= value <= 1000:
        raise not_from(text, -999, 1000)
    return value


def not_from(text: str, lowest: int, highest: int) -> argparse.ArgumentTypeError:
    """Build the error of an option that takes an integer in this range."""
    return argparse.ArgumentTypeError(
        tr("{value} is not a whole number from {lowest} to {highest}", value=repr(text), lowest=lowest, highest=highest)
    )


def _module(name: str) -> ModuleType:
    from importlib import import_module

    return import_module(f"oomtray.cli.{name}")


def _fill_standard_streams() -> bool:
    """Open missing standard streams; return whether there is a standard output.

    The caller may have closed one of the three: the next file opened would get its number, and output for the
    terminal would go there.
    """
    for wanted in range(3):
        try:
            os.fstat(wanted)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, and those below are taken by now
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    if sys.stdout is not None:
        return True
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    return False


def _allow_any_name() -> None:
    """Replace signs and escape names that the terminal's encoding lacks, instead of failing."""
    codecs.register_error(_PLAINLY, _plainly)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_PLAINLY)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    from oomtray.cli.terminal import in_plain_signs  # the tray hardly ever needs it

    return in_plain_signs(error)


def _lacks(error: Exception) -> str | None:
    """Return which third-party module is missing, and how to install it; None for any other error."""
    if not isinstance(error, ModuleNotFoundError):
        return None
    from oomtray.desktop.qt_libraries import obstacle
    from oomtray.messages.start import lacks

    lacking = obstacle(error, tray=False)
    return lacks(lacking) if lacking.command else None


def _file_problem(error: Exception) -> str | None:
    """Return why a file of the user's can't be used; None for any other error."""
    from oomtray.file_access import FileError
    from oomtray.messages.files import file_problem

    return file_problem(error.problem) if isinstance(error, FileError) else None


def _unexpected(error: Exception) -> str:
    if _is_new():
        return tr(
            "OOM Tray was installed or updated a moment ago, which may be why this went wrong; try it again. {kind}: {error}",
            kind=type(error).__name__,
            error=error,
        )
    return tr("unexpected {kind}: {error} ({variable}=1 shows where)", kind=type(error).__name__, error=error, variable=DEBUG)


def _is_new() -> bool:
    """Whether the program's files were replaced so recently that modules of two versions may have been loaded."""
    try:
        return time.time() - os.stat(__file__).st_ctime < _UPDATE_SECONDS
    except OSError:
        return True


def _print_error(message: str) -> None:
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exc()
    warn(printable(message))


def warn(message: str) -> None:
    """Print one line on standard error; that nobody can read it, as on a full disk, changes nothing else."""
    try:
        print(f"oomtray: {message}", file=sys.stderr, flush=True)
    except OSError:
        drop_output(sys.stderr)


def _finish_output() -> None:
    """Flush output from before a failure; if nobody reads it, only the failure is reported."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()


def drop_output(stream: TextIO | None = None) -> None:
    """Discard what is buffered for a stream, which the interpreter would otherwise try to write at exit, printing its own error.

    `stream` None: standard output.
    """
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (stream or sys.stdout).fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
