"""A cgroup that is close to a limit of its own has a level, a next victim and a name, whatever the machine has left."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from oomtray.config import Settings, Thresholds
from oomtray.kernel.cgroup_limits import CgroupUsage, Limits
from oomtray.kernel.cgroup_state import StalledCgroup
from oomtray.kernel.snapshot import PAGE_SIZE, Consequences, Scope
from oomtray.messages.limits import sentences
from oomtray.risk.cgroup_limits import LimitLevels, called
from oomtray.risk.conditions import conditions
from tests.facts import GIB, MIB
from tests.facts.assessments import assessment
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

ID = "0123456789ab" + "c" * 52
NGINX = "/system.slice/nginx.service"
DOCKER = f"/system.slice/docker-{ID}.scope"


def usage(used: int = 97, path: str = NGINX, **changes: Any) -> CgroupUsage:
    """So many of 100 MiB, without swap; `cache` MiB more are file cache."""
    cache = changes.pop("cache", 0) * MIB
    facts = {"limits": Limits(100 * MIB), "charged": used * MIB + cache, "cache": cache}
    return CgroupUsage(path, **(facts | changes))


def scope_of(path: str) -> Scope:
    return Scope("cgroup", 100 * MIB // PAGE_SIZE, path, 100 * MIB)


def nobody_else(_process: Any, _scope: Any) -> Consequences:
    return Consequences()


class Groups:
    """Takes readings one after the other, and tells what is to be told of them."""

    def __init__(self, *processes: Any, thresholds: Thresholds | None = None) -> None:
        self.levels = LimitLevels()
        self.thresholds = thresholds or Thresholds()
        self.snapshot = snapshot(*processes)

    def after(self, *usages: CgroupUsage, now: float = 1000.0, consequences: Any = nobody_else) -> Any:
        self.levels.take(usages, self.thresholds, now)
        return self.levels.told(self.snapshot, Settings(), scope_of, consequences)


@pytest.mark.parametrize(
    ("reading", "level"),
    [
        pytest.param(usage(89), None, id="it is what a limit is for"),
        pytest.param(usage(91), "warning", id="close to it"),
        pytest.param(usage(97), "critical", id="nearly at it"),
        pytest.param(usage(40, cache=60), None, id="full of file cache"),
        pytest.param(usage(99, swap_total=GIB, swap_free=GIB), None, id="what is cold is swapped"),
        pytest.param(usage(97, swap_total=GIB, swap_free=MIB), "critical", id="and its swap is full as well"),
        pytest.param(usage(97, limits=Limits(None, 100 * MIB)), None, id="memory.high alone kills nobody"),
        pytest.param(usage(96 * 320, limits=Limits(32000 * MIB)), "warning", id="4 % of 31 GiB is more than 1 GiB"),
    ],
)
def test_the_level_within_a_limit(reading: CgroupUsage, level: str | None) -> None:
    told = Groups().after(reading)
    assert [group.level.name for group in told] == ([] if level is None else [level])


def test_a_level_falls_when_readings_have_stayed_calmer() -> None:
    groups = Groups()
    assert groups.after(usage(97))
    assert groups.after(usage(50), now=1001)
    assert groups.levels.raised == [NGINX], "it is read on although it is far from its limit"
    assert groups.after(usage(50), now=1012) == ()


def test_the_victim_is_who_ranks_first_within_against_its_limit() -> None:
    """35 MiB with +300 outrank 60 MiB within 100 MiB, and with +100 they don't; what is outside doesn't count."""
    big = process(10, rss=60 * MIB, page_tables=0, cgroup=NGINX)
    raised = process(11, rss=35 * MIB, page_tables=0, oom_score_adj=300, cgroup=f"{NGINX}/workers")
    outside = process(12, rss=900 * MIB, oom_score_adj=900, cgroup=f"{NGINX}2")
    (group,) = Groups(big, raised, outside).after(usage(97))
    assert group.victim.risk.process.pid == 11
    (group,) = Groups(big, raised._replace(oom_score_adj=100), outside).after(usage(97))
    assert group.victim.risk.process.pid == 10


def test_a_container_whose_limit_is_that_of_its_root() -> None:
    """In a container everything is below `/`, and what is outside is below `/../`."""
    inside, outside = process(10, rss=60 * MIB, cgroup="/app"), process(11, rss=90 * MIB, cgroup="/../init.scope")
    (group,) = Groups(inside, outside).after(usage(97, "/"))
    assert group.victim.risk.process.pid == 10
    assert said(group)[0].startswith("This container has used 97 % of its memory limit of 100 MiB.")


def test_of_a_group_within_a_container_only_the_inner_one_is_told() -> None:
    told = Groups(process(10, cgroup="/app")).after(usage(97, "/"), usage(97, "/app"))
    assert [group.path for group in told] == ["/app"]


def test_who_waits_at_its_limit_is_not_killed() -> None:
    (group,) = Groups(process(10, rss=60 * MIB, cgroup=NGINX)).after(usage(97, waits=True))
    assert group.victim is None
    assert said(group)[0] == "nginx.service has used 97 % of its memory limit of 100 MiB."


def test_the_victim_may_take_its_unit_along() -> None:
    inside = (process(10, cgroup=NGINX), process(11, rss=MIB, cgroup=NGINX))
    policy = Consequences(unit="nginx.service", unit_policy="stop", unit_pids=(10, 11))
    (group,) = Groups(*inside).after(usage(97), consequences=lambda _process, _scope: policy)
    assert said(group)[1:] == ["This ends the unit nginx.service with its 2 processes."]


@pytest.mark.parametrize(
    ("readings", "since"),
    [
        pytest.param([(1000, 5, 80.0), (1002, 9, 80.0), (1040, 60, 80.0)], 1000.0, id="from the first reading on"),
        pytest.param([(1000, 5, 0.0), (1002, 9, 0.0)], None, id="hits that nobody waits for: its cache is dropped"),
        pytest.param([(1000, 0, 80.0), (1002, 0, 80.0)], None, id="it waits, but not at its limit"),
        pytest.param([(1000, 5, 80.0), (1002, 9, 80.0), (1013, 9, 0.0)], None, id="ten seconds after it was released"),
        pytest.param([(1000, 5, 80.0), (1002, 9, 80.0), (1011, 9, 0.0)], 1000.0, id="not at the first calm reading"),
        pytest.param([(1000, 5, 0.0), (1002, 9, 80.0)], 1002.0, id="since it waits"),
    ],
)
def test_since_when_a_limit_holds_it_back(readings: list[tuple[float, int, float]], since: float | None) -> None:
    groups = Groups()
    for at, hits, stall in readings:
        told = groups.after(usage(97, limits=Limits(None, 100 * MIB), hits=hits, psi_some_avg10=stall), now=at)
    assert [group.held_since for group in told] == ([] if since is None else [since])


def test_stalls_that_are_switched_off_hold_nobody_back() -> None:
    groups = Groups(thresholds=Thresholds(warning_stall=0))
    assert groups.after(usage(97, limits=Limits(None, 100 * MIB), hits=5, psi_some_avg10=80.0)) == ()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (NGINX, ("nginx.service", "unit")),
        (DOCKER, ("docker 0123456789ab", "container")),
        (f"/docker/{ID}", ("docker 0123456789ab", "container")),
        (f"{DOCKER}/system.slice/nginx.service", ("nginx.service", "cgroup")),
        ("/machine.slice/machine-web.scope", ("web", "container")),
        ("/user.slice/user-1000.slice", ("user-1000.slice", "cgroup")),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.gnome.Builder-77.scope", ("Builder", "app")),
        (f"{NGINX}/workers", ("workers", "cgroup")),
        ("/build", ("build", "cgroup")),
    ],
)
def test_it_goes_by_the_name_that_people_know(path: str, name: tuple[str, str]) -> None:
    assert called(path) == name


def said(*groups: Any, at: float = 1000.0) -> list[str]:
    return sentences(assessment(limits=groups, snapshot=snapshot(at=at)))


def test_what_is_said_of_one() -> None:
    web = process(812, name="nginx", cgroup=NGINX)
    (group,) = Groups(web).after(usage(97))
    assert said(group) == ["nginx.service has used 97 % of its memory limit of 100 MiB. nginx (812) would be killed there next."]
    groups = Groups()
    (group,) = groups.after(usage(70, DOCKER, limits=Limits(None, 64 * MIB), hits=5, psi_some_avg10=80.0))
    assert said(group) == ["docker 0123456789ab (container) is held back by its memory limit of 64.0 MiB."]
    assert said(group, at=1040.0) == ["docker 0123456789ab (container) has been held back by its memory limit of 64.0 MiB for 40 s."]


def test_a_slice_above_says_nothing_where_the_unit_in_it_says_the_same() -> None:
    """A Kubernetes pod and its one container have the same limit."""
    inside, beside = process(10, rss=50 * MIB, cgroup="/pod/web"), process(11, rss=MIB, cgroup="/pod")
    told = Groups(inside, beside).after(usage(97, "/pod"), usage(96, "/pod/web"))
    assert [group.path for group in told] == ["/pod/web"]
    told = Groups(inside, beside._replace(oom_score_adj=900)).after(usage(97, "/pod"), usage(96, "/pod/web"))
    assert [group.path for group in told] == ["/pod", "/pod/web"]


def test_many_are_counted_not_listed() -> None:
    told = Groups().after(*[usage(97, f"/unit{n}") for n in range(5)])
    assert said(*told)[3:] == ["2 more groups are close to their own memory limits or held back by them."]


@pytest.mark.parametrize(
    ("found", "ids"),
    [
        pytest.param(StalledCgroup(NGINX, 100 * MIB, 97 * MIB), [], id="it is told already"),
        pytest.param(StalledCgroup("/system.slice", None, None), [], id="from below"),
        pytest.param(None, [], id="it must be that one"),
        pytest.param(StalledCgroup("/other", None, None), ["cgroup-stalls"], id="another"),
    ],
)
def test_a_stall_is_told_once(found: StalledCgroup | None, ids: list[str]) -> None:
    groups = Groups().after(usage(70, limits=Limits(None, 64 * MIB), hits=5, psi_some_avg10=80.0))
    told = conditions(snapshot(memory=memory(stall=45.0, used=50)), Thresholds(), found, groups)
    assert [condition.id for condition in told] == ids


def test_it_is_read_again_the_sooner_the_faster_it_fills() -> None:
    groups = Groups()
    groups.after(usage(91), now=1000)
    slow = groups.levels.pause
    groups.after(usage(95), now=1002)
    assert groups.levels.pause < slow


def test_a_leak_is_foretold_before_the_limit_is_close() -> None:
    """A limit of 512 MiB that loses 2 MiB a second, read every two seconds from three quarters of it on."""
    groups, of = Groups(), Limits(512 * MIB)
    said_at = None
    for n in range(400, 512, 4):
        told = groups.after(usage(n, limits=of), now=1000 + n / 2)
        if told and said_at is None:
            said_at = n
            (group,) = told
            assert group.level.cause == "forecast"
            truth = (512 - n) / 2
            assert truth / 2 <= group.forecast.seconds <= truth * 2
            assert any("reaches its limit in about" in sentence for sentence in said(group))
    assert said_at is not None
    assert said_at <= 0.88 * 512
    assert told[0].level.name == "critical"


def test_what_is_foretold_ends_a_while_after_it_was_given_back() -> None:
    groups, of = Groups(), Limits(512 * MIB)
    for n in range(400, 452, 4):
        told = groups.after(usage(n, limits=of), now=1000 + n / 2)
    assert [group.level.cause for group in told] == ["forecast"]
    for n in range(100):
        told = groups.after(usage(390, limits=of), now=1230 + 2 * n)
    assert told == ()


def test_who_fills_up_and_empties_again_is_foretold_once_at_most() -> None:
    """Below three quarters of its limit it is not read, and what it has survived is remembered."""
    groups, told = Groups(), []
    for n in range(600):
        used = 65 + n % 20
        if used >= 75 or groups.levels.raised:
            told.append(bool(groups.after(usage(used), now=1000 + 2 * n)))
        else:
            groups.after(now=1000 + 2 * n)
    begins = sum(now and not before for before, now in pairwise([False, *told]))
    assert begins <= 1
