"""Ask the user for a file: in the desktop's own dialog, or in Qt's if the desktop has none.

Nothing blocks. The dialog closes with its window.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from oomtray.messages.i18n import tr
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

    from oomtray.dbus.session import SessionBus
    from oomtray.desktop.file_chooser import Choice, FileRequest, Wanted

PATIENCE_MS = 3000


class FileDialog(QObject):
    """The file dialog of one window, one at a time. A portal that hasn't accepted after `patience_ms` hangs: Qt's is shown."""

    def __init__(self, window: QWidget, bus: SessionBus | None, *, patience_ms: int = PATIENCE_MS) -> None:
        super().__init__(window)
        self.dialog: QFileDialog | None = None
        """Qt's dialog while it is shown."""
        self.question: QMessageBox | None = None
        self._window, self._bus = window, bus
        self._request: FileRequest | None = None
        self._asked: tuple[Wanted, Callable[[str], object]] | None = None
        self._patience = QTimer(self, singleShot=True, interval=patience_ms)
        self._patience.timeout.connect(self._lose_patience)

    def ask(self, wanted: Wanted, then: Callable[[str], object]) -> None:
        """`then` gets the path of the chosen file. An earlier dialog is closed: it may be hidden behind other windows."""
        self.cancel()
        self._asked = wanted, then
        self._window.installEventFilter(self)
        if self._bus is None or not self._bus.connected:
            self._show_own(wanted, then)
            return
        from oomtray.desktop.file_chooser import FileRequest

        self._patience.start()
        self._request = FileRequest(self._bus, wanted, _handle(self._window), self._answered)
        self._request.ask()

    def cancel(self) -> None:
        request, dialog = self._request, self.dialog
        self._end()
        if request is not None:
            request.close()
        if dialog is not None:
            dialog.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and not event.spontaneous():  # spontaneous: minimized
            self.cancel()
        return super().eventFilter(watched, event)

    def _end(self) -> None:
        self._request = self._asked = None
        self._window.removeEventFilter(self)

    def _answered(self, choice: Choice) -> None:
        asked = self._asked
        if asked is None:
            return
        if not choice.offered:
            self._request = None
            self._show_own(*asked)
            return
        self._end()
        if choice.path is not None:
            self._take(*asked, choice.path)

    @Slot()
    def _lose_patience(self) -> None:
        request, asked = self._request, self._asked
        if request is not None and asked is not None and not request.taken:
            request.close()
            self._request = None
            self._show_own(*asked)

    def _take(self, wanted: Wanted, then: Callable[[str], object], path: str) -> None:
        """Add a missing suffix, as Qt's dialog does. The desktop's has not asked about the file that this would replace."""
        if not (wanted.save and wanted.suffix) or "." in os.path.basename(path):
            then(path)
            return
        path = f"{path}.{wanted.suffix}"
        if not os.path.lexists(path):
            then(path)
            return
        from oomtray.ui.qt.question import ask

        self.question = ask(
            self._window,
            wanted.title,
            tr("Replace {name}?", name=printable(os.path.basename(path))),
            adds=tr("There is a file of this name already."),
            action=tr("Replace"),
            then=partial(then, path),
        )

    def _show_own(self, wanted: Wanted, then: Callable[[str], object]) -> None:
        from PySide6.QtCore import QCoreApplication
        from PySide6.QtWidgets import QFileDialog

        shown = f"{wanted.suffix.upper()} (*.{wanted.suffix})" if wanted.suffix else ""
        dialog = QFileDialog(self._window, wanted.title, wanted.folder, shown)
        if wanted.save:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(wanted.suffix)
            dialog.selectFile(wanted.name)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        for label in (QFileDialog.DialogLabel.LookIn, QFileDialog.DialogLabel.FileType):
            plain = dialog.labelText(label).replace("&", "")  # Qt 6.11 has mnemonics here, and its translations have none
            if (translated := QCoreApplication.translate("QFileDialog", plain)) != plain:
                dialog.setLabelText(label, translated)
        dialog.fileSelected.connect(then)
        dialog.finished.connect(self._own_finished)
        self.dialog = dialog
        dialog.open()

    @Slot()
    def _own_finished(self) -> None:
        self._end()
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def _handle(window: QWidget) -> str:
    """The portal's identifier of the window; empty on Wayland, where PySide offers no handle to export."""
    return f"x11:{int(window.winId()):x}" if QGuiApplication.platformName() == "xcb" else ""
