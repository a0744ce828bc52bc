"""The settings and their rules as a screen reader's user has them: found, heard of and changed over AT-SPI, while the files follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.config import Settings, load
from tests.desktop.app import App, sleeper
from tests.desktop.test_app_settings import UP_TO_SETTINGS
from tests.rigs.desktop.accessible import Node
from tests.rigs.desktop.session import Desktop, wait_for

MINE = """\
# my own words
[levels]
warning_percent = 82   # early
warning_left = "4G"

[notifications]
warning = false
critical = false
kills = false
"""
RULES = '# mine\n[[rule]]\nlabel = "The zebra"\nprocess = "zebrafish"\nset = "first"\n'
NAME = "Warn when memory use reaches"


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


class Reader:
    """A screen reader's user in the window of the settings."""

    def __init__(self, desk: Desktop, app: App) -> None:
        self.desk, self.tree = desk, desk.accessible
        self.rules = Path(desk.env["XDG_CONFIG_HOME"]) / "oomtray" / "rules.toml"
        self.rules.parent.mkdir(parents=True, exist_ok=True)
        self.config = app.config
        app.settings(MINE)
        self.rules.write_text(RULES)
        app.start()
        app.menu()
        desk.opens(lambda: desk.key(*["Up"] * UP_TO_SETTINGS, "Return"), title="Settings")

    def wait(self, role: str, name: str) -> Node:
        return self.tree.wait_for(role, name, app="oomtray")

    def page(self, title: str) -> None:
        self.tree.do(self.wait("list item", title), "Toggle")
        wait_for(lambda: "selected" in self.wait("list item", title).states, f"the page {title}")

    def press(self, button: str) -> None:
        wait_for(lambda: "enabled" in self.wait("push button", button).states, f"{button} to be possible")
        self.tree.do(self.wait("push button", button))

    def labels(self) -> str:
        return "\n".join(node.name for node in self.tree.find("label", app="oomtray"))

    def says(self, text: str) -> bool:
        return text in self.config.read_text()


@pytest.fixture
def reader(desk: Desktop, app: App) -> Reader:
    return Reader(desk, app)


def test_settings_are_found_heard_and_changed(reader: Reader) -> None:
    tree = reader.tree
    field = reader.wait("spin box", NAME)
    assert (field.value, tree.text(field), field.description.splitlines()[0]) == (82, "82 %", "Default: 80 %")

    tree.set_value(field, 70)  # a number
    wait_for(lambda: reader.says("warning_percent = 70   # early"), "the file to follow")
    assert reader.config.read_text() == MINE.replace("82 ", "70 ")

    why = "must be lower than “Critical when memory use reaches”"
    with tree.changes(field, "PropertyChange") as heard:
        tree.set_value(field, 99)  # one that is refused
        what, *_, (_, text) = heard.next()[:4]
        assert (what, why in text) == ("accessible-description", True)
    assert why in reader.wait("spin box", NAME).description
    assert reader.wait("spin box", NAME).value == 70
    assert reader.says("warning_percent = 70 ")

    with tree.changes(field, "TextChanged") as heard:  # by hand meanwhile
        reader.config.write_text(MINE.replace("82 ", "75 "))
        heard.next()
        assert heard.next()[:4] == ("insert", 0, 4, ("s", "75 %"))
    assert reader.wait("spin box", NAME).value == 75

    reader.press(f"Back to the default of “{NAME}”: 80 %")
    wait_for(lambda: reader.wait("spin box", NAME).value == 80, "the default")
    assert load(reader.config)[0].levels == Settings().levels

    reader.page("Notifications")  # a switch
    quiet = reader.wait("check box", "Keep quiet while an app fills the screen")
    assert "checked" in quiet.states
    assert "Such as a presentation, a film or a game" in quiet.description
    with tree.changes(quiet, "StateChanged") as heard:
        tree.do(quiet, "Toggle")
        while heard.next()[:2] != ("checked", 0):
            pass
    wait_for(lambda: reader.says("quiet = false"), "the switch to act")
    assert "checked" not in reader.wait("check box", quiet.name).states

    reader.page("Look and icon")  # a choice
    choice = reader.wait("combo box", "The level alone")
    assert tree.labels(choice) == ["The icon shows"]
    tree.do(choice, "Press")
    assert "selected" in reader.wait("list item", "The level alone").states
    reader.desk.key("Down", "Down", "Return")  # in an open list no toolkit lets one choose otherwise
    wait_for(lambda: reader.says('shows = "percent"'), "the choice to act")
    assert tree.labels(reader.wait("combo box", "Memory used in %")) == ["The icon shows"]

    with tree.announcements() as heard:
        reader.config.write_text(MINE + "limits = maybe\n")  # a mistake
        assert "config.toml, line 10" in heard.next()[3][1]
    wait_for(lambda: "config.toml, line 10" in reader.labels() and "The last good settings stay" in reader.labels(), "its line")
    assert "enabled" not in reader.wait("combo box", "Memory used in %").states, "the last good ones are shown"


def test_rules_are_written_changed_and_taken_out(reader: Reader) -> None:
    tree, rules = reader.tree, reader.rules
    with sleeper("zebrafish"):
        reader.page("Rules")
        reader.wait("tree item", "1 process")
        for head in ("Rule", "Value", "Applies to"):
            reader.wait("column header", head)
        assert "enabled" not in reader.wait("push button", "Edit…").states

        reader.desk.opens(lambda: reader.press("Add…"), title="New rule")
        field = reader.wait("text", "App")
        choice = next(one for one in tree.find("combo box", app="oomtray") if one.name.startswith("Protect"))
        assert tree.labels(choice) == ["Value"]
        tree.set_text(field, "an-app")
        tree.set_text(reader.wait("text", "User"), "")
        reader.press("Save")
        reader.desk.wait_for_no_window("New rule")
        wait_for(lambda: 'app = "an-app"' in rules.read_text(), "the new rule")
        reader.wait("tree item", "App an-app")

        tree.do(reader.wait("tree item", "The zebra"), "Toggle")
        reader.desk.opens(lambda: reader.press("Edit…"), title="Edit the rule")
        assert tree.text(reader.wait("text", "Name of the process")) == "zebrafish"
        name = reader.wait("text", "Label")
        tree.set_text(name, "Stripes")
        reader.press("Save")
        reader.desk.wait_for_no_window("Edit the rule")
        wait_for(lambda: 'label = "Stripes"' in rules.read_text(), "the change")
        assert rules.read_text().startswith("# mine\n")

        tree.do(reader.wait("tree item", "Stripes"), "Toggle")
        with tree.announcements() as heard:
            reader.press("Remove")
            assert heard.next()[3] == ("s", "Removed: Stripes.")
        wait_for(lambda: "zebrafish" not in rules.read_text(), "the rule to be gone")
        reader.wait("label", "Removed: Stripes.")
        reader.press("Undo")
        wait_for(lambda: 'label = "Stripes"' in rules.read_text(), "the rule to be back")
