"""Rules are applied to processes that are there, that come and that become another program."""

from __future__ import annotations

from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import RuleSet, parse
from oomtray.config import Presets
from tests.unit.actions.rules.using import MINE, engine


def test_a_rule_is_applied_to_a_process_that_is_there_and_to_a_new_one(tree, snapshot):
    tree.add(7, name=b"hog")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    status = rules.apply(snapshot())
    assert tree.adj(7) == 300
    assert [(one.process.pid, one.state) for one in status.applied] == [(7, "kept")]
    tree.add(8, name=b"hog")
    rules.apply(snapshot())
    assert tree.adj(8) == 300


def test_a_process_that_is_still_its_parents_image_is_left_for_the_next_scan(tree, snapshot):
    tree.add(1, name=b"bash", score=0)
    rules = engine(tree, Rule("first", process="bash"), Rule("deprioritize", process="hog"))
    rules.apply(snapshot())
    tree.add(8, name=b"bash")  # its parent is 1
    rules.apply(snapshot())
    assert tree.adj(8) == 0
    tree.add(8, name=b"hog")
    rules.apply(snapshot())
    assert tree.adj(8) == 300


def test_a_process_that_becomes_another_program_is_decided_anew(tree, snapshot):
    tree.add(7, name=b"sh")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    rules.apply(snapshot())
    tree.add(7, name=b"hog")
    rules.apply(snapshot())
    assert tree.adj(7) == 300


def test_what_the_program_sets_back_is_told_and_not_fought(tree, snapshot):
    tree.add(7, name=b"firefox")
    rules = engine(tree, Rule("deprioritize", process="firefox"))
    rules.apply(snapshot())
    rules.apply(snapshot())
    tree.add(7, name=b"firefox", adj=100)
    for _ in range(3):
        status = rules.apply(snapshot())
        assert [one.state for one in status.applied] == ["set-back"]
        assert tree.adj(7) == 100


def test_a_dry_run_tries_nothing(tree, snapshot):
    tree.add(7, name=b"hog")
    status = engine(tree, Rule("deprioritize", process="hog"), dry=True).apply(snapshot())
    assert [(one.process.pid, one.wanted) for one in status.applied] == [(7, 300)]
    assert tree.adj(7) == 0


def test_a_failed_reload_keeps_the_old_rules_and_says_why(tree, snapshot):
    tree.add(7, name=b"hog")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    rules.replace(parse("[[rule]\n"), Presets())
    status = rules.apply(snapshot())
    assert tree.adj(7) == 300
    assert status.mistakes


def test_changed_levels_are_applied_again(tree, snapshot):
    tree.add(7, name=b"hog")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    rules.apply(snapshot())
    rules.replace(RuleSet((Rule("deprioritize", process="hog"),)), Presets(deprioritize=500))
    rules.apply(snapshot())
    assert tree.adj(7) == 500


def test_a_rule_on_an_executable_finds_the_program_after_its_upgrade(tree, snapshot):
    tree.add(7, name=b"hog")
    (tree.root / "7/exe").symlink_to("/usr/bin/hog (deleted)")
    engine(tree, Rule("first", exe="/usr/bin/hog")).apply(snapshot())
    assert tree.adj(7) == 900


def test_a_rule_that_protects_never_raises_what_is_lower_already(tree, snapshot):
    """sshd sets itself to -1000: the profile's -999 would protect it less."""
    tree.add(7, name=b"sshd", uid=MINE, adj=-1000, score=0)
    tree.add(8, name=b"sshd", uid=MINE, adj=500)
    status = engine(tree, Rule(-999, process="sshd", user=str(MINE))).apply(snapshot())
    assert [(one.process.pid, one.wanted, one.state) for one in status.applied if one.process.pid == 7] == [(7, -1000, "kept")]
    assert tree.adj(7) == -1000
    assert tree.adj(8) == -999


def test_what_the_rules_themselves_lowered_follows_a_weaker_level(tree, snapshot):
    tree.add(7, name=b"hog", uid=MINE)
    rule = Rule("protect", process="hog", user=str(MINE))
    rules = engine(tree, rule)
    rules.apply(snapshot())
    rules.replace(RuleSet((rule,)), Presets(protect=-300))
    rules.apply(snapshot())
    assert tree.adj(7) == -300
