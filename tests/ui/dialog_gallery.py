"""The dialogs about an app, a process or a size, in all their states."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QDeadlineTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from oomtray.actions.rules.propose import ServiceName
from oomtray.actions.units.state import Member, UnitState
from oomtray.config import Presets, Settings
from oomtray.drill import Drill
from oomtray.kernel.process_facts import ProcessFacts, Unread
from oomtray.kernel.process_handle import ProcessGone
from oomtray.risk.assessment import Assessment
from oomtray.risk.outlook import LevelName
from oomtray.systemd.manager import ServiceStatus
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.controllers.rules import RuleController
from oomtray.ui.dialogs.details_dialog import DetailsWindow
from oomtray.ui.dialogs.drill_dialog import DrillDialog
from oomtray.ui.dialogs.explain_dialog import ExplainWindow
from oomtray.ui.dialogs.fits_dialog import FitsDialog
from oomtray.ui.dialogs.rule_dialog import ALL, ProfileDialog, RuleDialog
from oomtray.ui.dialogs.unit_dialog import UnitDialog
from oomtray.ui.dialogs.value_dialog import ValueDialog
from tests.facts import desktops, kills
from tests.facts.process_facts import STARTED, hostile, process_facts
from tests.rigs.processes.proc_tree import ProcTree
from tests.ui.gallery import in_a_terminal
from tests.ui.gallery_list import Named, story

if TYPE_CHECKING:
    from oomtray.actions.units.changer import UnitChanger


def app(assessment: Assessment, key: str) -> Subject:
    return Subject.of_app(next(one for one in assessment.apps if one.key == key))


def explain(assessment: Assessment, subject: Subject) -> QDialog:
    window = ExplainWindow()
    window.tell(assessment, subject)
    return window


def explain_first() -> QDialog:
    now = desktops.desktop("warning")
    return explain(now, Subject.of_app(now.apps[0]))


def explain_open() -> QDialog:
    window = explain_first()
    assert isinstance(window, ExplainWindow)
    for fold, _ in window.folds.values():
        fold.button.click()
    return window


def explain_oomd() -> QDialog:
    now = desktops.watched()
    return explain(now, in_a_terminal(now))


def explain_protected() -> QDialog:
    now = desktops.desktop()
    return explain(now, app(now, "mysql.service"))


def explain_never() -> QDialog:
    now = desktops.desktop()
    return explain(now, app(now, "ssh.service"))


def explain_named() -> QDialog:
    """With names and icons as an installed desktop has them."""
    now = story()
    window = ExplainWindow(labels=Named())
    window.tell(now, app(now, "slack"))
    return window


def value_named() -> QDialog:
    now = story()
    dialog = ValueDialog(ChangeController(Settings().actions), app(now, "slack"), now, labels=Named())
    dialog.value.setValue(-500)
    return dialog


def value(now: Assessment, subject: Subject, to: int) -> ValueDialog:
    dialog = ValueDialog(ChangeController(Settings().actions), subject, now)
    dialog.value.setValue(to)
    return dialog


def value_protected() -> QDialog:
    now = desktops.desktop("warning")
    return value(now, Subject.of_app(now.apps[0]), -500)


def value_first() -> QDialog:
    now = desktops.desktop()
    dialog = value(now, app(now, "spotify"), 620)
    dialog.exact.button.click()
    return dialog


def details(
    told: ProcessFacts | OSError, now: Callable[[], Assessment] = desktops.desktop, *, row: int = 0, app: bool = False
) -> QDialog:
    def read(*_: int) -> tuple[ProcessFacts, str]:
        if isinstance(told, OSError):
            raise told
        return told, "ana"

    assessment = now()
    of = assessment.apps[row]
    subject = Subject.of_app(of) if app else Subject.of_process(of.members[0])
    held = of.memory or 0
    trail = tuple((STARTED - 1400.0 + n * 300, held * (60 + 3 * n + n % 3) // 100) for n in range(12))
    window = DetailsWindow(assessment, subject, read=read, trail=lambda *_: trail, clock=lambda: STARTED + 2280)
    window.show()
    until = QDeadlineTimer(5000)
    while not (window.note.isVisible() or (window.rows.isVisible() and window.trend.isVisible())) and not until.hasExpired():
        QApplication.processEvents()
    return window


@cache
def scratch() -> tempfile.TemporaryDirectory[str]:
    """Where the pictures' files lie until the process ends."""
    return tempfile.TemporaryDirectory(prefix="oomtray-gallery-")


