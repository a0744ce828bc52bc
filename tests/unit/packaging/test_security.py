"""Specifies that SECURITY.md names tests that are there, and the limits that the helper has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oomtray.helper import oomtray_helper as helper

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "packaging/SECURITY.md").read_text()
ATTACKS = TEXT[TEXT.index("## Attacks") : TEXT.index("## What remains")]
ELSEWHERE = TEXT.replace(ATTACKS, "")
IN_TABLE = re.findall(r"`([^`]+)`", " ".join(line.split("|")[-2] for line in ATTACKS.splitlines() if line.count("|") == 4))
NAMED = sorted({*IN_TABLE, *re.findall(r"`(test_\w+(?:\.py)?)`", ELSEWHERE)})


@pytest.fixture(scope="module")
def sources() -> dict[Path, str]:
    return {path: path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)}


def test_it_names_tests() -> None:
    assert len(NAMED) > 60


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_it_names_is_there(name: str, sources: dict[Path, str]) -> None:
    assert any(name == path.name for path in sources) or any(name in text for text in sources.values())


def test_it_tells_the_protocol_of_the_helper() -> None:
    assert f"This is protocol {helper.PROTOCOL}," in TEXT
    assert f"1 to {helper.MAX_LINES} lines, at most {helper.MAX_INPUT >> 10} KiB" in TEXT
    assert f"at most {helper.LONGEST_REPORT} s after the first" in TEXT
    assert f"the newest {helper.MOST_LINES:,} at most and {helper.LONGEST_LINE >> 10} KiB each" in TEXT
