"""Specifies what keys and the wheel do to a setting's control."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.ui.settings.controls import ChoiceBox, Control, NumberField, control_for

GIB = 1 << 30


@pytest.fixture
def beside(qtbot) -> QWidget:
    """A window in which something else has the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.setFocus()
    return window


def shown(beside: QWidget, path: str) -> Control:
    control = control_for(path)
    control.setParent(beside)
    beside.show()
    control.show()
    return control


def turn(control: Control, notches: int) -> bool:
    """Turn the wheel over it; whether it took that, rather than the page behind it."""
    at = QPointF(control.rect().center())
    buttons, keys, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, control.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), buttons, keys, phase, False)
    QApplication.sendEvent(control, event)
    return event.isAccepted()


@pytest.mark.parametrize(
    ("path", "value", "up", "down"),
    [
        ("levels.warning_left", 2 * GIB, 2.25 * GIB, 1.75 * GIB),
        ("levels.warning_left", 4 * GIB, 5 * GIB, 3.75 * GIB),
        ("levels.warning_left", 32 * GIB, 36 * GIB, 31 * GIB),
        ("levels.dwell_seconds", 10, 15, 9),
        ("levels.dwell_seconds", 60, 90, 55),
        ("levels.dwell_seconds", 600, 660, 570),
        ("notifications.snooze_minutes", 60, 90, 55),
        ("history.days", 14, 21, 13),
        ("rows.high_share", 500, 510, 490),
        ("actions.protect", -500, -490, -510),
        ("levels.warning_percent", 80, 81, 79),
    ],
)
def test_a_step_is_as_large_as_a_person_would_make_it(qtbot, beside: QWidget, path: str, value: float, up: float, down: float) -> None:
    for key, then in ((Qt.Key.Key_Up, up), (Qt.Key.Key_Down, down)):
        field = shown(beside, path)
        field.show_value(value)
        qtbot.keyClick(field, key)
        assert field.value_set == then


@pytest.mark.parametrize(("path", "kind", "value", "then"), [("levels.warning_percent", NumberField, 80, 79), ("rows.show", ChoiceBox, "apps", "processes")])
def test_the_wheel_has_an_effect_only_with_the_focus(qtbot, beside: QWidget, path: str, kind: type, value: object, then: object) -> None:
    """So that a page that scrolls below the pointer changes no setting."""
    control = shown(beside, path)
    assert isinstance(control, kind)
    control.show_value(value)
    assert (turn(control, -1), control.value_set) == (False, value)
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    assert (turn(control, -1), control.value_set) == (True, then)


def test_a_choice_by_the_keyboard_is_an_edit(qtbot, beside: QWidget) -> None:
    box = shown(beside, "icon.shows")
    box.show_value("shape")
    with qtbot.waitSignal(box.edited):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.value_set == "fill"
