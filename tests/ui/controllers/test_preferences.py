"""Protect sees to systemd-oomd: first where that acts first, else as a second step on offer. A real process, a manager on a real bus."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import Batch
from oomtray.actions.oomd_step import OomdStep, oomd_step
from oomtray.actions.units.preference import PreferenceChanger, PreferencesOutcome
from oomtray.config import Presets
from oomtray.kernel.killer_facts import Daemon, Group, SystemdOomd, Watched
from oomtray.kernel.killers.oomd_groups import preference_of
from oomtray.risk.assessment import Assessment
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.preferences import PreferenceController
from oomtray.ui.controllers.report import Offer, Report
from oomtray.ui.controllers.row_actions import Subject, adjusting
from tests.facts import GIB
from tests.facts.desktops import judged
from tests.facts.processes import process
from tests.rigs.bus.peers import Peer, PrivateBus, serving
from tests.rigs.bus.systemd_manager import NAME, systemd_manager
from tests.rigs.processes.sleepers import Sleeper, sleepers
from tests.ui.reports import UNDO, labels, press

SPARE, KERNEL_TOO = "Spare it there too", "Protect from the kernel too"
ME = os.geteuid()
USER = f"/user.slice/user-{ME}.slice/user@{ME}.service"
GROUP = f"{USER}/app.slice/term.scope"
OOMD = SystemdOomd(
    daemon=Daemon(name="systemd-oomd", pid=300, start_time=1, uid=0, reach="all"),
    swap=(),
    pressure=(Watched(USER, uid=ME),),
    groups=(Group(path=GROUP, uid=ME, memory=GIB, swap=0, scanned=0),),
)


FIRST = replace(OOMD, pressure=(Watched(USER, uid=ME, stall=90.0),))
"""It acts before the kernel does."""


class Manager:
    """The user's systemd: what the preference says is marked on the control group once it goes over that, as with the real one.

    It does so where another property of the group is set as well. It must not be told to reload: systemd-oomd then
    forgets to watch user@UID.service.
    """

    def __init__(self, peer: Peer, cgroups: Path) -> None:
        self.peer, self.group, self.state = peer, cgroups / GROUP[1:], "active"
        self.scope = {"ControlGroup": ("s", GROUP), "ManagedOOMPreference": ("s", "none"), "TasksAccounting": ("b", True)}
        self.group.mkdir(parents=True)
        (self.group / "cgroup.procs").write_text("")
        (cgroups / "cgroup.controllers").write_text("memory\n")
        peer.answers = {
            "GetUnit": ("o", ("/unit",)), "GetAll": self._get_all, "SetUnitProperties": self._set,
            "Reload": f"{NAME}.NotWanted",
        }  # fmt: skip

    @property
    def marked(self) -> str:
        return preference_of(str(self.group))

    def _get_all(self, interface: str) -> tuple[str, tuple[Any, ...]]:
        unit = {"Id": ("s", "term.scope"), "ActiveState": ("s", self.state)}
        return "a{sv}", (self.scope if interface.endswith("Scope") else unit,)

    def _set(self, _name: str, _runtime: bool, properties: list[tuple[str, tuple[str, Any]]]) -> tuple[str, tuple[()]]:
        self.scope |= dict(properties)
        if any(key != "ManagedOOMPreference" for key, _ in properties):
            self._mark()
        return "", ()

    def _mark(self) -> None:
        for name in ("avoid", "omit"):
            if self.scope["ManagedOOMPreference"][1] == name:
                os.setxattr(self.group, f"user.oomd_{name}", b"1")
            elif f"user.oomd_{name}" in os.listxattr(self.group):
                os.removexattr(self.group, f"user.oomd_{name}")


class Window:
    """One process at +300 in a scope that systemd-oomd watches, and the controller that a row's menu drives."""

    def __init__(self, qtbot: QtBot, root: Path, sleeper: Sleeper, bus: PrivateBus, cgroups: Path) -> None:
        self.root = root
        self.qtbot = qtbot
        self.sleeper = sleeper
        sleeper.set(300)
        facts = sleeper.facts._replace(cgroup=GROUP, unit_cgroup=GROUP)
        self.assessment: Assessment = judged((facts,), killers=(OOMD,))
        self.subject = Subject.of_process(self.assessment.risks[0])
        changer = PreferenceChanger(journal=Journal(str(root / "journal")), addresses=lambda _: bus.address, cgroups=str(cgroups))
        self.controller = ChangeController(
            Presets(protect=200, protect_strongly=100),
            changer=Changer(Presets(protect=200, protect_strongly=100), journal=Journal(str(root / "journal"))),
            preferences=lambda parent: PreferenceController(changer, lambda: pytest.fail("no unit of the system"), parent),
        )
        self.reports: list[Report] = []
        self.controller.reported.connect(self.reports.append)

    def do(self, action: str, assessment: Assessment | None = None) -> Report:
        self.controller.do(action, self.subject, assessment or self.assessment)  # type: ignore[arg-type]
        return self.reports[-1]

    def press(self, label: str) -> Report:
        with self.qtbot.waitSignal(self.controller.changed, timeout=20_000):
            press(self.reports[-1], label)
        return self.reports[-1]


