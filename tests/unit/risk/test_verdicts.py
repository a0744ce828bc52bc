"""What each killer beside the kernel would do with a process, where systemd-oomd honors a preference, and how both are said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.actions.preview import after, elsewhere
from oomtray.config import Rows
from oomtray.kernel.killer_facts import (
    Daemon,
    Earlyoom,
    Group,
    KillerFacts,
    LowMemoryMonitor,
    Nohang,
    OomRule,
    SystemdOomd,
    Unjudged,
    Watched,
)
from oomtray.kernel.snapshot import Memory
from oomtray.messages import verdicts as says
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.explain import explain
from oomtray.risk.killers.oomd_preference import OomdGroup, oomd_group
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from oomtray.risk.verdicts import oomd_could_take, verdicts
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.facts.processes import kernel_thread, process
from tests.facts.snapshots import snapshot

USER = "/user.slice/user-1000.slice/user@1000.service"
WEB, TERMINAL, DB, DOCKER = f"{USER}/app.slice/web.scope", f"{USER}/app.slice/term.scope", "/system.slice/db.service", "/docker/abc"
OOMD, EARLY, BUSTD = (
    Daemon(name=name, pid=pid, start_time=1, uid=0, reach="all")  # type: ignore[arg-type]
    for name, pid in (("systemd-oomd", 300), ("earlyoom", 301), ("bustd", 302))
)
ALL, SESSION = Watched("/"), Watched(USER, uid=1000, limit=50.0, stall=0.0)
STALLING = replace(SESSION, stall=60.0)


def of(path: str, *, uid: int = 1000, swap: int = 0, memory: int = GIB, preference: str = "none") -> Group:
    return Group(path=path, uid=uid, memory=memory, swap=swap, scanned=0, preference=preference)  # type: ignore[arg-type]


GROUPS = (of(WEB, swap=3 * GIB), of(TERMINAL, swap=GIB), of(DB, uid=0, swap=2 * GIB), of(DOCKER, uid=0))
FEDORA = SystemdOomd(daemon=OOMD, swap=(ALL,), pressure=(SESSION,), groups=GROUPS)
"""Swap is watched from the root on, stalls in each user's manager."""
IN_WEB, IN_TERMINAL, IN_DB, IN_DOCKER, IN_NONE = 10, 20, 30, 40, 50
PROCESSES = (
    process(IN_WEB, cgroup=WEB, rss=900 * MIB, oom_score=700), process(11, cgroup=f"{WEB}/inner", rss=GIB, oom_score=690),
    process(IN_TERMINAL, cgroup=TERMINAL, rss=3 * GIB, oom_score=800), process(21, cgroup=TERMINAL),
    process(IN_DB, cgroup=DB, uid=0), process(IN_DOCKER, cgroup=DOCKER, uid=0), process(IN_NONE, cgroup=None),
    kernel_thread(),
)  # fmt: skip


def judged(*killers: KillerFacts, memory: Memory | None = None) -> Assessment:
    return assess(rank(snapshot(*PROCESSES, killers=killers, memory=memory), None), level=Level(), rows=Rows())


def word(pid: int, facts: KillerFacts, memory: Memory | None = None) -> str:
    found = judged(facts, memory=memory)
    return next(one.would for one in verdicts(found, explain(found, pid).risk))


def told(pid: int, *facts: KillerFacts) -> list[str]:
    found = judged(*facts)
    return says.told(verdicts(found, explain(found, pid).risk))


def with_preference(preference: str, path: str = WEB) -> SystemdOomd:
    return replace(FEDORA, groups=tuple(replace(g, preference=preference) if g.path == path else g for g in GROUPS))  # type: ignore[arg-type]


def group(pid: int, facts: SystemdOomd, memory: Memory | None = None) -> OomdGroup | None:
    view = snapshot(*PROCESSES, killers=(facts,), memory=memory)
    return oomd_group(view, next(p.cgroup for p in PROCESSES if p.pid == pid))


