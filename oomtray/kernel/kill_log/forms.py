"""Classify lines by their form, to find those that need no parsing of their own.

The form of a line is what is left without its numbers. Reports repeat the same lines with other numbers, so a
line is compared with the patterns of `runs` once, and all others of its form are of the same kind. No form
hides a word that begins or ends a report, as only digits, blanks, minus signs and the letters of hexadecimal
numbers are removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.kill_log.lines import decoded
from oomtray.kernel.kill_log.report_body import ONCE, tells
from oomtray.kernel.kill_log.runs import NUMBERS, RELATED, Patterns
from oomtray.kernel.kill_log.wrapped import TIMED

if TYPE_CHECKING:
    from collections.abc import Callable

ROW, TELLS, TELLS_NOTHING, UNRELATED, OTHER = b"r", b"t", b"n", b"u", b"?"
"""A table row; body lines with information and without, uppercase for those that a report has once; of no report; all others."""
Kinds = Literal[b"r", b"tnu", b"tnuTN", b"rtnuTN"]
_WINDOW, _WIDEST = 1 << 13, 1 << 16
"""Bytes split at once: few at first, as rows of a table may follow that need no splitting."""
_LONGEST = 500
"""Bytes of a line's form up to which it is searched for what makes it related."""
_FEW = 16
"""How many lines are classified first: often the next one already differs."""
_MOST = 20_000
"""How many forms are cached per prefix."""


class Forms:
    """The kinds of lines with one prefix."""

    def __init__(self, prefix: bytes, patterns: Patterns, message: Callable[[bytes], bytes]) -> None:
        """`message` extracts the message of a line that the patterns match."""
        self.message = message
        self._patterns = patterns
        self._prefix, self._begin, self._end = prefix.translate(None, NUMBERS), len(prefix), prefix[-2:]
        self._known: dict[bytes, bytes] = {}

    def kind(self, line: bytes) -> bytes:
        form = line.translate(None, NUMBERS)
        return self._known.get(form) or self.kinds([line], [form])

    def kinds(self, lines: list[bytes], forms: list[bytes]) -> bytes:
        """Return one byte per line."""
        known = self._known
        try:
            return b"".join(map(known.__getitem__, forms))
        except KeyError:
            pass
        if len(known) > _MOST:
            known.clear()
        for line, form in zip(lines, forms, strict=True):
            if form not in known:
                known[form] = self._kind(line, form)
        return b"".join(map(known.__getitem__, forms))

    def _kind(self, line: bytes, form: bytes) -> bytes:
        if not line.isascii() and not form.startswith(self._prefix):
            return OTHER  # the prefix is damaged, and its end must be searched for
        # all lines of a report have the same form, so that length and ending tell a prefix
        if line[max(self._begin - 2, 0) : self._begin] != self._end:
            return OTHER
        if self._patterns.rows.fullmatch(line, self._begin):
            return ROW
        if self._patterns.body.fullmatch(line, self._begin):
            text = decoded(self.message(line))
            kind = TELLS if tells(text) else TELLS_NOTHING
            return kind.upper() if text.startswith(ONCE) else kind
        if len(form) > _LONGEST or not form.isascii() or not form.startswith(self._prefix) or RELATED.search(form, len(self._prefix)):
            return OTHER
        return OTHER if not self._prefix and TIMED.match(line) else UNRELATED  # the next one may continue it


class Ahead:
    """Lines and their forms from an offset in the data on."""

    def __init__(self) -> None:
        self._data = b""
        self._at = self._end = self._index = 0
        self._window = _WINDOW
        self._lines: list[bytes] = []
        self._forms: list[bytes] = []
        self._kinds = b""
        """Kinds of the lines, as far as they are known."""
        self._by: Forms | None = None
        """The forms by which `_kinds` was made."""

    def move(self, data: bytes, at: int) -> None:
        if data is not self._data or not self._at <= at < self._end:
            self._cut(data, at)
        while self._at < at:
            self._at += len(self._lines[self._index]) + 1
            self._index += 1

    def run(self, forms: Forms, kinds: Kinds, most: int) -> tuple[list[bytes], bytes]:
        """Return the next lines of these kinds, at most `most`, and the kind of each."""
        begin, step = self._index, _FEW
        if self._by is not forms:
            self._by, self._kinds = forms, OTHER * begin
        while True:
            told = self._kinds[begin : begin + most]
            told = told[: len(told) - len(told.lstrip(kinds))]
            end, known = begin + len(told), len(self._kinds)
            if end < known or len(told) == most or known == len(self._lines):
                return self._lines[begin:end], told
            self._kinds += forms.kinds(self._lines[known : known + step], self._forms[known : known + step])
            step *= 4

    def _cut(self, data: bytes, at: int) -> None:
        goes_on = data is self._data and at == self._end
        self._window = min(self._window * 2, _WIDEST) if goes_on else _WINDOW
        block = data[at : at + self._window]
        block = block[: block.rfind(b"\n") + 1]
        self._data, self._at, self._end, self._index = data, at, at + len(block), 0
        self._lines, self._forms = block.split(b"\n"), block.translate(None, NUMBERS).split(b"\n")
        self._kinds, self._by = b"", None
        # nothing follows the last line break
        del self._lines[-1], self._forms[-1]
