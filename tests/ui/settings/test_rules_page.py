"""The rules in the settings: listed with what each does now, written, moved and taken out, with a mistake by its line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from oomtray.actions.file_edits import undo
from oomtray.actions.journal import Journal
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load
from oomtray.kernel.users import login_name
from oomtray.messages import names
from oomtray.messages.rules import title
from oomtray.risk.assessment import Assessment
from oomtray.ui.qt import colors
from oomtray.ui.qt.flat_table import PAD, broken
from oomtray.ui.qt.plain_text import as_html
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.rule_editor import RuleEditor
from oomtray.ui.settings.rules_page import RulesPage
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.facts import desktops
from tests.ui.rules_file import MISTAKEN, RULES, rule_controller
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Machine:
    """What runs, and the file."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "rules.toml"
        self.now: Assessment | None = desktops.desktop()
        self.controller = rule_controller(directory)

    def scan(self, now: Assessment | None) -> None:
        self.now = now
        self.controller.take(None)

    @property
    def values(self) -> list[object]:
        return [rule.set for rule in load(str(self.path)).rules]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def open_(qtbot: Any, around: Surroundings, machine: Machine) -> Callable[[], RulesPage]:
    def opened() -> RulesPage:
        page = RulesPage("Rules", replace(around, rules=machine.controller, assessment=lambda: machine.now))
        qtbot.addWidget(page)
        page.resize(640, 700)
        page.show()
        return page

    return opened


def rows(page: RulesPage) -> list[list[str]]:
    items = [page.list.topLevelItem(n) for n in range(page.list.topLevelItemCount())]
    return [[item.text(column) for column in range(3)] for item in items if item is not None]


def choose(page: RulesPage, row: int) -> None:
    item = page.list.topLevelItem(row)
    assert item is not None
    page.list.setCurrentItem(item)


