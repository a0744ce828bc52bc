"""The settings, their defaults, and the TOML file that changes them.

Bounds (`schema`, `check`) and problems (`problem`) are only imported once there is a file: most commands find
none and have ended by then.
"""

from oomtray.config.loading import Watcher, default_file, load
from oomtray.config.settings import Icon, Notifications, Pace, Presets, Rows, Settings, StepIn, Thresholds

__all__ = [
    "Icon",
    "Notifications",
    "Pace",
    "Presets",
    "Rows",
    "Settings",
    "StepIn",
    "Thresholds",
    "Watcher",
    "default_file",
    "load",
]
