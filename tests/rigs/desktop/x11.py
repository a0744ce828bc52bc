"""One X screen under Xvfb: its picture, windows, pointer and keys."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.rigs.desktop import xlib
from tests.rigs.desktop.screen import Box, Frame
from tests.rigs.processes.programs import DEADLINE, RigTimeout, wait_for

_STEPS = 10


@dataclass(frozen=True, slots=True)
class Window:
    id: int
    title: str
    box: Box
    kind: str = ""
    """normal, dialog, popup_menu, tooltip...; "" if unknown"""


class X11Screen:
    """`display` is the server's name and `framebuffer` the directory in which its Xvfb keeps the screen."""

    display: str
    framebuffer: Path
    env: dict[str, str]

    def frame(self) -> Frame:
        return Frame.from_xwd(self.framebuffer / "Xvfb_screen0")

    def screenshot(self, path: Path, box: Box | None = None) -> None:
        """Save a PNG of the screen or of a part of it."""
        frame = self.frame()
        (frame.crop(box) if box else frame).save(path)

    def still(self, seconds: float = 0.15, timeout: float = DEADLINE) -> Frame:
        """Wait until the screen has not changed for that long, so that everything is drawn; return it."""
        last, since = self.frame(), time.monotonic()
        end = since + timeout
        while time.monotonic() - since < seconds:
            if time.monotonic() > end:
                raise RigTimeout(f"the screen did not come to rest within {timeout:g} s")
            time.sleep(0.03)
            now = self.frame()
            if now.pixels != last.pixels:
                last, since = now, time.monotonic()
        return last

    def windows(self, title: str = "") -> list[Window]:
        """Return the visible windows whose title matches a regular expression; without one all that have a size."""
        return self._windows(self._search("--onlyvisible", "--name", title or ".*"))

    def _search(self, *criteria: str) -> list[int]:
        # xdotool reports "nothing found" by status 1, and fails if a window disappears while it looks
        while True:
            done = subprocess.run(
                ["xdotool", "search", *criteria], env=self._xenv, capture_output=True, text=True, check=False
            )
            if "X Error" not in done.stderr:
                return [int(line) for line in done.stdout.split()]

    def _windows(self, numbers: list[int]) -> list[Window]:
        return [Window(*values) for values in xlib.describe(self.display, numbers)]

    def _window(self, number: int) -> Window | None:
        return next(iter(self._windows([number])), None)

    def windows_of(self, pid: int) -> list[Window]:
        """Return the visible windows of a process, with and without a title."""
        return self._windows(self._search("--onlyvisible", "--all", "--pid", str(pid), "--name", ".*"))

    def now(self, window: Window) -> Window:
        """Return the window in its current state; it may have grown."""
        return self._window(window.id) or window

    def place(self, window: Window, box: Box) -> None:
        """Move the window there and resize it, without its frame."""
        number = str(window.id)
        self._xdotool("windowmove", number, str(box.x), str(box.y), "windowsize", number, str(box.width), str(box.height))

    def wait_for_window(self, title: str, timeout: float = DEADLINE) -> Window:
        return wait_for(lambda: self.windows(title), f"a window called {title!r}", timeout)[0]

    def wait_for_no_window(self, title: str, timeout: float = DEADLINE) -> None:
        wait_for(lambda: not self.windows(title), f"no window called {title!r}", timeout)

    def focused(self) -> str:
        """Return the title of the window with the keyboard focus; "" if none has it."""
        done = subprocess.run(
            ["xdotool", "getactivewindow", "getwindowname"],
            env=self._xenv, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout.strip()

    def activate(self, window: Window) -> None:
        """Activate it as a program requests it, without pointer and keyboard."""
        self._xdotool("windowactivate", str(window.id))

    def opens(
        self, action: Callable[[], object], title: str = "", *, kind: str = "", timeout: float = DEADLINE
    ) -> Window:
        """Run `action` and wait for the window or menu that it opens, drawn and still.

        A tooltip only counts if `kind` asks for one.
        """
        before = {window.id for window in self.windows(title)}
        action()

        def wanted(window: Window) -> bool:
            fits = window.kind == kind if kind else window.kind != "tooltip"
            return fits and window.id not in before and window.box.width > 10

        def new() -> Window | None:
            fresh = [window for window in self.windows(title) if wanted(window)]
            # a window manager puts a titled window into frames without properties of their own
            return max(fresh, key=lambda window: (bool(window.kind), bool(window.title)), default=None)

        opened = wait_for(new, f"a new {kind} window {title!r}", timeout)
        self.still()
        return self._window(opened.id) or opened

    @property
    def _xenv(self) -> dict[str, str]:
        return self.env | {"DISPLAY": self.display}

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments], env=self._xenv, check=True, timeout=DEADLINE, stdout=subprocess.DEVNULL
        )

    def point_at(self, box: Box) -> None:
        x, y = box.center
        self._xdotool("mousemove", str(x - 1), str(y), "mousemove", str(x), str(y))

    def click(self, x: int, y: int, button: int = 1, *, count: int = 1) -> None:
        """Click with a button as numbered by X: 1 left, 2 middle, 3 right, 4 and 5 the wheel."""
        # like a hand's pointer, it arrives before it clicks: GTK only accepts a click after it has seen it
        # enter
        moves = ["mousemove", str(x - 1), str(y), "mousemove", str(x), str(y), "sleep", "0.1"]
        self._xdotool(*moves, "click", "--repeat", str(count), "--delay", "80", str(button))

    def click_on(self, box: Box, button: int = 1, *, count: int = 1) -> None:
        self.click(*box.center, button, count=count)

    def drag(self, start: tuple[int, int], by: tuple[int, int], until: Callable[[], object]) -> None:
        """Press, move there in steps as a hand does, and release once `until` holds."""
        (x, y), (dx, dy) = start, by
        self._xdotool("mousemove", str(x), str(y), "sleep", "0.05", "mousedown", "1", "sleep", "0.05")
        try:
            for n in range(1, _STEPS + 1):
                there = str(x + dx * n // _STEPS), str(y + dy * n // _STEPS)
                self._xdotool("mousemove", *there, "sleep", "0.03")
            wait_for(until, f"a drag from {start} by {by} to do something")
        finally:
            self._xdotool("mouseup", "1")

    def hold(self, x: int, y: int, seconds: float) -> None:
        """Press for so many seconds and release, without moving."""
        press = ["mousemove", str(x), str(y), "sleep", "0.05", "mousedown", "1", "sleep", str(seconds)]
        self._xdotool(*press, "mouseup", "1")

    def key(self, *names: str) -> None:
        """Press keys one after another, by X's names: Down, Return, Escape, ctrl+f, Menu."""
        self._xdotool("key", "--delay", "60", *names)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "30", text)
