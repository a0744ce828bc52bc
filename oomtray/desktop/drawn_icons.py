"""Whether a drawn icon (SVG) may be handed to Qt: it reads no other file, and doesn't draw the same thing again and again.

Qt opens what an <image> or a style sheet names, be it a pipe that nobody writes to, and follows each <use> in what another
<use> stands for. Neither can be forbidden to it, nor stopped.
"""

from __future__ import annotations

import re
from typing import Any

_MOST_DRAWN = 256
"""Times that something is drawn by a <use>."""
_FEW = 8
"""So many <use> come to no more than that in any order."""
_MOST_KEPT = 20_000
"""Pairs of an id and a <use> below it."""
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
"""Not compressed, which Qt would unpack."""
_ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"'](?!utf-?8|us-ascii|iso-8859-1\b)", re.IGNORECASE)
_READS = re.compile(
    rb"<\?xml-stylesheet|<!ENTITY|\0|href\s*=\s*[\"'](?!#|https?://|data:image/[a-z]+;base64,\s*(?:iVBORw0KGgo|/9j/)[A-Za-z0-9+/=\s]*[\"'])"
)
"""A picture that is part of the file may be PNG or JPEG: another drawing could read a file in its turn."""
_USE = re.compile(rb"[<:]use(?![\w.-])")


def is_harmless(content: bytes) -> bool:
    """False also for what can't be told."""
    if not _BEGINS.match(content) or _ENCODING.search(content, 0, 1024) or _READS.search(content):
        return False
    return len(_USE.findall(content)) <= _FEW or _draws_little(content)


def _draws_little(content: bytes) -> bool:
    from xml.parsers import expat

    used = _Used()
    parser = expat.ParserCreate()
    parser.StartElementHandler = used.begin
    parser.EndElementHandler = used.end
    try:
        parser.Parse(content, True)
        return used.drawn("") <= _MOST_DRAWN
    except (expat.ExpatError, RecursionError, ValueError):
        return False


class _Used:
    """What stands below each id, "" for the whole."""

    def __init__(self) -> None:
        self._open = [[""]]
        self._targets: dict[str, list[str]] = {"": []}
        self._drawn: dict[str, int] = {}
        self._kept = 0

    def begin(self, name: str, attributes: dict[str, Any]) -> None:
        """Raises ValueError where it is too much to be kept."""
        self._open.append([str(value) for key, value in attributes.items() if key.rpartition(":")[2] == "id"])
        if name.rpartition(":")[2] == "use":
            for target in {value for key, value in attributes.items() if key.rpartition(":")[2] == "href"}:
                around = {one for ids in self._open for one in ids}
                self._kept += len(around)
                if self._kept > _MOST_KEPT:
                    raise ValueError(name)
                for id_ in around:
                    self._targets.setdefault(id_, []).append(target.strip().removeprefix("#"))

    def end(self, _name: str) -> None:
        self._open.pop()

    def drawn(self, id_: str) -> int:
        """How often something is drawn by a <use> within it, counted to just above the most; so much also where one leads back."""
        if id_ not in self._drawn:
            self._drawn[id_] = _MOST_DRAWN + 1
            total = 0
            for target in self._targets.get(id_, ()):
                total += 1 + (self.drawn(target) if target else 0)
                if total > _MOST_DRAWN:
                    break
            self._drawn[id_] = total
        return self._drawn[id_]
