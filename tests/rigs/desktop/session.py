"""A real desktop without a screen: session bus, X server, window manager, panel with a tray, notification daemon.

    with Desktop() as desk:                          # about a second; DISPLAY, bus and home are its own
        app = desk.run([sys.executable, "-m", "oomtray"])
        icon = desk.wait_for_tray_icon()             # a Box: its place on the screen
        popup = desk.opens(desk.click_icon, title="OOM Tray")               # a Window: id, title, box
        desk.key("Down", "Return"); desk.type("fire")
        menu = desk.opens(lambda: desk.click_on(icon, button=3))            # the menu that the panel draws
        desk.screenshot(Path("build/popup.png"), popup.box)
        desk.restart("panel"); desk.wait_for_tray_icon()
        assert app.stop() == 0, app.output()

Its parts, by their names for `stop`, `start` and `restart`: `xvfb`, `bus`, `wm`, `settings` (xfconfd), `portal`,
`panel`, `notifications`. The bus keeps its address after a restart. `desk.env` is the environment of its programs.

`desk.bus` is a client of the session bus (`call`, `get`, `has_owner`, `owner_pid`, `listen`). `wait_for(condition,
what)` polls until a deadline. `notification()` and `notification_buttons()` find what xfce4-notifyd shows. `frame()`
returns the current screen; `still()` waits until it no longer changes.

`Desktop(panel="trayer")` has a tray that only supports XEmbed, and no StatusNotifierWatcher; `panel=None` has no tray.
`theme="dark"`, `width`, `height` and `scale` are what they are called. `wm` is openbox, xfwm4 or metacity; with
`focus_follows=True` the focus follows the pointer. `accessible=True` lets a test find any widget by what a screen
reader would say (tests.rigs.desktop.accessible). `tests.rigs.desktop.wayland.WaylandDesktop` has the same interface,
and so has `tests.rigs.desktop.seated.SeatedDesktop`, in which polkit asks for passwords.

    python -m tests.rigs.desktop.session run COMMAND...              a command in the desktop
    python -m tests.rigs.desktop.session show PICTURE COMMAND...     a tray app: its icon is clicked and a picture taken
"""

from __future__ import annotations

import contextlib
import functools
import os
import select
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

from tests.rigs.bus.daemon import Client, bus_daemon
from tests.rigs.desktop import xfce, xlib
from tests.rigs.desktop.accessible import A11Y_BUS, LAUNCHER, Accessible
from tests.rigs.desktop.screen import Box, Color, Frame
from tests.rigs.desktop.window_managers import WINDOW_MANAGERS
from tests.rigs.desktop.x11 import Window, X11Screen
from tests.rigs.processes.programs import DEADLINE, Program, RigTimeout, find_program, need_programs, wait_for

__all__ = ["Box", "Desktop", "Frame", "Program", "RigTimeout", "Window", "wait_for"]

XFCONFD = "/usr/lib/*/xfce4/xfconf/xfconfd"
NOTIFYD = "/usr/lib/*/xfce4/notifyd/xfce4-notifyd"

ROOT = Path(__file__).parents[3]

PANEL_PATIENCE = 10.0
"""Seconds until a click that the panel hasn't passed on counts as lost; a late one would close what a second opened."""
MENU_PATIENCE = 1.0
"""The same for menus: the panel tells the app before it shows the menu."""

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
ITEMS_MENU = "com.canonical.dbusmenu"
NOTIFICATIONS = "org.freedesktop.Notifications"
BUS_NAMES = {
    "a11y": A11Y_BUS,
    "settings": "org.xfce.Xfconf",
    "portal": "org.freedesktop.portal.Desktop",
    "panel": WATCHER,
    "notifications": NOTIFICATIONS,
}


