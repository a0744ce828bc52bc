"""What is said before a change: who would be next, and what to warn of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.actions.preview import after, cautions
from oomtray.config import Rows
from oomtray.kernel.snapshot import Process
from oomtray.messages import actions as words
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.killer import Also
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import MIB
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

HOG, EDITOR, SHELL, DISPLAY = 100, 200, 50, 60


def of(pid: int, mib: int, **facts: object) -> Process:
    return process(pid, rss=mib * MIB, rss_anon=mib * MIB, page_tables=0, **facts)


def world(*processes: Process) -> Assessment:
    return assess(rank(snapshot(*processes)), level=Level(), rows=Rows())


HOGGED = (
    of(HOG, 4096, ppid=SHELL, session=SHELL),
    of(EDITOR, 3174, ppid=DISPLAY),
    of(SHELL, 8, name="bash", session=SHELL, ppid=DISPLAY),
    of(DISPLAY, 120, name="gnome-shell"),
)


@pytest.mark.parametrize(
    ("adjusted", "victim"),
    [
        pytest.param({}, HOG, id="nothing-changed"),
        pytest.param({HOG: -500}, EDITOR, id="protected"),
        pytest.param({HOG: -500, EDITOR: -500}, DISPLAY, id="both-protected"),
        pytest.param({SHELL: 1000}, SHELL, id="first-to-go"),
        pytest.param({HOG: -1}, HOG, id="too-little"),
        pytest.param({99999: -500}, HOG, id="a-pid-that-is-not-there"),
    ],
)
def test_who_is_next_after_a_change(adjusted: dict[int, int], victim: int) -> None:
    then = after(world(*HOGGED), adjusted).victim
    assert then is not None
    assert then.risk.process.pid == victim
    assert then.risk.process.oom_score_adj == adjusted.get(victim, 0)


def test_said_with_what_its_death_frees() -> None:
    then = after(world(*HOGGED), {HOG: -500}).victim
    assert words.next_then(then) == (
        "Then the next victim is program200 (200), which would free at most 3.1 GiB."
    )
    assert words.next_then(then, unsure=True) == (
        "If that succeeds, the next victim is program200 (200), which would free at most 3.1 GiB."
    )
    assert words.next_then(None) == "Then nothing is left that the kernel could kill."
    assert words.next_then(then, "panic_on_oom") == (
        "The kernel would still panic and stop the whole machine, because vm.panic_on_oom is set."
    )


def test_what_was_read_of_what_a_death_frees_is_known_after_the_change_too() -> None:
    read = assess(rank(snapshot(*HOGGED)), level=Level(), rows=Rows(), private={EDITOR: 3000 * MIB})

    told = words.next_now(read.victim, after(read, {HOG: -500}).victim)

    assert told.endswith("which would free about 2.9 GiB.")


def test_who_goes_with_the_victim_is_told_where_it_is_known() -> None:
    now = world(*HOGGED)
    assert now.victim is not None
    also = Also("session.scope", "oom-policy-stop", (HOG, SHELL))
    now = replace(now, killers=(replace(now.killers[0], victim=replace(now.victim, also=also)),))
    same, other = after(now, {SHELL: 5}).victim, after(now, {HOG: -500}).victim
    assert same is not None
    assert other is not None
    assert (same.also, other.also) == (also, None)


def test_a_process_at_minus_1000_becomes_a_candidate_again() -> None:
    now = world(of(HOG, 4096, oom_score_adj=-1000, oom_score=0), of(EDITOR, 100))
    then = after(now, {HOG: 0}).victim
    assert then is not None
    assert then.risk.process.pid == HOG


BOTH = (of(HOG, 4096), of(EDITOR, 3174))


@pytest.mark.parametrize(
    ("processes", "adjusted", "expected"),
    [
        pytest.param(BOTH, {HOG: -500}, {"children-inherit"}, id="a-session-leader-bequeaths"),
        pytest.param((of(HOG, 4096, session=1), BOTH[1]), {HOG: -500}, set(), id="nothing-to-warn-of"),
        pytest.param(
            (of(HOG, 4096, session=1), of(EDITOR, 3174, ppid=HOG)),
            {HOG: -500},
            {"children-inherit"},
            id="has-children",
        ),
        pytest.param(
            (of(HOG, 4096, session=1), of(EDITOR, 3174, session=1, ppid=HOG), of(7, 3000)),
            {HOG: -500, EDITOR: -500},
            set(),
            id="children-among-the-changed",
        ),
        pytest.param(BOTH, {HOG: 300}, {"children-inherit"}, id="a-raise"),
        pytest.param(HOGGED, {EDITOR: -500}, {"children-inherit"}, id="not-the-victim"),
        pytest.param(
            HOGGED,
            {HOG: -500, EDITOR: -500},
            {"children-inherit", "session-exposed", "nothing-large-left"},
            id="the-display-is-next",
        ),
        pytest.param(
            (of(HOG, 4096, session=1, ppid=SHELL), of(SHELL, 900, ppid=DISPLAY), of(DISPLAY, 800)),
            {HOG: -500},
            {"session-exposed"},
            id="what-started-it-is-next",
        ),
        pytest.param(
            (
                of(HOG, 4096, session=1),
                of(
                    EDITOR,
                    600,
                    unit_cgroup="/user.slice/user-1000.slice/user@1000.service/session.slice/x.service",
                ),
            ),
            {HOG: -500},
            {"session-exposed"},
            id="session-slice-is-next",
        ),
        pytest.param(
            (of(HOG, 4096, session=1), of(EDITOR, 20)),
            {HOG: -500},
            {"nothing-large-left"},
            id="only-crumbs-left",
        ),
        pytest.param(
            (of(HOG, 40, session=1), of(EDITOR, 20)), {HOG: -500}, set(), id="there-were-only-crumbs-before"
        ),
        pytest.param(
            (of(HOG, 40, oom_score_adj=-1000, oom_score=0), *BOTH[1:]),
            {HOG: 300},
            {"no-way-back", "children-inherit"},
            id="raised-from-minus-1000",
        ),
        pytest.param(BOTH, {99999: -500}, set(), id="a-pid-that-is-not-there"),
        pytest.param((), {}, set(), id="nothing-at-all"),
    ],
)
def test_what_is_warned_of(
    processes: tuple[Process, ...], adjusted: dict[int, int], expected: set[str]
) -> None:
    found = cautions(world(*processes), adjusted, uid=0)
    assert set(found) == expected
    assert all(words.caution(identifier) for identifier in found)


def test_where_the_order_is_void_nobody_is_warned_of_who_is_next() -> None:
    now = world(*HOGGED)
    void = replace(now, killers=(replace(now.killers[0], overrides=("panic_on_oom",)),))
    assert cautions(void, {HOG: -500, EDITOR: -500}, uid=0) == ("children-inherit",)


@pytest.mark.parametrize(
    ("me", "value", "warned"),
    [
        pytest.param(1000, -500, True, id="another-users"),
        pytest.param(27, -500, False, id="ones-own"),
        pytest.param(0, -500, False, id="root-can-take-anything-back"),
        pytest.param(1000, 300, False, id="a-raise-is-not-made"),
    ],
)
def test_lowering_another_users_process_says_who_can_take_it_back(me: int, value: int, warned: bool) -> None:
    found = cautions(world(of(HOG, 40, session=1, uid=27), of(EDITOR, 20)), {HOG: value}, uid=me)
    assert ("root-takes-back" in found) is warned
