"""Decide whether an SVG icon may be given to Qt: it must read no other file, and not multiply its drawing by <use>.

Qt opens what an <image> or a style sheet names, even a pipe that nobody writes to, and expands each <use>
within what another <use> refers to. Neither can be disabled or interrupted.
"""

from __future__ import annotations

import re
from typing import Any

_MOST_DRAWN = 256
"""Most times that something is drawn by a <use>."""
_FEW = 8
"""So few <use> can't exceed that in any arrangement."""
_MOST_KEPT = 20_000
"""Most pairs of an ID and a <use> below it."""
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
"""Not compressed, because Qt would unpack it."""
_ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"'](?!utf-?8|us-ascii|iso-8859-1\b)", re.IGNORECASE)
_READS = re.compile(
    rb"<\?xml-stylesheet|<!ENTITY|\0|href\s*=\s*[\"'](?!#|https?://|data:image/[a-z]+;base64,\s*(?:iVBORw0KGgo|/9j/)[A-Za-z0-9+/=\s]*[\"'])"
)
"""An embedded picture may be PNG or JPEG: an embedded SVG could itself read a file."""
_USE = re.compile(rb"[<:]use(?![\w.-])")


def is_harmless(content: bytes) -> bool:
    """Whether the icon is safe; False also if that can't be determined."""
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
    """The targets of <use> below each ID, with "" for the whole document."""

    def __init__(self) -> None:
        self._open = [[""]]
        self._targets: dict[str, list[str]] = {"": []}
        self._drawn: dict[str, int] = {}
        self._kept = 0

    def begin(self, name: str, attributes: dict[str, Any]) -> None:
        """Raises ValueError if there is too much to keep."""
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
        """Count how often <use> draws something within this ID, at most one above the limit; a cycle counts as that."""
        if id_ not in self._drawn:
            self._drawn[id_] = _MOST_DRAWN + 1
            total = 0
            for target in self._targets.get(id_, ()):
                total += 1 + (self.drawn(target) if target else 0)
                if total > _MOST_DRAWN:
                    break
            self._drawn[id_] = total
        return self._drawn[id_]