@pytest.mark.parametrize(
    ("pid", "facts", "would"),
    [
        pytest.param(IN_WEB, FEDORA, "next", id="in the group that systemd-oomd takes"),
        pytest.param(11, FEDORA, "next", id="below that group"),
        pytest.param(IN_TERMINAL, FEDORA, "later", id="in another group"),
        pytest.param(IN_DB, with_preference("omit", DB), "never", id="left out by root"),
        pytest.param(IN_TERMINAL, with_preference("omit", TERMINAL), "later", id="left out by its user: not where swap is full"),
        pytest.param(IN_NONE, FEDORA, "not-watched", id="in no group that is watched"),
        pytest.param(IN_WEB, replace(FEDORA, swap=(), pressure=()), "idle", id="nothing is watched"),
        pytest.param(IN_WEB, SystemdOomd(daemon=OOMD), "unknown", id="what it watches is unknown"),
        pytest.param(IN_TERMINAL, Earlyoom(daemon=EARLY), "next", id="earlyoom's highest score"),
        pytest.param(IN_WEB, Earlyoom(daemon=EARLY), "later", id="earlyoom's others"),
        pytest.param(IN_WEB, Earlyoom(daemon=EARLY, dry_run=True), "idle", id="earlyoom kills nothing"),
        pytest.param(IN_WEB, Unjudged(BUSTD), "unknown", id="a killer whose rule isn't known"),
    ],
)  # fmt: skip
def test_what_a_killer_would_do(pid: int, facts: KillerFacts, would: str) -> None:
    assert word(pid, facts) == would


def test_of_two_that_a_killer_cannot_tell_apart_it_takes_one() -> None:
    twins = [process(pid, oom_score=700, rss=GIB) for pid in (1001, 1002)]
    others = (process(1003, oom_score=10, rss=MIB), process(1004, oom_score=900, rss=GIB, oom_score_adj=-1000))
    view = snapshot(*twins, *others, killers=(Earlyoom(daemon=EARLY),))
    found = assess(rank(view, None), level=Level(), rows=Rows())
    would = {pid: verdicts(found, explain(found, pid).risk)[0].would for pid in range(1001, 1005)}
    assert would == {1001: "one-of", 1002: "one-of", 1003: "later", 1004: "never"}


def test_what_nothing_kills_has_no_verdicts_nor_has_a_machine_with_the_kernel_alone() -> None:
    found = judged(FEDORA)
    thread = next(p.pid for p in PROCESSES if p.kernel_thread)
    assert verdicts(found, explain(found, thread).risk) == ()
    alone = judged()
    assert verdicts(alone, explain(alone, IN_WEB).risk) == ()


RULED = replace(FEDORA, swap=(), pressure=(), ruled=(Watched(USER, uid=1000, rules=("r",)),))


@pytest.mark.parametrize(
    ("pid", "facts", "honored", "ignored"),
    [
        pytest.param(IN_WEB, FEDORA, {"stall"}, {"swap"}, id="a user's own counts in the user's manager alone"),
        pytest.param(IN_DB, FEDORA, {"swap"}, set(), id="root's counts wherever it is watched"),
        pytest.param(IN_WEB, replace(FEDORA, pressure=(ALL,)), set(), {"stall", "swap"}, id="not below a group of root's"),
        pytest.param(IN_WEB, replace(RULED, rules={"r": OomRule("kill-by-pgscan", 50.0)}), {"rule"}, set(), id="a rule by scanning: as for stalls"),
        pytest.param(IN_WEB, replace(RULED, ruled=(Watched("/", rules=("r",)),), rules={"r": OomRule("kill-by-pgscan", 50.0)}), set(), {"rule"}, id="such a rule for a group of root's"),
        pytest.param(IN_WEB, replace(RULED, rules={"r": OomRule("kill-by-swap", None, 50.0)}), set(), {"rule"}, id="a rule by swap: as for swap"),
    ],
)  # fmt: skip
def test_where_a_preference_counts(pid: int, facts: SystemdOomd, honored: set[str], ignored: set[str]) -> None:
    found = group(pid, facts)
    assert found is not None
    assert (found.honored, found.ignored) == (honored, ignored)


