"""Collect every text that a window shows, or provides to a screen reader, from its widgets."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QTextEdit,
    QWidget,
)

_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.WhatsThisRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
_ROWS = 60


def texts(top: QWidget) -> list[str]:
    """Return all texts of a widget and its descendants, without duplicates, and without text typed into fields."""
    found: dict[str, None] = {}
    for widget in (top, *top.findChildren(QWidget)):
        for text in _texts(widget):
            if text:
                found[_without_markup(text)] = None
    return list(found)


def _without_markup(text: str) -> str:
    """Return a tooltip's text as it is shown."""
    if not text.startswith("<qt>"):
        return text
    return html.unescape(re.sub(r"</?\w+>", "\n", text)).strip()


def _texts(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow():
        yield widget.windowTitle()
    if isinstance(widget, QLabel) or (isinstance(widget, QAbstractButton) and not _of_qt(widget)):
        yield widget.text()
    elif isinstance(widget, QGroupBox):
        yield widget.title()
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
        yield widget.toPlainText()
        yield widget.placeholderText()
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(n) for n in range(widget.count()))
    elif isinstance(widget, QSpinBox):
        yield from (widget.prefix(), widget.suffix(), widget.specialValueText())
    elif isinstance(widget, QTabWidget):
        yield from (widget.tabText(n) for n in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget.model())
    if isinstance(widget, QMenu):
        yield widget.title()
    for action in widget.actions():
        yield from _action(action)


def _of_qt(button: QAbstractButton) -> bool:
    """Whether the text was translated by Qt, such as Cancel."""
    box = button.parent()
    return (
        isinstance(box, QDialogButtonBox)
        and isinstance(button, QPushButton)
        and box.standardButton(button) != QDialogButtonBox.StandardButton.NoButton
    ) or isinstance(box, QAbstractSpinBox)


def _action(action: QAction) -> Iterator[str]:
    if not action.isSeparator():
        yield from (action.text(), action.toolTip(), action.statusTip(), action.whatsThis())


def _cells(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    parent = QModelIndex() if parent is None else parent
    plain = isinstance(model, QAbstractListModel)  # one column, which it doesn't report, and no children
    columns = 1 if plain else model.columnCount(parent)
    for column in range(columns):
        for role in _ROLES:
            yield _text(model.headerData(column, Qt.Orientation.Horizontal, role))
    for row in range(min(model.rowCount(parent), _ROWS)):
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in _ROLES:
                yield _text(model.data(index, role))
        if not plain:
            yield from _cells(model, model.index(row, 0, parent))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


@contextmanager
def painted() -> Iterator[list[str]]:
    """Collect the texts that our own code draws during the block."""
    found: list[str] = []
    original = QPainter.drawText

    def draw(painter: QPainter, *arguments: object) -> object:
        found.extend(one for one in arguments if isinstance(one, str))
        return original(painter, *arguments)

    QPainter.drawText = draw  # type: ignore[method-assign]
    try:
        yield found
    finally:
        QPainter.drawText = original  # type: ignore[method-assign]
