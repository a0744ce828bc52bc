"""Parse log lines of pairs (logfmt), as log shippers write them and programs in Go."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.shipped import of_fields

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates
    from oomtray.kernel.kill_log.lines import Line

_PAIR = re.compile(r"([A-Za-z_@][\w.@-]{0,63})=(\"[^\"\\]*+(?>\\.[^\"\\]*+)*+\"|[^\s\"]{0,400})(?:\s+|$)")
_LEVELS = frozenset({"level", "lvl", "severity", "priority", "pri"})
"""One of these has whoever logs; without it, it may be anybody's words."""
_BEGINS, _MESSAGES = 40, (b"msg=", b"message=")
_MOST = 64
"""How many pairs are read."""


def may_be_pairs(raw: bytes) -> bool:
    """Whether a line may be of pairs, as a cheap check."""
    return b"=" in raw[:_BEGINS] and any(name in raw for name in _MESSAGES)


def of_pairs(text: str, dates: Dates) -> Line | None:
    """Return the line in the pairs; None if it isn't all of pairs, or none of them is a level or a message."""
    fields: dict[str, object] = {}
    at = 0
    while at < len(text):
        found = _PAIR.match(text, at)
        if found is None or len(fields) >= _MOST:
            return None
        fields.setdefault(found[1], _value(found[2]))
        at = found.end()
    return of_fields(fields, dates) if _LEVELS.intersection(fields) else None


def _value(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]
