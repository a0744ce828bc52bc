"""Where an explanation says that a value comes from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomtray.kernel.snapshot import Process
from oomtray.messages import explanation
from oomtray.risk.assessment import Assessment
from oomtray.risk.explain import explain
from oomtray.risk.killer import Also
from oomtray.risk.limited_group import LimitedGroup
from oomtray.risk.outlook import Forecast, Level
from tests.facts import MIB, desktops
from tests.facts.assessments import assessment, risk, victim
from tests.facts.processes import process


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(desktops.by_hand, "Its setting was made by you in OOM Tray.", id="by hand"),
        pytest.param(desktops.by_rule, "Its setting comes from your rule.", id="by a rule"),
    ],
)
def test_who_set_a_value_from_here(given: Callable[[Assessment, Process], Assessment], says: str) -> None:
    now = desktops.desktop()
    assert now.victim is not None
    found = given(now, now.victim.risk.process)
    risk = next(one for one in found.risks if one.process.identity == now.victim.risk.process.identity)

    assert explanation.origin(found, risk) == says


def test_what_ends_with_the_next_victim_is_not_said_of_another() -> None:
    first, second = risk(1001, rank=1), risk(1002, rank=2)
    found = assessment(risks=(first, second), victim=victim(first, also=Also("db.service", "oom-policy-stop", (1001, 1003))))
    told = [any("db.service" in sentence for sentence in explanation.tell(found, explain(found, pid))) for pid in (1001, 1002)]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("cgroup", "told"),
    [
        pytest.param("/web.slice", True, id="of the group"),
        pytest.param("/web.slice/nginx.service", True, id="below it"),
        pytest.param("/web.slices", False, id="of another"),
        pytest.param(None, False, id="not known"),
    ],
)
def test_a_group_close_to_its_own_limit_exposes_who_is_in_it(cgroup: str | None, told: bool) -> None:
    first = risk(1001, rank=1)
    inside = risk(1002, of=process(1002, name="nginx", cgroup=cgroup), rank=2)
    group = LimitedGroup(
        path="/web.slice", name="web.slice", kind="cgroup", limit=100 * MIB, high=None, used=97 * MIB, level=Level("critical", "used"),
        forecast=Forecast(), victim=victim(inside),
    )  # fmt: skip
    found = assessment(risks=(first, inside), limits=(group,))
    says = "web.slice has used 97 % of its memory limit of 100 MiB. nginx (1002) would be killed there next."
    explained = explain(found, 1002)
    assert (says in explanation.tell(found, explained)) is told
    assert (says in explanation.told_after(found, explained)) is told