@pytest.fixture
def manager(private_bus: PrivateBus, tmp_path: Path) -> Iterator[Manager]:
    made = Manager(private_bus.peer(NAME), tmp_path / "cgroups")
    try:
        os.setxattr(made.group, "user.oomd_test", b"1")
    except OSError as error:
        pytest.skip(f"no extended attributes in this file system: {error}")
    with serving(made.peer):
        yield made


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path, private_bus: PrivateBus, manager: Manager) -> Iterator[Window]:
    with sleepers(tmp_path) as spawn:
        yield Window(qtbot, tmp_path, spawn(), private_bus, tmp_path / "cgroups")


@pytest.mark.parametrize(
    ("action", "preference", "says"),
    [
        ("protect", "avoid", "systemd-oomd now takes others before term.scope"),
        ("protect-strongly", "omit", "systemd-oomd now never kills term.scope"),
    ],
)
def test_after_protect_it_is_offered_done_and_taken_back(
    window: Window, manager: Manager, action: str, preference: str, says: str
) -> None:
    report = window.do(action)
    assert "systemd-oomd doesn't look at oom_score_adj and may still kill term.scope" in report.text
    assert labels(report) == [SPARE, UNDO]
    report = window.press(SPARE)
    assert says in report.text
    assert "This holds until term.scope ends." in report.text
    assert (manager.marked, labels(report), report.tone) == (preference, [UNDO], "done")
    report = window.press(UNDO)
    assert (manager.marked, labels(report)) == ("none", [UNDO]), "the step before can be taken back too"
    window.press(UNDO)
    assert window.sleeper.adj == 300


def test_where_it_can_not_be_noted_no_undo_of_it_is_offered(window: Window, manager: Manager) -> None:
    (window.root / "journal").write_text("no directory")
    window.do("protect")
    report = window.press(SPARE)
    assert (manager.marked, labels(report)) == ("avoid", [])
    assert "undo won't know of it" in report.text


def test_a_unit_of_which_nothing_was_protected_does_not_count(window: Window) -> None:
    other = f"{USER}/app.slice/other.scope"
    oomd = replace(OOMD, groups=(*OOMD.groups, replace(OOMD.groups[0], path=other)))
    beside = process(1 << 22, cgroup=other, unit_cgroup=other, uid=ME)
    report = window.do("protect", judged((*window.assessment.snapshot.processes, beside), killers=(oomd,)))
    assert "may still kill term.scope" in report.text
    assert "more control group" not in report.text


def test_where_systemd_oomd_acts_first_protect_is_what_counts_there(window: Window, manager: Manager) -> None:
    first = judged(window.assessment.snapshot.processes, killers=(FIRST,))
    with window.qtbot.waitSignal(window.controller.changed, timeout=20_000):
        assert window.controller.do("protect", window.subject, first), "what became of it comes later"
    report = window.reports[-1]
    assert report.text.startswith("systemd-oomd now takes others before term.scope")
    assert (manager.marked, window.sleeper.adj) == ("avoid", 300)
    assert labels(report) == [KERNEL_TOO, UNDO]
    press(report, KERNEL_TOO)
    report = window.reports[-1]
    assert (window.sleeper.adj, labels(report)) == (200, [UNDO])
    assert "systemd-oomd" not in report.text, "it has been seen to"


