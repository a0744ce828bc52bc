"""The dialog that sets any oom_score_adj, and shows beforehand what it would change."""

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
from oomtray.messages.i18n import tr
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
        self.setWindowTitle(tr("Set a value"))
        self._changes, self._subject, self._assessment = controller, subject, assessment
        title = Elided(subject.name, self)
        title.setFont(large(self.font()))
        says = Plain(
            tr(
                "From {lowest} (killed last) to {highest} (killed first). 0 is neutral. -1000 (never killed) can't be set,"
                " because every process started from this one would inherit it.",
                lowest=LOWEST,
                highest=HIGHEST,
            ),
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
        self.button = QPushButton(tr("Set"), self)
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
        column.addWidget(self.preview)
        column.addStretch(1)
        column.addWidget(buttons)
        self.value.valueChanged.connect(self._foresee)
        self.resize(460, 300)
        self._foresee()
        self.value.setFocus()
        self.value.selectAll()

    def show_assessment(self, assessment: Assessment) -> None:
        """Foresee from a newer scan."""
        self._assessment = assessment
        self._foresee()

    @Slot()
    def _foresee(self) -> None:
        subject = self._subject.within(self._assessment)
        if subject is None:
            self.preview.setText(tr("{name} has ended.", name=self._subject.name))
            self.button.setEnabled(False)
            return
        self._subject = subject
        action = row_actions.setting(self._assessment, subject, self.value.value())
        self.preview.setText(action.hint)
        self.button.setEnabled(action.enabled)

    @Slot()
    def _set(self) -> None:
        self.accept()
        self._changes.set_value(self.value.value(), self._subject, self._assessment)
