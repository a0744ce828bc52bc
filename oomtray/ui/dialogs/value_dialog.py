"""The dialog that sets any oom_score_adj, and previews the order in which apps would go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFormLayout, QSpinBox, QWidget

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.messages.ending import has_ended
from oomtray.messages.i18n import tr
from oomtray.text import adjustment
from oomtray.ui.controllers import row_actions
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.dialogs.now_then import NowThen
from oomtray.ui.dialogs.value_slider import ValueSlider
from oomtray.ui.qt.dialog import Dialog, say
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.labels import Plain

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import Subject


class ValueDialog(Dialog):
    def __init__(
        self,
        controller: ChangeController,
        subject: Subject,
        assessment: Assessment,
        parent: QWidget | None = None,
        *,
        labels: AppLabels | None = None,
    ) -> None:
        super().__init__(tr("Set a value"), parent, width=560, cancels=True)
        self._changes, self._subject, self._assessment = controller, subject, assessment
        self._labels = labels or AppLabels(self)
        self._labels.changed.connect(self._named)
        self.slider = ValueSlider(controller.presets, self)
        self.body.addWidget(self.slider)
        self.body.addSpacing(4)
        self.queues = NowThen(self)
        self.body.addWidget(self.queues)
        self.preview = Plain("", self, wraps=True)
        self.body.addWidget(self.preview)
        self.notes = self.add_note(faint=True)
        self.value = QSpinBox(self)
        self.value.setRange(LOWEST, HIGHEST)
        self.value.setSingleStep(50)
        self.value.setAccessibleName("oom_score_adj")
        self.exact = Fold("", self)
        self._fill_fold()
        self.body.addWidget(self.exact)
        self.body.addStretch(1)
        self.button = self.add_action(tr("Set"), self._set)
        self.slider.moved.connect(self.value.setValue)
        self.value.valueChanged.connect(self._foresee)
        self.tell(assessment, subject)
        self.slider.setFocus()

    def _fill_fold(self) -> None:
        form = QFormLayout()
        form.addRow("oom_score_adj", self.value)
        self.exact.content.addLayout(form)
        says = self.exact.add_note()
        says.setText(
            tr(
                "From {lowest} (killed last) to {highest} (killed first). 0 is neutral. -1000 (never killed) can't be set,"
                " because every process started from this one would inherit it.",
                lowest=LOWEST,
                highest=HIGHEST,
            )
        )
        self.exact.toggled.connect(self.grow)

    def tell(self, assessment: Assessment, subject: Subject) -> None:
        """Start with the subject's current value."""
        self._assessment, self._subject = assessment, subject
        self._show_head()
        self.value.setValue(subject.first.process.oom_score_adj or 0)
        self._foresee()

    @Slot()
    def _named(self) -> None:
        """Show the names that have been learned meanwhile."""
        self._show_head()
        self._foresee()

    def _show_head(self) -> None:
        subject = self._subject
        label = self._labels.of_owner(self._assessment, subject.first)
        self._name = label.name if subject.app and label is not None else subject.name
        self.head_line(self._name, tr("When should it go?"), None if label is None else label.icon)

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._foresee()

    @Slot()
    def _foresee(self) -> None:
        value = self.value.value()
        if self.slider.value != value:
            self.slider.show_value(value)
        self.exact.button.setText(tr("Exact value: oom_score_adj {value}", value=adjustment(value)))
        subject = self._subject.within(self._assessment)
        if subject is None:
            self.preview.setText(has_ended(self._subject.name))
            say(self.notes, "")
            self.button.setEnabled(False)
            return
        self._subject = subject
        action = row_actions.setting(self._assessment, subject, value)
        outcome, _, notes = action.hint.partition("\n")
        self.preview.setText(outcome)
        say(self.notes, notes)
        self.button.setEnabled(action.enabled)
        self._show_queues(subject, value)
        self.keep_whole()

    def _show_queues(self, subject: Subject, value: int) -> None:
        ours = {risk.process.pid for risk in subject.risks}
        adjusted = {process.pid: value for process in subject.processes}
        self.queues.show_change(self._assessment, ours, adjusted, self._labels, name=self._name, whole_app=subject.app)

    @Slot()
    def _set(self) -> None:
        self.accept()
        self._changes.set_value(self.value.value(), self._subject, self._assessment)
