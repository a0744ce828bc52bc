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
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QToolTip,
    QTreeView,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.popup import process_row as rows
from oomtray.ui.popup.expansion import Expansion
from oomtray.ui.popup.header_view import HeaderView
from oomtray.ui.popup.process_delegate import ProcessDelegate
from oomtray.ui.popup.process_row import CHANGE, MEMORY, NAME, PROTECTION, RISK
from oomtray.ui.qt import colours
from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

    from oomtray.ui.popup.process_model import ProcessModel

_DESCENDS_FIRST = (MEMORY, CHANGE, PROTECTION)


class ProcessView(QTreeView):
    """The list itself.

    `menu_wanted` carries whom a menu is for and where it opens, `typed` what goes to the filter, `pointed` whether the rows
    must not move.
    """

    menu_wanted = Signal(object, QPoint)
    typed = Signal(str)
    pointed = Signal(bool)
    looked_elsewhere = Signal()
    """The user has brought other rows on screen."""
    rows_changed_height = Signal()

    def __init__(self, model: ProcessModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._hovered = QPersistentModelIndex()
        self._last_order = (RISK, Qt.SortOrder.AscendingOrder)
        self._delegate = ProcessDelegate(model, self)
        self._says = ""
        # One made here: to name the class of Qt's own, PySide first sets up every kind of widget there is, 20 ms.
        ground = QWidget(self)
        ground.setBackgroundRole(QPalette.ColorRole.Base)
        ground.setAutoFillBackground(True)
        self.setViewport(ground)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.setObjectName("processes")
        self.setAccessibleName(tr("Apps and processes by risk"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = HeaderView(self)
        self.setHeader(header)
        self._size_columns()
        header.setSectionsMovable(False)
        header.setSectionsClickable(True)
        header.setStretchLastSection(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        header.setSortIndicator(*self._last_order)
        header.setSortIndicatorShown(True)
        header.sortIndicatorChanged.connect(self._sort)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.expanded.connect(self._scrolled)
        self.collapsed.connect(self._scrolled)
        self._expansion = Expansion(self, model)
        model.settled.connect(self._explain_emptiness)

    @property
    def row_height(self) -> int:
        """The least, in pixels."""
        return self._delegate.row_height()

    @property
    def height_without_rows(self) -> int:
        """Of the frame and the head."""
        return 2 * self.frameWidth() + self.header().sizeHint().height()

    def stretch_rows(self, by: int) -> None:
        """Make each row so many pixels higher than the least."""
        if by != self._delegate.stretch:
            self._delegate.stretch = by
            self.scheduleDelayedItemsLayout()

    def sort_by(self, column: int, descending: bool) -> None:
        self.header().setSortIndicator(
            column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        )

    def visible_pids(self) -> frozenset[int]:
        """Of the rows on screen, and of all that a shown app sums up."""
        pids: set[int] = set()
        index = self.indexAt(QPoint(4, 1))
        bottom = self.viewport().height()
        while index.isValid() and self.visualRect(index).top() < bottom:
            row = self._model.row_at(index)
            found = row.members or ((row.risk,) if row.risk is not None else ())
            pids.update(risk.process.pid for risk in found)
            index = self.indexBelow(index)
        return frozenset(pids)

    def subject(self, index: QModelIndex) -> Subject | None:
        row = self._model.row_at(index)
        if row.app is not None and row.app.members:
            return Subject.of_app(row.app)
        return None if row.risk is None else Subject.of_process(row.risk)

    # Qt's events

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
            self.setCurrentIndex(index.siblingAtColumn(0))
            self.menu_wanted.emit(subject, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_menu_at_current()
            return
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        text = event.text()
        if plain and text and text.isprintable() and not text.isspace():
            self.typed.emit(text)
            return
        super().keyPressEvent(event)

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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()).siblingAtColumn(0))
        super().mouseMoveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        header = self.header()
        others = sum(header.sectionSize(n) for n in (RISK, MEMORY, PROTECTION))
        room = self.viewport().width() - others - self._delegate.width_of(CHANGE)
        self.setColumnHidden(CHANGE, room < self._delegate.width_of(NAME))
        self._scrolled()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._says:
            painter = QPainter(self.viewport())
            painter.setPen(colours.of(self.palette(), on_base=True).muted)
            box = self.viewport().rect().adjusted(20, 0, -20, 0)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._says)
            painter.end()

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        found = colours.of(self.palette(), on_base=True)
        rect = option.rect
        if self.selectionModel().isRowSelected(index.row(), index.parent()):
            colours.fill(painter, rect, found.selected)
            if self.hasFocus():
                mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
                edge = rect.right() - 2 if mirrored else rect.left()
                colours.fill(painter, QRect(edge, rect.top(), 3, rect.height()), found.calm)
        elif self._hovered.isValid() and index == self._hovered:
            colours.fill(painter, rect, found.hover)
        super().drawRow(painter, option, index)
        colours.fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), found.hover)

    def drawBranches(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if not self._model.hasChildren(index):
            return
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x, y, arm = rect.center().x() + 1.0, rect.center().y() + 0.5, 3.5
        if self.isExpanded(index):
            points = [QPointF(x - arm, y - arm / 2), QPointF(x, y + arm / 2), QPointF(x + arm, y - arm / 2)]
        else:
            way = -1 if mirrored else 1
            points = [
                QPointF(x - way * arm / 2, y - arm),
                QPointF(x + way * arm / 2, y),
                QPointF(x - way * arm / 2, y + arm),
            ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colours.of(self.palette(), on_base=True).muted, 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
        painter.restore()

    # ours

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        """A column is first sorted the way that tells most: the largest first, the names from A."""
        if (
            column != self._last_order[0]
            and column in _DESCENDS_FIRST
            and order == Qt.SortOrder.AscendingOrder
        ):
            self._last_order = (column, Qt.SortOrder.DescendingOrder)
            self.header().setSortIndicator(column, Qt.SortOrder.DescendingOrder)
            return
        self._last_order = (column, order)
        self._model.sort(column, order)

    @Slot()
    def _scrolled(self) -> None:
        self.looked_elsewhere.emit()

    @Slot()
    def _explain_emptiness(self) -> None:
        """An empty list says why it is empty."""
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

    def _open_menu_at_current(self) -> None:
        index = self.currentIndex()
        if index.isValid() and (subject := self.subject(index)) is not None:
            place = self.visualRect(index.siblingAtColumn(0))
            self.menu_wanted.emit(
                subject, self.viewport().mapToGlobal(QPoint(place.left() + 24, place.bottom()))
            )

    def _show_hint(self, event: QHelpEvent) -> None:
        index = self.indexAt(event.pos())
        text = self._model.hint(index) if index.isValid() else ""
        if text:
            QToolTip.showText(event.globalPos(), as_html(text), self.viewport(), self.visualRect(index))
        else:
            QToolTip.hideText()

    def _size_columns(self) -> None:
        self._delegate.use_font(self.font())
        header = self.header()
        for column in (RISK, MEMORY, CHANGE, PROTECTION):
            title = header.room_for(tr(rows.TITLES[column])) if isinstance(header, HeaderView) else 0
            header.resizeSection(column, max(self._delegate.width_of(column), title))
        self.viewport().update()
        self.rows_changed_height.emit()

    def restyle(self) -> None:
        """After the desktop's colours have changed."""
        palette = QPalette(self.window().palette())
        # the row is washed as a whole, so that warning colours stay readable on it
        palette.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.HighlightedText, palette.color(QPalette.ColorRole.Text))
        self.setPalette(palette)
