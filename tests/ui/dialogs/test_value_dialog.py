"""Before a value is set: the order as it is and as it would be, side by side, while a slider or a number is moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from oomtray.config import Presets
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.value_dialog import ValueDialog
from tests.facts import desktops

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(qtbot: Any) -> ValueDialog:
    return opened(qtbot, "firefox")


def opened(qtbot: Any, name: str) -> ValueDialog:
    now = desktops.desktop()
    made = ValueDialog(ChangeController(Presets()), Subject.of_app(next(app for app in now.apps if app.name == name)), now)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    return made


def names(bars: Any) -> list[str]:
    return [row.name for row in bars.rows]


def test_the_order_then_stands_beside_the_order_now(dialog: ValueDialog) -> None:
    dialog.value.setValue(-500)
    assert names(dialog.queues.now) == ["firefox", "code", "Chromium", "cc1plus", "8 others"]
    assert names(dialog.queues.then) == ["code", "Chromium", "cc1plus", "6 others", "firefox"]
    assert [row.ours for row in dialog.queues.then.rows].index(True) == 4
    assert "10. firefox" in dialog.queues.then.accessibleName()


@pytest.mark.parametrize(("name", "value"), [("firefox", 233), ("slack", 0)])
def test_it_opens_with_where_it_stands_now(qtbot: Any, name: str, value: int) -> None:
    dialog = opened(qtbot, name)
    assert dialog.value.value() == value
    assert names(dialog.queues.now)[0] == names(dialog.queues.then)[0] == "firefox"
    assert dialog.preview.text()


def test_it_opens_from_a_list_of_processes_too(qtbot: Any) -> None:
    now = replace(desktops.desktop(), apps=())
    dialog = ValueDialog(ChangeController(Presets()), Subject.of_process(now.risks[0]), now)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    assert dialog.title.text() == "Web Content (4203)"


def test_all_apps_stand_on_one_line_with_the_place_now_and_then(dialog: ValueDialog) -> None:
    line = dialog.queues.line
    dialog.value.setValue(-500)
    assert line.isVisible()
    assert line.says.text() == "Of 12 apps, number 1 to be killed now, and 10 then"
    dialog.value.setValue(1000)
    assert line.says.text() == "Of 12 apps, number 1 to be killed, as now"


def test_the_line_runs_from_the_last_to_the_first_and_turns_where_reading_does(dialog: ValueDialog) -> None:
    dialog.value.setValue(-500)
    painted = dialog.queues.line.findChild(QWidget, "line")
    assert painted is not None

    def dot() -> bool:
        """Whether the filled dot, of where it would stand, is in the left half."""
        image, middle = painted.grab().toImage(), 11
        ring = image.pixelColor(8, middle) == image.pixelColor(8, 1)
        return not ring

    assert dot(), "what counts as nothing is the last to go"
    dialog.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not dot()


def test_slider_and_number_go_together(qtbot: Any, dialog: ValueDialog) -> None:
    dialog.value.setValue(0)
    assert dialog.slider.word() == "Normal"
    qtbot.keyClick(dialog.slider.slider, Qt.Key.Key_PageUp)
    assert dialog.value.value() == 300
    assert dialog.exact.button.text() == "Exact value: oom_score_adj +300"


def test_the_number_is_folded_away_until_it_is_asked_for(qtbot: Any, dialog: ValueDialog) -> None:
    assert not dialog.value.isVisible()
    qtbot.keyClick(dialog.exact.button, Qt.Key.Key_Space)
    assert dialog.value.isVisible()


def test_what_needs_a_password_is_said(dialog: ValueDialog) -> None:
    dialog.value.setValue(-500)
    assert "without a password" in dialog.notes.text()
    dialog.value.setValue(1000)
    assert "password" not in dialog.notes.text()
