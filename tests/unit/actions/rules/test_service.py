"""The rules in force: the file is reread when it changes, and the old rules stay where it is broken."""

from __future__ import annotations

import math

import pytest

from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets
from tests.unit.actions.rules.using import NO_FILES


@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_the_service_goes_on_with_the_old_rules_where_the_file_is_none_any_more(tree, snapshot, tmp_path, make):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    service = RulesService(Presets(), str(path), proc=str(tree))
    service.apply(snapshot())
    path.unlink()
    make(path)
    tree.add(7, name=b"hog")
    status, _ = service.apply(snapshot())
    assert [mistake.cause.id for mistake in status.mistakes] == ["not-regular"]
    assert tree.adj(7) == 111


def test_the_service_rereads_a_changed_file_and_keeps_the_old_rules_of_a_broken_one(tree, snapshot, tmp_path):
    path = tmp_path / "rules.toml"
    tree.add(7, name=b"hog")
    service = RulesService(Presets(), str(path), proc=str(tree))
    assert service.apply(snapshot()) == (None, False)
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    service.apply(snapshot())
    assert tree.adj(7) == 111
    path.write_text('[[rule]\nprocess = "hog"\nset = 2222\n')
    tree.add(8, name=b"hog")
    status, _ = service.apply(snapshot())
    assert status is not None
    assert status.mistakes[0].line == 1
    assert tree.adj(8) == 111
    path.unlink()
    status, _ = service.apply(snapshot())
    assert status is not None
    assert status.applied == ()


def test_the_service_says_how_old_a_scan_may_be(tree, snapshot, tmp_path):
    """Not at all where the file has changed, some seconds where a new process could be given a rule."""
    path = tmp_path / "rules.toml"
    service = RulesService(Presets(), str(path), proc=str(tree))
    service.apply(snapshot())
    assert service.scan_within() == math.inf
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    assert service.scan_within() == 0
    service.apply(snapshot())
    assert service.scan_within() == 20
    path.unlink()
    assert service.scan_within() == 0
    service.apply(snapshot())
    assert service.scan_within() == math.inf


def test_the_service_applies_changed_levels(tree, snapshot, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = "first"\n')
    tree.add(7, name=b"hog")
    service = RulesService(Presets(), str(path), proc=str(tree))
    service.apply(snapshot())
    assert tree.adj(7) == 900
    service.presets = Presets(first=800)
    service.apply(snapshot())
    assert tree.adj(7) == 800


def test_a_scan_is_stale_where_a_rule_has_just_changed_a_process(tree, snapshot, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    service = RulesService(Presets(), str(path), proc=str(tree))
    stale = []
    for pid in (7, None, 8):
        if pid is not None:
            tree.add(pid, name=b"hog")
        stale.append(service.apply(snapshot())[1])
    assert stale == [True, False, True]
    assert sorted(service.with_given(dict).by_rule.values()) == [111, 111]


def test_no_scan_is_stale_where_a_rule_may_change_nothing(tree, snapshot, tmp_path, refused):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    tree.add(7, name=b"hog")
    service = RulesService(Presets(), str(path), proc=str(tree))
    assert service.apply(snapshot())[1] is False
    assert service.with_given(dict).by_rule == {}
