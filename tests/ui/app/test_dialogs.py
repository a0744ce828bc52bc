"""Dialogs over the popup: one of each kind, with the newest numbers, closed with it and never under it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.popup.footer import Footer
from tests.facts import MIB, desktops
from tests.ui.parts import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_explain_tells_in_plain_text(ui):
    assessment = desktops.desktop()
    ui.popup.show_assessment(assessment)

    ui.popup.dialog_wanted.emit("explain", Subject.of_app(assessment.apps[0]))

    window = ui.dialogs.dialog
    assert window.title.text() == "Why firefox goes first"
    assert "The kernel kills processes, not apps. Of these 12 processes, Web Content (4203) is the first" in window.text
    assert "1\tfirefox\t7.7 GiB" in window.text
    window.close()


def test_details_are_one_window_which_leads_to_the_explanation(ui):
    assessment = desktops.desktop()
    ui.popup.show_assessment(assessment)

    ui.popup.menu.chosen.emit("details", Subject.of_app(assessment.apps[0]))
    first = ui.dialogs.dialog
    assert first.title.text() == "firefox"
    ui.popup.menu.chosen.emit("details", Subject.of_app(assessment.apps[1]))
    window = ui.dialogs.dialog
    assert window is first
    assert window.title.text() == "code"

    window.explain_button.click()
    assert ui.dialogs.dialog.title.text() == "Why code (4242) doesn't go first"
    assert window.isVisible()
    ui.dialogs.dialog.close()
    window.close()


def show(ui, assessment):
    ui.assessment = assessment
    ui.popup.show_assessment(assessment)
    ui.dialogs.take(None)


def test_a_dialog_foresees_from_the_newest_scan_not_from_another_minute(ui):
    before = desktops.desktop()
    show(ui, before)
    ui.popup.menu.chosen.emit("value", ui.subject(4203))
    dialog = ui.dialogs.dialog
    dialog.value.setValue(-900)
    assert "the next victim is code, which" in dialog.preview.text()
    spotify = next(p.pid for p in before.snapshot.processes if p.name == "spotify")
    show(ui, desktops.grown(before, spotify, 12_000 * MIB))
    assert "the next victim is spotify, which" in dialog.preview.text()
    show(ui, desktops.without(before, 4203))
    assert (dialog.preview.text(), dialog.button.isEnabled()) == ("Web Content (4203) has ended.", False)
    dialog.reject()


def test_a_rule_is_previewed_for_what_runs_now_not_for_what_ran_a_minute_ago(ui):
    before = desktops.desktop()
    show(ui, before)
    ui.popup.profiles_wanted.emit("browsers")
    dialog = ui.dialogs.dialog
    firefox = [p.pid for p in before.snapshot.processes if "firefox" in p.cgroup]
    assert "firefox, 12 processes: +588 instead of values from 0 to +233" in dialog.list.toPlainText(), "each app once"
    show(ui, desktops.without(before, *firefox))
    assert "firefox" not in dialog.list.toPlainText()
    dialog.reject()


def test_an_explanation_tells_the_newest_numbers(ui):
    before = desktops.desktop()
    show(ui, before)
    ui.popup.menu.chosen.emit("explain", ui.subject(4203))
    window = ui.dialogs.dialog
    told = window.text
    show(ui, desktops.grown(before, 4203, 4000 * MIB))
    assert "3.9 GiB" not in told
    assert "3.9 GiB" in window.text
    window.close()


@pytest.mark.parametrize("action", ["value", "explain", "details"])
def test_a_dialog_that_is_open_turns_to_the_process_that_is_asked_for_then(ui, action):
    ui.start(adj=200)
    ui.start(4243, adj=300)
    ui.scan()
    ui.popup.menu.chosen.emit(action, ui.subject(4242))
    first = ui.dialogs.dialog
    ui.popup.menu.chosen.emit(action, ui.subject(4243))
    assert ui.dialogs.dialog is first
    assert first.isVisible()
    ui.scan()
    shown = {"value": lambda: first.value.value(), "explain": lambda: first.text, "details": lambda: first.who.text()}
    assert {"value": "300", "explain": "+300", "details": "Process 4243"}[action] in str(shown[action]())
    first.reject()


@pytest.mark.parametrize("action", ["always-protect"])
def test_a_dialog_is_one_of_its_kind(ui, action):
    ui.start(adj=200)
    ui.start(4243, adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit(action, ui.subject(4242))
    first = ui.dialogs.dialog
    with ui.qtbot.waitSignal(first.destroyed):
        ui.popup.menu.chosen.emit(action, ui.subject(4243))
    assert ui.dialogs.dialog.isVisible()
    ui.dialogs.dialog.reject()


def test_dialogs_close_with_the_popup(ui):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("value", ui.subject())
    with ui.qtbot.waitSignal(ui.dialogs.dialog.destroyed):
        ui.popup.hide()


def test_a_dialog_keeps_the_popup_open_when_the_user_turns_to_another_program(ui, monkeypatch):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("value", ui.subject())
    monkeypatch.setattr(ui.popup, "isActiveWindow", lambda: False)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    QApplication.sendEvent(ui.popup, QEvent(QEvent.Type.ActivationChange))
    QApplication.processEvents()
    assert ui.popup.isVisible()
    ui.dialogs.dialog.reject()


def test_the_popups_menu_asks_whether_a_program_would_fit_and_each_scan_answers(ui):
    ui.start(rss_kib=900_000)
    ui.scan()
    menu = the(Footer, ui.popup).more_menu
    next(action for action in menu.actions() if action.text().startswith("Will it fit?")).trigger()
    dialog = ui.dialogs.dialog
    assert dialog.answer.text() == "4.0 GiB would fit, with 1.9 GiB left."
    ui.tree.memory(total=8 << 30, available=5 << 30)
    ui.scan()
    assert dialog.answer.text() == "4.0 GiB would fit, with 901 MiB left."


@pytest.mark.parametrize("pinned", [False, True], ids=["", "pinned"])
def test_the_popup_goes_when_what_was_killed_opens_unless_it_is_pinned(ui, pinned):
    """Xfce, MATE, Cinnamon and i3 keep it in front of the app's other windows."""
    ui.popup.pinned = pinned
    ui.popup.open(None)
    ui.dialogs.show_kills()
    assert ui.popup.isVisible() is pinned
    ui.popup.put_away()
    assert ui.dialogs.kills.isVisible()
    ui.dialogs.kills.close()


@pytest.mark.parametrize(("action", "topic"), [("explain", "score"), ("details", "score"), ("value", "score"), ("always-protect", "lasting")])
def test_f1_in_a_dialog_asks_for_the_page_of_the_help_for_it(ui, qtbot, action, topic):
    show(ui, desktops.desktop())
    ui.popup.menu.chosen.emit(action, ui.subject(4203))
    dialog = ui.dialogs.dialog
    qtbot.waitUntil(dialog.isActiveWindow)
    with qtbot.waitSignal(ui.dialogs.help_wanted) as asked:
        qtbot.keyClick(dialog, Qt.Key.Key_F1)
    assert asked.args == [topic]
    assert dialog.isVisible()
    dialog.close()
