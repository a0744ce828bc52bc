"""What a real systemd tells about its units: the system's manager, and alice's own."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rigs.processes.programs import wait_for
from tests.rigs.systemd.box import Box

pytestmark = pytest.mark.systemd

ASK = """
import dataclasses, json, sys
from oomtray.systemd.units import UnitReader
name, uid = sys.argv[1], json.loads(sys.argv[2])
reader = UnitReader(timeout=20)
facts = reader.facts(name, uid)
print(json.dumps([reader.manager_version(uid), facts and dataclasses.asdict(facts)]))
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        box.push({
            "/etc/systemd/system/db.service": "[Service]\nExecStart=/bin/sleep infinity\n",
            "/etc/systemd/system/db.service.d/50-oomtray.conf": "[Service]\nOOMScoreAdjust=300\nOOMPolicy=continue\n",
        })  # fmt: skip
        box.sh("systemctl daemon-reload && systemctl start db")
        yield box


def ask(box: Box, name: str, uid: int | None, user: str = "root") -> tuple[int | None, dict[str, Any] | None]:
    command = f"cd /src && python3 -c {shlex.quote(ASK)} {shlex.quote(name)} {json.dumps(uid)}"
    version, facts = json.loads(box.sh(command, user=user))
    return version, facts


@pytest.mark.parametrize("user", ["root", "alice"])
def test_anybody_may_ask_the_system(box: Box, user: str) -> None:
    version, facts = ask(box, "db.service", None, user)
    assert version is not None
    assert version >= 252
    assert facts is not None
    assert (facts["oom_policy"], facts["oom_score_adjust"]) == ("continue", 300)


def test_alices_units_are_told_by_her_own_manager(box: Box) -> None:
    box.sh("systemd-run --user --unit=job sleep infinity", user="alice")
    # her bus may be started by the first who asks, and her manager comes to it a moment later
    facts = wait_for(lambda: ask(box, "job.service", 1000, "alice")[1], "alice's manager on her bus")
    assert facts["oom_policy"] == "stop"
    assert ask(box, "job.service", None, "alice")[1] is None


def test_a_scope_has_the_policy_that_its_manager_says(box: Box) -> None:
    box.sh("systemd-run --user --scope --unit=term sleep infinity >/dev/null 2>&1 &", user="alice")
    box.sh("until systemctl --user is-active term.scope; do sleep 0.1; done", user="alice")
    said = box.sh("systemctl --user show --value --property OOMPolicy term.scope", user="alice").strip()
    session = box.sh("echo session-$XDG_SESSION_ID.scope", user="alice").strip()
    for name, uid, policy in (("term.scope", 1000, said), (session, None, "continue")):
        facts = ask(box, name, uid, "alice")[1]
        assert facts is not None
        assert facts["oom_policy"] == policy
        assert facts["oom_score_adjust"] is None


def test_root_does_not_reach_alices_manager(box: Box) -> None:
    assert ask(box, "job.service", 1000) == (None, None)


def test_a_unit_that_does_not_exist(box: Box) -> None:
    assert ask(box, "nosuch.service", None)[1] is None
