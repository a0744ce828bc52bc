"""Why a file of the user's own was not read or written, in whole sentences."""

from __future__ import annotations

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


def file_problem(problem: FileProblem) -> str:
    return tr(
        _SAYS[problem.id], path=printable(problem.path), reason=system_error(problem.code), limit=size(problem.limit)
    )


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
    from oomtray.messages.toml_details import toml_detail

    return tr(_NO_TOML[problem.id], detail=toml_detail(problem.detail))


def in_file(file: str, line: int | None, says: str) -> str:
    """Prefix a sentence with the file and line that it is about; `file` is a name or path."""
    if line is None:
        return tr("{file}: {says}", file=printable(file), says=says)
    return tr("{file}, line {line}: {says}", file=printable(file), line=line, says=says)
