"""Edit the text of a rules.toml whose rules are written as one array: `rule = [{app = "a", set = 1}, ...]`.

TOML forbids [[rule]] tables beside such an array, so new rules go into the array, each on a line of its own
if the existing ones are. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.actions.rules.blocks import Removed, as_block
from oomtray.actions.rules.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.actions.rules.model import Rule


def is_array(text: str) -> bool:
    """Whether the rules are written as an array; False without rules.

    Like all functions here, it may raise tomlkit's errors.
    """
    import tomlkit

    return "rule" in text and is_in(tomlkit.parse(text))


def is_in(document: Any) -> bool:
    from tomlkit.items import Array

    return isinstance(document.get("rule"), Array)


def rules_in(document: Any) -> list[Rule | None]:
    """Parse each table of the array; None for a table with a mistake."""
    found = (parse(f"rule = [{table.as_string()}]").rules for table in document["rule"])
    return [rules[0] if rules else None for rules in found]


def place_in(text: str, rule: Rule) -> int | None:
    """Return the index (from 0) of the first rule with the same key, or None."""
    import tomlkit

    return _place(tomlkit.parse(text), rule)


def rewritten(text: str, old: Rule, new: Rule) -> str:
    """Replace the old rule by the new one; return the text unchanged if the old one isn't in it."""

    def change(document: Any) -> None:
        place = _place(document, old)
        if place is not None:
            document["rule"][place] = inline(new.table)

    return _edited(text, change)


def moved(text: str, rule: Rule, by: int) -> str:
    """Move the rule down by `by` places (up if negative); return the text unchanged if there is no such place."""

    def change(document: Any) -> None:
        rules, place = document["rule"], _place(document, rule)
        if place is None or not 0 <= place + by < len(rules):
            return
        # whatever stands between two tables, such as a comment, keeps its place
        order = [table.unwrap() for table in rules]
        order.insert(place + by, order.pop(place))
        for number in range(min(place, place + by), max(place, place + by) + 1):
            rules[number] = inline(order[number])

    return _edited(text, change)


def taken_out(text: str, rules: Iterable[Rule]) -> tuple[str, tuple[Removed, ...]]:
    """Remove these rules, ignoring those that aren't in the text."""
    removed: list[Removed] = []

    def change(document: Any) -> None:
        known = rules_in(document)
        keys = [None if rule is None else rule.key for rule in known]
        places = sorted({keys.index(rule.key) for rule in rules if rule.key in keys})
        removed.extend(Removed(place, as_block(found)) for place in places if (found := known[place]) is not None)
        for place in reversed(places):
            del document["rule"][place]

    return _edited(text, change), tuple(removed)


def put_back(text: str, removed: Removed) -> str:
    """Insert the rule at its old place, or at the end if there are fewer rules; do nothing if it is there again."""

    def change(document: Any) -> None:
        for rule in parse(removed.block).rules:
            if _place(document, rule) is None:
                rules = document["rule"]
                rules.insert(min(removed.place, len(rules)), inline(rule.table))

    return _edited(text, change)


def inline(values: dict[str, Any]) -> Any:
    """Build the inline table of a rule in an array."""
    import tomlkit

    table = tomlkit.inline_table()
    table.update(values)
    return table


def _edited(text: str, change: Callable[[Any], None]) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    change(document)
    return tomlkit.dumps(document)


def _place(document: Any, rule: Rule) -> int | None:
    return next((place for place, known in enumerate(rules_in(document)) if known is not None and known.key == rule.key), None)
