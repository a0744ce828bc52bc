"""A service's value set from its dialog: a manager of the test's own on a real bus, and real processes in the unit."""

from __future__ import annotations

import os
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from oomtray.actions.journal import Journal
from oomtray.actions.rules.propose import ServiceName
from oomtray.actions.units import dropin
from oomtray.actions.units.settings import UnitSettings
from oomtray.config import Presets
from oomtray.ui.controllers.units import UnitUndo
from oomtray.ui.dialogs.unit_dialog import UnitDialog
from tests.rigs.bus.systemd_manager import systemd_manager
from tests.ui.popup_with_rules import PopupWithRules

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

DONE = """\
#!{python}
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({{"ok": True, "error": None, "path": "/p"}} | asked))
    if "pid" in asked:
        open(f"/proc/{{asked['pid']}}/oom_score_adj", "w").write(str(asked["adj"]))
"""
"""Stands where pkexec would."""


@pytest.fixture
def manager(private_bus, xdg):
    with systemd_manager(private_bus, xdg) as made:
        yield made


@pytest.fixture
def open_dialog(qtbot, manager, tmp_path):
    def opened(script=DONE, *, user=False, preset=None):
        pkexec = tmp_path / "pkexec"
        pkexec.write_text(script.format(python=sys.executable))
        pkexec.chmod(0o755)
        changer = manager.changer(pkexec=str(pkexec))
        dialog = UnitDialog(changer, Presets(), ServiceName("x.service", user), None, preset=preset)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.value.isEnabled(), timeout=10_000)
        return dialog

    return opened


@pytest.fixture
def ui(qtbot, manager, tmp_path):
    """A popup whose one process runs in the system's x.service, or in one's own."""
    tmp_path.joinpath("pkexec").write_text(DONE.format(python=sys.executable))
    tmp_path.joinpath("pkexec").chmod(0o755)
    (tmp_path / "ui").mkdir()
    made = PopupWithRules(qtbot, tmp_path / "ui", changer=lambda _: manager.changer(pkexec=str(tmp_path / "pkexec")))
    yield made
    made.popup.put_away()
    made.monitor.close()


def set_to(qtbot, ui, value, *, user=False):
    """By the row's menu and the dialog, as a person does."""
    manager = f"user.slice/user-{os.getuid()}.slice/user@{os.getuid()}.service/app.slice" if user else "system.slice"
    ui.start(cgroup=f"0::/{manager}/x.service\n")
    ui.scan()
    ui.popup.menu.chosen.emit("unit", ui.subject())
    dialog = ui.dialogs.dialog
    qtbot.waitUntil(dialog.value.isEnabled, timeout=10_000)
    pick(dialog, value)
    with qtbot.waitSignal(dialog.reported, timeout=20_000):
        click(qtbot, dialog.apply_button)


def undo(qtbot, ui):
    with qtbot.waitSignal(ui.dialogs.findChild(UnitUndo).reported, timeout=20_000):
        ui.click(ui.popup.message, "Undo")


def test_the_order_now_and_then_has_its_processes_and_the_dialog_is_as_high_as_it_needs(qtbot):
    from tests.ui import dialog_gallery

    dialog = dialog_gallery.unit()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    names = [[row.name for row in bars.rows if row.ours] for bars in (dialog.queues.now, dialog.queues.then)]
    assert names == [["mysql"], ["mysql"]]
    QApplication.processEvents()
    assert dialog.height() >= dialog.wanted_height(dialog.width())
    assert not dialog.area.verticalScrollBar().isVisible()


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def pick(dialog, value):
    dialog.value.setCurrentIndex(dialog.value.findData(value))


def test_the_keyboard_stays_where_one_turns_to_while_systemd_answers(qtbot):
    from tests.ui import dialog_gallery

    dialog = dialog_gallery.unit()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.apply_button.setFocus()
    dialog._wait("systemd is checking the file…")
    assert dialog.focusWidget() not in (dialog.apply_button, dialog.close_button)
    dialog.close_button.setFocus()

    dialog._failed("It can't be written.")

    assert dialog.focusWidget() is dialog.close_button


def test_the_keyboard_is_at_the_value_once_systemd_has_answered_and_back_where_it_was_afterwards(qtbot, manager, open_dialog):
    manager.start(0)
    dialog = open_dialog()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.value.hasFocus()

    dialog.apply_button.setFocus()
    dialog._wait("Asking…")
    assert not dialog.apply_button.hasFocus()
    dialog._settle(working=False)
    assert dialog.apply_button.hasFocus()


