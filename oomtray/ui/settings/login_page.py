"""The page for starting the tray with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from oomtray.file_access import FileError
from oomtray.messages import setting_labels as labels
from oomtray.messages.files import file_problem
from oomtray.messages.i18n import tr
from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings.bars import Complaint
from oomtray.ui.settings.controls import Switch, label_start
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.reset_button import ResetButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from oomtray.desktop.autostart import Autostart

_PAD = 12


class LoginPage(Page):
    """Edits the desktop's autostart folder rather than the settings file."""

    _kept = 0
    """Pixels kept for the default, as on other pages, unless the switch needs them."""

    def build(self) -> None:
        part = QWidget(self.widget())
        self.switch = Switch(part)
        self.switch.setText(tr("Start OOM Tray when I log in"))
        self.switch.toggled.connect(self._switched)
        self.complaint = Complaint(part)
        self.complaint.setIndent(label_start(self.switch))
        default = labels.value("", self._entry.enabled_by_default())
        self.default_label = Plain(tr("Default: {value}", value=default), part, faint=True)
        self.switch.setAccessibleDescription(self.default_label.text())
        self.reset = ResetButton(tr("Start OOM Tray when I log in"), default, part)
        self.reset.clicked.connect(self._reset)
        grid = QGridLayout(part)
        grid.setHorizontalSpacing(_PAD)
        grid.setContentsMargins(_PAD, 8, _PAD, 8)
        grid.setColumnStretch(0, 1)
        for column, widget in enumerate((self.switch, self.default_label, self.reset)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.complaint, 1, 0, 1, 3)
        own = self._entry.own_list
        note = tr("The desktop's own list of startup apps shows it too, and can switch it off.") if own is None else tr(
            "{desktop} starts no autostart entries by itself: add “{line}” to {path}, unless dex or systemd starts them.", **own
        )
        self.add_card(part, note=note)

    def line_up(self, defaults: int) -> None:
        self._kept = defaults

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        around = self.column.contentsMargins()
        beside = around.left() + around.right() + self.verticalScrollBar().sizeHint().width() + self.reset.sizeHint().width() + 4 * _PAD
        room, own = self.width() - beside, self.default_label.sizeHint().width()
        kept = max(self._kept, own) if self.switch.sizeHint().width() + self._kept <= room else own
        self.default_label.setMinimumWidth(kept)
        self.switch.fit(room - kept)

    @property
    def _entry(self) -> Autostart:
        return self.around.autostart()

    def take(self) -> None:
        super().take()
        self._show()

    def _show(self) -> None:
        with QSignalBlocker(self.switch):
            self.switch.setChecked(self._entry.enabled())
        self.reset.setVisible(self._entry.enabled() != self._entry.enabled_by_default())

    @Slot(bool)
    def _switched(self, on: bool) -> None:
        self._try(self._entry.enable if on else self._entry.disable)

    @Slot()
    def _reset(self) -> None:
        self._try(self._entry.restore)
        self.switch.setFocus()

    def _try(self, change: Callable[[], None]) -> None:
        says = ""
        try:
            change()
        except FileError as error:
            says = file_problem(error.problem)
        self.complaint.say(says)
        self._show()
