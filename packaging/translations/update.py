"""Bring the template (.pot) and each language's catalogue (.po) up to what the program says now."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from .catalogue import Catalogue, Message, load, write
from .extract import extract

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TEMPLATE = "oomtray.pot"
_FIELDS = """\
Project-Id-Version: oomtray
Language: en
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: nplurals=2; plural=n != 1;
"""
HEADER = Message(
    "",
    notes=("The sentences of OOM Tray. `make translations` writes this file.",),
    translations=(_FIELDS,),
)
ALIKE = 0.8
"""How much of a sentence must be the same for its translation to be offered for the new one."""


def update(tree: Path) -> None:
    """Write the template and each language's catalogue anew. Raises NotExtracted, NotACatalogue."""
    folder = tree / "resources/translations"
    folder.mkdir(exist_ok=True)
    said = extract(tree)
    (folder / TEMPLATE).write_text(template(said), "utf-8")
    for path in sorted(folder.glob("*.po")):
        path.write_text(write(merged(load(path), said)), "utf-8")


def template(said: Sequence[Message]) -> str:
    return write(Catalogue(HEADER, tuple(said)))


def merged(old: Catalogue, said: Iterable[Message]) -> Catalogue:
    """The catalogue for what is said now: translations stay, those of changed sentences are offered as fuzzy.

    What is said no more stays at the end as obsolete, if it was translated.
    """
    known = {message.key: message for message in old.messages}
    said = tuple(said)
    gone = {message.text: message for message in old.messages if message.done} | {
        message.text: message for message in old.messages if message.obsolete
    }
    for message in said:
        gone.pop(message.text, None)
    messages = []
    for message in said:
        before = known.get(message.key)
        if before is not None and (before.plural is None) == (message.plural is None):
            fuzzy = before.flags & {"fuzzy"} if before.plural == message.plural else {"fuzzy"}
            messages.append(_translated(message, before, fuzzy))
            continue
        near = difflib.get_close_matches(message.text, gone, 1, ALIKE)
        like = gone.get(near[0]) if near else None
        if like is not None and (like.plural is None) == (message.plural is None):
            messages.append(_translated(message, like, {"fuzzy"}))
            del gone[like.text]
        else:
            messages.append(replace(message, translations=("",) * (old.forms if message.plural else 1)))
    obsolete = [replace(message, files=(), comments=(), obsolete=True) for message in gone.values()]
    return Catalogue(old.header, (*messages, *obsolete))


def _translated(message: Message, by: Message, fuzzy: Iterable[str]) -> Message:
    fuzzy = fuzzy if any(by.translations) else ()
    return replace(message, translations=by.translations, notes=by.notes, flags=message.flags | set(fuzzy))
