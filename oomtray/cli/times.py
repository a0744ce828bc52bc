"""Parse a time argument: seconds since 1970, or ISO 8601."""

from __future__ import annotations

import argparse
import math
import re

from oomtray.cli import is_plain
from oomtray.messages.i18n import tr

_DAY_OR_YEAR = re.compile(r"(?:19|20)\d\d(?:[01]\d[0-3]\d)?", re.ASCII)
"""ISO 8601 without dashes, which nobody means as seconds in the year 1970."""
_LATEST = 1e11
"""A larger value was meant as milliseconds."""


def moment(text: str) -> float:
    """Parse the value of `--since` to seconds since 1970.

    ISO 8601 without a zone is local time; a day or a year alone begins at midnight.
    """
    text = text.strip()
    try:
        seconds = float(text) if is_plain(text) and not _DAY_OR_YEAR.fullmatch(text) else _iso(text)
    except ValueError:
        seconds = _iso(text)
    if not abs(seconds) < _LATEST:
        raise argparse.ArgumentTypeError(
            tr("{value} is neither seconds since 1970 nor a time such as 2026-11-27T14:30", value=repr(text))
        )
    return seconds


def _iso(text: str) -> float:
    """Parse ISO 8601; NaN if invalid."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(f"{text}0101" if len(text) == 4 else text).timestamp()
    except (ValueError, OverflowError, OSError):
        return math.nan
