"""Edit rules.toml and keep what a person wrote around the rules: comments, order, blank lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from oomtray.actions.rules import arrays, blocks
from oomtray.actions.rules.blocks import Removed, are_whole, taken_out_at
from oomtray.actions.rules.parse import parse, rules_file
from oomtray.config.toml_file import NotEdited, edit_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from oomtray.actions.rules.model import Rule

_HEADER = """\
# Rules of OOM Tray: the first [[rule]] that matches a process sets its oom_score_adj.
# Conditions: app, exe, process, command, unit, user. set = protect, protect-strongly, deprioritize, first, or a number.

"""


class _Form(Protocol):
    """A way to write rules: `blocks` for [[rule]] tables, `arrays` for one array."""

    def place_in(self, text: str, rule: Rule) -> int | None: ...
    def rewritten(self, text: str, old: Rule, new: Rule) -> str: ...
    def moved(self, text: str, rule: Rule, by: int) -> str: ...
    def taken_out(self, text: str, rules: Iterable[Rule]) -> tuple[str, tuple[Removed, ...]]: ...
    def put_back(self, text: str, removed: Removed) -> str: ...


def add(path: str, rules: Sequence[Rule]) -> int:
    """Append the rules that aren't in the file yet; return how many were new. Raises NotEdited."""
    return _edit(path, lambda document: _append(document, rules))


def put(path: str, rule: Rule) -> Rule | None:
    """Replace the rule with the same conditions and return the old one, or append the rule. Raises NotEdited."""
    replaced: list[Rule] = []

    def change(document: Any) -> int:
        for table, known in _rules_in(document):
            if known is not None and known.conditions == rule.conditions:
                replaced.append(known)
                table["set"] = rule.set
                if not known.ask and rule.ask:
                    del table["ask"]
                return int((known.set, known.ask) != (rule.set, rule.ask))
        return _append(document, [rule])

    _edit(path, change)
    return replaced[0] if replaced else None


def put_above(path: str, rule: Rule, other: Rule) -> None:
    """Insert a new rule before another one, or at the end if that is no longer there. Raises NotEdited."""

    def change(text: str) -> str:
        form = _form(text)
        place = form.place_in(text, other)
        return form.put_back(text, Removed(len(parse(text).rules) if place is None else place, as_text(rule)))

    _edit_text(path, change)


def take_back(path: str, rules: Sequence[Rule]) -> int:
    """Remove all rules equal to these, wherever they are now; return how many. Raises NotEdited."""

    def drop(document: Any) -> int:
        wanted = {rule.key for rule in rules}
        known = [rule for _, rule in _rules_in(document)]
        found = [place for place, rule in enumerate(known) if rule is not None and rule.key in wanted]
        for place in reversed(found):
            del document["rule"][place]
        if found and not document["rule"] and not arrays.is_in(document):
            del document["rule"]  # tomlkit would write it as an empty array
        return len(found)

    return _edit(path, drop)


def remove(path: str, numbers: Sequence[int]) -> tuple[Removed, ...]:
    """Remove the rules with these numbers (from 1, in file order). Raises NotEdited."""
    removed: tuple[Removed, ...] = ()

    def drop(text: str) -> str:
        nonlocal removed
        rules = parse(text).rules
        if not all(1 <= number <= len(rules) for number in numbers):
            raise NotEdited(path, "changed-since")
        places = [number - 1 for number in numbers]
        if are_whole(text):
            text, removed = taken_out_at(text, places)
            return text
        removed = tuple(Removed(place, as_text(rules[place])) for place in sorted(set(places)))
        return _without(text, places)

    _edit_text(path, drop)
    return removed


def _without(text: str, places: Sequence[int]) -> str:
    """Remove the rules at these indices from a file that doesn't use plain [[rule]] tables."""
    import tomlkit

    document = tomlkit.parse(text)
    for place in sorted(set(places), reverse=True):
        del document["rule"][place]
    return tomlkit.dumps(document)


def rewrite(path: str, old: Rule, new: Rule) -> bool:
    """Replace the old rule by the new one; return False if the old one is no longer there. Raises NotEdited."""
    return _edit_text(path, lambda text: _form(text).rewritten(text, old, new))


def move(path: str, rule: Rule, by: int) -> int:
    """Move the rule down by `by` places (up if negative); return its new number from 1, or 0 if it can't move there.

    Raises NotEdited.
    """
    number = 0

    def change(text: str) -> str:
        nonlocal number
        form = _form(text)
        place = form.place_in(text, rule)
        number = 0 if place is None else place + by + 1
        return form.moved(text, rule, by)

    return number if _edit_text(path, change) else 0


