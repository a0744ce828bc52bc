"""Find out why Qt can't start, before it is loaded: it would abort the program, or raise a traceback."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from oomtray.cli import Failure
from oomtray.paths import runtime_dir

if TYPE_CHECKING:
    from collections.abc import Mapping


def require_screen(env: Mapping[str, str] = os.environ) -> None:
    """Raise Failure if no graphical session is known: Qt would abort."""
    if not any(env.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        # imported here and below: a successful start needs no sentence
        from oomtray.messages.start import no_screen

        raise Failure(no_screen())


def require_answer(env: Mapping[str, str] = os.environ) -> None:
    """Raise Failure if none of the screens that Qt would try answers: Qt would abort."""
    asked = env.get("QT_QPA_PLATFORM")
    if asked:
        # Qt tries them in this order; options follow a colon
        kinds = [name.partition(":")[0] for name in asked.split(";")]
    else:
        kinds = ["wayland"] * bool(env.get("WAYLAND_DISPLAY")) + ["xcb"] * bool(env.get("DISPLAY"))
    if not kinds or any(_may_start(kind, env) for kind in kinds):
        return
    named = [f"{name}={env[name]}" for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY") if env.get(name)]
    from oomtray.messages.start import no_answer

    raise Failure(no_answer(named))


def _may_start(kind: str, env: Mapping[str, str]) -> bool:
    """Whether a Qt platform may start; True for those that need no server, or that only Qt knows."""
    if kind.startswith("wayland"):
        # wl_display_connect(3)
        return bool(env.get("WAYLAND_SOCKET")) or _answers("WAYLAND_DISPLAY", env.get("WAYLAND_DISPLAY") or "wayland-0", env)
    if kind == "xcb":
        return bool(env.get("DISPLAY")) and _answers("DISPLAY", env["DISPLAY"], env)
    return True


def _answers(name: str, value: str, env: Mapping[str, str]) -> bool:
    """Whether somebody listens there: X(7), DISPLAY NAMES; wl_display_connect(3)."""
    if name == "WAYLAND_DISPLAY":
        return _listens(os.path.join(runtime_dir(env) or "", value))
    host, _, number = value.rpartition(":")
    number = number.partition(".")[0]
    if host not in ("", "unix") or not number.isdigit():
        return True  # another machine's, or a custom path: leave it to Qt
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    return _listens(path) or _listens(f"\0{path}")


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(path)
        except (OSError, ValueError):
            return False
    return True


def require_platform(qt: str, env: Mapping[str, str] = os.environ) -> None:
    """Raise Failure if QT_QPA_PLATFORM names only platforms that PySide6 in directory `qt` lacks: Qt would abort."""
    asked, directory = env.get("QT_QPA_PLATFORM"), f"{qt}/Qt/plugins/platforms"
    if not asked or env.get("QT_QPA_PLATFORM_PLUGIN_PATH") or env.get("QT_PLUGIN_PATH") or not os.path.isdir(directory):
        return
    there = sorted(name.removeprefix("libq").removesuffix(".so") for name in os.listdir(directory))
    kinds = [name.partition(":")[0].partition("-")[0] for name in asked.split(";")]
    if not any(kind in there for kind in kinds):
        from oomtray.messages.start import no_platform

        raise Failure(no_platform(asked, there))


def require_x11_plugin(qt: str, env: Mapping[str, str] = os.environ) -> None:
    """Raise Failure if Qt would start on X11 and a library of its plugin is missing.

    `qt` is the directory of PySide6. A distribution's own PySide6 keeps its plugins elsewhere and depends on
    what they need.
    """
    platform = env.get("QT_QPA_PLATFORM") or ("wayland" if env.get("WAYLAND_DISPLAY") else "xcb")
    plugin = f"{qt}/Qt/plugins/platforms/libqxcb.so"
    if platform != "xcb" or not os.path.exists(plugin):
        return
    from importlib.machinery import ExtensionFileLoader, ModuleSpec

    # The loader of extension modules reports missing libraries; ctypes would too, but takes half a megabyte.
    loader = ExtensionFileLoader("libqxcb", plugin)
    try:
        loader.create_module(ModuleSpec("libqxcb", loader, origin=plugin))
    except ImportError as error:
        from oomtray.desktop.qt_libraries import missing_library

        if missing_library(error):
            raise explain_import_error(error) from error


def explain_import_error(error: ImportError) -> Failure:
    """Explain an ImportError from loading the tray in one line, with the remedy."""
    from oomtray.desktop.qt_libraries import obstacle
    from oomtray.messages.start import not_started

    return Failure(not_started(obstacle(error)))
