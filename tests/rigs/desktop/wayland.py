"""A Wayland desktop without a screen: sway inside Xvfb, waybar with its tray, mako for notifications.

    with WaylandDesktop() as desk: ...      the interface of tests.rigs.desktop.session.Desktop

`tests.rigs.desktop.labwc.LabwcDesktop` is the same under labwc.

Pointer and keys go to the Xvfb in which sway draws, and the picture comes from there. Differences: mako's notifications
have no buttons (`invoke` chooses an action), and menus aren't windows that sway lists, so `opens` without a title
returns the box of what has changed on the screen.

sway refuses to run as root: if the test is root, the rig runs sway, waybar and mako as nobody. The app under test keeps
the test's user.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from tests.rigs.bus.daemon import bus_daemon
from tests.rigs.desktop.screen import Box
from tests.rigs.desktop.session import ROOT, Desktop, python_module
from tests.rigs.desktop.x11 import Window
from tests.rigs.processes.programs import DEADLINE, Program, group_of, listens, wait_for

SWAY = """output X11-1 resolution {width}x{height} position 0,0 scale {scale}
output X11-1 background #{wallpaper:06x} solid_color
xwayland disable
seat * hide_cursor 100
focus_follows_mouse {follows}
default_border none
default_floating_border none
"""

WAYBAR = {
    "layer": "top",
    "position": "bottom",
    "height": 32,
    "modules-right": ["tray"],
    "tray": {"icon-size": 22, "spacing": 10},
}

WAYBAR_CSS = """* {{ border: none; border-radius: 0; font-family: sans-serif; font-size: 13px; }}
window#waybar {{ background: {panel}; transition: none; }}
#tray {{ padding: 0 8px; }}
tooltip {{ opacity: 0; }}
"""
"""Without tooltips: one could cover the window that a test measures, while the pointer rests on the icon."""


class WaylandDesktop(Desktop):
    PROGRAMS: ClassVar[dict[str, str]] = {
        "setpriv": "util-linux",
        "Xvfb": "xvfb",
        "dbus-daemon": "dbus-daemon",
        "sway": "sway",
        "waybar": "waybar",
        "mako": "mako-notifier",
        "makoctl": "mako-notifier",
        "xdotool": "xdotool",
    }

    NAME: ClassVar[str] = "sway"

    @staticmethod
    def _needs(_wm: str) -> dict[str, str]:
        return {}

    @property
    def _panel_scale(self) -> float:
        return self.scale

    def _scaling(self) -> dict[str, str]:
        return {}  # the compositor tells its clients

    def _begin(self) -> None:
        self._user = self._whose()
        # the server admits unknown users, because nobody can't read root's authorization
        self.display = self._start_xvfb("-noreset", "-ac")
        self._wl = self.dir / "wayland"
        self._write_settings()
        self._compositor = {
            name: value for name, value in self.env.items() if not name.startswith("XDG_")
        } | {
            "HOME": str(self._wl),
            "XDG_RUNTIME_DIR": str(self._wl),
            "XDG_CONFIG_HOME": str(self._wl / "config"),
            "XDG_CURRENT_DESKTOP": self.NAME,
        }
        self.env |= {
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": self.NAME,
            "QT_QPA_PLATFORM": "wayland",
        }
        self._parts["bus"] = bus_daemon(self.socket, self.env, self.logdir / "bus")
        self._parts["wm"] = self._compositor_program()
        self._add("portal", *python_module("tests.rigs.bus.portal", self._theme_name), cwd=ROOT)
        self.start("bus", "wm")
        socket = next(self._sockets())
        self.env["WAYLAND_DISPLAY"] = str(socket)
        self._compositor["WAYLAND_DISPLAY"] = socket.name
        self._furnish()
        if self._panel:
            self._parts["panel"] = self._as_user("panel", "waybar")
        if self._notifications:
            self._parts["notifications"] = self._as_user(
                "notifications", "mako", "--default-timeout", "60000"
            )
        self.start(*(name for name in ("portal", "panel", "notifications") if name in self._parts))

    def _whose(self) -> str | None:
        """Return who runs the compositor and its panel, if not the test's own user."""
        return "nobody" if os.geteuid() == 0 else None

    def _compositor_program(self) -> Program:
        return self._nested("sway")

    def _nested(self, *argv: str, **env: str) -> Program:
        """Create a wlroots compositor that draws on the Xvfb."""
        backend = {"WLR_BACKENDS": "x11", "WLR_RENDERER": "pixman", "DISPLAY": self.display}
        return self._as_user("wm", *argv, **backend, **env)

    def _compositor_settings(self) -> dict[str, str]:
        """Return its files, by path below the user's settings directory."""
        size = {"width": self.width, "height": self.height, "scale": self.scale}
        follows = "yes" if self._focus_follows else "no"
        return {"sway/config": SWAY.format(wallpaper=self.theme.wallpaper, follows=follows, **size)}

    def _furnish(self) -> None:
        """Do what remains once the compositor answers."""
        self.env["SWAYSOCK"] = self._compositor["SWAYSOCK"] = str(next(self._wl.glob("sway-ipc.*")))

    def _write_settings(self) -> None:
        color = "#{:02x}{:02x}{:02x}".format(*self.theme.panel)
        texts = self._compositor_settings() | {
            "waybar/config": json.dumps(WAYBAR),
            "waybar/style.css": WAYBAR_CSS.format(panel=color),
        }
        for name, text in texts.items():
            path = self._wl / "config" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self._wl.chmod(0o700)
        if self._user:
            for path in (self._wl, *self._wl.rglob("*")):
                shutil.chown(path, self._user, group_of(self._user))
            # access to the bus and to the compositor's own directory, without listing what else is there
            for path in (self.dir, self.runtime):
                path.chmod(0o711)

    def _as_user(self, name: str, *argv: str, **env: str) -> Program:
        return Program(argv, self._compositor | env, self.logdir / name, name=name, user=self._user)

    def _sockets(self) -> Iterator[Path]:
        return (path for path in self._wl.glob("wayland-*") if path.suffix != ".lock")

    def _ready(self, name: str) -> bool:
        if name == "wm" and self.part("wm").alive:
            return self._painted() and any(map(listens, self._sockets())) and any(self._wl.glob("sway-ipc.*"))
        return super()._ready(name)

    def _painted(self) -> bool:
        drawn = bytes(self.frame().pixel(self.width // 2, self.height // 2))
        return drawn == self.theme.wallpaper.to_bytes(3, "big")

    # -- windows

    def windows(self, title: str = "") -> list[Window]:
        found = [
            Window(node["id"], node["name"] or "", self._box(node)) for node in self._leaves(self._tree())
        ]
        return [window for window in found if re.search(title, window.title)]

    def _window(self, number: int) -> Window | None:
        return next((window for window in self.windows() if window.id == number), None)

    def _box(self, node: dict[str, Any]) -> Box:
        outer, inner = node["rect"], node["window_rect"]
        x, y = outer["x"] + inner["x"], outer["y"] + inner["y"]
        return Box(*(round(value * self.scale) for value in (x, y, inner["width"], inner["height"])))

    def _tree(self) -> dict[str, Any]:
        command = ["swaymsg", "-r", "-t", "get_tree"]
        done = subprocess.run(command, env=self.env, capture_output=True, check=True, timeout=DEADLINE)
        tree: dict[str, Any] = json.loads(done.stdout)
        return tree

    def _leaves(self, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if node.get("pid") and node.get("visible"):
            yield node
        for child in [*node["nodes"], *node["floating_nodes"]]:
            yield from self._leaves(child)

    def focused(self) -> str:
        return next((node["name"] or "" for node in self._leaves(self._tree()) if node["focused"]), "")

    def opens(
        self, action: Callable[[], object], title: str = "", *, kind: str = "", timeout: float = DEADLINE
    ) -> Window:
        if title:
            return super().opens(action, title, kind=kind, timeout=timeout)
        before = self.still()
        action()
        wait_for(lambda: self.frame().changes(before), "a change on the screen", timeout)
        box = self.still().changes(before)
        if box is None:
            raise AssertionError("what opened has closed again")
        return Window(0, "", box)

    # -- notifications

    def notification(self, timeout: float = DEADLINE) -> Window:
        raise NotImplementedError(
            "mako's notifications are no windows: opens() sees them come, invoke() answers them"
        )

    def invoke(self, action: str = "default") -> None:
        """Invoke an action of the newest notification, as its user would with mako."""
        command = ["makoctl", "invoke", action]
        subprocess.run(command, env=self.env, check=True, timeout=DEADLINE, capture_output=True)
