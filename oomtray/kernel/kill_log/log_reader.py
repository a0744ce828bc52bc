"""A log's lines as they are needed: those that may begin a report, or all of them while one is open."""

from __future__ import annotations

from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, BinaryIO, Literal

from oomtray.kernel.kill_log.dates import Dates
from oomtray.kernel.kill_log.entries import entry_at
from oomtray.kernel.kill_log.json_runs import from_one, json_patterns, messages
from oomtray.kernel.kill_log.lines import decoded, from_json, parse, shown
from oomtray.kernel.kill_log.runs import patterns
from oomtray.kernel.kill_log.wrapped import ALIKE, Unwrapper, begin

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Callable, Iterable, Iterator

    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.kill_log.runs import Patterns

_CHUNK = 1 << 20
_LONGEST = 1 << 16
"""Bytes of a line; what is longer is cut."""
_SHORT, _FAR = 1 << 12, 1 << 20
"""Bytes that are looked through at once, at least and at most."""
_NEEDLES = (
    b"oom-kill", b"ut of memory", b"illed process", b"oom_reaper", b"oomd", b"oom.group", b"OOM", b"locked on memory",
    b"illing process", b" SIG", b", badness",
)  # fmt: skip
"""One of these stands in every line that begins or ends a report; the rest is skipped while no report is open."""
_OF_SIGNALS = (b"exited after", b"not exit", b"kill failed", b"ictim ", b"VmRSS", b"dryrun")
"""One of these stands in what earlyoom and nohang log after a line that has one of those above."""
_OF_SHARERS = b"sharing same memory"
_OF_JSON = (b'MESSAGE":[', b'MESSAGE" : [', b'MESSAGE": [')
"""A message as numbers of bytes, which may be any."""
_JSON_BEGINS = (b"{", b"[", b",", b"\x1e", b"d")
"""Of a line with an object: alone, in a list, as a sequence (RFC 7464), or after `data: ` (server-sent events)."""


