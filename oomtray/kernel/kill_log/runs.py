"""Lines of a report that need no look of their own: rows of its table, and those that say nothing of a kill, many at once.

A pattern knows a prefix by its length and its end, as the lines of one report all have the same form.
"""

from __future__ import annotations

import re

_ROW = rb"\[ {0,12}[0-9]{1,10}\] {1,12}[0-9][ 0-9-]{0,160}[^\n#]{0,16}\n"
"""The kernel gives a process no name of more than 15 bytes, in which no word of a kill has room."""
_IDLE = b"|".join((
    rb"[a-z_0-9]+ [0-9]+",  # of memory.stat
    rb" (?:\[<[0-9a-f]+>\] )?(?:\? )?(?!mem_cgroup_o)[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[\w+\])?",  # of a call trace
    rb"[A-Z][A-Z0-9_]{1,7}: [0-9a-fA-FxRSPGLOI_: ]*",  # registers
    rb"(?:Node [0-9]+)?(?: ?(?!slab_unreclaimable)[a-z_]+(?:\([a-z]+\))?:[0-9]+(?:kB)?)+(?: all_unreclaimable\? [a-z]+)?",
    rb"CPU +[0-9]+: hi: +[0-9]+, btch: +[0-9]+ usd: +[0-9]+",
    rb"lowmem_reserve\[\]:[ 0-9]*",
    rb"[0-9]+ (?:total pagecache pages|pages (?:in swap cache|HighMem/MovableOnly|hwpoisoned|shared|non-shared|cma reserved))",
    rb"Node [0-9]+ \w+ per-cpu:",
    rb" </?(?:TASK|IRQ)>",
    rb"Call Trace:|Mem-Info:|Tasks state \(memory values in pages\):",
    rb"Code: (?:[0-9a-f<> ]+|Unable to access opcode bytes at 0x[0-9a-f]+\.)",
    rb"Swap cache stats: add [0-9]+, delete [0-9]+, find [0-9]+/[0-9]+",
    rb"(?: [0-9a-f]{8,16}){1,8}",  # of the stack
))  # fmt: skip
"""What `report` takes nothing from, and no other killer writes."""
_LONGEST_PREFIX = 200
_MOST = 512
"""Patterns that are kept: a log has one or two forms."""

_patterns: dict[tuple[int, bytes], tuple[re.Pattern[bytes], re.Pattern[bytes]]] = {}


def patterns(prefix: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]] | None:
    """Rows, and idle lines, that come after a prefix like this one; None where there is no telling."""
    length, end = len(prefix), prefix[-2:]
    found = _patterns.get((length, end))
    if found is not None:
        return found
    if length == 1 or length > _LONGEST_PREFIX or len(_patterns) >= _MOST:
        return None
    before = b"[^\\n]{%d}%s" % (length - 2, re.escape(end)) if length else b""
    found = (
        re.compile(b"(?:%s%s)+" % (before, _ROW)),
        re.compile(b"(?:%s(?:%s)\\n)+" % (before, _IDLE)),
    )
    _patterns[length, end] = found
    return found
