"""The outcome of an action and what is offered next, for the message bar and notifications, and who reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from oomtray.messages.i18n import tr
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

Tone = Literal["done", "part", "failed", "ask"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A button under a report and what it does when pressed."""

    label: str
    act: Callable[[], object]
    hint: str = ""
    asks_password: bool = False
    """Opens the password dialog, so a notification must not trigger it."""
    answers_later: bool = False
    """The outcome is reported only after another program has answered."""
    takes_back: bool = False
    """Takes back what was done, so it stays within reach until another report comes."""


@dataclass(frozen=True, slots=True)
class Report:
    tone: Tone
    text: str
    """Whole sentences, printable."""
    offers: tuple[Offer, ...] = ()
    closable: bool = True
    """Whether it can be dismissed without an answer."""


class Reporter(QObject):
    """Does what is asked for, and reports the outcome."""

    reported = Signal(object)
    """A Report."""
    changed = Signal()
    """What is shown is out of date."""
    busy = Signal(bool)
    """Whether a password dialog may be open."""

    def report_through(self, other: Reporter) -> None:
        """Have another one report as its own what this one does."""
        self.reported.connect(other.reported)
        self.changed.connect(other.changed)
        self.busy.connect(other.busy)


def undo_offer(act: Callable[[], object]) -> Offer:
    return Offer(tr("Undo"), act, takes_back=True)
