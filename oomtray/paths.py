"""Where a user's own files lie, by the XDG base directory specification.

platformdirs knows this too, but loading it takes a tenth of the time that a short command has.
"""

from __future__ import annotations

import os


def config_home() -> str:
    """$XDG_CONFIG_HOME, or ~/.config; a relative path is ignored, as the specification says."""
    return _home("XDG_CONFIG_HOME", "~/.config")


def state_home() -> str:
    """$XDG_STATE_HOME, or ~/.local/state."""
    return _home("XDG_STATE_HOME", "~/.local/state")


def _home(variable: str, default: str) -> str:
    given = os.environ.get(variable, "").strip()
    return given if os.path.isabs(given) else os.path.expanduser(default)
