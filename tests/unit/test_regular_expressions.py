"""A group that repeats possessively is atomic too: Python before 3.11.5 (Debian 12's) goes on inside the last try, which failed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "oomtray"
PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<begins>\((?:\?>)?)|\)(?P<possessive>(?:[*+?]|\{[\d,]+\})\+)?")


def not_atomic(line: str) -> bool:
    groups: list[str] = []
    for piece in PIECE.finditer(line):
        if begins := piece["begins"]:
            groups.append(begins)
        elif piece[0][0] == ")":
            begins = groups.pop() if groups else ""
            if piece["possessive"] and begins != "(?>":
                return True
    return False


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (r're.compile("(?:ab?c)*+")', True),
        (r're.compile("(?:a|(?>b)c){2,3}+")', True),
        (r'+ after + rb")?+"', True),
        (r're.compile(rf"(?>[)\]]{one}\()++")', False),
        (r're.compile("(?:[a-z]++)+[0-9]*+")', False),
    ],
)
def test_it_is_found(line: str, found: bool) -> None:
    assert not_atomic(line) is found


def test_groups_that_repeat_possessively_are_atomic() -> None:
    lines = [line for file in CODE.rglob("*.py") for line in file.read_text().splitlines()]
    assert [line for line in lines if not_atomic(line)] == []
