"""A language for tests, `xx`: every text in brackets, a third longer, in letters that no English text has.

Text shown in this language that still reads as English was never looked up. Only data may: names, numbers,
paths, identifiers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from translations.catalogue import Catalogue, Message, write
from translations.extract import extract

from tests.rigs.commands.program import TREE
from tests.rigs.translations.speaking import environment, header, put

LANGUAGE = "xx"
LONGER = 0.3
_FOREIGN = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
)
_AS_IT_IS = re.compile(
    r"\{\{|\}\}|\{\w*(?:![rsa])?(?::[^}]*)?\}"  # placeholders
    r"|%%|%(?:\(\w+\))?[a-z]"  # those of argparse
    r"|</?\w+[^>]*>|&\w+;"  # rich text
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*[A-Za-z]")
_DATA = re.compile(r"</?\w+[^>]*>|(?<![\w.])~?/[\w.@:+*~/-]+|(?<![\w-])--?[a-z][a-z-]*|\b[KMGT]iB\b|Ctrl\+\w")
"""Tags of rich text, paths, options, units of memory, keys."""


def pseudo(text: str) -> str:
    """Translate the text; a leading or trailing space stays outside of the brackets."""
    plain = text.strip()
    made, at = "", 0
    for found in _AS_IT_IS.finditer(plain):
        made += plain[at : found.start()].translate(_FOREIGN) + found[0]
        at = found.end()
    made += plain[at:].translate(_FOREIGN)
    more = " ·ẋẋẋẋẋẋ" * round(len(plain) * LONGER / 8 + 0.5)
    return text.replace(plain, f"⟦{made}{more}⟧")


def pseudo_catalogue(folder: Path) -> Path:
    """Write the language into `folder` as a translator would submit it, to be compiled when building or installing."""
    path = folder / f"{LANGUAGE}.po"
    folder.mkdir(exist_ok=True)
    messages = tuple(_translated(message) for message in extract(TREE))
    path.write_text(write(Catalogue(header(LANGUAGE), messages)), "utf-8")
    return path


def pseudo_language(folder: Path) -> dict[str, str]:
    """Write the language into `folder`; return the environment for a program that uses it."""
    put(folder, LANGUAGE, *(_translated(message) for message in extract(TREE)))
    return environment(folder, LANGUAGE)


def _translated(message: Message) -> Message:
    forms = (message.text,) if message.plural is None else (message.text, message.plural)
    return replace(message, translations=tuple(pseudo(form) for form in forms))


class Reader:
    """Recognizes the words of `data`: names, numbers, paths, identifiers."""

    def __init__(self, *data: str) -> None:
        self._known = {word for one in data for word in words(one)}

    def english(self, text: str) -> list[str]:
        """Return words that are neither of the language nor data; data may be cut, with … for the rest."""
        plain = _DATA.sub(" ", text)
        left = [word for word in words(plain) if word not in self._known]
        if left and "…" in plain:
            cut = re.findall(r"(\w+)…", plain), re.findall(r"…(\w+)", plain)
            left = [
                word
                for word in left
                if not (word in cut[0] and any(whole.startswith(word) for whole in self._known))
                and not (word in cut[1] and any(whole.endswith(word) for whole in self._known))
            ]
        return left


def words(text: str) -> list[str]:
    """Return words of two or more plain Latin letters; letters beside a foreign one don't belong to a word."""
    return [found[0] for found in _WORD.finditer(text) if not _foreign(text, found)]


def _foreign(text: str, found: re.Match[str]) -> bool:
    beside = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
    return any(char.isalpha() and not char.isascii() for char in beside)
