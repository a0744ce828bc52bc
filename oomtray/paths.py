"""Locations of a user's own files, by the XDG base directory specification.

platformdirs does this too, but importing it takes a tenth of a short command's time. A relative path counts
as unset, as the specification says.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "oomtray"
"""The app's folder in each of these directories."""


def home(environ: Mapping[str, str] = os.environ) -> str:
    """$HOME if it is absolute, else the account's, else /: never a folder of the directory that this was started in."""
    given = environ.get("HOME", "")
    return given if os.path.isabs(given) else _home_of_account() or "/"


def config_home(environ: Mapping[str, str] = os.environ) -> str:
    """$XDG_CONFIG_HOME, or ~/.config."""
    return _absolute(environ, "XDG_CONFIG_HOME") or default_config_home(environ)


def default_config_home(environ: Mapping[str, str] = os.environ) -> str:
    """~/.config, which a program that started with another environment relies on."""
    return os.path.join(home(environ), ".config")


def state_home(environ: Mapping[str, str] = os.environ) -> str:
    """$XDG_STATE_HOME, or ~/.local/state."""
    return _absolute(environ, "XDG_STATE_HOME") or os.path.join(home(environ), ".local", "state")


def data_home(environ: Mapping[str, str] = os.environ) -> str:
    """$XDG_DATA_HOME, or ~/.local/share."""
    return _absolute(environ, "XDG_DATA_HOME") or os.path.join(home(environ), ".local", "share")


def data_dirs(environ: Mapping[str, str] = os.environ) -> list[str]:
    """$XDG_DATA_DIRS, or /usr/local/share and /usr/share: the system's, highest priority first."""
    given = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [path for path in given.split(":") if os.path.isabs(path)]


def config_dirs(environ: Mapping[str, str] = os.environ) -> list[str]:
    """$XDG_CONFIG_DIRS, or /etc/xdg: the system's, highest priority first."""
    return [path for path in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if os.path.isabs(path)]


def runtime_dir(environ: Mapping[str, str] = os.environ) -> str | None:
    """$XDG_RUNTIME_DIR; None if the session has none."""
    return _absolute(environ, "XDG_RUNTIME_DIR")


def config_file(name: str) -> str:
    """Return the path of an app file that a person may edit."""
    return os.path.join(config_home(), APP, name)


def state_file(name: str) -> str:
    """Return the path of an app file that only the app writes."""
    return os.path.join(state_home(), APP, name)


def _absolute(environ: Mapping[str, str], variable: str) -> str | None:
    given = environ.get(variable, "").strip()
    return given if os.path.isabs(given) else None


def _home_of_account() -> str | None:
    import pwd  # needed only without $HOME

    try:
        directory = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:  # a UID without an account, as in a container
        return None
    return directory if os.path.isabs(directory) else None