def rules(now: Assessment) -> RuleController:
    """Over a procfs that has the same processes, so that a preview finds them."""
    tree = ProcTree(Path(tempfile.mkdtemp(dir=scratch().name)))
    for one in now.snapshot.processes:
        tree.add(one.pid, name=one.name.encode(), adj=one.oom_score_adj or 0, uid=one.uid, start=one.start_time)
    return RuleController(ChangeController(Settings().actions), "/proc/nonexistent/rules.toml", proc=str(tree))


def rule() -> QDialog:
    now = desktops.desktop()
    made, subject = rules(now), Subject.of_app(now.apps[0])
    found = made.propose("always-protect", subject, now)
    assert found is not None
    return RuleDialog(made, found, subject, now)


def profiles() -> QDialog:
    now = desktops.desktop()
    return ProfileDialog(rules(now), ALL, now)


class Looked:
    """In the place of a UnitChanger: what systemd has told already."""

    def __init__(self, state: UnitState) -> None:
        self._state = state

    def look(self, _name: str, *, user: bool) -> UnitState:
        assert user == self._state.user
        return self._state


def unit() -> QDialog:
    """Of a service that runs, with its file shown."""
    now = desktops.desktop()
    mysql = next(one for one in now.apps if one.key == "mysql.service")
    members = tuple(Member(one.process.pid, one.process.start_time, one.process.name, 0, mine=False) for one in mysql.members)
    status = ServiceStatus(
        name="mysql.service", load_state="loaded", transient=False, main_pid=members[0].pid, control_group="/system.slice/mysql.service",
        oom_policy="stop", oom_score_adjust=0, oomd_preference="none", fragment_path=None, drop_in_paths=(), default_adjust=0, unit_path=(),
        manager_pid=1, names=("mysql.service",), pam_name=None, utmp_identifier=None,
    )  # fmt: skip
    state = UnitState(
        status=status, user=False, units="/etc/systemd/system", ours=None, exact=True, blocked=None, members=members, policy_counts=True,
        floor=None, sessions=False,
    )  # fmt: skip
    dialog = UnitDialog(cast("UnitChanger", Looked(state)), Presets(), ServiceName("mysql.service", user=False), assessment=now)
    dialog.show()
    until = QDeadlineTimer(5000)
    while not dialog.value.isEnabled() and not until.hasExpired():
        QApplication.processEvents()
    dialog.show_file.button.click()
    return dialog


def fits(typed: str, level: LevelName = "warning") -> QDialog:
    dialog = FitsDialog(desktops.desktop(level))
    dialog.size_field.setText(typed)
    return dialog


def drill() -> QDialog:
    killed = kills.Dead(pid=77, name="oomtray-drill", freed=60 << 20, oom_score_adj=1000)
    held = Drill(77, 0.4, 0.2, kills.leak(victims=(killed,), ranking=None, foretold=None))
    dialog = DrillDialog(hold=lambda: held)
    dialog.show()
    dialog.start_button.click()
    until = QDeadlineTimer(5000)
    while not dialog.show_button.isVisible() and not until.hasExpired():
        QApplication.processEvents()
    return dialog


SCENES: dict[str, Callable[[], QDialog]] = {
    "explain": explain_first,
    "explain-open": explain_open,
    "explain-oomd": explain_oomd,
    "explain-protected": explain_protected,
    "explain-never": explain_never,
    "explain-named": explain_named,
    "value": value_protected,
    "value-named": value_named,
    "value-first": value_first,
    "details": partial(details, process_facts()),
    "details-app": partial(details, process_facts(), app=True),
    "rule": rule,
    "unit": unit,
    "profiles": profiles,
    "fits": partial(fits, "20G"),
    "fits-yes": partial(fits, "1G"),
    "drill": drill,
}
REFUSED = dict.fromkeys(("executable", "directory", "files", "connections", "bytes_read", "bytes_written"), Unread.DENIED)
STATES: dict[str, Callable[[], QDialog]] = {
    "details-refused": partial(details, process_facts(uid=0, **REFUSED), row=5, app=True),
    "details-hostile": partial(details, hostile(), desktops.long_names),
    "details-ended": partial(details, ProcessGone(4203)),
    "fits-no": partial(fits, "900G", "critical"),
    "fits-wrong": partial(fits, "much"),
    "drill-first": DrillDialog,
}
"""What they show besides, for pictures and translations."""


def take(save: Callable[[str, QWidget], None], tone: str) -> None:
    for name, scene in (SCENES | STATES).items():
        dialog = scene()
        dialog.show()
        save(f"{name}-{tone}", dialog)
        dialog.resize(400, 640)
        save(f"{name}-narrow-{tone}", dialog)
        dialog.close()
