"""Takes a picture of each window from the real app, on desktops of two languages and three tones, to be looked at.

    python -m tests.desktop.screenshots --all DIRECTORY [DESKTOP...]

A desktop is a language and a tone, such as ko-dark; without one all of `DESKTOPS` are taken. `OOMTRAY_ONLY="help kills"`
takes these alone. What could not be opened is printed, and the screen as it then was is a picture too.
"""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from oomtray import help_pages
from oomtray.history.database import Database
from oomtray.kernel.files import oom_kills
from oomtray.messages.i18n import DOMAIN, FOLDER
from oomtray.ui.settings.pages import PAGES
from tests.desktop.app import TITLE, App
from tests.desktop.test_app_history import UP_TO_HISTORY
from tests.facts import histories
from tests.rigs.desktop.session import Box, Desktop, Window, python_module
from tests.ui.rules_file import RULES, TRAINING

TREE = Path(__file__).parents[2]
LOCALES = {"en": "en_US", "ko": "ko_KR"}
TONES = ("light", "dark", "contrast")
DESKTOPS = tuple(f"{language}-{tone}" for language in LOCALES for tone in TONES)
SETTINGS = "[notifications]\nkills = false\n"
SECONDS = float(os.environ.get("OOMTRAY_SCREENSHOTS_SECONDS", "60"))
AROUND = 26
"""Pixels around a window, in which its title bar is."""
DIALOGS = {"details": ("Up",) * 2, "explain": ("Up",) * 3, "value": ("Up", "Right", *("Down",) * 2), "rule": ("Up", "Right", *("Down",) * 3)}
"""The keys that lead there in a row's menu."""
TALL = Box(20, 30, 900, 920)
"""Where a window shows all of a page."""


