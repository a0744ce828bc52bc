"""Regular expressions of killers, searched in names and paths: POSIX extended ones, and Python's own."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 4096
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "word": r"\w",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")
_GNU = re.compile(r"\\[<>]")


@lru_cache(maxsize=64)
def posix(pattern: str) -> re.Pattern[str] | None:
    """A POSIX extended regular expression (regex(7)); None where it can't be taken over."""
    translated = _CLASS.sub(lambda found: _CLASSES.get(found[1], found[0]), pattern)
    return python(_GNU.sub(r"\\b", translated))


@lru_cache(maxsize=256)
def python(pattern: str) -> re.Pattern[str] | None:
    """None where it is none, or far too long for one."""
    if len(pattern) > _LONGEST:
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


@lru_cache(maxsize=4096)
def found(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the pattern is anywhere in the text. Kept, because names repeat from scan to scan."""
    return pattern.search(text) is not None