def test_it_shows_how_the_unit_stands_and_the_file_that_would_be_written(manager, open_dialog):
    manager.start(0)
    manager.start(0)
    dialog = open_dialog()
    assert "2 processes" in dialog.says.text()
    assert str(manager.units / "x.service.d/50-oomtray.conf") in dialog.file.text()
    assert "OOMScoreAdjust=-500" in dialog.file.text()
    assert dialog.goes_on.isVisible()
    assert "OOMPolicy=continue" in dialog.file.text()
    dialog.goes_on.setChecked(False)
    assert "OOMPolicy" not in dialog.file.text().replace("OOMPolicy=stop", "")
    assert not dialog.remove_button.isVisible()


@pytest.mark.parametrize(
    ("preset", "value", "action"),
    [("deprioritize", 300, "deprioritize"), ("protect", -500, "protect"), (None, 300, "deprioritize")],
)
def test_it_begins_with_what_was_asked_for_and_the_history_says_that(qtbot, manager, open_dialog, preset, value, action):
    """A button that says "let it go first" must not lead to Protect. Without a wish it begins with what our file has."""
    dropin.write(str(manager.units), "x.service", UnitSettings(-500 if preset else 300))
    if preset == "protect":
        dropin.write(str(manager.units), "x.service", UnitSettings(300))
    dialog = open_dialog(preset=preset)
    assert dialog.value.currentData() == value
    if preset is not None:
        with qtbot.waitSignal(dialog.reported, timeout=20_000):
            dialog.apply_button.click()
        batch = Journal().last()
        assert batch is not None
        assert batch.action == action


def test_the_file_is_shown_on_demand(qtbot, manager, open_dialog):
    dialog = open_dialog()
    assert not dialog.file.isVisible()
    qtbot.keyClick(dialog.show_file.button, Qt.Key.Key_Space)
    assert dialog.file.isVisible()


def test_a_number_of_ones_own(manager, open_dialog):
    dialog = open_dialog()
    assert not dialog.number.isVisible()
    dialog.value.setCurrentIndex(dialog.value.count() - 1)
    dialog.number.setValue(-42)
    assert "OOMScoreAdjust=-42" in dialog.file.text()
    assert "isn't running" in dialog.notes.text()


def test_what_systemd_oomd_does_is_asked_only_where_it_can_be_set_and_goes_into_the_file(manager, open_dialog):
    manager.service.pop("ManagedOOMPreference", None)
    assert not open_dialog().oomd.isVisible()
    manager.service["ManagedOOMPreference"] = ("s", "none")
    dialog = open_dialog()
    assert dialog.oomd.isVisible()
    assert "ManagedOOMPreference" not in dialog.file.text()
    dialog.oomd.setCurrentIndex(dialog.oomd.findData("omit"))
    assert "ManagedOOMPreference=omit" in dialog.file.text()


def test_whose_sessions_inherit_it_is_said_before(manager, open_dialog):
    manager.unit["Names"] = ("as", ["x.service", "display-manager.service"])
    assert "everything started in its sessions inherits this value" in open_dialog().notes.text()


def test_set_goes_through_one_pkexec_and_the_processes_go_along(qtbot, manager, open_dialog):
    pid = manager.start(0)
    dialog = open_dialog()
    pick(dialog, 300)
    with qtbot.waitSignal(dialog.reported, timeout=20_000) as caught:
        click(qtbot, dialog.apply_button)
    assert "x.service has OOMScoreAdjust=300 for good." in caught.args[0].text
    assert manager.adj(pid) == 300
    assert not dialog.isVisible()


def test_a_dismissed_dialog_says_nothing_and_stays(qtbot, manager, open_dialog):
    manager.start(0)
    dialog = open_dialog("#!/bin/sh\ncat >/dev/null\nexit 126\n")
    said = []
    dialog.reported.connect(said.append)
    with qtbot.waitSignals([dialog.busy, dialog.busy], timeout=20_000):
        click(qtbot, dialog.apply_button)
    qtbot.waitUntil(lambda: dialog.apply_button.isEnabled(), timeout=10_000)
    assert (said, dialog.isVisible()) == ([], True)


