"""The foot of the popup: what the table shows, and the pause."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget


class Footer(QWidget):
    filtered = Signal(str)
    mine_changed = Signal(bool)
    by_app_changed = Signal(bool)
    paused = Signal(bool)
    left_filter = Signal()
    """Down or Enter in the filter: on to the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("Filter by name or pid")
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName("Filter by name or pid")
        self.edit.setToolTip("Just type, or press Ctrl+F")
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.filtered)
        self.mine = QCheckBox("Only mine", self)
        self.mine.setToolTip("Only processes of your own user")
        self.mine.toggled.connect(self.mine_changed)
        self.kind = QComboBox(self)
        self.kind.addItems(["Apps", "Processes"])
        self.kind.setAccessibleName("Show apps or processes")
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.pause = QPushButton("Pause", self)
        self.pause.setCheckable(True)
        self.pause.setAutoDefault(False)
        self.pause.setToolTip("Stop watching the memory until you resume")
        self.pause.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        wide = max(self.pause.fontMetrics().horizontalAdvance(text) for text in ("Pause", "Resume")) + 32
        self.pause.setMinimumWidth(wide)
        self.pause.clicked.connect(self.paused)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.edit, 1)
        row.addWidget(self.mine)
        row.addWidget(self.kind)
        row.addWidget(self.pause)

    def set_choices(self, *, by_app: bool, mine: bool) -> None:
        self.mine.setChecked(mine)
        self.kind.setCurrentIndex(0 if by_app else 1)

    def set_paused(self, paused: bool) -> None:
        self.pause.setChecked(paused)
        self.pause.setText("Resume" if paused else "Pause")

    @Slot()
    def focus_filter(self) -> None:
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    @Slot(str)
    def type(self, text: str) -> None:
        """What was typed into the table goes here."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.insert(text)

    @Slot(int)
    def _kind_changed(self, index: int) -> None:
        self.by_app_changed.emit(index == 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.edit.text():
                self.edit.clear()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.left_filter.emit()
                return True
        return super().eventFilter(watched, event)
