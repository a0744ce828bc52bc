"""Reset from the popup: what it says and does is what `oomtray reset` does, and a systemd that is slow holds nobody up."""

from __future__ import annotations

import os
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.actions.reset import ask_units, unit_values
from oomtray.config import Presets, Settings
from oomtray.kernel.process_handle import open_process
from oomtray.messages.changes import says, why
from oomtray.systemd.units import UnitReader
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.popup.popup import Popup
from tests.facts.desktops import judged
from tests.facts.processes import process
from tests.rigs.bus.peers import serving
from tests.rigs.processes.proc import adj_of
from tests.ui.reports import labels, press

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NAME = "org.freedesktop.systemd1"
GIVES = 150
SERVICE, SCOPE = "/system.slice/x.service", "/user.slice/user-1000.slice/session-1.scope"
TIMEOUT = 2.0


class PopupWithSystemd:
    """A popup, a service manager on a real bus, and real processes."""

    def __init__(self, qtbot, bus, peer, root):
        self.peer = peer
        self.peer.answers = {"GetUnit": ("o", ("/unit",)), "Get": self._get}
        self.processes = []
        self.reader = lambda: UnitReader(lambda _: bus.address, timeout=TIMEOUT)
        self.journal = Journal(str(root))
        self.changer = Changer(Presets(), journal=self.journal)
        self.changes = ChangeController(
            Presets(), changer=self.changer, ask_units=partial(ask_units, reader=self.reader)
        )
        self.popup = Popup(self.changes, Settings())
        qtbot.addWidget(self.popup)
        self.reports = []
        self.changes.reported.connect(self.reports.append)
        self.qtbot = qtbot

    def _get(self, _interface, name):
        return ("v", (("i", GIVES),)) if name == "OOMScoreAdjust" else f"{NAME}.NoSuchProperty"

    def subject(self, *adjs, cgroup=SERVICE):
        found = []
        for adj in adjs:
            started = subprocess.Popen(["sleep", "infinity"])
            self.processes.append(started)
            Path(f"/proc/{started.pid}/oom_score_adj").write_text(str(adj))
            with open_process(started.pid) as handle:
                start_time = handle.start_time
            told = {"start_time": start_time, "uid": os.geteuid(), "oom_score_adj": adj, "unit_cgroup": cgroup}
            found.append(process(started.pid, name="sleep", **told))
        self.assessment = judged(tuple(found))
        return Subject("sleep", tuple(self.assessment.risks), app=len(found) > 1)

    def values(self):
        return [adj_of(one.pid) for one in self.processes]

    def menu(self, subject):
        """The entry as it is at once."""
        self.popup.show_assessment(self.assessment)
        self.popup.card.menu_wanted.emit(subject, self.popup.pos())
        return next(action for action in self.popup.menu.actions() if action.data() == "reset")

    def reset(self, subject):
        with self.qtbot.waitSignal(self.changes.reported, timeout=20_000):
            self.changes.do("reset", subject, self.assessment)
        return self.reports[-1]

    def change(self, subject, value):
        """As somebody did before with this program; what is on screen is as new."""
        self.changer.apply(self.changer.plan("protect", subject.processes, value))
        shown = (risk.process._replace(oom_score_adj=value) for risk in subject.risks)
        self.assessment = judged(tuple(shown))
        return Subject(subject.name, tuple(self.assessment.risks), app=subject.app)


@pytest.fixture
def ui(qtbot, private_bus, tmp_path):
    peer = private_bus.peer(NAME)
    with serving(peer):
        made = PopupWithSystemd(qtbot, private_bus, peer, tmp_path / "journal")
        yield made
        made.popup.put_away()
    for one in made.processes:
        one.kill()
        one.wait()


def test_the_menu_says_where_it_goes_as_soon_as_systemd_has_answered(ui):
    entry = ui.menu(ui.subject(700))
    assert "Asks systemd which value its unit sets" in entry.toolTip()
    assert entry.isEnabled()
    ui.qtbot.waitUntil(lambda: f"Goes back to +{GIVES}, which its unit sets." in entry.statusTip(), timeout=20_000)
    ui.popup.menu.close()


