"""Tell the kernel's own words from those that somebody quotes, or tells of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.lines import Line

_SIGNS = ('"', "'", "`")
_QUOTES = (*_SIGNS, "msg=")
_IN_A_SENTENCE = re.compile(r"(?:^|.*\s)[A-Za-z]+,? (?!(?:kernel|klogd|vmunix|kern):?\s*$)(?:[a-z]{2,}|a):?\s*$")
"""Two words right before the kernel's, whose own line begins behind a sign or the name of a program."""
_SENTENCE = 200
"""How many characters are searched for those."""


def is_quotation(line: Line, head: re.Match[str]) -> bool:
    """Whether somebody quotes a report's first line; a process may have a quote mark at the beginning of its name, too."""
    name = head[1].lstrip()
    if not name.startswith(_QUOTES):
        return False
    sign = name[0]
    if sign not in _SIGNS or sign in line.text[head.end(1) :]:
        return True
    return name.count(sign) == 1 and not line.prefixed  # the quotation's end was cut off


def is_quoted(text: str, at: int) -> bool:
    """Whether a quote mark stands before `at`."""
    return at > 0 and any(quote in text[:at] for quote in _QUOTES)


def is_told(text: str, at: int) -> bool:
    """Whether what begins at `at` is told by somebody: it is quoted, or stands in a sentence."""
    return is_quoted(text, at) or (at > 0 and _IN_A_SENTENCE.match(text[max(at - _SENTENCE, 0) : at]) is not None)