def test_without_swap_it_is_not_asked_whether_it_counts_there() -> None:
    found = group(IN_WEB, FEDORA, memory(swap_total=0, swap_free=0))
    assert found is not None
    assert (found.honored, found.ignored, found.pids) == ({"stall"}, set(), (10, 11))


@pytest.mark.parametrize(
    ("pid", "facts", "exposed", "helps"),
    [
        pytest.param(IN_WEB, FEDORA, True, True, id="no preference"),
        pytest.param(IN_WEB, with_preference("avoid"), True, False, id="avoided, but not where swap is full"),
        pytest.param(IN_DB, with_preference("avoid", DB), False, False, id="avoided by root"),
        pytest.param(IN_WEB, replace(FEDORA, pressure=()), True, False, id="a preference would be void"),
        pytest.param(IN_DOCKER, FEDORA, True, False, id="no unit's own group: there is nothing to set it for"),
    ],
)  # fmt: skip
def test_whether_a_preference_would_help(pid: int, facts: SystemdOomd, exposed: bool, helps: bool) -> None:
    found = group(pid, facts)
    assert found is not None
    assert (found.exposed, found.can_be_spared) == (exposed, helps)
    chosen = next(p for p in PROCESSES if p.pid == pid)
    assert (oomd_could_take(judged(facts), chosen) is not None) == exposed


def test_one_that_cannot_act_takes_nothing() -> None:
    dry = replace(FEDORA, dry_run=True)
    assert oomd_could_take(judged(dry), PROCESSES[0]) is None


SWAP_LIMIT = (
    "That counts when apps stall, but not when swap is full: then systemd-oomd ignores preferences of groups that don't belong to root."
)


@pytest.mark.parametrize(
    ("pid", "facts", "said"),
    [
        pytest.param(IN_WEB, FEDORA, [
            "systemd-oomd would kill it next, with all of web.scope: 2 processes.",
            "What counts there isn't oom_score_adj but the preference of its unit: oomtray unit set --user web.scope --oomd avoid",
            SWAP_LIMIT,
        ], id="a user's unit"),
        pytest.param(IN_DB, FEDORA, [
            "systemd-oomd would kill web.scope with its 2 processes before it.",
            "What counts there isn't oom_score_adj but the preference of its unit: oomtray unit set db.service --oomd avoid",
        ], id="a unit of root's"),
        pytest.param(IN_WEB, with_preference("avoid"), [
            "systemd-oomd would kill it next, with all of web.scope: 2 processes.",
            "Its unit's preference is avoid.",
            SWAP_LIMIT,
        ], id="one whose preference doesn't count where swap is full, which comes first"),
        pytest.param(IN_DB, with_preference("avoid", DB), [
            "systemd-oomd would kill web.scope with its 2 processes before it.",
            "Its unit's preference is avoid, so systemd-oomd takes others first.",
        ], id="one whose preference counts"),
        pytest.param(11, replace(FEDORA, swap=(), pressure=(STALLING,)), [
            "systemd-oomd would kill it next, or another that is too close to tell apart.",
            "This ends the unit web.scope with its 2 processes.",
            "What counts there isn't oom_score_adj but the preference of its unit: oomtray unit set --user web.scope --oomd avoid",
        ], id="one of several groups"),
        pytest.param(21, replace(FEDORA, swap=(), pressure=(STALLING,)), [
            "systemd-oomd would kill it next, or another that is too close to tell apart.",
            "This ends the unit term.scope with its 2 processes.",
            "What counts there isn't oom_score_adj but the preference of its unit: oomtray unit set --user term.scope --oomd avoid",
        ], id="in another of these, and not its largest"),
        pytest.param(IN_WEB, replace(FEDORA, pressure=()), [
            "systemd-oomd would kill it next, with all of web.scope: 2 processes.",
            "systemd-oomd ignores its unit's preference, because its control group doesn't belong to root.",
        ], id="one whose preference would be void"),
        pytest.param(IN_DOCKER, FEDORA, [
            "systemd-oomd would kill web.scope with its 2 processes before it.",
            "Its control group isn't a unit's own, so no preference can be set for it.",
        ], id="no unit's own group"),
        pytest.param(IN_DB, with_preference("omit", DB), ["systemd-oomd never kills it."], id="left out"),
        pytest.param(IN_NONE, FEDORA, ["systemd-oomd doesn't watch its control group, so it never kills it."], id="not watched"),
        pytest.param(IN_TERMINAL, Earlyoom(daemon=EARLY), [
            "earlyoom would kill it next.", "earlyoom goes by oom_score, so protecting it counts there too.",
        ], id="earlyoom"),
        pytest.param(IN_WEB, Earlyoom(daemon=EARLY, by_rss=True), [
            "earlyoom would kill program20 (20) before it.",
            "earlyoom goes by resident memory, so oom_score_adj changes nothing there.",
        ], id="earlyoom by size"),
        pytest.param(IN_TERMINAL, Nohang(daemon=replace(EARLY, name="nohang"), ignore_positive_adj=True), [
            "nohang would kill it next.",
            "nohang ignores an oom_score_adj above 0: protecting it counts there only below 0.",
        ], id="nohang that takes values above 0 off"),
        pytest.param(IN_TERMINAL, LowMemoryMonitor(daemon=replace(EARLY, name="low-memory-monitor"), kills=True), [
            "low-memory-monitor would kill it next.",
            "low-memory-monitor has the kernel kill, so protecting it counts there too.",
        ], id="one that has the kernel kill"),
        pytest.param(IN_WEB, Unjudged(BUSTD), ["Whom bustd would kill is unknown."], id="unknown"),
        pytest.param(IN_WEB, Earlyoom(daemon=EARLY, dry_run=True), [
            "earlyoom is running but can't act now: `oomtray doctor` says why.",
        ], id="idle"),
    ],
)  # fmt: skip
def test_what_is_said_of_it(pid: int, facts: KillerFacts, said: list[str]) -> None:
    assert told(pid, facts) == said


