"""The table of the rules in the file, with columns that share its width so that few lines are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from oomtray.messages import rules as says
from oomtray.messages.i18n import tr
from oomtray.ui.qt.flat_table import PAD, FlatHeader, WrappedRows, broken, row_height
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.plain_text import as_html
from oomtray.ui.qt.screen_reader import ChosenRow
from oomtray.ui.qt.thin_scroll_bar import use_whole_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.actions.rules.engine import Applied
    from oomtray.actions.rules.model import Rule
    from oomtray.config import Presets

_RULE, _VALUE, _NOW = range(3)
_LEAST_ROWS, _ROWS = 3, 7
"""Least and most rows that the table shows without scrolling."""
_LEAST_RULE = 0.34
"""Share of the table's width for the names of rules."""


class RuleTable(QTreeWidget):
    """Shows each rule with its value and what it applies to now; one row can be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules: Sequence[Rule] = ()
        self.setHeader(FlatHeader(self))
        self._rows = WrappedRows(self)
        self.setItemDelegate(self._rows)
        self.setHeaderLabels([tr("Rule"), tr("Value"), tr("Applies to")])
        self.setRootIsDecorated(False)
        self.setAllColumnsShowFocus(True)
        use_whole_width(self)
        self.setAccessibleName(tr("Rules"))
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.none = Plain(tr("There is no rule yet."), self.viewport(), faint=True)
        self.none.setForegroundRole(QPalette.ColorRole.WindowText)  # a list's own color differs
        QVBoxLayout(self.viewport()).addWidget(self.none, 0, Qt.AlignmentFlag.AlignCenter)
        ChosenRow(self)

    @property
    def chosen(self) -> Rule | None:
        item = self.currentItem()
        number = self.indexOfTopLevelItem(item) if item is not None else -1
        return self._rules[number] if 0 <= number < len(self._rules) else None

    def choose(self, rule: Rule) -> None:
        item = next((self.topLevelItem(n) for n, one in enumerate(self._rules) if one.key == rule.key), None)
        if item is not None:
            self.setCurrentItem(item)

    def show_rules(
        self,
        rules: Sequence[Rule],
        presets: Presets,
        does: Mapping[Rule, Sequence[Applied]] | None,
        steps: Callable[[Rule], Sequence[str]],
    ) -> None:
        """Show these rules; the selection stays with its rule.

        `does` is what each would do, None before the first scan; `steps` says it in words.
        """
        chosen, self._rules = self.chosen, rules
        while self.topLevelItemCount() > len(rules):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        for number, rule in enumerate(rules):
            item = self.topLevelItem(number)
            if item is None:
                item = QTreeWidgetItem()
                self.addTopLevelItem(item)
            now = "" if does is None else says.matches(does[rule])
            for column, text in enumerate((says.title_of_row(rule), says.value_in_window(rule, presets), now)):
                if item.text(column) != text:
                    item.setText(column, text)
            matches = says.conditions(rule) if rule.label else ""
            item.setToolTip(_RULE, as_html("\n".join(filter(None, (says.title_of_row(rule), matches)))))
            does_now = "\n".join(steps(rule)) if does is not None and does[rule] else ""
            item.setToolTip(_NOW, as_html(does_now) if does_now else "")
            for column, text in ((_RULE, matches), (_NOW, does_now)):  # which no pointer shows to a screen reader's user
                item.setData(column, Qt.ItemDataRole.AccessibleDescriptionRole, text)
        if chosen is not None:
            self.choose(chosen)
        self.none.setVisible(not rules)
        self._share_out()

    # sizes

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        item = self.currentItem()
        if item is not None:  # Qt makes the first one current, on which the buttons act, without selecting it
            item.setSelected(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """Give the rules what other columns leave.

        Those are narrowed if that saves lines, but not so far that words are broken.
        """
        header, room = self.header(), self.viewport().width()
        wanted = [max(self.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in (_VALUE, _NOW)]
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
        self.doItemsLayout()  # a rule may need more or fewer lines now
        high = [self.rowHeight(self.indexFromItem(item)) for item in self._items()[:_ROWS]]
        high += [row_height(self)] * (_LEAST_ROWS - len(high))
        self.setFixedHeight(header.sizeHint().height() + sum(high))

    def _lines(self, widths: Sequence[int]) -> int:
        """Return the total number of lines for these column widths in pixels."""
        metrics = self.fontMetrics()
        return sum(
            max(len(broken(metrics, item.text(column), wide - 2 * PAD)) for column, wide in zip((_RULE, _VALUE, _NOW), widths, strict=True))
            for item in self._items()
        )

    def _least_width(self, column: int) -> int:
        """Return the pixels for a column's header and the longest word in its cells."""
        rows = self._rows
        return max(
            self.header().sectionSizeHint(column),
            *(rows.least_width(self.indexFromItem(item, column)) for item in self._items()),
            0,
        )

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self.topLevelItem(n) for n in range(self.topLevelItemCount()))
        return [item for item in items if item is not None]
