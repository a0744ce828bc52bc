"""Opens the dialogs that rows and menus ask for, and shows rules that wait for permission."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from oomtray.actions.rules.propose import service_of
from oomtray.messages.desktop import no_rule, no_service
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.qt.help_key import ask_by_f1
from oomtray.ui.qt.screen_reader import give_tooltip
from oomtray.ui.qt.screens import place_above

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog, QWidget

    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.actions.rules.model import Preset
    from oomtray.actions.units.changer import UnitChanger
    from oomtray.actions.units.limit import LimitChanger, MemoryMax
    from oomtray.config import Presets
    from oomtray.dbus.session import SessionBus
    from oomtray.monitor import Attention
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.expendable import ExpendableController
    from oomtray.ui.controllers.limits import LimitController
    from oomtray.ui.controllers.report import Report, Reporter
    from oomtray.ui.controllers.row_actions import ActionId, Subject
    from oomtray.ui.controllers.rules import RuleController
    from oomtray.ui.controllers.units import UnitUndo
    from oomtray.ui.dialogs.kills_window import KillsWindow
    from oomtray.ui.dialogs.unit_dialog import UnitDialog
    from oomtray.ui.popup.popup import Popup


def changer_for(presets: Presets) -> UnitChanger:
    from oomtray.actions.units.changer import UnitChanger

    return UnitChanger(presets)


def _limit_changer() -> LimitChanger:
    from oomtray.actions.units.limit import LimitChanger

    return LimitChanger()


class Dialogs(QObject):
    """Opens dialogs: `changed` requests a scan, `notices_changed` announces other mistakes in the rules."""

    changed = Signal()
    notices_changed = Signal()
    looked_at = Signal()
    """The result of `attention` may have changed."""
    help_wanted = Signal(str)
    """F1 was pressed in a dialog; carries its help topic."""

    def __init__(
        self,
        popup: Popup,
        rules: RuleController,
        *,
        changer: Callable[[Presets], UnitChanger] = changer_for,
        bus: SessionBus | None = None,
    ) -> None:
        """`bus`: the session's, on which the desktop offers its own file dialogs."""
        super().__init__(popup)
        self.rules = rules
        self._popup, self._bus = popup, bus
        self._changer = changer
        self.limit_changer = _limit_changer
        """Creates what raises a memory limit."""
        self._limits: LimitController | None = None
        self._mistakes: list[str] = []
        self.dialog: QDialog | None = None
        """The last one opened; Qt deletes it on closing."""
        self._shown: dict[type[QDialog], QDialog] = {}
        self._undo: UnitUndo | None = None
        self.kills: KillsWindow | None = None
        self._asked_from: KillsWindow | None = None
        """The window that the last action came from, if it wasn't the popup."""
        self._expendable: ExpendableController | None = None
        self.bar = MessageBar(popup)
        self.bar.setObjectName("rules")
        popup.put_below_rows(self.bar)
        self.bar.follow(popup.table.order_button)
        popup.message.follow(self.bar.last)
        popup.dialog_wanted.connect(self._wanted_by_row)
        popup.profiles_wanted.connect(self.show_profiles)
        popup.fits_wanted.connect(self.show_fits)
        popup.kills_wanted.connect(self.show_kills)
        popup.drill_wanted.connect(self.show_drill)
        popup.log_drop.dropped.connect(self.show_log)
        popup.expendable_wanted.connect(self._switch_expendable)
        popup.closed.connect(self.close_all)
        rules.line_changed.connect(self._show_line)
        self._hear(rules)

    def take(self, status: RulesStatus | None) -> None:
        """Take the rules' state after a scan, and update the predictions in open dialogs."""
        self.rules.take(status)
        if self._popup.assessment is not None:
            for dialog in (*self._shown.values(), self.kills):
                if dialog is not None and hasattr(dialog, "show_assessment"):  # it predicts the effect of a change
                    dialog.show_assessment(self._popup.assessment)
        if self.bar.isHidden() and not self._popup.waits:
            self._show_line()  # the dialog that its button led to was dismissed
        self._popup.model.left_alone = self.rules.left_alone()
        mistakes = self.rules.mistakes
        if mistakes != self._mistakes:
            self._mistakes = mistakes
            self.notices_changed.emit()

    @Slot()
    def _show_line(self) -> None:
        line = self.rules.line
        if line is None:
            self.bar.hide()
        else:
            self.bar.tell(line)
            give_tooltip(self.bar, self.rules.line_hint)

    def attention(self, *, paused: bool) -> Attention:
        """Return what the popup shows or, while past kills offer actions, all running processes."""
        from oomtray.monitor import Attention

        if self._popup.isVisible():
            return self._popup.attention(paused=paused)
        looks = self.kills is not None
        return Attention(open=True, apps=True, top=None, paused=paused) if looks else Attention(paused=paused)

    def _hear(self, one: Reporter | UnitDialog) -> None:
        one.reported.connect(self._tell)
        one.changed.connect(self.changed)
        one.busy.connect(self._popup.set_waits)

    @Slot(object)
    def _tell(self, report: Report) -> None:
        """Report an action's outcome where it was requested."""
        if self._asked_from is not None:
            self._asked_from.show_report(report)
        else:
            self._popup.message.tell(report)

    @Slot(str, object)
    def _wanted_by_row(self, action: ActionId, subject: Subject) -> None:
        self._asked_from = None
        self._wanted(action, subject)

    @Slot(str, object)
    def _wanted_by_kills(self, action: ActionId, subject: Subject) -> None:
        self._asked_from = self.kills
        self._wanted(action, subject)

    @Slot(object, str)
    def _unit_wanted_by_kills(self, subject: Subject, preset: Preset) -> None:
        self._asked_from = self.kills
        self._show_unit(subject, preset)

    @Slot(str, object)
    def _wanted(self, action: ActionId, subject: Subject) -> None:
        if action == "unit":
            self._show_unit(subject)
        elif action == "expendable":
            self._switch_expendable(subject)
        elif self._popup.assessment is not None:
            self._show(action, subject, self._popup.assessment)

    def _show(self, action: ActionId, subject: Subject, assessment: Assessment) -> None:
        if action == "explain":
            from oomtray.ui.dialogs.explain_dialog import ExplainWindow

            window = self._shown.get(ExplainWindow)
            if not isinstance(window, ExplainWindow):
                window = ExplainWindow(self._popup, presets=self._popup.changes.presets, labels=self._popup.labels)
                window.wanted.connect(self._popup.menu.chosen)
            window.tell(assessment, subject)
            self._open(window)
        elif action == "details":
            from oomtray.ui.dialogs.details_dialog import DetailsWindow

            details = self._shown.get(DetailsWindow)
            if isinstance(details, DetailsWindow):
                details.tell(assessment, subject)
            else:
                details = DetailsWindow(assessment, subject, self._popup, labels=self._popup.labels)
                details.wanted.connect(self._popup.menu.chosen)
                details.explain_wanted.connect(self._explain)
            self._open(details)
        elif action == "value":
            from oomtray.ui.dialogs.value_dialog import ValueDialog

            value = self._shown.get(ValueDialog)
            if isinstance(value, ValueDialog):
                value.tell(assessment, subject)
            else:
                value = ValueDialog(self._popup.changes, subject, assessment, self._popup, labels=self._popup.labels)
            self._open(value)
        else:
            rule = self.rules.propose(action, subject, assessment)
            if rule is None:
                self._popup.message.complain(no_rule(subject.name))
                return
            from oomtray.ui.dialogs.rule_dialog import RuleDialog

            dialog = RuleDialog(self.rules, rule, subject, assessment, self._popup, labels=self._popup.labels)
            self._open(dialog, above=self._asked_from)

    @Slot(str)
    def show_profiles(self, name: str) -> None:
        assessment = self._popup.assessment
        if assessment is not None:
            from oomtray.ui.dialogs.rule_dialog import ProfileDialog

            self._open(ProfileDialog(self.rules, name, assessment, self._popup, labels=self._popup.labels))

    @Slot()
    def show_fits(self) -> None:
        assessment = self._popup.assessment
        if assessment is not None:
            from oomtray.ui.dialogs.fits_dialog import FitsDialog

            self._open(FitsDialog(assessment, self._popup))

    @Slot()
    def show_kills(self, number: int | None = None) -> None:
        """Show recorded kills, starting with the one of this `number` or else the newest."""
        self._kills_window().show_recorded(number)

    @Slot()
    def show_drill(self) -> None:
        from oomtray.ui.dialogs.drill_dialog import DrillDialog

        dialog = DrillDialog(self._popup)
        dialog.kills_wanted.connect(self.show_kills)
        self._open(dialog)

    @Slot(str)
    def show_log(self, path: str) -> None:
        self._kills_window().open_log(path)

    def _kills_window(self) -> KillsWindow:
        from oomtray.ui.dialogs.kills_window import KillsWindow

        if self.kills is None:
            popup = self._popup
            window = self.kills = KillsWindow(
                popup.assessment,
                marks=lambda: popup.settings.step_in.expendable,
                labels=popup.labels,
                bus=self._bus,
            )
            window.dialog_wanted.connect(self._wanted_by_kills)
            window.unit_wanted.connect(self._unit_wanted_by_kills)
            window.limit_wanted.connect(self._raise_limit)
            window.busy.connect(popup.set_waits)
            window.closed.connect(self._kills_closed)
            ask_by_f1(window, self.help_wanted)
            self.looked_at.emit()
        self.kills.come_up()
        self._popup.give_way()
        return self.kills

    @Slot()
    def _kills_closed(self) -> None:
        self.kills = self._asked_from = None
        self.looked_at.emit()

    @Slot(object)
    def _switch_expendable(self, subject: Subject) -> None:
        """Mark or unmark an app as expendable; called only by a row's menu or a kill's window."""
        if self._expendable is None:
            from oomtray.config import default_file
            from oomtray.ui.controllers.expendable import ExpendableController

            self._expendable = ExpendableController(default_file(), self)
            self._hear(self._expendable)
        if self._popup.assessment is not None:
            self._expendable.switch(subject, self._popup.assessment, self._popup.settings.step_in)

    @Slot(object)
    def _raise_limit(self, wanted: MemoryMax) -> None:
        """Raise a limit; called only by a kill's window, where the outcome is reported."""
        self._asked_from = self.kills
        if self._limits is None:
            from oomtray.ui.controllers.limits import LimitController

            self._limits = LimitController(self.limit_changer(), self)
            self._hear(self._limits)
        self._limits.raise_to(wanted)

    def _show_unit(self, subject: Subject, preset: Preset | None = None) -> None:
        service = service_of(subject.first.process, os.getuid())
        if service is None:
            self._popup.message.complain(no_service(subject.name))
            return
        from oomtray.ui.dialogs.unit_dialog import UnitDialog

        presets = self.rules.presets
        popup = self._popup
        dialog = UnitDialog(
            self._changer(presets), presets, service, popup, assessment=popup.assessment, labels=popup.labels, preset=preset
        )
        dialog.undoable.connect(self._keep_undo)
        self._hear(dialog)
        self._open(dialog, above=self._asked_from)

    @Slot(object)
    def _keep_undo(self, undo: UnitUndo) -> None:
        if self._undo is not None and not self._undo.running:
            self._undo.deleteLater()
        self._undo = undo
        undo.setParent(self)
        self._hear(undo)

    @Slot(object)
    def _explain(self, subject: Subject) -> None:
        self._wanted("explain", subject)

    def _open(self, dialog: QDialog, above: QWidget | None = None) -> None:
        """Show a dialog in place of an older one of its kind, which may be about another process or outdated.

        `above`: the window it was asked for in. Not its parent, as a dialog that waits for a password outlives that one.
        """
        before = self._shown.get(type(dialog))
        if before is not dialog:
            if before is not None:
                dialog.move(before.pos())
                before.close()
            self._shown[type(dialog)] = dialog
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(self._finished)
            ask_by_f1(dialog, self.help_wanted)
            self.looked_at.emit()
        self.dialog = dialog
        if above is not None and not dialog.isVisible():
            place_above(dialog, above)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @Slot()
    def close_all(self) -> None:
        """Close dialogs with the popup, unless one is waiting for a password."""
        if not self._popup.waits:
            for dialog in tuple(self._shown.values()):
                dialog.close()

    @Slot()
    def _finished(self) -> None:
        gone = self.sender()
        self._shown = {kind: dialog for kind, dialog in self._shown.items() if dialog is not gone}
        self.looked_at.emit()
        if self._popup.isVisible():
            self._popup.activateWindow()
