"""OOM Tray: which process the OOM killer takes next, and how to change that."""

__version__ = "0.1.0"
APP_ID = "io.github.oomtray.OOMTray"
