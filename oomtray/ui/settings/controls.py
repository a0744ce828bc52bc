"""Controls for a setting's value: a number with its unit, a switch, a choice."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QValidator, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSizePolicy, QStyle, QWidget

from oomtray.config.schema import BY_PATH, KEYS
from oomtray.messages import setting_labels as labels
from oomtray.messages.i18n import tr
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.grown_marks import grow_marks
from oomtray.ui.settings.defaults import default
from oomtray.ui.settings.typed_number import read_number

_RIM = 4
"""Pixels of a check box around its text."""
_ARROWS = 40
"""Pixels of a spin box beside its text."""


def number_column(font: QFont) -> int:
    """Return the pixels that the widest of these fields takes, so that they begin in one place on every page."""
    numbers = (key for key in KEYS if key.high > key.low)
    return max(_wide(_widest(key.path, key.high), font) for key in numbers)


def _widest(path: str, most: float) -> str:
    """Return the widest likely text of a number up to `most`."""
    return labels.span(88 * 60) if BY_PATH[path].unit in ("seconds", "minutes") else labels.number(path, most)


def _wide(text: str, font: QFont) -> int:
    return QFontMetrics(font).horizontalAdvance(text) + grown(_ARROWS, font)


class NumberField(QDoubleSpinBox):
    """A number with its unit, which may be typed in another unit of its kind.

    The mouse wheel has an effect only with the focus.
    """

    edited = Signal()

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        key, first = BY_PATH[path], default(path)
        self._whole = isinstance(first, int)
        self.setDecimals(0 if self._whole else 3)
        self.setRange(key.low, key.high)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccelerated(True)
        if labels.has_off(path):
            self.setSpecialValueText(tr("off"))
        self.valueChanged.connect(self.edited)
        grow_marks(self)

    @property
    def value_set(self) -> float:
        return int(self.value()) if self._whole else self.value()

    def show_value(self, value: float) -> None:
        with QSignalBlocker(self):
            self.setValue(value)

    def sizeHint(self) -> QSize:
        """Return a size for the widest likely text: many a value between the bounds is wider than these."""
        hint = super().sizeHint()
        hint.setWidth(max(hint.width(), _wide(_widest(self._path, self.maximum()), self.font())))
        return hint.expandedTo(QSize(0, high(self)))

    # called by the spin box

    def textFromValue(self, value: float) -> str:
        return labels.number(self._path, value)

    def valueFromText(self, text: str) -> float:
        if text and text == self.specialValueText():
            return self.minimum()
        found = read_number(self._path, text)
        return self.value() if found is None else found

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Accept incomplete text, which may become a number; the last valid one is restored at the end."""
        state = QValidator.State
        if text and text == self.specialValueText():
            return state.Acceptable, text, at
        found = read_number(self._path, text)
        right = found is not None and self.minimum() <= found <= self.maximum()
        return state.Acceptable if right else state.Intermediate, text, at

    def fixup(self, _text: str) -> str:
        return self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        self.setSingleStep(_step(self._path, self.value(), up=steps > 0))
        super().stepBy(steps)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # the page scrolls


class Switch(QCheckBox):
    """A check box whose text is the name of its row, wrapped if large text doesn't fit on one line."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        grow_marks(self)
        self.toggled.connect(self.edited)  # not `clicked`: a screen reader toggles without it

    def setText(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        super().setText(text)

    def fit(self, room: int) -> None:
        """Wrap the text to this width in pixels."""
        text = self._whole if self._wide(self._whole) <= room else self._wrapped(room)
        if text != self.text():
            super().setText(text)

    def _wrapped(self, room: int) -> str:
        lines: list[str] = []
        for word in self._whole.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._wide(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return "\n".join(lines)

    def _wide(self, line: str) -> int:
        return label_start(self) + self.fontMetrics().horizontalAdvance(line) + _RIM

    def sizeHint(self) -> QSize:
        """Return the width of the text on one line, and the current height."""
        return QSize(self._wide(self._whole), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(max(map(self._wide, self._whole.split(" "))), super().sizeHint().height())

    @property
    def value_set(self) -> bool:
        return self.isChecked()

    def show_value(self, value: bool) -> None:
        with QSignalBlocker(self):
            self.setChecked(value)


class ChoiceBox(QComboBox):
    edited = Signal()

    def __init__(self, path: str) -> None:
        super().__init__()
        for choice in BY_PATH[path].choices:
            self.addItem(labels.choice(path, choice), choice)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self.edited)
        grow_marks(self)

    @property
    def value_set(self) -> Any:
        return self.currentData()

    def show_value(self, value: str) -> None:
        self.setCurrentIndex(self.findData(value))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, high(self)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SuggestionField(QComboBox):
    """A field to type into, with a list of suggestions."""

    def __init__(self, name: str, parent: QWidget) -> None:
        """`name` is for screen readers."""
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = self.lineEdit()
        assert line is not None
        self.line = line
        for part in (self, line):
            part.setAccessibleName(name)


def high(field: QWidget) -> int:
    """Return the height of a field with room for other scripts, which are taller than the desktop's font."""
    return max(field.fontMetrics().height() + 14, 30)


def label_start(box: QCheckBox) -> int:
    """Return the pixels from a check box's edge to its text, with which its explanation is aligned."""
    style, metric = box.style(), QStyle.PixelMetric
    return style.pixelMetric(metric.PM_IndicatorWidth, None, box) + style.pixelMetric(metric.PM_CheckBoxLabelSpacing, None, box)


Control = NumberField | Switch | ChoiceBox
"""A control for a value, which emits `edited` when the user has changed it.

`value_set` is its value as the settings hold it, and `show_value` shows one without emitting `edited`.
"""


def control_for(path: str) -> Control:
    """Create the control for a setting's type."""
    first = default(path)
    if isinstance(first, bool):
        return Switch()
    return ChoiceBox(path) if isinstance(first, str) else NumberField(path)


def _step(path: str, value: float, *, up: bool) -> float:
    """Return the step by which a person would change the value from here."""
    near = value if up else math.nextafter(value, -math.inf)
    match BY_PATH[path].unit:
        case "bytes":
            gib = 1 << 30
            return gib / 4 if near < 4 * gib else gib if near < 32 * gib else 4 * gib
        case "seconds":
            return 1.0 if near < 10 else 5.0 if near < 60 else 30.0 if near < 600 else 60.0
        case "minutes":
            return 1.0 if near < 10 else 5.0 if near < 60 else 30.0
        case "days":
            return 1.0 if near < 14 else 7.0
        case "per-mille" | "oom_score_adj":
            return 10.0
        case _:
            return 1.0
