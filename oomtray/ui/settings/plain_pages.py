"""Pages that consist only of settings, and the row of the popup's shortcut."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from oomtray.messages import shortcut as words
from oomtray.messages.i18n import tr
from oomtray.ui.qt.buttons import LinkButton, push_button
from oomtray.ui.qt.layout import fill
from oomtray.ui.settings.icon_preview import IconPreview
from oomtray.ui.settings.page import Page, Surroundings
from oomtray.ui.settings.setting_row import SettingRow

PATH = "popup.global_shortcut"


def row(page: Page, path: str, hint: str = "", *, needs: str = "") -> SettingRow:
    """Return the row of a setting, given as section.name, and that of the one that it needs."""
    return SettingRow(page.around.file, path, hint=hint, needs=needs, parent=page.widget())


class ShortcutRow(SettingRow):
    def __init__(self, around: Surroundings, parent: QWidget | None) -> None:
        super().__init__(around.file, PATH, parent=parent)
        self._around = around
        self.change = LinkButton(tr("Change the keys…"), self)
        self.change.setAccessibleDescription(tr("Opens the keyboard settings of the desktop"))
        self._line = QWidget(self)
        line = fill(QHBoxLayout(self._line), margins=(0, 0, 0, 0), spacing=0)
        line.addSpacing(self._below)  # aligned with the text above
        line.addWidget(self.change, 1, Qt.AlignmentFlag.AlignLeading)
        self._line.hide()
        self.change.clicked.connect(around.shortcut.configure)
        around.shortcut.changed.connect(self.take)

    def set_narrow(self, narrow: bool) -> None:
        super().set_narrow(narrow)
        if self._grid.indexOf(self._line) < 0:
            self._grid.addWidget(self._line, 4, 0, 1, 3)

    def take(self) -> None:
        super().take()
        now = self._around.shortcut.status
        self.say(words.status(now, shlex.join(self._around.autostart().command)))
        self._line.setVisible(now.configurable)


def _when_quiet() -> str:
    if QGuiApplication.platformName() == "wayland":
        return tr("Wayland tells no app what fills the screen, so only Plasma's Do Not Disturb counts here.")
    return tr("Such as a presentation, a film or a game; or while Do Not Disturb is on.")


class NotificationsPage(Page):
    def build(self) -> None:
        self.add_setting(
            row(self, "notifications.warning"),
            row(self, "notifications.critical"),
            row(self, "notifications.limits"),
            row(self, "notifications.kills"),
            caption=tr("Tell me when"),
        )
        self.add_setting(
            row(self, "notifications.snooze_minutes"),
            row(self, "notifications.quiet", _when_quiet()),
            row(self, "notifications.quiet_critical", tr("Otherwise you are still told of that."), needs="notifications.quiet"),
            caption=tr("When I want to be left alone"),
        )


class ProtectionPage(Page):
    def build(self) -> None:
        self.add_setting(
            row(self, "actions.protect"),
            row(self, "actions.protect_strongly"),
            caption=tr("What protecting an app means"),
            note=tr(
                "The lower the value, the later the kernel kills the app. -999 is the lowest: -1000 could leave nothing to kill."
                " The kernel calls the value oom_score_adj."
            ),
        )
        self.add_setting(
            row(self, "actions.deprioritize"),
            row(self, "actions.first"),
            caption=tr("What letting an app go first means"),
            note=tr("Every step counts like one thousandth of memory and swap. With 1000 it goes first whatever its size."),
        )


class LookPage(Page):
    def build(self) -> None:
        self.preview = IconPreview(self.widget())
        self.add_setting(row(self, "icon.shows"), row(self, "icon.symbolic"), caption=tr("Icon in the panel")).add(self.preview)
        shown = row(self, "rows.show")
        self.shortcut = ShortcutRow(self.around, self.widget())  # created after it for the Tab order
        self.add_setting(shown, self.shortcut, caption=tr("Popup"))

    def take(self) -> None:
        super().take()
        self.preview.show_look(self.around.file.settings.icon)


class HistoryPage(Page):
    def build(self) -> None:
        self.add_setting(
            row(self, "history.record", tr("On this computer alone, in a file that only you can read.")),
            row(self, "history.days", tr("Kills and changes are kept for a year.")),
        )
        show = push_button(tr("Show the history"), self.around.show_history, self.widget())
        self.column.addWidget(show, 0, Qt.AlignmentFlag.AlignLeading)


class AdvancedPage(Page):
    def build(self) -> None:
        self.add_setting(
            row(self, "pace.open_seconds", tr("While the popup is open or memory is tight.")),
            row(self, "pace.calm_seconds", tr("Memory itself is read much more often.")),
            caption=tr("Update interval"),
        )
        self.add_setting(
            row(self, "levels.hysteresis_percent"), row(self, "levels.dwell_seconds"), caption=tr("When a warning ends")
        )
        self.add_setting(
            row(self, "rows.elevated_share", tr("Shown by oomtray list: how much the kernel counts for a row, as a share of memory and swap.")),
            row(self, "rows.high_share"),
            caption=tr("Marks in the terminal"),
        )
