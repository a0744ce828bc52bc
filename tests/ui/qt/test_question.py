"""The question before what can't be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

from oomtray.ui.qt.question import ask, complain

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_its_text_begins_as_far_from_the_edge_as_its_buttons_end(qtbot):
    """Qt left room for an icon, though there is none."""
    question = ask(None, "Rules", "Remove the rule?", adds="This can't be undone.", action="Remove", then=lambda: None)
    qtbot.addWidget(question)
    qtbot.waitExposed(question)
    texts = [question.findChild(QLabel, name) for name in ("qt_msgbox_label", "qt_msgbox_informativelabel")]
    end = max(button.mapTo(question, button.rect().bottomRight()).x() for button in question.findChildren(QPushButton))
    assert [text.mapTo(question, text.rect().topLeft()).x() for text in texts] == [question.width() - 1 - end] * 2


@pytest.mark.parametrize(("moves", "hit"), [(0, []), (1, ["Clear"])])
def test_enter_presses_the_answer_that_has_the_focus(qtbot, moves, hit):
    """At first that is Cancel; of the other one, Cancel was pressed too."""
    pressed = []
    question = ask(None, "History", "Clear it?", adds="This can't be undone.", action="Clear", then=lambda: pressed.append("Clear"))
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(question)
    qtbot.waitUntil(lambda: question.focusWidget() is not None)
    assert question.focusWidget().text() == "Cancel"
    for _ in range(moves):
        qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Return)
    assert not question.isVisible()
    assert pressed == hit


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_failure_is_dismissed_by_enter_and_escape(qtbot, key):
    window = QWidget()
    qtbot.addWidget(window)
    complain(window, "History", "The disk is full.")
    box = window.findChild(QMessageBox)
    qtbot.waitUntil(lambda: box.focusWidget() is not None)
    with qtbot.waitSignal(box.destroyed):
        qtbot.keyClick(box.focusWidget(), key)