class LogReader:
    """Hand out the lines of a log: all of them while `everything` is set, else those that may begin a report.

    `now` (seconds since 1970) gives the year to dates that lack one.
    """

    def __init__(self, stream: BinaryIO, now: float) -> None:
        self.everything = False
        self._needles: dict[bytes, int] = dict.fromkeys(_NEEDLES, -1)
        """Where each stands next in the data, at the earliest."""
        self._unwrapper = Unwrapper()
        self._stream = stream
        self._dates = Dates(now)
        self._data = b""
        """Whole lines."""
        self._at = 0
        """Where the next of them begins."""
        self._line: Line | None = None
        """The last one; None where it has no form that another one could share."""
        self._raw = b""
        self._is_json = False
        self._prefix = b""
        """Of the line before a run."""
        self._trusted = _SHORT

    def expect_signals(self) -> None:
        """From here on what becomes of a signal that a killer has sent is handed out too."""
        if _OF_SIGNALS[0] not in self._needles:
            self._needles |= dict.fromkeys(_OF_SIGNALS, -1)

    def expect_sharers(self) -> None:
        """From here on those are handed out that die because they share the memory of a victim, as before Linux 5.0."""
        self._needles.setdefault(_OF_SHARERS, -1)

    def run(self, kind: Literal["rows", "body"], fits: Callable[[Line], bool]) -> list[str]:
        """The messages of those lines that follow the last one in its form, which then aren't handed out.

        `fits`: whether a line belongs to the same report.
        """
        line = self._line
        found = None if line is None else self._patterns(line)
        if line is None or found is None or self._unwrapper.lately():
            return []
        pattern = found.rows if kind == "rows" else found.body
        run = pattern.match(self._data, self._at, self._at + self._trusted)
        if run is None:
            return []
        block = run[0]
        if not self._from_one(block, line, fits):
            self._trusted = _SHORT
            return []
        self._trusted = min(self._trusted * 2, _FAR)
        self._at = run.end()
        if self._is_json:
            return messages(block)
        width = len(self._prefix)
        if block.isascii() and b"\\" not in block:
            return [text[width:] for text in block[:-1].decode().split("\n")]
        return [parse(decoded(text), self._dates).text for text in block[:-1].split(b"\n")]

    def _patterns(self, line: Line) -> Patterns | None:
        if self._is_json:
            return json_patterns()
        message = len(line.text) if line.text.isascii() else len(line.text.encode("utf-8", "surrogatepass"))
        self._prefix = self._raw[: max(len(self._raw) - message, 0)]
        return patterns(self._prefix)

    def _from_one(self, block: bytes, line: Line, fits: Callable[[Line], bool]) -> bool:
        """Whether the lines of a block come from where this line does."""
        raw = block[block.rfind(b"\n", 0, -1) + 1 : -1]
        host, tag, caller = line.host, line.tag, line.caller
        if self._is_json:
            entry = from_json(raw)
            return entry is not None and entry[1:3] == line[1:3] and fits(entry) and from_one(self._raw, block)
        logged_by = f"{host} {tag}".encode() if host else (tag or "").encode()
        if logged_by in self._prefix:
            if logged_by and block.count(logged_by) < block.count(b"\n"):
                return False
        elif host:
            return False
        if caller is not None and block.count(caller.encode() + b"]") < block.count(b"\n"):
            return False
        last = parse(decoded(raw), self._dates)
        return (last.tag, last.host, last.caller) == (tag, host, caller) and fits(last)

    def __iter__(self) -> Iterator[Line]:
        for _ in self._chunks():
            while self._at < len(self._data) and (self.everything or self._seek()):
                data, at = self._data, self._at
                stop = data.find(b"\n", at)
                stop = len(data) if stop < 0 else stop
                raw, self._at = data[at : min(stop, at + _LONGEST)], stop + 1
                if data[self._at : self._at + ALIKE] != raw[:ALIKE]:
                    raw, self._at = self._unwrapper.joined(raw, data, self._at)
                entry = entry_at(data, at, self._dates) if raw[:1] in b" \tM" and b"MESSAGE" in raw[:24] else None
                if entry is None:
                    yield from self._parsed(raw)
                else:
                    self._line = None
                    yield from [entry._replace(text=text) for text in entry.text.split("\n")]

    def _parsed(self, raw: bytes) -> Iterable[Line]:
        self._line = None
        if raw[:1] in _JSON_BEGINS and b"{" in raw[:8]:
            line = from_json(raw[raw.index(b"{") :].rstrip(b" ,]"))
            if line is None:
                return ()
            if "\n" not in line.text:
                self._line, self._raw, self._is_json = line, raw, True
                return (line,)
            return [line._replace(text=text) for text in line.text.split("\n")]
        text = decoded(raw)
        if "#012" in text:
            return [parse(part, self._dates) for part in text.split("#012")]
        line = parse(text, self._dates)
        if text.endswith(line.text):
            self._line, self._raw, self._is_json = line, raw, False
        return (line,)

    def _chunks(self) -> Iterator[None]:
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
                self._needles |= dict.fromkeys(_OF_JSON, -1)
            end = data.rfind(b"\n") + 1 if chunk else len(data)
            if chunk and not end and len(data) < _LONGEST:
                rest = data
                continue
            end = end or len(data)
            self._data, self._at, rest = shown(data[:end]), 0, data[end:]
            for needle in self._needles:
                self._needles[needle] = -1
            yield
            if not chunk:
                return

    def _seek(self) -> bool:
        """Go on to the next line with one of the needles; whether there is one."""
        data, at = self._data, self._at
        end = nearest = len(data)
        for needle, place in self._needles.items():
            if place < at:
                found = data.find(needle, at, nearest)
                place = nearest if found < 0 else found  # noqa: PLW2901
                self._needles[needle] = place
            nearest = min(nearest, place)
        if nearest >= end:
            return False
        self._at = begin(data, data.rfind(b"\n", at, nearest) + 1 or at, at)
        return True
