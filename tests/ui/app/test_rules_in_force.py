"""The rules file while the tray runs: the worker's scans apply it, and one signal tells what became of it."""

from __future__ import annotations

import os
import sys

import pytest

from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets, Settings
from oomtray.monitor import Attention, Monitor
from oomtray.ui.app.worker import Update, Worker
from tests.rigs.processes.proc_tree import ProcTree
from tests.ui.qt.across import Across

RULE = '[[rule]]\nprocess = "hog"\nset = "first"\n'


@pytest.fixture
def tree(tmp_path):
    tree = ProcTree(tmp_path / "proc")
    tree.add(4242, name=b"hog", uid=os.getuid())
    return tree


@pytest.fixture
def rules(tree, tmp_path):
    return RulesService(Presets(), str(tmp_path / "rules.toml"), proc=str(tree))


@pytest.fixture
def worker(tree, rules, qtbot):
    monitor = Monitor(Settings(), proc=str(tree), cgroups="/nowhere")
    monitor.attend(Attention(open=True))
    worker = Worker(monitor, rules=rules)
    worker.across = Across(worker.told)
    yield worker
    worker.stop()


def write(rules, text):
    with open(rules.path, "w") as file:
        file.write(text)


def first_update(qtbot, worker, until):
    with qtbot.waitSignal(worker.across.told, timeout=10_000, check_params_cb=until) as caught:
        if not worker.isRunning():
            worker.start()
        worker.wake()
    return caught.args[0]


def test_without_a_file_nothing_is_said_of_rules(qtbot, worker):
    assert first_update(qtbot, worker, lambda told: isinstance(told, Update)).rules is None


def test_a_rule_is_applied_by_the_scan_and_the_next_one_shows_the_value(qtbot, worker, rules, tree):
    write(rules, RULE)
    told = first_update(
        qtbot, worker, lambda told: any(risk.process.oom_score_adj == 900 for risk in told.assessment.risks)
    )
    assert tree.adj(4242) == 900
    assert [one.state for one in told.rules.applied] == ["kept"]


def test_a_new_process_gets_its_value_within_a_scan(qtbot, worker, rules, tree):
    write(rules, RULE)
    first_update(qtbot, worker, lambda told: told.rules is not None)
    tree.add(4243, name=b"hog", uid=os.getuid())
    first_update(qtbot, worker, lambda told: len(told.rules.applied) == 2)
    assert tree.adj(4243) == 900


def test_levels_follow_the_settings(qtbot, worker, rules, tree):
    write(rules, RULE)
    first_update(qtbot, worker, lambda told: told.rules is not None)
    rules.presets = Presets(first=700)
    first_update(qtbot, worker, lambda told: any(one.wanted == 700 for one in told.rules.applied))
    assert tree.adj(4242) == 700


def test_what_a_rule_sets_counts_as_set_from_here(tree, rules):
    write(rules, RULE)
    monitor = Monitor(Settings(), proc=str(tree), cgroups="/nowhere", set_here=lambda: rules.with_given(dict))
    _, changed = rules.apply(monitor.survey().snapshot)
    assert changed
    after = monitor.survey()
    assert "adj-set-by-rule" in after.risks[0].reasons
    assert rules.apply(after.snapshot)[1] is False
    monitor.close()


def test_rules_that_fail_leave_the_tray_seeing(qtbot, worker, rules, monkeypatch, caplog):
    write(rules, RULE)
    monkeypatch.setattr(
        "oomtray.actions.rules.engine.RuleEngine.apply",
        lambda *_: (_ for _ in ()).throw(RuntimeError("broken")),
    )
    assert first_update(qtbot, worker, lambda told: isinstance(told, Update)).rules is None
    assert "the rules can't be applied" in caplog.text


def test_the_rules_are_not_loaded_before_there_is_a_file():
    import subprocess

    code = "import sys, oomtray.actions.rules.service; print({'oomtray.actions.rules.engine', 'tomlkit', 'tomllib'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
