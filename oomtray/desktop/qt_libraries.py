"""Find the missing part of Qt, or the missing module, and its package, from the error of importing it."""

from __future__ import annotations

import os
import re
import sys
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
"""Libraries that PySide6's wheel expects from the system, with their Debian packages."""
MODULES = {
    "PySide6": ("PySide6-Essentials", ("python3-pyside6.qtcore", "python3-pyside6.qtgui", "python3-pyside6.qtwidgets")),
    "jeepney": ("jeepney", ("python3-jeepney",)),
    "psutil": ("psutil", ("python3-psutil",)),
    "tomlkit": ("tomlkit", ("python3-tomlkit",)),
}
"""Third-party modules that the tray imports: the name for pip, and the Debian packages."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why Qt can't be loaded."""

    kind: Literal["no-pyside", "no-module", "no-library", "other"]
    name: str
    """Name of the module or library; for `other`, the message of Python."""
    packages: tuple[str, ...] = ()
    """Debian packages of this library and related ones; empty if unknown."""
    command: str = ""
    """Command that installs the module, and others that are missing."""


def obstacle(error: ImportError, *, tray: bool = True) -> Obstacle:
    """Explain a failed import of Qt or of a module; `tray` is False for a command, which never needs Qt."""
    module = (error.name or "").partition(".")[0].replace("shiboken6", "PySide6")
    if module in MODULES and isinstance(error, ModuleNotFoundError):
        return Obstacle("no-pyside" if module == "PySide6" else "no-module", module, command=installing(module, tray=tray))
    name = missing_library(error)
    if name is None:
        return Obstacle("other", str(error))
    # if one is missing, others usually are too: name all related packages at once
    packages = next((kind.values() for kind in (CORE, XCB) if name in kind), ())
    return Obstacle("no-library", name, tuple(dict.fromkeys(packages)))


def installing(module: str, *, tray: bool = True, managed: bool | None = None) -> str:
    """Return the command that installs a module and all other missing ones that the tray or the commands need.

    `managed`: whether pip would refuse, because apt has the modules of this Python (PEP 668); None: find out.
    """
    missing = lacking(module, tray=tray)
    if _is_managed() if managed is None else managed:
        return f"apt-get install {' '.join(package for name in missing for package in MODULES[name][1])}"
    return f"pip install {' '.join(MODULES[name][0] for name in missing)}"


def lacking(module: str = "", *, tray: bool = True) -> list[str]:
    """Return which modules are missing, and `module` in any case; `tray` is as for `obstacle`."""
    from importlib.util import find_spec

    needed = MODULES if tray else [name for name in MODULES if name != "PySide6"]
    return [name for name in needed if name == module or find_spec(name) is None]


def _is_managed() -> bool:
    from shutil import which
    from sysconfig import get_path

    if sys.prefix != sys.base_prefix:
        return False  # a virtual environment
    return os.path.exists(os.path.join(get_path("stdlib"), "EXTERNALLY-MANAGED")) and which("apt-get") is not None


def missing_library(error: ImportError) -> str | None:
    """Return the shared library that the dynamic loader did not find: "libx.so.1: cannot open shared object file: ..."

    The text after the name may be in the user's language.
    """
    found = re.match(r"(lib[\w.+-]+\.so[\w.]*): ", str(error))
    return found[1] if found else None
