"""The defaults of the settings, which hold for all that the file doesn't set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.config.schema import KEYS
from oomtray.config.settings import Settings
from oomtray.messages import setting_labels as labels
from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics

DEFAULTS = Settings()
_ROUNDING = 2
"""Pixels by which a label may be wider than its text."""


def default(path: str) -> Any:
    section, name = path.split(".")
    return getattr(getattr(DEFAULTS, section), name)


def said(path: str) -> str:
    """Return a setting's default as the caption beside it."""
    return tr("Default: {value}", value=labels.value(path, default(path)))


def column(metrics: QFontMetrics) -> int:
    """Return the pixels that the longest of these captions takes, so that they stand in one place on every page."""
    return max(metrics.horizontalAdvance(said(key.path)) for key in KEYS) + _ROUNDING
