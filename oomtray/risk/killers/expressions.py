"""Regular expressions of killers for names and paths: POSIX extended ones, and Python's own."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 4096
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "word": r"\w",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")
_PART = re.compile(r"\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]])*\]|.", re.DOTALL)
_GNU = re.compile(r"\\[<>]")


@lru_cache(maxsize=64)
def posix(pattern: str) -> re.Pattern[str] | None:
    """Compile a POSIX extended regular expression (regex(7)); None if it can't be translated."""
    translated = _CLASS.sub(lambda found: _CLASSES.get(found[1], found[0]), pattern)
    return python(_GNU.sub(r"\\b", translated))


@lru_cache(maxsize=256)
def python(pattern: str) -> re.Pattern[str] | None:
    """Compile a Python regular expression; None if it is invalid, far too long, or could take forever."""
    if len(pattern) > _LONGEST or _repeats_choices(pattern):
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def _repeats_choices(pattern: str) -> bool:
    """Whether it repeats a group that can match the same text in several ways, which takes exponential time.

    Nothing interrupts a search, and any program of the user's, also a confined one, can pose as a killer.
    """
    groups, inner, before = [False], False, ""
    for part in _PART.findall(pattern):
        if part == "(":
            groups.append(False)
        elif part == ")":
            inner = groups.pop() if len(groups) > 1 else False
            groups[-1] |= inner
        elif part in "|*+?{" and before != "(":  # behind it, ? begins an extension
            if before == ")" and inner and part in "*+{":
                return True
            groups[-1] = True
        before = part
    return False


@lru_cache(maxsize=4096)
def found(pattern: re.Pattern[str], text: str) -> bool:
    """Search for the pattern in the text; cached, because names repeat from scan to scan."""
    return pattern.search(text) is not None
