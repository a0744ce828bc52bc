"""The line of rules that wait for permission, what its buttons do, and rules that are broken or overridden."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from oomtray.ui.controllers.report import Offer, Report
from tests.ui.popup_with_rules import ME, WAITS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_without_rules_there_is_no_line(ui):
    ui.start()
    ui.scan()
    assert ui.bar.isHidden()


def test_a_rule_that_waits_is_one_line_and_no_dialog(ui):
    ui.path.write_text(WAITS)
    ui.start()
    ui.start(4243)
    ui.scan()
    assert ui.bar.isVisible()
    assert ui.bar.text == "1 rule needs your permission"
    assert "The hog: -500 (protect) for 2 processes" in ui.bar.toolTip()
    ui.scan()
    assert ui.asked() == []


def test_allow_asks_once_for_all_and_names_owner_and_program(ui):
    ui.path.write_text(WAITS)
    ui.start()
    ui.start(4243)
    ui.scan()
    ui.click(ui.bar, "Allow…")
    ui.qtbot.waitUntil(lambda: ui.adj() == -500, timeout=10_000)
    ui.qtbot.waitUntil(lambda: "2 processes protected" in ui.popup.message.text, timeout=10_000)
    ((argv, lines),) = ui.asked()
    assert argv[-3:] == ["own", "protect", "2"]
    assert sorted((line["pid"], line["adj"], line["uid"]) for line in lines) == [
        (4242, -500, ME),
        (4243, -500, ME),
    ]
    ui.scan()
    assert ui.bar.isHidden()


def test_what_was_allowed_can_be_undone(ui):
    ui.path.write_text(WAITS)
    ui.start()
    ui.scan()
    ui.click(ui.bar, "Allow…")
    ui.qtbot.waitUntil(lambda: ui.popup.message.button("Undo") is not None, timeout=10_000)
    ui.click(ui.popup.message, "Undo")
    assert ui.adj() == 0


def test_a_dismissed_dialog_says_nothing_and_the_line_stays(ui):
    ui.path.write_text(WAITS)
    ui.dismissed.touch()
    ui.start()
    ui.scan()
    with ui.qtbot.waitSignal(ui.changes.changed, timeout=10_000):
        ui.click(ui.bar, "Allow…")
    assert ui.popup.message.isHidden()
    ui.scan()
    assert (ui.adj(), ui.bar.isVisible()) == (0, True)


def test_not_now_holds_until_other_rules_wait(ui):
    ui.path.write_text(WAITS)
    ui.start()
    ui.scan()
    ui.click(ui.bar, "Not now")
    ui.start(4243)
    ui.scan()
    assert ui.bar.isHidden()
    ui.start(4244, name=b"other")
    ui.path.write_text(f'# a line more\n{WAITS}\n[[rule]]\nprocess = "other"\nuser = {ME}\nset = -1\n')
    ui.scan()
    assert ui.bar.text == "2 rules need your permission"


def test_never_stands_in_the_file(ui):
    ui.path.write_text(f"# kept\n{WAITS}")
    ui.start()
    ui.scan()
    ui.click(ui.bar, "Never")
    assert ui.path.read_text() == f"# kept\n{WAITS}ask = false\n"
    assert [one.state for one in ui.scan().applied] == ["declined"]
    assert ui.bar.isHidden()


def test_mistakes_name_file_line_and_reason(ui):
    ui.path.write_text('[[rule]]\nproces = "hog"\nset = 1\n')
    with ui.qtbot.waitSignal(ui.dialogs.notices_changed):
        ui.scan()
    assert ui.rule_controller.mistakes == [
        'rules.toml, line 2, rule 1: "proces" is not known. Did you mean "process"?'
    ]


def test_what_a_program_sets_back_is_told_by_its_row_and_left_alone(ui):
    ui.path.write_text('[[rule]]\nprocess = "hog"\nset = 300\n')
    ui.start()
    ui.scan()
    assert ui.adj() == 300
    ui.tree.write("4242/oom_score_adj", "167\n")
    ui.scan()
    ui.scan()
    hint = ui.popup.model.hint(ui.popup.model.index_of(4242, 4242))
    assert "A rule set it to +300. It was set to +167 since and is left alone." in hint
    assert ui.adj() == 167


@pytest.mark.parametrize("rules_first", [True, False])
def test_tab_reaches_it_before_the_report_below_it(ui, rules_first):
    rules = Report("done", "Rules", (Offer("Allow", lambda: None),))
    change = Report("done", "Change", (Offer("Undo", lambda: None),))
    told = [(ui.bar, rules), (ui.popup.message, change)]
    for bar, report in told if rules_first else reversed(told):
        bar.tell(report)
    ui.popup.table.setFocus()

    visited = []
    for _ in range(5):
        ui.qtbot.keyClick(ui.popup.focusWidget(), Qt.Key.Key_Tab)
        now = ui.popup.focusWidget()
        visited.append(getattr(now, "text", str)() or now.accessibleName())

    assert visited == ["Allow", "Dismiss", "Undo", "Dismiss", "Filter by name or PID"]
