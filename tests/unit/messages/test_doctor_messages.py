"""What the doctor says: every finding and every check has its sentences."""

from __future__ import annotations

from typing import get_args

from oomtray.doctor import checks
from oomtray.messages.doctor import SAYS, TITLES, What

SAID_ANEW = {"settings-wrong", "killers", "killers-among-others"}
"""Findings whose sentence is put together from others."""


def test_every_finding_has_its_sentence_and_none_too_many() -> None:
    assert SAYS.keys() | SAID_ANEW == set(get_args(What))
    assert SAYS.keys() & SAID_ANEW == set()


def test_every_public_check_has_its_title_and_none_too_many() -> None:
    documented = [line.split()[0] for line in str(checks.__doc__).splitlines() if line.startswith("    ")]
    assert list(TITLES) == documented


def test_what_was_found_ends_without_a_full_stop_and_what_to_do_with_one_or_with_a_command() -> None:
    for says, remedy in SAYS.values():
        assert not says.endswith(".")
        assert remedy is None or remedy.endswith((".", "{command}"))