def move_back(path: str, rule: Rule, number: int, to: int) -> None:
    """Move the rule back from one place to another, both from 1. Raises NotEdited, also if it is no longer there."""

    def change(text: str) -> str:
        form = _form(text)
        place = form.place_in(text, rule)
        if place == to - 1:
            return text
        if place != number - 1:
            raise NotEdited(path, "changed-since")
        return form.moved(text, rule, to - number)

    _edit_text(path, change)


def write_back(path: str, new: Rule, old: Rule) -> None:
    """Undo `rewrite`: turn the new rule back into the old one. Raises NotEdited, also if neither is in the file."""

    def change(text: str) -> str:
        form = _form(text)
        if form.place_in(text, new) is None and form.place_in(text, old) is None:
            raise NotEdited(path, "changed-since")
        return form.rewritten(text, new, old)

    _edit_text(path, change)


def take_out(path: str, rules: Sequence[Rule]) -> tuple[Removed, ...]:
    """Remove these rules with their comments, ignoring those that are no longer there. Raises NotEdited."""
    removed: tuple[Removed, ...] = ()

    def change(text: str) -> str:
        nonlocal removed
        new, removed = _form(text).taken_out(text, rules)
        return new

    _edit_text(path, change)
    return removed


def put_in(path: str, removed: Sequence[Removed]) -> bool:
    """Put removed rules back, except those that are there again; return whether the file changed. Raises NotEdited."""

    def change(text: str) -> str:
        for one in sorted(removed, key=lambda one: one.place):
            text = _form(text).put_back(text, one)
        return text

    return _edit_text(path, change)


def decline(path: str, rules: Sequence[Rule]) -> int:
    """Set `ask = false` in these rules, so that they never ask for permission again. Raises NotEdited."""

    def mark(document: Any) -> int:
        wanted = {rule.key for rule in rules}
        count = 0
        for table, known in _rules_in(document):
            if known is not None and known.key in wanted:
                table["ask"] = False
                count += 1
        return count

    return _edit(path, mark)


def as_text(rule: Rule) -> str:
    """Render the rule as it would stand in the file."""
    import tomlkit

    document = tomlkit.document()
    _append(document, [rule])
    return tomlkit.dumps(document)


def _form(text: str) -> _Form:
    """Pick the module that can edit this way of writing rules."""
    return arrays if arrays.is_array(text) else blocks


def _edit(path: str, change: Callable[[Any], int]) -> int:
    """Edit the parsed document; `change` returns how many rules it changed."""
    count = 0

    def changed(text: str) -> str:
        nonlocal count
        import tomlkit

        document = tomlkit.parse(text)
        count = change(document)
        return tomlkit.dumps(document) if count else text

    _edit_text(path, changed, fresh=_HEADER)
    return count


def _edit_text(path: str, change: Callable[[str], str], *, fresh: str = "") -> bool:
    """Edit the text; return whether the file changed. `fresh` is the initial text if there is no file yet."""

    def changed(text: str) -> str:
        ended = text if text.endswith("\n") or not text else f"{text}\n"  # otherwise an addition would continue the last line
        new = change(ended)
        if new == ended:
            return text
        if not parse(new).usable:
            raise NotEdited(path, "unsound")
        return new

    return edit_file(rules_file(path), changed, fresh) is not None


def _append(document: Any, rules: Sequence[Rule]) -> int:
    import tomlkit

    known = {rule.key for _, rule in _rules_in(document) if rule is not None}
    new = [rule for rule in rules if rule.key not in known]
    if new and document.get("rule") is None:
        document["rule"] = tomlkit.aot()
    if arrays.is_in(document):
        document["rule"].extend(arrays.inline(rule.table) for rule in new)
        return len(new)
    for rule in new:
        tables = document["rule"]
        if len(tables) and not tables[-1].as_string().endswith("\n\n"):
            tables[-1].add(tomlkit.nl())  # a blank line between rules
        table = tomlkit.table()
        table.update(rule.table)
        tables.append(table)
    return len(new)


def _rules_in(document: Any) -> Iterator[tuple[Any, Rule | None]]:
    """Yield each table with its rule, or with None if the table has a mistake."""
    if arrays.is_in(document):
        yield from zip(document["rule"], arrays.rules_in(document), strict=True)
        return
    tables = document.get("rule", [])
    if not isinstance(tables, list):
        raise ValueError(tables)  # noqa: TRY004 - the file's mistake, as [rule] in one bracket
    for table in tables:
        read = parse(f"[[rule]]\n{table.as_string()}").rules
        yield table, read[0] if read else None
