"""Specifies what is said of those that were killed beside their names: what is known, and holds of all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.messages.kill_victims import about
from oomtray.risk.kill_event import Dead, KillEvent, KillScope

JAVA = Dead(
    pid=7, name="java", start_time=1, freed=5, oom_score_adj=300, adj_from="adj-set-by-hand", uid=1000, unit="db.service",
    app="Database", command="/usr/bin/java",
)  # fmt: skip
KILLED = KillEvent(time=1.0, killer="kernel", outcome="killed", victims=(JAVA,))
USERS = {1000: "alice"}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        pytest.param(
            KILLED, "app Database · unit db.service · user alice · /usr/bin/java · oom_score_adj +300, set by you", id="all"
        ),
        pytest.param(
            replace(KILLED, victims=(Dead(pid=7, name="java", oom_score_adj=300, adj_from="adj-set-by-rule"),)),
            "oom_score_adj +300, set by your rule", id="by a rule",
        ),
        pytest.param(
            replace(KILLED, victims=(replace(JAVA, app="Java", unit=None, uid=7, command=None, oom_score_adj=0, adj_from=None),)),
            "user 7", id="an app of the same name, a user without one, no adjustment",
        ),
        pytest.param(replace(KILLED, victims=(Dead(pid=7, name="java", oom_score_adj=-5),)), "oom_score_adj -5", id="of a log"),
        pytest.param(
            replace(KILLED, victims=(JAVA, replace(JAVA, pid=8, uid=0, command="/bin/sh", app="Shell", oom_score_adj=0))),
            "unit db.service", id="several, what they have in common",
        ),
        pytest.param(
            replace(KILLED, victims=(Dead(pid=7, name="java", unit="a.scope"),), scope=KillScope(kind="cgroup", path="/x/box.slice/")),
            "unit a.scope · control group box.slice", id="whose limit it was",
        ),
        pytest.param(
            replace(KILLED, victims=(Dead(pid=None, name="a.scope", unit="a.scope"),), scope=KillScope(kind="cgroup", path="/x/a.scope")),
            "", id="a group that was killed whole, which is named already",
        ),
        pytest.param(replace(KILLED, victims=(Dead(pid=7, name="x", command="/tmp/a\nb"),)), "/tmp/a\\nb", id="a hostile path"),
        pytest.param(replace(KILLED, outcome="one-of"), "", id="one of these"),
        pytest.param(replace(KILLED, victims=()), "", id="nobody"),
    ],
)  # fmt: skip
def test_in_parts(event: KillEvent, says: str) -> None:
    assert about(event, USERS.get) == says
