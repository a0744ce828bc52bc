"""The row of a setting: name, control, default, reset button, and why the file refused a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from oomtray.messages import setting_labels as labels
from oomtray.messages.settings import problem
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import grown, scaled
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import grid
from oomtray.ui.qt.screen_reader import announce
from oomtray.ui.settings.bars import Complaint
from oomtray.ui.settings.controls import Switch, control_for, label_start
from oomtray.ui.settings.defaults import default, said
from oomtray.ui.settings.reset_button import ResetButton

if TYPE_CHECKING:
    from oomtray.config.settings import Settings
    from oomtray.ui.settings.settings_file import SettingsFile

_GAP, _PAD = 12, 12
_SETTLE_MS = 200
"""Milliseconds from the last step of a held control until the file is written."""
_UNUSED = 0.72
"""Share of the text's color in what is disabled, in high contrast."""
_LEAST_LABEL = 190
"""Pixels at a 10-point font for a name beside which the default still fits."""


class SettingRow(QWidget):
    """The row of a setting; `hint` is a faint second line that says what the name can't.

    `undoable` follows a change, with a sentence and what undoes it, which returns why it failed or "".
    `unsaid` means that the last one can't be undone any more.
    """

    undoable = Signal(str, object)
    unsaid = Signal()

    def __init__(
        self, file: SettingsFile, path: str, *, hint: str = "", needs: str = "", parent: QWidget | None = None
    ) -> None:
        """`path` is section.name; `needs` is a setting without which this one has no effect."""
        super().__init__(parent)
        self.path = path
        self.label = labels.name(path)
        self._file = file
        self._hint = hint
        self._needs, self._used = needs, True
        self.narrow: bool | None = None
        self.control = control_for(path)
        self._dirty = False
        self._complains_of_file = False
        self._refused_among: Settings | None = None
        """The settings when a value was refused, which may have been because of another one."""
        self._later = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._later.timeout.connect(self.commit)
        self._build()
        self.control.edited.connect(self._edited)

    def _build(self) -> None:
        self.control.setParent(self)
        self.default_says = said(self.path)
        if isinstance(self.control, QCheckBox):
            self.control.setText(self.label)
            self._name: Plain | None = None
        else:
            self._name = Plain(self.label, self, wraps=True)
            self._name.setBuddy(self.control)
            self.control.setAccessibleName(self.label)
        self.default_label = Plain(self.default_says, self, faint=True)
        self.reset = ResetButton(self.label, labels.value(self.path, default(self.path)), self)
        self.reset.clicked.connect(self._reset)
        self.hint = Plain(self._hint, self, faint=True, wraps=True)
        self.hint.setFont(scaled(self.font(), 0.92))
        self.hint.setVisible(bool(self._hint))
        self.complaint = Complaint(self)
        self._below = label_start(self.control) if isinstance(self.control, QCheckBox) else 0
        for label in (self.hint, self.complaint):
            label.setIndent(self._below)
        self._grid = grid(self, stretch=0, spacing=(_GAP, 2), margins=(_PAD, 6, _PAD, 6))
        self.setMinimumHeight(44)
        self._describe()

    # alignment

    @property
    def control_width(self) -> int:
        return 0 if self._name is None else self.control.sizeHint().width()

    @property
    def wide_width(self) -> int:
        """The width in pixels from which the default is beside the control.

        A switch includes its name, on one line.
        """
        least = grown(_LEAST_LABEL, self.font())
        if self._name is None:
            front = max(least + _GAP + self._controls, self.control.sizeHint().width())
        else:
            control = max(self._controls, self.control.sizeHint().width())
            front = max(least, self._name.minimumSizeHint().width()) + _GAP + control
        return 2 * _PAD + 2 * _GAP + front + self._defaults + self.reset.sizeHint().width()

    _controls = _defaults = 0

    def line_up(self, controls: int, defaults: int) -> None:
        """Align the row; the arguments are the widths in pixels of all controls of the page, and of all defaults."""
        self._controls, self._defaults = controls, defaults
        if self._name is not None and self.control_width:
            self.control.setFixedWidth(controls)
        self.default_label.setMinimumWidth(defaults)

    def set_narrow(self, narrow: bool) -> None:
        """Put the default below the name if narrow."""
        if narrow == self.narrow:
            return
        self.narrow = narrow
        cells = self._grid
        while cells.count():
            cells.takeAt(0)
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._name is None:
            cells.addWidget(self.control, 0, 0, 1, 2)
        else:
            cells.addWidget(self._name, 0, 0)
            cells.addWidget(self.control, 0, 1, middle)
        if narrow:
            cells.addWidget(self.reset, 0, 2, middle)
            cells.addWidget(self.hint, 1, 0, 1, 3)
            cells.addWidget(self.default_label, 2, 0, 1, 3)
            cells.addWidget(self.complaint, 3, 0, 1, 3)
        else:
            cells.addWidget(self.default_label, 0, 2)
            cells.addWidget(self.reset, 0, 3, middle)
            cells.addWidget(self.hint, 1, 0, 1, 4)
            cells.addWidget(self.complaint, 2, 0, 1, 4)
        self.default_label.setMinimumWidth(0 if narrow else self._defaults)
        self.default_label.setIndent(self._below if narrow else 0)
        self.default_label.setFont(self.hint.font() if narrow else self.font())
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "complaint"):
            if not self._used:
                self._tint_control()
        elif event.type() == QEvent.Type.EnabledChange and hasattr(self, "complaint"):
            for label in (self.default_label, self.hint):
                label.set_faint(faint=self.isEnabled())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if isinstance(self.control, Switch):
            beside = _GAP + self.reset.sizeHint().width() + (0 if self.narrow else _GAP + self._defaults)
            self.control.fit(self.width() - 2 * _PAD - beside)

    # what the file says

    def take(self) -> None:
        """Show the current value, unless the user is changing it."""
        value = self._file.value(self.path)
        if not self._dirty:
            self.control.show_value(value)
        self.reset.setVisible(value != default(self.path))
        wrong = next((one for one in self._file.problems if one.key == self.path), None)
        if wrong is not None:
            self.complain(problem(self._file.name, wrong))
        elif self._complains_of_file or (self.complaint.said and self._refused_among != self._file.settings):
            self.complain("")
        self._complains_of_file = wrong is not None
        self.setEnabled(self._file.readable)
        self._show_use(used=not self._needs or bool(self._file.value(self._needs)))

    def _show_use(self, *, used: bool) -> None:
        """Disable the control while the setting has no effect; what it is and would be can be read all the same."""
        if used != self._used:
            self._used = used
            self.control.setEnabled(used)
            self.reset.setEnabled(used)
            if self._name is not None:
                self._name.set_faint(faint=not used)
            self._tint_control()

    def _tint_control(self) -> None:
        palette, group, role = QPalette(), QPalette.ColorGroup.Disabled, QPalette.ColorRole
        if not self._used:
            found = contrast.of(self.palette(), on_base=True)
            ink = colors.blend(found.text, found.ground, _UNUSED) if found.stark else found.muted
            for part in (role.WindowText, role.Text, role.ButtonText):
                palette.setColor(group, part, ink)
            palette.setColor(group, role.Button, self.palette().color(group, role.Base))  # arrows as gray as their field
        self.control.setPalette(palette)

    def say(self, hint: str) -> None:
        if hint != self._hint:
            self._hint = hint
            self.hint.show_text(hint)
            self._describe()

    def complain(self, says: str) -> None:
        """Show why the value was refused; "" if it wasn't."""
        self.complaint.say(says.replace(" %", "\u00a0%"))
        self._describe()

    def _describe(self) -> None:
        says = (self.default_says, self._hint, self.complaint.said)
        self.control.setAccessibleDescription("\n".join(text for text in says if text))

    # user actions

    @Slot()
    def _edited(self) -> None:
        self._dirty = True
        self._later.start()

    @Slot()
    def commit(self) -> None:
        self._later.stop()
        if not self._dirty:
            return
        self._dirty = False
        self._write(self.control.value_set)

    @Slot()
    def _reset(self) -> None:
        self._later.stop()
        self._dirty = False
        self._write(None)
        self.control.setFocus()

    def _write(self, value: Any) -> None:
        edited = self._file.edit(self.path, value)
        self.complain(edited.refused)
        self._refused_among = self._file.settings
        if not self.control.hasFocus():  # else its description says so, which is now another one
            announce(self, edited.refused)
        self.take()
        if edited.back is not None:
            self.undoable.emit(edited.did, edited.back)
        elif edited.nothing:
            self.unsaid.emit()
