"""Find the file of an app's icon by the Icon Theme Specification.

Qt's own lookup also reads and draws the file, in the window's thread, and takes a scalable one even if the
right size exists. The content is read here too, so that no pipe or device is opened as a picture.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from oomtray.desktop.app_entries import folders
from oomtray.desktop.drawn_icons import is_harmless
from oomtray.file_access import FileError, read_whosoever

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LARGEST = 512 * 1024
_LARGEST_DRAWING = 192 * 1024
"""Largest picture, and largest drawing (SVG), in bytes."""
_LARGEST_THEME = 512 * 1024
_MOST_THEMES, _MOST_FOLDERS = 8, 1200
_ENDINGS = (".png", ".svg", ".xpm")
_SCALABLE = 1 << 16
"""Size of an icon that fits any size, in pixels."""


class Icon(NamedTuple):
    content: bytes
    kind: str
    """png, svg or xpm: the file's extension."""

    @property
    def drawn(self) -> bool:
        return self.kind == "svg"


def read_icon(name: str, pixels: int, themes: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> Icon | None:
    """Read the icon with this name or absolute path that best suits a square of so many pixels. Never raises.

    `themes` are tried in order, each followed by those it inherits; hicolor is always last. None if there is
    none.
    """
    if not name or "\0" in name:
        return None
    if name.startswith("/"):
        return _content(name) if name.lower().endswith(_ENDINGS) else None
    if "/" in name:
        return None
    for ending in _ENDINGS:
        name = name.removesuffix(ending)  # against the specification, but common
    for path in _candidates(name, pixels, tuple(themes), tuple(folders(environ)), environ.get("HOME", "")):
        found = _content(path)
        if found is not None:
            return found
    return None


def _content(path: str) -> Icon | None:
    kind = path.lower().rpartition(".")[2]
    limit = _LARGEST_DRAWING if kind == "svg" else _LARGEST
    try:
        content = read_whosoever(path, links=True, limit=limit + 1)
    except (FileError, OSError, ValueError):
        return None
    if not content or len(content) > limit or (kind == "svg" and not is_harmless(content)):
        return None
    return Icon(content, kind)


def _candidates(name: str, pixels: int, themes: tuple[str, ...], data: tuple[str, ...], home: str) -> Iterator[str]:
    bases = (*([os.path.join(home, ".icons")] if home else ()), *(os.path.join(folder, "icons") for folder in data))
    for theme in _with_inherited(themes, bases):
        at_hand = [base for base in bases if os.path.isdir(os.path.join(base, theme))]
        sized = sorted(_index(theme, bases)[1], key=lambda one: _unfit(one[1], pixels))
        # a bitmap of the right size before a drawing, and that before a bitmap scaled up
        order = sorted(((_unfit(size if ending != ".svg" else _SCALABLE, pixels), n, folder, ending)
                        for n, (folder, size) in enumerate(sized) for ending in (".png", ".svg")))  # fmt: skip
        for _, _, folder, ending in order:
            for base in at_hand:
                path = os.path.join(base, theme, folder, name + ending)
                if os.path.exists(path):
                    yield path
    for folder in (*bases, *(os.path.join(one, "pixmaps") for one in data)):
        for ending in _ENDINGS:
            path = os.path.join(folder, name + ending)
            if os.path.exists(path):
                yield path


def _unfit(size: int, pixels: int) -> tuple[int, int]:
    """Sort key: the smallest that is large enough comes first, then drawings, then the largest of the smaller ones."""
    if size == _SCALABLE:
        return 1, 0
    if size >= pixels:
        return (0, size) if size <= 4 * pixels else (2, size)
    return 3, -size


def _with_inherited(themes: tuple[str, ...], bases: tuple[str, ...]) -> list[str]:
    order: list[str] = []
    waiting = [*reversed(themes)]
    while waiting and len(order) < _MOST_THEMES:
        theme = waiting.pop()
        if theme in order or theme == "hicolor" or "/" in theme or theme in ("", ".", ".."):
            continue
        order.append(theme)
        waiting += reversed(_index(theme, bases)[0])
    return [*order, "hicolor"]


@lru_cache(maxsize=_MOST_THEMES + 1)
def _index(theme: str, bases: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """Return the themes that it inherits, and its folders of app icons with their sizes in pixels."""
    for base in bases:
        try:
            content = read_whosoever(os.path.join(base, theme, "index.theme"), links=True, limit=_LARGEST_THEME)
        except (FileError, OSError, ValueError):
            continue
        if content is not None:
            return _parsed(content.decode("utf-8", "replace"))
    if theme == "hicolor":  # always usable, because apps install their icons into these folders
        sizes = (16, 22, 24, 32, 36, 48, 64, 72, 96, 128, 192, 256, 512)
        return (), (*((f"{size}x{size}/apps", size) for size in sizes), ("scalable/apps", _SCALABLE))
    return (), ()


def _parsed(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    groups: dict[str, dict[str, str]] = {}
    here: dict[str, str] = {}
    for line in map(str.strip, text.split("\n")):
        if line.startswith("[") and line.endswith("]"):
            here = groups.setdefault(line[1:-1], {}) if len(groups) < _MOST_FOLDERS else {}
        else:
            key, equals, value = line.partition("=")
            if equals and key.strip() in ("Inherits", "Size", "Scale", "Type", "Context"):
                here.setdefault(key.strip(), value.strip())
    inherited = groups.pop("Icon Theme", {}).get("Inherits", "")
    found = []
    for folder, told in groups.items():
        apps = told["Context"].casefold() in ("applications", "apps", "legacy") if "Context" in told else "apps" in folder
        if not apps or folder.startswith("/") or ".." in folder.split("/"):
            continue
        size, scale = told.get("Size", ""), told.get("Scale", "1")
        if told.get("Type", "").casefold() == "scalable":
            found.append((folder, _SCALABLE))
        elif size.isdecimal() and scale.isdecimal() and len(size) < 5 and len(scale) < 3:
            found.append((folder, int(size) * int(scale)))
    return tuple(one.strip() for one in inherited.split(",") if one.strip()), tuple(found)
