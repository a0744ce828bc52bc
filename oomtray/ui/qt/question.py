"""A question before what can't be undone, for which Cancel is the safe answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def ask(
    parent: QWidget | None, title: str, asks: str, *, adds: str, deed: str, then: Callable[[], object]
) -> QMessageBox:
    """Open the question and do `then` once `deed` is pressed. `adds` is the smaller text below what it `asks`."""
    question = QMessageBox(QMessageBox.Icon.Question, title, asks, parent=parent)
    question.setInformativeText(adds)
    button = question.addButton(deed, QMessageBox.ButtonRole.DestructiveRole)
    cancel = question.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    question.setDefaultButton(cancel)
    question.setEscapeButton(cancel)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    button.clicked.connect(then)
    question.open()
    return question
