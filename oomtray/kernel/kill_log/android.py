"""Parse Android's logcat lines, and what vendors add to the kernel's own stamp.

Source: system/logging/liblog/logprint.cpp.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from oomtray.kernel.kill_log.facts import Killed

_LOGCAT = re.compile(
    r"(?P<date>(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}(?: [+-]\d{4})?| {0,8}\d{9,11}\.\d{3,9})?"
    r"(?:(?: +\w{1,32})? +(?P<pid>\d{1,10}) +\d{1,10} [VDIWEFS] (?P<tag>[^\s:][^:\n]{0,22}?)? *: | ?[VDIWEFS]/(?P<other>[^\s:(][^:(\n]{0,22}?) *(?:\( *\d{1,10}\))?: )"
)
LONG = re.compile(
    rb"^\[ ((?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}(?: [+-]\d{4})?) {1,8}(?:\w{1,32}: {0,8})?(\d{1,10}): {0,8}(\d{1,10}) ([VDIWEFS])/(.{0,64}?) {0,8}\]\r?\n((?:(?!\[ (?:\d{4}-)?\d\d-\d\d )[^\r\n][^\n]*(?:\n|\Z))*)",
    re.MULTILINE,
)
"""A message in the format long, behind a line of its own."""
_ON_CPU = re.compile(
    r" ?(?:[A-Z]?\[\d{1,3}: {0,16}[^\]\n]{0,16}?: {0,8}(\d{1,10})\] ?|\[pid:(\d{1,10}),cpu\d{1,3},[^\]\n]{1,32}\] ?|c\d{1,3} {1,8}(\d{1,10}) |(?:<\d>)?[.-]?\(\d{1,3}\)\[(\d{1,10}):[^\]\n]{0,16}\]|\[(\d{1,10}):[^\]\n]{1,16}\] ?|\(\{\d{1,3}\}\[(\d{1,10}):[^\]\n]{0,16}\]\) ?)"
)
"""CPU and task as written by Samsung, by Huawei, by others, by MediaTek, by Xiaomi, and by Qualcomm."""


_LMKD = re.compile(r"Kill '(.{0,400}?)' \((\d{1,10})\)(?:, uid (\d{1,10}))?, oom_(?:score_)?adj (-?\d{1,5}) to free (\d{1,12})kB")
_OWN_COLON = ("oom-kill", " free")
"""Ends of words that the kernel's message follows without a blank."""


class Logged(NamedTuple):
    end: int
    """Where the message begins."""
    tag: str | None
    date: str | None
    words: str
    """Beginning of the kernel's message, which logd takes for a tag (LogKlog.cpp); mostly empty."""


def of_logcat(text: str, at: int) -> Logged | None:
    """Parse the prefix of a line in the formats threadtime, time, brief and tag."""
    found = _LOGCAT.match(text, at)
    if found is None:
        return None
    tag, words = found["tag"] or found["other"], ""
    if found["pid"] == "0" and tag not in {None, "kernel"}:
        tag, words = "kernel", tag + (":" if tag.endswith(_OWN_COLON) else ": ")
    return Logged(found.end(), tag, found["date"], words)


def in_short(found: re.Match[bytes]) -> bytes:
    """Return the lines of such a message in the format threadtime."""
    date, pid, tid, level, tag, lines = found.groups()
    before = b"%s %5s %5s %s %s: " % (date, pid, tid, level, tag)
    return b"".join(before + line for line in lines.splitlines(keepends=True))


def of_lmkd(text: str) -> Killed | None:
    """Return whom Android's daemon has killed, which since Android 9 does what the kernel's lowmemorykiller did."""
    found = _LMKD.match(text)
    if found is None:
        return None
    uid = None if found[3] is None else int(found[3])
    return Killed(pid=int(found[2]), name=found[1], freed=int(found[5]) << 10, adj=int(found[4]), uid=uid)


def of_cpu(text: str, at: int) -> tuple[int, str | None]:
    """Return where the message begins after a CPU prefix, if any, and the task in the form of a caller."""
    found = _ON_CPU.match(text, at)
    if found is None:
        return at, None
    return found.end(), f"T{next(filter(None, found.groups()))}"
