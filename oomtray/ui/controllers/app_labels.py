"""What apps and processes are called where a person looks at them, and the icon beside it.

The commands and their JSON keep the plain names of `oomtray.risk.apps`; these are the window's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.text import printable

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

    from oomtray.risk.assessment import App, Risk


@dataclass(frozen=True, slots=True)
class AppLabel:
    """Name, second line and icon, ready to be drawn: control characters are already written out."""

    name: str
    detail: str
    """What a name alone leaves open, such as `python3 · ~/lab` for a script; empty where there is nothing to add."""
    icon: QIcon | None


class AppLabels(QObject):
    """Names of apps and processes. Asking is cheap and never waits, so it may be done while a row is drawn.

    Ask for the rows that are seen: what isn't known yet is read in the background from then on, and `changed` tells that
    asking again may give more. The popup has one: `Popup.labels`.
    """

    changed = Signal()

    def of_app(self, app: App) -> AppLabel:
        return AppLabel(printable(app.name), "", None)

    def of_process(self, risk: Risk) -> AppLabel:
        return AppLabel(printable(risk.process.name), "", None)
