"""The kernel's own way from badness to /proc/PID/oom_score, which the program only ever goes back.

Source: fs/proc/base.c (`proc_oom_score`).
"""

from __future__ import annotations

from oomtray.kernel.snapshot import ScoreScale


def shown_score(points: int, total: int, scale: ScoreScale) -> int:
    """Compute what /proc/PID/oom_score reads for an eligible process of this badness; all others read 0.

    C divides towards zero, so a negative badness rounds up.
    """
    if not total:
        return 0
    per_mille = _towards_zero(points * 1000, total)
    return _towards_zero((1000 + per_mille) * 2, 3) if scale == "shifted" else per_mille


def _towards_zero(dividend: int, divisor: int) -> int:
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient
