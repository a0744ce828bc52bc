"""Whom low-memory-monitor has the kernel take, how far it is from that, and why it may not act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.config import Rows
from oomtray.kernel.killer_facts import Daemon, LowMemoryMonitor
from oomtray.kernel.snapshot import OomPolicy
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import GIB
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

SET = LowMemoryMonitor(daemon=Daemon(name="low-memory-monitor", pid=300, start_time=1, uid=0, reach="all"), kills=True)


def judged(facts: LowMemoryMonitor, **of: object) -> Assessment:
    policy = OomPolicy(1, 1)
    view = snapshot(process(10, rss=GIB), process(11), killers=(facts,), memory=memory(**of), policy=policy)
    return assess(rank(view, 1), level=Level(), rows=Rows())


def test_the_kernel_takes_the_first_of_its_own_order_for_it() -> None:
    """Whatever the sysctls say that void this order where memory runs out by itself."""
    first, kernel = judged(SET).killers
    assert (first.name, first.next, first.overrides) == ("low-memory-monitor", (10,), ())
    assert kernel.overrides == ("oom_kill_allocating_task", "panic_on_oom")
    assert first.victim is not None
    assert first.victim.killer == "low-memory-monitor"


@pytest.mark.parametrize(
    ("of", "distance"),
    [
        pytest.param({"floor": GIB}, 7 * GIB, id="until all wait for memory"),
        pytest.param({"stall": 12.0}, 0, id="they wait"),
        pytest.param({"available": None}, None, id="unknown"),
    ],
)
def test_how_far_it_is(of: dict[str, object], distance: int | None) -> None:
    (found,) = (one for one in judged(SET, **of).killers if one.name == "low-memory-monitor")
    assert found.distance == distance


@pytest.mark.parametrize(
    ("facts", "of", "reason"),
    [
        pytest.param(SET, {}, None, id="it acts"),
        pytest.param(replace(SET, kills=False), {}, "switched-off", id="it only sends signals"),
        pytest.param(replace(SET, kills=None), {}, "unknown", id="unknown whether it does"),
        pytest.param(replace(SET, daemon=replace(SET.daemon, uid=1000)), {}, "not-permitted", id="not root's"),
        pytest.param(SET, {"stall": None}, "no-psi", id="the kernel doesn't tell of stalls"),
    ],
)
def test_why_it_can_t_act(facts: LowMemoryMonitor, of: dict[str, object], reason: str | None) -> None:
    (found,) = (one for one in judged(facts, **of).killers if one.name == "low-memory-monitor")
    assert found.idle_because == reason
