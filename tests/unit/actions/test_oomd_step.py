"""What is left to do under systemd-oomd after a protection, for whom it can be set, and how that is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.actions.oomd_step import OomdStep, oomd_step
from oomtray.config import Rows
from oomtray.kernel.killer_facts import Daemon, Earlyoom, Group, KillerFacts, SystemdOomd, Watched
from oomtray.messages.verdicts import commands, still_takes
from oomtray.risk.assess import assess
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import GIB
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

ME, OTHER = 1000, 1001
USER = "/user.slice/user-1000.slice/user@1000.service"
TERMINAL, PLAYER, DB, SESSION = (
    f"{USER}/app.slice/term.scope", f"{USER}/app.slice/play.service", "/system.slice/db.service", "/user.slice/session-2.scope",
)  # fmt: skip
PROCESSES = (
    process(10, cgroup=TERMINAL), process(11, cgroup=TERMINAL), process(20, cgroup=PLAYER), process(30, cgroup=DB),
    process(40, cgroup=SESSION), process(50, cgroup="/elsewhere"),
)  # fmt: skip


def of(path: str, uid: int) -> Group:
    return Group(path=path, uid=uid, memory=GIB, swap=0, scanned=0)


FEDORA = SystemdOomd(
    daemon=Daemon(name="systemd-oomd", pid=300, start_time=1, uid=0, reach="all"),
    swap=(Watched("/"),),
    pressure=(Watched(USER, uid=ME),),
    groups=(of(TERMINAL, ME), of(PLAYER, ME), of(DB, 0), of(SESSION, 0)),
)


def step(*pids: int, facts: KillerFacts = FEDORA, uid: int = ME, action: str = "protect") -> OomdStep | None:
    now = assess(rank(snapshot(*PROCESSES, killers=(facts,)), None), level=Level(), rows=Rows())
    return oomd_step(now, [p for p in PROCESSES if p.pid in pids], uid, action)


@pytest.mark.parametrize(
    ("pids", "facts", "uid", "own", "services"),
    [
        pytest.param((10,), FEDORA, ME, ["term.scope"], [], id="a unit of one's own"),
        pytest.param((10, 11, 20), FEDORA, ME, ["term.scope", "play.service"], [], id="each unit once"),
        pytest.param((30,), FEDORA, ME, [], ["db.service"], id="a service of the system"),
        pytest.param((40,), FEDORA, ME, [], [], id="a scope of the system"),
        pytest.param((10,), FEDORA, OTHER, [], [], id="another user's"),
        pytest.param((10,), replace(FEDORA, pressure=()), ME, [], [], id="where it would be void"),
    ],
)
def test_what_can_be_set(pids: tuple[int, ...], facts: SystemdOomd, uid: int, own: list[str], services: list[str]) -> None:
    found = step(*pids, facts=facts, uid=uid)
    assert found is not None
    assert ([g.name for g in found.own], [g.name for g in found.services]) == (own, services)


@pytest.mark.parametrize(
    ("pid", "facts"),
    [
        pytest.param(50, FEDORA, id="not watched"),
        pytest.param(10, replace(FEDORA, dry_run=True), id="it kills nothing"),
        pytest.param(10, replace(FEDORA, swap=(), pressure=()), id="nothing is enrolled"),
        pytest.param(10, Earlyoom(daemon=replace(FEDORA.daemon, name="earlyoom")), id="another killer"),
    ],
)
def test_nothing_is_left_where_it_takes_none_of_them(pid: int, facts: KillerFacts) -> None:
    assert step(pid, facts=facts) is None


SWAP_LIMIT = (
    "That counts when apps stall, but not when swap is full: then systemd-oomd ignores preferences of groups that don't"
    " belong to root."
)
MAY = "systemd-oomd doesn't look at oom_score_adj and may still kill {} with {}."


@pytest.mark.parametrize(
    ("pids", "facts", "action", "said"),
    [
        pytest.param((10,), FEDORA, "protect", [
            MAY.format("term.scope", "all its 2 processes"),
            "To spare it there too: oomtray unit set --user term.scope --oomd avoid",
            SWAP_LIMIT,
        ], id="one's own"),
        pytest.param((30,), FEDORA, "protect-strongly", [
            MAY.format("db.service", "its 1 process"),
            "To spare it there too: oomtray unit set db.service --oomd omit",
        ], id="the strongest protection leaves it out"),
        pytest.param((40,), FEDORA, "protect", [
            MAY.format("session-2.scope", "its 1 process"),
            "Only its owner or root may set its preference: oomtray unit set session-2.scope --oomd avoid",
        ], id="for root alone"),
        pytest.param((10, 20), replace(FEDORA, pressure=()), "protect", [
            MAY.format("term.scope", "all its 2 processes"),
            "The same holds for 1 more control group.",
            "systemd-oomd ignores its unit's preference, because its control group doesn't belong to root.",
        ], id="void"),
    ],
)  # fmt: skip
def test_how_it_is_said_in_a_terminal(pids: tuple[int, ...], facts: SystemdOomd, action: str, said: list[str]) -> None:
    found = step(*pids, facts=facts, action=action)
    assert found is not None
    assert [*still_takes(found), *commands(found)] == said
