"""Catalogues in the form that programs read (.mo), as the GNU gettext manual has it in "The Format of GNU MO Files"."""

from __future__ import annotations

import re
import string
import struct
from typing import TYPE_CHECKING

from .catalogue import Catalogue, Message, load

if TYPE_CHECKING:
    from pathlib import Path

DOMAIN = "oomtray"
MAGIC = 0x950412DE
CONTEXT, FORM = "\x04", "\0"
"""What stands between a context and its text, and between the forms of a plural."""
PERCENT = re.compile(r"%(?:\(\w+\))?[a-z]")


class NotCompiled(Exception):
    """A translation that would break a sentence; says in which file and why."""


def compile_all(source: Path, target: Path) -> list[Path]:
    """Compile each LANGUAGE.po of `source` to LANGUAGE/LC_MESSAGES/oomtray.mo of `target`, and return what was written.

    What an earlier run left of a language that is gone is removed. Raises NotACatalogue, NotCompiled.
    """
    wanted = {target / path.stem / "LC_MESSAGES" / f"{DOMAIN}.mo": path for path in sorted(source.glob("*.po"))}
    compiled = {to: checked(load(path), path.name) for to, path in wanted.items()}
    for path in target.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"):
        if path not in wanted:
            path.unlink()
            for folder in (path.parent, path.parents[1]):
                if not any(folder.iterdir()):
                    folder.rmdir()
    for to, data in compiled.items():
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
    return list(compiled)


def checked(catalogue: Catalogue, name: str) -> bytes:
    """The compiled catalogue; `name` stands in what is raised. Raises NotCompiled."""
    for message in catalogue.messages:
        if message.done:
            _check(message, catalogue, name)
    return compiled(catalogue)


def compiled(catalogue: Catalogue) -> bytes:
    entries = sorted(
        (_key(message).encode(), FORM.join(message.translations).encode())
        for message in (catalogue.header, *catalogue.messages)
        if message.done
    )
    count, start = len(entries), 7 * 4
    tables, texts = [b"", b""], b""
    offset = start + 2 * 8 * count
    for side in (0, 1):
        for entry in entries:
            tables[side] += struct.pack("<II", len(entry[side]), offset + len(texts))
            texts += entry[side] + b"\0"
    # no hash table: gettext(3) and Python do without
    head = struct.pack("<7I", MAGIC, 0, count, start, start + 8 * count, 0, offset)
    return head + tables[0] + tables[1] + texts


def _key(message: Message) -> str:
    text = message.text if message.plural is None else message.text + FORM + message.plural
    return text if message.context is None else message.context + CONTEXT + text


def _check(message: Message, catalogue: Catalogue, name: str) -> None:
    said = f"{name}: {message.text!r}"
    if len(message.translations) != (catalogue.forms if message.plural is not None else 1):
        raise NotCompiled(f"{said}: {len(message.translations)} plural forms instead of {catalogue.forms}")
    allowed = placeholders(message, message.text) | placeholders(message, message.plural or "")
    for text in message.translations:
        try:
            odd = placeholders(message, text) ^ allowed
        except ValueError as error:
            raise NotCompiled(f"{said}: {error}") from None
        # a form may say "one" instead of the number
        if odd - {"count", "%s"} if message.plural is not None else odd:
            raise NotCompiled(f"{said}: the translation lacks a placeholder or has one too many: {', '.join(sorted(odd))}")


def placeholders(message: Message, text: str) -> set[str]:
    """Those of one form of the message. Raises ValueError for braces that don't fit."""
    if "python-format" in message.flags:
        return set(PERCENT.findall(text))
    if "python-brace-format" in message.flags:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    return set()