class Desktop(X11Screen):
    """The desktop described in the module's docstring. A context manager that ends all that it started."""

    PROGRAMS: ClassVar[dict[str, str]] = {
        "setpriv": "util-linux",
        "Xvfb": "xvfb",
        "dbus-daemon": "dbus-daemon",
        "xfce4-panel": "xfce4-panel",
        XFCONFD: "xfconf",
        NOTIFYD: "xfce4-notifyd",
        "xdotool": "xdotool",
    }

    def __init__(
        self,
        *,
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        panel: str | None = "xfce",
        notifications: bool = True,
        scale: float = 1,
        expire: int = 60,
        accessible: bool = False,
        wm: str = "openbox",
        focus_follows: bool = False,
    ) -> None:
        extra = {"trayer": "trayer"} if panel == "trayer" else {}
        extra |= self._needs(wm)
        need_programs(self.PROGRAMS | extra | ({LAUNCHER: "at-spi2-core"} if accessible else {}))
        self.width, self.height, self.scale = width, height, scale
        self.theme = xfce.THEMES[theme]
        self._theme_name = theme
        self.panel_height = 32
        self._panel = panel
        self._notifications = notifications
        self._expire = expire
        self._is_accessible = accessible
        self._wm = wm
        self._focus_follows = focus_follows
        self._parts: dict[str, Program] = {}
        self._apps: list[Program] = []

    @staticmethod
    def _needs(wm: str) -> dict[str, str]:
        """Return the program of this window manager and its package."""
        found = WINDOW_MANAGERS[wm]
        return {found.argv[0]: found.package}

    # -- beginning and end

    def __enter__(self) -> Self:
        self.dir = Path(tempfile.mkdtemp(prefix="oomtray-desk-"))
        try:
            self._prepare()
            self._begin()
        except BaseException as error:
            if isinstance(error, RigTimeout):
                error.add_note(self.logs())
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for app in self._apps:
            app.stop()
        for name in reversed(list(self._parts)):
            if name in ("bus", "xvfb"):
                self.bus.close()
                if "accessible" in self.__dict__:
                    self.accessible.close()
            self._parts[name].stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _prepare(self) -> None:
        self.home, self.runtime, self.config = self.dir / "home", self.dir / "run", self.dir / "home/.config"
        self.logdir, self.framebuffer = self.dir / "log", self.dir / "fb"
        for path in (self.home, self.runtime, self.config, self.logdir, self.framebuffer):
            path.mkdir(mode=0o700)
        self.socket = self.runtime / "bus"
        self.bus = Client(f"unix:path={self.socket}")
        kept = ("PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "USER", "LOGNAME")
        self.env = {name: os.environ[name] for name in kept if name in os.environ} | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.home / ".local/share"),
            "XDG_STATE_HOME": str(self.home / ".local/state"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.socket}",
            "LANG": "C.UTF-8",
            "GTK_THEME": self.theme.gtk,
            "PYTHONFAULTHANDLER": "1",  # a crash says where
        }
        if not self._is_accessible:
            self.env["NO_AT_BRIDGE"] = "1"
        self.env |= self._scaling()

    @property
    def _panel_scale(self) -> float:
        return int(self.scale)

    def _scaling(self) -> dict[str, str]:
        """Return variables that tell toolkits the scale; Xfce's own programs only support integers."""
        if self.scale == 1:
            return {}
        return {"QT_SCALE_FACTOR": str(self.scale), "GDK_SCALE": str(self._panel_scale)}

    def _begin(self) -> None:
        self.display = self._start_xvfb("-noreset")
        self.env |= {"DISPLAY": self.display, "XDG_SESSION_TYPE": "x11", "QT_QPA_PLATFORM": "xcb"}
        # as an Xfce session sets it: Qt then takes colors and fonts from there
        self.env["XDG_CURRENT_DESKTOP"] = "XFCE"
        xlib.paint_root(self.display, self.theme.wallpaper)
        xfce.write_settings(
            self.home,
            self.config,
            self.theme,
            width=self.width,
            height=self.height,
            panel=self.panel_height,
            expire=self._expire,
        )
        bus = self._parts["bus"] = bus_daemon(self.socket, self.env, self.logdir / "bus")
        bus.argv = self._started(bus.argv)
        if self._is_accessible:
            self._add("a11y", LAUNCHER, "--launch-immediately", "--a11y=1")
        wm = WINDOW_MANAGERS[self._wm]
        wm.write_settings(self.config, self._focus_follows)
        self._add("wm", *wm.argv, **dict(wm.env))
        self._add("settings", str(find_program(XFCONFD)))
        self._add("portal", *python_module("tests.rigs.bus.portal", self._theme_name), cwd=ROOT)
        if self._panel == "xfce":
            self._add("panel", "xfce4-panel", "--disable-wm-check", GTK_THEME=self.theme.panel_gtk)
        elif self._panel == "trayer":
            self._add("panel", *self._trayer())
        if self._notifications:
            self._add("notifications", str(find_program(NOTIFYD)))
        self.start("bus")
        self.start("settings")  # the window manager reads these
        self.start(*(name for name in ("a11y", "wm", "portal") if name in self._parts))
        self.start(*(name for name in ("panel", "notifications") if name in self._parts))

    def _start_xvfb(self, *options: str) -> str:
        reading, writing = os.pipe()
        screen = f"{self.width}x{self.height}x24"
        # without a cursor, which would be part of the picture and hide what it points at
        argv = ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-fbdir", str(self.framebuffer)]
        argv += ["-nocursor", "-nolisten", "tcp", *options]
        xvfb = Program(argv, self.env, self.logdir / "xvfb", name="xvfb", pass_fds=[writing])
        self._parts["xvfb"] = xvfb
        xvfb.start()
        os.close(writing)
        with os.fdopen(reading) as pipe:
            if not select.select([pipe], [], [], DEADLINE)[0]:
                raise RigTimeout("Xvfb did not come up")
            number = pipe.readline().strip()
        if not number:
            raise RigTimeout("Xvfb ended at once")
        return f":{number}"

    def _trayer(self) -> list[str]:
        tint = "0x{:02x}{:02x}{:02x}".format(*self.theme.panel)
        where = ["--edge", "bottom", "--align", "right", "--widthtype", "percent", "--width", "100"]
        size = ["--heighttype", "pixel", "--height", str(self.panel_height), "--expand", "true"]
        return ["trayer", *where, *size, "--transparent", "true", "--alpha", "0", "--tint", tint]

    # -- its parts

    def _add(self, name: str, *argv: str, cwd: Path | None = None, **env: str) -> None:
        self._parts[name] = Program(
            self._started(argv), self.env | env, self.logdir / name, name=name, cwd=cwd
        )

    def _started(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs `argv` as the desktop's user."""
        return list(argv)

    def _app(self, argv: Sequence[str]) -> list[str]:
        """Return the same for programs that a test runs."""
        return self._started(argv)

    def part(self, name: str) -> Program:
        return self._parts[name]

    def start(self, *names: str) -> None:
        """Start stopped parts, all at once, and wait until each is ready."""
        for name in names:
            if name == "bus":
                self.socket.unlink(missing_ok=True)
            self._parts[name].start()
        for name in names:
            wait_for(functools.partial(self._ready, name), f"{name} to be ready")

    def stop(self, name: str, number: int = signal.SIGTERM) -> None:
        """End a part and wait until it has left the bus."""
        self._parts[name].stop(number)
        if name == "bus":
            self.bus.close()
        elif name in BUS_NAMES and self.part("bus").alive:
            wait_for(lambda: not self.bus.has_owner(BUS_NAMES[name]), f"{name} to leave the bus")

    def restart(self, name: str, number: int = signal.SIGTERM) -> None:
        self.stop(name, number)
        self.start(name)

    def restart_bus(self) -> None:
        """Restart the bus on its old address, with all parts of the desktop that need it."""
        users = [name for name in self._parts if name not in ("xvfb", "bus", "wm")]
        self.stop("bus")
        for name in reversed(users):
            self.stop(name)
        self.start("bus")
        for name in users:
            self.start(name)

    def _ready(self, name: str) -> bool:
        part = self._parts[name]
        if not part.alive:
            raise RigTimeout(f"{name} ended with {part.returncode}: {part.output()[-2000:]}")
        if name == "bus":
            return self.socket.exists() and self.bus.has_owner("org.freedesktop.DBus")
        if name == "wm":
            return xlib.selection_has_owner(self.display, "WM_S0")
        if name == "panel":
            return self._panel_ready()
        return name not in BUS_NAMES or self.bus.has_owner(BUS_NAMES[name])

    def _panel_ready(self) -> bool:
        # registered doesn't mean drawn: a click on the first icon would be lost
        wallpaper = self.theme.wallpaper.to_bytes(3, "big")
        if bytes(self._panel_color(self.frame())) == wallpaper:
            return False
        if self._panel == "trayer":
            return xlib.selection_has_owner(self.display, "_NET_SYSTEM_TRAY_S0")
        return self._tray_hosted()

    def _tray_hosted(self) -> bool:
        hosted = self.bus.has_owner(WATCHER) and self.bus.get(
            WATCHER, "/StatusNotifierWatcher", WATCHER, "IsStatusNotifierHostRegistered"
        )
        return bool(hosted)

    def _panel_color(self, frame: Frame) -> Color:
        """Return the color in the middle, which neither the tasks on the left nor the icons on the right reach."""
        box = self.panel_box
        return frame.pixel(self.width // 2, box.y + box.height // 2)

    def logs(self) -> str:
        """Return the output of its programs and how those that ended did, for a failure's report."""
        texts = [
            (path.name, path.read_text(errors="replace")[-4000:]) for path in sorted(self.logdir.iterdir())
        ]
        ended = [f"--- {app.name} ended with status {app.returncode}" for app in self._apps if not app.alive]
        return "\n".join([*(f"--- {name}\n{text.rstrip()}" for name, text in texts if text.strip()), *ended])

    @functools.cached_property
    def accessible(self) -> Accessible:
        """Widgets by role and name, in a desktop created with `accessible=True`."""
        return Accessible(self.bus)

    # -- apps

    def run(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Program:
        """Start a program in the desktop, which ends it. An empty value in `env` removes the variable."""
        number = len(self._apps) + 1
        full = {name: value for name, value in (self.env | dict(env or {})).items() if value}
        app = Program(self._app(argv), full, self.logdir / f"app-{number}", name=f"app-{number}", cwd=cwd)
        self._apps.append(app)
        app.start()
        return app

    # -- the tray

    @property
    def panel_box(self) -> Box:
        height = round(self.panel_height * self._panel_scale)
        return Box(0, self.height - height, self.width, height)

    def tray_icons(self) -> list[Box]:
        """Return the tray's icons, from left to right: things in the right half of the panel's plain color."""
        box = self.panel_box
        # if the scale doesn't divide a width, the compositor leaves its last pixels undrawn
        half = Box(self.width // 2, box.y + 2, self.width // 2 - 2, box.height - 4)
        frame = self.frame()
        return frame.things_on(self._panel_color(frame), half, gap=round(4 * self._panel_scale))

    def wait_for_tray_icon(self, count: int = 1, timeout: float = DEADLINE) -> Box:
        """Return the rightmost icon, once there are `count` and they don't move."""
        return self.wait_for_tray_icons(count, timeout)[-1]

    def wait_for_tray_icons(self, count: int, timeout: float = DEADLINE) -> list[Box]:
        seen: list[list[Box]] = [[]]

        def settled() -> list[Box] | None:
            seen.append(self.tray_icons())
            return seen[-1] if len(seen[-1]) == count and seen[-1] == seen[-2] else None

        if count == 0:
            wait_for(lambda: not self.tray_icons(), "an empty tray", timeout)
            return []
        return wait_for(settled, f"{count} icons in the tray", timeout)

    def click_icon(self) -> None:
        """Click on the rightmost icon until its app hears of it.

        A panel that is laying itself out, or has just learned of the icon, loses a click. An XEmbed tray
        isn't involved.
        """
        if not self.bus.has_owner(WATCHER):
            self.click_on(self.wait_for_tray_icon())
            return
        with self.bus.overhear(interface=ITEM, member="Activate") as calls:

            def passed_on() -> bool:
                self.click_on(self.wait_for_tray_icon())
                with contextlib.suppress(RigTimeout):
                    calls.next(PANEL_PATIENCE)
                    return True
                return False

            wait_for(passed_on, "the panel to pass a click on")

    def icon_menu(self) -> Window:
        """Open the menu of the rightmost icon's app by a right click.

        Before the panel has read that menu, a click opens one of the panel's own, which the app doesn't hear
        of.
        """
        with self.bus.overhear(interface=ITEMS_MENU, member="AboutToShowGroup") as asked:

            def opened() -> Window | None:
                icon = wait_for(self.tray_icons, "an icon in the tray")[-1]
                menu = self.opens(lambda: self.click_on(icon, button=3), kind="popup_menu")
                with contextlib.suppress(RigTimeout):
                    asked.next(MENU_PATIENCE)
                    return menu
                self.key("Escape")
                self.still()
                return None

            return wait_for(opened, "the icon's menu")

    # -- notifications

    def notification(self, timeout: float = DEADLINE) -> Window:
        """Return the topmost notification of xfce4-notifyd."""

        def shown() -> Window | None:
            found = self._windows(self._search("--onlyvisible", "--class", "xfce4-notifyd"))
            windows = [window for window in found if window.box.width > 10]
            return windows[0] if windows else None

        wait_for(shown, "a notification", timeout)
        self.still()
        return wait_for(shown, "a notification", timeout)

    def notification_buttons(self, count: int, timeout: float = DEADLINE) -> list[Box]:
        """Return its buttons, from left to right, once there are `count`."""

        def buttons() -> list[Box] | None:
            window = self.notification(timeout)
            found = self.frame().patches_of(self.theme.button, window.box, gap=3, least=100)
            return found if len(found) == count else None

        return wait_for(buttons, f"{count} buttons on a notification", timeout)

    def wait_for_no_notification(self, timeout: float = DEADLINE) -> None:
        gone = lambda: not self._search("--onlyvisible", "--class", "xfce4-notifyd")  # noqa: E731
        wait_for(gone, "the notifications to go", timeout)


def python_module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


if __name__ == "__main__":
    from tests.rigs.desktop.command import main

    sys.exit(main(sys.argv[1:]))
