"""Recognize what stands between a date and the kernel's own stamp, or a whole log line with a date of its own.

Containers, platforms and build servers put a date before each line that a program prints, and the program
may print a log.
"""

from __future__ import annotations

import re

_PLATFORM = re.compile(r"std(?:out|err) F |app\[[\w-]{1,40}\] [a-z]{3} \[[a-z]{4,7}\] ?")
"""By containerd and CRI-O, and by Fly.io."""
_LOGGED = re.compile(
    r"(?:\| |std(?:out|err) F |\d\d[OE]\+? |[\w.-]{1,64} ){0,4}?"
    r"(?=(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)\S{0,16}(?: [A-Z]{3,5})? [\w.-]{1,64} [A-Za-z_][\w.@/()-]{0,63}(?:\[\d{1,10}\])?: )"
)
"""What may stand between the date and a line of syslog or the journal: a container's or a stream's name."""
_FEWEST_COLONS = 3


def of_platform(text: str, at: int) -> int:
    """Return where the message begins after what a platform has put behind the date, else `at`."""
    found = _PLATFORM.match(text, at)
    return at if found is None else found.end()


def logged_at(text: str, at: int) -> int | None:
    """Return where the line of another log begins, if the rest is one."""
    if text.count(":", at, at + 200) < _FEWEST_COLONS:  # cheaper than the pattern
        return None
    found = _LOGGED.match(text, at)
    return None if found is None else found.end()
