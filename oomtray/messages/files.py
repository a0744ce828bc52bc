"""Why a file of the user's own was not read or written, in whole sentences."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.messages.system_errors import system_error
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.config.toml_text import TomlProblem
    from oomtray.file_access import FileProblem, Trouble
    from oomtray.kernel.kill_log.packed import Packing

_SAYS: dict[Trouble, str] = {
    "is-link": mark("{path} is a symbolic link and is left as it is."),
    "not-regular": mark("{path} is not a regular file."),
    "not-own": mark("{path} belongs to another user."),
    "too-large": mark("{path} is larger than {limit}."),
    "locked": mark("Another program is holding the lock of {path}."),
    "changed": mark("Another program changed {path} at the same moment."),
    "unreadable": mark("{path} can't be read: {reason}."),
    "unwritable": mark("{path} can't be written: {reason}."),
}
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


def file_problem(problem: FileProblem) -> str:
    return tr(
        _SAYS[problem.id], path=printable(problem.path), reason=system_error(problem.code), limit=size(problem.limit)
    )


def not_opened(path: str) -> str:
    return tr("No program was found that opens {path}.", path=printable(path))


_PACKED: dict[Packing, str] = {
    "zstd": mark("{path} is compressed with zstd; decompress it first, for example: zstdcat FILE | oomtray kills --log -"),
    "lz4": mark("{path} is compressed with lz4; decompress it first, for example: lz4cat FILE | oomtray kills --log -"),
    "brotli": mark("{path} is compressed with Brotli; decompress it first, for example: brotli -dc FILE | oomtray kills --log -"),
    "other": mark("{path} is compressed in a format that can't be read here; decompress it first"),
    "zip": mark("{path} is a zip archive that can't be read here; unpack it first"),
    "xz": mark("{path} takes too much memory to decompress here; decompress it first, for example: xzcat FILE | oomtray kills --log -"),
    "journal": mark("{path} is a file of the journal, which journalctl reads: journalctl --file FILE -o json | oomtray kills --log -"),
}


def packed(path: str, packing: Packing) -> str:
    """Say that a log has to be unpacked first."""
    return tr(_PACKED[packing], path=printable(path))


_OPENED: dict[Packing, str] = {
    "zstd": mark("It is compressed with zstd, which can't be read here. Decompress it first: {command}"),
    "lz4": mark("It is compressed with lz4, which can't be read here. Decompress it first: {command}"),
    "brotli": mark("It is compressed with Brotli, which can't be read here. Decompress it first: {command}"),
    "other": mark("It is compressed in a format that can't be read here. Decompress it first."),
    "zip": mark("It is a zip archive that can't be read here. Unpack it first."),
    "xz": mark("It takes too much memory to decompress here. Decompress it first: {command}"),
    "journal": mark("It is a file of the journal. Export it first, then open the result: {command}"),
}
_COMMANDS: dict[Packing, str] = {
    "zstd": "unzstd {file}",
    "lz4": "unlz4 {file}",
    "brotli": "brotli -d {file}",
    "xz": "unxz {file}",
    "journal": "journalctl --file {file} -o json > log.json",
}


def packed_log(path: str, packing: Packing) -> str:
    """Say in the window why a log can't be read, and what to type in its directory."""
    file = printable(quote(path.rpartition("/")[2]))
    return tr(_OPENED[packing], command=_COMMANDS.get(packing, "").format(file=file))


_NO_TOML: dict[str, str] = {
    "not-utf8": mark("This is not UTF-8 text."),
    "not-toml": mark("This is not valid TOML: {detail}."),
    "too-deep": mark("This is nested too deeply."),
    "long-number": mark("This number is too long."),
}


def toml_problem(problem: TomlProblem) -> str:
    return tr(_NO_TOML[problem.id], detail=toml_detail(problem.detail))


def in_file(file: str, line: int | None, says: str) -> str:
    """Prefix a sentence with the file and line that it is about; `file` is a name or path."""
    if line is None:
        return tr("{file}: {says}", file=printable(file), says=says)
    return tr("{file}, line {line}: {says}", file=printable(file), line=line, says=says)


def toml_detail(said: str) -> str:
    """Translate a message of Python's TOML parser to a part of a sentence; an unknown one is returned as it is."""
    for pattern, template in _SAID:
        found = pattern.fullmatch(said)
        if found is not None:
            values = found.groupdict()
            names = ".".join(one or other for one, other in _NAME.findall(values.get("names", "")))
            return tr(template, said=printable(names or values.get("said", "")))
    return printable(said)
