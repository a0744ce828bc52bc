"""Lines of a log without what stands before the message: dmesg, syslog, journalctl, in any of their forms."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from oomtray.kernel.kill_log.dates import date_of

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Iterator

_CHUNK = 1 << 20
_LONGEST = 1 << 16
"""Bytes of a line; what is longer is cut."""
_NEEDLES = (
    b"oom-kill", b"oom_reaper", b"oomd", b"oom.group", b"OOM", b"ut of memory", b"locked on memory", b"illed process",
    b"illing process", b" SIG", b", badness",
)  # fmt: skip
"""One of these stands in every line that begins or ends a report; the rest is skipped while no report is open."""
_OF_SIGNALS = (b"exited after", b"not exit", b"kill failed", b"ictim ", b"VmRSS")
"""One of these stands in what earlyoom and nohang log after a line that has one of those above."""
_OF_JSON = (b'MESSAGE":[', b'MESSAGE" : [', b'MESSAGE": [')
"""A message as numbers of bytes, which may be any."""
_JSON_BEGINS = (b"{", b"[", b",", b"\x1e", b"d")
"""Of a line with an object: alone, in a list, as a sequence (RFC 7464), or after `data: ` (server-sent events)."""


class Line(NamedTuple):
    """A message and what was said before it."""

    text: str
    tag: str | None = None
    """Who logged it; None where that isn't told."""
    host: str | None = None
    time: float | None = None
    uptime: float | None = None
    caller: str | None = None
    """T123 or C0: the task or CPU that printed it (CONFIG_PRINTK_CALLER)."""
    prefixed: bool = False


class LogReader:
    """Hand out the lines of a log: all of them while `everything` is set, else those that may begin a report.

    `now` (seconds since 1970) gives the year to dates that lack one.
    """

    def __init__(self, stream: BinaryIO, now: float) -> None:
        self.everything = False
        self._needles: tuple[bytes, ...] = _NEEDLES
        self._stream = stream
        self._now = now

    def expect_signals(self) -> None:
        """From here on what becomes of a signal that a killer has sent is handed out too."""
        if _OF_SIGNALS[0] not in self._needles:
            self._needles += _OF_SIGNALS

    def __iter__(self) -> Iterator[Line]:
        for raw in self._raw():
            if raw[:1] in _JSON_BEGINS and b"{" in raw[:8]:
                line = _from_json(raw[raw.index(b"{") :].rstrip(b" ,]\r"))
                if line is not None:
                    yield from (line._replace(text=text) for text in line.text.split("\n"))
                continue
            for text in _decoded(raw).replace("#012", "\n").split("\n"):
                yield parse(text, self._now)

    def _raw(self) -> Iterator[bytes]:
        rest = b""
        exported = None
        decoder: IncrementalDecoder | None = None
        while True:
            chunk = self._stream.read(_CHUNK)
            if exported is None and chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
                decoder = getincrementaldecoder("utf-16")("replace")  # as Windows' shell saves what it prints
            if decoder is not None:
                chunk = decoder.decode(chunk, final=not chunk).encode("utf-8", "surrogatepass")
            if exported is None and chunk:
                exported = chunk.startswith((b"__CURSOR=", b"__REALTIME_TIMESTAMP="))
            data = rest + chunk
            if exported:
                self.everything = True
            if _OF_JSON[0] not in self._needles and data[:1] in _JSON_BEGINS and b"{" in data[:8]:
                self._needles += _OF_JSON
            end = data.rfind(b"\n") + 1 if chunk else len(data)
            if chunk and not end and len(data) < _LONGEST:
                rest = data
                continue
            end = end or len(data)
            yield from self._lines(data, end)
            rest = data[end:]
            if not chunk:
                return

    def _lines(self, data: bytes, end: int) -> Iterator[bytes]:
        at = 0
        found = dict.fromkeys(self._needles, -1)
        while at < end:
            if not self.everything:
                nearest = end
                if len(found) != len(self._needles):
                    found |= {needle: -1 for needle in self._needles if needle not in found}
                for needle, place in found.items():
                    if place < at:
                        place = data.find(needle, at, end)  # noqa: PLW2901
                        place = end if place < 0 else place  # noqa: PLW2901
                        found[needle] = place
                    nearest = min(nearest, place)
                if nearest >= end:
                    return
                at = data.rfind(b"\n", at, nearest) + 1 or at
            stop = data.find(b"\n", at, end)
            stop = end if stop < 0 else stop
            yield data[at : min(stop, at + _LONGEST)]
            at = stop + 1


_COLOR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def _decoded(raw: bytes) -> str:
    text = raw.decode("utf-8", "backslashreplace").rstrip("\r")
    if "\x00" in text:
        text = text.replace("\x00", "")
    if "\r" in text:
        text = text.replace("\r", "")
    return _COLOR.sub("", text) if "\x1b" in text else text


def _from_json(raw: bytes) -> Line | None:
    try:
        entry: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        return None
    message = entry.get("MESSAGE")
    if isinstance(message, list):
        if not all(type(one) is int and 0 <= one < 256 for one in message):
            return None
        message = _decoded(bytes(message))
    if not isinstance(message, str):
        return None
    tag = entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM")
    if entry.get("_TRANSPORT") == "kernel":
        tag = "kernel"
    host = entry.get("_HOSTNAME")
    return Line(
        message,
        tag if isinstance(tag, str) else None,
        host if isinstance(host, str) else None,
        _seconds(entry.get("__REALTIME_TIMESTAMP")),
        _seconds(entry.get("_SOURCE_MONOTONIC_TIMESTAMP") or entry.get("__MONOTONIC_TIMESTAMP")),
        None,
        prefixed=True,
    )


