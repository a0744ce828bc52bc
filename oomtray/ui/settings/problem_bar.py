"""The bar at the top of the settings window with the file's mistakes, their lines, and a button to open it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oomtray.messages import settings as words
from oomtray.messages.i18n import tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.icons import state_pixmap
from oomtray.ui.qt.labels import Plain, paragraph
from oomtray.ui.qt.push_button import PushButton
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from oomtray.ui.settings.settings_file import SettingsFile

_SIGN = 22


class ProblemBar(QWidget):
    """Shows mistakes, and is hidden without any; `open_button` is for its owner to open the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign = Plain("", self)
        self.text = paragraph(self)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.open_button = PushButton(tr("Open the file"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self.sign)
        row.addWidget(self.text, 1)
        row.addWidget(self.open_button)
        self.hide()

    def take(self, file: SettingsFile) -> None:
        if not file.problems:
            self.hide()
            return
        says = words.problems(file.name, file.problems)
        if not file.readable:
            says = tr("{problem} The last good settings stay in force.", problem=says)
        news = self.isHidden() or says != self.text.text()
        self.text.setText(says)
        self.setAccessibleName(says)
        dark = contrast.of(self.palette()).dark
        side = max(_SIGN, round(1.4 * self.fontMetrics().height()))
        self.sign.setPixmap(state_pixmap("warning", dark, side, self.devicePixelRatioF()))
        self.show()
        if news:
            announce(self, says)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(found.amber_wash)
        painter.drawRect(QRectF(self.rect()))
        painter.setPen(QPen(found.amber, 1))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        painter.end()
