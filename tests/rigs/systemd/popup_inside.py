"""The popup on a real machine, operated by a list of steps: `python3 -m tests.rigs.systemd.popup_inside PID STEP...`.

    menu              report the entry Reset of the row's menu, once systemd has answered
    reset             reset, and wait for the result
    open              open the unit's dialog from the row of process PID
    look              report what the dialog shows
    value=N           choose or type the value
    press=set|remove  press the button, and wait for the result
    undo              press Undo in the message bar, and wait
    file=PATH         report the content of a file; null if there is none

Each step prints a line of JSON; `said` is the text of the message bar afterwards, or of the dialog if it stays open.
It also runs in the systemd container, so it only needs Qt and the program.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oomtray.config import Presets, Settings
from oomtray.monitor import Monitor
from oomtray.ui.app.dialogs import Dialogs
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.controllers.rules import RuleController
from oomtray.ui.dialogs.unit_dialog import UnitDialog
from oomtray.ui.popup.popup import Popup

SECONDS = 60.0


class Hands:
    def __init__(self, pid: int) -> None:
        controller = ChangeController(Presets())
        self.popup = Popup(controller, Settings())
        self.dialogs = Dialogs(self.popup, RuleController(controller, "/proc/nonexistent/rules.toml", self.popup))
        self.popup.open(None)
        monitor = Monitor(Settings(), once=True)
        self.assessment = monitor.survey(apps=True)
        monitor.close()
        self.popup.show_assessment(self.assessment)
        self.risk = next(risk for risk in self.assessment.risks if risk.process.pid == pid)

    def do(self, step: str) -> Any:
        what, _, given = step.partition("=")
        match what:
            case "menu":
                return self.menu()
            case "reset":
                self.popup.menu.chosen.emit("reset", Subject.of_process(self.risk))
                return self.said()
            case "open":
                self.popup.menu.chosen.emit("unit", Subject.of_process(self.risk))
                self.wait(lambda: self.dialog.value.isEnabled())
            case "look":
                return self.look()
            case "value":
                at = self.dialog.value.findData(int(given))
                self.dialog.value.setCurrentIndex(at if at >= 0 else self.dialog.value.count() - 1)
                self.dialog.number.setValue(int(given))
            case "press":
                return self.press(given)
            case "undo":
                button = self.popup.message.button("Undo")
                assert button is not None, "there is nothing to undo"
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                return self.said()
            case "file":
                try:
                    with open(given) as file:
                        return file.read()
                except FileNotFoundError:
                    return None
            case _:
                raise ValueError(step)
        return True

    def menu(self) -> dict[str, str]:
        self.popup.card.menu_wanted.emit(Subject.of_process(self.risk), QPoint(0, 0))
        entry = next(action for action in self.popup.menu.actions() if action.data() == "reset")
        self.wait(lambda: "Asks systemd" not in entry.statusTip())
        self.popup.menu.close()
        return {"text": entry.text(), "hint": entry.statusTip()}

    def said(self) -> dict[str, str]:
        self.wait(lambda: not self.popup.message.isHidden())
        return {"said": self.popup.message.text}

    @property
    def dialog(self) -> UnitDialog:
        assert isinstance(self.dialogs.dialog, UnitDialog)
        return self.dialogs.dialog

    def look(self) -> dict[str, Any]:
        dialog = self.dialog
        return {
            "says": dialog.says.text(),
            "value": dialog.value.currentData(),
            "file": dialog.file.text(),
            "notes": dialog.notes.text(),
            "can_remove": dialog.remove_button.isVisible(),
        }

    def press(self, which: str) -> dict[str, Any]:
        told: list[str] = []
        dialog = self.dialog
        dialog.reported.connect(lambda report: told.append(report.text))
        button = dialog.apply_button if which == "set" else dialog.remove_button
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not dialog.value.isEnabled(), "it has begun"
        self.wait(lambda: told or dialog.value.isEnabled())
        return {"said": self.popup.message.text if told else dialog.notes.text(), "closed": bool(told)}

    def wait(self, condition: Callable[[], object]) -> None:
        until = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < until, self.popup.message.text
            QApplication.processEvents()
            QTest.qWait(10)


def main() -> None:
    QApplication([sys.argv[0]])
    hands = Hands(int(sys.argv[1]))
    for step in sys.argv[2:]:
        print(json.dumps(hands.do(step)), flush=True)
    hands.popup.put_away()


if __name__ == "__main__":
    main()
