"""rules.toml: a list of [[rule]] tables, the first that matches a process counts.

    [[rule]]
    label = "The database outlives everything"
    unit = "postgresql@*.service"
    set = "protect"                 # protect, protect-strongly, deprioritize, first, or -999..1000

    [[rule]]
    app = "firefox"
    set = "deprioritize"
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.actions.rules.model import CONDITIONS, PRESETS, Mistake, Rule
from oomtray.config.toml_text import TomlError, decoded, document_of
from oomtray.file_access import FileError
from oomtray.paths import config_file
from oomtray.private_file import PrivateFile
from oomtray.records import dataclass
from oomtray.risk.badness import ADJ_MIN
from oomtray.text import COMM_BYTES, raw_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_BYTES = 256 * 1024
"""Enough for thousands of rules."""
MAX_MISTAKES = 100
"""Further mistakes are not reported."""
KEYS = (*CONDITIONS, "set", "label", "ask")
_MAX_LINES = 200
"""Lines of one rule that are searched for a key."""
_LONGEST = 60
"""Longest key or value that a mistake quotes, in characters."""
_HEADER = re.compile(r"^\s*\[\[\s*rule\s*\]\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RuleSet:
    rules: tuple[Rule, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    usable: bool = True
    """False if the file could not be read at all; a caller that has an older set keeps it."""


def default_path() -> str:
    return config_file("rules.toml")


def rules_file(path: str) -> PrivateFile:
    """Open the rules file, which a person also edits and may have symlinked from elsewhere."""
    return PrivateFile(path, links=True, limit=MAX_BYTES)


def load(path: str) -> RuleSet:
    """Load the rules of a file; a missing file has none. Never raises: problems are listed in `mistakes`."""
    try:
        content = rules_file(path).read()
        return RuleSet() if content is None else parse(decoded(content))
    except FileError as error:
        return RuleSet(mistakes=(Mistake("not-read", cause=error.problem),), usable=False)
    except TomlError as error:
        return _no_toml(error)


def parse(text: str) -> RuleSet:
    """Parse the rules; a wrong one is left out and reported with its line."""
    try:
        document = document_of(text)
    except TomlError as error:
        return _no_toml(error)
    lines = text.split("\n")
    mistakes = [
        Mistake("unknown-table", _line_of(lines, key), values={"key": _short(key)})
        for key in list(document)[:MAX_MISTAKES]
        if key != "rule"
    ]
    tables = document.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        mistakes.append(Mistake("not-tables", _line_of(lines, "rule")))
        return RuleSet(mistakes=tuple(mistakes), usable=False)
    starts: Sequence[int | None] = [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
    if len(starts) != len(tables):  # some rules aren't written as [[rule]]
        starts = [None] * len(tables)
    rules: list[Rule] = []
    for number, (table, start) in enumerate(zip(tables, starts, strict=True), 1):
        wrong = list(_wrong(table))
        if not wrong:
            rules.append(_rule(table, start))
        elif len(mistakes) < MAX_MISTAKES:
            mistakes += [
                replace(mistake, line=_key_line(lines, start, key), rule=number) for key, mistake in wrong
            ]
    return RuleSet(tuple(rules), tuple(mistakes))


def _no_toml(error: TomlError) -> RuleSet:
    return RuleSet(mistakes=(Mistake("not-read", error.problem.line, cause=error.problem),), usable=False)


def _rule(table: dict[str, Any], line: int | None) -> Rule:
    conditions = {name: table.get(name) for name in CONDITIONS}
    if isinstance(conditions["user"], int):
        conditions["user"] = str(conditions["user"])
    return Rule(
        set=table["set"], label=table.get("label", ""), ask=table.get("ask", True), line=line, **conditions
    )


def _wrong(table: dict[str, Any]) -> Iterator[tuple[str | None, Mistake]]:
    """Yield each mistake in one rule, with its key."""
    unknown = [key for key in table if key not in KEYS]
    for key in unknown[:MAX_MISTAKES]:
        yield key, _unlike(key, KEYS, "key")
    given = [name for name in CONDITIONS if name in table]
    if not given and not unknown:
        yield None, Mistake("no-condition")
    elif given == ["user"] and not unknown:
        yield "user", Mistake("user-alone")
    for name in given:
        mistake = _wrong_condition(name, table[name])
        if mistake is not None:
            yield name, mistake
    if "set" not in table:
        yield None, Mistake("nothing-set")
    elif (mistake := _wrong_set(table["set"])) is not None:
        yield "set", mistake
    if not isinstance(table.get("label", ""), str):
        yield "label", Mistake("not-text", values={"key": "label"})
    if not isinstance(table.get("ask", True), bool):
        yield "ask", Mistake("not-boolean", values={"key": "ask"})


def _wrong_condition(name: str, value: object) -> Mistake | None:
    if name == "user" and type(value) is int:
        return None if 0 <= value < 2**32 - 1 else Mistake("no-uid", values={"value": _short(value)})
    if not isinstance(value, str):
        return Mistake("not-text", values={"key": name})
    if not value.strip("*"):
        return Mistake("empty", values={"key": name})
    shown = _short(value)
    if name == "exe" and not value.startswith("/"):
        return Mistake("relative-exe", values={"value": shown})
    if name == "exe" and "*" in value[:-1]:
        return Mistake("star-inside")
    if name == "process" and len(raw_bytes(value)) > COMM_BYTES:
        return Mistake("long-name", values={"value": shown, "limit": COMM_BYTES})
    if name == "unit" and "." not in value:
        return Mistake("no-unit-name", values={"value": shown})
    return None


def _wrong_set(value: object) -> Mistake | None:
    if type(value) is int:
        if value == ADJ_MIN:
            return Mistake("never")
        if LOWEST <= value <= HIGHEST:
            return None
        return Mistake("out-of-range", values={"value": _short(value), "lowest": LOWEST, "highest": HIGHEST})
    if not isinstance(value, str):
        return Mistake("no-value")
    return None if value in PRESETS else _unlike(value, PRESETS, "preset")


def _unlike(name: str, known: Sequence[str], what: str) -> Mistake:
    import difflib

    place = "key" if what == "key" else "value"
    close = difflib.get_close_matches(name, known, 1) if len(name) <= _LONGEST else []
    if close:
        return Mistake("misspelt-key" if what == "key" else "misspelt-preset", values={place: name, "meant": close[0]})
    return Mistake("unknown-key" if what == "key" else "unknown-preset", values={place: _short(name)})


def _short(value: str | int) -> str:
    if isinstance(value, int) and abs(value) >= 10**_LONGEST:
        value = hex(value)  # str() refuses huge integers, hex() doesn't
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _key_line(lines: Sequence[str], start: int | None, key: str | None) -> int | None:
    """Return the line of a key in the rule that begins at line `start`, or `start` if it isn't found."""
    if start is None or key is None:
        return start
    for number, line in enumerate(_until_header(lines[start : start + _MAX_LINES]), start + 1):
        if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return number
    return start


def _until_header(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.lstrip().startswith("["):
            return
        yield line


def _line_of(lines: Sequence[str], key: str) -> int | None:
    """Return the first line that has this key or table of the document, or None."""
    wanted = re.compile(rf"""\s*\[{{0,2}}\s*["']?{re.escape(key)}["']?\s*[\]=.]""")
    return next((number for number, line in enumerate(lines, 1) if key in line and wanted.match(line)), None)
