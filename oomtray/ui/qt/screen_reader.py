"""What a screen reader needs beyond what Qt tells it: announcements, tooltips, names, the chosen row, and numbers of bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Qt, Slot
from PySide6.QtWidgets import QLabel, QProgressBar

from oomtray.ui.qt import colors
from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFormLayout, QLayout, QWidget

    from oomtray.ui.qt.colors import Colors


def announce(widget: QWidget, text: str, *, interrupts: bool = False) -> None:
    """Have a screen reader say a text, if the widget is seen; `interrupts` what it is saying."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if not text or not QAccessible.isActive() or not widget.isVisible():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    if interrupts:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


def give_tooltip(widget: QWidget, text: str) -> None:
    """Set a tooltip, or none for "", and the same as what a screen reader says of the widget.

    Without that, Qt hands the reader the tooltip itself, which is HTML: "less than qt greater".
    """
    widget.setToolTip(as_html(text) if text else "")
    widget.setAccessibleDescription(text)


def call(box: QComboBox, name: str) -> None:
    """Name a box that is in its place: on Linux Qt says what is chosen instead of its accessible name, and its label beside that."""
    box.setAccessibleName(name)
    label = QLabel(name, box.parentWidget())
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    label.setBuddy(box)


def label_for(form: QFormLayout, row: QLayout, field: QWidget) -> None:
    """Let the label of a row that is a layout stand for a field in it, as Qt does by itself where the row is a field."""
    label = form.labelForField(row)
    if isinstance(label, QLabel):
        label.setBuddy(field)


class ChosenRow(QObject):
    """Makes the selected row of a view current, which a screen reader doesn't; the view already has its model."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.selectionModel().selectionChanged.connect(self._selected)

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, now: QItemSelection, _before: QItemSelection) -> None:
        chosen, current = now.indexes(), self._view.currentIndex()
        if chosen and chosen[0].siblingAtColumn(0) != current.siblingAtColumn(0):
            self._view.selectionModel().setCurrentIndex(chosen[0], QItemSelectionModel.SelectionFlag.NoUpdate)


class ReadableBar(QProgressBar):
    """A painted widget with a number that is read like a progress bar's (AT-SPI's Value): a subclass overrides `paintEvent`, and nothing of a progress bar is drawn."""

    _dimmed = False

    def dim(self, *, dimmed: bool) -> None:
        """Dim what is outdated."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    @staticmethod
    def faded(color: QColor, under: QColor, found: Colors) -> QColor:
        """Return a color for what is outdated, which in high contrast can be told from what is under it all the same."""
        fainter = colors.blend(color, under, 0.45)
        return colors.seen_on(fainter, under) if found.stark else fainter

    def tell(self, percent: float | None, lowest: float = 0, highest: float = 100) -> None:
        """Set the exposed number and its bounds; None if unknown.

        A screen reader finds it there, but is not told of each new one: Orca says all news of progress bars aloud.
        """
        low, high = math.floor(lowest), math.ceil(highest)
        seen = Qt.WidgetAttribute.WA_WState_Visible
        shown = self.testAttribute(seen)
        self.setAttribute(seen, on=False)  # of what isn't seen Qt sends no events; nor does it repaint it with each call
        self.setRange(low, max(high, low + 1))  # an empty range would mean "busy"
        if percent is None:
            self.reset()
        else:
            self.setValue(min(max(round(percent), low), high))
        self.setAttribute(seen, on=shown)
