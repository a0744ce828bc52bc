"""Parse Android's logcat lines, and what vendors add to the kernel's own stamp.

Source: system/logging/liblog/logprint.cpp.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LOGCAT = re.compile(
    r"(?P<date>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}(?: [+-]\d{4})?| {0,8}\d{9,11}\.\d{3,9})?"
    r"(?:(?: +\w{1,32})? +\d{1,10} +\d{1,10} [VDIWEFS] (?P<tag>[^\s:][^:\n]{0,22}?) *: | ?[VDIWEFS]/(?P<other>[^\s:(][^:(\n]{0,22}?) *(?:\( *\d{1,10}\))?: )"
)
_ON_CPU = re.compile(
    r" ?(?:\[\d{1,3}: {0,16}[^\]\n]{0,16}?: {0,8}(\d{1,10})\] ?|c\d{1,3} {1,8}(\d{1,10}) |(?:<\d>\.)?\(\d{1,3}\)\[(\d{1,10}):[^\]\n]{0,16}\]|\(\{\d{1,3}\}\[(\d{1,10}):[^\]\n]{0,16}\]\) ?)"
)
"""CPU and task as written by Samsung, by others, and by MediaTek or Qualcomm."""


class Logged(NamedTuple):
    end: int
    """Where the message begins."""
    tag: str
    date: str | None


def of_logcat(text: str, at: int) -> Logged | None:
    """Parse the prefix of a line in the formats threadtime, time, brief and tag."""
    found = _LOGCAT.match(text, at)
    if found is None:
        return None
    return Logged(found.end(), found["tag"] or found["other"], found["date"])


def of_cpu(text: str, at: int) -> tuple[int, str | None]:
    """Return where the message begins after a CPU prefix, if any, and the task in the form of a caller."""
    found = _ON_CPU.match(text, at)
    if found is None:
        return at, None
    return found.end(), f"T{found[1] or found[2] or found[3] or found[4]}"
