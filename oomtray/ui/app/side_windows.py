"""The windows beside the popup: history, settings and help, whose code is imported when first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from oomtray.dbus.session import SessionBus
    from oomtray.ui.app.background import Background
    from oomtray.ui.app.history import HistoryOpener
    from oomtray.ui.app.settings import SettingsOpener
    from oomtray.ui.controllers.rules import RuleController
    from oomtray.ui.controllers.shortcut import ShortcutController
    from oomtray.ui.help.help_window import HelpWindow


class SideWindows(QObject):
    opened = Signal()
    kill_report_requested = Signal(int)
    """The id of a recorded kill to explain."""

    def __init__(self, background: Background, bus: SessionBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background, self._bus = background, bus
        self._history: HistoryOpener | None = None
        self._settings: SettingsOpener | None = None
        self._help: HelpWindow | None = None

    @Slot()
    def show_history(self) -> None:
        from oomtray.ui.app.history import HistoryOpener

        if self._history is None:
            self._history = HistoryOpener(self, bus=self._bus)
            self._history.cleared.connect(self._background.history_cleared)
            self._history.watched.connect(self._background.history_watched)
            self._history.kill_report_requested.connect(self.kill_report_requested)
            self._history.help_wanted.connect(self.show_help)
        self._history.open(self._background.level_marks(), self._background.history_notice())
        self.opened.emit()

    @Slot()
    @Slot(str)
    def show_help(self, topic: str = "") -> HelpWindow:
        """Show the help, at a topic as for `HelpWindow.show_topic` or where it was left."""
        from oomtray.ui.help.help_window import HelpWindow

        if self._help is None:
            self._help = HelpWindow()
            self._help.closed.connect(self._help_closed)
        if topic:
            self._help.show_topic(topic)
        self._help.come_up()
        self.opened.emit()
        return self._help

    @Slot()
    def _help_closed(self) -> None:
        self._help = None

    def show_settings(self, rules: RuleController, shortcut: ShortcutController) -> None:
        from oomtray.ui.app.settings import SettingsOpener

        if self._settings is None:
            self._settings = SettingsOpener(self._background.watcher, self)
            self._settings.file.read_anew.connect(self._background.take_settings)
            self._settings.help_wanted.connect(self.show_help)
        self._settings.open(lambda: self._background.last_read, rules, shortcut, self.show_help, self.show_history)
        self.opened.emit()

    def refresh(self) -> None:
        """Update the settings window, because the settings may have changed."""
        if self._settings is not None:
            self._settings.file.refresh()

    def show_notice(self) -> None:
        """Update the history's notice of why nothing is recorded."""
        if self._history is not None:
            self._history.show_notice(self._background.history_notice())
