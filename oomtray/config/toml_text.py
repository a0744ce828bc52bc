"""Parse TOML written by a person, safely whatever it contains; problems are reported with their line."""

from __future__ import annotations

import re
from typing import Any, Literal

from oomtray.records import dataclass

_MAX_DOTS = 100
"""Most dots in one line. tomllib's time grows with the square of a dotted key's parts: 64 KiB of them would
take half a minute.
"""
_MAX_DIGITS = 4300
"""Same as sys.int_info.default_max_str_digits."""
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LONG_NUMBER = re.compile(rf"[0-9_]{{{_MAX_DIGITS + 1},}}")


@dataclass(frozen=True, slots=True)
class TomlProblem:
    """Why a text is rejected as a whole."""

    id: Literal["not-utf8", "not-toml", "too-deep", "long-number"]
    line: int | None
    """From 1."""
    detail: str = ""
    """For not-toml: the message of Python's parser, in English."""


class TomlError(Exception):
    def __init__(self, problem: TomlProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def decoded(content: bytes) -> str:
    """Decode the text and drop a byte order mark. Raises TomlError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlError(TomlProblem("not-utf8", line)) from error


def document_of(text: str) -> dict[str, Any]:
    """Parse the text. Raises TomlError and nothing else."""
    import tomllib

    for number, content in enumerate(text.split("\n"), 1):
        if content.count(".") > _MAX_DOTS and not content.lstrip().startswith("#"):
            raise TomlError(TomlProblem("too-deep", number))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = _PLACE.search(said)
        line = None if place is None else int(place[1]) if place[1] else text.count("\n") + 1
        raise TomlError(TomlProblem("not-toml", line, _PLACE.sub("", said))) from error
    except RecursionError as error:
        raise TomlError(TomlProblem("too-deep", None)) from error
    except ValueError as error:  # tomllib doesn't catch this error of int()
        found = _LONG_NUMBER.search(text)
        line = None if found is None else text.count("\n", 0, found.start()) + 1
        raise TomlError(TomlProblem("long-number", line)) from error
