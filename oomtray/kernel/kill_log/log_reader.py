"""Yield a log's lines as needed: those that may begin a report, or all of them while one is open."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, BinaryIO

from oomtray.kernel.kill_log.columns import Columns, columns
from oomtray.kernel.kill_log.copied import breaks_by_cr, mend
from oomtray.kernel.kill_log.dates import Dates
from oomtray.kernel.kill_log.entries import entry_at, whole_until
from oomtray.kernel.kill_log.following import Following
from oomtray.kernel.kill_log.headless import begin_of_report, follows_part, is_row
from oomtray.kernel.kill_log.lines import Line, decoded, from_json, parse, shown, split
from oomtray.kernel.kill_log.logfmt import may_be_pairs, of_pairs
from oomtray.kernel.kill_log.packed import EXPORTED, LIST, UTF_16
from oomtray.kernel.kill_log.shipped import of_object
from oomtray.kernel.kill_log.wrapped import ALIKE, Unwrapper, begin

if TYPE_CHECKING:
    from codecs import IncrementalDecoder
    from collections.abc import Iterable, Iterator

    from oomtray.kernel.kill_log.copied import Mend
    from oomtray.kernel.kill_log.following import Fits
    from oomtray.kernel.kill_log.forms import Kinds
    from oomtray.kernel.kill_log.row_sieve import Sieve, Sieved

CHUNK = 1 << 20
"""Bytes per read."""
_LONGEST = 1 << 18
"""Longest line in bytes; longer ones are truncated."""
_BEFORE = 1 << 13
"""How many bytes of what was read before are kept: an entry's fields may stand before its message."""
_NEEDLES = (
    b"oom-kill", b"ut of memory", b"illed process", b"oom_reaper", b"oomd", b"oom.group", b"OOM", b"locked on memory",
    b"illing process", b" SIG", b", badness", b"owmemorykiller", b"kB on behalf of '",
    b" due to memory ", b" due to swap used", b"process of this unit", b"o available memory ", b"Reloading finished in ",
)  # fmt: skip
"""Every line that begins or ends a report has one of these; others are skipped while no report is open."""
_OF_SIGNALS = (b"exited after", b"not exit", b"kill failed", b"ould not kill", b"ictim ", b"orrective action", b"annot send", b"VmRSS", b"dryrun", b"Success")
"""Texts of the lines that earlyoom and nohang log after one of the lines above."""
_OF_SHARERS = b"sharing same memory"
_OF_JSON = (b'MESSAGE":[', b'MESSAGE" : [', b'MESSAGE": [')
"""A message as a list of byte values, which may contain any text."""
_NEXT_OBJECT = re.compile(rb"\}[ \t]?,[ \t]?\{(?=[ \t]?\x22[\w@])")
"""Inside a string the quote would end it, and no letter could follow."""
_JSON_BEGINS = (b"{", b"[", b",", b"\x1e", b"d", b" ", b"-")
"""Beginnings of lines with an object: alone, in a list, as a sequence (RFC 7464), after `data: ` (SSE)."""
_SIZED = re.compile(rb"^MESSAGE\n[\s\S]{2}\0{6}", re.MULTILINE)
"""Before a message that isn't UTF-8, such as one with a truncated name: `-o export` gives its size in eight bytes."""
_TAGGED = 200
"""How far into a line its object may begin after date and tag, as in Fluentd's format. Bytes."""
_LOOK_OF_AN_ENTRY = (b'"MESSAGE"', b"MESSAGE=", b'"msg": "', b'"_msg": "', b'"message": "', b'"message" : "', b'"line": "', b'"_raw": "', b'"textPayload": "', b'"log": "', b'"SyslogMessage": "', b'"body": "', b'"Body": "', b'"event": "', b'"stringValue": "', b'"stdout": "', b'"Output": "')
"""Beginnings of an entry's message line, in formats with a line per field."""
_ENTRY_BEGINS = (b" ", b"\t", b"M", b'"')
"""Their first byte, or that of the blanks before."""