def test_what_was_first_under_systemd_oomd_can_be_taken_back(window: Window, manager: Manager) -> None:
    first = judged(window.assessment.snapshot.processes, killers=(FIRST,))
    with window.qtbot.waitSignal(window.controller.changed, timeout=20_000):
        window.controller.do("protect-strongly", window.subject, first)
    assert manager.marked == "omit"
    report = window.press(UNDO)
    assert (manager.marked, labels(report)) == ("none", [KERNEL_TOO])


def test_the_menu_says_so_before(window: Window) -> None:
    first = judged(window.assessment.snapshot.processes, killers=(FIRST,))
    protect, strongly, first_to_go = adjusting(first, window.subject, Presets(), ("protect", "protect-strongly", "first"))
    assert (protect.effect, strongly.effect) == ("spared by systemd-oomd", "spared by systemd-oomd")
    assert protect.hint.splitlines()[:2] == [
        "systemd-oomd would act first, and it doesn't look at oom_score_adj.",
        "Sets that it takes others before term.scope.",
    ]
    assert strongly.hint.splitlines()[1] == "Sets that it never kills term.scope."
    assert "systemd-oomd would act first" not in first_to_go.hint


def test_a_service_of_the_system_is_offered_before_the_kernel_s_protection(window: Window) -> None:
    group = "/system.slice/x.service"
    facts = process(cgroup=group, unit_cgroup=group, uid=0)
    oomd = replace(
        FIRST, pressure=(Watched("/system.slice", uid=0, stall=90.0),), groups=(Group(path=group, uid=0, memory=GIB, swap=0, scanned=0),)
    )
    now = judged((facts,), killers=(oomd,))
    assert not window.controller.do("protect", Subject.of_process(now.risks[0]), now)
    report = window.reports[-1]
    assert (report.tone, labels(report)) == ("part", ["Spare it there…", KERNEL_TOO])
    assert [offer.asks_password for offer in report.offers] == [True, False]


def test_where_its_preference_would_not_count_first_the_kernel_comes_first(window: Window) -> None:
    """On a full swap systemd-oomd ignores what isn't root's."""
    hers = (replace(OOMD.groups[0], uid=1234),)
    full = replace(FIRST, swap=(Watched("/"),), pressure=(Watched(USER, uid=1234),), groups=hers, swap_limit=1)
    now = judged(window.assessment.snapshot.processes, killers=(full,))
    assert now.killer is not None
    assert (now.killer.name, now.killer.swap_at) == ("systemd-oomd", 1)
    assert labels(window.do("protect", now)) == [SPARE, UNDO]
    assert window.sleeper.adj == 200


def test_where_it_would_be_void_that_is_said_and_nothing_is_offered(window: Window) -> None:
    void = replace(OOMD, pressure=(Watched("/", uid=0),), groups=(replace(OOMD.groups[0], uid=1234),))
    report = window.do("protect", judged(window.assessment.snapshot.processes, killers=(void,)))
    assert "systemd-oomd ignores its unit's preference" in report.text
    assert labels(report) == [UNDO]


def test_deprioritize_and_a_machine_without_systemd_oomd_have_no_second_step(window: Window) -> None:
    assert labels(window.do("protect", judged(window.assessment.snapshot.processes))) == [UNDO]
    report = window.do("deprioritize")
    assert (labels(report), "systemd-oomd" in report.text) == ([UNDO], False)


def test_a_preference_that_has_left_no_mark_is_set_again(window: Window, manager: Manager) -> None:
    """systemd-oomd goes by the mark alone."""
    manager.scope["ManagedOOMPreference"] = ("s", "avoid")
    window.do("protect")
    assert (window.press(SPARE).tone, manager.marked) == ("done", "avoid")


def test_a_unit_that_is_not_active_any_more_is_left_alone(window: Window, manager: Manager) -> None:
    window.do("protect")
    manager.state = "inactive"
    with window.qtbot.waitSignal(window.controller.reported, timeout=20_000):
        press(window.reports[-1], SPARE)
    assert (window.reports[-1].tone, manager.marked) == ("failed", "none")


