"""Which part of Qt is missing, and which package has it: read from the error with which loading it ended."""

from __future__ import annotations

import re
from typing import Literal

from oomtray.records import dataclass

CORE = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
XCB = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""Libraries that PySide6's wheel expects of the system, and the Debian packages that have them."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps Qt from being loaded."""

    kind: Literal["no-pyside", "no-library", "other"]
    name: str
    """Of the library; what Python said where the kind is `other`."""
    packages: tuple[str, ...] = ()
    """Debian packages that have the library and those of its kind; empty where they aren't known."""


def obstacle(error: ImportError) -> Obstacle:
    """Why the import of Qt failed."""
    if (error.name or "").partition(".")[0] in {"PySide6", "shiboken6"} and isinstance(error, ModuleNotFoundError):
        return Obstacle("no-pyside", "PySide6")
    name = missing_library(error)
    if name is None:
        return Obstacle("other", str(error))
    # where one is missing others are: all of its kind, so that nobody has to come back for each
    packages = next((kind.values() for kind in (CORE, XCB) if name in kind), ())
    return Obstacle("no-library", name, tuple(dict.fromkeys(packages)))


def missing_library(error: ImportError) -> str | None:
    """The shared library that the dynamic loader did not find: "libx.so.1: cannot open shared object file: ..."

    The sentence after the name may be in the user's language.
    """
    found = re.match(r"(lib[\w.+-]+\.so[\w.]*): ", str(error))
    return found[1] if found else None
