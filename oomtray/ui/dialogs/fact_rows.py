"""Facts as rows: a label, a text, and the first of the items that it counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QResizeEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from oomtray.messages.actions import label as action_label
from oomtray.messages.details import GROUPS, Line
from oomtray.messages.i18n import tr
from oomtray.ui.qt.buttons import GlyphButton
from oomtray.ui.qt.fonts import fixed, grown
from oomtray.ui.qt.labels import Line as OneLine
from oomtray.ui.qt.labels import Plain, Wrapped
from oomtray.ui.qt.layout import fill, grid
from oomtray.ui.qt.screen_reader import give_tooltip
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_LINES = 6
"""Visible lines of the command line; a longer one scrolls."""
_LONG_WORD = 2000
_APART = 16
"""Pixels between two groups."""
_BESIDE = 600
"""Width in pixels at a 10-point font from which two groups are side by side."""


class FactRows(QWidget):
    """Shows the same topics repeatedly, and updates only what has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.command = CommandBox(self)
        self._values: dict[str, _Value] = {}
        self._shown: tuple[Line, ...] = ()
        self._captions: list[str] = []
        self._labels: list[Plain] = []
        self._grids: list[QGridLayout] = []
        self._first = QVBoxLayout()
        self._others = fill(QBoxLayout(QBoxLayout.Direction.TopToBottom), spacing=_APART)
        fill(QVBoxLayout(self), self._first, self._others, margins=(0, 0, 0, 0), spacing=_APART)

    def _add_group(self) -> QGridLayout:
        """Add a group: the first, for the command line, has the full width; others are side by side if they fit."""
        group = grid(None, stretch=1, spacing=(16, 4))
        if not self._grids:
            self._first.addLayout(group)
        else:
            self._others.addLayout(fill(QVBoxLayout(), group, None), 1)
        self._grids.append(group)
        return group

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() >= grown(_BESIDE, self.font())
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._others.direction() != way:
            self._others.setDirection(way)
            self.updateGeometry()

    def show_lines(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if line in self._shown:
                continue
            if line.topic not in self._values:
                self._add(line)
            self._values[line.topic].show_line(line)
        self._shown = tuple(lines)
        wide = max((label.sizeHint().width() for label in self._labels), default=0)
        for label in self._labels:  # align the values of all groups, even of stacked ones
            label.setMinimumWidth(wide)

    @property
    def text(self) -> str:
        """All rows as text for the clipboard, with the items that aren't shown."""
        return "\n".join(
            f"{line.label}\t{text}" if number == 0 else f"\t{text}"
            for line in self._shown
            for number, text in enumerate((line.text, *line.all_items))
        )

    def _caption(self, line: Line) -> None:
        text = GROUPS.get(line.topic)
        if text is None or text in self._captions:
            return
        caption = Plain(tr(text), self, bold=True)
        self._captions.append(text)
        self._add_group().addWidget(caption, 0, 0, 1, 2)

    def _add(self, line: Line) -> None:
        self._caption(line)
        group = self._grids[-1] if self._grids else self._add_group()
        row = group.rowCount()
        label = OneLine(line.label, self, faint=True)  # painted as the value is, so that both have one baseline
        value: _Value = self.command if line.topic == "command" else _Texts(self)
        # align with the value's first line
        label.setContentsMargins(0, value.top, 0, 0)
        self._labels.append(label)
        group.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        group.addWidget(value, row, 1)
        self._values[line.topic] = value


_NAMES = ("children", "memory")
_SPACED = (*_NAMES, "connections")
"""Topics whose items wrap, as why something is unknown does; paths, which have no spaces, are elided."""


class _Value(QWidget):
    top = 0
    """Pixels above its first line of text."""

    def show_line(self, line: Line) -> None:
        raise NotImplementedError


class _Texts(_Value):
    """A line of text and further ones below it; too long ones wrap or are elided in the middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._labels: list[_Fact] = []
        self._column = fill(QVBoxLayout(self), margins=(0, 0, 0, 0), spacing=2)

    def show_line(self, line: Line) -> None:
        # names are short, and one per line would make the window scroll; paths are long
        joined = bool(line.items) and line.topic in _NAMES
        items = (", ".join(line.items),) if joined else line.items
        wholes = (", ".join(line.all_items),) if joined else (*line.items[:-1], "\n".join(line.more)) if line.more else items
        texts = tuple(zip((line.text, *items), (line.text, *wholes), strict=True))
        while len(self._labels) < len(texts):
            self._labels.append(_Fact(self, line.topic))
            self._column.addWidget(self._labels[-1])
        for number, label in enumerate(self._labels):
            label.setVisible(number < len(texts))
            if number < len(texts):
                label.set_faint(faint=number > 0 or not line.known)
                label.let_wrap(may=line.topic in _SPACED or not line.known)
                text, whole = texts[number]
                label.take(text, whole, f"{line.label}: {text}" if number == 0 else text)


class _Fact(Wrapped):
    """A text whose tooltip and context menu have the whole of what it stands for."""

    _whole = ""

    def __init__(self, parent: QWidget, topic: str) -> None:
        super().__init__("", parent, middle=topic not in _NAMES)

    def take(self, text: str, whole: str, spoken: str) -> None:
        """`whole` is the text again, or several lines that it only counts; `spoken` is what a screen reader says."""
        self._whole = whole
        self.setText(text)
        self.setAccessibleName(spoken)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(action_label("copy"), self.copy_whole)
        menu.popup(event.globalPos())

    @Slot()
    def copy_whole(self) -> None:
        QGuiApplication.clipboard().setText(self._whole)

    def _mind_tooltip(self) -> None:
        give_tooltip(self, self._whole if self.shown != self._whole else "")


class CommandBox(_Value):
    """The whole command line, which can be selected, scrolled and copied."""

    top = 6

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = _CommandLine(self)
        self.copy = GlyphButton("copy", tr("Copy the command line"), parent=self)
        self.copy.clicked.connect(self._copied)
        copy = (self.copy, 0, Qt.AlignmentFlag.AlignTop)
        fill(QHBoxLayout(self), (self.edit, 1), copy, margins=(0, 0, 0, 0))

    @property
    def text(self) -> str:
        return self.edit.toPlainText()

    def show_line(self, line: Line) -> None:
        self.edit.take(line.text)
        self.edit.setEnabled(line.known)
        self.copy.setEnabled(line.known)

    @Slot()
    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


class _CommandLine(QPlainTextEdit):
    """A text that wraps: as high as its lines, up to a limit beyond which it scrolls."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        use_thin_scroll_bars(self)
        self.setFont(fixed(self.font()))
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Command line"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        # options and paths are left-to-right in every language
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def take(self, text: str) -> None:
        wraps = QTextOption.WrapMode
        # in a word of tens of thousands of characters Qt spends seconds looking for a break
        long = max(map(len, text.split()), default=0) > _LONG_WORD
        self.setWordWrapMode(wraps.WrapAnywhere if long else wraps.WrapAtWordBoundaryOrAnywhere)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        document = self.document()
        block = document.firstBlock()
        document.documentLayout().blockBoundingRect(block)  # forces the layout, otherwise done when painting
        lines = [block.layout().lineAt(index).height() for index in range(block.layout().lineCount())]
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if len(lines) > _MOST_LINES else policy.ScrollBarAlwaysOff)
        rim = 2 * (self.frameWidth() + round(document.documentMargin())) + 1
        self.setFixedHeight(math.ceil(sum(lines[:_MOST_LINES])) + rim)  # higher where another font helps out, as for Korean
