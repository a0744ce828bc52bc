"""The base of windows beside the popup: one is closed by Escape, and comes up where it is opened again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt.field_edges import give_edges
from oomtray.ui.qt.fonts import by_text
from oomtray.ui.qt.icons import app_icon
from oomtray.ui.qt.screens import free_size

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent


class Window(QWidget):
    """`closed` is emitted when it closes."""

    closed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        give_edges()

    def give_size(self, size: QSize, least: QSize) -> None:
        """Set what it begins with and its least, in pixels at a 10-point font: on a small screen no more than fits."""
        self._least = least
        self.resize(by_text(size, self.font()))
        self._keep_within_screen()

    def _keep_within_screen(self) -> None:
        free = free_size(self)
        most = QSize(free.width(), free.height() * 9 // 10)
        self.setMinimumSize(by_text(self._least, self.font()).boundedTo(most))
        self.resize(self.size().boundedTo(most))

    def come_up(self) -> None:
        """Show the window above others, also if it was minimized, and delete it once it is closed."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            give_edges()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keep_within_screen()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        # whoever has the window lets go of it now; deleted before it is hidden, it would end while parts of it have the focus
        QTimer.singleShot(0, partial(_let_go, self))
        self.closed.emit()


def _let_go(_hidden: Window) -> None:
    """Do nothing with the window: what waits for this call keeps it until then."""
