"""F1 in a window: opens the help page that is most relevant there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

_TOPICS = {
    "DetailsWindow": "score",
    "DrillDialog": "killed",
    "ExplainWindow": "score",
    "FitsDialog": "froze",
    "HistoryWindow": "froze",
    "KillsWindow": "killed",
    "Popup": "start",
    "ProfileDialog": "lasting",
    "RuleDialog": "lasting",
    "RuleEditor": "lasting",
    "UnitDialog": "lasting",
    "ValueDialog": "score",
}
"""Help topics by class name of the window."""


def topic_for(window: QWidget) -> str:
    """Return the help topic of a window, or "" if it has none."""
    return _TOPICS.get(type(window).__name__, "")


def ask_by_f1(window: QWidget, help_wanted: SignalInstance, topic: Callable[[], str] | None = None) -> None:
    """Make F1 in this window emit `help_wanted` with its topic; `topic` returns it if it changes."""
    key = QShortcut(QKeySequence(Qt.Key.Key_F1), window)
    key.activated.connect(lambda: help_wanted.emit(topic_for(window) if topic is None else topic()))
