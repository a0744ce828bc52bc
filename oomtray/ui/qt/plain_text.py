"""Escapes plain text for widgets that may take it for HTML, or & and _ for a mnemonic."""

from __future__ import annotations

_UNBROKEN = 60
"""Characters up to which a line of a tooltip isn't broken."""


def without_markup(text: str) -> str:
    """Replace < and >, for tray hosts that read the text as HTML."""
    return text.replace("<", "‹").replace(">", "›")


def as_html(text: str) -> str:
    """Convert to HTML for a tooltip, which otherwise guesses the format: a process may be called <b>."""
    return "<qt>" + "<br>".join(map(_line, text.split("\n"))) + "</qt>"


def _line(text: str) -> str:
    """Escape a line; a short one is kept unbroken, because Qt makes a tooltip half as wide as it is long."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<nobr>{escaped}</nobr>" if len(text) <= _UNBROKEN else escaped


def unbroken(text: str) -> str:
    """Keep numbers with their units and PIDs with their names: 0.4 s, 60 MiB, 78 %, slack (4281)."""
    from re import sub

    return sub(r"(?<=\d) (?=(?:s|ms|min|h|d|%|[KMGTP]?i?B)(?:\W|$))|(?<=\S) (?=\(\d+\))", "\u00a0", text)


def in_menu(text: str, *, exported: bool = False) -> str:
    """Escape a name for a menu, where & marks a mnemonic and && is a literal &.

    In a menu that Qt exports over D-Bus, _ marks it, and Qt turns the first & into one whatever follows
    (QDBusMenuItem::convertMnemonic): there a fullwidth ampersand is used. A desktop's own plugin for Qt escapes both.
    """
    return text.replace("&", "\uff06").replace("_", "__") if exported else text.replace("&", "&&")
