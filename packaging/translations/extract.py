"""The sentences of the program: what its code hands to `tr`, `tr_n`, `tr_c` and `mark`, and what profiles say.

A template is a literal. `tr` also takes a name, which stands for a template out of a table where `mark` was around it.
A comment that begins with "Translators:" on the lines above is kept for those who translate.
"""

from __future__ import annotations

import ast
import re
import string
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from .argparse_words import ARGPARSE
from .catalogue import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TAKES = {
    "tr": ("text",),
    "mark": ("text",),
    "tr_n": ("text", "plural"),
    "tr_c": ("context", "text"),
}
"""What the first arguments of each function are."""
ITSELF = "oomtray/messages/i18n.py"
PROFILE_SAYS = ("title", "says")
HINT = "# Translators:"


class NotExtracted(Exception):
    """A sentence that nobody could translate as it is written; says where and why."""


def extract(tree: Path) -> tuple[Message, ...]:
    """The messages of the program whose source tree this is, each once, in the order of the files. Raises NotExtracted."""
    found: dict[tuple[str | None, str], Message] = {}
    for message in _all(tree):
        known = found.get(message.key)
        if known is None:
            found[message.key] = message
            continue
        if message.plural and known.plural and message.plural != known.plural:
            raise NotExtracted(f"{message.files[0]}: two plurals of {message.text!r}")
        found[message.key] = replace(
            known,
            plural=known.plural or message.plural,
            files=tuple(dict.fromkeys((*known.files, *message.files))),
            comments=tuple(dict.fromkeys((*known.comments, *message.comments))),
            flags=known.flags | message.flags,
        )
    return tuple(found.values())


def _all(tree: Path) -> Iterator[Message]:
    for path in sorted((tree / "oomtray").rglob("*.py")):
        yield from of_code(path.read_text("utf-8"), str(path.relative_to(tree)))
    for path in sorted((tree / "resources/profiles").glob("*.toml")):
        said = tomllib.loads(path.read_text("utf-8"))
        for name in PROFILE_SAYS:
            yield Message(said[name], files=(str(path.relative_to(tree)),))
    yield from ARGPARSE


def of_code(code: str, name: str) -> Iterator[Message]:
    """The messages of one module. Raises NotExtracted."""
    lines, tree = code.split("\n"), ast.parse(code)
    known = dict(zip(TAKES, TAKES, strict=True)) if name.endswith(ITSELF) else _imported(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in known]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        function = known[ast.unparse(call.func)]
        where, takes = f"{name}:{call.lineno}", TAKES[function]
        given = {part: _literal(node) for part, node in zip(takes, call.args, strict=False)}
        text = given.get("text")
        if len(given) < len(takes) or None in given.values() or text is None:
            if function == "tr" and call.args and isinstance(call.args[0], (ast.Name, ast.Attribute, ast.Subscript)):
                continue
            raise NotExtracted(f"{where}: {function} takes literals, as they stand: {ast.unparse(call)}")
        fields = _fields(text, where)
        plural = given.get("plural")
        if plural is not None:
            many = _fields(plural, where)
            if fields | {"count"} != many | {"count"}:
                raise NotExtracted(f"{where}: both forms have the same placeholders")
            fields |= many
        yield Message(
            text,
            plural,
            given.get("context"),
            files=(name,),
            comments=tuple(_hints(lines, call.lineno)),
            flags=frozenset({"python-brace-format"} if fields else ()),
        )


def _imported(tree: ast.Module) -> dict[str, str]:
    """How this module calls the functions of i18n: name in the code, name of the function."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "oomtray.messages.i18n":
            known |= {one.asname or one.name: one.name for one in node.names if one.name in TAKES}
        elif isinstance(node, ast.ImportFrom) and node.module == "oomtray.messages":
            known |= {f"{one.asname or one.name}.{name}": name for one in node.names if one.name == "i18n" for name in TAKES}
    return known


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _fields(template: str, where: str) -> set[str]:
    """The placeholders of a template."""
    if not template.strip():
        raise NotExtracted(f"{where}: nothing to translate")
    try:
        fields = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
    except ValueError as error:
        raise NotExtracted(f"{where}: {error}: {template!r}") from None
    odd = [field for field in fields if not field.isidentifier()]
    if odd:
        raise NotExtracted(f"{where}: a placeholder has a name, and only that: {template!r}")
    return fields


def _hints(lines: list[str], number: int) -> Iterable[str]:
    """The comment for translators right above line `number`, which counts from 1."""
    above: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not re.match(r"\s*#", line):
            break
        above.insert(0, line.strip())
    begins = next((place for place, line in enumerate(above) if line.startswith(HINT)), None)
    if begins is None:
        return ()
    return (" ".join(line.lstrip("# ") for line in above[begins:]).removeprefix("Translators:").strip(),)
