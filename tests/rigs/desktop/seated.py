"""The desktop of an ordinary user with real polkit, pkexec and helper, which ask in a window.

    with PolkitRig() as polkit, SeatedDesktop(polkit, accessible=True) as desk:
        app = desk.run(python_module("oomtray"))            # as Ben, at the screen, no administrator
        desk.opens(..., title=DIALOG)                       # the window that asks for the administrator's password
        desk.type(desk.password); desk.key("Return")        # or Escape
        desk.dialogs                                        # the dialogs so far, with their outcomes

polkit finds an agent by pkexec's parent, so each program has an agent of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.rigs.desktop.session import Desktop
from tests.rigs.polkit.dialog import TITLE as DIALOG
from tests.rigs.polkit.rig import USERS, PolkitRig, Seat, read_dialogs

__all__ = ["DIALOG", "SeatedDesktop"]


class SeatedDesktop(Desktop):
    """A desktop that belongs, except for the X server, to the user in the rig; the test, as root, sees it
    from outside.
    """

    password = USERS["ana"].password or ""

    def __init__(self, polkit: PolkitRig, user: str = "ben", **options: Any) -> None:
        super().__init__(**options)
        self.user = USERS[user]
        self._polkit = polkit
        self._logs: list[Path] = []

    @property
    def dialogs(self) -> list[dict[str, Any]]:
        """All dialogs of programs that were run here, as in Ended.dialogs; each appears once it is over."""
        return [dialog for log in self._logs for dialog in read_dialogs(log)]

    def start(self, *names: str) -> None:
        self._hand_over()
        super().start(*names)

    def _started(self, argv: Sequence[str]) -> list[str]:
        return self._polkit.command(self.user.name, self._with_its_python(argv))[0]

    def _app(self, argv: Sequence[str]) -> list[str]:
        self._hand_over()
        seat = Seat(window=(self._polkit.python, "-m", "tests.rigs.polkit.dialog"))
        whole, log = self._polkit.command(self.user.name, self._with_its_python(argv), seat)
        self._logs.append(log)
        return whole

    def _prepare(self) -> None:
        super()._prepare()
        self.env |= {"PYTHONPATH": self._polkit.environment(self.user.name)["PYTHONPATH"]}
        self.env |= {"USER": self.user.name, "LOGNAME": self.user.name, "PYTHONDONTWRITEBYTECODE": "1"}

    def _with_its_python(self, argv: Sequence[str]) -> list[str]:
        return [self._polkit.python, *argv[1:]] if argv[0] == sys.executable else list(argv)

    def _hand_over(self) -> None:
        """Give files that the test and the rig have written as root to the user."""
        for path in (self.dir, *self.dir.rglob("*")):
            with suppress(FileNotFoundError):  # of a running program
                os.chown(path, self.user.uid, self.user.uid, follow_symlinks=False)
