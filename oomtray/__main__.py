"""Entry point of `oomtray` and `python -m oomtray`: a text command or the tray."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # importing it takes milliseconds, in which Ctrl-C would show a traceback
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; never raises for errors of the user or the system."""
    try:
        from oomtray import cli

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
    except ImportError as error:
        raise explain_import_error(error) from error
    return start.run(argv)


if __name__ == "__main__":
    sys.exit(main())
