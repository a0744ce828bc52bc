"""Which apps a mark means, and who is never ended whatever is marked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomtray.actions.expendable import candidates, may_be_marked
from oomtray.kernel.snapshot import Process
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

ME, MANAGER = 1000, "/user.slice/user-1000.slice/user@1000.service"
OWN_PID = 600


def in_app(name: str, pid: int = 4242, **changes: Any) -> Process:
    """A process of 1 GiB of the user's app of this name."""
    path = f"{MANAGER}/app.slice/app-gnome-{name}-77.scope"
    facts = {"name": name[:15], "exe": f"/opt/{name}/{name}", "rss_anon": GIB, "rss": GIB, "cgroup": path, "unit_cgroup": path}
    return process(pid, **(facts | changes))


def ended(*processes: Process, marks: tuple[str, ...] = ("slack",), uid: int = ME) -> list[set[int]]:
    """The pids of each candidate, best first."""
    found = candidates(snapshot(*processes), marks, uid=uid, own_pid=OWN_PID)
    return [{one.pid for one in candidate.processes} for candidate in found]


@pytest.mark.parametrize(
    ("mark", "meant"),
    [
        pytest.param("Slack", True, id="its name, as a person writes it"),
        pytest.param("slack", True, id="its key"),
        pytest.param("com.slack.Slack", True, id="its desktop id"),
        pytest.param("/opt/slack/slack", True, id="its executable"),
        pytest.param("/opt/slack/*", True, id="the directory of its executable"),
        pytest.param("app-gnome-slack-*.scope", True, id="its scope"),
        pytest.param("Slac", False, id="a part of its name"),
        pytest.param("*", False, id="a star alone"),
        pytest.param("/*", False, id="everything"),
        pytest.param("/opt/slack", False, id="a directory without a star"),
        pytest.param("Spotify", False, id="another"),
    ],
)
def test_a_mark_is_what_the_condition_of_a_rule_is(mark: str, meant: bool) -> None:
    assert ended(in_app("slack"), marks=(mark,)) == ([{4242}] if meant else [])


def test_the_app_that_gives_back_most_comes_first() -> None:
    slack = [in_app("slack", 10, rss_anon=300 * MIB), in_app("slack", 11, rss_anon=100 * MIB, swap=200 * MIB)]
    spotify = in_app("spotify", 20, rss_anon=500 * MIB)
    assert ended(*slack, spotify, in_app("gimp", 30), marks=("spotify", "slack")) == [{10, 11}, {20}]


@pytest.mark.parametrize(("total", "least"), [(4 * GIB, 64 * MIB), (200 * GIB, GIB)], ids=["a small machine", "a large one"])
def test_an_app_is_worth_ending_from_a_share_of_memory_and_a_size_on(total: int, least: int) -> None:
    def counts(held: int) -> bool:
        facts = snapshot(in_app("slack", rss_anon=held, page_tables=0), memory=memory(total=total))
        return candidates(facts, ("slack",), uid=ME, own_pid=OWN_PID) != ()

    assert (counts(least - 4096), counts(least)) == (False, True)


NEVER = {
    "what gives back next to nothing": in_app("slack", rss_anon=20 * MIB),
    "another user's": in_app("slack", uid=1001),
    "root's": in_app("slack", uid=0),
    "a system service": in_app("slack", cgroup="/system.slice/slack.service", unit_cgroup="/system.slice/slack.service"),
    "one that is named as an app is": in_app("slack", unit_cgroup="/system.slice/app-slack.service"),
    "a service of the user's": in_app("slack", unit_cgroup=f"{MANAGER}/app.slice/slack.service"),
    "a container": in_app("slack", unit_cgroup="/system.slice/docker-" + "a" * 64 + ".scope"),
    "a part of the session": in_app("slack")._replace(name="gnome-shell"),
    "what Plasma's session ends with": in_app("slack")._replace(name="ksmserver"),
    "what Cinnamon's session ends with": in_app("slack")._replace(name="cinnamon-sessio"),
    "this program": in_app("slack", OWN_PID),
    "pid 1": in_app("slack", 1),
    "a zombie": in_app("slack", rss=None, rss_anon=None),
}


@pytest.mark.parametrize("one", NEVER.values(), ids=NEVER)
def test_who_is_never_ended(one: Process) -> None:
    assert ended(one, marks=("slack", "slack.service", "/opt/slack/*", "app-slack.service")) == []


def test_what_this_program_was_started_from_is_spared() -> None:
    terminal, own = in_app("slack", 500), in_app("oomtray", OWN_PID, ppid=500)
    assert ended(terminal, own) == []


def test_an_app_of_which_one_process_is_another_user_s_is_left_alone_whole() -> None:
    assert ended(in_app("slack", 10), in_app("slack", 11, uid=0)) == []


def test_for_root_everything_would_be_its_own_so_nothing_is() -> None:
    assert ended(in_app("slack", uid=0), uid=0) == []


@pytest.mark.parametrize("one", [*NEVER.values()][1:-1], ids=[*NEVER][1:-1])
def test_the_menu_offers_the_mark_only_where_it_would_count(one: Process) -> None:
    assert may_be_marked([one], {one.pid: one}, uid=ME, own_pid=OWN_PID) is None
    slack = in_app("slack")
    app = may_be_marked([slack], {slack.pid: slack}, uid=ME, own_pid=OWN_PID)
    assert app is not None
    assert app.key == "slack"


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["slack", "spotify", "gimp", "code"]), min_size=1, max_size=6),
    st.lists(st.sampled_from(["slack", "Spotify", "/opt/gimp/*", "app-gnome-code-*.scope"]), max_size=3, unique=True),
    st.integers(ME, ME + 1),
)
def test_never_anything_unmarked_and_never_another_s(names: list[str], marks: list[str], uid: int) -> None:
    rows = [in_app(name, 100 + n, uid=uid if n % 3 else ME) for n, name in enumerate(names)]
    hit = {pid for one in ended(*rows, marks=tuple(marks)) for pid in one}
    for row in rows:
        if row.pid in hit:
            assert row.uid == ME
            assert any(row.name in mark.lower() for mark in marks)
