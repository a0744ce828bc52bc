"""How long memory lasts, and what drives it, in the words of the window's head."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.kernel.snapshot import Scope
from oomtray.messages import outlook
from oomtray.messages.memory import lasts_sentence, sentences
from oomtray.messages.ranges import about_range
from oomtray.risk.outlook import Forecast, Reading
from tests.facts import desktops
from tests.facts.memory import memory


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.0, 1.5), "now"),
        ((34.0, 44.0), "about 35–45 s"),
        ((41.0, 42.0), "about 40 s"),
        ((20.0, 130.0), "about 20 s–2 min"),
        ((50.0, 170.0), "about 1–3 min"),
        ((120.0, 240.0), "about 2–4 min"),
        ((3600.0, 7200.0), "about 60 min–2 h"),
        ((7200.0, 10800.0), "about 2–3 h"),
        ((90000.0, 99000.0), "more than a day"),
    ],
)
def test_a_range_is_told_as_coarsely_as_it_is_known(ends: tuple[float, float], said: str) -> None:
    assert about_range(*ends) == said


@pytest.mark.parametrize("ends", [(120.0, 360.0), (20.0, 130.0), (41.0, 42.0)])
def test_a_sentence_has_the_numbers_of_the_clock(ends: tuple[float, float]) -> None:
    tight = replace(desktops.desktop("warning"), forecast=Forecast(kill=ends))

    assert lasts_sentence(tight) == f"It lasts {outlook.clocks_of(tight).kill} at this rate."


@pytest.mark.parametrize(
    ("forecast", "said"),
    [
        pytest.param(Forecast(stall=(60.0, 60.0), kill=(240.0, 240.0)), "At this rate apps get slow in about 60 s, and something is killed in about 4 min.", id="both"),
        pytest.param(Forecast(stall=(60.0, 60.0), kill=(70.0, 70.0)), "It lasts about 70 s at this rate.", id="one soon after the other"),
        pytest.param(Forecast(stall=(0.0, 1.0), kill=(240.0, 240.0)), "It lasts about 4 min at this rate.", id="slow already"),
        pytest.param(Forecast(stall=(60.0, 60.0)), "At this rate apps get slow in about 60 s.", id="nothing is killed"),
        pytest.param(Forecast(), "", id="neither"),
    ],
)
def test_what_comes_first_is_told_and_what_comes_well_after_it(forecast: Forecast, said: str) -> None:
    assert lasts_sentence(replace(desktops.desktop("warning"), forecast=forecast)) == said


def test_how_long_the_machine_lasts_is_not_said_of_a_cgroup() -> None:
    tight = replace(desktops.desktop("warning"), forecast=Forecast(kill=(120.0, 240.0)))
    box = Scope("cgroup", 16384, "/box", 64 << 20, memory(total=64 << 20, available=8 << 20))
    inside = replace(tight, snapshot=tight.snapshot._replace(scope=box))

    assert sentences(tight)[1:] == ["It lasts about 2–4 min at this rate."]
    assert len(sentences(inside)) == 1
    assert "in /box" in sentences(inside)[0]


def test_a_sentence_says_how_long_even_if_that_is_now() -> None:
    assert lasts_sentence(replace(desktops.desktop("warning"), forecast=Forecast(kill=(0.0, 1.0)))) == "It lasts about 1–2 s at this rate."


@pytest.mark.parametrize(
    ("kill", "slow", "said"),
    [
        ((0.0, 1.5), "now", "now"),
        ((20.0, 42.0), "under 40 s", "about 20–40 s"),
        ((120.0, 240.0), "under 4 min", "about 2–4 min"),
        ((3600.0, 7200.0), "under 2 h", "about 60 min–2 h"),
    ],
)
def test_where_only_a_kill_by_the_kernel_is_foreseen_apps_are_slow_before_it(kill: tuple[float, float], slow: str, said: str) -> None:
    told = outlook.clocks_of(replace(desktops.desktop("warning"), forecast=Forecast(kill=kill)))

    assert (told.slow, told.kill) == (slow, said)


def test_where_another_killer_leaves_memory_nothing_is_said_of_slow_apps() -> None:
    """It may kill while none of them waits."""
    tight = replace(desktops.watched(), forecast=Forecast(kill=(120.0, 240.0)))

    assert outlook.clocks_of(tight) == outlook.Clocks(kill="about 2–4 min")


def test_apps_that_wait_already_are_slow_now() -> None:
    told = outlook.clocks_of(desktops.desktop("critical"), slow_at=10.0)

    assert told.slow == "now"


def test_before_there_is_enough_to_go_by_there_is_no_estimate() -> None:
    calm = desktops.desktop()

    told = outlook.clocks_of(replace(calm, trail=calm.trail[-3:]))

    assert (told.instead, told.why) == ("No estimate yet", "The first in about 10 s")


def test_where_nothing_runs_out_that_is_said() -> None:
    assert outlook.clocks_of(desktops.desktop()).instead == "No end in sight"


def test_little_that_does_not_get_less_is_not_said_to_have_no_end() -> None:
    tight = desktops.desktop("warning")

    told = outlook.clocks_of(replace(tight, forecast=Forecast()))

    assert (told.instead, told.why) == ("Holding steady", "No longer shrinking")


@pytest.mark.parametrize(("rate", "said"), [(25 << 20, "No estimate"), (-25 << 20, "Recovering")])
def test_what_loses_or_gains_beside_the_clocks_is_not_said_to_hold(rate: float, said: str) -> None:
    """As after a jump, from which no clock is told."""
    assert outlook.clocks_of(replace(desktops.desktop("warning"), forecast=Forecast(rate=rate))).instead == said


@pytest.mark.parametrize(("rate", "said"), [(25 << 20, "no estimate"), (None, "not in sight")])
def test_while_apps_wait_and_memory_goes_unevenly_a_kill_is_not_said_to_be_out_of_sight(rate: float | None, said: str) -> None:
    slow = replace(desktops.desktop("critical"), forecast=Forecast(rate=rate))

    assert outlook.clocks_of(slow, slow_at=10.0) == outlook.Clocks("now", said)


def test_while_apps_wait_and_memory_goes_what_can_be_told_of_a_kill_is() -> None:
    for forecast, said in ((Forecast(kill=(120.0, 240.0), rate=25 << 20), "about 2–4 min"), (Forecast(stall=(0.0, 1.0), rate=25 << 20), "not in sight")):
        slow = replace(desktops.desktop("critical"), forecast=forecast)

        assert outlook.clocks_of(slow, slow_at=10.0) == outlook.Clocks("now", said)


def test_where_an_app_is_told_to_grow_nothing_holds() -> None:
    grown = desktops.growing(desktops.desktop("warning"), spotify=600)

    assert outlook.clocks_of(replace(grown, forecast=Forecast())).instead == "No estimate"


def test_what_the_headline_says_of_stalls_is_not_said_again_below_it() -> None:
    slow = desktops.desktop("critical")
    assert outlook.drives(slow)[0] == "Already slow: stalled 22 % of the last 10 s"

    assert outlook.drives(replace(slow, level=replace(slow.level, cause="stall")))[0] == "Stalled 22 % of the last 10 s"


def test_what_grows_is_named_first() -> None:
    grown = desktops.growing(desktops.desktop("warning"), spotify=600)

    assert outlook.drives(grown)[0] == "spotify grows by 3.5 GiB a minute"


def test_memory_that_has_been_short_is_calm_again() -> None:
    assert outlook.drives(desktops.desktop()) == ("Calm again for 30 seconds", "Calm for 30 seconds")


@pytest.mark.parametrize(("stall", "said"), [(0.0, "Steady for 9 minutes, no stalls"), (3.0, "Steady for 9 minutes"), (None, "Steady for 9 minutes")])
def test_only_where_stalls_are_known_there_are_none(stall: float | None, said: str) -> None:
    calm = desktops.desktop()
    trail = tuple(replace(reading, used_percent=50.0) for reading in calm.trail)
    still = calm.snapshot.memory._replace(psi_full_avg10=stall)

    found = replace(calm, trail=trail, level=replace(calm.level, since=0.0), snapshot=calm.snapshot._replace(memory=still))

    assert outlook.drives(found) == (said,)


def test_stalls_while_memory_is_fine_are_not_called_slow() -> None:
    calm = desktops.desktop()
    stalled = calm.snapshot.memory._replace(psi_full_avg10=22.0)

    found = replace(calm, snapshot=calm.snapshot._replace(memory=stalled))

    assert outlook.drives(found)[0] == "Calm again for 30 seconds"
    assert outlook.clocks_of(found, slow_at=10.0).instead == "No end in sight"


@pytest.mark.parametrize(
    ("falls", "said"),
    [(False, ("Losing 450 MiB a minute", "−450 MiB/min")), (True, ("Gaining 450 MiB a minute", "+450 MiB/min"))],
)
def test_a_rate_that_has_held_for_a_minute_is_told(falls: bool, said: tuple[str, str]) -> None:
    tight = desktops.desktop("warning")
    now, usable = tight.snapshot.at, tight.snapshot.memory.usable
    rate = (-7.5 if falls else 7.5) * 2**20
    trail = tuple(Reading(at=now - back, used_percent=83.0 - back * rate / usable * 100) for back in range(300, -1, -2))

    assert outlook.drives(replace(tight, trail=trail, growing=(), forecast=Forecast(rate=rate))) == said


def test_a_step_is_told_as_what_it_was_and_not_as_a_rate() -> None:
    """Its rate for a minute would be more than there is, beside clocks that know better."""
    critical = desktops.desktop("critical")
    now = critical.snapshot.at
    used = critical.snapshot.memory.used_percent or 0.0
    stepped = tuple(
        Reading(at=now - 2.0 * back, used_percent=used if back < 2 else used - 20.0) for back in range(59, -1, -1)
    )
    fast = replace(critical, trail=stepped, growing=(), forecast=replace(critical.forecast, rate=300.0 * 2**20))
    calm_memory = fast.snapshot.memory._replace(psi_full_avg10=0.0)

    told = outlook.drives(replace(fast, snapshot=fast.snapshot._replace(memory=calm_memory)))

    assert told == ("3.2 GiB more used than 1 minute ago",)


@pytest.mark.parametrize(
    ("by", "seconds", "said"),
    [
        (20.0, 10, ("3.2 GiB more used than 2 minutes ago",)),
        (20.0, 40, ("3.2 GiB more used than 2 minutes ago, now steady", "Steady for 40 seconds")),
        (-20.0, 40, ("3.2 GiB less used than 2 minutes ago, now steady", "Steady for 40 seconds")),
    ],
)
def test_a_step_that_is_over_is_not_told_as_if_it_went_on(by: float, seconds: int, said: tuple[str, ...]) -> None:
    """The line beside it says that there is no end in sight."""
    calm = desktops.desktop()
    now = calm.snapshot.at
    trail = tuple(Reading(at=now - 2.0 * back, used_percent=50.0 if 2 * back <= seconds else 50.0 - by) for back in range(60, -1, -1))

    found = replace(calm, trail=trail, level=replace(calm.level, since=0.0))

    assert outlook.drives(found) == said
    assert outlook.clocks_of(found).why == "At this rate nothing runs out soon"
