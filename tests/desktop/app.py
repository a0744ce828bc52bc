"""The real app on a rig's desktop, with settings of the test's own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.rigs.desktop.session import Box, Desktop, Program, RigTimeout, Window, python_module, wait_for

TITLE = "OOM Tray"


class App:
    """`popup()` clicks the icon; `settings()` rewrites config.toml, which the app rereads at its next scan."""

    def __init__(self, desk: Desktop) -> None:
        self.desk = desk
        self.program: Program | None = None
        self.config = Path(desk.env["XDG_CONFIG_HOME"]) / "oomtray" / "config.toml"

    def settings(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        new = self.config.with_suffix(".new")
        new.write_text(text)
        new.rename(self.config)

    def start(self) -> Box:
        """Starts it; where its icon is."""
        self.program = self.desk.run(python_module("oomtray"))
        return self.desk.wait_for_tray_icon()

    def popup(self) -> Window:
        try:
            return self.desk.opens(self.desk.click_icon, title=TITLE)
        except RigTimeout as error:
            error.add_note(self.program.output() if self.program else "the app was not started")
            raise

    def menu(self) -> Window:
        """The icon's menu, opened."""
        self.desk.wait_for_tray_icon()
        return self.desk.icon_menu()

    def row(self, name: str) -> Box:
        """Where the row is whose accessible name begins so."""

        def found() -> Box | None:
            for node in self.desk.accessible.find("tree item", app="oomtray"):
                if node.showing and node.name.startswith(name):
                    return node.box
            return None

        return wait_for(found, f"a row {name!r}")

    def alone(self, name: str) -> Box:
        """Started with a row for each process, its popup open and filtered by this name: where the row is that is left."""
        self.settings('[rows]\nshow = "processes"\n')
        self.start()
        self.popup()
        self.row("")
        self.desk.type(name)
        return self.row(name)

    def says(self) -> str:
        """All labels that are shown, a line each, with plain spaces where others keep words together."""
        labels = self.desk.accessible.find("label", app="oomtray")
        return "\n".join(node.name for node in labels if node.showing).replace("\u00a0", " ")

    def press(self, button: str) -> None:
        box = self.desk.accessible.wait_for("push button", button, app="oomtray").box
        assert box is not None
        self.desk.click_on(box)


@contextlib.contextmanager
def sleeper(name: str = "kept-awake") -> Iterator[int]:
    """A process of this name; gives its pid."""
    code = f"import ctypes, time; ctypes.CDLL(None).prctl(15, b{name!r}); print(flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        process.communicate()
