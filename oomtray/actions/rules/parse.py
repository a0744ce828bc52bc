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

import difflib
import os
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from oomtray.actions.rules.model import HIGHEST, LOWEST, WORDS, Mistake, Rule
from oomtray.paths import config_home
from oomtray.text import COMM_BYTES, raw_bytes

MAX_BYTES = 1 << 20
_CONDITIONS = ("app", "exe", "process", "command", "unit", "user")
_KEYS = (*_CONDITIONS, "set", "label", "ask")
_TABLE = re.compile(r"^\s*\[\[\s*rule\s*\]\]", re.MULTILINE)
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class RuleSet:
    rules: tuple[Rule, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    usable: bool = True
    """False where the file could not be read at all: whoever has an older set keeps it."""

    @property
    def uses_command(self) -> bool:
        return any(rule.command is not None for rule in self.rules)


def default_path() -> str:
    return os.path.join(config_home(), "oomtray", "rules.toml")


def load(path: str) -> RuleSet:
    """The rules of a file; no file means no rules. Never raises: what is wrong stands in `mistakes`."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return RuleSet()
    except OSError as error:
        return RuleSet(mistakes=(Mistake(None, f"{path} can't be read: {error.strerror}"),), usable=False)
    if len(content) > MAX_BYTES:
        return RuleSet(mistakes=(Mistake(None, f"{path} is larger than 1 MiB"),), usable=False)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return RuleSet(mistakes=(Mistake(line, "this is not UTF-8 text"),), usable=False)
    return parse(text)


def parse(text: str) -> RuleSet:
    """The rules of a text; a wrong one is left out and named with its line."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT_LINE.search(str(error))
        says = _AT_LINE.sub("", str(error)).strip() or "this is not TOML"
        return RuleSet(mistakes=(Mistake(int(at[1]) if at else None, says),), usable=False)
    mistakes = [
        Mistake(_line_of(text, key), f"{key!r} is not known here; rules are [[rule]] tables")
        for key in document
        if key != "rule"
    ]
    tables = document.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        mistakes.append(Mistake(_line_of(text, "rule"), "rules are written as [[rule]] tables, with two brackets"))
        return RuleSet(mistakes=tuple(mistakes), usable=False)
    lines = _table_lines(text)
    rules: list[Rule] = []
    for number, table in enumerate(tables, 1):
        line = lines[number - 1] if len(lines) == len(tables) else None
        wrong = list(_wrong(table))
        mistakes.extend(Mistake(_key_line(text, line, key), says, number) for key, says in wrong)
        if not wrong:
            rules.append(_rule(table, line))
    return RuleSet(tuple(rules), tuple(mistakes))


def _rule(table: dict[str, Any], line: int | None) -> Rule:
    conditions = {key: table.get(key) for key in _CONDITIONS}
    if isinstance(conditions["user"], int):
        conditions["user"] = str(conditions["user"])
    return Rule(
        set=table["set"], label=table.get("label", ""), ask=table.get("ask", True), line=line, **conditions
    )


def _wrong(table: dict[str, Any]) -> list[tuple[str | None, str]]:
    """Key and reason for each mistake in one rule."""
    found: list[tuple[str | None, str]] = []
    for key in table:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, 1)
            found.append((key, f"{key!r} is not known" + (f"; did you mean {close[0]!r}?" if close else "")))
    if not found and not any(key in table for key in _CONDITIONS):
        found.append((None, "the rule matches nothing: give it app, exe, process, command, unit or user"))
    elif set(table) & set(_CONDITIONS) == {"user"}:
        found.append(("user", "user alone would match every process of that user: add another condition"))
    found.extend((key, says) for key in _CONDITIONS if key in table and (says := _wrong_condition(key, table[key])))
    if "set" not in table:
        found.append((None, "'set' is missing: protect, protect-strongly, deprioritize, first, or a number"))
    elif says := _wrong_set(table["set"]):
        found.append(("set", says))
    if not isinstance(table.get("label", ""), str):
        found.append(("label", "label must be text"))
    if not isinstance(table.get("ask", True), bool):
        found.append(("ask", "ask must be true or false"))
    return found


def _wrong_condition(key: str, value: object) -> str | None:
    if key == "user" and type(value) is int:
        return None if 0 <= value < 2**32 - 1 else f"{value} is no uid"
    if not isinstance(value, str):
        return f"{key} must be text"
    if not value.strip("*"):
        return f"{key} is empty"
    if key == "exe" and not value.startswith("/"):
        return f"exe must be an absolute path, not {value!r}"
    if key == "exe" and "*" in value[:-1]:
        return "exe may have one * at its end"
    if key == "process" and len(raw_bytes(value)) > COMM_BYTES:
        return f"the kernel keeps 15 bytes of a process's name: {value!r} can never match (use exe)"
    if key == "unit" and "." not in value:
        return f"unit must be a whole unit name, such as {value}.service"
    return None


def _wrong_set(value: object) -> str | None:
    if type(value) is int:
        if value == -1000:
            return "-1000 is never set: its children would inherit it; -999 is the lowest"
        return None if LOWEST <= value <= HIGHEST else f"{value} is not from {LOWEST} to {HIGHEST}"
    if isinstance(value, str):
        if value in WORDS:
            return None
        close = difflib.get_close_matches(value, WORDS, 1)
        return f"{value!r} is not known" + (f"; did you mean {close[0]!r}?" if close else f": one of {', '.join(WORDS)}")
    return "set must be a word or a whole number"


def _table_lines(text: str) -> list[int]:
    return [text.count("\n", 0, match.end()) + 1 for match in _TABLE.finditer(text)]


def _key_line(text: str, start: int | None, key: str | None) -> int | None:
    """The line of a key in the rule that begins at line `start`; the rule's own where there is none."""
    if start is None or key is None:
        return start
    for offset, line in enumerate(text.split("\n")[start:], 1):
        if line.lstrip().startswith("["):
            break
        if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return start + offset
    return start


def _line_of(text: str, key: str) -> int | None:
    match = re.search(rf"""^\s*\[{{0,2}}\s*["']?{re.escape(key)}["']?\s*[\]=.]""", text, re.MULTILINE)
    return text.count("\n", 0, match.end()) + 1 if match else None
