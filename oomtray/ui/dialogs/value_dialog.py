"""Any oom_score_adj for a process or an app, with what it would change shown before it is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.ui.controllers import row_actions
from oomtray.ui.qt.fonts import large
from oomtray.ui.qt.labels import Elided, Plain

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import Subject


class ValueDialog(QDialog):
    def __init__(
        self, controller: ChangeController, subject: Subject, assessment: Assessment, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle("Set a value")
        self._changes, self._subject, self._assessment = controller, subject, assessment
        title = Elided(subject.name, self)
        title.setFont(large(self.font()))
        says = Plain(
            f"From {LOWEST} (killed last) to {HIGHEST} (killed first); 0 is as if nothing were set. -1000, never, can't be"
            " set: everything that it starts would inherit that.",
            self,
        )
        says.setWordWrap(True)
        self.value = QSpinBox(self)
        self.value.setRange(LOWEST, HIGHEST)
        self.value.setSingleStep(50)
        self.value.setValue(subject.first.process.oom_score_adj or 0)
        self.value.setAccessibleName("oom_score_adj")
        self.preview = Plain("", self, faint=True)
        self.preview.setWordWrap(True)
        self.preview.tint()
        form = QFormLayout()
        form.addRow("oom_score_adj", self.value)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.button = QPushButton("Set", self)
        self.button.setDefault(True)
        buttons.addButton(self.button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._set)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(says)
        column.addLayout(form)
        column.addWidget(self.preview, 1)
        column.addWidget(buttons)
        self.value.valueChanged.connect(self._foresee)
        self.resize(460, 300)
        self._foresee()
        self.value.setFocus()
        self.value.selectAll()

    @Slot()
    def _foresee(self) -> None:
        choice = row_actions.setting(self._assessment, self._subject, self.value.value())
        self.preview.setText(choice.hint)
        self.button.setEnabled(choice.enabled)

    @Slot()
    def _set(self) -> None:
        self.accept()
        self._changes.set_value(self.value.value(), self._subject, self._assessment)
