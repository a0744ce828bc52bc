"""Patterns of report lines that need no parsing of their own: rows of the table, and lines of the body.

These have no room for text that begins or ends a report, or that another killer writes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

ROW = rb"\[ {0,12}+[0-9]{1,10}+\] {1,12}+[0-9][ 0-9-]{0,160}+[^\n#\x22\x5c]{0,16}+"
"""Process names have at most 15 bytes. #012 is a line break in syslog."""
_COUNTERS = rb"(?>[ a-z_()]++: ?[0-9]++[kKB]*+)++(?: all_unreclaimable\? [a-z]+)?"
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
NUMBERS = b"0123456789abcdef -"
"""Digits, also hexadecimal ones, and what stands between numbers: removed from a line to get its form."""
_WORDS = (
    b"oom", b"OOM", b"omm: ", b"ill", b"Marked", b"process", b"cpuset=", b"CPU", b"not syncing", b"Call Trace", b"Tasks", b"Hardware", b"Mem-Info",
    b"emory", b"DMA", b"Normal", b"HighMem", b"Movable", b"Device", b"free:1 free_", b"swap", b"pages", b"slab_unre", b"shmem:", b"usage", b"cgroup", b"*",
    b"dryrun", b"ictim", b"SIG", b"RSS", b"badness", b"Success", b"on behalf of", b'"', b"\\", b"{", b"#012",
)  # fmt: skip
"""Every line has one that belongs to a report or that another killer writes, or that may hide more."""
RELATED = re.compile(b"|".join((rb"\[\s*(?:pi)?\s*\]", *(re.escape(word.translate(None, NUMBERS)) for word in _WORDS))))
"""Finds them in a line's form, and a table's header or row."""
_FROM = re.compile(rb'"(?:_HOSTNAME|_TRANSPORT|SYSLOG_IDENTIFIER|_COMM)" ?: ?"[^"\\\n]*"')
_KEY = b'"MESSAGE"'


class Patterns(NamedTuple):
    rows: re.Pattern[bytes]
    body: re.Pattern[bytes]


@cache
def patterns() -> Patterns:
    return Patterns(re.compile(ROW), re.compile(BODY))


@cache
def json_patterns() -> Patterns:
    """Return patterns of whole entries, with one message each."""
    rows, body = (re.compile(rb'\{(?>[^\n]*?"MESSAGE" ?: ?")(?:' + text + rb')"[^\n]*\}') for text in (ROW, BODY))
    return Patterns(rows, body)


def from_one(entry: bytes, block: bytes) -> bool:
    """Whether a block has only whole entries, all with the host and program of `entry`."""
    count = block.count(b"\n")
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return block.count(_KEY) == count and all(block.count(part) == count for part in _FROM.findall(entry))


def message(entry: bytes) -> bytes:
    """Return the message of an entry that the patterns match."""
    begin = entry.index(b'"', entry.index(_KEY) + len(_KEY)) + 1
    return entry[begin : entry.index(b'"', begin)]
