"""The settings, their defaults, and the TOML file that changes them.

What each setting may be (`schema`, `check`) and what can be wrong (`problem`) is loaded once there is a file: most commands
find none and are over by then.
"""

from oomtray.config.loading import Watcher, default_file, default_path, load
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
    "default_path",
    "load",
]
