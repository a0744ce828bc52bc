"""A popup with its dialogs and real rules, on a procfs of ordinary files and a pkexec that is played."""

from __future__ import annotations

import json
import os
import sys

from PySide6.QtCore import Qt

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets, Settings
from oomtray.monitor import Monitor
from oomtray.ui.app.dialogs import Dialogs
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.controllers.rules import RuleController
from oomtray.ui.popup.popup import Popup
from tests.rigs.processes.proc_tree import ProcTree

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


class PopupWithRules:
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
        return self.tree.adj(pid)

    def subject(self, pid=4242):
        return Subject.of_process(next(risk for risk in self.assessment.risks if risk.process.pid == pid))

    def click(self, bar, label):
        self.qtbot.mouseClick(bar.button(label), Qt.MouseButton.LeftButton)

    def asked(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
