"""Rules that wait, rules from a row, profiles: seen and clicked in the popup, with real rules on a proc tree of files."""

from __future__ import annotations

import json
import os
import sys

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.actions.rules.parse import load
from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets, Settings
from oomtray.monitor import Monitor
from oomtray.ui.app.dialogs import Dialogs
from oomtray.ui.controllers import row_actions
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.controllers.rules import RuleController
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.popup import Popup
from tests.facts import MIB, desktops
from tests.rigs.processes.proc_tree import ProcTree
from tests.ui.parts import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""

ME = os.getuid()
WAITS = f'[[rule]]\nlabel = "The hog"\nprocess = "hog"\nuser = {ME}\nset = "protect"\n'
HELPER = """\
#!{python}
import json, os, sys
asked = [json.loads(line) for line in sys.stdin]
open({log!r}, "a").write(json.dumps([sys.argv[1:], asked]) + "\\n")
if os.path.exists({dismissed!r}):
    sys.exit(126)
for line in asked:
    with open(f"{proc}/{{line['pid']}}/oom_score_adj", "r+") as file:  # never empty, as the kernel's never is
        file.write(str(line["adj"]))
    print(json.dumps({{"pid": line["pid"], "start_time": line["start_time"], "from": 0, "to": line["adj"], "ok": True}}))
"""
"""Stands where pkexec would, and does what the helper does."""


