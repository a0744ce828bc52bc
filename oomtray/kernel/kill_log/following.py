"""Take many lines at once that follow the last one in its form: rows and the body of a report."""

from __future__ import annotations

from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.forms import TELLS, UNRELATED, Ahead, Forms, Kinds
from oomtray.kernel.kill_log.lines import Line, decoded, from_json, parse
from oomtray.kernel.kill_log.row_sieve import Sieve, Sieved, pattern
from oomtray.kernel.kill_log.runs import NUMBERS, from_one, json_patterns, message, patterns

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.kernel.kill_log.dates import Dates
    from oomtray.kernel.kill_log.wrapped import Unwrapper

    Fits = Callable[[Line], bool]

_FEW, _FAR = 16, 1 << 12
"""Most lines taken at once: few at first, and after some that came from another source."""
_OF_KMSG = b",,,;"
"""Form of the prefix in /dev/kmsg, which only the kernel writes."""
_TELL = bytes(kind in TELLS + TELLS.upper() for kind in range(256))
"""1 for the kinds that are informative."""
_LONGEST_PREFIX = 200
_MOST_FORMS = 512
"""How many prefixes have their forms cached; a log has one or two."""


class Following:
    """Takes lines out of the data, from the start of a line on, and returns where the taken ones end.

    `fits` says whether a line belongs to the same report as the last one.
    """

    def __init__(self, unwrapper: Unwrapper, dates: Dates) -> None:
        self._unwrapper, self._dates = unwrapper, dates
        self._line: Line | None = None
        self._raw = b""
        self._is_json = False
        self._prefix = b""
        """Prefix of the last line; unused for JSON."""
        self._forms: Forms | None = None
        """Forms of lines with that prefix."""
        self._is_sought = False
        self._known: dict[tuple[bytes, int, bytes], Forms] = {}
        self._ahead = Ahead()
        self._trusted = _FEW

    def state(self) -> object:
        """Part of `Reading.state`."""
        return self._trusted

    def after(self, line: Line | None, raw: bytes = b"", *, is_json: bool = False) -> None:
        """Set the last line; None if it has no form that others could share."""
        self._line, self._raw, self._is_json, self._is_sought = line, raw, is_json, False

    def rows(self, data: bytes, at: int, fits: Fits, *, watched: bool) -> tuple[list[bytes], int]:
        """Take rows; some may only look like rows. `watched` is as for `body`."""
        forms = self._of_the_last()
        if forms is None:
            return [], at
        rows: list[bytes] = []
        while (run := self._run(forms, b"r", data, at, fits, watched=watched))[0]:
            lines, _, at = run
            rows += map(forms.message, lines)
        return rows, at

    def body(self, data: bytes, at: int, fits: Fits, kinds: Kinds, *, watched: bool) -> tuple[list[str], int, int]:
        """Take lines of a report's body; return the informative ones and how many there were in all.

        `watched` means that lines of other reports, or of other forms, are interleaved.
        """
        forms = self._of_the_last()
        if forms is None:
            return [], 0, at
        telling: list[bytes] = []
        count = 0
        while (run := self._run(forms, kinds, data, at, fits, watched=watched))[0]:
            lines, found, at = run
            telling += map(forms.message, compress(lines, found.translate(_TELL)))
            count += len(lines)
        return decoded(b"\n".join(telling)).split("\n") if telling else [], count, at

    def sieved(self, sieve: Sieve, data: bytes, at: int, fits: Fits) -> tuple[Sieved | None, int]:
        """Take rows that pass a sieve or are kept apart; None if there are none or that can't be decided."""
        if self._trusted < _FAR or self._of_the_last() is None or self._is_json:
            return None, at
        match = pattern(sieve, len(self._prefix), self._prefix[-2:]).match
        large, end, found = [], at, match(data, at)
        while found is not None and found.end() > end:
            end = found.end()
            if found[1] is not None:
                large.append(found[1])
            found = match(data, end)
        if end == at:
            return None, at
        block = data[at:end]
        last = block[block.rfind(b"\n", 0, -1) + 1 : -1]
        count = block.count(b"\n")
        if self._unwrapper.is_broken(last, data, end) or not self._are_alike(block, count) or not self._from_one(last, block, fits):
            self._trusted = _FEW
            return None, at
        self._unwrapper.passed(count)
        return Sieved(sieve, block, count, len(self._prefix), large), end

    def _of_the_last(self) -> Forms | None:
        if not self._is_sought:
            self._is_sought = True
            self._unwrapper.passed(1)
            self._forms = None if self._line is None else self._sought(self._line)
        return self._forms

    def _sought(self, line: Line) -> Forms | None:
        if self._is_json:
            key = (b"", -1, b"")
        else:
            width = len(line.text) if line.text.isascii() else len(line.text.encode("utf-8", "surrogatepass"))
            prefix = self._prefix = self._raw[: max(len(self._raw) - width, 0)]
            key = (prefix.translate(None, NUMBERS), len(prefix), prefix[-2:])
        found = self._known.get(key)
        if found is None and len(self._known) < _MOST_FORMS:
            if self._is_json:
                found = Forms(b"", json_patterns(), message)
            elif len(self._prefix) != 1 and len(self._prefix) <= _LONGEST_PREFIX:
                found = Forms(self._prefix, patterns(), itemgetter(slice(len(self._prefix), None)))
            if found is not None:
                self._known[key] = found
        return found

    def _run(self, forms: Forms, kinds: Kinds, data: bytes, at: int, fits: Fits, *, watched: bool) -> tuple[list[bytes], bytes, int]:
        """Take the next lines of these kinds; return them, their kinds, and where they end."""
        stop = data.find(b"\n", at)
        if stop < 0 or kinds.find(forms.kind(data[at:stop])) < 0:  # mostly so, and splitting what follows takes longer
            return [], b"", at
        ahead = self._ahead
        ahead.move(data, at)
        lines, found = ahead.run(forms, kinds, self._trusted)
        if not lines:
            return [], b"", at
        if not self._is_json:
            del lines[self._alike(lines) :]
        end = at + sum(map(len, lines)) + len(lines)
        last = found[len(lines) - 1 : len(lines)]
        if lines and self._unwrapper.is_broken(lines[-1], data, end, anywhere=watched or last == UNRELATED):
            end -= len(lines.pop()) + 1
        if not lines:
            return [], b"", at
        if not self._from_one(lines[-1], data[at:end], fits):
            self._trusted = _FEW
            return [], b"", at
        self._trusted = min(self._trusted * 4, _FAR)
        self._unwrapper.passed(len(lines))
        return lines, found[: len(lines)], end

    def _alike(self, lines: list[bytes]) -> int:
        """Count the leading lines with the same origin at the same place as in the last line."""
        line, prefix = self._line, self._prefix
        assert line is not None
        logged_by = self._logged_by(line)
        begin = max(prefix.find(logged_by), 0)
        end = max(len(prefix) - 2, 0) if line.caller is None else prefix.rfind(line.caller.encode() + b"]")
        if end < 0 or not prefix.startswith(logged_by, begin):
            return 0
        return min(_have(lines, begin, logged_by), _have(lines, end, prefix[end:]))

    def _are_alike(self, block: bytes, count: int) -> bool:
        """Whether each of `count` lines names the same origin, wherever in the line."""
        line = self._line
        assert line is not None
        logged_by = self._logged_by(line)
        by_caller = line.caller is None or block.count(line.caller.encode() + b"]") >= count
        return by_caller and logged_by in self._prefix and (not logged_by or block.count(logged_by) >= count)

    def _logged_by(self, line: Line) -> bytes:
        """Return who logged the line, as written in its prefix."""
        if self._prefix.endswith(b";") and self._prefix.translate(None, NUMBERS) == _OF_KMSG:
            return b""
        return (f"{line.host} {line.tag}" if line.host else line.tag or "").encode()

    def _from_one(self, last: bytes, block: bytes, fits: Fits) -> bool:
        """Whether the lines of a block have the same origin as the last line."""
        line = self._line
        assert line is not None
        if self._is_json:
            entry = from_json(last)
            return entry is not None and entry[1:3] == line[1:3] and fits(entry) and from_one(self._raw, block)
        read = parse(decoded(last), self._dates)
        return (read.tag, read.host, read.caller) == (line.tag, line.host, line.caller) and fits(read)


def _have(lines: list[bytes], at: int, part: bytes) -> int:
    """Count the leading lines that have a part at this place."""
    end = at + len(part)
    if not part or set(map(itemgetter(slice(at, end)), lines)) <= {part}:
        return len(lines)
    return next(number for number, line in enumerate(lines) if line[at:end] != part)
