"""A line above a window's bottom with an action's outcome and what can be done next, never cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from oomtray.ui.qt.buttons import push_button
from oomtray.ui.qt.dialog import MARGIN
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.screen_reader import announce, give_tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from oomtray.ui.controllers.report import Offer

_ABOVE = 8


class SaidLine(QWidget):
    """Shows a report, and is hidden without one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = Plain("", self, wraps=True)
        self.offers: list[QPushButton] = []
        """The buttons beside the text."""
        self._row = fill(QHBoxLayout(self), (self.text, 1), margins=(MARGIN, _ABOVE, MARGIN, _ABOVE))
        self.hide()

    def say(self, text: str, *offers: Offer) -> None:
        self.text.setText(text)
        for button in self.offers:
            button.hide()
            button.deleteLater()
        self.offers = [self._button(offer) for offer in offers]
        self.setVisible(bool(text))
        self._keep_whole()
        announce(self, text)

    def _button(self, offer: Offer) -> QPushButton:
        button = push_button(offer.label, offer.act, self)
        give_tooltip(button, offer.hint)
        self._row.addWidget(button)
        button.show()
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_whole()

    def _keep_whole(self) -> None:
        """Keep the text whole: in a low window the layout would cut it before shrinking a page that scrolls."""
        beside = sum(button.sizeHint().width() + self._row.spacing() for button in self.offers)
        self.text.setMinimumHeight(max(self.text.heightForWidth(self.width() - 2 * MARGIN - beside), 0))
