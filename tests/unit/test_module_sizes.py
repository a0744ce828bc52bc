"""Specifies how long a module may be: one that grows beyond is two."""

from __future__ import annotations

import statistics
from pathlib import Path

CODE = Path(__file__).parents[2] / "oomtray"
MOST, MEDIAN = 400, 150
HELPER, HELPER_MOST = "helper/oomtray_helper.py", 600
"""It is installed alone, as one file."""

LINES = {str(file.relative_to(CODE)): len(file.read_text().splitlines()) for file in CODE.rglob("*.py")}


def test_no_module_is_longer_than_one_reads_at_once() -> None:
    assert HELPER in LINES
    assert {name: lines for name, lines in LINES.items() if lines > (HELPER_MOST if name == HELPER else MOST)} == {}


def test_most_are_short() -> None:
    assert statistics.median(LINES.values()) < MEDIAN
