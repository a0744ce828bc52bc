"""Opens the help window, one at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot

from oomtray.ui.help.help_window import HelpWindow


class HelpOpener(QObject):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.window: HelpWindow | None = None

    def open(self, topic: str = "") -> HelpWindow:
        """Show the help at a topic, or where it was left."""
        if self.window is None:
            self.window = HelpWindow()
            self.window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.window.closed.connect(self._closed)
        if topic:
            self.window.show_topic(topic)
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        return self.window

    @Slot()
    def _closed(self) -> None:
        self.window = None
