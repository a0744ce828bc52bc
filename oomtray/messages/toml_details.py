"""Error messages of Python's TOML parser in the user's language, in plain words."""

from __future__ import annotations

import re

from oomtray.messages.i18n import mark, tr
from oomtray.text import printable

_NO_QUOTE = mark("a closing quotation mark is missing")
_CHARACTER = mark("the character {said} can't stand here")
_TWICE = mark("this is set a second time")
_SAID = (
    (re.compile(r"Invalid statement"), mark("neither a setting nor a [table] begins here")),
    (re.compile(r"Expected newline or end of document .+"), mark("something follows the end of the value")),
    (re.compile(r"Expected '=' after a key .+"), mark('"=" is missing after the name')),
    (re.compile(r"Invalid initial character for a key part"), mark("a name is missing, or begins with a character that it can't have")),
    (re.compile(r"Invalid value"), mark("the value is missing or not understood; text needs quotation marks")),
    (re.compile(r"Unclosed array"), mark("the closing bracket of a list is missing")),
    (re.compile(r"Unclosed inline table"), mark("the closing brace of a table is missing")),
    (re.compile(r"Unterminated string|Expected [\"']{3,}|(?:Illegal|Found invalid) character '\\n'"), _NO_QUOTE),
    (re.compile(r"(?:Illegal|Found invalid) character (?P<said>.+)"), _CHARACTER),
    (re.compile(r"Unescaped '\\' in a string"), mark("a backslash in text has to be written twice")),
    (re.compile(r"Invalid hex value|Escaped character is not .+"), mark("a character that is written as a number doesn't exist")),
    (re.compile(r"Cannot declare (?P<names>\(.+\)) twice"), mark("the table [{said}] begins a second time")),
    (re.compile(r"Cannot overwrite a value|Cannot (?:mutate immutable|redefine) namespace .+|Duplicate inline table key .+"), _TWICE),
    (re.compile(r"Expected '\]+' at the end .+"), mark("the closing bracket after the name of a table is missing")),
    (re.compile(r"Invalid date or datetime"), mark("there is no such date or time")),
)
"""Messages of tomllib in Python 3.11 to 3.14, without the position."""
_NAME = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def toml_detail(said: str) -> str:
    """Translate a message to a part of a sentence; an unknown one is returned as it is."""
    for pattern, template in _SAID:
        found = pattern.fullmatch(said)
        if found is not None:
            values = found.groupdict()
            names = ".".join(one or other for one, other in _NAME.findall(values.get("names", "")))
            return tr(template, said=printable(names or values.get("said", "")))
    return printable(said)
