"""Specifies what is still known of a process that has been killed: by the last scan, as far as that is fresh enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.kernel.snapshot import Scope
from oomtray.risk.kill_event import Grew, KillScope
from oomtray.risk.last_scan import LastScan
from oomtray.risk.limited_group import LimitedGroup
from oomtray.risk.outlook import Forecast, Level, LevelName
from oomtray.risk.set_here import SetHere
from tests.facts import GIB, MIB, assessments, desktops
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

NOW = 5000.0


def scanned(*rows, at: float = NOW, **facts: object) -> LastScan:
    scan = LastScan()
    scan.take(assessments.assessment(snapshot=snapshot(*rows, at=at), **facts))
    return scan


@pytest.mark.parametrize(
    ("rss", "age", "freed"),
    [
        pytest.param(4 * GIB, 1.0, 4 * GIB, id="just read"),
        pytest.param(4 * GIB, 100.0, 4 * GIB, id="a large one, which a scan would have read anew had it grown"),
        pytest.param(4 * GIB, 500.0, None, id="long ago"),
        pytest.param(8 * MIB, 1.0, 8 * MIB, id="a small one just now"),
        pytest.param(8 * MIB, 60.0, None, id="a small one may have grown unseen"),
        pytest.param(None, 1.0, None, id="not known"),
    ],
)
def test_what_its_death_has_freed(rss: int | None, age: float, freed: int | None) -> None:
    row = process(7, name="java")._replace(rss=rss, read_at=NOW - age)
    assert scanned(row).dead(row, NOW, SetHere()).freed == freed


@pytest.mark.parametrize(
    ("rss", "scope", "freed"),
    [
        pytest.param(8 * MIB, KillScope(kind="cgroup", path="/a", limit=64 * MIB), None, id="it has filled its cgroup since"),
        pytest.param(60 * MIB, KillScope(kind="cgroup", path="/a", limit=64 * MIB), 60 * MIB, id="it had filled it already"),
        pytest.param(8 * MIB, None, None, id="some cgroup's limit, which is gone with it"),
        pytest.param(8 * MIB, KillScope(kind="system"), 8 * MIB, id="the whole machine, where it was chosen by its setting"),
        pytest.param(4 * GIB, None, None, id="nor is how much a large one held"),
        pytest.param(4 * GIB, KillScope(kind="system"), 4 * GIB, id="the largest on the machine"),
    ],
)
def test_one_that_must_have_grown_since_is_not_believed(rss: int, scope: KillScope | None, freed: int | None) -> None:
    row = process(7, name="java")._replace(rss=rss, read_at=NOW - 1)
    scan = scanned(row)
    assert scan.dead(row, NOW, SetHere(), least=scan.least_held(scope)).freed == freed


def test_a_warning_that_named_it_has_foretold_it() -> None:
    victim = process(7, name="java")
    named = assessments.victim(assessments.risk(of=victim))
    scan = LastScan()
    base = assessments.assessment(snapshot=snapshot(victim, at=NOW), level=Level("warning"))
    killers = tuple(replace(killer, victim=named) for killer in base.killers)
    scan.take(replace(base, killers=killers))
    assert scan.foretold(victim, NOW + 40) == 40
    assert scan.foretold(process(8, name="other"), NOW + 40) is None
    scan.take(assessments.assessment(snapshot=snapshot(victim, at=NOW + 60)))
    assert scan.foretold(victim, NOW + 90) == 90, "a warning that has just ended still counts"
    scan.take(assessments.assessment(snapshot=snapshot(victim, at=NOW + 500)))
    assert scan.foretold(victim, NOW + 500) is None


def test_where_an_adjustment_came_from_is_known() -> None:
    row = process(7, name="java")._replace(oom_score_adj=300)
    assert scanned(row).dead(row, NOW, SetHere({row.identity: 300})).adj_from == "adj-set-by-hand"
    by_rule = SetHere(by_rule={row.identity: 300})
    assert scanned(row).dead(row, NOW, by_rule).adj_from == "adj-set-by-rule"


def grown(pid: int, name: str, group: str, mib: int):
    return process(pid, name=name)._replace(rss=mib * MIB, rss_anon=mib * MIB, cgroup=group, unit_cgroup=group)


@pytest.mark.parametrize(
    ("path", "limit", "took"),
    [
        pytest.param(None, None, ["program8", "program7"], id="of the machine, all"),
        pytest.param("/box", 128 * MIB, ["program7"], id="of a group with a limit, its own"),
        pytest.param("/box", 4096 * MIB, ["program7"], id="where it is a small part of the limit, still what is more than noise"),
        pytest.param("/bo", 128 * MIB, [], id="of a group whose name begins the same, nothing"),
        pytest.param("/small", 64 * MIB, ["program9"], id="of a small group, what is much there"),
    ],
)
def test_what_grew_before_is_told_of_that_which_shares_what_ran_out(path: str | None, limit: int | None, took: list[str]) -> None:
    """Also where no warning stood: a limit is reached while the machine has plenty."""
    scan = LastScan()
    before = (grown(7, "hog", "/box/a", 20), grown(8, "other", "/else", 100), grown(9, "little", "/small", 1))
    after = (grown(7, "hog", "/box/a", 60), grown(8, "other", "/else", 300), grown(9, "little", "/small", 11))
    for rows, at in ((before, NOW), (after, NOW + 10)):
        scan.take(assessments.assessment(snapshot=snapshot(*rows, at=at)))
    scope = KillScope(kind="system") if path is None else KillScope(kind="cgroup", path=path, limit=limit)
    found = scan.grew(scope, scan.growth)
    assert [one.app for one in found] == took
    assert all(isinstance(one, Grew) and one.rate > 0 for one in found)


def python(pid: int, mib: int, exe: str = "/usr/bin/python3.11"):
    return process(pid, name="python3", exe=exe, session=pid)._replace(rss=mib * MIB, rss_anon=mib * MIB)


def test_a_script_that_was_read_before_names_the_killed_interpreter() -> None:
    """It was called python3.11, and so was whatever else that runs."""
    rows = python(7, 300), python(8, 200)
    scan = LastScan()
    scan.take(desktops.judged(rows, scripts={rows[0].identity: "train.py"}))
    assert (scan.dead(rows[0], NOW, SetHere()).name, scan.dead(rows[0], NOW, SetHere()).app) == ("python3", "train.py")
    assert scan.dead(rows[1], NOW, SetHere()).app == "python3.11", "not read"
    scan.take(assessments.assessment(snapshot=snapshot(*rows, at=NOW)))
    assert scan.dead(rows[0], NOW, SetHere()).app == "train.py", "a scan without apps reads none, and forgets none"
    other = rows[0]._replace(exe="/usr/bin/blender")
    scan.take(assessments.assessment(snapshot=snapshot(other, at=NOW)))
    assert scan.dead(other, NOW, SetHere()).app == "blender", "it has become another program"


@pytest.mark.parametrize(
    ("grew", "name"),
    [
        pytest.param((7,), "train.py", id="one of them"),
        pytest.param((7, 8, 9), "python3.11", id="several of the same interpreter"),
    ],
)
def test_what_grew_is_called_by_its_script(grew: tuple[int, ...], name: str) -> None:
    rows = python(7, 100), python(8, 100), python(9, 100)
    more = tuple(row._replace(rss=300 * MIB, rss_anon=300 * MIB) if row.pid in grew else row for row in rows)
    scan = LastScan()
    scan.take(desktops.judged(rows, scripts={rows[0].identity: "train.py", rows[1].identity: "serve.py"}))
    for found, at in ((rows, NOW), (more, NOW + 10)):
        scan.take(assessments.assessment(snapshot=snapshot(*found, at=at)))
    assert [one.app for one in scan.grew(None, scan.growth)] == [name]


def test_what_grew_is_not_known_from_one_scan() -> None:
    scan = scanned(grown(7, "hog", "/box", 60))
    assert scan.grew(None, scan.growth) == ()


@pytest.mark.parametrize(
    ("group", "path"),
    [
        pytest.param("/a/box", "/a/box", id="of its own"),
        pytest.param("/a/box/in", "/a/box", id="of the one around it"),
        pytest.param("/a/boxes", None, id="none"),
    ],
)
def test_the_limit_of_a_cgroup_that_is_gone_with_its_last_process_is_known(group: str, path: str | None) -> None:
    """As that of a container, or of a scope of systemd's, which are taken away at once."""
    victim = grown(7, "hog", group, 60)
    scan = LastScan()
    scan.take(assessments.assessment(snapshot=snapshot(victim, at=NOW)), {"/a/box": 64 * MIB, "/b": MIB})
    scan.take(assessments.assessment(snapshot=snapshot(at=NOW + 2)), {"/b": MIB})  # before all is known of the kill
    scope = scan.scope(None, victim)
    assert (scope and (scope.path, scope.limit)) == (path and (path, 64 * MIB))


