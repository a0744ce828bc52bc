"""The dialog that shows, sets and removes a service's permanent value."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.actions.rules.model import PRESETS
from oomtray.actions.units.plan import UnitAction, to_set
from oomtray.actions.units.settings import UnitSettings
from oomtray.actions.units.state import UnitState
from oomtray.messages import units as says
from oomtray.messages.actions import label
from oomtray.messages.i18n import mark, tr
from oomtray.messages.unit_results import refused
from oomtray.text import adjustment, printable
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.units import UnitRunner, UnitUndo, reason, report
from oomtray.ui.dialogs.now_then import NowThen
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.dialog import Dialog, say
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.fonts import fixed, small
from oomtray.ui.qt.labels import paragraph
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import Panel
from oomtray.ui.qt.screen_reader import announce, label_for

if TYPE_CHECKING:
    from oomtray.actions.rules.model import Preset
    from oomtray.actions.rules.propose import ServiceName
    from oomtray.actions.units.changer import UnitChanger, UnitOutcome
    from oomtray.config import Presets
    from oomtray.risk.assessment import Assessment

_OOMD = {"none": mark("As any other"), "avoid": mark("Avoid it"), "omit": mark("Never choose it")}


class UnitDialog(Dialog):
    """Sets a unit.

    `reported` carries a Report of the outcome, `undoable` before that a UnitUndo for the receiver to own.
    `busy` says whether a password dialog is open.
    """

    undoable = Signal(object)
    reported = Signal(object)
    busy = Signal(bool)
    changed = Signal()

    def __init__(
        self,
        changer: UnitChanger,
        presets: Presets,
        service: ServiceName,
        parent: QWidget | None = None,
        *,
        assessment: Assessment | None = None,
        labels: AppLabels | None = None,
        preset: Preset | None = None,
    ) -> None:
        """`assessment` is what runs now, for the order that a value would lead to.

        `preset` is the initial one; None for what our file has, else Protect.
        """
        super().__init__(tr("Set for the unit"), parent, width=560, cancels=True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._changer, self._presets, self._service = changer, presets, service
        self._assessment, self._labels = assessment, labels or AppLabels(self)
        self._labels.changed.connect(self._show_order)
        self.preset = preset
        self._state: UnitState | None = None
        self._focused: QWidget | None = None
        """What had the keyboard before something was asked."""
        self._led_to: QWidget | None = None
        """Where the keyboard went when that was disabled."""
        self._moved: dict[int, int] = {}
        """The oom_score_adj that its processes would get, by pid."""
        self._runner = UnitRunner(changer, self)
        self._runner.busy.connect(self._asked)
        self._runner.failed.connect(self._failed)
        self._runner.done.connect(self._done)
        self._build()
        self._wait(tr("Asking systemd…"))
        run_in_background(partial(changer.look, service.name, user=service.user), self._looked, self)

    def _build(self) -> None:
        self.head_line(printable(self._service.name), says.manager(user=self._service.user))
        self.says = self.subtitle
        self.value = QComboBox(self)
        self.value.setAccessibleName(tr("Value"))
        self.number = QSpinBox(self)
        self.number.setRange(LOWEST, HIGHEST)
        self.number.setAccessibleName("oom_score_adj")
        values = fill(QHBoxLayout(), (self.value, 1), self.number)
        self.goes_on = QCheckBox(tr("Leave the others running when one of them is killed"), self)
        self.oomd = QComboBox(self)
        self.oomd.setAccessibleName(tr("What systemd-oomd does"))
        for value, text in _OOMD.items():
            self.oomd.addItem(tr(text), value)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.addRow(tr("Value"), values)
        label_for(self.form, values, self.value)
        self.form.addRow(self.goes_on)  # in a row of its own because its text is long
        self.form.addRow("systemd-oomd", self.oomd)
        self.body.addLayout(self.form)
        self.body.addSpacing(4)
        self.queues = NowThen(self)
        self.queues.hide()
        self.body.addWidget(self.queues)
        self.notes = self.add_note()
        self.show_file = Fold(tr("Show file"), self)
        paper = Panel(self.show_file.inner)
        self.file = paragraph(paper)
        fill(QVBoxLayout(paper), self.file, margins=(12, 8, 12, 8))
        self.show_file.content.addWidget(paper)
        self.file.setFont(fixed(small(self.font())))
        self.file.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # left-to-right in every language
        self.show_file.toggled.connect(self.grow)
        self.body.addWidget(self.show_file)
        self.body.addStretch(1)
        self.remove_button = self.add_action(tr("Remove"), self._remove, default=False)
        self.remove_button.setToolTip(tr("Removes our file, so that the service goes back to what its own files say"))
        self.apply_button = self.add_action(tr("Set"), self._set)
        self._connect()

    def _connect(self) -> None:
        self.value.currentIndexChanged.connect(self._show)
        self.number.valueChanged.connect(self._show)
        self.goes_on.toggled.connect(self._show)
        self.oomd.currentIndexChanged.connect(self._show)

    # input

    @property
    def asked(self) -> UnitSettings:
        data: Any = self.value.currentData()
        adj = self.number.value() if data is None else data
        ours = UnitSettings() if self._state is None or self._state.ours is None else self._state.ours
        policy, oomd = ours.oom_policy, ours.oomd
        if self.goes_on.isVisibleTo(self):
            policy = "continue" if self.goes_on.isChecked() else ("stop" if policy == "continue" else policy)
        if self.form.isRowVisible(self.oomd) and (self.oomd.currentData() != "none" or oomd is not None):
            oomd = self.oomd.currentData()
        return UnitSettings(adj, policy, oomd)

    @property
    def _action(self) -> UnitAction:
        """The action that setting the value amounts to, for the history."""
        held = 0 if self._state is None else self._state.status.oom_score_adjust or 0
        return "deprioritize" if (self.asked.oom_score_adjust or 0) > held else "protect"

    @Slot()
    def _show(self) -> None:
        """Preview the file, which needs no permission."""
        state = self._state
        self.number.setVisible(self.value.currentData() is None)
        if state is None or state.blocked is not None:
            return
        plan = to_set(self._action, self.asked, self._presets, state)
        self.file.setText(f"{printable(state.path)}\n\n{(plan.text or '').rstrip()}")
        say(self.notes, "\n".join(says.notes(plan)))
        self.apply_button.setEnabled(not plan.nothing)
        least = LOWEST if state.floor is None else state.floor  # what the user's own manager starts can't go lower
        self._moved = {move.member.pid: max(move.to, least) for move in plan.moves}
        self._show_order()
        self.keep_whole()

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._show_order()

    @Slot()
    def _show_order(self) -> None:
        """Show where its processes are among all apps, and where they would be."""
        members = () if self._state is None or self._state.blocked is not None else self._state.members
        seen = set() if self._assessment is None else {one.pid for one in self._assessment.snapshot.processes}
        ours = {member.pid for member in members} & seen
        self.queues.setVisible(bool(ours))
        if self._assessment is not None and ours:
            app = next((app for app in self._assessment.apps if any(one.process.pid in ours for one in app.members)), None)
            self.head_line(self.title.text(), self.says.text(), None if app is None else self._labels.of_app(app).icon)
            self.queues.show_change(self._assessment, ours, self._moved, self._labels, whole_app=True)

    # background work

    def _wait(self, text: str) -> None:
        self._settle(working=True)
        say(self.notes, text)

    def _settle(self, *, working: bool) -> None:
        """Disable or enable what is asked; the keyboard comes back to where it was, at first to the value.

        It stays where somebody has turned to meanwhile: Space, meant for Cancel, would set the value.
        """
        if working:
            self._focused = self.focusWidget()
        for part in (self.value, self.number, self.goes_on, self.oomd, self.apply_button, self.remove_button):
            part.setEnabled(not working)
        if working:
            self._led_to = self.focusWidget()
        elif self._focused is None or self.focusWidget() is self._led_to:
            (self._focused or self.value).setFocus()

    @Slot(object)
    def _looked(self, found: object) -> None:
        self._settle(working=False)
        state = found if isinstance(found, UnitState) else None
        blocked = reason(found) if state is None else None if state.blocked is None else refused(state.blocked)
        self._state = state
        ours = state is not None and state.ours is not None
        self.remove_button.setVisible(ours)
        self.form.setRowVisible(0, blocked is None)
        self.goes_on.setVisible(False)
        self.form.setRowVisible(self.oomd, False)
        say(self.notes, "")
        self.show_file.setVisible(blocked is None)
        if state is None or blocked is not None:
            self.says.setText(blocked or "")
            self.apply_button.setVisible(False)
            if not ours:  # there is nothing to cancel
                self.close_button.setText(tr("Close"))
                self.close_button.setDefault(True)
            self.grow()
            return
        self._fill(state)
        self._show()
        self.grow()

    def _fill(self, state: UnitState) -> None:
        held = state.status.oom_score_adjust
        self.says.setText(says.summary(state))
        self.value.blockSignals(True)
        self.value.clear()
        presets = self._presets
        for preset in PRESETS:
            value = presets.value(preset)
            self.value.addItem(tr("{action}, {value}", action=label(preset), value=adjustment(value)), value)
        self.value.addItem(tr("Another value"), None)
        now = None if state.ours is None else state.ours.oom_score_adjust
        if self.preset is not None:
            at = self.value.findData(presets.value(self.preset))
        else:
            at = 0 if now is None else self.value.findData(now)
        self.value.setCurrentIndex(at if at >= 0 else self.value.count() - 1)
        self.number.setValue(now if now is not None else held or 0)
        self.value.blockSignals(False)
        policy = None if state.ours is None else state.ours.oom_policy
        self.goes_on.setVisible(state.dies_whole or policy is not None)
        self.goes_on.setChecked(state.dies_whole or policy == "continue")
        self.form.setRowVisible(self.oomd, state.status.oomd_preference is not None)
        oomd = None if state.ours is None else state.ours.oomd
        self.oomd.setCurrentIndex(max(self.oomd.findData(oomd or state.status.oomd_preference), 0))

    @Slot()
    def _set(self) -> None:
        name, user, asked, action = self._service.name, self._service.user, self.asked, self._action
        self._wait(tr("systemd is checking the file…"))
        self._runner.start(partial(self._changer.plan, action, name, asked, user=user))

    @Slot()
    def _remove(self) -> None:
        name, user = self._service.name, self._service.user
        self._wait(tr("Asking systemd…"))
        self._runner.start(partial(self._changer.plan, "reset", name, user=user))

    @Slot(bool)
    def _asked(self, busy: bool) -> None:
        if busy:
            say(self.notes, tr("Waiting for permission…"))
        self.busy.emit(busy)

    @Slot(str)
    def _failed(self, text: str) -> None:
        self._settle(working=False)
        self._show()
        say(self.notes, text)
        announce(self, text)
        self.keep_whole()

    @Slot(object)
    def _done(self, outcome: UnitOutcome) -> None:
        if outcome.status == "dismissed":
            self._settle(working=False)
            self._show()
            return
        undo = UnitUndo(self._changer, outcome) if outcome.undoable else None
        if undo is not None:
            self.undoable.emit(undo)
        self.reported.emit(report(outcome, None if undo is None else undo.start))
        self.changed.emit()
        self.accept()
