"""The page of rules: those in the file, each with what it does now, and the included profiles."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from oomtray.messages import rules as says
from oomtray.messages.i18n import tr
from oomtray.messages.rules_file import mistake, more_mistakes
from oomtray.text import printable
from oomtray.ui.controllers.rule_list import RuleList
from oomtray.ui.qt import colors
from oomtray.ui.qt.chosen_row import ChosenRow
from oomtray.ui.qt.flat_table import PAD, FlatHeader, WrappedRows, broken, row_height
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.icons import state_pixmap
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.link_button import LinkButton
from oomtray.ui.qt.plain_text import as_html
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.profile_switches import ProfileSwitches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.actions.rules.engine import Applied
    from oomtray.actions.rules.model import Rule
    from oomtray.ui.controllers.rules import RuleController
    from oomtray.ui.settings.rule_editor import RuleEditor
    from oomtray.ui.settings.surroundings import Surroundings

_RULE, _VALUE, _NOW = range(3)
_LEAST_ROWS, _ROWS = 3, 7
"""Least and most rows that the list shows without scrolling."""
_LINES = 8
_LEAST_RULE = 0.34
"""Share of the list's width for the names of rules."""
_NAMED = 5
"""How many mistakes are listed one by one."""


class RulesPage(Page):
    def __init__(self, title: str, around: Surroundings) -> None:
        super().__init__(title, around)
        self.editor: RuleEditor | None = None
        self._controller: RuleController | None = around.rules
        if around.rules is None:
            self.add_note(tr("Make a rule from the menu of a row: Always protect, or Always deprioritize."))
            self.finish()
            return
        self.rules = RuleList(around.rules)
        self._does: dict[Rule, list[Applied]] = {}
        self.add_note(tr("The first rule that matches a process counts. Rules apply to what runs now and to what starts later."))
        self.mistakes, self._sign = Plain("", self.widget()), Plain("", self.widget())
        self.mistakes.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.mistakes, 1)
        self.column.addLayout(line)
        self.list = self._make_list()
        self.add_card(self.list, ends=3)
        self._add_buttons()
        self._add_told()
        self.what = Plain("", self.widget(), faint=True)
        self.what.setWordWrap(True)
        self.what.tint()
        self.column.addWidget(self.what)
        self.profiles = ProfileSwitches(self.rules, self.widget())
        self.profiles.changed.connect(self._changed)
        self.add_card(self.profiles, caption=tr("Profiles"), note=tr("Rules that come with OOM Tray. When switched on, they are in the list above."))
        around.rules.scanned.connect(self._scanned)
        self.finish()

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget(self.widget())
        made.setHeader(FlatHeader(made))
        self._rows = WrappedRows(made)
        made.setItemDelegate(self._rows)
        made.setHeaderLabels([tr("Rule"), tr("Value"), tr("Matches now")])
        made.setRootIsDecorated(False)
        made.setAllColumnsShowFocus(True)
        made.setFrameShape(QTreeWidget.Shape.NoFrame)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setTabKeyNavigation(False)
        made.setAccessibleName(tr("Rules"))
        made.header().setStretchLastSection(False)
        made.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.viewport().installEventFilter(self)
        made.currentItemChanged.connect(self._show_chosen)
        self.none = Plain(tr("There is no rule yet."), made.viewport(), faint=True)
        self.none.setForegroundRole(QPalette.ColorRole.WindowText)  # a list's own color differs
        self.none.tint()
        QVBoxLayout(made.viewport()).addWidget(self.none, 0, Qt.AlignmentFlag.AlignCenter)
        ChosenRow(made)
        made.itemActivated.connect(self._edit)
        return made

    def _add_buttons(self) -> None:
        buttons = QWidget(self.widget())
        line = FlowLayout(buttons)

        def button(text: str, does: Callable[[], None]) -> QPushButton:
            made = QPushButton(text, buttons)
            made.setAutoDefault(False)
            made.clicked.connect(does)
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

    def _add_told(self) -> None:
        """Add the text that says why the file wasn't changed, below the buttons, which don't move."""
        self.refused = Plain("", self.widget())
        self.refused.setWordWrap(True)
        self.column.addWidget(self.refused)
        self.refused.hide()

    # what is shown

    def take(self) -> None:
        super().take()
        if self._controller is not None:
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
        chosen = self.chosen
        self.rules.read_again()
        assessment = self.around.assessment()
        self._does = {rule: [] for rule in self.rules.read.rules} if assessment is None else self.rules.does(assessment)
        self._show_mistakes()
        self._show_rules(chosen, known=assessment is not None)
        self.profiles.take()

    def _show_mistakes(self) -> None:
        found, file = self.rules.read.mistakes, os.path.basename(self.rules.path)
        lines = [mistake(file, wrong) for wrong in found[:_NAMED]]
        lines += [more_mistakes(len(found) - _NAMED)] if len(found) > _NAMED else []
        self.mistakes.setText("\n".join(lines))
        side = max(self.fontMetrics().height(), 16)  # as high as the first line beside it
        self._sign.setPixmap(state_pixmap("warning", colors.of(self.palette()).dark, side, self.devicePixelRatioF()))
        for part in (self.mistakes, self._sign):
            part.setVisible(bool(lines))

    def _show_rules(self, chosen: Rule | None, *, known: bool) -> None:
        rules = self.rules.read.rules
        while self.list.topLevelItemCount() > len(rules):
            self.list.takeTopLevelItem(self.list.topLevelItemCount() - 1)
        for number, rule in enumerate(rules):
            item = self.list.topLevelItem(number)
            if item is None:
                item = QTreeWidgetItem()
                self.list.addTopLevelItem(item)
            now = says.matches(self._does[rule]) if known else ""
            for column, text in enumerate((says.title_of_row(rule), says.value_in_window(rule, self.rules.presets), now)):
                if item.text(column) != text:
                    item.setText(column, text)
            hint = [says.title_of_row(rule), *([says.conditions(rule)] if rule.label else [])]
            item.setToolTip(_RULE, as_html("\n".join(hint)))
            item.setToolTip(_NOW, as_html("\n".join(self._steps(rule))) if self._does[rule] else "")
        if chosen is not None:
            item = next((self.list.topLevelItem(n) for n, rule in enumerate(rules) if rule.key == chosen.key), None)
            if item is not None:
                self.list.setCurrentItem(item)
        self.none.setVisible(not rules)
        self._share_out()
        self._show_chosen()

    def _share_out(self) -> None:
        """Give the rules what other columns leave.

        Those are narrowed if that saves lines, but not so far that words are broken.
        """
        header, room = self.list.header(), self.list.viewport().width()
        wanted = [max(self.list.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in (_VALUE, _NOW)]
        least = [self._least_width(column) for column in (_VALUE, _NOW)]
        left = room * (1 - _LEAST_RULE)
        by = min(left / (sum(least) or 1), 1)  # if all else fails, words are broken and headers cut off
        most = min(max(left - sum(least), 0) / (sum(wanted) - sum(least) or 1), 1)
        found = []
        for share in (1.0, 0.5, 0.0):
            others = [int(few * by + (many - few) * most * share) for few, many in zip(least, wanted, strict=True)]
            widths = (room - sum(others), *others)
            found.append((self._lines(widths), -share, widths))
        for column, wide in zip((_RULE, _VALUE, _NOW), min(found)[2], strict=True):
            header.resizeSection(column, wide)
        self.list.doItemsLayout()  # a rule may need more or fewer lines now
        high = [self.list.rowHeight(self.list.indexFromItem(item)) for item in self._first_items()]
        high += [row_height(self.list)] * (_LEAST_ROWS - len(high))
        self.list.setFixedHeight(header.sizeHint().height() + sum(high))

    def _lines(self, widths: Sequence[int]) -> int:
        """Return the total number of lines for these column widths in pixels."""
        metrics = self.list.fontMetrics()
        items = (self.list.topLevelItem(n) for n in range(self.list.topLevelItemCount()))
        return sum(
            max(len(broken(metrics, item.text(column), wide - 2 * PAD)) for column, wide in zip((_RULE, _VALUE, _NOW), widths, strict=True))
            for item in items
            if item is not None
        )

    def _least_width(self, column: int) -> int:
        """Return the pixels for a column's header and the longest word in its cells."""
        items = (self.list.topLevelItem(n) for n in range(self.list.topLevelItemCount()))
        rows = self._rows
        return max(
            self.list.header().sectionSizeHint(column),
            *(rows.least_width(self.list.indexFromItem(item, column)) for item in items if item is not None),
            0,
        )

    def _first_items(self) -> list[QTreeWidgetItem]:
        items = (self.list.topLevelItem(n) for n in range(min(self.list.topLevelItemCount(), _ROWS)))
        return [item for item in items if item is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched.parent(), QTreeWidget):
            self._share_out()
        return super().eventFilter(watched, event)

    @property
    def chosen(self) -> Rule | None:
        """The selected rule."""
        item = self.list.currentItem()
        number = self.list.indexOfTopLevelItem(item) if item is not None else -1
        rules = self.rules.read.rules
        return rules[number] if 0 <= number < len(rules) else None

    @Slot()
    def _show_chosen(self) -> None:
        rule, rules = self.chosen, self.rules.read.rules
        place = -1 if rule is None else rules.index(rule)
        usable = self.rules.read.usable
        self.add_button.setEnabled(usable)
        for button, possible in (
            (self.edit_button, True), (self.remove_button, True),
            (self.up_button, place > 0), (self.down_button, place < len(rules) - 1),
        ):  # fmt: skip
            button.setEnabled(usable and rule is not None and possible)
        if rule is None:
            self.what.hide()
            return
        self.what.show()
        self.what.setText("\n".join([says.purpose(rule, self.rules.presets), *self._steps(rule)]))

    def _steps(self, rule: Rule) -> list[str]:
        """Say what the rule would do to each process that it matches; empty before the first scan."""
        assessment = self.around.assessment()
        if assessment is None:
            return []
        apps = {member.process.pid: printable(app.name) for app in assessment.apps for member in app.members}
        return says.steps(self._does.get(rule, []), apps, _LINES)

    # user actions

    @Slot()
    def _add(self) -> None:
        self._open_editor(None)

    @Slot()
    def _edit(self) -> None:
        if self.chosen is not None and self.edit_button.isEnabled():
            self._open_editor(self.chosen)

    def _open_editor(self, old: Rule | None) -> None:
        from oomtray.ui.settings.rule_editor import RuleEditor

        if self.editor is not None:
            self.editor.close()
        self.editor = RuleEditor(self.rules, old, self.around.assessment(), self.window())
        self.editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.editor.saved.connect(self._changed)
        self.editor.finished.connect(self._editor_closed)
        self.editor.show()

    @Slot()
    def _editor_closed(self) -> None:
        if self.sender() is self.editor:
            self.editor = None

    @Slot()
    def _remove(self) -> None:
        rule = self.chosen
        if rule is None:
            return
        self._say(self.rules.remove([rule]), says.taken_out(rule))

    def _move(self, by: int) -> None:
        if self.chosen is None:
            return
        button = self.up_button if by < 0 else self.down_button
        focused = button.hasFocus()
        rule = self.chosen
        self._say(self.rules.move(rule, by), says.moved(rule))
        if focused and not button.isEnabled():  # otherwise the next key press would move the rule back
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _open_file(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.rules.path))

    @Slot(str)
    def _changed(self, did: str) -> None:
        self._say("", did)

    def _say(self, refused: str, did: str) -> None:
        """Say why the file wasn't changed, or what was done to it."""
        self.refused.setText(refused)
        self.refused.setVisible(bool(refused))
        self._refresh()
        if self.rules.back is not None:
            self.undoable.emit(did, self.rules.back)
        else:
            self.unsaid.emit()