class LogReader:
    """Yields the lines of a log: all of them while `everything` is set, else those that may begin a report.

    `now` (seconds since 1970) gives the year to dates that lack one.
    """

    def __init__(self, stream: BinaryIO, now: float) -> None:
        self.everything = False
        self.headless = False
        """Whether the next line is the first one of a report that had begun before the log."""
        self._begun = False
        """Whether the first of the texts has been found."""
        self._needles: dict[bytes, int] = dict.fromkeys(_NEEDLES, -1)
        """Offset before which the text doesn't occur in the data."""
        self._unwrapper = Unwrapper()
        self._stream = stream
        self._dates = Dates(now)
        self._data = b""
        """Whole lines."""
        self._decoder: IncrementalDecoder | None = None
        self._mend: Mend | None = None
        self._columns: Columns | None = None
        self._at = 0
        """Where the next one begins."""
        self._rest = b""
        """The start of an incomplete line after them."""
        self._following = Following(self._unwrapper, self._dates)

    def expect_signals(self) -> None:
        """From now on also yield what became of a signal that a killer has sent."""
        if _OF_SIGNALS[0] not in self._needles:
            self._needles |= dict.fromkeys(_OF_SIGNALS, -1)

    def expect_sharers(self) -> None:
        """From now on also yield processes killed because they share a victim's memory, as before Linux 5.0."""
        self._needles.setdefault(_OF_SHARERS, -1)

    def state(self) -> object:
        """Part of `Reading.state`, while the stream is asked for more."""
        how = self._begun, self._decoder is None, self._mend is None, self._columns is None, self._unwrapper.state(), self._dates.tongue, self._following.state()
        return self.everything, sorted(self._needles), how, self._rest

    def rows(self, fits: Fits, *, watched: bool) -> list[bytes]:
        """Take the rows that follow the last line in its form, so that they aren't yielded.

        `fits` and `watched` are as for `Following`.
        """
        found, self._at = self._following.rows(self._data, self._at, fits, watched=watched)
        return found

    def sieved(self, sieve: Sieve, fits: Fits) -> Sieved | None:
        """Take rows like `rows`, by a sieve; None if there are none or that can't be decided."""
        found, self._at = self._following.sieved(sieve, self._data, self._at, fits)
        return found

    def body(self, fits: Fits, *, watched: bool) -> tuple[list[str], int]:
        """Take lines of a report's body like `rows`; return the informative ones and how many there were in all.

        With `watched`, stop at a line that a report has once.
        """
        kinds: Kinds = b"tnu" if watched else b"tnuTN"
        texts, count, self._at = self._following.body(self._data, self._at, fits, kinds, watched=watched)
        return texts, count

    def skipped(self, fits: Fits) -> int:
        """Skip rows and body lines that belong to no report, like `rows`; return their number."""
        _, count, self._at = self._following.body(self._data, self._at, fits, b"rtnuTN", watched=True)
        return count

    def __iter__(self) -> Iterator[Line]:
        for _ in self._chunks():
            while self._at < len(self._data) and (self.everything or self._seek()):
                data, at = self._data, self._at
                stop = data.find(b"\n", at)
                stop = len(data) if stop < 0 else stop
                raw, self._at = data[at : min(stop, at + _LONGEST)], stop + 1
                if data[self._at : self._at + ALIKE] != raw[:ALIKE]:
                    raw, self._at = self._unwrapper.joined(raw, data, self._at)
                entry = entry_at(data, at, self._dates) if raw.startswith(_ENTRY_BEGINS) and raw.lstrip()[:20].startswith(_LOOK_OF_AN_ENTRY) else None
                if entry is None:
                    yield from self._parsed(raw)
                else:
                    self._following.after(None)
                    yield from self._several(entry)

    def _several(self, line: Line) -> list[Line]:
        """Split the text of an entry into its lines, each of which may have a stamp of its own, as in a console's output."""
        found = []
        for text in split(line.text):
            own = parse(text.rstrip("\r"), self._dates)
            if own.uptime is None and own.time is None:
                found.append(line._replace(text=text))
            else:
                found.append(own._replace(tag=own.tag or line.tag, time=line.time if own.time is None else own.time))
        return found

    def _within(self, line: Line, sign: str) -> list[Line]:
        """Split a message that writes the ends of its lines as `sign`; each line is of who logged the message.

        Syslog writes #012. In a quotation only lines with stamps are told from other words.
        """
        first, *others = split(line.text, sign)
        found = [line._replace(text=first)]
        for text in others:
            own = parse(text, self._dates)
            if sign == "#012":
                found.append(own._replace(tag=line.tag or own.tag, host=line.host, time=line.time, prefixed=line.prefixed))
            elif own.uptime is not None or own.time is not None:
                found.append(own._replace(tag=line.tag or own.tag))
        return found

    def _parsed(self, raw: bytes) -> Iterable[Line]:
        self._following.after(None)
        if self._columns is not None:
            cell = self._columns.line(raw, self._dates)
            return () if cell is None else (cell,)
        if raw[:1] in _JSON_BEGINS and b"{" in raw[:8]:
            line = from_json(raw[raw.index(b"{") :].rstrip(b" ,]"))
            if line is None or line.time is None:
                line, _ = of_object(raw[raw.index(b"{") :], self._dates)
            if line is None:
                return ()
            if "\n" not in line.text:
                self._following.after(line, raw, is_json=True)
                return (line,)
            return self._several(line)
        if raw[-1:] == b"}" and b"\t{" in raw[:_TAGGED]:
            date, _, rest = raw.partition(b"\t")
            line, _ = of_object(rest[rest.index(b"{") :], self._dates)
            if line is not None:
                return (line if line.time is not None else line._replace(time=self._dates.of(decoded(date))),)
        text = decoded(raw)
        if b"a" <= raw[:1] <= b"z" and may_be_pairs(raw):  # most lines begin otherwise
            line = of_pairs(text, self._dates)
            if line is not None:
                return self._several(line)
        line = parse(text, self._dates)
        sign = "#012" if "#012" in line.text else "\\n"
        if sign in line.text:
            return self._within(line, sign)
        if text.endswith(line.text):
            self._following.after(line, raw)
        return (line,)

    def _chunks(self) -> Iterator[None]:
        exported = is_list = None
        by_cr = False
        while True:
            chunk = self._stream.read(CHUNK)
            if exported is None and chunk.startswith(UTF_16):
                self._decoder = getincrementaldecoder("utf-16")("replace")
            if self._decoder is not None:
                chunk = self._decoder.decode(chunk, final=not chunk).encode("utf-8", "surrogatepass")
            if exported is None and chunk:
                by_cr = breaks_by_cr(chunk)
            if by_cr:
                chunk = chunk.replace(b"\r", b"\n")
            if exported is None and chunk:
                self._columns = columns(chunk)
                self._mend = mend(chunk) if self._columns is None else None
                exported, is_list = chunk.startswith(EXPORTED), LIST.match(chunk) is not None
            data = self._rest + chunk
            if is_list and exported is not None and not self._data:
                data = LIST.sub(b"{", data, count=1)
            if is_list:
                data = _NEXT_OBJECT.sub(b"}\n{", data)
            if exported:
                self.everything, data = True, _SIZED.sub(b"MESSAGE=", data)
            if _OF_JSON[0] not in self._needles and data[:1] in _JSON_BEGINS and b"{" in data[:8]:
                self._needles |= dict.fromkeys(_OF_JSON, -1)
            end = whole_until(data, data.rfind(b"\n") + 1) if chunk else len(data)
            if chunk and not end and len(data) < _LONGEST:
                self._rest = data
                continue
            end = end or len(data)
            before = self._data[-_BEFORE:]
            self._data, self._at, self._rest = before + self._shown(data[:end]), len(before), data[end:]
            for needle in self._needles:
                self._needles[needle] = -1
            yield
            if not chunk:
                return

    def _shown(self, data: bytes) -> bytes:
        data = shown(data)
        return data if self._mend is None else self._mend(data)

    def _seek(self) -> bool:
        """Advance to the next line with one of the texts; return whether there is one."""
        data, at = self._data, self._at
        nearest, line = self._nearest(at), at
        while nearest >= 0:
            line = data.rfind(b"\n", line, nearest) + 1 or line
            if not is_row(data, line):
                break
            # a task has such a name; without its report the row tells nothing
            line = data.find(b"\n", line) + 1
            nearest = self._nearest(line) if line else -1
        if nearest < 0:
            return False
        # at first it is a log's usual beginning in the midst of a report, later a report whose head was lost
        if not self._begun or follows_part(data, line, at):
            self._begun = True
            head = begin_of_report(data, nearest, at)
            if head is not None:
                self.headless, self._at = True, begin(data, head, at)
                return True
        self._at = begin(data, line, at)
        return True

    def _nearest(self, at: int) -> int:
        """Return where the first of the texts from `at` on is, -1 if there is none."""
        data, needles = self._data, self._needles
        end = nearest = len(data)
        for needle, place in needles.items():
            if place < at:
                found = data.find(needle, at, nearest)
                place = nearest if found < 0 else found  # noqa: PLW2901
                needles[needle] = place
            nearest = min(nearest, place)
        return nearest if nearest < end else -1