class Room:
    """A popup, its rules and one scan after another."""

    def __init__(self, qtbot, root, **dialogs):
        self.tree = ProcTree(root / "proc")
        self.log, self.dismissed = root / "asked", root / "dismissed"
        pkexec = root / "pkexec"
        names = {"log": str(self.log), "dismissed": str(self.dismissed), "proc": self.tree}
        pkexec.write_text(HELPER.format(python=sys.executable, **names))
        pkexec.chmod(0o755)
        journal = Journal(str(root / "journal"), proc=str(self.tree))
        changer = Changer(
            Presets(), journal=journal, proc=str(self.tree), pkexec=str(pkexec), helper=str(pkexec)
        )
        self.changes = ChangeController(Presets(), changer=changer)
        self.path = root / "rules.toml"
        self.rules = RulesService(Presets(), str(self.path), proc=str(self.tree))
        self.monitor = Monitor(Settings(), proc=str(self.tree), cgroups="/nowhere")
        self.popup = Popup(self.changes, Settings())
        qtbot.addWidget(self.popup)
        self.rule_controller = RuleController(self.changes, str(self.path), self.popup, proc=str(self.tree))
        self.dialogs = Dialogs(self.popup, self.rule_controller, **dialogs)
        self.popup.open(None)
        self.bar = self.dialogs.bar
        self.qtbot = qtbot

    def start(self, pid=4242, *, name=b"hog", **facts):
        self.tree.add(pid, name=name, uid=ME, start=pid, **facts)

    def scan(self):
        self.assessment = self.monitor.survey(apps=True)
        status, _ = self.rules.apply(self.assessment.snapshot)
        self.popup.show_assessment(self.assessment)
        self.dialogs.take(status)
        return status

    def adj(self, pid=4242):
        return int((self.tree.root / str(pid) / "oom_score_adj").read_text())

    def subject(self, pid=4242):
        return Subject.of_process(next(risk for risk in self.assessment.risks if risk.process.pid == pid))

    def click(self, bar, label):
        self.qtbot.mouseClick(bar.button(label), Qt.MouseButton.LeftButton)

    def asked(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture
def room(qtbot, tmp_path, xdg, monkeypatch):
    room = Room(qtbot, tmp_path)
    # a file takes any number: here, as in the kernel, an owner goes down to 0 alone
    from oomtray.kernel.process_handle import ProcessHandle

    def floor(handle, value):
        if value < 0:
            raise PermissionError(13, "Permission denied")
        room.tree.write(f"{handle.pid}/oom_score_adj", f"{value}\n")

    monkeypatch.setattr(ProcessHandle, "write_adj", floor)
    monkeypatch.setattr("oomtray.actions.adjust.is_root", lambda: False)
    yield room
    room.popup.put_away()
    room.monitor.close()


def test_explain_tells_in_plain_text(room):
    assessment = desktops.desktop()
    room.popup.show_assessment(assessment)

    room.popup.dialog_wanted.emit("explain", Subject.of_app(assessment.apps[0]))

    assert room.dialogs.dialog.text.startswith(
        "The kernel kills processes, not apps. Of these 12 processes, Web Content (4203) is the first to be killed."
    )
    room.dialogs.dialog.close()


def test_details_are_one_window_which_leads_to_the_explanation(room):
    assessment = desktops.desktop()
    room.popup.show_assessment(assessment)

    room.popup.menu.chosen.emit("details", Subject.of_app(assessment.apps[0]))
    first = room.dialogs.dialog
    assert first.title.text() == "firefox"
    with room.qtbot.waitSignal(first.finished):
        room.popup.menu.chosen.emit("details", Subject.of_app(assessment.apps[1]))
    window = room.dialogs.dialog
    assert window.title.text() == "code"

    window.explain_button.click()
    assert room.dialogs.dialog.text.startswith("It counts as")
    assert window.isVisible()
    room.dialogs.dialog.close()
    window.close()


def test_without_rules_there_is_no_line(room):
    room.start()
    room.scan()
    assert room.bar.isHidden()


def test_a_rule_that_waits_is_one_line_and_no_dialog(room):
    room.path.write_text(WAITS)
    room.start()
    room.start(4243)
    room.scan()
    assert room.bar.isVisible()
    assert room.bar.text == "1 rule needs your permission"
    assert "The hog: -500 (protect) for 2 processes" in room.bar.toolTip()
    room.scan()
    assert room.asked() == []


def test_allow_asks_once_for_all_and_names_owner_and_program(room):
    room.path.write_text(WAITS)
    room.start()
    room.start(4243)
    room.scan()
    room.click(room.bar, "Allow…")
    room.qtbot.waitUntil(lambda: room.adj() == -500, timeout=10_000)
    room.qtbot.waitUntil(lambda: "lowered to -500" in room.popup.message.text, timeout=10_000)
    ((argv, lines),) = room.asked()
    assert argv[-1] == "own"
    assert sorted((line["pid"], line["adj"], line["uid"]) for line in lines) == [
        (4242, -500, ME),
        (4243, -500, ME),
    ]
    room.scan()
    assert room.bar.isHidden()


def test_what_was_allowed_can_be_undone(room):
    room.path.write_text(WAITS)
    room.start()
    room.scan()
    room.click(room.bar, "Allow…")
    room.qtbot.waitUntil(lambda: room.popup.message.button("Undo") is not None, timeout=10_000)
    room.click(room.popup.message, "Undo")
    assert room.adj() == 0


def test_a_dismissed_dialog_says_nothing_and_the_line_stays(room):
    room.path.write_text(WAITS)
    room.dismissed.touch()
    room.start()
    room.scan()
    with room.qtbot.waitSignal(room.changes.changed, timeout=10_000):
        room.click(room.bar, "Allow…")
    assert room.popup.message.isHidden()
    room.scan()
    assert (room.adj(), room.bar.isVisible()) == (0, True)


def test_not_now_holds_until_other_rules_wait(room):
    room.path.write_text(WAITS)
    room.start()
    room.scan()
    room.click(room.bar, "Not now")
    room.start(4243)
    room.scan()
    assert room.bar.isHidden()
    room.start(4244, name=b"other")
    room.path.write_text(f'# a line more\n{WAITS}\n[[rule]]\nprocess = "other"\nuser = {ME}\nset = -1\n')
    room.scan()
    assert room.bar.text == "2 rules need your permission"


def test_never_stands_in_the_file(room):
    room.path.write_text(f"# kept\n{WAITS}")
    room.start()
    room.scan()
    room.click(room.bar, "Never")
    assert room.path.read_text() == f"# kept\n{WAITS}ask = false\n"
    assert [one.state for one in room.scan().applied] == ["declined"]
    assert room.bar.isHidden()


def test_mistakes_name_file_line_and_reason(room):
    room.path.write_text('[[rule]]\nproces = "hog"\nset = 1\n')
    with room.qtbot.waitSignal(room.dialogs.notices_changed):
        room.scan()
    assert room.rule_controller.mistakes == [
        'rules.toml, line 2, rule 1: "proces" is not known. Did you mean "process"?'
    ]


def test_what_a_program_sets_back_is_told_by_its_row_and_left_alone(room):
    room.path.write_text('[[rule]]\nprocess = "hog"\nset = 300\n')
    room.start()
    room.scan()
    assert room.adj() == 300
    room.tree.write("4242/oom_score_adj", "167\n")
    room.scan()
    room.scan()
    hint = room.popup.model.hint(room.popup.model.index_of(4242, 4242))
    assert "A rule set it to +300. It was set to +167 since and is left alone." in hint
    assert room.adj() == 167


@pytest.mark.parametrize(
    ("word", "value"),
    [("always-protect", "protect"), ("always-deprioritize", "deprioritize")],
    ids=["down", "up"],
)
def test_always_shows_the_rule_adds_it_and_takes_it_back(room, word, value):
    room.start(adj=200)
    room.scan()
    room.popup.menu.chosen.emit(word, room.subject())
    dialog = room.dialogs.dialog
    assert "hog (4242): +200 to" in dialog.list.toPlainText()
    assert ("administrator's password" in dialog.notes.text()) is (value == "protect")
    assert not room.path.exists()
    room.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert [rule.set for rule in load(str(room.path)).rules] == [value]
    room.scan()
    assert room.adj() == (0 if value == "protect" else 300)
    room.click(room.popup.message, "Undo")
    assert load(str(room.path)).rules == ()
    assert room.adj() == 200


def test_cancelled_nothing_is_written(room):
    room.start()
    room.scan()
    room.popup.menu.chosen.emit("always-protect", room.subject())
    room.dialogs.dialog.reject()
    assert not room.path.exists()


def test_an_earlier_rule_that_counts_instead_is_named(room):
    room.path.write_text('[[rule]]\nlabel = "All hogs"\nprocess = "hog"\nset = 1\n')
    room.start()
    room.scan()
    room.popup.menu.chosen.emit("always-protect", room.subject())
    assert "An earlier rule counts for hog (4242): All hogs" in room.dialogs.dialog.notes.text()
    room.dialogs.dialog.reject()


def test_a_profile_is_shown_with_its_conversion_and_added(room):
    room.start(
        name=b"firefox",
        cgroup=f"0::/user.slice/user-{ME}.slice/user@{ME}.service/app.slice/app-firefox-1.scope\n",
    )
    room.scan()
    room.popup.profiles_wanted.emit("browsers")
    dialog = room.dialogs.dialog
    assert "It sets +588 (on the old oom_adj scale +10" in dialog.says.text()
    assert dialog.list.toPlainText() == "firefox (4242): 0 to +588"
    room.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    room.scan()
    assert room.adj() == 588
    room.click(room.popup.message, "Undo")
    assert (room.adj(), load(str(room.path)).rules) == (0, ())


def test_all_profiles_at_once(room):
    room.start(name=b"nothing-known")
    room.scan()
    room.popup.profiles_wanted.emit("all")
    dialog = room.dialogs.dialog
    assert "Databases: -588 (on the old oom_adj scale -10)" in dialog.list.toPlainText()
    assert "Nothing that is running now." in dialog.list.toPlainText()
    dialog.reject()


def test_the_menu_lists_the_profiles(room):
    menu = the(Footer, room.popup).more_menu
    menu.aboutToShow.emit()
    assert [action.text() for action in the(Footer, room.popup).profiles.actions() if action.text()][
        -1
    ] == "All of them…"


def test_a_service_is_offered_its_unit_instead(room):
    room.start(cgroup="0::/system.slice/hog.service\n")
    room.scan()
    assert [choice.action for choice in row_actions.lasting(room.subject(), ME)] == ["unit"]


def test_cautions_are_told_with_the_change(room):
    room.start(rss_kib=900_000, adj=200)
    room.start(4300, name=b"Xorg", rss_kib=1_200_000)
    room.scan()
    room.changes.do("protect", room.subject(), room.assessment)
    assert "Note: the next victim would be a part of your session itself" in room.popup.message.text


def test_any_value_is_foretold_set_and_taken_back(room):
    room.start(adj=200)
    room.scan()
    room.popup.menu.chosen.emit("value", room.subject())
    dialog = room.dialogs.dialog
    assert (dialog.value.value(), dialog.button.isEnabled()) == (200, False), "that is what it has"
    dialog.value.setValue(350)
    assert "oom_score_adj to +350.\nThen the next victim is hog (4242)" in dialog.preview.text()
    assert "password" not in dialog.preview.text()
    room.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert room.adj() == 350
    room.click(room.popup.message, "Undo")
    assert room.adj() == 200


def test_a_value_below_the_floor_goes_as_far_as_it_may_and_asks(room):
    room.start(adj=200)
    room.scan()
    room.popup.menu.chosen.emit("value", room.subject())
    dialog = room.dialogs.dialog
    dialog.value.setValue(-1000)
    assert dialog.value.value() == -999, "never is not offered"
    dialog.value.setValue(-321)
    assert "asks before more" in dialog.preview.text()
    room.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert room.adj() == 0
    room.click(room.popup.message, "Use a password…")
    room.qtbot.waitUntil(lambda: room.adj() == -321, timeout=10_000)


def test_a_value_is_not_set_by_cancel(room):
    room.start(adj=200)
    room.scan()
    room.popup.menu.chosen.emit("value", room.subject())
    room.dialogs.dialog.value.setValue(5)
    room.dialogs.dialog.reject()
    assert room.adj() == 200


def show(room, assessment):
    room.assessment = assessment
    room.popup.show_assessment(assessment)
    room.dialogs.take(None)


def test_a_dialog_foresees_from_the_newest_scan_not_from_another_minute(room):
    before = desktops.desktop()
    show(room, before)
    room.popup.menu.chosen.emit("value", room.subject(4203))
    dialog = room.dialogs.dialog
    dialog.value.setValue(-900)
    assert "the next victim is code (" in dialog.preview.text()
    spotify = next(p.pid for p in before.snapshot.processes if p.name == "spotify")
    show(room, desktops.grown(before, spotify, 12_000 * MIB))
    assert f"the next victim is spotify ({spotify})" in dialog.preview.text()
    show(room, desktops.without(before, 4203))
    assert (dialog.preview.text(), dialog.button.isEnabled()) == ("Web Content (4203) has ended.", False)
    dialog.reject()


def test_a_rule_is_previewed_for_what_runs_now_not_for_what_ran_a_minute_ago(room):
    before = desktops.desktop()
    show(room, before)
    room.popup.profiles_wanted.emit("browsers")
    dialog = room.dialogs.dialog
    firefox = [p.pid for p in before.snapshot.processes if "firefox" in p.cgroup]
    assert f"firefox ({firefox[0]})" in dialog.list.toPlainText()
    show(room, desktops.without(before, *firefox))
    assert "firefox" not in dialog.list.toPlainText()
    dialog.reject()


def test_an_explanation_tells_the_newest_numbers(room):
    before = desktops.desktop()
    show(room, before)
    room.popup.menu.chosen.emit("explain", room.subject(4203))
    window = room.dialogs.dialog
    told = window.text
    show(room, desktops.grown(before, 4203, 4000 * MIB))
    assert "3.9 GiB" not in told
    assert "3.9 GiB" in window.text
    window.close()


@pytest.mark.parametrize("action", ["value", "explain", "always-protect"])
def test_a_dialog_is_one_of_its_kind(room, action):
    room.start(adj=200)
    room.start(4243, adj=200)
    room.scan()
    room.popup.menu.chosen.emit(action, room.subject(4242))
    first = room.dialogs.dialog
    with room.qtbot.waitSignal(first.destroyed):
        room.popup.menu.chosen.emit(action, room.subject(4243))
    assert room.dialogs.dialog.isVisible()
    room.dialogs.dialog.reject()


def test_dialogs_close_with_the_popup(room):
    room.start(adj=200)
    room.scan()
    room.popup.menu.chosen.emit("value", room.subject())
    with room.qtbot.waitSignal(room.dialogs.dialog.destroyed):
        room.popup.hide()


def test_a_dialog_keeps_the_popup_open_when_the_user_turns_to_another_program(room, monkeypatch):
    room.start(adj=200)
    room.scan()
    room.popup.menu.chosen.emit("value", room.subject())
    monkeypatch.setattr(room.popup, "isActiveWindow", lambda: False)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    QApplication.sendEvent(room.popup, QEvent(QEvent.Type.ActivationChange))
    QApplication.processEvents()
    assert room.popup.isVisible()
    room.dialogs.dialog.reject()
