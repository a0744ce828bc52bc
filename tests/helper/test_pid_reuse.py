"""A pid that goes to another process between the click and the write: the second owner is never hit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helper import reuse


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    return reuse.outcomes()


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("without_a_swap", None),
        ("between_click_and_helper", "pid-reused"),
        ("before_the_directory_is_opened", "pid-reused"),
        ("between_opening_and_checks", "gone"),
        ("between_checks_and_write", "gone"),
        ("between_checks_and_write_in_one_tick", "gone"),
    ],
)
def test_the_second_owner_is_never_hit(
    outcomes: dict[str, dict[str, Any]], case: str, error: str | None
) -> None:
    outcome = outcomes[case]
    assert outcome["outcome"] == error
    assert outcome["second_lives"]
    assert outcome["second_adj"] == 500


def test_every_case_is_listed(outcomes: dict[str, dict[str, Any]]) -> None:
    assert len(outcomes) == 6
