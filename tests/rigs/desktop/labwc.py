"""The Wayland desktop under labwc, which stacks windows and lets clients move and resize theirs.

    with LabwcDesktop() as desk: ...   the interface of tests.rigs.desktop.wayland.WaylandDesktop

Debian 12 has no labwc: Debian 13's is unpacked once and runs with its own libraries, unlike the rest of the
desktop. It tells a client which windows exist and which has the keyboard, but not where they are: that is
found in the picture. So only the newest window may move, and none may be over, under or beside another.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from tests.rigs.debian.trixie import Unpacked, unpacked
from tests.rigs.desktop.screen import Box
from tests.rigs.desktop.wayland import WaylandDesktop
from tests.rigs.desktop.x11 import Window
from tests.rigs.processes.programs import DEADLINE, Program, listens

PACKAGES = ["labwc", "wlr-randr", "wlrctl"]
LEFT_OUT = (
    *("/usr/share/fonts/*", "/usr/share/icons/*", "/usr/share/mime/*"),
    *("/usr/lib/*/libz3*", "/usr/bin/Xwayland", "/usr/bin/perl*", "/usr/share/perl*"),
)

GAP = 10
"""Unscaled pixels between windows, which separate them in the picture."""

SETTINGS = """<?xml version="1.0"?>
<labwc_config>
  <core><gap>{gap}</gap></core>
  <placement><policy>automatic</policy></placement>
  <snapping><range>0</range></snapping>
  <margin left="80" top="24" />
  <focus>
    <followMouse>{follows}</followMouse>
    <followMouseRequiresMovement>yes</followMouseRequiresMovement>
    <raiseOnFocus>no</raiseOnFocus>
  </focus>
</labwc_config>
"""


class LabwcDesktop(WaylandDesktop):
    PROGRAMS: ClassVar[dict[str, str]] = {
        name: package for name, package in WaylandDesktop.PROGRAMS.items() if name != "sway"
    }
    NAME: ClassVar[str] = "labwc"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.theme = replace(self.theme, wallpaper=0)  # it draws none
        self._tree: Unpacked = unpacked("labwc", PACKAGES, LEFT_OUT)
        self._stood: dict[str, Box] = {}
        """Where each window was when it appeared, the oldest first."""

    def _whose(self) -> str | None:
        return None  # it runs as any user

    def _compositor_program(self) -> Program:
        # it only starts an X server for an X client, but checks whether there is one
        env = {"WLR_XWAYLAND": "/bin/false", "XKB_CONFIG_ROOT": str(self._tree.path / "usr/share/X11/xkb")}
        return self._nested(*self._tree.command("labwc"), **env)

    def _compositor_settings(self) -> dict[str, str]:
        return {"labwc/rc.xml": SETTINGS.format(gap=GAP, follows="yes" if self._focus_follows else "no")}

    def _furnish(self) -> None:
        size = f"{self.width}x{self.height}"
        self._ask("wlr-randr", "--output", "X11-1", "--custom-mode", size, "--scale", str(self.scale))

    def _ready(self, name: str) -> bool:
        if name == "wm" and self.part("wm").alive:
            return any(map(listens, self._sockets()))
        return super()._ready(name)

    def _ask(self, program: str, *arguments: str) -> str:
        command = [*self._tree.command(program), *arguments]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, check=False, timeout=DEADLINE
        )
        if done.stderr:
            raise RuntimeError(f"{program} {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    # -- windows

    def windows(self, title: str = "") -> list[Window]:
        titles = self._titles()
        others = {name: box for name, box in self._stood.items() if name in titles}
        new = [name for name in titles if name not in others]
        newest = new[0] if new else next(reversed(others), None)
        self._stood = others
        if newest is not None:
            others.pop(newest, None)
            box = self._standing_clear_of(others.values())
            if box is not None:  # it may not be drawn yet
                others[newest] = box
        found = [Window(hash(name), name, box) for name, box in others.items()]
        return [window for window in found if re.search(title, window.title)]

    def _standing_clear_of(self, others: Iterable[Box]) -> Box | None:
        """Return the largest thing on the empty screen, except for these boxes."""
        bare = self.theme.wallpaper.to_bytes(3, "big")
        area = Box(0, 0, self.width, self.panel_box.y)
        things = self.frame().things_on((bare[0], bare[1], bare[2]), area, gap=GAP // 2)
        left = [
            thing
            for thing in things
            if not any(thing.x < one.x + one.width and one.x < thing.x + thing.width for one in others)
        ]
        return max(left, key=lambda thing: thing.width * thing.height, default=None)

    def focused(self) -> str:
        return next(iter(self._titles("state:active")), "")

    def activate(self, window: Window) -> None:
        self._ask("wlrctl", "toplevel", "focus", f"title:{window.title}")

    def _window(self, number: int) -> Window | None:
        return next((window for window in self.windows() if window.id == number), None)

    def _titles(self, *states: str) -> list[str]:
        lines = self._ask("wlrctl", "toplevel", "list", *states).splitlines()
        return [line.partition(": ")[2] for line in lines]  # after the application's ID
