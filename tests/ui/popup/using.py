"""What a person does to the popup, which rows it shows then, and a controller that only remembers what it was asked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication

from oomtray.config import Settings
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.process_row import NAME
from tests.facts import MIB, desktops
from tests.ui.parts import the


class FakeController(ChangeController):
    """Remembers what it was asked to do; nothing of this machine is touched."""

    def __init__(self) -> None:
        super().__init__(Settings().actions)
        self.asked: list[tuple] = []

    def origins(self, subject):
        return {}, False

    def do(self, word, subject, assessment):
        self.asked.append((word, subject.name))


def footer(popup):
    return the(Footer, popup)


def turn_away(popup, monkeypatch):
    """As where another program's window has become active."""
    monkeypatch.setattr(popup, "isActiveWindow", lambda: False)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    QApplication.sendEvent(popup, QEvent(QEvent.Type.ActivationChange))
    QApplication.processEvents()


def names(popup):
    return [popup.model.index(n, NAME).data() for n in range(popup.model.rowCount())]


def enter(popup):
    where = QPointF(50, 50)
    QApplication.sendEvent(popup.table.viewport(), QEnterEvent(where, where, where))


def leave(popup):
    QApplication.sendEvent(popup.table.viewport(), QEvent(QEvent.Type.Leave))


def overtaken(name="spotify"):
    before = desktops.desktop()
    pid = next(p.pid for p in before.snapshot.processes if p.name == name)
    return desktops.grown(before, pid, 12_000 * MIB)


def open_menu(popup, row):
    found = popup.table.subject(popup.model.index(row, 0))
    popup.table.menu_wanted.emit(found, QPoint(0, 0))
    return popup.menu
