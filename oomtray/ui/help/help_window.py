"""The help window: topics on the left, a page on the right, and a search field for all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPalette, QShortcut, QTextDocument
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from oomtray import help_pages
from oomtray.messages.i18n import language, tr, tr_n
from oomtray.ui.help.page_view import PageView, in_print
from oomtray.ui.qt import contrast
from oomtray.ui.qt.buttons import push_button
from oomtray.ui.qt.field_text import level_text
from oomtray.ui.qt.fonts import by_text, scaled, small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import NO_LIMIT, fill
from oomtray.ui.qt.painting import Hairline, paint_page_ground
from oomtray.ui.qt.screen_reader import ChosenRow
from oomtray.ui.qt.search_field import SearchField
from oomtray.ui.qt.thin_scroll_bar import use_whole_width
from oomtray.ui.qt.window import Window

if TYPE_CHECKING:
    from oomtray.help_pages import Page

_SIZE, _LEAST = QSize(860, 640), QSize(440, 420)
_TOPIC = Qt.ItemDataRole.UserRole
_MARGIN = 12
_WIDE, _ROWS = 600, 4
"""The width in pixels at a 10-point font from which topics are beside the page, and their rows when above it."""
_PAD = 16


class TopicRow(QStyledItemDelegate):
    """Paints a topic in the list: its title, elided if too long."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, max(self._view.fontMetrics().height() + 16, 34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        state, box = option.state, QRect(option.rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        mirrored = self._view.isRightToLeft()
        painter.save()
        paint_page_ground(painter, box, state, found, mirrored=mirrored)
        painter.setFont(scaled(self._view.font(), 1.0, bold=chosen))
        painter.setPen(found.text)
        inner = box.adjusted(_PAD, 0, -_PAD // 2, 0)
        shown = painter.fontMetrics().elidedText(index.data() or "", Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()


class HelpWindow(Window):
    def __init__(self) -> None:
        super().__init__(tr("Help"))
        self._pages = {page.topic: page for page in help_pages.pages(language())}
        self._plain: dict[str, str] = {}
        """The pages' text without markup, in lower case; made for the first search."""
        self._seen: list[str] = []
        """The visited pages, the most recent last."""
        self.topic = ""
        self._build()
        self._lay_out()
        self.give_size(_SIZE, _LEAST)
        self.show_topic(help_pages.TOPICS[0])

    def _build(self) -> None:
        self.search = SearchField((tr("Search the help"), tr("Search")), tr("Clear the search"), self)
        level_text(self.search)
        self.search.left.connect(self._focus_topics)
        self.search.textChanged.connect(self._look_for)
        self.topics = QListWidget(self)
        self.topics.setAccessibleName(tr("Topics"))
        use_whole_width(self.topics)
        self.topics.setItemDelegate(TopicRow(self.topics))
        for page in self._pages.values():
            item = QListWidgetItem(in_print(page.title), self.topics)
            item.setData(_TOPIC, page.topic)
            item.setToolTip(item.text())
        self.topics.currentItemChanged.connect(self._picked)
        ChosenRow(self.topics)
        self.found = Plain("", self, faint=True, wraps=True)
        self.found.hide()
        self.view = PageView(self)
        self.view.topic_wanted.connect(self.show_topic)
        self.search.entered.connect(self.view.find_next)
        self.back_button = push_button(tr("Back"), self.go_back, self)
        self.back_button.setEnabled(False)
        self.close_button = push_button(tr("Close"), self.close, self)
        for key, slot in (
            (QKeySequence.StandardKey.Back, self.go_back),
            (QKeySequence.StandardKey.Find, self._focus_search),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    def _lay_out(self) -> None:
        self._side = QWidget(self)
        self._side.setBackgroundRole(QPalette.ColorRole.Base)
        self._side.setAutoFillBackground(True)
        self._edge = Hairline(self, air=1)
        field = fill(QHBoxLayout(), self.search, margins=(_MARGIN, 0, _MARGIN, 0))
        told = fill(QHBoxLayout(), self.found, margins=(_MARGIN + 4, 0, _MARGIN, 0))
        fill(QVBoxLayout(self._side), field, told, (self.topics, 1), margins=(0, _MARGIN, 0, _MARGIN), spacing=8)
        self._middle = middle = fill(
            QBoxLayout(QBoxLayout.Direction.LeftToRight), self._side, self._edge, (self.view, 1), spacing=0
        )
        foot = fill(QHBoxLayout(), self.back_button, None, self.close_button, margins=(16, 12, 16, 12), spacing=8)
        fill(QVBoxLayout(self), (middle, 1), Hairline(self, air=1), foot, margins=(0, 0, 0, 0), spacing=0)
        self._mind_width()
        self._restyle()

    # what is shown

    @Slot(str)
    def show_topic(self, topic: str) -> None:
        """Show a topic of `help_pages.TOPICS`, or the first if there is none of this name."""
        wanted = topic if topic in self._pages else help_pages.TOPICS[0]
        if wanted != self.topic:
            if self.topic:
                self._seen.append(self.topic)
            self._show(self._pages[wanted])

    @Slot()
    def go_back(self) -> None:
        if self._seen:
            self._show(self._pages[self._seen.pop()])

    def _show(self, page: Page) -> None:
        self.topic = page.topic
        if not self._seen and self.back_button.hasFocus():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.back_button.setEnabled(bool(self._seen))
        self.topics.blockSignals(True)
        self.topics.setCurrentItem(self._item(page.topic))
        self.topics.blockSignals(False)
        self.view.show_page(page)
        self.view.find_words(self._words())

    def _item(self, topic: str) -> QListWidgetItem:
        return next(item for item in self.items() if item.data(_TOPIC) == topic)

    def items(self) -> list[QListWidgetItem]:
        return [self.topics.item(row) for row in range(self.topics.count())]

    @Slot(QListWidgetItem)
    def _picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_topic(item.data(_TOPIC))

    # search

    def _words(self) -> list[str]:
        return in_print(self.search.text()).casefold().split()

    @Slot()
    def _look_for(self) -> None:
        words = self._words()
        hits = [topic for topic in self._pages if all(word in self._said(topic) for word in words)] if words else list(self._pages)
        for item in self.items():
            item.setHidden(item.data(_TOPIC) not in hits)
        self.found.setVisible(bool(words))
        self.found.setText(tr_n("Found on {count} page", "Found on {count} pages", len(hits)) if hits else tr("Found nowhere"))
        if hits and self.topic not in hits:
            self._show(self._pages[hits[0]])
        else:
            self.view.find_words(words if hits else [])

    def _said(self, topic: str) -> str:
        if not self._plain:
            for page in self._pages.values():
                document = QTextDocument()
                document.setMarkdown(page.text)
                self._plain[page.topic] = in_print(f"{page.title}\n{document.toPlainText()}").casefold()
        return self._plain[topic]

    @Slot()
    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @Slot()
    def _focus_topics(self) -> None:
        self.topics.setFocus(Qt.FocusReason.TabFocusReason)

    # Qt events

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_side"):
            self._restyle()

    def resizeEvent(self, _event: object) -> None:
        self._mind_width()

    def _mind_width(self) -> None:
        """Fit the list of topics to its longest title, or move it above the page in a narrow window."""
        wide = self.width() >= by_text(QSize(_WIDE, 0), self.font()).width()
        self._middle.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._edge.turn(vertical=wide)
        if wide:
            bold = QFontMetrics(scaled(self.topics.font(), 1.0, bold=True))
            longest = max(bold.horizontalAdvance(page.title) for page in self._pages.values()) + 44
            self._side.setFixedWidth(max(150, min(longest, self.width() * 36 // 100)))
            self.topics.setMaximumHeight(NO_LIMIT)
        else:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(NO_LIMIT)
            self.topics.setMaximumHeight(_ROWS * self.topics.sizeHintForRow(0))

    def _restyle(self) -> None:
        self.found.setFont(small(self.font()))
