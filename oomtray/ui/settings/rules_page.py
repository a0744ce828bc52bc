"""The page of rules: those in the file, each with what it does now, and the included profiles."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from oomtray.messages import rules as says
from oomtray.messages.i18n import tr
from oomtray.messages.rules_file import mistake, more_mistakes, why_unset
from oomtray.text import printable
from oomtray.ui.controllers.rule_list import RuleList
from oomtray.ui.qt.buttons import LinkButton, push_button
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.help_key import topic_for
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.screen_reader import announce
from oomtray.ui.settings.bars import Complaint, WarningSign
from oomtray.ui.settings.open_file import open_file
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.profile_switches import ProfileSwitches
from oomtray.ui.settings.rule_table import RuleTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from oomtray.actions.rules.engine import Applied
    from oomtray.actions.rules.model import Rule
    from oomtray.ui.settings.rule_editor import RuleEditor

_LINES = 8
_NAMED = 5
"""How many mistakes, or rules that can't set their values, are listed one by one."""


class RulesPage(Page):
    def build(self) -> None:
        self.editor: RuleEditor | None = None
        self.rules = RuleList(self.around.rules)
        self._does: dict[Rule, list[Applied]] = {}
        self.add_note(tr("The first rule that matches a process counts. Rules apply to what runs now and to what starts later."))
        self.mistakes, self._sign = Plain("", self.widget()), WarningSign(self.widget())
        self.mistakes.setWordWrap(True)
        line = fill(QHBoxLayout(), (self._sign, 0, Qt.AlignmentFlag.AlignTop), (self.mistakes, 1), spacing=8)
        self.column.addLayout(line)
        self.list = RuleTable(self.widget())
        self.list.currentItemChanged.connect(self._show_chosen)
        self.list.itemActivated.connect(self._edit)
        self.add_card(self.list, ends=3)
        self._add_buttons()
        # below the buttons, which must not move
        self.refused = Complaint(self.widget())
        self.column.addWidget(self.refused)
        self.what = Plain("", self.widget(), faint=True, wraps=True)
        self.column.addWidget(self.what)
        self.unset = self.add_note("")
        self.profiles = ProfileSwitches(self.rules, self.widget())
        self.profiles.changed.connect(self._changed)
        self.add_card(self.profiles, caption=tr("Profiles"), note=tr("Rules that come with OOM Tray. When switched on, they are in the list above."))
        self.around.rules.scanned.connect(self._scanned)

    def _add_buttons(self) -> None:
        buttons = QWidget(self.widget())
        line = FlowLayout(buttons)

        def button(text: str, does: Callable[[], None]) -> QPushButton:
            made = push_button(text, does, buttons)
            # the style makes buttons at least as wide as a long word, and five wouldn't fit on one line
            made.setFixedWidth(made.fontMetrics().horizontalAdvance(text) + 28)
            line.addWidget(made)
            return made

        self.add_button = button(tr("Add…"), self._add)
        self.edit_button = button(tr("Edit…"), self._edit)
        self.remove_button = button(tr("Remove"), self._remove)
        self.up_button = button(tr("Up"), partial(self._move, -1))
        self.down_button = button(tr("Down"), partial(self._move, 1))
        self.up_button.setAccessibleDescription(tr("Lets this rule count before the one above it"))
        self.down_button.setAccessibleDescription(tr("Lets the rule below it count before this one"))
        self.file_button = LinkButton(tr("Open {file}", file=printable(os.path.basename(self.rules.path))), buttons)
        self.file_button.clicked.connect(self._open_file)
        line.addWidget(self.file_button)
        self.column.addWidget(buttons)

    # what is shown

    def take(self) -> None:
        super().take()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.editor is not None:
            self.editor.close()

    @Slot()
    def _scanned(self) -> None:
        if self.isVisible():
            self._refresh()
        if self.editor is not None:
            self.editor.show_assessment(self.around.assessment())

    def _refresh(self) -> None:
        self.rules.read_again()
        assessment, rules = self.around.assessment(), self.rules.read.rules
        self._does = {} if assessment is None else self.rules.does(assessment)
        self._show_mistakes()
        self.list.show_rules(rules, self.rules.presets, None if assessment is None else self._does, self._steps)
        self._show_chosen()
        self.profiles.take()

    def _show_mistakes(self) -> None:
        found, file = self.rules.read.mistakes, os.path.basename(self.rules.path)
        lines = [mistake(file, wrong) for wrong in found[:_NAMED]]
        lines += [more_mistakes(len(found) - _NAMED)] if len(found) > _NAMED else []
        self.mistakes.setText("\n".join(lines))
        for part in (self.mistakes, self._sign):
            part.setVisible(bool(lines))

    @Slot()
    def _show_chosen(self) -> None:
        rule, rules = self.list.chosen, self.rules.read.rules
        place = -1 if rule is None else rules.index(rule)
        usable = self.rules.read.usable
        self.add_button.setEnabled(usable)
        for button, possible in (
            (self.edit_button, True), (self.remove_button, True),
            (self.up_button, place > 0), (self.down_button, place < len(rules) - 1),
        ):  # fmt: skip
            button.setEnabled(usable and rule is not None and possible)
        self._show_unset(rule)
        if rule is None:
            self.what.hide()
            return
        self.what.show()
        self.what.setText("\n".join([says.purpose(rule, self.rules.presets), *(self._overruled(rule) or self._steps(rule))]))

    def _show_unset(self, chosen: Rule | None) -> None:
        """Say which rules can't set their values, and why; the selected one has it among its steps."""
        lines = why_unset({rule: found for rule, found in self._does.items() if rule != chosen})
        more = [says.and_more(len(lines) - _NAMED)] if len(lines) > _NAMED else []
        self.unset.show_text("\n".join(lines[:_NAMED] + more))

    def _overruled(self, rule: Rule) -> list[str]:
        """Say which earlier rule counts for all that this one matches; empty if it applies to anything."""
        assessment = self.around.assessment()
        if assessment is None or self._does.get(rule):
            return []
        _, others = self.rules.foresee(rule, rule, assessment)
        return [says.overruled(others)] if others else []

    def _steps(self, rule: Rule) -> list[str]:
        """Say what the rule would do to each process that it matches; empty before the first scan."""
        assessment = self.around.assessment()
        return [] if assessment is None else says.steps(self._does.get(rule, []), assessment.apps, _LINES)

    # user actions

    @Slot()
    def _add(self) -> None:
        self._open_editor(None)

    @Slot()
    def _edit(self) -> None:
        if self.list.chosen is not None and self.edit_button.isEnabled():
            self._open_editor(self.list.chosen)

    def _open_editor(self, old: Rule | None) -> None:
        from oomtray.ui.settings.rule_editor import RuleEditor

        if self.editor is not None:
            self.editor.close()
        self.editor = RuleEditor(self.rules, old, self.around.assessment(), self.window())
        self.editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.editor.saved.connect(self._saved)
        self.editor.finished.connect(self._editor_closed)
        help_key = QShortcut(QKeySequence(Qt.Key.Key_F1), self.editor)  # that of the settings ends with their window
        help_key.activated.connect(partial(self.around.show_help, topic_for(self.editor)))
        self.editor.show()

    @Slot()
    def _editor_closed(self) -> None:
        if self.sender() is self.editor:
            self.editor = None

    @Slot()
    def _remove(self) -> None:
        rule = self.list.chosen
        if rule is None:
            return
        if self.remove_button.hasFocus():  # without a chosen rule it is disabled
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say(self.rules.remove([rule]), says.taken_out(rule))

    def _move(self, by: int) -> None:
        if self.list.chosen is None:
            return
        button = self.up_button if by < 0 else self.down_button
        focused = button.hasFocus()
        rule = self.list.chosen
        self._say(self.rules.move(rule, by), says.moved(rule))
        if focused and not button.isEnabled():  # otherwise the next key press would move the rule back
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _open_file(self) -> None:
        open_file(self.rules.path, self)

    @Slot(str, object)
    def _saved(self, did: str, rule: Rule) -> None:
        self._changed(did, rule)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(self.list, 0, 0)

    @Slot(str, object)
    def _changed(self, did: str, rule: Rule | None) -> None:
        """Say what was done, and show where the new rule, or the first one, is among the others."""
        self._say("", did)
        if rule is not None:
            self.list.choose(rule)

    def _say(self, refused: str, did: str) -> None:
        """Say why the file wasn't changed, or what was done to it."""
        self.refused.say(refused)
        self._refresh()
        if self.rules.back is not None:
            self.undoable.emit(did, self.rules.back)
        else:
            self.unsaid.emit()
        announce(self, refused or did)
