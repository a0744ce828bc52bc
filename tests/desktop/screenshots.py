"""Takes the pictures of the README from the real app on a real desktop: `make screenshots`.

The processes are real ones under the names of programs that people know, the panel, menus and notifications are real.
Only meminfo is ours, so that a large idle machine shows what a smaller busy one would. As root it goes into a mount and a
user namespace of its own first, because meminfo can be covered there and nobody uses a desktop as root.

`python -m tests.desktop.screenshots --all DIRECTORY` takes pictures of all windows instead, as `every_window` says.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from oomtray.history.database import Database
from oomtray.kernel.files import oom_kills
from tests.desktop import every_window
from tests.desktop.app import TITLE, App
from tests.desktop.test_app_history import UP_TO_HISTORY
from tests.facts import histories
from tests.rigs.desktop.session import Box, Desktop, wait_for
from tests.rigs.processes.hog import hog_binary

PICTURES = Path(__file__).parents[2] / "resources" / "screenshots"
GIB = 1 << 20  # KiB
TOTAL = 16 * GIB
SECONDS = float(os.environ.get("OOMTRAY_SCREENSHOTS_SECONDS", "240"))
"""How long the trail is that the popup shows, of the ten minutes that it has room for."""
CURVE = [0.58 + 0.13 * (1 - math.cos(math.pi * step / 40)) / 2 + 0.006 * math.sin(step) for step in range(41)]
"""A share of the RAM: it grows, and levels off so early and so gently that no time is foretold at which it is gone."""
RISE = [0.84 + 0.0025 * step for step in range(1, 41)]
"""As steadily as a leak, so that the clocks and the rate speak of the same thing."""
SETTINGS = "[notifications]\nkills = false\n"
"""What the history has is nobody's news."""
_INSIDE = "OOMTRAY_SCREENSHOTS_MEMINFO"

CAST = [
    # executable, MiB, oom_score_adj, copies
    ("firefox", 620, 0, 1),
    ("firefox", 330, 233, 1),
    ("firefox", 180, 167, 4),
    ("code", 410, 0, 1),
    ("code", 170, 200, 1),
    ("code", 110, 200, 2),
    ("mysqld", 480, 0, 1),
    ("python3.12", 700, 0, 1),
    ("slack", 260, 300, 1),
    ("slack", 90, 200, 1),
    ("thunderbird", 240, 0, 1),
    ("gnome-shell", 190, 0, 1),
    ("Xwayland", 60, 0, 1),
]
"""About 5 GiB in all, and never more than a quarter of the machine's memory (see `_cast`)."""


def main() -> int:
    if _INSIDE not in os.environ:
        return _enter()
    if sys.argv[1:2] == ["--all"]:
        with _cast() as programs:
            return every_window.main(Path(sys.argv[2]), sys.argv[3:], lambda used: _meminfo(used=used), programs)
    PICTURES.mkdir(parents=True, exist_ok=True)
    _meminfo(used=CURVE[0])
    with _cast() as programs, _desktop("light") as (light, light_app), _desktop("dark") as (dark, dark_app):
        for desk, app in ((light, light_app), (dark, dark_app)):
            record = Database(str(Path(desk.env["XDG_STATE_HOME"]) / "oomtray" / "history.db"))
            histories.write(record, time.time(), kills=oom_kills() or 0)
            every_window.install_entries(desk, programs)
            app.settings(SETTINGS)
            app.start()
        for used in CURVE:
            _meminfo(used=used)
            time.sleep(SECONDS / len(CURVE))
        _popup(light, light_app, "popup-light", says="fine")
        _row_menu(light, light_app)
        _popup(dark, dark_app, "popup-dark", says="fine")
        dark.key("Escape")
        dark.wait_for_no_window(TITLE)
        _tray_menu(light)
        for desk, app, theme in ((light, light_app, "light"), (dark, dark_app, "dark")):
            _window(desk, app, UP_TO_HISTORY, "History", f"history-{theme}")
            _window(desk, app, UP_TO_HISTORY - 1, "What was killed", f"killed-{theme}")
            desk.key("Escape")  # the popup, in which it tells what it has done
            desk.wait_for_no_window(TITLE)
        _meminfo(used=0.84)
        light.notification(timeout=30)
        time.sleep(1)  # it fades in
        _shot(light, "notification", Box(light.width - 600, 0, 600, 220))
        for used in RISE:
            _meminfo(used=used)
            time.sleep(2)
        wait_for(lambda: light.tray_icons(), "the icon")
        _popup(light, light_app, "critical", says="nearly")
    for picture in sorted(PICTURES.glob("*.png")):
        print(picture.relative_to(PICTURES.parents[1]))
    return 0


