"""What each setting is where the file says nothing of it."""

from __future__ import annotations

from typing import Any

from oomtray.config.settings import Settings

DEFAULTS = Settings()


def default(path: str) -> Any:
    """Of a setting, section.name."""
    section, name = path.split(".")
    return getattr(getattr(DEFAULTS, section), name)
