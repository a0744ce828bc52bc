"""The dialog that edits a rule, with a preview of what it would do to running processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.actions.rules.model import PRESETS, Rule
from oomtray.kernel.users import login_name
from oomtray.messages import rules as says
from oomtray.messages.actions import label
from oomtray.messages.i18n import mark, tr
from oomtray.messages.rules_file import mistake_alone
from oomtray.text import adjustment
from oomtray.ui.controllers.rule_list import RuleList, checked
from oomtray.ui.qt import colors
from oomtray.ui.qt.dialog import Dialog
from oomtray.ui.qt.field_text import level_all
from oomtray.ui.qt.fold import Fold
from oomtray.ui.qt.grown_marks import grow_marks
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.preview_lines import PreviewLines
from oomtray.ui.qt.screen_reader import announce, label_for
from oomtray.ui.settings.controls import SuggestionField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.risk.assessment import Assessment

_WAIT_MS = 150
"""Milliseconds after a key press until the preview is updated."""
_LINES = 10
_FIELDS = {
    "app": mark("App"),
    "user": mark("User"),
    "process": mark("Name of the process"),
    "exe": mark("Program"),
    "command": mark("Command line has"),
    "unit": mark("Unit"),
}
_FIRST = ("app", "user")
"""Fields that are always visible."""


class RuleEditor(Dialog):
    """Edits a rule; `saved` carries a sentence and the rule once it is in the file."""

    saved = Signal(str, object)
    _is_wrong = False

    def __init__(
        self, rules: RuleList, old: Rule | None, assessment: Assessment | None, parent: QWidget | None = None
    ) -> None:
        """`old` is the rule to change; None for a new one."""
        title = tr("New rule") if old is None else tr("Edit the rule")
        super().__init__(title, parent, cancels=True)
        self._rules, self._old, self._assessment = rules, old, assessment
        self.head_line(title, tr("It applies to every process that meets all conditions: those that run now, and those that start later."))
        self.fields: dict[str, QComboBox] = {}
        self._above: Rule | None = None
        """The rule above which a new one goes; None: to the end."""
        self.name = QLineEdit("" if old is None else old.label, self)
        self.name.setPlaceholderText(tr("Its name in lists, if you like"))
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._wait.timeout.connect(self.foresee)
        self._lay_out()
        self.save_button = self.add_action(tr("Save"), self._save)
        self._fill(old)
        level_all(self)
        self.foresee()
        self.fields["app"].setFocus()

    def _lay_out(self) -> None:
        self.value, self.number = QComboBox(self), QSpinBox(self)
        self.number.setRange(LOWEST, HIGHEST)
        self.number.setAccessibleName(tr("Another value"))
        for preset in PRESETS:
            value = adjustment(self._rules.presets.value(preset))
            self.value.addItem(tr("{action}, {value}", action=label(preset), value=value), preset)
        self.value.addItem(tr("Another value"), None)
        values = fill(QHBoxLayout(), (self.value, 1), self.number)
        offered = _offered(self._assessment)
        form, more = _form(), _form()
        for key, text in _FIELDS.items():
            field = self.fields[key] = SuggestionField(tr(text), self)
            field.addItems(["", *offered.get(key, [])])
            field.editTextChanged.connect(self._later)
            (form if key in _FIRST else more).addRow(tr(text), field)
        form.addRow(tr("Value"), values)
        label_for(form, values, self.value)
        form.addRow(tr("Label"), self.name)
        self.value.setAccessibleName(tr("Value"))
        self.body.addLayout(form)
        self.more = Fold(tr("More conditions"), self)
        self.more.content.addLayout(more)
        _line_up(form, more, self.more.indent)
        self.more.toggled.connect(self.grow)
        self.body.addWidget(self.more)
        caption = self.add_section(tr("What it would do now"))
        self.list = PreviewLines(caption.text(), self)
        self.body.addWidget(self.list)
        self.notes = self.add_note()
        self.first = QCheckBox(tr("Let this rule count first"), self)
        self.first.setChecked(True)
        grow_marks(self.first)
        self.first.toggled.connect(self.foresee)
        self.first.hide()
        self.body.addWidget(self.first)
        self.body.addStretch(1)
        self.value.currentIndexChanged.connect(self._value_chosen)
        self.number.valueChanged.connect(self._later)

    def _fill(self, old: Rule | None) -> None:
        me = _own_name()
        given = {"user": me} if old is None else old.conditions
        for key, field in self.fields.items():
            field.setEditText(given.get(key, ""))
        wanted = "protect" if old is None else old.set
        at = self.value.findData(wanted) if isinstance(wanted, str) else -1
        self.value.setCurrentIndex(at if at >= 0 else self.value.count() - 1)
        self.number.setValue(wanted if isinstance(wanted, int) else 0)
        if any(given.get(key) for key in _FIELDS if key not in _FIRST):
            self.more.button.setChecked(True)
        self._value_chosen()

    @property
    def rule(self) -> Rule:
        chosen = self.value.currentData()
        conditions: dict[str, Any] = {key: field.currentText().strip() or None for key, field in self.fields.items()}
        ask = True if self._old is None else self._old.ask
        return Rule(self.number.value() if chosen is None else chosen, **conditions, label=self.name.text().strip(), ask=ask)

    # what is shown

    @Slot()
    def _later(self) -> None:
        self._wait.start()

    @Slot()
    def _value_chosen(self) -> None:
        self.number.setVisible(self.value.currentData() is None)
        self._wait.start()

    def show_assessment(self, assessment: Assessment | None) -> None:
        self._assessment = assessment
        self.foresee()

    @Slot()
    def foresee(self) -> None:
        self._wait.stop()
        rule = self.rule
        wrong = checked(rule)
        self._above = None
        self.save_button.setEnabled(not wrong)
        if wrong:
            empty = wrong[0].id in ("no-condition", "user-alone")
            lines = [tr("Name an app, or another condition.")] if empty else [mistake_alone(one) for one in wrong]
            self._show(lines, [], wrong=not empty)
        elif self._assessment is None:
            self._show([tr("Nothing was read yet.")], [])
        else:
            self._show_effect(rule, self._assessment)

    def _show_effect(self, rule: Rule, assessment: Assessment) -> None:
        mine, others = self._rules.foresee(rule, self._old, assessment)
        above = self._rules.above(others) if self._old is None else None
        cost = says.cost(rule, self._rules.presets)
        notes = [] if cost is None else [cost]
        if above is not None and self.first.isChecked():
            self._above = above
            mine = self._rules.alone(rule, assessment)
            notes.append(says.goes_above(above))
        elif others:
            notes.append(says.overruled(others) if above is not None else f"{says.overruled(others)} {says.move_up()}")
        if mine:
            lines = says.steps(mine, assessment.apps, _LINES)
        else:
            lines = [says.covered(others) if others else says.matches_later()]
        self._show(lines, notes, choice=above is not None)

    def _show(self, lines: list[str], notes: list[str], *, wrong: bool = False, choice: bool = False) -> None:
        """Show a preview; with `wrong`, the lines say why the rule can't be saved.

        `choice` is whether it may go above a rule that counts for what it matches.
        """
        self._tint(wrong=wrong)
        self.list.show_lines([f"▲ {line}" for line in lines] if wrong else lines)
        self.notes.show_text("\n".join(notes))
        self.first.setVisible(choice)
        self.keep_whole()

    def _tint(self, *, wrong: bool) -> None:
        self._is_wrong = wrong
        palette = QPalette()
        if wrong:
            palette.setColor(QPalette.ColorRole.Text, colors.of(self.palette(), on_base=True).red_text)
        self.list.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._is_wrong:
            self._tint(wrong=True)

    @Slot()
    def _save(self) -> None:
        if self._wait.isActive():
            self.foresee()
        if not self.save_button.isEnabled():
            return
        rule = self.rule
        refused = self._rules.save(rule, self._old, self._above)
        if refused:
            self._show([refused], [], wrong=True)
            announce(self, refused)
            return
        self.saved.emit(says.added(rule) if self._old is None else says.changed(rule), rule)
        self.accept()


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    form.setSpacing(8)  # not the parent's spacing: two forms are aligned
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    return form


def _line_up(form: QFormLayout, more: QFormLayout, indent: int) -> None:
    """Align the fields of both forms; `more` is indented by this many pixels."""
    first, later = _labels(form), _labels(more)
    wide = max(
        *(label.sizeHint().width() for label in first),
        *(label.sizeHint().width() + indent for label in later),
    )
    for labels, width in ((first, wide), (later, wide - indent)):
        for one in labels:
            one.setMinimumWidth(width)


def _labels(form: QFormLayout) -> list[QWidget]:
    items = (form.itemAt(row, QFormLayout.ItemRole.LabelRole) for row in range(form.rowCount()))
    return [widget for item in items if item is not None and (widget := item.widget()) is not None]


def _own_name() -> str:
    return login_name(os.getuid()) or str(os.getuid())


def _offered(assessment: Assessment | None) -> dict[str, list[str]]:
    """Return suggestions from running processes for each field."""
    if assessment is None:
        return {}
    processes = [process for process in assessment.snapshot.processes if process.rss is not None and process.pid != 1]
    units = {risk.unit for risk in assessment.risks if risk.unit is not None and risk.unit.endswith(".service")}
    return {
        "app": _sorted(app.key for app in assessment.apps if app.kind == "app"),
        "process": _sorted(process.name for process in processes),
        "exe": _sorted((process.exe or "").removesuffix(" (deleted)") for process in processes),
        "unit": _sorted(units),
        "user": _sorted(login_name(uid) or str(uid) for uid in {process.uid for process in processes}),
    }


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name and name.isprintable()}, key=str.casefold)