def _seconds(microseconds: object) -> float | None:
    text = str(microseconds)
    return int(text) / 1_000_000 if text.isascii() and text.isdigit() and len(text) < 20 else None


_FILE = re.compile(r"[\w./-]*(?:log|messages|syslog|dmesg|txt)[\w.-]*:(?:\d+:)?(?=\S)")
_LEVEL = re.compile(r"<\d{1,3}>\d?\s?|(?:kern|user|daemon|syslog|auth\w*)\s*:\s*\w+\s*:\s")
_LEVEL_BEGINS = frozenset("<kudsa")
_KMSG = re.compile(r"\d{1,4},\d{1,20},(\d{1,18}),[^;]{0,40};")
_STAMP = re.compile(r"\[\s{0,12}(\d{1,10}\.\d{3,9})(?: <[\s\d.]{1,24}>)?\](?:\s?\[\s{0,12}([TC]\d{1,9})\])?:?\s?")
_DATED = re.compile(
    r"\[([^\]\[]{0,40}\d{1,2}:\d\d(?::\d\d)?[^\]\[]{0,16})\]\s?|\[\s{0,8}[+<]\s{0,12}\d{1,9}\.\d+>?\]\s?"
)
_CLOCK = re.compile(
    r"((?:[^\[\]\"'{}=:]{0,32}[ T])?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|\s?[+-]\d\d:?\d\d)?(?: (?:[A-Z]{3,5}|[+-]\d\d))?(?: \d{4})?)"
    r":?\s"
)
_UNIX = re.compile(r"(\d{9,11}\.\d{3,6})\s")
_TAG = re.compile(
    r"(?:([\w.-]{1,64}) +)?(?:[a-z]+\.[a-z]+ )?([A-Za-z_][\w.@/()-]{0,63})(?:\[(\d{1,10})\])?(?:: ?| [|-] )"
)
_QUOTED = re.compile(r"(?:>\s?){1,8}(?=\S)")
_RFC5424 = re.compile(r"([\w.-]{1,255}) ([^\s:\[\]]{1,48}) (?:\d{1,10}|-) (?:[^\s:\[]{1,32}) (?:-|\[[^\]]{0,400}\])+ ?")
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2})+")
_PLAIN_TAG = re.compile(
    r"(?:([\w.-]{1,64}) +)?(kernel|systemd-oomd|earlyoom|nohang(?:-desktop)?|systemd|lowmemorykiller)(?:\[(\d{1,10})\])?(?::| \|)\s?"
)
_MESSAGE = re.compile(r"\s*\"MESSAGE\"\s*:\s*\"(.*)\",?\s*|\s*MESSAGE=(.*)")
_OF_THE_KERNEL = frozenset(
    {"oom_reaper", "oom-kill", "memory", "swap", "kmem", "CPU", "Pid", "Mem-Info", "Node", "sysrq", "SysRq", "Code", "RIP",
     "DMA", "DMA32", "Normal", "HighMem", "Movable", "Workqueue", "Trace", "name", "Info", "process", "victim", "status",
     "PID", "anon", "Victim"}
)  # fmt: skip
"""Words before a colon that are the message's own."""


def parse(text: str, now: float) -> Line:
    """One line of text: every prefix that is known is taken off in turn."""
    at, host, tag, time, uptime, caller = 0, None, None, None, None, None
    exported = _MESSAGE.fullmatch(text) if "MESSAGE" in text[:40] else None
    if exported:
        text = exported[1] or exported[2] or ""
    if text[:1] == ">":
        found = _QUOTED.match(text)
        at = found.end() if found else 0
    found = _FILE.match(text, at) if text[at : at + 1] != "[" else None
    at = found.end() if found else at
    begins = text[at : at + 1]
    if begins in _LEVEL_BEGINS:
        found = _LEVEL.match(text, at)
        at = found.end() if found else at
        begins = text[at : at + 1]
    found = _KMSG.match(text, at) if begins.isdigit() else None
    if found:
        return Line(_unescaped(text[found.end() :]), "kernel", None, None, int(found[1]) / 1_000_000, None, prefixed=True)
    found = _STAMP.match(text, at) if begins == "[" else None
    if found:
        at, uptime, caller = found.end(), float(found[1]), found[2]
    else:
        found = _DATED.match(text, at) or _CLOCK.match(text, at) or _UNIX.match(text, at)
        if found:
            at, time = found.end(), date_of(found[1] or "", now)
    tagged = _PLAIN_TAG.match(text, at) or (_RFC5424.match(text, at) if time is not None else None)
    if tagged is None and found is not None and found.re is not _STAMP and found.re is not _DATED:
        tagged = _TAG.match(text, at)
        if tagged and (tagged[2] in _OF_THE_KERNEL or "SIG" in tagged[0]):
            tagged = None
    if tagged:
        at, host, tag = tagged.end(), tagged[1], tagged[2]
        inner = _STAMP.match(text, at)
        if inner:
            at, uptime, caller = inner.end(), float(inner[1]), inner[2]
    return Line(text[at:], tag, host, time, uptime, caller, prefixed=at > 0)


def _unescaped(text: str) -> str:
    """/dev/kmsg writes bytes that aren't printable ASCII, and the backslash, as \\xNN (printk.c: msg_add_ext_text)."""
    if "\\x" not in text:
        return text
    return _BYTES.sub(lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "backslashreplace"), text)
