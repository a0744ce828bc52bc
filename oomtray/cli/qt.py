"""What to say when Qt can't be loaded."""

from __future__ import annotations

import re

from oomtray.cli import Failure

PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLX.so.0": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""A library that PySide6's wheel expects of the system, and the Debian package that has it."""


def explain_import_error(error: ImportError) -> Failure:
    """One line with the remedy for an ImportError met while loading the tray."""
    if (error.name or "").partition(".")[0] in {"PySide6", "shiboken6"} and isinstance(
        error, ModuleNotFoundError
    ):
        return Failure(
            "the tray needs PySide6, which is not installed: pip install PySide6-Essentials"
            " (the text commands work without it: oomtray list)"
        )
    library = re.search(r"(lib[\w.+-]+\.so[\w.]*)", str(error))
    if library:
        name = library.group(1)
        package = PACKAGES.get(name)
        remedy = f"apt-get install {package}" if package else "install the package that has it"
        return Failure(f"Qt can't be loaded, as {name} is missing on this system: {remedy}")
    return Failure(f"the tray can't be loaded: {error}")