def group(path: str, limit: int, used: int, level: LevelName = "critical") -> LimitedGroup:
    return LimitedGroup(path=path, name=path, kind="cgroup", limit=limit, high=None, used=used, level=Level(level), forecast=Forecast())


@pytest.mark.parametrize(
    ("groups", "reached"),
    [
        pytest.param([], ("/a/box", 64 * MIB), id="nothing is known, so the nearest"),
        pytest.param([group("/a/box", 64 * MIB, 60 * MIB)], ("/a/box", 64 * MIB), id="the nearest"),
        pytest.param([group("/a", 96 * MIB, 95 * MIB)], ("/a", 96 * MIB), id="the one around it, full of others"),
        pytest.param([group("/a", GIB, GIB - 9 * MIB)], ("/a/box", 64 * MIB), id="the nearest, which has less left than a large one around it"),
        pytest.param([group("/a", 96 * MIB, 95 * MIB, "warning")], ("/a", 96 * MIB), id="the one around it, before it was nearly full"),
        pytest.param([group("/a", 96 * MIB, 80 * MIB, "warning")], ("/a/box", 64 * MIB), id="the nearest, as the one around it only filled up"),
        pytest.param([group("/a/box", 64 * MIB, 60 * MIB), group("/a", 96 * MIB, 95 * MIB)], ("/a", 96 * MIB), id="the one that had less left"),
        pytest.param([group("/a/box", 64 * MIB, 63 * MIB), group("/a", 96 * MIB, 92 * MIB)], ("/a/box", 64 * MIB), id="the nearest had less left"),
        pytest.param([group("/else", 96 * MIB, 95 * MIB)], ("/a/box", 64 * MIB), id="full elsewhere"),
    ],
)
def test_which_limit_was_reached_where_one_is_within_another(groups: list[LimitedGroup], reached: tuple[str, int]) -> None:
    victim = grown(7, "hog", "/a/box", 60)
    scope = scanned(victim, limits=tuple(groups)).scope(Scope("cgroup", 1, "/a/box", 64 * MIB), victim)
    assert scope is not None
    assert (scope.path, scope.limit) == reached


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param({"name": "earlyoom", "goes_by": "score"}, {7: "earlyoom"}, id="one that kills itself"),
        pytest.param({"name": "earlyoom", "distance": 50 * MIB}, {7: "earlyoom"}, id="one that is close to it"),
        pytest.param({"name": "bustd"}, {7: "bustd"}, id="any such"),
        pytest.param({"name": "low-memory-monitor", "goes_by": "kernel"}, {}, id="one that has the kernel kill"),
        pytest.param({}, {}, id="the kernel"),
        pytest.param({"name": "earlyoom", "idle_because": "not-permitted"}, {}, id="one that can't act"),
        pytest.param({"name": "earlyoom", "distance": 6 * GIB}, {}, id="one that won't act yet"),
    ],
)
def test_whom_another_killer_is_about_to_end(of: dict[str, object], expected: dict[int, str]) -> None:
    other = assessments.killer(**{"victim": assessments.victim(assessments.risk(7)), "distance": 0} | of)
    assert scanned(process(7), level=Level("critical"), killers=(other,)).expected() == expected
    assert scanned(process(7), level=Level("normal"), killers=(other,)).expected() == {}
