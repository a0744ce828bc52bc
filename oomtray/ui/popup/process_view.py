"""The list of apps and processes: a tree whose rows don't move while the pointer is on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QTreeView, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.popup.header_view import HeaderView
from oomtray.ui.popup.process_delegate import ProcessDelegate
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS, TITLES, subject_of
from oomtray.ui.popup.row_buttons import RowButtons
from oomtray.ui.popup.row_ground import draw_emptiness, draw_ground, draw_start, for_rows
from oomtray.ui.popup.row_keys import RowKeys, Steering
from oomtray.ui.popup.view_state import Expansion, FirstRow, OrderOffer
from oomtray.ui.qt import colors
from oomtray.ui.qt.plain_text import as_html
from oomtray.ui.qt.screen_reader import ChosenRow
from oomtray.ui.qt.thin_scroll_bar import use_whole_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QStyleOptionViewItem

    from oomtray.ui.controllers.row_actions import Subject
    from oomtray.ui.popup.process_model import ProcessModel

    Index = QModelIndex | QPersistentModelIndex


class ProcessView(QTreeView):
    """The list of apps and processes.

    `menu_wanted` carries a subject and where its menu opens, `acted` an action's id and its subject, `typed`
    what goes to the filter, `pointed` and `steered` whether the pointer or the keyboard is on the rows, so
    that none may move.
    """

    menu_wanted = Signal(object, QPoint)
    acted = Signal(str, object)
    typed = Signal(str)
    pointed = Signal(bool)
    steered = Signal(bool)
    looked_elsewhere = Signal()
    """The user has brought other rows on screen."""
    rows_changed_height = Signal()

    def __init__(self, model: ProcessModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._hovered = QPersistentModelIndex()
        self._delegate = ProcessDelegate(model, self)
        self._says = ""
        self._scale = 0.0
        self._steering = Steering(self)
        self._steering.changed.connect(self._steered)
        # A custom viewport: to name the class of Qt's own, PySide first sets up every kind of widget there
        # is, 20 ms.
        ground = QWidget(self)
        ground.setBackgroundRole(QPalette.ColorRole.Base)
        ground.setAutoFillBackground(True)
        self.setViewport(ground)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformRowHeights(True)
        use_whole_width(self)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        ChosenRow(self)
        self.setMouseTracking(True)
        self.setObjectName("processes")
        self.setAccessibleName(tr("Apps and processes by risk"))
        header = HeaderView(self)
        self.setHeader(header)
        self._head = header
        self.buttons = RowButtons(self, model, self._delegate)
        self._size_columns()
        header.prepare()
        header.sorted.connect(model.sort)
        self.verticalScrollBar().valueChanged.connect(self.looked_elsewhere)
        self.expanded.connect(self.looked_elsewhere)
        self.collapsed.connect(self.looked_elsewhere)
        self._expansion = Expansion(self, model)
        self._first = FirstRow(self, model)
        self._keys = RowKeys(self, model, self._steering)
        self._keys.acted.connect(self._first.leave)
        self._keys.acted.connect(self.acted)
        self._keys.typed.connect(self.typed)
        model.settled.connect(self._explain_emptiness)
        model.settled.connect(self._follow_scale)
        self._offer = OrderOffer(self, model, header.new_order)
        self.looked_elsewhere.connect(self._offer.look)
        model.labels.changed.connect(self.viewport().update)

    @property
    def row_height(self) -> int:
        """The least height of a row in pixels."""
        return self._delegate.row_height()

    @property
    def height_without_rows(self) -> int:
        return self.header().sizeHint().height()

    @property
    def has_bars(self) -> bool:
        return not self.isColumnHidden(COUNTS)

    @property
    def order_button(self) -> QWidget:
        """The last that Tab reaches of it."""
        return self._head.new_order

    def stretch_rows(self, by: int) -> None:
        """Make each row this many pixels higher than the least."""
        if by != self._delegate.stretch:
            self._delegate.stretch = by
            self.scheduleDelayedItemsLayout()

    def sort_by(self, column: int, descending: bool) -> None:
        self.header().setSortIndicator(column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)

    @Slot(int)
    def sort_as_by_click(self, column: int) -> None:
        turned = self._head.sortIndicatorSection() == column and self._head.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        self.sort_by(column, descending=turned)

    @Slot()
    def take_keys(self) -> None:
        """Focus the current row for somebody who comes from the filter: from then on P, F and E act on it."""
        self.setFocus()
        self._steering.go_on()

    def let_go(self) -> None:
        """Forget that the keyboard is on a row."""
        self._steering.end()

    def choose(self, index: QModelIndex) -> None:
        """Make this row the current one, as the user does."""
        self._first.leave()
        self.setCurrentIndex(index.siblingAtColumn(0))

    def subject(self, index: QModelIndex) -> Subject | None:
        return subject_of(self._model.row_at(index))

    # Qt events

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._size_columns()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu_at_current()
            return
        index = self.indexAt(event.pos())
        if index.isValid() and (subject := self.subject(index)) is not None:
            self.choose(index)
            self.menu_wanted.emit(subject, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._open_menu_at_current()  # for keyboards without a menu key, which is all that Qt listens to
        elif not self._keys.press(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.let_go()

    def viewportEvent(self, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Enter:
            self.pointed.emit(True)
        elif kind in (QEvent.Type.Leave, QEvent.Type.Hide):
            self._hover(QModelIndex())
            self.pointed.emit(False)
        elif kind == QEvent.Type.ToolTip:
            self._show_hint(event)  # type: ignore[arg-type]
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self.buttons.press(at):
            return
        super().mousePressEvent(event)
        if self.indexAt(at).isValid():
            self._steering.go_on()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        self._hover(self.indexAt(at).siblingAtColumn(0))
        self.buttons.move(at)
        if not self.buttons.held:
            super().mouseMoveEvent(event)

    def verticalScrollbarValueChanged(self, value: int) -> None:
        """Light up the row that came below a pointer at rest."""
        super().verticalScrollbarValueChanged(value)
        if self._hovered.isValid():
            at = self.viewport().mapFromGlobal(QCursor.pos())
            self._hover(self.indexAt(at).siblingAtColumn(0))
            self.buttons.move(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self.buttons.held:
            if (chosen := self.buttons.release(at)) is not None:
                self.acted.emit(*chosen)
            return
        index = self.indexAt(at)
        row = self._model.row_or_none(index)
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and row is not None and row.tail is not None:
            self._model.open_tail(not row.tail.opened)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Treat a double click on a button as two clicks on it, not on its row."""
        if self.buttons.press(event.position().toPoint()):
            return
        super().mouseDoubleClickEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the chosen row: the popup opens with the first victim, not with who was looked at last."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.setCurrentIndex(QModelIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._size_columns(told=False)
        self.looked_elsewhere.emit()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint the ranks and arrows too, which are left of all cells: Qt only repaints the cells."""
        super().dataChanged(first, last, roles)
        if first.column() <= COUNTS and not first.parent().isValid():
            top, bottom = (self.visualRect(one.sibling(one.row(), NAME)) for one in (first, last))
            wide = self.indentation()
            left = self.viewport().width() - wide if self.isRightToLeft() else 0
            self.viewport().update(left, top.top(), wide, bottom.bottom() + 1 - top.top())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._says:
            draw_emptiness(self.viewport(), self._says, colors.of(self.palette(), on_base=True))

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found, rect = colors.of(self.palette(), on_base=True), option.rect
        current = self.selectionModel().isRowSelected(index.row(), index.parent())
        draw_ground(
            painter,
            rect,
            found,
            hovered=self._hovered.isValid() and index == self._hovered,
            chosen=current and self._steering.on,
            focused=current and self.hasFocus(),
            mirrored=self.isRightToLeft(),
        )
        super().drawRow(painter, option, index)
        below = QPen(found.line, max(int(self.devicePixelRatioF()), 1))
        below.setCosmetic(True)  # at 150 % lines would otherwise have one and two pixels in turn
        painter.setPen(below)
        y = rect.bottom() + 0.5
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right() + 1, y))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        row = self._model.row_at(index)
        if row.parent is not None:
            return
        opened = row.tail.opened if row.tail is not None else self.isExpanded(index)
        opens = row.tail is not None or self._model.hasChildren(index)
        found = colors.of(self.palette(), on_base=True)
        draw_start(
            painter, rect, row, self._delegate, found, opened=opened if opens else None, mirrored=self.isRightToLeft()
        )

    # internals

    @Slot()
    def _explain_emptiness(self) -> None:
        """Say in an empty list why it is empty."""
        says = self._model.emptiness
        if says != self._says:
            self._says = says
            self.setAccessibleDescription(says)
            self.viewport().update()

    def _hover(self, index: QModelIndex) -> None:
        if self._hovered == index:
            return
        for one in (QModelIndex(self._hovered), index):  # type: ignore[call-overload]
            if one.isValid():
                line = self.visualRect(one)
                self.viewport().update(0, line.top(), self.viewport().width(), line.height())
        self._hovered = QPersistentModelIndex(index)
        self._show_buttons()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._show_buttons()

    @Slot(bool)
    def _steered(self, on: bool) -> None:
        if on:
            self._first.leave()
        self._show_buttons()
        self.viewport().update()
        self.steered.emit(on)

    def _show_buttons(self) -> None:
        """Show buttons on the row under the pointer and on the row under the keyboard."""
        pointed = self._model.row_at(QModelIndex(self._hovered)) if self._hovered.isValid() else None  # type: ignore[call-overload]
        chosen = self._model.row_or_none(self.currentIndex()) if self._steering.on else None
        self._delegate.buttons_on = (pointed, chosen)

    @Slot()
    def _follow_scale(self) -> None:
        """Repaint if the highest row, which scales all bars, has changed."""
        if self._model.scale != self._scale:
            self._scale = self._model.scale
            self.viewport().update()

    def _open_menu_at_current(self) -> None:
        index = self.currentIndex()
        if index.isValid() and (subject := self.subject(index)) is not None:
            self._first.leave()
            place = self.visualRect(index.siblingAtColumn(0))
            self.menu_wanted.emit(
                subject, self.viewport().mapToGlobal(QPoint(place.left() + 24, place.bottom()))
            )

    def _show_hint(self, event: QHelpEvent) -> None:
        index = self.indexAt(event.pos())
        text = self.buttons.hint(event.pos())
        if not text and index.isValid():
            cut = self._model.row_at(index).serial in self._delegate.cut
            text = self._model.hint(index, cut=cut, in_words=self._delegate.widths.wide)
        if text:
            QToolTip.showText(event.globalPos(), as_html(text), self.viewport(), self.visualRect(index))
        else:
            QToolTip.hideText()

    def _size_columns(self, *, told: bool = True) -> None:
        """Compute the column widths; `told` means that the row height may have changed."""
        if told:
            self._delegate.use_font(self.font())
        header = self._head
        # assume a scroll bar, so that no column depends on it
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        self._delegate.fit(room, max(header.room_for(tr(TITLES[n])) for n in (MEMORY, CHANGE)))
        found = self._delegate.widths
        self.setIndentation(self._delegate.indentation)
        header.indentation, header.in_words = self._delegate.indentation, found.wide
        header.arrow, header.slot = found.arrow, found.slot
        self.setColumnHidden(CHANGE, not found.wide)
        self.setColumnHidden(COUNTS, not found.bar)
        self.setColumnHidden(MEMORY, not found.memory)
        for column, width in ((COUNTS, found.counts), (MEMORY, found.memory), (CHANGE, found.change), (STATUS, found.status)):
            header.resizeSection(column, width)
        header.place_offer()
        self.viewport().update()
        if told:
            self.rows_changed_height.emit()

    def restyle(self) -> None:
        """Update the palette after the desktop's colors have changed."""
        self.setPalette(for_rows(self.window().palette()))