class Tour:
    """Of one desktop."""

    def __init__(self, directory: Path, name: str, languages: Path) -> None:
        language, tone = name.split("-")
        self.name, self._directory = name, directory
        self.desk = Desktop(theme=tone, height=1000, accessible=True)
        self.tr = gettext.translation(DOMAIN, languages, [language], fallback=True).gettext
        self._env = {"LANG": f"{LOCALES[language]}.UTF-8", "LANGUAGE": language, FOLDER: str(languages), "LOCPATH": str(languages)}
        self.steps: dict[str, Callable[[], None]] = {
            "popup": self.popup_itself,
            "menu": self.tray_menu,
            "row": self.row_menu_itself,
            **{what: partial(self.dialog, what, keys) for what, keys in DIALOGS.items()},
            "force": self.force_kill,
            "more": self.more,
            "fits": partial(self.from_more, "fits", 3, "11G"),
            "drill": partial(self.from_more, "drill", 5),
            "undo": self.undo,
            "ending": self.ending,
            "history": self.history,
            "kills": self.kills,
            "settings": self.settings,
            "help": self.help,
            "profiles": self.profiles,
            "tooltips": self.tooltips,
            "tray": self.tray_tooltip,
        }

    def begin(self, programs: Path) -> None:
        desk, self.app = self.desk, App(self.desk)
        record = Database(str(Path(desk.env["XDG_STATE_HOME"]) / "oomtray" / "history.db"))
        histories.write(record, time.time(), kills=oom_kills() or 0)
        install_entries(desk, programs)
        self.app.settings(SETTINGS)
        (self.app.config.parent / "rules.toml").write_text(RULES + TRAINING)
        self.app.program = desk.run(python_module("oomtray"), env=self._env)
        desk.wait_for_tray_icon()

    # what all of it needs

    def take(self, what: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # one window is no reason to do without the others
            print(f"{self.name}: {what}: {traceback.format_exception_only(error)[0][:300]}", flush=True)
            self.desk.screenshot(self._directory / f"FAILED-{what}-{self.name}.png")
        self._close_all()

    def shot(self, what: str, *boxes: Box) -> None:
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
        box = Box(left, top, right - left, bottom - top).grown(AROUND)
        self.desk.screenshot(self._directory / f"{what}-{self.name}.png", box.clipped(self.desk.width, self.desk.height))

    def away(self, seconds: float = 1) -> None:
        """The pointer, so that nothing is under it; and time in which what was begun comes to an end."""
        self.desk.point_at(Box(0, 0, 2, 2))
        time.sleep(seconds)
        self.desk.still()

    def popup(self) -> Window:
        found = self.desk.windows(f"^{TITLE}$")
        popup = found[0] if found else self.app.popup()
        self.app.row("")
        self.away()
        return popup

    def row_menu(self, name: str) -> tuple[Window, Window]:
        popup, row = self.popup(), self.app.row(name)
        menu = self.desk.opens(lambda: self.desk.click_on(row, button=3))
        time.sleep(0.5)  # in which it learns what each would bring
        return popup, menu

    def press(self, name: str) -> None:
        self.app.press(self.tr(name))

    def choose(self, role: str, name: str) -> None:
        node = self.desk.accessible.wait_for(role, self.tr(name), app="oomtray")
        self.desk.accessible.do(node, "Toggle")

    def from_menu(self, up: int, title: str) -> Window:
        self.app.menu()
        window = self.desk.opens(lambda: self.desk.key(*["Up"] * up, "Return"), title=self.tr(title))
        self.away()
        return window

    def _close_all(self) -> None:
        for _ in range(8):
            if not self._ours():
                time.sleep(0.4)  # one may give way to another
            if not self._ours():
                return
            self.desk.key("Escape")
            time.sleep(0.3)

    def _ours(self) -> list[Window]:
        assert self.app.program is not None
        return self.desk.windows_of(self.app.program.pid)

    # what there is

    def popup_itself(self) -> None:
        popup = self.popup()
        self.away(4.5)  # two more scans, for the changes
        self.shot("popup", popup.box)

    def tray_menu(self) -> None:
        menu = self.desk.icon_menu()
        self.shot("menu", menu.box)
        below = self.desk.opens(lambda: self.desk.key("Down", "Right"), kind="popup_menu")
        self.shot("menu-app", menu.box, below.box)
        self.desk.key("Escape", "Escape", "Escape")

    def row_menu_itself(self) -> None:
        popup, menu = self.row_menu("Firefox")
        self.shot("row-menu", popup.box, menu.box)
        below = self.desk.opens(lambda: self.desk.key("Up", "Right"))
        self.shot("row-menu-more", popup.box, menu.box, below.box)

    def dialog(self, what: str, keys: Sequence[str]) -> None:
        self.row_menu("Firefox")
        window = self.desk.opens(lambda: self.desk.key(*keys, "Return"))
        self.away()
        self.shot(what, self.desk.now(window).box)

    def force_kill(self) -> None:
        popup, _ = self.row_menu("Firefox")
        self.desk.key(*["Up"] * 4, "Return")
        self.away()
        self.shot("force-kill", popup.box)

    def more(self) -> None:
        popup = self.popup()
        menu = self.desk.opens(lambda: self.press("More"))
        self.shot("more", popup.box, menu.box)

    def from_more(self, what: str, down: int, text: str = "") -> None:
        self.popup()
        self.desk.opens(lambda: self.press("More"))
        window = self.desk.opens(lambda: self.desk.key(*["Down"] * down, "Return"))
        self.desk.type(text)
        self.away()
        self.shot(what, self.desk.now(window).box)

    def undo(self) -> None:
        popup, _ = self.row_menu("Slack")
        self.desk.key("Down", "Return")
        self.away()
        self.shot("undo", popup.box)
        self.press("Undo")

    def ending(self) -> None:
        """Within the seconds in which it can be stopped, which closing does."""
        popup, _ = self.row_menu("Slack")
        self.desk.key(*["Up"] * 5, "Return")
        self.away(0.5)
        self.shot("ending", popup.box)

    def history(self) -> None:
        window = self.from_menu(UP_TO_HISTORY, "History")
        self.shot("history", window.box)
        for name in ("Day", "Week", "Month", "Table"):
            self.choose("radio button", name)
            self.away(1.5)
            self.shot(f"history-{name.lower()}", window.box)
        menu = self.desk.opens(lambda: self.press("Export or clear"))
        self.shot("history-menu", window.box, menu.box)
        question = self.desk.opens(lambda: self.desk.key("Up", "Return"))
        self.shot("history-clear", window.box, question.box)

    def kills(self) -> None:
        window = self.from_menu(UP_TO_HISTORY - 1, "What was killed")
        self.shot("kills", window.box)
        self.desk.key("Down")
        self.away()
        self.shot("kills-second", window.box)

    def settings(self) -> None:
        self.popup()
        window = self.desk.opens(lambda: self.desk.key("ctrl+comma"), title=self.tr("Settings"))
        self.away()
        self.shot("settings", window.box)
        self.desk.place(window, TALL)
        for page in PAGES:
            self.choose("list item", page.title)
            self.away(1.5)
            self.shot(f"settings-{page.id}", self.desk.now(window).box)
            if page.id == "rules":
                self._rule_editor()

    def _rule_editor(self) -> None:
        editor = self.desk.opens(lambda: self.press("Add…"), title=self.tr("New rule"))
        self.desk.type("firefox")
        self.away()
        self.shot("rule-editor", self.desk.now(editor).box)
        self.desk.key("Escape")
        self.desk.wait_for_no_window(self.tr("New rule"))

    def help(self) -> None:
        window = self.from_menu(2, "Help")
        tree = self.desk.accessible
        for number, topic in enumerate(help_pages.TOPICS):
            tree.do(tree.find("list item", app="oomtray")[number], "Toggle")
            self.away(0.7)
            self.shot(f"help-{topic}", window.box)

    def profiles(self) -> None:
        self.shot("profiles", self.from_menu(UP_TO_HISTORY - 2, "Rule profiles").box)

    def tooltips(self) -> None:
        popup, row = self.popup(), self.app.row("Firefox")
        spots = {"row": Box(row.x + 60, row.y + 20, 2, 2), "bar": Box(popup.box.x + 100, popup.box.y + 68, 2, 2)}
        for what, spot in spots.items():
            self.away()
            tip = self.desk.opens(partial(self.desk.point_at, spot), kind="tooltip")
            self.shot(f"tooltip-{what}", popup.box, tip.box)

    def tray_tooltip(self) -> None:
        self.desk.point_at(self.desk.wait_for_tray_icon())
        time.sleep(2)
        self.shot("tray-tooltip", Box(self.desk.width - 660, self.desk.height - 100, 640, 90))

    def level(self, name: str) -> None:
        def bubble() -> None:
            self.desk.notification(timeout=30)
            self.away()  # it fades in
            self.shot(f"notification-{name}", Box(self.desk.width - 600, 0, 600, 230))

        def popup() -> None:
            box = self.popup().box
            self.away(4.5)
            self.shot(f"popup-{name}", box)

        self.take(f"notification-{name}", bubble)
        self.take(f"popup-{name}", popup)


def install_entries(desk: Desktop, programs: Path) -> None:
    """Desktop entries of the programs on stage, which then show under the names that the record has, too."""
    applications = desk.home / ".local/share/applications"
    applications.mkdir(parents=True, exist_ok=True)
    for program, name in {"firefox": "Firefox", "code": "VS Code", "slack": "Slack", "thunderbird": "Thunderbird"}.items():
        entry = f"[Desktop Entry]\nType=Application\nName={name}\nExec={programs / program}\n"
        (applications / f"{program}.desktop").write_text(entry)


def main(directory: Path, names: Sequence[str], used: Callable[[float], None], programs: Path) -> int:
    """`used` sets which share of the memory is used; `programs` is the folder of those on stage."""
    directory.mkdir(parents=True, exist_ok=True)
    only = os.environ.get("OOMTRAY_ONLY", "").split()
    used(0.58)
    with ExitStack() as desktops:
        languages = directory / "languages"
        desktops.callback(shutil.rmtree, languages, ignore_errors=True)
        _make_languages(languages)
        tours = [Tour(directory, name, languages) for name in names or DESKTOPS]
        for tour in tours:
            desktops.enter_context(tour.desk)
            tour.begin(programs)
        for step in range(20):
            used(0.58 + 0.006 * step)
            time.sleep(SECONDS / 20)
        for tour in tours:
            for what in only or tour.steps:
                tour.take(what, tour.steps[what])
        if only:
            return 0
        for name, begin, end in (("warning", 0.8, 0.84), ("critical", 0.84, 0.94)):
            for step in range(16):
                used(begin + (end - begin) * step / 15)
                time.sleep(2)
            for tour in tours:
                tour.level(name)
    return 0


def _make_languages(folder: Path) -> None:
    """Translations, and what the C library knows of a language, where this machine can make that."""
    environment = os.environ | {"PYTHONPATH": str(TREE / "packaging")}
    command = [sys.executable, "-B", "-m", "translations", "compile", str(TREE / "resources/translations"), str(folder)]
    subprocess.run(command, env=environment, cwd=TREE, check=True)
    for name in LOCALES.values():
        with suppress(OSError):
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")], check=False)
