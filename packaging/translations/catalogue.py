"""A gettext catalogue as text (.po, .pot): its messages, read and written.

The format is the GNU one (gettext manual, "The Format of PO Files"), without dates, hosts and line numbers, so that a
catalogue changes only where a sentence does.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(r'(msg[a-z_]+(?:\[\d+\])?)?\s*("[^\n]*")')
FORMS = re.compile(r"nplurals\s*=\s*(\d+)")


@dataclass(frozen=True)
class Message:
    text: str
    plural: str | None = None
    context: str | None = None
    """What tells this text from one that reads the same."""
    files: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    """What the code says to translators."""
    notes: tuple[str, ...] = ()
    """What translators say to each other."""
    flags: frozenset[str] = frozenset()
    translations: tuple[str, ...] = ()
    """One, or one for each plural form; empty strings where nobody has translated it yet."""
    obsolete: bool = False
    """No code says it any more; the translation is still there to be taken up again."""

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.text

    @property
    def done(self) -> bool:
        return not self.obsolete and "fuzzy" not in self.flags and all(self.translations) and self.translations != ()


@dataclass(frozen=True)
class Catalogue:
    header: Message
    messages: tuple[Message, ...] = field(default=())

    @property
    def forms(self) -> int:
        """How many plural forms the language has."""
        found = FORMS.search(self.header.translations[0])
        return int(found[1]) if found else 2


class NotACatalogue(ValueError):
    """The text is no catalogue; says in which line."""


def read(text: str) -> Catalogue:
    """Raises NotACatalogue."""
    found = [_message(block) for block in _blocks(text)]
    if not found or found[0].text:
        raise NotACatalogue("line 1: no header")
    return Catalogue(found[0], tuple(found[1:]))


def load(path: Path) -> Catalogue:
    """Raises NotACatalogue, which names the file, and OSError."""
    try:
        return read(path.read_text("utf-8"))
    except (NotACatalogue, UnicodeDecodeError) as error:
        raise NotACatalogue(f"{path.name}: {error}") from error


def write(catalogue: Catalogue) -> str:
    return "\n".join(_written(message) for message in (catalogue.header, *catalogue.messages))


def _blocks(text: str) -> list[list[tuple[int, str]]]:
    """The numbered lines of each message; a message ends at an empty line, or where the next one's comments begin."""
    blocks: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.strip()
        begins = plain.startswith("#") and not plain.startswith("#~")
        if not plain or (begins and any(_plain(old).startswith("msgstr") for _, old in blocks[-1])):
            blocks.append([])
        if plain:
            blocks[-1].append((number, plain))
    return [block for block in blocks if any(_plain(line) for _, line in block)]


def _plain(line: str) -> str:
    """The line without the sign of an obsolete one; nothing for a comment."""
    line = line.removeprefix("#~").lstrip()
    return "" if line.startswith("#") else line


def _message(block: list[tuple[int, str]]) -> Message:
    texts: dict[str, str] = {}
    comments: dict[str, list[str]] = {mark: [] for mark in ("#:", "#.", "#,", "# ")}
    key = ""
    for number, line in block:
        plain = _plain(line)
        if not plain:
            comments.get(f"{line} "[:2], []).append(line[2:].strip())
            continue
        said = LINE.fullmatch(plain)
        if said is None or not (said[1] or key):
            raise NotACatalogue(f"line {number}: {plain}")
        key = said[1] or key
        try:
            texts[key] = texts.get(key, "") + ast.literal_eval(said[2])
        except (SyntaxError, ValueError):
            raise NotACatalogue(f"line {number}: {plain}") from None
    if "msgid" not in texts:
        raise NotACatalogue(f"line {block[0][0]}: a message without msgid")
    return Message(
        texts["msgid"],
        texts.get("msgid_plural"),
        texts.get("msgctxt"),
        tuple(" ".join(comments["#:"]).split()),
        tuple(comments["#."]),
        tuple(comments["# "]),
        frozenset(flag.strip() for line in comments["#,"] for flag in line.split(",")),
        tuple(texts[name] for name in sorted(texts, key=_form) if name.startswith("msgstr")),
        obsolete=any(line.startswith("#~") for _, line in block),
    )


def _form(name: str) -> int:
    return int(name[7:-1]) if "[" in name else 0


def _written(message: Message) -> str:
    lines = [f"# {note}".rstrip() for note in message.notes]
    lines += [f"#. {comment}" for comment in message.comments]
    if message.files:
        lines.append(f"#: {' '.join(message.files)}")
    if message.flags:
        lines.append(f"#, {', '.join(sorted(message.flags))}")
    sign = "#~ " if message.obsolete else ""
    if message.context is not None:
        lines += _entry(sign, "msgctxt", message.context)
    lines += _entry(sign, "msgid", message.text)
    if message.plural is None:
        lines += _entry(sign, "msgstr", *(message.translations or ("",)))
    else:
        lines += _entry(sign, "msgid_plural", message.plural)
        for form, text in enumerate(message.translations or ("", "")):
            lines += _entry(sign, f"msgstr[{form}]", text)
    return "".join(f"{line}\n" for line in lines)


def _entry(sign: str, name: str, text: str) -> list[str]:
    """In one line, or one for each line of the text."""
    parts = [f'"{_escaped(part)}"' for part in re.findall(r"[^\n]*\n|[^\n]+", text)] or ['""']
    if len(parts) == 1:
        return [f"{sign}{name} {parts[0]}"]
    return [f'{sign}{name} ""', *(f"{sign}{part}" for part in parts)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