def click(qtbot: Any, button: Any) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_each_rule_says_what_it_matches_now_and_each_scan_says_it_anew(
    open_: Callable[[], RulesPage], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    page = open_()
    assert rows(page) == [
        ["The browser", "Deprioritize, +300", "12 processes"],
        ["Process mysqld", "-700", "1 process"],
    ]
    assert not page.unset.isVisible()
    firefox = [member.process.pid for member in desktops.desktop().apps[0].members]
    machine.scan(desktops.without(desktops.desktop(), *firefox))
    assert rows(page)[0][2] == "none"


def test_a_rule_that_can_not_act_says_so_and_the_page_says_why(
    open_: Callable[[], RulesPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_()
    monkeypatch.setattr("oomtray.actions.rules.engine.os", SimpleNamespace(geteuid=lambda: 0))  # even for root: anybody can have that name
    page.take()
    assert [row[2] for row in rows(page)] == ["12 processes", "1 process, not set"]
    item = page.list.topLevelItem(1)
    assert item is not None
    assert "needs a password, but a name alone is not enough" in item.toolTip(2)
    why = "Process mysqld: not set. Any program can have that name, so add a user or a unit to the rule."
    assert page.unset.isVisible()
    assert page.unset.text() == why
    choose(page, 1)
    assert not page.unset.isVisible(), "it is told among the steps of the one in hand"
    assert "a name alone is not enough" in page.what.text()
    choose(page, 0)
    assert page.unset.text() == why


@pytest.mark.parametrize("points", [9.0, 10.0, 13.33, 18.0])
def test_a_profile_is_spaced_as_a_switch_of_other_pages(
    qtbot: Any, open_: Callable[[], RulesPage], make: Callable[[], SettingsWindow], points: float
) -> None:
    with text_size(points):
        page, window = open_(), make()
        row = window.show_page("history").rows[0]
        window.show()
    page.resize(1800, 900)
    window.resize(1800, 900)
    switches, layout = list(page.profiles.switches.values()), page.profiles.layout()
    about = layout.itemAt(layout.indexOf(switches[0]) + 1).widget()
    qtbot.waitUntil(lambda: about.y() - switches[0].geometry().center().y() == row.hint.y() - row.control.geometry().center().y())
    qtbot.waitUntil(lambda: switches[1].y() - switches[0].y() == row.height() + 1)  # with the line between them
    assert about.font() == row.hint.font()


def test_the_one_in_hand_is_told_in_words(open_: Callable[[], RulesPage]) -> None:
    page = open_()
    choose(page, 0)
    assert "for processes that match the app firefox" in page.what.text()
    assert "firefox, 12 processes: +300 instead of values from 0 to +233" in page.what.text()


def test_an_app_is_let_go_first_by_a_new_rule(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    page = open_()
    click(qtbot, page.add_button)
    editor = page.editor
    assert editor is not None
    assert not editor.save_button.isEnabled()
    assert editor.list.toPlainText() == "Name an app, or another condition."
    assert "spotify" in [editor.fields["app"].itemText(n) for n in range(editor.fields["app"].count())], "what runs is offered"
    editor.fields["app"].setEditText("spotify")
    editor.fields["user"].setEditText("")
    editor.value.setCurrentIndex(editor.value.findData("first"))
    qtbot.waitUntil(lambda: editor.list.toPlainText().startswith("spotify, 3 processes: +900 instead of 0"))
    with qtbot.waitSignals([editor.saved, machine.controller.changed]):
        click(qtbot, editor.save_button)
    assert machine.values == ["deprioritize", -700, "first"]
    assert rows(page)[2] == ["App spotify", "Deprioritize strongly, +900", "3 processes"]


def edited(qtbot: Any, page: RulesPage, app: str) -> RuleEditor:
    """The editor of a new rule for an app."""
    click(qtbot, page.add_button)
    assert page.editor is not None
    page.editor.fields["app"].setEditText(app)
    page.editor.fields["user"].setEditText("")
    page.editor.foresee()
    return page.editor


def test_an_app_is_named_there_as_in_the_popup(qtbot: Any, open_: Callable[[], RulesPage]) -> None:
    names.learn_app(next(app for app in desktops.desktop().apps if app.key == "firefox"), "Firefox")
    page = open_()
    choose(page, 0)
    assert "Firefox, 12 processes: +300" in page.what.text()
    assert edited(qtbot, page, "firefox").list.toPlainText().startswith("Firefox, 12 processes: -500")


def test_a_new_rule_counts_before_the_one_that_has_its_processes(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    """It was added as the last, where it has no effect."""
    page = open_()
    editor = edited(qtbot, page, "firefox")
    assert editor.list.toPlainText().startswith("firefox, 12 processes: -500 instead of values from 0 to +233")
    assert editor.first.isVisible()
    assert "This rule goes above the one that counts now: The browser." in editor.notes.text()
    click(qtbot, editor.save_button)
    assert machine.values == ["protect", "deprioritize", -700]


def test_without_it_what_an_earlier_rule_has_is_said(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    page = open_()
    editor = edited(qtbot, page, "firefox")
    editor.first.click()
    assert editor.list.toPlainText() == "It would change nothing: an earlier rule counts for all 12 processes that it matches."
    assert "An earlier rule counts for 12 of its processes: The browser." in editor.notes.text()
    click(qtbot, editor.save_button)
    assert machine.values == ["deprioritize", -700, "protect"]
    assert rows(page)[2][2] == "none"
    assert "An earlier rule counts for 12 of its processes: The browser." in page.what.text(), "also of the one in hand"
    assert "It matches nothing" not in page.what.text()


def test_what_matches_nothing_is_said_and_offers_no_place(qtbot: Any, open_: Callable[[], RulesPage]) -> None:
    editor = edited(qtbot, open_(), "firefix")
    assert editor.list.toPlainText() == "It matches nothing that is running now, only what may start later."
    assert not editor.first.isVisible()


def test_a_rule_below_another_says_how_it_comes_to_count(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    machine.path.write_text(RULES + "\n[[rule]]\napp = 'firefox'\nset = 'protect'\n")
    page = open_()
    choose(page, 2)
    click(qtbot, page.edit_button)
    assert page.editor is not None
    assert page.editor.notes.text().endswith("Move this rule above that one in the list to let it count first.")
    assert not page.editor.first.isVisible()


def test_a_new_rule_is_selected_and_in_sight(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    """Among many it could not be found."""
    page = open_()
    page.profiles.switches["databases"].click()
    assert page.list.chosen == load(str(machine.path)).rules[2], "the first of a profile's"
    click(qtbot, edited(qtbot, page, "spotify").save_button)
    assert page.list.chosen == load(str(machine.path)).rules[-1]
    item = page.list.currentItem()
    assert item is not None
    assert page.list.viewport().rect().contains(page.list.visualItemRect(item))
    assert "spotify" in page.what.text()


def test_a_rule_is_changed_in_its_place(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    page = open_()
    choose(page, 1)
    click(qtbot, page.edit_button)
    editor = page.editor
    assert editor is not None
    assert editor.more.button.isChecked(), "what it is about is seen"
    assert (editor.fields["process"].currentText(), editor.number.value()) == ("mysqld", -700)
    editor.number.setValue(-50)
    click(qtbot, editor.save_button)
    assert machine.values == ["deprioritize", -50]
    assert "# the browser\n[[rule]]" in machine.path.read_text()


def test_a_mistake_in_the_fields_is_said_and_not_saved(qtbot: Any, open_: Callable[[], RulesPage]) -> None:
    page = open_()
    click(qtbot, page.add_button)
    editor = page.editor
    assert editor is not None
    editor.fields["exe"].setEditText("firefox")
    qtbot.waitUntil(lambda: "must be an absolute path" in editor.list.toPlainText())
    assert not editor.save_button.isEnabled()
    assert editor.list.toPlainText().startswith("▲ "), "and not by the color alone"
    ink = [editor.list.palette().color(QPalette.ColorRole.Text)]
    editor.fields["exe"].setEditText("")
    editor.foresee()
    assert editor.list.toPlainText() == "Name an app, or another condition.", "nothing is wrong yet"
    assert editor.list.palette().color(QPalette.ColorRole.Text) not in ink
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()


def offers(page: RulesPage) -> list[tuple[str, Callable[[], str]]]:
    """What is said of each change, with what takes it back."""
    found: list[tuple[str, Callable[[], str]]] = []
    page.undoable.connect(lambda says, back: found.append((says, back)))
    return found


def test_whatever_changes_the_file_can_be_taken_back_in_place(
    qtbot: Any, open_: Callable[[], RulesPage], machine: Machine
) -> None:
    before = load(str(machine.path)).rules
    page = open_()
    offered = offers(page)
    click(qtbot, page.add_button)
    assert page.editor is not None
    page.editor.fields["app"].setEditText("code")
    page.editor.foresee()
    page.editor.save_button.click()
    choose(page, 0)
    click(qtbot, page.edit_button)
    page.editor.name.setText("Mine")
    page.editor.save_button.click()
    page.profiles.switches["browsers"].click()
    page.profiles.switches["browsers"].click()
    assert [says for says, _ in offered] == [
        f"Added: {title(Rule('protect', app='code', user=login_name(os.getuid())))}.", "Changed: Mine.", "The rules of “Browsers” were added.", "The rules of “Browsers” were removed.",
    ]
    for _, back in reversed(offered):
        assert back() == ""
    assert load(str(machine.path)).rules == before


def test_rules_move_and_go(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    page = open_()
    offered = offers(page)
    choose(page, 0)
    assert not page.up_button.isEnabled()
    click(qtbot, page.down_button)
    assert machine.values == [-700, "deprioritize"]
    assert page.list.chosen is not None
    assert page.list.chosen.label == "The browser", "it stays in hand"
    assert not page.down_button.isEnabled()
    before = machine.path.read_text()
    assert offered[-1][0] == "Moved: The browser."
    click(qtbot, page.remove_button)
    assert machine.values == [-700]
    assert "# the browser" not in machine.path.read_text()
    says, back = offered[-1]
    assert says == "Removed: The browser."
    assert [batch.action for batch in Journal().batches()] == ["move-rule", "remove-rule"]
    assert back() == ""
    assert machine.path.read_text() == before
    assert [batch.action for batch in Journal().batches()] == ["move-rule"], "as an undo from elsewhere"
    assert [batch.action for batch in Journal().undone()] == ["remove-rule"]


def test_a_removed_rule_is_put_back_where_the_journal_cannot_be_written(
    qtbot: Any, open_: Callable[[], RulesPage], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "record", lambda *_, **__: None)
    before = machine.path.read_text()
    page = open_()
    offered = offers(page)
    choose(page, 0)
    click(qtbot, page.remove_button)
    assert machine.path.read_text() != before
    ((_, back),) = offered
    assert (back(), machine.path.read_text()) == ("", before)


def test_what_is_added_and_changed_can_be_taken_back_from_elsewhere(
    qtbot: Any, open_: Callable[[], RulesPage], machine: Machine
) -> None:
    before = machine.path.read_text()
    page = open_()
    first = page.rules.read.rules[0]
    assert page.rules.save(replace(first, set=7), first) == ""
    assert page.rules.save(Rule("protect", app="new"), None) == ""
    journal = Journal()
    assert [batch.action for batch in journal.batches()] == ["change-rule", "add-rule"]
    for batch in reversed(journal.batches()):
        undo(journal, batch)
    assert machine.path.read_text().strip() == before.strip()


def test_the_rule_that_tab_comes_to_is_shown_as_the_one_that_the_buttons_act_on(qtbot: Any, open_: Callable[[], RulesPage]) -> None:
    page = open_()
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    page.list.setFocus(Qt.FocusReason.TabFocusReason)

    assert page.edit_button.isEnabled()
    assert [page.list.indexOfTopLevelItem(item) for item in page.list.selectedItems()] == [0]


def test_the_keyboard_is_in_the_list_once_a_rule_is_removed_and_after_that_is_undone(
    qtbot: Any, make: Callable[[], SettingsWindow], machine: Machine, around: Surroundings
) -> None:
    window = SettingsWindow(replace(around, rules=machine.controller, assessment=lambda: machine.now))
    qtbot.addWidget(window)
    window.show()
    page = window.show_page("rules")
    assert isinstance(page, RulesPage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    choose(page, 0)
    page.remove_button.setFocus()
    qtbot.keyClick(page.remove_button, Qt.Key.Key_Space)
    assert len(rows(page)) == 1
    assert page.list.hasFocus()
    window.undo_bar.undo_button.setFocus()
    qtbot.keyClick(window.undo_bar.undo_button, Qt.Key.Key_Space)
    assert len(rows(page)) == 2
    assert page.list.hasFocus()


def test_what_a_tooltip_says_of_a_rule_is_told_to_a_screen_reader(open_: Callable[[], RulesPage]) -> None:
    item = open_().list.topLevelItem(0)
    assert item is not None
    told = [item.data(column, Qt.ItemDataRole.AccessibleDescriptionRole) for column in (0, 2)]
    assert told[0] == "the app firefox"
    assert "12 processes" in told[1]
    assert all(item.toolTip(column).endswith(as_html(text)[4:]) for column, text in zip((0, 2), told, strict=True))


def test_a_rule_that_somebody_removed_meanwhile_is_not_saved_as_if_it_were(
    qtbot: Any, open_: Callable[[], RulesPage], machine: Machine
) -> None:
    page = open_()
    first = page.rules.read.rules[0]
    machine.path.write_text("[[rule]]\nprocess = 'x'\nset = 1\n")
    assert "the rule was changed in it meanwhile" in page.rules.save(replace(first, set=7), first)
    assert Journal().batches() == []


def test_a_profile_is_switched_on_and_off(qtbot: Any, open_: Callable[[], RulesPage], machine: Machine) -> None:
    page = open_()
    switch = page.profiles.switches["browsers"]
    switch.click()
    assert switch.checkState() == Qt.CheckState.Checked
    assert len(machine.values) > 2
    page.rules.remove([load(str(machine.path)).rules[-1]])
    page.take()
    assert switch.checkState() == Qt.CheckState.PartiallyChecked
    switch.click()
    assert switch.checkState() == Qt.CheckState.Checked, "what was missing is put in"
    switch.click()
    assert switch.checkState() == Qt.CheckState.Unchecked
    assert machine.values == ["deprioritize", -700]


def test_why_a_profile_was_not_switched_is_said_in_red_right_below_it(
    qtbot: Any, open_: Callable[[], RulesPage], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end of the page nobody saw it."""
    page = open_()
    switches = list(page.profiles.switches.values())
    monkeypatch.setattr(type(page.rules), "switch", lambda *_, **__: "rules.toml can't be written: Permission denied.")
    for switch, following in zip(switches, [*switches[1:], None], strict=True):
        switch.click()
        QApplication.processEvents()
        says = page.profiles.refused
        assert says.isVisible()
        assert says.text() == "▲ rules.toml can't be written: Permission denied."
        assert switch.geometry().bottom() < says.y()
        assert following is None or says.geometry().bottom() < following.y()
        assert says.palette().color(QPalette.ColorRole.WindowText) == colors.of(page.palette(), on_base=True).red_text
    monkeypatch.undo()
    switches[0].click()
    assert not page.profiles.refused.isVisible()


def test_a_mistake_in_the_file_is_named_by_its_line_and_the_others_stay(open_: Callable[[], RulesPage], machine: Machine) -> None:
    machine.path.write_text(RULES + MISTAKEN)
    page = open_()
    assert page.mistakes.text() == 'rules.toml, line 14, rule 3: "proces" is not known. Did you mean "process"?'
    assert len(rows(page)) == 2


def test_a_file_that_cannot_be_read_is_left_alone(open_: Callable[[], RulesPage], machine: Machine) -> None:
    machine.path.write_text("[[rule\n")
    page = open_()
    assert "rules.toml, line 1" in page.mistakes.text()
    assert not page.add_button.isEnabled()


def test_before_the_first_scan_nothing_is_claimed(open_: Callable[[], RulesPage], machine: Machine) -> None:
    machine.now = None
    page = open_()
    assert [row[2] for row in rows(page)] == ["", ""]


@pytest.mark.parametrize("width", [380, 640, 900])
def test_no_column_is_beyond_the_list_and_the_rules_have_a_third(open_: Callable[[], RulesPage], width: int) -> None:
    page = open_()
    page.resize(width, 700)
    QApplication.processEvents()
    widths = [page.list.columnWidth(column) for column in range(3)]
    assert sum(widths) == page.list.viewport().width()
    assert widths[0] >= 0.34 * sum(widths) - 1
    assert widths[0] == max(widths) or width < 640


def test_without_a_rule_the_list_says_so(machine: Machine, open_: Callable[[], RulesPage]) -> None:
    machine.path.write_text("")
    page = open_()
    assert page.list.none.text() == "There is no rule yet."
    assert page.list.none.isVisible()
    assert page.list.viewport().rect().contains(page.list.none.geometry())
    assert page.list.none.foregroundRole() == page.what.foregroundRole(), "as quiet as other captions"
    assert not page.what.isVisible()
    machine.path.write_text(RULES)
    page.take()
    assert not page.list.none.isVisible()


def test_the_fields_of_the_editor_stand_below_one_another(qapp: QApplication, open_: Callable[[], RulesPage]) -> None:
    page = open_()
    page.list.setCurrentItem(page.list.topLevelItem(0))
    page.edit_button.click()
    assert page.editor is not None
    page.editor.more.button.click()
    qapp.processEvents()
    left = {field.mapTo(page.editor, QPoint(0, 0)).x() for field in page.editor.fields.values()}
    assert len(left) == 1


LONG_NAME = "The nightly training of the large language model on the shared machine of the laboratory"
LONG = f'[[rule]]\nlabel = "{LONG_NAME}"\ncommand = "train.py --batch"\nuser = "ana"\nset = "deprioritize"\n'


@pytest.mark.parametrize("width", [900, 420])
def test_a_long_rule_is_whole_in_the_list_and_on_hover(open_: Callable[[], RulesPage], machine: Machine, width: int) -> None:
    machine.path.write_text(LONG)
    page = open_()
    page.resize(width, 700)
    QApplication.processEvents()
    item = page.list.topLevelItem(0)
    assert item is not None
    room = page.list.columnWidth(0) - 2 * PAD
    lines = broken(page.list.fontMetrics(), item.text(0), room)
    assert " ".join(lines) == LONG_NAME
    assert all(page.list.fontMetrics().horizontalAdvance(line) <= room for line in lines)
    assert page.list.visualItemRect(item).height() >= len(lines) * page.list.fontMetrics().lineSpacing()
    assert page.list.verticalScrollBar().maximum() == 0, "the list is as high as its rules"
    assert item.toolTip(0) == as_html(f"{LONG_NAME}\na command line with train.py --batch and the user ana")


def test_in_the_narrowest_window_no_head_and_no_value_is_cut_by_large_letters(
    open_: Callable[[], RulesPage], machine: Machine
) -> None:
    """Heads ended with … and values were as wide as on one line."""
    machine.path.write_text(LONG)
    with text_size(18):
        page = open_()
        page.resize(552, 700)
        QApplication.processEvents()
        header = page.list.header()
        for column in (1, 2):
            assert header.sectionSize(column) >= header.sectionSizeHint(column)
            text = rows(page)[0][column]
            room = page.list.columnWidth(column) - 2 * PAD
            assert " ".join(broken(page.list.fontMetrics(), text, room)) == text, "only between words"
        assert page.list.columnWidth(0) >= 0.34 * page.list.viewport().width() - 1


def test_the_other_columns_give_way_where_that_makes_the_list_less_high(open_: Callable[[], RulesPage], machine: Machine) -> None:
    """The rules kept a third, and one of them went over twice as many lines as it had to."""
    machine.path.write_text(LONG)
    page = open_()
    page.resize(460, 700)
    QApplication.processEvents()
    metrics, room = page.list.fontMetrics(), page.list.viewport().width()
    narrow = len(broken(metrics, LONG_NAME, round(room * 0.34) - 2 * PAD))
    assert len(broken(metrics, LONG_NAME, page.list.columnWidth(0) - 2 * PAD)) < narrow
    page.resize(900, 700)
    QApplication.processEvents()
    value = rows(page)[0][1]
    assert broken(metrics, value, page.list.columnWidth(1) - 2 * PAD) == [value], "no more than that"
