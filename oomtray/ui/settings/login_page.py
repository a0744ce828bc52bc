"""Whether the tray starts with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.setting_row import show_frame

if TYPE_CHECKING:
    from oomtray.desktop.autostart import Autostart
    from oomtray.ui.settings.surroundings import Surroundings

_PAD = 12


class LoginPage(Page):
    """The desktop's own autostart folder has it, not the settings file."""

    def __init__(self, title: str, around: Surroundings) -> None:
        super().__init__(title, around)
        part = QWidget(self.widget())
        self.switch = QCheckBox(tr("Start OOM Tray when I log in"), part)
        show_frame(self.switch)
        self.switch.toggled.connect(self._switched)
        self.complaint = Plain("", part)
        self.complaint.setWordWrap(True)
        column = QVBoxLayout(part)
        column.setContentsMargins(_PAD, 10, _PAD, 10)
        column.addWidget(self.switch)
        column.addWidget(self.complaint)
        self.complaint.hide()
        self.add_card(
            part, note=tr("The desktop's own list of startup apps shows it too, and can switch it off.")
        )
        self.finish()

    @property
    def _entry(self) -> Autostart:
        return self.around.autostart()

    def take(self) -> None:
        super().take()
        self._show()

    def _show(self) -> None:
        with QSignalBlocker(self.switch):
            self.switch.setChecked(self._entry.enabled())

    @Slot(bool)
    def _switched(self, on: bool) -> None:
        from oomtray.file_access import FileError

        says = ""
        try:
            if on:
                self._entry.enable()
            else:
                self._entry.disable()
        except FileError as error:
            from oomtray.messages.files import file_problem

            says = f"▲ {file_problem(error.problem)}"
        self.complaint.setText(says)
        self.complaint.setVisible(bool(says))
        self._show()