def test_refused_is_told_with_the_remedy(qtbot, manager, open_dialog):
    manager.start(0)
    dialog = open_dialog("#!/bin/sh\ncat >/dev/null\nexit 127\n")
    click(qtbot, dialog.apply_button)
    qtbot.waitUntil(
        lambda: "permission is needed, and it was not given" in dialog.notes.text(), timeout=20_000
    )
    assert dialog.isVisible()


def test_a_password_dialog_that_can_not_be_started_is_told_and_the_dialog_stays(qtbot, manager, open_dialog):
    manager.start(0)
    dialog = open_dialog("#!/no/such/program\n")
    click(qtbot, dialog.apply_button)
    qtbot.waitUntil(lambda: "can't be started" in dialog.notes.text())
    assert (dialog.isVisible(), dialog.apply_button.isEnabled()) == (True, True)


def test_ones_own_unit_needs_no_permission_and_what_is_clamped_is_said(qtbot, manager, open_dialog):
    pid = manager.start(0)
    dialog = open_dialog("#!/bin/sh\nexit 3\n", user=True)
    assert "your user manager" in dialog.says.text()
    pick(dialog, 300)
    with qtbot.waitSignal(dialog.reported, timeout=20_000):
        click(qtbot, dialog.apply_button)
    assert manager.adj(pid) == 300
    assert "OOMScoreAdjust=300" in (manager.own / "x.service.d/50-oomtray.conf").read_text()


def test_what_is_set_is_shown_changed_and_removed(qtbot, manager, open_dialog):
    dropin.write(str(manager.own), "x.service", UnitSettings(300, None, None))
    pid = manager.start(300)
    dialog = open_dialog(user=True)
    assert dialog.value.currentData() == 300
    with qtbot.waitSignal(dialog.reported, timeout=20_000) as caught:
        click(qtbot, dialog.remove_button)
        assert (dialog.notes.text(), dialog.remove_button.isEnabled()) == ("Asking systemd…", False)
    assert "again as its own files say" in caught.args[0].text
    assert not (manager.own / "x.service.d").exists()
    assert manager.adj(pid) == 0


def test_what_was_set_is_undone_from_the_message(qtbot, manager, ui):
    dropin.write(str(manager.own), "x.service", UnitSettings(700, None, "avoid"))
    earlier = (manager.own / "x.service.d/50-oomtray.conf").read_bytes()
    pid = manager.start(650)
    set_to(qtbot, ui, 300, user=True)
    assert manager.adj(pid) == 300
    undo(qtbot, ui)
    assert (manager.own / "x.service.d/50-oomtray.conf").read_bytes() == earlier
    assert manager.adj(pid) == 650
    assert "has OOMScoreAdjust=700, ManagedOOMPreference=avoid for good again. 1 running" in ui.popup.message.text
    assert ui.popup.message.button("Undo") is None


def test_an_undo_that_needs_permission_asks_for_it_and_stays_where_that_is_dismissed(qtbot, manager, ui, tmp_path):
    pid = manager.start(350)
    set_to(qtbot, ui, 300)
    dropin.write(str(manager.units), "x.service", UnitSettings(300))  # the stand-in for pkexec doesn't
    asking = []
    ui.dialogs.findChild(UnitUndo).busy.connect(lambda busy: asking.append((busy, ui.popup.waits)))
    told, done = ui.popup.message.text, (tmp_path / "pkexec").read_text()
    (tmp_path / "pkexec").write_text("#!/bin/sh\ncat >/dev/null\nexit 126\n")
    undo(qtbot, ui)
    assert (ui.popup.message.text, manager.adj(pid)) == (told, 300)
    assert asking == [(True, True), (False, False)], "the popup stays while the dialog is open"
    (tmp_path / "pkexec").write_text(done)
    undo(qtbot, ui)
    assert ui.popup.message.text.startswith("x.service is again as its own files say. 1 running")
    assert manager.adj(pid) == 350


def test_an_undo_that_fails_says_why(qtbot, manager, ui):
    manager.start(350)
    set_to(qtbot, ui, 300, user=True)
    dropin.write(str(manager.own), "x.service", UnitSettings(5))
    undo(qtbot, ui)
    assert "x.service is not as before: " in ui.popup.message.text
    assert "was changed since and is left as it is" in ui.popup.message.text


def test_a_unit_that_cant_be_set_is_told_why(manager, open_dialog):
    manager.unit["Transient"] = ("b", True)
    dialog = open_dialog()
    assert "is transient" in dialog.says.text()
    assert not dialog.apply_button.isVisible()