def test_an_answer_for_another_row_changes_nothing(ui):
    """The pointer has gone on before systemd answered."""
    first, second = ui.subject(700), ui.subject(300, cgroup=SCOPE)
    with ui.qtbot.waitSignal(ui.changes.origins_told, timeout=20_000):
        ui.menu(first)
        entry = ui.menu(second)
    assert why("nothing-known") in entry.statusTip()
    assert not entry.isEnabled()
    ui.popup.menu.close()


def test_it_goes_to_the_units_value_and_can_be_undone(ui):
    subject = ui.subject(700)
    report = ui.reset(subject)
    assert (ui.values(), report.tone, labels(report)) == ([GIVES], "done", ["Undo"])
    assert f"{subject.name} lowered from +700 to +{GIVES}" in report.text
    press(report, "Undo")
    assert ui.values() == [700]


def test_the_first_value_counts_before_the_units_and_systemd_is_not_asked(ui):
    subject = ui.change(ui.subject(20), 300)
    entry = ui.menu(subject)
    assert entry.statusTip().startswith("Goes back to +20, as before OOM Tray changed it.")
    ui.changes.do("reset", subject, ui.assessment)
    assert (ui.values(), ui.reports[-1].tone) == ([20], "done")
    assert ui.peer.called("GetUnit") == []
    ui.popup.menu.close()


def test_of_an_app_each_goes_back_to_its_own(ui):
    changed = ui.change(ui.subject(20), 300)
    other = ui.subject(400)
    ui.assessment = judged((*changed.processes, *other.processes))
    subject = Subject("sleeps", tuple(ui.assessment.risks), app=True)
    entry = ui.menu(subject)
    ui.qtbot.waitUntil(lambda: "+20 to +150, as before OOM Tray changed it, or as its unit sets it" in entry.statusTip(), timeout=20_000)
    ui.popup.menu.close()
    ui.reset(subject)
    assert ui.values() == [20, GIVES]


def test_of_an_app_those_with_nothing_to_go_back_to_are_no_failure(ui):
    changed = ui.change(ui.subject(20), 300)
    other = ui.subject(400, cgroup=SCOPE)
    ui.assessment = judged((*changed.processes, *other.processes))
    report = ui.reset(Subject("sleeps", tuple(ui.assessment.risks), app=True))
    assert (ui.values(), report.tone) == ([20, 400], "done")


def test_what_is_there_already_is_said(ui):
    entry = ui.menu(ui.subject(GIVES))
    ui.qtbot.waitUntil(lambda: entry.text() == "Reset — already so", timeout=20_000)
    assert (entry.statusTip(), entry.isEnabled()) == (f"It is at +{GIVES}, which its unit sets.", False)
    ui.popup.menu.close()


@pytest.mark.parametrize("cgroup", [SCOPE, None], ids=["a-session", "no-unit"])
def test_where_no_unit_can_set_a_value_nobody_is_asked(ui, cgroup):
    subject = ui.subject(700, cgroup=cgroup)
    ui.changes.do("reset", subject, ui.assessment)
    (report,) = ui.reports
    assert (report.tone, ui.values(), ui.peer.calls) == ("failed", [700], [])


def test_it_says_what_the_command_says_where_nothing_is_known(ui):
    ui.peer.answers["GetUnit"] = f"{NAME}.NoSuchUnit"
    subject = ui.subject(700)
    reader = ui.reader()
    plan = ui.changer.plan("reset", subject.processes, unit_value=unit_values(reader))
    (change,) = ui.changer.apply(plan).changes
    reader.close()
    assert change.error == "nothing-known"
    assert ui.reset(subject).text == says(change, subject.name)


def test_a_silent_systemd_holds_up_nobody(ui):
    ui.peer.answers["GetUnit"] = None
    subject = ui.subject(700)
    began = time.monotonic()
    ui.menu(subject)
    ui.changes.do("reset", subject, ui.assessment)
    assert time.monotonic() - began < TIMEOUT / 2
    ui.popup.menu.close()
    ui.qtbot.waitUntil(lambda: bool(ui.reports), timeout=20_000)
    assert (ui.values(), ui.reports[-1].tone) == ([700], "failed")
