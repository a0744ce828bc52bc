"""What keeps Qt from starting, found before Qt finds it: it would abort the program, or raise a traceback."""

from __future__ import annotations

import os
import re
import socket
from typing import TYPE_CHECKING

from oomtray.cli import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def require_screen(env: Mapping[str, str] = os.environ) -> None:
    """Raises Failure where no graphical session is known: Qt would abort."""
    if not any(env.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        raise Failure(
            "there is no screen for the tray: neither DISPLAY nor WAYLAND_DISPLAY is set"
            " (the text commands need none: oomtray list)"
        )


def require_answer(env: Mapping[str, str] = os.environ) -> None:
    """Raises Failure where none of the known screens answers: Qt would abort as well."""
    screens = {name: env[name] for name in ("WAYLAND_DISPLAY", "DISPLAY") if env.get(name)}
    if screens and not env.get("QT_QPA_PLATFORM") and not any(_answers(*screen, env) for screen in screens.items()):
        named = " and ".join(f"{name}={value}" for name, value in screens.items())
        raise Failure(f"no screen answers at {named} (the text commands need none: oomtray list)")


def _answers(name: str, value: str, env: Mapping[str, str]) -> bool:
    """Whether somebody listens there: X(7), DISPLAY NAMES; wl_display_connect(3)."""
    if name == "WAYLAND_DISPLAY":
        return _listens(os.path.join(env.get("XDG_RUNTIME_DIR", ""), value))
    host, _, number = value.rpartition(":")
    number = number.partition(".")[0]
    if host not in ("", "unix") or not number.isdigit():
        return True  # another machine's, or a path of its own: Qt may find out
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    return _listens(path) or _listens(f"\0{path}")


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(path)
        except (OSError, ValueError):
            return False
    return True


def require_x11_plugin(qt: str, env: Mapping[str, str] = os.environ) -> None:
    """Raises Failure where Qt would start on X11 and a library of its plugin is missing.

    `qt` is the directory of PySide6. A distribution's own PySide6 keeps its plugins elsewhere and depends on what they need.
    """
    platform = env.get("QT_QPA_PLATFORM") or ("wayland" if env.get("WAYLAND_DISPLAY") else "xcb")
    plugin = f"{qt}/Qt/plugins/platforms/libqxcb.so"
    if platform != "xcb" or not os.path.exists(plugin):
        return
    from importlib.machinery import ExtensionFileLoader, ModuleSpec

    # The loader of extension modules says what a library lacks; ctypes would too, for half a megabyte.
    loader = ExtensionFileLoader("libqxcb", plugin)
    try:
        loader.create_module(ModuleSpec("libqxcb", loader, origin=plugin))
    except ImportError as error:
        if "cannot open shared object file" in str(error):
            raise explain_import_error(error) from error


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
        name = library[1]
        # where one is missing others are: all of its kind, so that nobody has to come back for each
        packages = next((kind.values() for kind in (CORE, XCB) if name in kind), ())
        remedy = f"apt-get install {' '.join(dict.fromkeys(packages))}" if packages else "install its package"
        return Failure(f"Qt can't be loaded, as {name} is missing on this system: {remedy}")
    return Failure(f"the tray can't be loaded: {error}")
