"""What a row says is odd about it: every reason in words but those that the row shows in another way."""

from __future__ import annotations

from typing import get_args

import pytest

from oomtray.messages import rows
from oomtray.risk.judged import Reason, Risk, WhyNot
from tests.facts.assessments import risk
from tests.facts.processes import process


def odd(adj: int = 0, **facts: object) -> Risk:
    return risk(of=process(5, oom_score_adj=adj), rank=2, **facts)


@pytest.mark.parametrize(
    ("which", "row", "said"),
    [
        pytest.param("adj-set-by-app", odd(300, app="chromium"), "set by chromium", id="by an app"),
        pytest.param("adj-set-by-app", odd(300), "set by itself", id="by no known app"),
        pytest.param("adj-set-by-unit", odd(200, unit="a.service"), "set by a.service", id="by a unit"),
        pytest.param("adj-set-by-unit", odd(200, unit="session-3.scope"), "set by its session", id="by a login"),
        pytest.param("adj-set-by-unit", odd(200, unit="session-x.service"), "set by session-x.service", id="by a service that is called so"),
        pytest.param("adj-set-by-unit", odd(200, unit="vte-spawn-77.scope"), "set by its terminal", id="by a terminal's scope"),
        pytest.param(
            "adj-set-by-unit", odd(200, unit="app-org.chromium.Chromium-6100.scope", app="Chromium"),
            "set by Chromium", id="by an app's scope",
        ),
        pytest.param("adj-set-by-unit", odd(200), "set by its unit", id="by no known unit"),
        pytest.param("adj-inherited", odd(-300), "inherited", id="inherited"),
        pytest.param("adj-set-by-hand", odd(900), "set by you", id="by hand"),
        pytest.param("adj-set-by-rule", odd(900), "set by your rule", id="by a rule"),
        pytest.param("unit-dies-whole", odd(unit="session-3.scope"), "the whole session would end", id="session"),
        pytest.param(
            "unit-dies-whole", odd(unit="vte\n.scope"), r"all of vte\n.scope would end", id="a hostile unit name is harmless"
        ),
        pytest.param("unit-dies-whole", odd(), "its whole unit would end", id="no known unit"),
    ],
)
def test_phrases(which: Reason, row: Risk, said: str) -> None:
    assert rows.reason(which, row) == said


def test_the_apps_own_name_stands_for_its_key() -> None:
    assert rows.reason("adj-set-by-app", odd(300, app="org.chromium"), "Chromium\x1b") == r"set by Chromium\x1b"


def test_every_reason_has_a_phrase_but_those_that_a_row_shows() -> None:
    silent = {which for which in get_args(Reason) if not rows.reason(which, odd(100))}
    assert silent == {"next-victim", "near-victim", "large-share", "adj-protected", "small-but-first"}


def test_every_other_identifier_has_its_words() -> None:
    assert all(rows.never(why) for why in get_args(WhyNot))
    assert all(rows.tags(risk(1, rank=None, why_not=why)) for why in get_args(WhyNot))
    assert all(rows.standing(which) for which in get_args(rows.Standing))


@pytest.mark.parametrize(
    ("span", "spoken"),
    [
        pytest.param(None, "Normal. oom_score_adj: –", id="unknown"),
        pytest.param((0, 0), "Normal. oom_score_adj: 0", id="ordinary"),
        pytest.param((300, 300), "Normal. oom_score_adj: +300", id="raised"),
        pytest.param((0, 233), "Normal. oom_score_adj: 0 to +233", id="some raised"),
        pytest.param((-900, -500), "Normal. oom_score_adj: -900 to -500", id="all protected"),
    ],
)
def test_a_status_with_its_number(span: tuple[int, int] | None, spoken: str) -> None:
    assert rows.spoken_status("normal", span) == spoken


@pytest.mark.parametrize(
    ("text", "mine", "by_app", "says"),
    [
        ("", True, True, "None of these is yours"),
        ("x", True, True, "None of yours is called “x”"),
        ("x", False, True, "No app or process is called “x”"),
        ("x", False, False, "No process is called “x”"),
        ("12", True, False, "None of yours is called “12” or has this PID"),
        ("12", False, True, "No app or process is called “12” or has this PID"),
        ("12", False, False, "No process is called “12” or has this PID"),
    ],
)
def test_why_the_list_is_empty(text: str, mine: bool, by_app: bool, says: str) -> None:
    assert rows.nothing_found(text, mine=mine, by_app=by_app) == says


def test_what_an_app_has_set_itself_is_not_said_by_the_name_that_stands_above() -> None:
    assert rows.reason("adj-set-by-app", odd(300, app="chromium"), "Chromium", own=True) == "set by itself"
    assert rows.reason("adj-set-by-unit", odd(200, unit="app-firefox-2.scope"), "Firefox", own=True) == "set by its unit"
