"""The settings, their defaults, and the TOML file that changes them.

The rules for a file (`schema`) and the file to begin with (`template`) are loaded by who needs them: most
commands find no file and are over by then.
"""

from oomtray.config.loading import Problem, Watcher, default_file, default_path, load
from oomtray.config.settings import Actions, Levels, Notifications, Pace, Rows, Settings

__all__ = [
    "Actions",
    "Levels",
    "Notifications",
    "Pace",
    "Problem",
    "Rows",
    "Settings",
    "Watcher",
    "default_file",
    "default_path",
    "load",
]
