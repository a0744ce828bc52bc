"""Properties of standard output: a terminal of some width, with or without color, or a pipe."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Literal, TextIO

from oomtray.records import dataclass
from oomtray.text import columns, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

Style = Literal["bold", "dim", "yellow", "red", "plain"]

_SGR: dict[Style, str] = {"bold": "1", "dim": "2", "yellow": "33", "red": "1;31"}
_NARROWEST = 16
"""Columns of a text beside its indent in the narrowest terminal."""
_PLAIN = str.maketrans(
    {
        "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "−": "-", "·": "-",
        "≤": "<=", "→": "->", "×": "x", "÷": "/", "\u00a0": " ",
    }
)
"""Replacements for the signs in our own sentences if the encoding lacks them."""
_PLAIN_CUT = _PLAIN | {ord("…"): "~"}
"""The same for a line that was cut to a width."""


@dataclass(frozen=True, slots=True)
class Terminal:
    columns: int | None = None
    """None: no limit, because the output isn't a terminal (a pipe, a file)."""
    lines: int | None = None
    color: bool = False
    cursor: bool = False
    """Whether the cursor can be moved, so that a picture can be drawn over the previous one."""
    typographic: bool = True
    """Whether the encoding has the dash, the ellipsis and the multiplication sign."""

    @classmethod
    def of(cls, stream: TextIO | None = None, env: Mapping[str, str] | None = None) -> Terminal:
        """Read the current properties of `stream` (standard output); a window may be resized later."""
        stream = sys.stdout if stream is None else stream
        env = os.environ if env is None else env
        typographic = _has_signs(stream)
        if not stream.isatty():
            return cls(typographic=typographic)
        try:
            size = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError):
            size = os.terminal_size((0, 0))
        capable = env.get("TERM", "dumb") != "dumb"
        return cls(
            columns=_number(env.get("COLUMNS")) or size.columns or 80,
            lines=_number(env.get("LINES")) or size.lines or 24,
            color=capable and not env.get("NO_COLOR"),
            cursor=capable,
            typographic=typographic,
        )

    def styled(self, text: str, style: Style) -> str:
        if not self.color or style == "plain" or not text:
            return text
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m"

    def wrapped(self, text: str, style: Style = "plain") -> list[str]:
        """Return the lines of a text within the terminal's width."""
        return [self.styled(line, style) for line in wrap(self.written(text), self.columns)]

    def hanging(self, text: str, first: str = "", indent: int | None = None) -> str:
        """Return `first` and a text within the terminal's width; further lines are indented, by default as far as `first` is wide."""
        indent = columns(first) if indent is None else indent
        width = None if self.columns is None else max(self.columns - indent, _NARROWEST)
        return first + f"\n{' ' * indent}".join(wrap(self.written(text), width))

    def written(self, text: str) -> str:
        """Replace our own typographic signs if the encoding lacks them."""
        return text if self.typographic else text.translate(_PLAIN)

    def drawn(self, line: str) -> str:
        """Replace our own typographic signs in a line of a table, whose width an ellipsis must not change."""
        return line if self.typographic else line.translate(_PLAIN_CUT)


def say(text: str, first: str = "") -> None:
    """Print `first` and a text within the terminal's width; further lines are indented as far as `first` is wide."""
    print(Terminal.of().hanging(text, first))


def in_plain_signs(error: UnicodeError) -> tuple[str, int]:
    """Replace our own typographic signs that an encoding lacks, and escape other letters (codecs.register_error)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(_PLAIN)
    return lacking.encode("ascii", "backslashreplace").decode("ascii"), error.end


def _has_signs(stream: TextIO) -> bool:
    try:
        "–…×≤−".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else None