def test_a_unit_that_has_ended_meanwhile_is_said(window: Window, manager: Manager) -> None:
    window.do("protect")
    manager.peer.answers["GetUnit"] = f"{NAME}.NoSuchUnit"
    with window.qtbot.waitSignal(window.controller.reported, timeout=20_000):
        press(window.reports[-1], SPARE)
    assert window.reports[-1].tone == "failed"
    assert "term.scope" in window.reports[-1].text
    assert labels(window.reports[-1]) == [UNDO], "the protection itself can still be taken back"


def test_of_several_that_are_taken_back_one_that_is_refused_is_said(window: Window, manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    undo = PreferenceChanger.undo

    def with_another(changer: PreferenceChanger, batch: Batch) -> PreferencesOutcome:
        return undo(changer, replace(batch, units=(*batch.units, replace(batch.units[0], name="user@7.service"))))

    monkeypatch.setattr(PreferenceChanger, "undo", with_another)
    window.do("protect")
    window.press(SPARE)
    report = window.press(UNDO)
    assert (manager.marked, report.tone) == ("none", "failed")
    assert "user@7.service is not as before: " in report.text


def step_for_a_service_of_the_system() -> OomdStep:
    group = "/system.slice/x.service"
    facts = process(cgroup=group, unit_cgroup=group, uid=0)
    oomd = replace(OOMD, swap=(Watched("/"),), pressure=(), groups=(Group(path=group, uid=0, memory=GIB, swap=0, scanned=0),))
    step = oomd_step(judged((facts,), killers=(oomd,)), (facts,), 1000)
    assert step is not None
    return step


def test_a_service_of_the_system_that_can_not_be_set_says_why_and_what_else_was_offered_stays(
    qtbot: QtBot, qapp: QApplication, private_bus: PrivateBus, xdg: Path, tmp_path: Path
) -> None:
    step = step_for_a_service_of_the_system()
    with systemd_manager(private_bus, xdg) as manager:
        controller = PreferenceController(PreferenceChanger(addresses=lambda _: None), lambda: manager.changer(pkexec="/bin/false"))
        offer = controller.offer(step, (Offer(UNDO, lambda: None),))
        assert offer is not None
        with qtbot.waitSignal(controller.reported, timeout=20_000) as told:
            offer.act()
    (report,) = told.args
    assert (report.tone, labels(report)) == ("failed", [UNDO])


DONE = """\
#!{python}
import json, sys
for line in sys.stdin:
    print(json.dumps({{"ok": True, "error": None, "path": "/p"}} | json.loads(line)))
    open({asked!r}, "a").write(line)
"""
"""Stands where pkexec would, and answers as the helper that has done all."""


def test_for_a_service_of_the_system_it_takes_a_password_and_sets_nothing_else(
    qtbot: QtBot, qapp: QApplication, private_bus: PrivateBus, xdg: Path, tmp_path: Path
) -> None:
    pkexec = tmp_path / "pkexec"
    pkexec.write_text(DONE.format(python=sys.executable, asked=str(tmp_path / "asked")))
    pkexec.chmod(0o755)
    step = step_for_a_service_of_the_system()
    with systemd_manager(private_bus, xdg) as manager:
        manager.service["ManagedOOMPreference"] = ("s", "avoid")  # as it will be
        changer = manager.changer(pkexec=str(pkexec))
        controller = PreferenceController(PreferenceChanger(addresses=lambda _: None), lambda: changer)
        first = Offer("Use a password…", lambda: None, asks_password=True)
        offer = controller.offer(step, (first, Offer(UNDO, lambda: None)))
        assert offer is not None
        assert (offer.label, offer.asks_password) == (f"{SPARE}…", True)
        with qtbot.waitSignal(controller.reported, timeout=20_000) as told:
            offer.act()
        (report,) = told.args
        assert report.text == "x.service has ManagedOOMPreference=avoid for good."
        assert labels(report) == ["Use a password…", UNDO]
        (asked,) = (tmp_path / "asked").read_text().splitlines()
        assert json.loads(asked) == {"unit": "x.service", "set": {"ManagedOOMPreference": "avoid"}, "was": 0}
