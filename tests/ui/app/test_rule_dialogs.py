"""Rules made from a row and from a profile: previewed, added, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from oomtray.actions.rules.parse import load
from oomtray.ui.controllers import row_actions
from oomtray.ui.popup.footer import Footer
from tests.ui.parts import the
from tests.ui.popup_with_rules import ME

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


@pytest.mark.parametrize(
    ("word", "value"),
    [("always-protect", "protect"), ("always-deprioritize", "deprioritize")],
    ids=["down", "up"],
)
def test_always_shows_the_rule_adds_it_and_takes_it_back(ui, word, value):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit(word, ui.subject())
    dialog = ui.dialogs.dialog
    assert "instead of +200" in dialog.list.toPlainText()
    assert ("administrator's password" in dialog.notes.text()) is (value == "protect")
    assert not ui.path.exists()
    ui.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert [rule.set for rule in load(str(ui.path)).rules] == [value]
    ui.scan()
    assert ui.adj() == (0 if value == "protect" else 300)
    ui.click(ui.popup.message, "Undo")
    assert load(str(ui.path)).rules == ()
    assert ui.adj() == 200


def test_cancelled_nothing_is_written(ui):
    ui.start()
    ui.scan()
    ui.popup.menu.chosen.emit("always-protect", ui.subject())
    ui.dialogs.dialog.reject()
    assert not ui.path.exists()


def test_a_new_rule_goes_above_the_one_that_counts_now_and_undo_leaves_that(ui):
    earlier = '# mine\n[[rule]]\nlabel = "Others"\napp = "firefox"\nset = 1\n\n[[rule]]\nlabel = "All hogs"\nprocess = "hog"\nset = 250\n'
    ui.path.write_text(earlier)
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("always-deprioritize", ui.subject())
    dialog = ui.dialogs.dialog
    assert "This rule goes above the one that counts now: All hogs" in dialog.notes.text()
    assert "hog (4242): +300" in dialog.list.toPlainText()
    ui.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert [rule.set for rule in load(str(ui.path)).rules] == [1, "deprioritize", 250]
    ui.scan()
    assert ui.adj() == 300
    ui.click(ui.popup.message, "Undo")
    assert ui.path.read_text() == earlier


def test_of_a_rule_that_is_there_below_an_earlier_one_that_one_is_named(ui):
    ui.start()
    ui.scan()
    ui.popup.menu.chosen.emit("always-deprioritize", ui.subject())
    ui.qtbot.mouseClick(ui.dialogs.dialog.button, Qt.MouseButton.LeftButton)
    added = ui.path.read_text()
    ui.path.write_text('[[rule]]\nlabel = "All hogs"\nprocess = "hog"\nset = 1\n\n' + added)
    ui.popup.menu.chosen.emit("always-protect", ui.subject())
    assert "An earlier rule counts for hog (4242): All hogs" in ui.dialogs.dialog.notes.text()
    ui.dialogs.dialog.reject()


def test_a_profile_is_shown_with_its_conversion_and_added(ui):
    ui.start(
        name=b"firefox",
        cgroup=f"0::/user.slice/user-{ME}.slice/user@{ME}.service/app.slice/app-firefox-1.scope\n",
    )
    ui.scan()
    ui.popup.profiles_wanted.emit("browsers")
    dialog = ui.dialogs.dialog
    assert dialog.says.text().endswith("It sets +588.")
    assert not dialog.notes.isVisible()
    assert dialog.list.toPlainText() == "firefox (4242): +588 instead of 0"
    rules = [rule.key for profile in dialog.chosen for rule in profile.rules]
    ui.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert [rule.key for rule in load(str(ui.path)).rules] == rules
    ui.scan()
    assert ui.adj() == 588
    ui.click(ui.popup.message, "Undo")
    assert (ui.adj(), load(str(ui.path)).rules) == (0, ())


def test_a_profile_that_is_there_already_is_not_added_again(ui):
    ui.start(name=b"nothing-known")
    ui.scan()
    ui.popup.profiles_wanted.emit("browsers")
    ui.qtbot.mouseClick(ui.dialogs.dialog.button, Qt.MouseButton.LeftButton)
    added = ui.path.read_text()
    ui.popup.profiles_wanted.emit("browsers")
    ui.qtbot.mouseClick(ui.dialogs.dialog.button, Qt.MouseButton.LeftButton)
    assert ui.path.read_text() == added
    assert ui.popup.message.text == "Browsers: these rules are in rules.toml already."
    assert ui.popup.message.button("Undo") is None, "there is nothing to take back"


def test_all_profiles_at_once(ui):
    ui.start(name=b"nothing-known")
    ui.scan()
    ui.popup.profiles_wanted.emit("all")
    dialog = ui.dialogs.dialog
    assert "Databases: -588" in dialog.list.toPlainText()
    assert "It matches nothing that is running now." in dialog.list.toPlainText()
    assert dialog.notes.text() == (
        "Rules below 0 go by the system's unit, or by name and user, because any program can have the same name.\n"
        "Going below 0 needs an administrator's password. Rules that wait for it are gathered in one line of the popup."
    )
    dialog.reject()


def test_the_menu_opens_all_profiles_among_which_the_dialog_lets_choose(ui):
    """As the tray's own menu does under the same name."""
    ui.start(name=b"nothing-known")
    ui.scan()
    actions = the(Footer, ui.popup).more_menu.actions()
    next(action for action in actions if action.text() == "Rule profiles…").trigger()
    assert ui.dialogs.dialog.choice.currentText() == "All of them"
    ui.dialogs.dialog.reject()


def test_a_service_is_offered_its_unit_instead(ui):
    ui.start(cgroup="0::/system.slice/hog.service\n")
    ui.scan()
    assert [choice.action for choice in row_actions.lasting(ui.subject(), ME)] == ["unit"]
