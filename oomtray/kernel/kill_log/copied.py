"""Remove what copying leaves in a log: marks of a terminal or web page, quotes around lines, classic Mac line ends.

Android's format with a line of its own before each message is undone here, too.

This is detected once from the beginning of a log, as most have none of it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.android import LONG, in_short

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[bytes], bytes]

_ESCAPES = re.compile(rb"(?:\^\[|ESC)\[[\d;:]{0,32}[A-Za-z]|\[\d{1,3}(?:[;:]\d{1,3}){0,8}m")
_ENDS_COLOR = (b"[0m", b"^[[m", b"ESC[m")
_MARKUP = (
    b"&lt;", b"&gt;", b"&quot;", b"&nbsp;", b"&#", b"<br", b"<BR", b"<pre", b"</pre", b"</span", b"</div", b"<p>", b"</td", b"<code"
)  # fmt: skip
_BREAKS = re.compile(rb"<br ?/?>\n?|</(?:p|div|tr|li)>\n?", re.IGNORECASE)
_CELLS = re.compile(rb"</t[dh]>(?=<t[dh])", re.IGNORECASE)
_TAGS = re.compile(rb"</?(?:a|b|code|div|em|font|html|body|i|li|mark|ol|p|pre|span|strong|table|tbody|td|th|tr|tt|ul)(?: [^<>\n]{0,400})?>", re.IGNORECASE)
_ENTITIES = re.compile(rb"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});")
_HARD_BLANK, _NO_WIDTH = b"\xc2\xa0", b"\xe2\x80\x8b"
_ITEM = re.compile(rb"^[ \t]*(?:- )?(?:\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\n]|'')*)'),?[ \t]*$", re.MULTILINE)
_FIRST_ITEM = re.compile(rb"\n[ \t]*(?:- )?[\"'](?:\[|<\d|[A-Z][a-z]{2} [ \d]\d \d\d:|\d{4}-\d\d-\d\d)")
_OF_A_MAIL, _OF_NONE = (b"gfp_mask=3D", b"constraint=3D"), (b"gfp_mask=0", b"constraint=C")
"""Signs that a saved mail has all its text quoted-printable (RFC 2045), and signs of other text."""
_ENCODED = re.compile(rb"=(?:\n|([0-9A-F]{2}))")
_PADDING = re.compile(rb"(?<![ \t])[ \t]++$", re.MULTILINE)
_TICKS = re.compile(rb"^`(.*)`$", re.MULTILINE)
_MARK = re.compile(rb"[ \t]{0,8}(?:[+*#:-]|//|E(?= {3})|[\w.-]{1,64} \(remote-exec\):|(?:[\w.-]{1,64} *+)?(?:\||\xe2\x94\x82))(?=[ \t]|[^+*#|:/-])")
"""Before each line of a comment, a difference, a table, a test's or a container's output."""
_ENDS = re.compile(rb"\$$", re.MULTILINE)
_JOINED = re.compile(
    rb"(?<=\S)(?<!kernel:) +(?=\[ {0,12}\d{1,10}\.\d{6}\] |\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d \d{4}\] |[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d \S{1,64} kernel: )"
)
"""Between the lines of a log whose ends of lines are lost."""
_LONG = 200
"""Bytes of a line from which it may be several."""
_LOOKED_AT = 1 << 16
"""How many bytes are examined."""
_MOSTLY = 0.7
"""Share of lines with padding: a terminal pads shorter lines to its width."""
_FEWEST = 4
"""Least lines to judge all lines by."""


def breaks_by_cr(first: bytes) -> bool:
    """Whether lines end with a carriage return only, as on classic Mac OS."""
    return b"\r" in first and b"\n" not in first


def mend(first: bytes) -> Mend | None:
    """Return a function that restores whole lines of the log; None if it has no traces of copying.

    `first` is the beginning of the log.
    """
    first = first[:_LOOKED_AT]
    steps = [*_of_a_mail(first), *_of_the_web(first), *_of_a_terminal(first), *_around_lines(first)]
    if not steps:
        return None

    def mended(data: bytes) -> bytes:
        for step in steps:
            data = step(data)
        return data

    return mended


def _of_a_mail(first: bytes) -> list[Mend]:
    if not any(sign in first for sign in _OF_A_MAIL) or any(sign in first for sign in _OF_NONE):
        return []
    return [lambda data: _ENCODED.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"", data)]


def _of_the_web(first: bytes) -> list[Mend]:
    steps: list[Mend] = []
    if any(sign in first for sign in _MARKUP):
        steps.append(lambda data: _ENTITIES.sub(_sign, _TAGS.sub(b"", _CELLS.sub(b" ", _BREAKS.sub(b"\n", data)))))
    if _HARD_BLANK in first or _NO_WIDTH in first or steps:
        steps.append(lambda data: data.replace(_HARD_BLANK, b" ").replace(_NO_WIDTH, b""))
    return steps


def _of_a_terminal(first: bytes) -> list[Mend]:
    return [lambda data: _ESCAPES.sub(b"", data)] if any(sign in first for sign in _ENDS_COLOR) else []


def _around_lines(first: bytes) -> list[Mend]:
    steps: list[Mend] = []
    lines = [line for line in first.replace(b"\r", b"").split(b"\n")[:-1] if line]
    if len(lines) >= _FEWEST:
        mark = _MARK.match(lines[0])
        if mark is not None and all(line.startswith(mark[0]) for line in lines):
            each, end = re.compile(rb"^" + re.escape(mark[0]) + rb"[ \t]?", re.MULTILINE), mark[0].strip()
            steps.append(lambda data: each.sub(b"", data))
            if all(line.rstrip().endswith(b" " + end) for line in lines):
                rest = re.compile(rb"(?<![ \t])[ \t]*+" + re.escape(end) + rb"[ \t]*$", re.MULTILINE)
                steps.append(lambda data: rest.sub(b"", data))
        if all(line.startswith(b"`") and line.endswith(b"`") for line in lines):
            steps.append(lambda data: _TICKS.sub(rb"\1", data))
        if all(line.endswith(b"$") for line in lines):
            steps.append(lambda data: _ENDS.sub(b"", data))
        elif sum(line.endswith((b" ", b"\t")) for line in lines) > _MOSTLY * len(lines):
            steps.append(lambda data: _PADDING.sub(b"", data))
    if any(len(line) > _LONG and len(_JOINED.findall(line)) + 1 >= _FEWEST for line in first.split(b"\n")):
        steps.append(lambda data: _JOINED.sub(b"\n", data))
    if LONG.search(first):
        steps.append(lambda data: LONG.sub(in_short, data))
    if _FIRST_ITEM.search(b"\n" + first):
        steps.append(lambda data: _ITEM.sub(_content, data))
    return steps


def _sign(found: re.Match[bytes]) -> bytes:
    return unescape(found[0].decode()).encode("utf-8", "replace")


def _content(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return re.sub(rb"\\([\"\\])", rb"\1", found[1])
    return found[2].replace(b"''", b"'")
