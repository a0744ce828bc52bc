"""The settings window: a list of pages, the selected page, and above it the mistakes in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.messages.settings import not_written
from oomtray.text import printable
from oomtray.ui.qt.buttons import LinkButton, push_button
from oomtray.ui.qt.field_text import level_all
from oomtray.ui.qt.flow_layout import FlowLayout
from oomtray.ui.qt.grown_marks import grow_marks_in
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import Hairline
from oomtray.ui.qt.question import complain
from oomtray.ui.qt.screen_reader import announce, give_tooltip
from oomtray.ui.qt.tab_order import move_on
from oomtray.ui.qt.window import Window
from oomtray.ui.settings.bars import ProblemBar, UndoBar
from oomtray.ui.settings.open_file import open_file
from oomtray.ui.settings.page_list import PageList
from oomtray.ui.settings.pages import PAGES, make_page

if TYPE_CHECKING:
    from oomtray.ui.settings.page import Page, Surroundings

_SIZE, _LEAST = QSize(820, 660), QSize(600, 420)


class SettingsWindow(Window):
    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(tr("Settings"))
        self.around = surroundings
        self.file = surroundings.file
        self.pages: dict[str, Page] = {}
        """The pages shown so far."""
        self._build()
        self._lay_out()
        self.file.read_anew.connect(self.take)
        self.file.read_anew.connect(self.undo_bar.clear_without_undo)
        self.list.currentRowChanged.connect(self._row_chosen)
        self.list.setCurrentRow(0)
        self.give_size(_SIZE, _LEAST)
        self.take()
        self.list.setFocus()

    def _build(self) -> None:
        self.bar = ProblemBar(self)
        self.bar.open_button.clicked.connect(self.open_file)
        self.undo_bar = UndoBar(self._look_again, self)
        self.list = PageList([(page.id, tr(page.title)) for page in PAGES], self)
        self._side = QWidget(self)
        self._side.setBackgroundRole(QPalette.ColorRole.Base)
        self._side.setAutoFillBackground(True)
        fill(QVBoxLayout(self._side), self.list, margins=(0, 8, 0, 8))
        self.stack = QStackedWidget(self)
        self.foot = Plain("", self, faint=True)
        self.foot.setText(tr("Changes take effect at once."))
        self.link = LinkButton(tr("Open {file}", file=printable(self.file.name)), self)
        self.link.clicked.connect(self.open_file)
        self.foot.setWordWrap(True)
        self.foot.setMinimumHeight(self.link.sizeHint().height())  # on one line with it
        self.defaults = push_button(tr("Restore all defaults"), self._restore, self)
        scope = tr("Of the settings on all pages. Rules stay as they are.")
        give_tooltip(self.defaults, scope)
        self.close_button = push_button(tr("Close"), self.close, self)

    def _lay_out(self) -> None:
        middle = fill(QHBoxLayout(), self._side, Hairline(self, vertical=True), (self.stack, 1), spacing=0)
        says = fill(FlowLayout(gap=4), self.foot, self.link)  # the link is on the sentence's line, or below it
        told = fill(QVBoxLayout(), None, says, None)
        foot = fill(QHBoxLayout(), (told, 1), self.defaults, self.close_button, margins=(16, 12, 16, 12), spacing=8)
        fill(
            QVBoxLayout(self), self.bar, (middle, 1), self.undo_bar, Hairline(self), foot, margins=(0, 0, 0, 0),
            spacing=0,
        )

    # pages

    def show_page(self, name: str) -> Page:
        self.list.setCurrentRow([page.id for page in PAGES].index(name))
        return self.pages[name]

    @property
    def page(self) -> Page:
        return self.pages[PAGES[self.list.currentRow()].id]

    @Slot(int)
    def _row_chosen(self, row: int) -> None:
        if row < 0:
            return
        entry = PAGES[row]
        for page in self.pages.values():
            if page.isVisible():
                page.leave()
        if entry.id not in self.pages:
            self.pages[entry.id] = make_page(entry, self.around)
            self.pages[entry.id].undoable.connect(self.undo_bar.offer)
            self.pages[entry.id].unsaid.connect(self.undo_bar.clear)
            self.stack.addWidget(self.pages[entry.id])
            grow_marks_in(self)
            level_all(self)
        self.stack.setCurrentWidget(self.pages[entry.id])
        self.defaults.setVisible(bool(self.pages[entry.id].rows))  # not where nothing has a default

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Make Tab follow the visual order: a page is created when first shown, and rows come and go."""
        return move_on(self, forward=forward)

    @Slot()
    def take(self) -> None:
        """Show what the file says now."""
        self.bar.take(self.file)
        self.defaults.setEnabled(self.file.readable)
        for page in self.pages.values():
            page.take()

    # user actions

    @Slot()
    def open_file(self) -> None:
        """Open the file in the desktop's editor; if there is none yet, an empty one is created."""
        from oomtray.config.writing import make_file

        said = make_file(self.file.path)
        if said is not None:
            complain(self, tr("Settings"), not_written(said))
            return
        open_file(self.file.path, self)

    @Slot()
    def _restore(self) -> None:
        """Restore the defaults without asking, because that can be undone."""
        says, back = self.file.restore_defaults()
        self.take()
        if says:
            complain(self, tr("Settings"), says)
            return
        if back is None:
            did = tr("All settings have their defaults already.")
            self.undo_bar.tell(did)
        else:
            did = tr("All settings have their defaults again. Rules stay as they are.")
            self.undo_bar.offer(did, back)
        announce(self.undo_bar, did)

    def _look_again(self) -> None:
        """Update after an undo, which may concern any page's file."""
        self.file.refresh()
        self.take()

    # showing and hiding

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.file.watch(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.file.watch(on=False)

    def closeEvent(self, event: QCloseEvent) -> None:
        for page in self.pages.values():
            page.leave()
        self.undo_bar.clear()
        super().closeEvent(event)
