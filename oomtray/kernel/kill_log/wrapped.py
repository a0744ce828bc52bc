"""Join lines that a terminal or a mail program has wrapped.

In a log whose lines all begin with their time, a line without one continues the line before. A terminal
breaks at its width and within words, a mail program between words, dropping the blank.
"""

from __future__ import annotations

import re

TIMED = re.compile(
    rb"\x22?(?:> ?){0,8}(?:<\d{1,3}>(?:1 )?)?(?:\[ {0,12}[+<]? {0,12}\d{1,10}\.\d|\[[^\]\n]{0,40}\d\d:\d\d"
    rb"|(?:[A-Z][a-z]{2} |\d{4} )?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d[ .]|(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d-\d\d \d\d:\d\d:\d\d\.\d|\d{10}\.\d{6} "
    rb"|\(XEN\) |\*\* \d{1,9} printk |\[(?: {2}OK {2}|FAILED|DEPEND)\] )"
    rb"|(?:> ?){0,8}(?:[\w.-]{1,64}: )?(?:kern|user|daemon)\s{0,4}:\s{0,8}\w{1,7}\s{0,4}: (?:\[|\d{4}-)"
)
_QUOTE = re.compile(rb"(?:> ?){1,8}")
_INDENT = (b"  ", b"\t")
ALIKE = 6
"""How many bytes are compared with the line before: most lines begin alike, and then are no continuation."""
_NARROWEST = 40
"""Least columns of a wrapped line."""
_TERMINALS = frozenset({80, 100, 120, 132, 160, 200})
"""Common widths of terminals."""
_MOSTLY = 0.7
_MOST_PARTS, _LOOKED_AT, _LATELY = 40, 64, 1000
_LONGEST_PART = 4096
_AROUND = 8192
"""How many bytes before and after a line are used to estimate the line width."""
_NEAR = 2048
"""How many of them are looked at first."""


class Unwrapper:
    def __init__(self) -> None:
        self._within_words: bool | None = None
        self._since = _LATELY
        """Lines since the last wrapped one."""
        self._width = 0
        """Width of the lines around the last place checked, without their last word."""
        self._data, self._place = b"", -1
        """The data and the place for which `_width` holds."""

    def state(self) -> object:
        """Part of `Reading.state`."""
        return self._within_words, min(self._since, _LATELY)

    def passed(self, lines: int) -> None:
        """Count `lines` lines that were consumed without a check."""
        self._since += lines

    def is_broken(self, line: bytes, data: bytes, at: int, *, anywhere: bool = False) -> bool:
        """Whether the text at `at` continues the line, in a log that recently had wrapped lines, or `anywhere`."""
        if (self._since >= _LATELY and not anywhere) or data[at : at + ALIKE] == line[:ALIKE]:
            return False
        part = data[at : _end(data, at)]
        return TIMED.match(line) is not None and _goes_on(line, part) and self._is_full(line, part, data, at)

    def joined(self, line: bytes, data: bytes, at: int) -> tuple[bytes, int]:
        """Join a line with its continuations at `at`; return it and where the next line begins."""
        if not TIMED.match(line):
            return line, at
        last = line
        for _ in range(_MOST_PARTS):
            stop = _end(data, at)
            part = data[at:stop]
            if not _goes_on(last, part) or not self._is_full(last, part, data, at):
                break
            if self._within_words is None:
                self._within_words = _within_words(last, data, at)
            self._since, last = 0, part
            quote = _QUOTE.match(part)
            part = part[quote.end() :] if quote else part
            if part.startswith(_INDENT):  # somebody has lined it up
                line, part = line.rstrip(b" "), b" " + part.lstrip(b" \t")
            gap = b"" if self._within_words or line.endswith((b" ", b"-")) or part.startswith(b" ") else b" "
            line, at = line + gap + part, stop + 1
        return line, at

    def _is_full(self, line: bytes, part: bytes, data: bytes, at: int) -> bool:
        """Whether the line had no room for the next word, judged by the longest lines around it."""
        place = at // _AROUND
        needed = len(line) + 1 + len(part.lstrip(b"> \t").partition(b" ")[0])
        if data is not self._data or place != self._place:
            if _width(data[data.find(b"\n", max(at - _NEAR, 0)) + 1 : at]) >= needed:
                return False  # mostly so, and then the others needn't be looked at
            begin = place * _AROUND
            self._data, self._place = data, place
            self._width = _width(data[max(begin - _AROUND, 0) : begin + 2 * _AROUND])
        return needed > self._width


def _width(block: bytes) -> int:
    """Return how long the longest line with a time is without its last word."""
    longest = 0
    for line in block.split(b"\n"):
        if len(line) > longest and (width := line.rstrip().rfind(b" ")) > longest and TIMED.match(line):
            longest = width
    return longest


def begin(data: bytes, line: int, earliest: int) -> int:
    """Return where the wrapped line starts that the line at `line` belongs to."""
    before = data.rfind(b"\n", earliest, max(line - 1, earliest)) + 1 or earliest
    if before < line and not TIMED.match(data, line) and TIMED.match(data, before) and _goes_on(data[before : line - 1], data[line : _end(data, line)]):
        return before
    return line


def _end(data: bytes, at: int) -> int:
    stop = data.find(b"\n", at)
    return len(data) if stop < 0 else stop


def _goes_on(line: bytes, following: bytes) -> bool:
    long = len(line) >= _NARROWEST or line.rstrip().endswith((b"]", b":"))  # or its date is followed by a long word
    return long and len(following) <= _LONGEST_PART and bool(following.strip(b" >\t")) and not TIMED.match(following)


def _within_words(line: bytes, data: bytes, at: int) -> bool:
    """Whether the wrapped lines have one length."""
    lengths = [len(line.decode("utf-8", "replace"))]
    last = line
    for _ in range(_LOOKED_AT):
        stop = _end(data, at)
        part = data[at:stop]
        if _goes_on(last, part) and last is not line:
            lengths.append(len(last.decode("utf-8", "replace")))
        last, at = part, stop + 1
        if at >= len(data):
            break
    same = max(map(lengths.count, lengths))
    return lengths[0] in _TERMINALS if len(lengths) == 1 else same >= _MOSTLY * len(lengths)
