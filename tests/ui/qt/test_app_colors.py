"""Specifies which color an app has: its own in every chart, and none that another app of the chart has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oomtray.ui.qt.app_colors import AppPlaces

COLORS = 6
CHARTS = st.lists(st.lists(st.sampled_from("abcdefghij"), max_size=COLORS), max_size=8)


def test_an_app_keeps_its_color_wherever_one_looks() -> None:
    """It changed while one zoomed, with the order of the apps, and was another one on the page of a kill."""
    places = AppPlaces()
    firefox, code, slack = places.of(("Firefox", "VS Code", "Slack"))
    assert places.of(("Slack", "Builder", "firefox"))[::2] == [slack, firefox]
    assert places.of(("Firefox", "VS Code", "Slack", "Builder"))[:3] == [firefox, code, slack]


def test_it_is_the_same_tomorrow_for_an_app_that_is_met_first() -> None:
    assert [AppPlaces().of((name,)) for name in ("Firefox", "VS Code")] == [AppPlaces().of((name,)) for name in ("Firefox", "VS Code")]


@given(CHARTS)
def test_no_two_of_a_chart_share_one_and_a_chart_keeps_its_own(charts: list[list[str]]) -> None:
    places = AppPlaces()
    for names in charts:
        found = places.of(names)
        assert len(set(found)) == len(names)
        assert places.of(names) == found
        assert max(found, default=0) < COLORS


def test_more_apps_than_colors_have_indexes_of_their_own() -> None:
    assert len(set(AppPlaces().of("abcdefghij"))) == 10


@given(st.lists(st.permutations("abcdef"), min_size=2, max_size=4))
def test_of_as_many_apps_as_there_are_colors_each_has_its_own_in_all_charts(charts: list[str]) -> None:
    places = AppPlaces()
    found = [dict(zip(names, places.of(names), strict=True)) for names in charts]
    assert found[1:] == found[:-1]
