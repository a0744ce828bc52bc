"""Specifies what is said of a kill in the terminal, and of a fire drill wherever it is told of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from oomtray.kernel.kill_log.chosen import Chosen
from oomtray.kernel.killer_names import Killer, Outcome
from oomtray.messages import kill_notifications, kill_page
from oomtray.messages.kills import details, headline
from oomtray.risk.kill_event import Dead, Grew, KillEvent, KillScope, Trigger
from oomtray.risk.postmortem import Cause, Ranked
from oomtray.ui.controllers.kill_remedies import remedies
from tests.facts import MIB

BOX = KillScope(kind="cgroup", path=r"/user.slice/app-oomtray\x2ddrill-1.scope", limit=64 * MIB)
LIMIT = "app-oomtray-drill-1.scope had reached its memory limit of 64.0 MiB."


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        pytest.param(BOX, [LIMIT], id="a cgroup's limit"),
        pytest.param(KillScope(kind="system"), [], id="the machine's memory"),
        pytest.param(None, [], id="not known"),
    ],
)
def test_which_limit_was_reached_is_said(scope: KillScope | None, says: list[str]) -> None:
    assert details(KillEvent(time=1.0, killer="kernel", outcome="likely", scope=scope)) == says


def test_systemd_oomd_kills_for_a_stall_not_at_a_limit() -> None:
    stalled = KillEvent(time=1.0, killer="systemd-oomd", outcome="killed", scope=KillScope(kind="cgroup", path="/user.slice/user@1000.service"))
    assert details(stalled) == []
    assert kill_notifications.body(stalled) == ""


def test_a_limit_that_is_the_cause_is_told_once() -> None:
    cause = Cause("misconfiguration", "medium", {"limit": 64 * MIB}, "raise-memory-max")
    told = details(KillEvent(time=1.0, killer="kernel", outcome="killed", scope=BOX, cause=cause))
    assert sum("64.0" in sentence for sentence in told) == 1


@pytest.mark.parametrize(
    ("killer", "outcome", "names", "says"),
    [
        pytest.param("kernel", "killed", "a", "a (1) was killed by the kernel", id="one"),
        pytest.param("earlyoom", "killed", "ab", "a (1) and b (2) were killed by earlyoom", id="two"),
        pytest.param("kernel", "likely", "a", "a (1) was likely killed by the kernel", id="likely"),
        pytest.param("kernel", "one-of", "ab", "One of these was killed by the kernel: a (1) and b (2)", id="one of two"),
        pytest.param("oomtray", "killed", "a", "OOM Tray ended a (1) to keep the computer responsive", id="by ourselves"),
        pytest.param("kernel", "nobody", "", "Memory ran out, and there was no process that could be killed", id="nobody"),
        pytest.param("kernel", "unknown", "", "A process was killed by the kernel; it isn't known which one", id="not known"),
    ],
)
def test_who_was_killed_by_whom(killer: Killer | Literal["oomtray"], outcome: Outcome, names: str, says: str) -> None:
    victims = tuple(Dead(pid=pid, name=name) for pid, name in enumerate(names, 1))
    assert headline(KillEvent(time=None, killer=killer, outcome=outcome, sources=("pidfd",), victims=victims), 2.0) == says


def test_several_are_told_as_several_where_their_end_is_likely_too() -> None:
    victims = (Dead(pid=407, name="big.service"), Dead(pid=411, name="big.service"))
    event = KillEvent(time=None, killer="systemd-oomd", outcome="likely", sources=("log",), victims=victims)
    assert headline(event, 2.0) == "big.service (407) and big.service (411) were likely killed by systemd-oomd"


def test_an_adjustment_that_both_have_kept_neither_from_being_chosen() -> None:
    """Before Linux 4.17 what root had started counted 3 % less, and page tables count too."""
    order = (Ranked(5100, "java", 9900, 0, 9890 * 4096, 0), Ranked(5000, "backup", 9700, 0, 10000 * 4096, 0))
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", sources=("log",), victims=(Dead(pid=5100, name="java"),), ranking=order, page_size=4096)
    assert details(event) == []
    assert kill_page.why_heading(event) == "Why this one"
    assert kill_page.why(event) == ""


def test_a_child_died_in_its_parents_place() -> None:
    order = (Ranked(11020, "node", 100700, 0, 400 * MIB, 0), Ranked(11090, "node", 25300, 0, 98 * MIB, 0))
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", sources=("log",), victims=(Dead(pid=11090, name="node"),), ranking=order, page_size=4096)
    says = "node (11020) counted most. Before Linux 5.1, the kernel killed a child of it in its place."
    assert details(event) == [says]
    assert kill_page.why(event) == f"node held the most memory. {says}"
    for other in (Dead(pid=11020, name="node"), Dead(pid=None, name="node.service")):
        assert says not in details(replace(event, victims=(other,)))


@pytest.mark.parametrize("outcome", ["unknown", "ending"])
@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Chosen(41, "java", or_child=False), ["The kernel had chosen java (41)."]),
        (Chosen(41, "java", or_child=True), ["The kernel had chosen java (41), or a child of it in its place."]),
        (Chosen(41, "", or_child=False), []),
        (None, []),
    ],
)
def test_whom_the_kernel_had_chosen_is_no_victim(choice: Chosen | None, says: list[str], outcome: Outcome) -> None:
    event = KillEvent(time=None, killer="kernel", outcome=outcome, sources=("log",), chosen=choice)
    assert details(event) == [*says, *(["The report has no end."] if outcome == "unknown" else [])]
    assert kill_page.why(event) == " ".join(says)
    assert "java" not in headline(event, 2.0) + kill_page.title(event)
    killed = replace(event, outcome="killed", victims=(Dead(pid=41, name="java"),))
    assert (details(killed), kill_page.why(killed)) == ([], "")


def test_a_limit_that_was_lowered() -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", sources=("log",), victims=(Dead(pid=6, name="tar"),), trigger=Trigger(7, "bash"), lowered=True)
    assert details(event) == ["bash had set the limit below what was in use."]
    assert kill_page.asked(event)[0] == "bash had lowered the limit"


def test_who_asks_is_killed_where_the_kernel_is_set_to_that() -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome="killed", sources=("log",), victims=(Dead(pid=6, name="tar"),), trigger=Trigger(6, "tar"), allocating=True)
    says = "The kernel is set to kill whoever asks (vm.oom_kill_allocating_task)."
    assert details(event) == ["tar had asked for memory.", says]
    assert kill_page.why(event) == says


DRILLED = KillEvent(
    time=1.0, killer="kernel", outcome="killed", constraint="memcg", scope=BOX, sources=("log",),
    victims=(Dead(pid=77, name="oomtray-drill", app="oomtray-drill", freed=60 * MIB),),
    cause=Cause("misconfiguration", "medium", {"limit": 64 * MIB, "usage": 64 * MIB}, "raise-memory-max"),
)  # fmt: skip


class TestFireDrill:
    """It was told of as of any app's end, under the name of its program, with a limit to be raised."""

    def test_it_is_called_what_it_is(self) -> None:
        assert headline(DRILLED, 2.0).endswith("The fire drill's program (77) was killed by the kernel")
        assert kill_page.short(DRILLED) == "Fire drill"
        assert kill_page.title(DRILLED) == "The fire drill's program was killed"
        assert kill_notifications.summary(DRILLED).startswith("The fire drill's program was killed")

    def test_nothing_is_to_be_done_about_it(self, tmp_path: Path) -> None:
        told = " ".join(details(replace(DRILLED, growing=(Grew("code", 1e6),))))
        assert told.startswith("This was a fire drill")
        assert "limit of 64.0 MiB" in told
        assert "Raise the limit" not in told
        assert "code" not in told
        assert "This was a fire drill" in kill_page.why(DRILLED)
        (tmp_path / BOX.path.lstrip("/")).mkdir(parents=True)
        for event, is_drill in ((DRILLED, True), (replace(DRILLED, victims=(Dead(pid=5, name="slack"),)), False)):
            assert kill_page.report_may_tell(replace(event, sources=("unit-result",))) is not is_drill
            assert (remedies(event, event.cause, None, cgroups=str(tmp_path)) == ()) is is_drill

    def test_the_drill_itself_shows_what_is_said_of_any_kill(self) -> None:
        told = " ".join(details(DRILLED, in_drill=True))
        assert "This was a fire drill" not in told
        assert "Raise the limit" in told

    def test_beside_others_it_is_one_of_them(self) -> None:
        both = replace(DRILLED, victims=(*DRILLED.victims, Dead(pid=5, name="slack")))
        assert kill_page.short(both) == "The fire drill's program and slack"
        more = replace(both, victims=(*both.victims, Dead(pid=6, name="java")))
        assert kill_page.short(more) == "The fire drill's program and 2 more", "short enough for a list"
        assert "This was a fire drill" not in kill_page.why(both)
