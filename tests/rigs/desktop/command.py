"""A command in the desktop rig, by hand; `make run` shows the app so where there is no screen.

    python -m tests.rigs.desktop.session run COMMAND...              a command in the desktop
    python -m tests.rigs.desktop.session show PICTURE COMMAND...     a tray app: its icon is clicked and a picture taken
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from tests.rigs.desktop.session import Box, Desktop, RigTimeout


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] not in ("run", "show"):
        print((__doc__ or "").rstrip(), file=sys.stderr)
        return 2
    verb, *rest = arguments
    with Desktop() as desk:
        if verb == "show":
            return _show(desk, Path(rest[0]), rest[1:])
        try:
            return subprocess.run(rest, env=desk.env | _terminal(), check=False).returncode
        except OSError as error:
            print(f"{rest[0]}: {error.strerror}", file=sys.stderr)
            return 127


def _language() -> dict[str, str]:
    """The user's language, which the desktop itself doesn't take, as the tests know its texts."""
    return {name: os.environ[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if name in os.environ}


def _terminal() -> dict[str, str]:
    return {"TERM": os.environ["TERM"]} if "TERM" in os.environ else {}


def _show(desk: Desktop, picture: Path, command: list[str]) -> int:
    app = desk.run(command, env=_language())
    try:
        icon = desk.wait_for_tray_icon(timeout=30)
        desk.opens(lambda: desk.click_on(icon), timeout=30)
        desk.point_at(Box(0, 0, 2, 2))  # otherwise the panel's tooltip would cover a part of the popup
        desk.still()
    except RigTimeout as error:
        print(f"{shlex.join(command)}: {error}\n{app.output()}", file=sys.stderr)
        return 1
    desk.screenshot(picture)
    if not sys.stdin.isatty():
        print(f"There is no screen here, so the app was shown on a virtual desktop, and ended. Its picture: {picture}")
    else:
        print(f"There is no screen here, so the app runs on a virtual desktop until Ctrl-C. Its picture: {picture}")
        try:
            while app.alive:
                time.sleep(0.5)
        except KeyboardInterrupt:
            print()
    status = app.stop()
    print(app.output(), end="", file=sys.stderr)
    return 0 if status == 0 else 1
