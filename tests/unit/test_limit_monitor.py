"""The monitor follows cgroups with a limit of their own: seen within seconds where there are any, at no cost where not."""

from __future__ import annotations

import os

import pytest

from oomtray.config import Pace, Settings
from oomtray.monitor import Monitor
from tests.facts import MIB
from tests.rigs.processes.proc_tree import ProcTree
from tests.unit.kernel.test_cgroup_limits import charged, open_below, unlimited
from tests.unit.kernel.test_cgroups import Tree, limit
from tests.unit.test_monitor import Clock

UNIT = "/system.slice/web.service"
LINES = {1: f"5:memory:{UNIT}\n0::/\n", 2: f"0::{UNIT}\n"}
SOON = 5.0
"""Seconds within which a fuller cgroup is seen, while all else is calm."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=[1, 2], ids=["v1", "v2"])
def cgroups(tmp_path, request):
    tree = Tree(tmp_path / "cgroups", request.param)
    tree.group("/system.slice", **unlimited(tree), **charged(tree, 500 * MIB))
    tree.group(UNIT, **unlimited(tree), **charged(tree, 60 * MIB))
    return tree


@pytest.fixture
def monitor(cgroups, clock, tmp_path):
    proc = ProcTree(tmp_path / "proc")
    proc.add(10, name=b"worker", rss_kib=20 << 10, cgroup=LINES[cgroups.version])
    proc.add(11, name=b"server", rss_kib=40 << 10, cgroup=LINES[cgroups.version])
    proc.add(12, name=b"desktop", rss_kib=900 << 10)
    settings = Settings(pace=Pace(calm_seconds=3600))
    monitor = Monitor(settings, proc=str(proc), cgroups=str(cgroups.root), clock=clock, wall=lambda: 1.8e9)
    yield monitor
    monitor.close()


def fill(cgroups, size):
    cgroups.group(UNIT, **charged(cgroups, size))


def within(monitor, clock, seconds):
    """What the steps of so many seconds bring; the last news."""
    news, until = None, clock.now + seconds
    while clock.now + monitor.pause <= until:
        clock.now += monitor.pause
        news = monitor.step() or news
    return news


def test_without_a_limit_nothing_is_opened_or_read_between_scans(monitor, cgroups, clock, monkeypatch):
    assert monitor.step().limits == ()
    assert open_below(cgroups.root) == [], "and what isn't open can't be read"
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *more, **named: opened.append(path) or real(path, *more, **named))
    fill(cgroups, 500 * MIB)
    within(monitor, clock, 60)
    assert [path for path in opened if str(path).startswith(str(cgroups.root))] == []


def test_a_group_that_fills_up_while_all_is_calm_is_told_within_seconds(monitor, cgroups, clock):
    cgroups.group(UNIT, **limit(cgroups, 100 * MIB))
    assert monitor.step().limits == ()
    assert within(monitor, clock, 30) is None
    fill(cgroups, 92 * MIB)
    news = within(monitor, clock, SOON)
    (group,) = news.limits
    assert (group.name, group.level.name, news.level.name) == ("web.service", "warning", "normal")
    assert group.victim.risk.process.name == "server"
    fill(cgroups, 98 * MIB)
    (group,) = within(monitor, clock, SOON).limits
    assert group.level.name == "critical"


def test_it_is_told_no_longer_once_it_has_stayed_emptier(monitor, cgroups, clock):
    cgroups.group(UNIT, **limit(cgroups, 100 * MIB))
    fill(cgroups, 98 * MIB)
    assert monitor.step().limits
    fill(cgroups, 40 * MIB)
    assert within(monitor, clock, 40).limits == ()


def test_a_group_that_ends_is_told_no_longer(monitor, cgroups, clock):
    cgroups.group(UNIT, **limit(cgroups, 100 * MIB))
    fill(cgroups, 98 * MIB)
    assert monitor.step().limits
    base = cgroups.root / ("" if cgroups.version == 2 else "memory") / UNIT.lstrip("/")
    for file in base.iterdir():
        file.unlink()
    assert within(monitor, clock, 15).limits == ()


def test_a_scope_of_ones_own_leaves_the_others_alone(cgroups, clock, tmp_path):
    cgroups.group(UNIT, **limit(cgroups, 100 * MIB))
    fill(cgroups, 98 * MIB)
    proc = ProcTree(tmp_path / "other")
    proc.add(10, cgroup=LINES[cgroups.version])
    monitor = Monitor(proc=str(proc), cgroups=str(cgroups.root), clock=clock, scope_path=UNIT)
    try:
        assert monitor.survey().limits == ()
    finally:
        monitor.close()
