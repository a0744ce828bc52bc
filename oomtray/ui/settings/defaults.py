"""The defaults of the settings, which hold for all that the file doesn't set."""

from __future__ import annotations

from typing import Any

from oomtray.config.settings import Settings

DEFAULTS = Settings()


def default(path: str) -> Any:
    """Return the default of a setting, given as section.name."""
    section, name = path.split(".")
    return getattr(getattr(DEFAULTS, section), name)
