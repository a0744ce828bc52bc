"""Recognize what others put before log lines: a file name and number by grep, a number by cat and less, mail quotes.

Containers, platforms and build servers put a date before each line that a program prints, and the program
may print a log.
"""

from __future__ import annotations

import re

_DATE = (
    r"(?:[^\W\d]{2,4},? )?(?:(?:[^\W\d]{2,6}\.?|\d{1,2}월) {1,2}\d{1,2}|\d{4}-\d\d-\d\d)[T ]\d\d:\d\d:\d\d"
)
_OWN = rf"(?=<\d{{1,3}}>|(?:kern|user|daemon)\s{{0,4}}:\s{{0,8}}\w{{1,7}}\s{{0,4}}:|\[ {{0,12}}[+<]? {{0,12}}\d{{1,10}}\.\d|\[{_DATE}|{_DATE})"
"""Beginnings of a log's own line."""
_PUT_BEFORE = re.compile(
    r"(?!(?:19|20)\d\d [^\W\d])"  # a year
    r"(?>(?:[>|] ?){1,8}|\(XEN\) (?:\[[^\]]{1,40}\] )?(?:\(d\d{1,5}\) )?|\(d\d{1,5}\) |\[pod/[^\]\s]{1,250}\] )?+[ \t]{0,16}+(?>[-*+] {1,4})?+"
    r"()(?:(?:\.{0,2}/[^:\n]{1,200}?|[^\s:\"'\[\]{}]{1,200}?)(?:: ?|-))??"
    rf"(?:\d{{1,8}}(?:[:.)-]|(?=[\s|\u2502])))?[ \t]{{0,8}}+(?>[|\u2502][ \t]{{0,4}})?+{_OWN}"
)
_A_DATE = re.compile(r"\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]")
_NUMBERED = re.compile(r" {0,8}\d{1,8}\t")
_PLATFORM = re.compile(r"std(?:out|err) F |app\[[\w-]{1,40}\] [a-z]{3} \[[a-z]{4,7}\] ?")
"""By containerd and CRI-O, and by Fly.io."""
_LOGGED = re.compile(
    r"(?:\| |std(?:out|err) F |\d\d[OE]\+? |[\w.-]{1,64} ){0,4}?"
    r"(?=(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)\S{0,16}(?: [A-Z]{3,5})? [\w.-]{1,64} [A-Za-z_][\w.@/()-]{0,63}(?:\[\d{1,10}\])?: )"
)
"""What may stand between a date and a line of syslog or the journal: a container's or a stream's name."""
_FEWEST_COLONS = 3


def begin(text: str) -> int:
    """Return where the log's own line begins; 0 if nothing known precedes it."""
    if (text[:1] == "[" and text[:5] != "[pod/") or text[4:8:3] == "--" or text[8:12:3] == "--":
        return 0  # most lines begin with a stamp or a date
    # _OWN requires one of these, and searching for them is cheaper
    found = _PUT_BEFORE.match(text) if "[" in text or "<" in text or text.count(":") > 1 else None
    if found is not None and _A_DATE.search(text, found.start(1), found.end()) is None:
        return found.end()
    numbered = _NUMBERED.match(text) if "\t" in text[:16] else None
    return 0 if numbered is None else numbered.end()


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
