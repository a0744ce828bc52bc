"""Parse a desktop entry: an app's name, its icon, and the program that it starts.

Source: the Desktop Entry Specification. Anybody may write such a file: invalid values are treated as missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROUP = "[Desktop Entry]"
_LONGEST = 120
"""Longest name or window class, in characters."""
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_WORD = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|([^\s"]+))', re.DOTALL)
"""An unterminated quote takes the rest of the text: searching for an end after each quote would take quadratic time."""
_FIELD = re.compile(r"%[a-zA-Z]")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_STARTERS = re.compile(r"(env|nice|ionice|setsid|nohup|pkexec|gksu|kdesu|(python|pypy|perl|ruby|node|electron)[0-9.]*)")
"""Programs that start another one: the first argument that isn't an option."""
_OPAQUE_STARTERS = re.compile(r"((ba|da|k|z)?sh|flatpak|snap|gtk-launch|gapplication|dbus-send|gdbus|xdg-open|java|wine[0-9]*)")
"""Programs whose arguments say in their own ways what to start."""


class AppEntry(NamedTuple):
    id: str
    """Without `.desktop`: org.mozilla.firefox."""
    name: str
    """In the user's language; may hold any character."""
    icon: str | None
    """A name in the icon theme, or an absolute path."""
    program: str | None
    """The program in the command: a path, or a name to search for in PATH."""
    plain: bool
    """Whether the command passes nothing but files to open: it is this app, not one of its parts or windows."""
    wm_class: str | None
    shown: bool
    """Whether menus show it."""


def parse(id_: str, text: str, languages: Sequence[str] = ()) -> AppEntry | None:
    """Parse an entry; None if it is hidden or not an app.

    Its name is in the first of the `languages` (`ko_KR`, `ko`) that it has.
    """
    found = keys_of(text)
    if found.get("Type") != "Application" or found.get("Hidden") == "true":
        return None
    names = (found.get(key, "") for key in (*(f"Name[{language}]" for language in languages), "Name"))
    name = next((name for name in (_value(one) for one in names) if name), None)
    if name is None:
        return None
    program, plain = _program(_value(found.get("Exec", ""), 4096))
    return AppEntry(
        id=id_,
        name=name,
        icon=_value(found.get("Icon", ""), 1024) or None,
        program=program,
        plain=plain,
        wm_class=_value(found.get("StartupWMClass", "")) or None,
        shown=found.get("NoDisplay") != "true",
    )


def keys_of(text: str) -> dict[str, str]:
    """Return the keys of an entry and their values as written; the first of duplicates counts."""
    found: dict[str, str] = {}
    inside = False
    for line in text.split("\n"):
        if line.startswith("["):
            if inside:
                break  # the groups of its actions follow
            inside = line.strip() == _GROUP
        elif inside:
            key, equals, value = line.partition("=")
            if equals:
                found.setdefault(key.strip(), value.strip())
    return found


def unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), value)


def _value(raw: str, longest: int = _LONGEST) -> str:
    return unescaped(raw[: 2 * longest])[:longest].strip()


def _program(command: str) -> tuple[str | None, bool]:
    """Return the program of an Exec value, and whether only field codes follow it."""
    words = [_ESCAPE.sub(r"\1", quoted) if quoted else bare for quoted, bare in _WORD.findall(command)]
    at = 0
    while at < len(words):
        name = words[at].rpartition("/")[2]
        if _OPAQUE_STARTERS.fullmatch(name):
            return None, False
        if not _STARTERS.fullmatch(name):
            rest = words[at + 1 :]
            return words[at], all(_FIELD.fullmatch(word) for word in rest)
        at += 1
        while at < len(words) and (words[at].startswith("-") or _ASSIGNMENT.fullmatch(words[at])):
            at += 1
    return None, False
