"""Changes to rules.toml that keep what a person wrote around them: comments, order, blank lines."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from oomtray.actions.rules.parse import load, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from oomtray.actions.rules.model import Rule

_HEADER = """\
# Rules of OOM Tray: the first [[rule]] that matches a process sets its oom_score_adj.
# Conditions: app, exe, process, command, unit, user. set = protect, protect-strongly, deprioritize, first, or a number.

"""


class NotEdited(Exception):
    """The file stays as it was; the message says why, as one sentence without a full stop."""


def add(path: str, rules: Sequence[Rule]) -> int:
    """Appends the rules that aren't there yet; returns how many were new. Raises NotEdited."""

    def append(document: Any) -> int:
        import tomlkit

        known = {_key(rule) for rule in load(path).rules}
        new = [rule for rule in rules if _key(rule) not in known]
        if not new:
            return 0
        tables = document.get("rule")
        if tables is None:
            tables = tomlkit.aot()
            document["rule"] = tables
        for rule in new:
            tables.append(_table(rule))
        return len(new)

    return _edit(path, append)


def put(path: str, rule: Rule) -> Rule | None:
    """Writes the rule in the place of one with the same conditions, which is returned, else adds it. Raises NotEdited."""
    replaced: list[Rule] = []

    def change(document: Any) -> int:
        for table, known in _rules_in(document):
            if known.conditions == rule.conditions:
                replaced.append(known)
                table["set"] = rule.set
                if not known.ask and rule.ask:
                    del table["ask"]
                return int((known.set, known.ask) != (rule.set, rule.ask))
        return 0

    _edit(path, change)
    if replaced:
        return replaced[0]
    add(path, [rule])
    return None


def take_back(path: str, rules: Sequence[Rule]) -> int:
    """Takes out the rules that are like these, wherever they stand by now. Raises NotEdited."""

    def drop(document: Any) -> int:
        wanted = {_key(rule) for rule in rules}
        known = [rule for _, rule in _all_rules_in(document)]
        found = [place for place, rule in enumerate(known) if rule is not None and _key(rule) in wanted]
        for place in reversed(found):
            del document["rule"][place]
        return len(found)

    return _edit(path, drop)


def remove(path: str, numbers: Sequence[int]) -> int:
    """Takes out the rules with these numbers (from 1, in the file's order). Raises NotEdited."""

    def drop(document: Any) -> int:
        tables = document.get("rule", [])
        wrong = [number for number in numbers if not 1 <= number <= len(tables)]
        if wrong:
            raise NotEdited(f"there is no rule {wrong[0]}: the file has {len(tables)}")
        for number in sorted(set(numbers), reverse=True):
            del tables[number - 1]
        return len(set(numbers))

    return _edit(path, drop)


def decline(path: str, rules: Sequence[Rule]) -> int:
    """Writes `ask = false` into these rules: they never ask for permission again. Raises NotEdited."""

    def mark(document: Any) -> int:
        wanted = {_key(rule) for rule in rules}
        count = 0
        for table, known in _rules_in(document):
            if _key(known) in wanted:
                table["ask"] = False
                count += 1
        return count

    return _edit(path, mark)


def as_text(rule: Rule) -> str:
    """The rule as it would stand in the file."""
    import tomlkit

    document = tomlkit.document()
    tables = tomlkit.aot()
    tables.append(_table(rule))
    document["rule"] = tables
    return tomlkit.dumps(document)


def _edit(path: str, change: Callable[[Any], int]) -> int:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = os.path.realpath(path)  # a link to a dotfiles directory stays a link
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
    except FileNotFoundError:
        text = _HEADER
    except (OSError, UnicodeDecodeError) as error:
        raise NotEdited(f"{path} can't be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    try:
        document = tomlkit.parse(text)
        count = change(document)
        new = tomlkit.dumps(document)
    except TOMLKitError as error:
        raise NotEdited(f"{path} is not changed, because it can't be read whole: {error}") from error
    if count:
        if not parse(new).usable:
            raise NotEdited(f"{path} is not changed, because the result could not be read again")
        _write(path, new)
    return count


def _rules_in(document: Any) -> Iterator[tuple[Any, Rule]]:
    """Each table that holds a rule, with the rule."""
    for table, rule in _all_rules_in(document):
        if rule is not None:
            yield table, rule


def _all_rules_in(document: Any) -> Iterator[tuple[Any, Rule | None]]:
    """None: the table holds a mistake."""
    for table in document.get("rule", []):
        read = parse(f"[[rule]]\n{table.as_string()}").rules
        yield table, read[0] if read else None


def _write(path: str, text: str) -> None:
    """The whole new file or the old one, also where the disk is full."""
    directory = os.path.dirname(path)
    temporary = None
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        fd, temporary = tempfile.mkstemp(prefix=".rules-", dir=directory)
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            with suppress(FileNotFoundError):
                os.fchmod(fd, stat.S_IMODE(os.stat(path).st_mode))
            file.write(text)
            file.flush()
            os.fsync(fd)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise NotEdited(f"{path} can't be written: {error.strerror}") from error


def _table(rule: Rule) -> Any:
    import tomlkit

    table = tomlkit.table()
    if rule.label:
        table["label"] = rule.label
    for key, value in rule.conditions.items():
        table[key] = value
    table["set"] = rule.set
    if not rule.ask:
        table["ask"] = False
    return table


def _key(rule: Rule) -> tuple[object, ...]:
    return tuple(rule.conditions.items()), rule.set
