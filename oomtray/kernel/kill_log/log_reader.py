"""A log's lines as they are needed: those that may begin a report, or all of them while one is open."""

from __future__ import annotations

from codecs import getincrementaldecoder
from operator import itemgetter
from typing import TYPE_CHECKING, BinaryIO

from oomtray.kernel.kill_log.dates import Dates
from oomtray.kernel.kill_log.entries import entry_at
from oomtray.kernel.kill_log.forms import NUMBERS, TELLS, Ahead, Forms
from oomtray.kernel.kill_log.json_runs import from_one, json_patterns
from oomtray.kernel.kill_log.json_runs import message as message_of_entry
from oomtray.kernel.kill_log.lines import decoded, from_json, parse, shown
from oomtray.kernel.kill_log.packed import EXPORTED, UTF_16
from oomtray.kernel.kill_log.row_sieve import Sieved, pattern
from oomtray.kernel.kill_log.runs import patterns
from oomtray.kernel.kill_log.wrapped import ALIKE, Unwrapper, begin

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Callable, Iterable, Iterator

    from oomtray.kernel.kill_log.forms import Kinds
    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.kill_log.row_sieve import Sieve

CHUNK = 1 << 20
"""Bytes that a stream is asked for."""
_LONGEST = 1 << 16
"""Bytes of a line; what is longer is cut."""
_FEW, _FAR = 16, 1 << 12
"""Lines that are taken at once, at most: few at first, and after some that came from elsewhere."""
_MOST_FORMS = 512
"""Prefixes of which the forms are remembered: a log has one or two."""
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
        self._decoder: IncrementalDecoder | None = None
        self._at = 0
        """Where the next of them begins."""
        self._rest = b""
        """The beginning of a line behind them."""
        self._line: Line | None = None
        """The last one; None where it has no form that another one could share."""
        self._raw = b""
        self._is_json = False
        self._prefix = b""
        """Of the line before a run."""
        self._ahead = Ahead()
        self._known_forms: dict[tuple[bytes, int, bytes], Forms] = {}
        self._trusted = _FEW

    def expect_signals(self) -> None:
        """From here on what becomes of a signal that a killer has sent is handed out too."""
        if _OF_SIGNALS[0] not in self._needles:
            self._needles |= dict.fromkeys(_OF_SIGNALS, -1)

    def expect_sharers(self) -> None:
        """From here on those are handed out that die because they share the memory of a victim, as before Linux 5.0."""
        self._needles.setdefault(_OF_SHARERS, -1)

    def state(self) -> object:
        """As of `Reading`, while the stream is asked for more."""
        how = self._decoder is None, self._unwrapper.state(), self._dates.tongue, self._trusted
        return self.everything, sorted(self._needles), how, self._rest

    def rows(self, fits: Callable[[Line], bool]) -> list[bytes]:
        """The rows that follow the last line in its form, which then aren't handed out.

        `fits`: whether a line belongs to the same report.
        """
        forms = self._forms()
        if forms is None:
            return []
        lines, _ = self._run(forms, b"r", fits)
        return [*map(forms.message, lines)]

    def sieved(self, sieve: Sieve, fits: Callable[[Line], bool]) -> Sieved | None:
        """As `rows`, those that a sieve lets pass or keeps apart; None where there is none, or no telling."""
        line, data, begin = self._line, self._data, self._at
        if line is None or self._is_json or self._trusted < _FAR or self._forms() is None:
            return None
        match = pattern(sieve, len(self._prefix), self._prefix[-2:]).match
        large, end, found = [], begin, match(data, begin)
        while found is not None and found.end() > end:
            end = found.end()
            if found[1] is not None:
                large.append(found[1])
            found = match(data, end)
        if end == begin:
            return None
        block = data[begin:end]
        last = block[block.rfind(b"\n", 0, -1) + 1 : -1]
        if self._unwrapper.is_broken(last, data, end) or not self._are_alike(block) or not self._from_one(last, block, fits):
            self._trusted = _FEW
            return None
        self._at = end
        rows = Sieved(sieve, block, len(self._prefix), large)
        self._unwrapper.passed(rows.count)
        return rows

    def body(self, fits: Callable[[Line], bool]) -> tuple[list[str], int]:
        """As `rows`, those lines of a report's body that tell something, and how many there are with those that don't."""
        forms = self._forms()
        if forms is None:
            return [], 0
        lines, kinds = self._run(forms, b"tn", fits)
        telling = [line for line, kind in zip(lines, kinds, strict=True) if kind == TELLS[0]] if TELLS in kinds else []
        return [decoded(forms.message(line)) for line in telling], len(lines)

    def _forms(self) -> Forms | None:
        """Of the lines that have the form of the last one."""
        self._unwrapper.passed(1)
        line = self._line
        if line is None:
            return None
        if self._is_json:
            key = (b"", -1, b"")
        else:
            message = len(line.text) if line.text.isascii() else len(line.text.encode("utf-8", "surrogatepass"))
            prefix = self._prefix = self._raw[: max(len(self._raw) - message, 0)]
            key = (prefix.translate(None, NUMBERS), len(prefix), prefix[-2:])
        found = self._known_forms.get(key)
        if found is None and len(self._known_forms) < _MOST_FORMS:
            known = json_patterns() if self._is_json else patterns(self._prefix)
            if known is not None:
                found = Forms(key[0], known, message_of_entry if self._is_json else itemgetter(slice(key[1], None)))
                self._known_forms[key] = found
        return found

    def _run(self, forms: Forms, kinds: Kinds, fits: Callable[[Line], bool]) -> tuple[list[bytes], bytes]:
        ahead = self._ahead
        ahead.move(self._data, self._at)
        lines, found = ahead.run(forms, kinds, self._trusted)
        if not self._is_json:
            del lines[self._alike(lines) :]
        end = self._at + sum(map(len, lines)) + len(lines)
        if lines and self._unwrapper.is_broken(lines[-1], self._data, end):
            end -= len(lines.pop()) + 1
        if not lines:
            return [], b""
        if not self._from_one(lines[-1], self._data[self._at : end], fits):
            self._trusted = _FEW
            return [], b""
        self._trusted = min(self._trusted * 4, _FAR)
        self._at = end
        self._unwrapper.passed(len(lines))
        return lines, found[: len(lines)]

    def _alike(self, lines: list[bytes]) -> int:
        """How many, from the first on, have what tells of their origin at the same place as the last one that was handed out."""
        line, prefix = self._line, self._prefix
        assert line is not None
        logged_by = _logged_by(line)
        begin = max(prefix.find(logged_by), 0)
        end = max(len(prefix) - 2, 0) if line.caller is None else prefix.rfind(line.caller.encode() + b"]")
        if end < 0 or not prefix.startswith(logged_by, begin):
            return 0
        return min(_have(lines, begin, logged_by), _have(lines, end, prefix[end:]))

    def _are_alike(self, block: bytes) -> bool:
        """Whether each line has what tells of its origin, if only somewhere."""
        line, count = self._line, block.count(b"\n")
        assert line is not None
        logged_by = _logged_by(line)
        by_caller = line.caller is None or block.count(line.caller.encode() + b"]") >= count
        return by_caller and logged_by in self._prefix and (not logged_by or block.count(logged_by) >= count)

    def _from_one(self, last: bytes, block: bytes, fits: Callable[[Line], bool]) -> bool:
        """Whether the lines of a block come from where the one does that was handed out before."""
        line = self._line
        assert line is not None
        if self._is_json:
            entry = from_json(last)
            return entry is not None and entry[1:3] == line[1:3] and fits(entry) and from_one(self._raw, block)
        read = parse(decoded(last), self._dates)
        return (read.tag, read.host, read.caller) == (line.tag, line.host, line.caller) and fits(read)

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
        exported = None
        while True:
            chunk = self._stream.read(CHUNK)
            if exported is None and chunk.startswith(UTF_16):
                self._decoder = getincrementaldecoder("utf-16")("replace")
            if self._decoder is not None:
                chunk = self._decoder.decode(chunk, final=not chunk).encode("utf-8", "surrogatepass")
            if exported is None and chunk:
                exported = chunk.startswith(EXPORTED)
            data = self._rest + chunk
            if exported:
                self.everything = True
            if _OF_JSON[0] not in self._needles and data[:1] in _JSON_BEGINS and b"{" in data[:8]:
                self._needles |= dict.fromkeys(_OF_JSON, -1)
            end = data.rfind(b"\n") + 1 if chunk else len(data)
            if chunk and not end and len(data) < _LONGEST:
                self._rest = data
                continue
            end = end or len(data)
            self._data, self._at, self._rest = shown(data[:end]), 0, data[end:]
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


def _logged_by(line: Line) -> bytes:
    return (f"{line.host} {line.tag}" if line.host else line.tag or "").encode()


def _have(lines: list[bytes], at: int, part: bytes) -> int:
    """How many, from the first on, have a part there."""
    end = at + len(part)
    if not part or {line[at:end] for line in lines} <= {part}:
        return len(lines)
    return next(number for number, line in enumerate(lines) if line[at:end] != part)
