"""A moment as an argument: seconds since 1970, or ISO 8601."""

from __future__ import annotations

import argparse
import math

from oomtray.messages.i18n import tr


def moment(text: str) -> float:
    """The type of `--since`, in seconds since 1970. ISO 8601 without a zone is local time; a day alone begins at midnight."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = _iso(text)
    if not math.isfinite(seconds):
        raise argparse.ArgumentTypeError(
            tr("{value} is neither seconds since 1970 nor a time such as 2026-11-27T14:30", value=repr(text))
        )
    return seconds


def _iso(text: str) -> float:
    """NaN where it is none."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return math.nan
