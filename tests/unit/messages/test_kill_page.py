"""Specifies the sentences that say why it was this process that was killed."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from oomtray.kernel.killer_names import Killer, Outcome
from oomtray.messages import causes, moments
from oomtray.messages.causes import advice
from oomtray.messages.kill_page import (
    again,
    all_names,
    asked,
    certainty,
    foretold,
    held,
    list_line,
    nothing_known,
    report_may_tell,
    spare_it,
    subtitle,
    title,
    why,
    why_heading,
)
from oomtray.messages.kills import details
from oomtray.messages.moments import when
from oomtray.risk.before_kill import Moment
from oomtray.risk.kill_event import Dead, KillEvent, KillScope, Source
from oomtray.risk.postmortem import EVIDENCE, Cause, Kind, Ranked
from tests.facts import GIB, MIB, kills

PAGE = 4096


def ranked(name: str, held: int, adj: int = 0, counted: int | None = None) -> Ranked:
    pages = held // PAGE
    return Ranked(pid=7, name=name, badness=pages if counted is None else counted // PAGE, oom_score_adj=adj, rss=held, swap=0)


@pytest.mark.parametrize(("seconds", "says"), [(240.0, "Predicted 4 min before"), (0.3, ""), (None, "")])
def test_a_warning_that_nobody_could_read_in_time_foretold_nothing(seconds: float | None, says: str) -> None:
    assert foretold(KillEvent(time=1.0, killer="kernel", outcome="killed", foretold=seconds))[0] == says


def test_that_it_was_a_groups_own_limit_needs_no_log() -> None:
    scope = KillScope(kind="cgroup", path="/x", limit=48 * MIB)
    told = why(KillEvent(time=1.0, killer="kernel", outcome="likely", scope=scope))
    assert told == "Only the processes of one group were considered: it had reached its own limit of 48.0 MiB."
    assert why(KillEvent(time=1.0, killer="kernel", outcome="likely", scope=KillScope(kind="system"))) == ""


@pytest.mark.parametrize(
    ("outcome", "pids", "says"),
    [
        pytest.param("killed", (7, 8), "by the kernel · freed 2.0 MiB · 2 processes", id="all of them"),
        pytest.param("one-of", (7, 8), "by the kernel · 1 of 2 processes", id="one of them"),
        pytest.param("one-of", (7,), "by the kernel · python3 (7)", id="nobody else could be meant"),
        pytest.param("likely", (), "by the kernel", id="nobody knows which"),
    ],
)
def test_it_counts_no_more_than_was_killed(outcome: Outcome, pids: tuple[int, ...], says: str) -> None:
    victims = tuple(Dead(pid=pid, name="python3", freed=MIB if outcome == "killed" else None) for pid in pids)
    event = KillEvent(time=kills.NOW, killer="kernel", outcome=outcome, victims=victims)
    assert subtitle(event, kills.NOW, moments.IN_WORDS).partition(" · ")[2] == says


@pytest.mark.parametrize(
    ("ranking", "says"),
    [
        pytest.param([ranked("a", 9 * MIB), ranked("b", MIB)], "a held the most memory.", id="the largest"),
        pytest.param([ranked("a", 9 * MIB, adj=500)], "a was the only process that could be killed.", id="alone there"),
        pytest.param(
            [ranked("a", MIB, adj=300, counted=20 * MIB), ranked("b", 9 * MIB)],
            "b (7) held 9.0 MiB, but a (7) counted 20.0 MiB with its +300.", id="by its setting",
        ),
        pytest.param(
            [ranked("a", 5 * MIB), ranked("b", 9 * MIB, adj=-500, counted=MIB)], "b (7) held 9.0 MiB, but its -500 kept it behind a (7).", id="by the other's",
        ),
        pytest.param(
            [ranked("a", MIB, adj=300, counted=20 * MIB), ranked("b", 9 * MIB, adj=-500, counted=MIB)],
            "b (7) held 9.0 MiB, but a (7) counted 20.0 MiB with its +300.", id="by both",
        ),
    ],
)  # fmt: skip
def test_why_this_one(ranking: list[Ranked], says: str) -> None:
    scope = KillScope(kind="cgroup", path="/x", limit=48 * MIB)
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", scope=scope, constraint="memcg", ranking=tuple(ranking), page_size=PAGE)
    assert why(event) == f"Only the processes of one group were considered: it had reached its own limit of 48.0 MiB. {says}"


def test_where_the_largest_was_killed_too_nobody_asks_why_it_was_not() -> None:
    assert why_heading(kills.leak()) == "Why this one and not the largest"
    assert why(kills.leak()).startswith("train.py (9001) held 6.1 GiB, but slack (4281)")
    both = kills.leak(victims=tuple(Dead(pid=one.pid, name=one.name) for one in kills.RANKING[:2]))
    assert why_heading(both) == "Why these"
    assert why(both) == ""


@pytest.mark.parametrize(
    ("outcome", "sources", "says"),
    [
        pytest.param("killed", ("log", "pidfd"), "Certain: the log names it", id="a log, whatever else there is"),
        pytest.param("killed", ("oomd-signal",), "Certain: systemd-oomd names it", id="over D-Bus"),
        pytest.param("killed", ("pidfd", "vmstat"), "Certain: it was seen to end", id="seen"),
        pytest.param("killed", ("unit-result",), "Certain", id="in another way"),
        pytest.param("nobody", ("log",), "Certain: the log says so", id="nobody was"),
        pytest.param("one-of", ("pidfd",), "One of these: which one isn't known", id="several ended"),
        pytest.param("likely", ("pidfd", "vmstat"), "Likely: it ended at that moment", id="it ended"),
        pytest.param("likely", ("vmstat",), "Likely: it was next in order", id="it is gone"),
        pytest.param("unknown", ("log",), "Unknown: the report has no end", id="a log that was cut"),
        pytest.param("unknown", ("vmstat",), "Unknown: nobody saw which one", id="counted"),
    ],
)
def test_how_it_is_known(outcome: Outcome, sources: tuple[Source, ...], says: str) -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome=outcome, sources=sources)
    assert certainty(event)[0] == says
    assert certainty(replace(event, manual=True))[0] == "Asked for by hand (SysRq)", "whoever it was"
    assert certainty(replace(event, killer="oomtray"))[0] == "You had marked it as expendable"


@pytest.mark.parametrize(("killer", "says"), [("kernel", " · the kernel"), ("earlyoom", " · earlyoom"), ("oomtray", " · OOM Tray"), ("unknown", "")])
def test_who_it_was_stands_in_the_list(killer: Killer | Literal["oomtray"], says: str) -> None:
    event = KillEvent(time=kills.NOW, killer=killer, outcome="killed")
    assert list_line(event, kills.NOW, moments.IN_WORDS) == when(kills.NOW, kills.NOW) + says


def test_why_nothing_is_known_of_the_others() -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", sources=("pidfd",), victims=(Dead(pid=7, name="x"),))
    assert nothing_known(event).startswith("Only the kernel's report has the ranking")
    assert nothing_known(replace(event, killer="earlyoom")) == "earlyoom tells whom it killed, but not whom else it had looked at."
    assert nothing_known(replace(event, killer="oomtray")).startswith("It was asked to end")
    assert nothing_known(replace(event, outcome="panic")).startswith("The kernel stops the machine")
    assert [report_may_tell(one) for one in (event, replace(event, outcome="panic"), replace(event, sources=("log",)))] == [True, False, False]


@pytest.mark.parametrize(
    ("outcome", "sources", "names", "says"),
    [
        pytest.param("unknown", ("log",), "", "Memory ran out", id="a log that was cut"),
        pytest.param("unknown", ("vmstat",), "", "Something was killed", id="counted"),
        pytest.param("killed", ("log",), "aab", "a and b were killed", id="each name once"),
        pytest.param("one-of", ("pidfd",), "ab", "One of these was killed: a and b", id="one of two"),
        pytest.param("one-of", ("pidfd",), "aa", "A part of a was killed", id="one of two of a name"),
        pytest.param("likely", ("pidfd",), "ab", "a and b were likely killed", id="likely both"),
    ],
)
def test_what_a_page_is_called(outcome: Outcome, sources: tuple[Source, ...], names: str, says: str) -> None:
    victims = tuple(Dead(pid=pid, name=name) for pid, name in enumerate(names, 7))
    assert title(KillEvent(time=1.0, killer="kernel", outcome=outcome, sources=sources, victims=victims)) == says


def test_the_page_names_all_that_the_title_only_counts() -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", victims=tuple(Dead(pid=pid, name=f"w{pid}") for pid in range(1, 9)))
    assert all_names(event, 6) == "w1 (1), w2 (2), w3 (3), w4 (4), w5 (5), w6 (6) and 2 more"
    assert all_names(replace(event, outcome="one-of"), 6) == "", "they aren't dead"
    assert all_names(replace(event, victims=event.victims[:2]), 6) == "", "the title has them"


def test_what_was_asked_to_end_before_is_told_as_that() -> None:
    event = kills.leak(asked_by="earlyoom")
    assert asked(event)[0] == "earlyoom had asked it to end"
    assert asked(kills.leak())[0] == "train.py had asked for memory"
    says = "earlyoom had asked it to end before."
    assert (says in details(event), says in details(kills.leak())) == (True, False)


def test_a_kill_that_was_not_needed_is_called_that() -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome="ending", sources=("log",))
    assert [title(event), why_heading(event), nothing_known(event)] == [
        "Nothing had to be killed", "Why nothing had to be killed", "The process that the kernel chose was ending already, which frees its memory too."
    ]  # fmt: skip
    assert [why_heading(replace(event, outcome=outcome)) for outcome in ("panic", "nobody")] == ["Why the machine was stopped", "Why nothing could be killed"]


RAISED = kills.leak(ranking=None, page_size=None, constraint=None)


def test_without_a_report_it_says_what_the_victims_oom_score_adj_counted() -> None:
    said = "To the kernel, its oom_score_adj of +300 counted like 6.0 GiB more."
    assert why(RAISED, kills.leak_moments()) == said, "16 GiB and 4 of swap"
    assert said not in why(kills.leak(), kills.leak_moments()), "the report says it better"


@pytest.mark.parametrize(
    ("apps", "told"),
    [
        pytest.param((("train.py", 8 * GIB), ("Slack", GIB)), True, id="more than it and what was added"),
        pytest.param((("train.py", 6 * GIB), ("Slack", GIB)), False, id="less than both together"),
        pytest.param((("train.py", 8 * GIB),), True, id="it is not among the largest"),
        pytest.param((("Slack", 8 * GIB), ("train.py", GIB)), False, id="it is the largest"),
    ],
)
def test_where_another_app_held_more_it_says_what_the_kernel_compares(apps: tuple[tuple[str, int], ...], told: bool) -> None:
    last = Moment(RAISED.time or 0.0, 16 * GIB, 0, 4 * GIB, 0, 1.0, apps)
    says = "train.py held even more at the last reading, but the kernel compares single processes, each with its own oom_score_adj."
    assert (says in why(RAISED, [*kills.leak_moments(), last])) is told


@pytest.mark.parametrize(
    "other",
    [
        {"killer": "systemd-oomd"}, {"outcome": "likely"}, {"scope": None}, {"constraint": "cpuset"}, {"time": None},
        {"scope": KillScope(kind="system"), "victims": (Dead(pid=1, name="a", oom_score_adj=0),)},
        {"victims": (Dead(pid=1, name="a", oom_score_adj=-500),)}, {"victims": (Dead(pid=1, name="a"),)},
        {"victims": (Dead(pid=1, name="a", oom_score_adj=300), Dead(pid=2, name="b", oom_score_adj=300))},
    ],
)  # fmt: skip
def test_what_nobody_knows_to_be_the_reason_is_not_told_as_one(other: dict[str, object]) -> None:
    assert "counted like" not in why(replace(RAISED, **other), kills.leak_moments())  # type: ignore[arg-type]
    assert why(RAISED) == "", "no readings"


@pytest.mark.parametrize(
    ("last", "says"),
    [
        pytest.param(Moment(1.0, 1000, 470, 100, 95), "At the last reading before, 53 % of memory and 5 % of swap were in use.", id="both"),
        pytest.param(Moment(1.0, 1000, 470, 0, 0), "At the last reading before, 53 % of memory was in use.", id="no swap"),
        pytest.param(Moment(1.0, 1000, 470), "At the last reading before, 53 % of memory was in use.", id="swap unknown"),
        pytest.param(Moment(1.0, 1000, 470, 100), "At the last reading before, 53 % of memory was in use.", id="its use unknown"),
        pytest.param(Moment(1.0, 1000, None), "", id="unknown"),
    ],
)
def test_how_full_memory_was(last: Moment, says: str) -> None:
    assert held(last) == says


def test_how_often_the_same_was_killed_before() -> None:
    assert again((), kills.NOW, moments.IN_WORDS) == ("", "")
    short, whole = again([replace(kills.leak(), time=kills.NOW - 60), kills.leak()], kills.NOW, moments.IN_WORDS)
    assert short == "Killed 2 times before"
    assert again([kills.leak()], kills.NOW, moments.IN_WORDS)[0] == "Killed once before"
    assert whole.startswith("The last time before this one: Today ")


def test_only_systemd_oomds_victim_is_to_be_spared_there() -> None:
    taken = replace(kills.leak(), killer="systemd-oomd")
    assert spare_it(taken).startswith("Protect it while it runs")
    assert spare_it(kills.leak()) == ""
    assert spare_it(replace(taken, outcome="likely")) == ""


def test_what_had_filled_memory_itself_is_not_to_be_protected() -> None:
    """It was to be protected, which has everything else killed for it."""
    taken = replace(kills.leak(), killer="systemd-oomd")
    says = spare_it(taken, held_most=True)
    assert says.startswith("Slack itself held most of the memory in use. If it were protected, others would be killed in its place.")
    assert "Protect it" not in says
    assert "MemoryMax=" in says


@pytest.mark.parametrize("was_killed", [True, False])
@pytest.mark.parametrize(("kind", "remedy"), EVIDENCE)
def test_each_cause_is_told_by_the_numbers_that_it_has_at_least(kind: Kind, remedy: str, was_killed: bool) -> None:
    cause = Cause(kind, "low", dict.fromkeys(EVIDENCE[kind, remedy], GIB), remedy, None if was_killed else "Slack")
    assert all((causes.kind(cause), causes.evidence(cause), advice(cause, was_killed=was_killed)))


@pytest.mark.parametrize("kind", ["leak", "surge"])
def test_what_was_killed_is_not_told_to_go_first(kind: Kind) -> None:
    cause = Cause(kind, "high", {"from": MIB, "to": GIB, "used": GIB, "seconds": 60}, "expendable", "Slack")
    assert "go first" in advice(cause)
    assert advice(cause, was_killed=True).startswith("Give Slack less to do at once")
    assert advice(cause, was_killed=True) == details(kills.leak(cause=cause))[-1]
    assert advice(cause) == details(kills.leak(cause=replace(cause, app="train.py")))[-1].replace("train.py", "Slack")