def _enter() -> int:
    """The same again where meminfo is ours and the user isn't root."""
    with tempfile.TemporaryDirectory() as directory:
        meminfo = Path(directory) / "meminfo"
        shutil.copy("/proc/meminfo", meminfo)
        os.chmod(meminfo, 0o644)
        script = 'mount --bind "$0" /proc/meminfo && exec unshare --user --map-user=1000 --map-group=1000 "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, str(meminfo)]
        if os.geteuid() != 0:
            print("as an ordinary user the pictures show this machine's own memory", file=sys.stderr)
            command = []
        environment = os.environ | {_INSIDE: str(meminfo), "OOMTRAY_TEST_CACHE": f"{directory}/cache"}
        return subprocess.run(
            [*command, sys.executable, "-m", "tests.desktop.screenshots", *sys.argv[1:]], env=environment, check=False
        ).returncode


def _meminfo(*, used: float) -> None:
    """In place, because it is mounted over the kernel's."""
    available = round(TOTAL * (1 - used))
    lines = {"MemTotal": TOTAL, "MemFree": available // 3, "MemAvailable": available, "Buffers": 80_000, "Cached": GIB}
    swap = {"SwapTotal": 4 * GIB, "SwapFree": round(4 * GIB * 0.88)}
    with open(os.environ[_INSIDE], "r+", encoding="ascii") as file:
        file.truncate()
        file.write("".join(f"{name}: {size} kB\n" for name, size in (lines | swap).items()))


@contextlib.contextmanager
def _cast() -> Iterator[Path]:
    """The folder of the programs on stage, each a small one that holds memory under another's name."""
    running = []
    with tempfile.TemporaryDirectory() as directory:
        try:
            for name, size, adj, copies in CAST:
                program = Path(directory) / name
                if not program.exists():
                    shutil.copy(hog_binary(), program)
                for _ in range(copies):
                    process = subprocess.Popen(
                        [program, "-n", name[:15], str(size)],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        start_new_session=True,
                    )
                    running.append(process)
                    Path(f"/proc/{process.pid}/oom_score_adj").write_text(str(adj))
            for process in running:
                assert process.stdout is not None
                process.stdout.readline()
            yield Path(directory)
        finally:
            for process in running:
                process.kill()
                process.communicate()


@contextlib.contextmanager
def _desktop(theme: str) -> Iterator[tuple[Desktop, App]]:
    with Desktop(theme=theme, height=920, accessible=True) as desk:
        yield desk, App(desk)


def _popup(desk: Desktop, app: App, name: str, says: str = "") -> None:
    popup = app.popup()
    desk.point_at(Box(0, 0, 2, 2))  # no tooltip over it
    app.row("")
    wait_for(lambda: says in app.says(), f"the popup to say {says!r}")
    time.sleep(4.5)  # two more scans, for the changes
    _shot(desk, name, popup.box.grown(24))


def _row_menu(desk: Desktop, app: App) -> None:
    row = app.row("Firefox")
    menu = desk.opens(lambda: desk.click_on(row, button=3))
    desk.still()
    popup = desk.wait_for_window(TITLE)
    _shot(desk, "row-menu", _around(popup.box, menu.box).grown(24))
    desk.key("Escape", "Escape")
    desk.wait_for_no_window(TITLE)


def _window(desk: Desktop, app: App, up: int, title: str, name: str) -> None:
    """One that the icon's menu opens, so many entries from its end."""
    app.menu()
    window = desk.opens(lambda: desk.key(*["Up"] * up, "Return"), title=title)
    desk.point_at(Box(0, 0, 2, 2))
    desk.still()
    _shot(desk, name, window.box.grown(24))
    desk.key("Escape")
    desk.wait_for_no_window(title)


def _tray_menu(desk: Desktop) -> None:
    icon = desk.wait_for_tray_icon()
    menu = desk.opens(lambda: desk.click_on(icon, button=3))
    desk.still()
    _shot(desk, "menu", _around(menu.box, icon).grown(24))
    desk.key("Escape")


def _around(first: Box, second: Box) -> Box:
    left, top = min(first.x, second.x), min(first.y, second.y)
    right = max(first.x + first.width, second.x + second.width)
    bottom = max(first.y + first.height, second.y + second.height)
    return Box(left, top, right - left, bottom - top)


def _shot(desk: Desktop, name: str, box: Box) -> None:
    desk.screenshot(PICTURES / f"{name}.png", box.clipped(desk.width, desk.height))


if __name__ == "__main__":
    sys.exit(main())
