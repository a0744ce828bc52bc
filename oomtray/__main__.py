"""Entry point of `oomtray` and `python -m oomtray`: a text command or the tray."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # importing it takes milliseconds, in which Ctrl-C would show a traceback
if TYPE_CHECKING:
    from collections.abc import Sequence


_TRIES = "OOMTRAY_TRIES"
_SETTLED_SECONDS, _MOST_TRIES = 10.0, 30
"""For how long after a file was replaced more may follow, and how often a start is made again meanwhile."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; never raises for errors of the user or the system."""
    try:
        try:
            from oomtray import cli
        except Exception as error:
            _start_again(error)
            raise
        return cli.main(sys.argv[1:] if argv is None else argv, tray=start_tray)
    except KeyboardInterrupt:
        return 130


def start_tray(argv: list[str]) -> int:
    """Load Qt, which no text command may do, and run the tray.

    Raises cli.Failure with a remedy if there is no screen, or PySide6 or a library that Qt needs is missing.
    """
    from importlib.util import find_spec

    from oomtray.cli.qt import (
        explain_import_error,
        require_answer,
        require_platform,
        require_screen,
        require_x11_plugin,
    )

    require_screen()
    qt = find_spec("PySide6")
    if qt is not None:  # otherwise the import reports it
        directory = os.path.dirname(qt.origin or "")
        require_answer()
        require_platform(directory)
        require_x11_plugin(directory)
    # hardly anything loaded becomes garbage: the app collects it once all is loaded (ui/app/event_loop.py)
    gc.disable()
    try:
        from oomtray.ui.app import start
    except Exception as error:
        _start_again(error)
        if isinstance(error, ImportError):
            raise explain_import_error(error) from error
        raise
    os.environ.pop(_TRIES, None)
    return start.run(argv)


def _start_again(error: Exception) -> None:
    """Start once more after a moment if modules of two versions may have met amid an update; nothing was done yet."""
    import time

    ours = not isinstance(error, ImportError) or (error.name or "").startswith("oomtray")
    tries = len(os.environ.get(_TRIES, ""))
    if ours and tries < _MOST_TRIES and time.time() - _newest() < _SETTLED_SECONDS:
        os.environ[_TRIES] = "+" * (tries + 1)
        time.sleep(1)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def _newest() -> float:
    """Return when a file of the program was last replaced, in seconds since 1970; infinity while one is missing.

    Written here, because amid an update any module may be the one that is missing.
    """
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.dirname(__file__)) for name in names]
    try:
        return max(os.stat(path).st_ctime for path in (__file__, *paths) if path.endswith(".py"))
    except OSError:  # it is about to be replaced
        return float("inf")


if __name__ == "__main__":
    sys.exit(main())
