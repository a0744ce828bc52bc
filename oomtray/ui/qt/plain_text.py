"""Escapes plain text for widgets that may take it for HTML, or & and _ for a mnemonic."""

from __future__ import annotations

_UNBROKEN = 60
"""Characters up to which a tooltip's line is not broken."""


def without_markup(text: str) -> str:
    """Plain text that stays itself where a tray host reads it as HTML."""
    return text.replace("<", "‹").replace(">", "›")


def as_html(text: str) -> str:
    """For a tooltip, which guesses whether it is HTML: a process may be called <b>."""
    return "<qt>" + "<br>".join(map(_line, text.split("\n"))) + "</qt>"


def _line(text: str) -> str:
    """Whole where it is short: Qt makes a tooltip half as wide as it is long, whatever that breaks."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<nobr>{escaped}</nobr>" if len(text) <= _UNBROKEN else escaped


def unbroken(text: str) -> str:
    """Where a line may be broken, a number stays with its unit, and a PID with its name: 0.4 s, 60 MiB, 78 %, slack (4281)."""
    from re import sub

    return sub(r"(?<=\d) (?=(?:s|ms|min|h|d|%|[KMGTP]?i?B)(?:\W|$))|(?<=\S) (?=\(\d+\))", "\u00a0", text)


def in_menu(text: str, *, exported: bool = False) -> str:
    """A name in a menu, where & marks a key, and && stands for one.

    In a menu that is exported over D-Bus _ marks it, and Qt makes one of the first & whatever stands behind it
    (QDBusMenuItem::convertMnemonic): there a wide ampersand stands in.
    """
    return text.replace("&", "\uff06").replace("_", "__") if exported else text.replace("&", "&&")