def test_of_a_killer_whose_order_is_unknown_nothing_is_said_that_counts_there() -> None:
    assessment = judged(Earlyoom(daemon=EARLY))
    first, *others = assessment.killers
    explained = explain(assessment, IN_TERMINAL)
    assert explained is not None
    (verdict,) = verdicts(replace(assessment, killers=(replace(first, goes_by=None), *others)), explained.risk)
    assert says.told([verdict]) == ["earlyoom would kill it next."]


def shown(facts: KillerFacts, adjusted: dict[int, int]) -> list[str]:
    return says.elsewhere(after(judged(facts), adjusted).elsewhere)


def test_a_preview_names_whom_others_would_take_where_that_is_somebody_else() -> None:
    now = judged(FEDORA)
    assert now.victim is not None
    assert now.victim.killer == "systemd-oomd", "it acts before the kernel"
    assert says.elsewhere(elsewhere(now)) == ["Under the kernel it is program20 (20)."]
    assert shown(FEDORA, {IN_TERMINAL: -500}) == [], "then the kernel takes one of the group that systemd-oomd takes"


def test_earlyoom_goes_by_the_score_that_a_change_would_bring() -> None:
    facts = Earlyoom(daemon=EARLY)
    assert shown(facts, {}) == [], "the same as the kernel"
    then = after(judged(facts), {IN_TERMINAL: -500})
    assert then.victim is not None
    assert (then.victim.killer, then.victim.risk.process.pid) == ("earlyoom", IN_WEB)
    assert [killer.next for killer in then.elsewhere] == [(11,)], "the kernel counts pages, and takes the larger one"


def test_names_are_made_safe_for_a_shell_and_a_line() -> None:
    hostile = f"{USER}/app.slice/app-a\\x20b$(x).scope"
    facts = replace(FEDORA, groups=(of(hostile),))
    view = snapshot(process(1, cgroup=hostile), killers=(facts,))
    found = oomd_group(view, hostile)
    assert found is not None
    assert says.command(found) == "oomtray unit set --user 'app-a\\x20b$(x).scope' --oomd avoid"
