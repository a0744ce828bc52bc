"""Edit the text of rules.toml as blocks of lines: one per rule with the comment above it, so that both move together.

Keeps what a person wrote around the keys. tomlkit would attach a comment to the table above it. Pure.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from oomtray.actions.rules.parse import KEYS, parse
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.rules.model import Rule

_HEADER = re.compile(r"^\s*\[\[\s*rule\s*\]\]")


def split(text: str) -> tuple[str, list[str]]:
    """Split into the text before the first rule, and one block per rule."""
    lines = text.splitlines(keepends=True)
    starts = []
    for number, line in enumerate(lines):
        if _HEADER.match(line):
            start = number
            while start > 0 and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            starts.append(start)
    if not starts:
        return text, []
    if starts[0] == 0 and not _HEADER.match(lines[0]):  # the comment at the top of the file isn't the first rule's
        head = next((n for n, line in enumerate(lines) if _HEADER.match(line)), 0)
        starts[0] = head
    ends = [*starts[1:], len(lines)]
    return "".join(lines[: starts[0]]), ["".join(lines[a:b]) for a, b in zip(starts, ends, strict=True)]


def place_in(text: str, rule: Rule) -> int | None:
    """Return the index (from 0) of the first rule with the same key, or None."""
    return place_of(split(text)[1], rule)


def place_of(blocks: list[str], rule: Rule) -> int | None:
    """Return the index (from 0) of the first block whose rule has the same key, or None."""
    for number, block in enumerate(blocks):
        found = parse(block).rules
        if found and found[0].key == rule.key:
            return number
    return None


@dataclass(frozen=True, slots=True)
class Removed:
    place: int
    """Index among the rules, from 0."""
    block: str


def taken_out(text: str, rules: Iterable[Rule]) -> tuple[str, tuple[Removed, ...]]:
    """Remove these rules and the comments above them, ignoring rules that aren't in the text."""
    _, blocks = split(text)
    places = (place_of(blocks, rule) for rule in rules)
    return taken_out_at(text, [place for place in places if place is not None])


def taken_out_at(text: str, places: Iterable[int]) -> tuple[str, tuple[Removed, ...]]:
    """Remove the rules at these indices (from 0) and the comments above them."""
    head, blocks = split(text)
    removed = tuple(Removed(place, blocks[place]) for place in sorted(set(places)))
    for one in reversed(removed):
        del blocks[one.place]
    return head + "".join(blocks), removed


def are_whole(text: str) -> bool:
    """Whether each block holds exactly one rule; TOML also allows rules to be written in other ways."""
    _, blocks = split(text)
    alone = [[rule.key for rule in parse(block).rules] for block in blocks]
    return alone == [[rule.key] for rule in parse(text).rules]


def put_back(text: str, removed: Removed) -> str:
    """Insert the rule at its old place, or at the end if there are fewer rules; do nothing if it is there again."""
    head, blocks = split(text)
    if any(place_of(blocks, rule) is not None for rule in parse(removed.block).rules):
        return text
    blocks.insert(min(removed.place, len(blocks)), _with_newline(removed.block))
    place = blocks.index(_with_newline(removed.block))
    if place:
        blocks[place - 1] = _with_newline(blocks[place - 1])
    return (_with_newline(head) if head else head) + "".join(blocks)


def moved(text: str, rule: Rule, by: int) -> str:
    """Move the rule down by `by` places (up if negative); return the text unchanged if there is no such place."""
    head, blocks = split(text)
    place = place_of(blocks, rule)
    if place is None or not 0 <= place + by < len(blocks):
        return text
    blocks = [_with_newline(block) for block in blocks]
    blocks.insert(place + by, blocks.pop(place))
    return head + "".join(blocks)


def rewritten(text: str, old: Rule, new: Rule) -> str:
    """Replace the old rule by the new one; return the text unchanged if the old one isn't in it."""
    head, blocks = split(text)
    place = place_of(blocks, old)
    if place is None:
        return text
    block = _changed(blocks[place], new)
    found = parse(block).rules
    if not found or (found[0].key, found[0].label, found[0].ask) != (new.key, new.label, new.ask):
        block = _rebuilt(blocks[place], new)  # a value spans several lines
    blocks[place] = block
    return head + "".join(blocks)


def _changed(block: str, rule: Rule) -> str:
    wanted = _values(rule)
    lines = block.splitlines(keepends=True)
    header = next(number for number, line in enumerate(lines) if _HEADER.match(line))
    kept, last = lines[: header + 1], header + 1
    for line in lines[header + 1 :]:
        found = re.match(r"""\s*["']?(\w+)["']?\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#]+)(.*)""", line, re.DOTALL)
        if found is None or found[1] not in KEYS:
            kept.append(line)
            continue
        if found[1] in wanted:
            written, end = wanted.pop(found[1]), found.start(2)
            kept.append(line if _has_value(line, written) else f"{line[:end]}{written}{found[3]}")
            last = len(kept)
    new = [f"{key} = {value}\n" for key, value in wanted.items()]
    kept[last - 1] = _with_newline(kept[last - 1])
    return "".join([*kept[:last], *new, *kept[last:]])


def _has_value(line: str, written: str) -> bool:
    import tomllib

    try:
        (value,) = tomllib.loads(line).values()
        (other,) = tomllib.loads(f"x = {written}").values()
    except (tomllib.TOMLDecodeError, ValueError):
        return False
    return bool(value == other and type(value) is type(other))


def _rebuilt(block: str, rule: Rule) -> str:
    above = block[: _header_at(block)]
    lines = "".join(f"{key} = {value}\n" for key, value in _values(rule).items())
    return f"{above}[[rule]]\n{lines}\n"


def as_block(rule: Rule) -> str:
    """Render a rule as it would stand in the file."""
    return _rebuilt("[[rule]]\n", rule)


def _header_at(block: str) -> int:
    found = re.search(_HEADER.pattern, block, re.MULTILINE)
    return 0 if found is None else found.start()


def _values(rule: Rule) -> dict[str, str]:
    """Map the rule's keys to their values in TOML syntax."""
    written = {key: json.dumps(value, ensure_ascii=False) for key, value in rule.table.items()}  # TOML has JSON's escapes
    return {key: value.replace("\x7f", "\\u007f") for key, value in written.items()}


def _with_newline(block: str) -> str:
    return block if block.endswith("\n") else f"{block}\n"
