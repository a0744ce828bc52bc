"""The popup's bottom row: the filter, what the rows show, links to other windows, and a menu of the rest."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStyleOptionButton, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS, TITLES
from oomtray.ui.qt import colors
from oomtray.ui.qt.buttons import EdgedButton, GlyphButton, mind_pointer
from oomtray.ui.qt.field_edges import LEAST_HEIGHT, give_edges
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.menu import Menu
from oomtray.ui.qt.painting import from_start
from oomtray.ui.qt.search_field import SearchField

_NATIVE = QKeySequence.SequenceFormat.NativeText
_GAP = 8
_FORGOTTEN_SECONDS = 120.0
"""How long a closed window keeps its filter, for those who looked at something else meanwhile."""
_ARROW, _GLYPH, _PAD, _AIR = 12, 16, 12, 6


class Footer(QWidget):
    menu_opens = Signal()
    """The menu is about to be shown: its owner may now update whether `forget` is visible."""
    sort_wanted = Signal(int)
    """Carries a column, whose order is turned around if it is sorted by already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._closed_at = time.monotonic()
        self.edit = SearchField((tr("Filter by name or PID"), tr("Filter")), tr("Clear the filter"), self)
        find = _keys(QKeySequence(QKeySequence.StandardKey.Find).toString())
        self.edit.setToolTip(tr("Type at any time, or press {shortcut}", shortcut=find))
        # created in Tab order
        self.rows = ChoiceButton(tr("What the list shows"), self)
        self.by_app = self.rows.add(tr("Apps"), tr("Group processes by app"), of_mine=tr("My apps"))
        self.rows.add(tr("Processes"), tr("List each process on its own"), of_mine=tr("My processes"))
        self.rows.menu_of.addSeparator()
        self.mine = self.rows.add(tr("Only mine"), tr("Show only the processes of your own user"))
        self.mine.toggled.connect(self._say_mine)
        self.by_app.setChecked(True)  # the model's default
        self.orders = self._make_orders()
        self.history = GlyphButton("history", tr("History"), tr("History ({keys})", keys=_keys("Ctrl+H")), self)
        self.settings = GlyphButton("settings", tr("Settings"), tr("Settings ({keys})", keys=_keys("Ctrl+,")), self)
        self.help = GlyphButton("help", tr("Help"), tr("Help ({keys})", keys=_keys("F1")), self)
        self.more = GlyphButton(
            "more", tr("More"), tr("What was killed, rule profiles, and whether a program would fit"), self
        )
        # opened by a slot: a button with a menu of its own also draws an arrow, and a style sheet against
        # that costs a megabyte
        self.more_menu = self._make_more()
        self.more.clicked.connect(self._show_more)
        self._tools = fill(QHBoxLayout(), self.history, self.settings, self.help, self.more, spacing=4)
        fill(QHBoxLayout(self), (self.edit, 1), self.rows, self._tools, margins=(0, 0, 0, 0), spacing=_GAP)
        give_edges()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    @Slot(bool)
    def _say_mine(self, mine: bool) -> None:
        self.rows.say(mine=mine)
        self._share_room()

    def _share_room(self) -> None:
        room = self.width() - self._tools.sizeHint().width() - 2 * _GAP
        self.rows.set_narrow(narrow=room - self.rows.width_of_all < self.edit.wanted)

    @Slot()
    def _show_more(self) -> None:
        self.menu_opens.emit()
        size = self.more_menu.sizeHint()
        # as the last button's, it ends where the button does: further on is the window's edge, often the screen's too
        left = 0 if self.isRightToLeft() else self.more.width() - size.width()
        self.more_menu.popup(self.more.mapToGlobal(QPoint(left, -size.height())))

    def _make_orders(self) -> Menu:
        """Offer by keys what a click on a column's title does."""
        menu = Menu(self.rows.menu_of)
        menu.setTitle(tr("Sort by"))
        columns = QActionGroup(menu)
        for column in (COUNTS, NAME, MEMORY, CHANGE, STATUS):
            action = menu.addAction(tr(TITLES[column]))
            action.setCheckable(True)
            action.setData(column)
            columns.addAction(action)
        menu.triggered.connect(lambda action: self.sort_wanted.emit(action.data()))
        self.rows.menu_of.addSeparator()
        self.rows.menu_of.addMenu(menu)
        return menu

    def show_sorting(self, column: int, *, by_app: bool) -> None:
        """Check the column that the rows are sorted by."""
        for action in self.orders.actions():
            action.setChecked(action.data() == column)
            if action.data() == NAME:
                action.setText(tr(TITLES[NAME]) if by_app else tr("Process"))

    def _make_more(self) -> Menu:
        menu = Menu(self)
        self.pause = menu.addAction(tr("Pause"))
        self.pause.setCheckable(True)
        self.pause.setToolTip(tr("Stop watching memory until you resume"))
        menu.addSeparator()
        self.kills = menu.addAction(tr("What was killed"))
        self.fits = menu.addAction(tr("Will it fit?"))
        self.profiles = menu.addAction(tr("Rule profiles…"))
        self.drill = menu.addAction(tr("Fire drill"))
        menu.aboutToHide.connect(partial(mind_pointer, self.more))
        self.forget = menu.addAction(tr("Forget my permission"))
        self.forget.setVisible(False)
        menu.addSeparator()
        self.keys = menu.addAction(tr("Keyboard shortcuts"))
        self.keys.setShortcut(QKeySequence("?"))
        self.keys.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # the window's own shortcut handles it
        return menu

    def set_choices(self, *, by_app: bool, mine: bool) -> None:
        self.mine.setChecked(mine)
        self.rows.choose(self.by_app, chosen=by_app)

    def window_closed(self) -> None:
        self._closed_at = time.monotonic()

    def window_opened(self) -> None:
        """Clear a filter of long ago, which would hide who is next from somebody who no longer thinks of it."""
        if self.edit.text() and time.monotonic() - self._closed_at >= _FORGOTTEN_SECONDS:
            self.edit.clear()

    @Slot()
    def focus_filter(self) -> None:
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    @Slot(str)
    def type(self, text: str) -> None:
        """Insert into the filter what was typed in the rows."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.insert(text)


def _keys(sequence: str) -> str:
    return QKeySequence(sequence).toString(_NATIVE)


class ChoiceButton(EdgedButton):
    """A menu button; `add` adds a checkable action.

    One action of the group is always checked, and is the button's text; what it is while only one's own is
    shown says so, since most rows are hidden then.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._name = name
        self.menu_of = Menu(self)
        self.menu_of.aboutToHide.connect(partial(mind_pointer, self))
        self._group = QActionGroup(self)
        self._narrow = self._mine = False
        # where room is scarce the filter needs it more, and the menu has the whole text
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        # opened by a slot: a button with a menu of its own also draws the style's arrow
        self.clicked.connect(self._open)

    def add(self, text: str, hint: str, *, of_mine: str = "") -> QAction:
        """Add an action, of the group if it has a text for `of_mine`."""
        action = self.menu_of.addAction(text)
        action.setCheckable(True)
        action.setToolTip(hint)
        action.setData(of_mine)
        if of_mine:
            self._group.addAction(action)
            action.toggled.connect(self._toggled)
        return action

    def choose(self, action: QAction, *, chosen: bool) -> None:
        """Check this action, or another one of the group."""
        others = [one for one in self._group.actions() if one is not action]
        (action if chosen else others[0]).setChecked(True)

    @Slot()
    def _toggled(self) -> None:
        if self._group.checkedAction() is None:
            taken_back = self.sender()
            if isinstance(taken_back, QAction):
                self.choose(taken_back, chosen=False)
        self.say(mine=self._mine)

    def say(self, *, mine: bool) -> None:
        self._mine = mine
        chosen = self._group.checkedAction()
        if chosen is not None and self._text_of(chosen) != self.text():
            self.setText(self._text_of(chosen))
            self.setAccessibleName(f"{self._name}: {self.text()}")
            self.setToolTip(chosen.toolTip())
            self.updateGeometry()

    @Slot()
    def _open(self) -> None:
        above = QPoint(0, -self.menu_of.sizeHint().height())
        self.menu_of.popup(self.mapToGlobal(above))

    def sizeHint(self) -> QSize:
        wide = self._around(self.text()) if self._narrow else self.width_of_all
        return QSize(wide, max(super().sizeHint().height(), LEAST_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._beside, self.sizeHint().height())

    @property
    def width_of_all(self) -> int:
        """The width at which no choice changes it."""
        return self._around(*map(self._text_of, self._group.actions()))

    def _text_of(self, action: QAction) -> str:
        return str(action.data()) if self._mine else action.text()

    def set_narrow(self, *, narrow: bool) -> None:
        """Be only as wide as the current choice."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.updateGeometry()

    def _around(self, *texts: str) -> int:
        # one more, because the widths of scaled fonts have fractions and were rounded
        return max(map(self.fontMetrics().horizontalAdvance, texts), default=40) + 1 + self._beside

    @property
    def shown(self) -> str:
        room = self.width() - self._beside  # of a single letter Qt elides nothing
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        return shown if self.fontMetrics().horizontalAdvance(shown) <= room else ""

    @property
    def _beside(self) -> int:
        """The width of everything but the text."""
        return grown(_ARROW, self.font()) + _AIR + 2 * _PAD

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        # the style draws the rest: naming its elements here would load all of QStyle, half a MB for the popup
        # alone
        super().paintEvent(event)
        drawn = QPainter(self)
        found = colors.of(self.window().palette())
        drawn.setPen(self.palette().buttonText().color())
        text, side = self.shown, grown(_ARROW, self.font())
        drawn.drawText(self.rect().adjusted(_PAD, 0, -_PAD, 0), int(side_of(self) | Qt.AlignmentFlag.AlignVCenter), text)
        place = QRectF(self.width() - _PAD - side, (self.height() - side) / 2, side, side)
        if text:
            draw(drawn, "down", from_start(self, place), found.text)
        else:  # an arrow alone would not say of what it is the choice
            large = QRectF(0, 0, grown(_GLYPH, self.font()), grown(_GLYPH, self.font()))
            large.moveCenter(QRectF(self.rect()).center())
            draw(drawn, "list", large, found.text)
