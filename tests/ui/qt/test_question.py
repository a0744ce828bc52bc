"""The question before what can't be undone."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from oomtray.ui.qt.question import ask

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_its_text_begins_as_far_from_the_edge_as_its_buttons_end(qtbot):
    """Qt left room for an icon, though there is none."""
    question = ask(None, "Rules", "Remove the rule?", adds="This can't be undone.", action="Remove", then=lambda: None)
    qtbot.addWidget(question)
    qtbot.waitExposed(question)
    texts = [question.findChild(QLabel, name) for name in ("qt_msgbox_label", "qt_msgbox_informativelabel")]
    end = max(button.mapTo(question, button.rect().bottomRight()).x() for button in question.findChildren(QPushButton))
    assert [text.mapTo(question, text.rect().topLeft()).x() for text in texts] == [question.width() - 1 - end] * 2
