"""Patterns of report lines that need no parsing of their own: rows of the table, and lines of the body.

A pattern identifies a prefix by its length and ending, as all lines of a report have the same form. These
lines have no room for text that begins or ends a report, or that another killer writes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

ROW = rb"\[ {0,12}+[0-9]{1,10}+\] {1,12}+[0-9][ 0-9-]{0,160}+[^\n#\x22\x5c]{0,16}+"
"""Process names have at most 15 bytes. #012 is a line break in syslog."""
_COUNTERS = rb"(?:[ a-z_()]++: ?[0-9]++[kKB]*+)++(?: all_unreclaimable\? [a-z]+)?"
"""What follows no unit begins the next name, so that a line has one reading only: with two for each number, a long line takes forever."""
_FREE_BLOCKS = rb"[0-9*kB()A-Z ]*= [0-9]+kB"
# each begins with what distinguishes it from most others
BODY = b"|".join((
    rb" (?:\[<[0-9a-f]+>\] )?(?:\? )?[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[\w+\])?",  # of a call trace
    rb"[ a-z]" + _COUNTERS,
    rb" {0,24}[a-z_][a-z_0-9]* [0-9]+",  # of memory.stat
    rb"Node [0-9]+ (?:[A-Z]\w+ (?=free:))?" + _COUNTERS,
    rb"Node [0-9]+ [A-Z]\w+: " + _FREE_BLOCKS,
    rb"Node [0-9]+ hugepages_total=[0-9]+(?: [a-z_]+=[0-9]+[kB]*)*",
    rb"[0-9]+ (?:total pagecache pages|reserved pages|pages (?:RAM|reserved|in swap cache|HighMem/MovableOnly|hwpoisoned|shared|non-shared|cma reserved))",
    rb"[A-Z][A-Z0-9_]{1,7}: [0-9a-fA-FxXRSPGLOI_: ]*",  # registers
    rb"Code: (?:[0-9a-f<> ]+|Unable to access opcode bytes at 0x[0-9a-f]+\.)",
    rb"CPU +[0-9]+: hi: +[0-9]+, btch: +[0-9]+ usd: +[0-9]+",
    rb"Call Trace:|Mem-Info:|Tasks state \(memory values in pages\):",
    rb" </?(?:TASK|IRQ)>",
    rb"lowmem_reserve\[\]:[ 0-9]*",
    rb"[FT](?:ree|otal) swap *= [0-9]+kB",
    rb"[msk][a-z+]+: usage [0-9]+kB, limit [0-9]+kB(?:, failcnt [0-9]+)?",
    rb"Hardware name: (?![^\n]*(?:[Kk]ill|oom|OOM|emory|SIG))[^\n\x22\x5c]{0,200}",
    rb"Workqueue: events moom_callback",
    rb"Swap cache stats: add [0-9]+, delete [0-9]+, find [0-9]+/[0-9]+",
    rb"(?: [0-9a-f]{8,16}){1,8}",  # of the stack
    rb"Node [0-9]+ \w+ per-cpu:",
    rb"[DNHM]\w+ free:[0-9]+kB" + _COUNTERS,
    rb"[DNHM]\w+: " + _FREE_BLOCKS,
    rb"hugepages_total=[0-9]+(?: [a-z_]+=[0-9]+[kB]*)*",
))  # fmt: skip
RELATED = re.compile(
    rb"oom|OOM|omm: |ill|process|pid|cpu|CPU|anic|Trace|Tasks|Hardware|Mem-Info|emory|free|swap|pages|slab|usage|cgroup|\*"
    rb"|due|dryrun|ictim|SIG|RSS|badness|Success|behalf|\[\s*\d+\]\s+\d|[\x22\x5c{]|#0"
)
"""What each line has that belongs to a report or that another killer writes, or that may hide more."""
_LONGEST_PREFIX = 200
_MOST = 512
"""Most patterns kept; a log has one or two forms."""


class Patterns(NamedTuple):
    """Patterns of whole lines."""

    rows: re.Pattern[bytes]
    body: re.Pattern[bytes]


_known: dict[tuple[int, bytes], Patterns] = {}


def patterns(prefix: bytes) -> Patterns | None:
    """Return the patterns for lines with a prefix like this one; None if that can't be decided."""
    length, end = len(prefix), prefix[-2:]
    found = _known.get((length, end))
    if found is None and length != 1 and length <= _LONGEST_PREFIX and len(_known) < _MOST:
        before = b"[^\\n]{%d}%s" % (length - 2, re.escape(end)) if length else b""
        found = Patterns(re.compile(before + ROW), re.compile(b"%s(?:%s)" % (before, BODY)))
        _known[length, end] = found
    return found
