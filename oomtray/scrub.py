"""Remove names of people, computers and files from a report before it is shown to others.

Known names (logins, full names, hosts) are removed anywhere, in any case and spelling, and so is anything
that looks like a path, an address or the instance of a unit. Names of programs stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

USER, HOST, PATH, ADDRESS, INSTANCE = "[user]", "[host]", "[path]", "[address]", "[instance]"
_WORD = 3
"""Length in characters from which a name is also removed inside of other words."""
_CUT = 4
"""Length in bytes from which the end of a text counts as a truncated name: two letters of Hangul are six."""
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*")
_AT = re.compile(r"[\w.+~%-]+@[\w.-]+")
_NUMBERS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|[0-9a-fA-F]{0,4}::[0-9a-fA-F:.]*|(?:[0-9a-fA-F]{1,4}:){2,}[0-9a-fA-F:.]*|(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}")
_INSTANCE = re.compile(r"@[^/]+?(\.(?:service|scope|slice|socket|mount))\b|@[^/\s]+$")
_UNIT = re.compile(r"(.+)\.(service|scope|slice|socket|mount)")
_UID = re.compile(r"(user-|user@)\d+(\.slice|\.service)")
_KERNEL_THREAD = re.compile(r"(?:kworker|ksoftirqd|migration|cpuhp|idle_inject|rcu[a-z_]*|irq|watchdog|scsi_[a-z]+)/[u\d][\w:.+-]*")
_FIXED = frozenset({
    "killer", "outcome", "certainty", "sources", "constraint", "kind", "confidence", "remedy", "adj_from", "level", "level_cause",
})  # fmt: skip
"""Keys whose values are our own identifiers."""


class Scrubber:
    def __init__(self, users: Iterable[str], hosts: Iterable[str]) -> None:
        found = {_plain(name): HOST for name in hosts} | {_plain(name): USER for name in users}
        found = {name: token for name, token in found.items() if name.strip()}
        self._names = {one: token for name, token in found.items() for one in (name.lower(), name.casefold())}
        ordered = sorted(self._names, key=len, reverse=True)
        parts = [re.escape(name) if len(name) >= _WORD else rf"(?<![^\W_]){re.escape(name)}(?![^\W_])" for name in ordered]
        self._known = re.compile("|".join(parts), re.IGNORECASE) if parts else None
        self._cut = [name for name in ordered if len(name.encode("utf-8", "replace")) > _CUT]
        self._uids: dict[int, int] = {}

    def object(self, value: Any, key: str = "") -> Any:
        """Scrub a JSON value. Keys are ours, and stay."""
        if key in _FIXED:
            return value
        if isinstance(value, dict):
            return {name: self.object(one, name) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.object(one, key) for one in value]
        if isinstance(value, str):
            return self.cgroup(value) if key == "path" else self.name(value)
        return self._uid(value) if key == "uid" and type(value) is int else value

    def name(self, text: str) -> str:
        """Scrub the name of a process, an app or a unit, or any other text."""
        text = self._without_known(_plain(text))
        if _KERNEL_THREAD.fullmatch(text):
            return text
        text = _URL.sub(ADDRESS, text)
        text = " ".join(PATH if "/" in word or word.startswith("~") else word for word in text.split(" "))
        text = _UID.sub(r"\1UID\2", text)
        text = _INSTANCE.sub(lambda found: f"@{INSTANCE}{found[1] or ''}", text) if _UNIT.fullmatch(text) else _AT.sub(ADDRESS, text)
        return _NUMBERS.sub(ADDRESS, text)

    def cgroup(self, path: str) -> str:
        """Scrub a control group's path, of which units and slices stay."""
        return "/".join(self.name(part) if part and _UNIT.fullmatch(part) else part and PATH for part in path.split("/"))

    def _without_known(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(lambda found: self._names.get(found[0].casefold(), USER), text)
        text = text.rstrip("\ufffd")  # left of a character that was truncated
        folded = text.casefold()
        for name in self._cut:
            for length in range(len(name) - 1, 0, -1):
                if len(name[:length].encode("utf-8", "replace")) < _CUT:
                    break
                if folded.endswith(name[:length]) and len(folded) == len(text):
                    return text[: len(text) - length] + self._names[name]
        return text

    def _uid(self, uid: int) -> int:
        """Keep uids of system users, and number people from 1000 on."""
        return uid if uid < 1000 else self._uids.setdefault(uid, 1000 + len(self._uids))


def _plain(text: str) -> str:
    """Decode escapes of systemd and of URLs, and normalize the spelling of each letter."""
    if "\\x" in text:
        raw = _ESCAPE.sub(lambda found: bytes.fromhex(found[1]).decode("latin-1"), text.encode("utf-8", "replace").decode("latin-1"))
        text = raw.encode("latin-1").decode("utf-8", "replace")
    if "%" in text:
        text = unquote(text)
    return normalize("NFC", text)


def person_names(entries: Iterable[Mapping[str, str]]) -> set[str]:
    """Collect all names of persons from accounts with `login`, `full` and `home`."""
    names: set[str] = set()
    for entry in entries:
        full = entry["full"].split(",")[0].strip()
        names |= {entry["login"], full, entry["home"].rstrip("/").rpartition("/")[2]}
        # many given names have two letters in Hangul or Han
        names |= {word for word in full.split() if len(word) >= _WORD or (len(word) == _WORD - 1 and not word.isascii())}
    return {name for name in names if name and name not in ("root", "home", "nonexistent")}
