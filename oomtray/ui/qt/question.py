"""A question before what can't be undone, for which Cancel is the safe answer, and what is said if something fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QMessageBox, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.qt.buttons import PushButton
from oomtray.ui.qt.field_edges import give_edges
from oomtray.ui.qt.fonts import mean_letter, scaled

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTERS = 46
"""Least characters per line of the smaller text."""


class _Box(QMessageBox):
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            give_edges()


def ask(
    parent: QWidget | None, title: str, asks: str, *, adds: str, action: str, then: Callable[[], object]
) -> QMessageBox:
    """Open the question, and call `then` if `action` is pressed; `adds` is the smaller text below `asks`."""
    question = _Box(QMessageBox.Icon.NoIcon, title, asks, parent=parent)  # a theme's question mark adds nothing to the text
    question.setTextFormat(Qt.TextFormat.PlainText)
    question.setInformativeText(adds)
    button, cancel = PushButton(action, question), PushButton(tr("Cancel"), question)
    question.addButton(button, QMessageBox.ButtonRole.DestructiveRole)
    question.addButton(cancel, QMessageBox.ButtonRole.RejectRole)
    question.setDefaultButton(cancel)
    question.setEscapeButton(cancel)
    give_edges()
    asked, added = (question.findChild(QLabel, name) for name in ("qt_msgbox_label", "qt_msgbox_informativelabel"))
    if isinstance(asked, QLabel):
        asked.setFont(scaled(asked.font(), 1.0, bold=True))
    if isinstance(added, QLabel):  # otherwise it is as narrow as the question, and has many lines
        added.setMinimumWidth(round(_LETTERS * mean_letter(added.fontMetrics())))
    layout = question.layout()
    if isinstance(layout, QGridLayout):
        _close_gap(layout)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    button.clicked.connect(then)
    question.open()
    return question


def complain(parent: QWidget | None, title: str, says: str) -> QMessageBox:
    """Say in a box of its own why something failed; without a parent, it is there only as long as it is held."""
    box = _Box(QMessageBox.Icon.Warning, title, says, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.addButton(PushButton(tr("Close"), box), QMessageBox.ButtonRole.RejectRole)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def _close_gap(layout: QGridLayout) -> None:
    """Remove the space that Qt leaves between the text and an icon, which there is none of."""
    layout.setHorizontalSpacing(0)
    items = (layout.itemAt(number) for number in range(layout.count()))
    for spacer in [item.spacerItem() for item in items if item is not None]:
        if spacer is not None:
            spacer.changeSize(0, 0)
    layout.invalidate()
