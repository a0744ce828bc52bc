"""The base of dialogs about an app or a process: header, sections, and buttons in a fixed order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.ui.qt.buttons import push_button
from oomtray.ui.qt.field_edges import give_edges
from oomtray.ui.qt.flow_layout import HeadingLayout
from oomtray.ui.qt.fonts import WIDER, by_text, scaled
from oomtray.ui.qt.grown_marks import grow_marks_in
from oomtray.ui.qt.icons import app_icon
from oomtray.ui.qt.labels import Plain, Wrapped, paragraph
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import Hairline
from oomtray.ui.qt.screens import free_size, keep_on_screen
from oomtray.ui.qt.tab_order import move_on
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QIcon, QResizeEvent

MARGIN = 16
SECTION = 16
"""Pixels between two sections; what belongs together is 8 apart."""
_ICON = 32
"""Pixels of the app's icon: the largest size that is read for every screen scale."""
_LEAST = QSize(380, 200)
_TALLEST, _TITLE_BAR = 0.9, 44
"""Maximum height: this share of the screen, or all of it except the window's title bar, whichever is more."""
_LEAST_BODY = 120
"""Minimum height of the scrolled part in pixels; on a lower screen the header scrolls too."""


class Dialog(QDialog):
    """A dialog as high as its content, which scrolls if the screen is lower.

    Buttons that lead elsewhere are on the left; on the right is the action, then Close or Cancel. Escape
    closes, and one button is the default.
    """

    def __init__(
        self, window_title: str, parent: QWidget | None = None, *, width: int = 520, cancels: bool = False
    ) -> None:
        """`cancels` means that there is an action, so that the closing button is Cancel instead of Close."""
        super().__init__(parent)
        self.setWindowTitle(window_title)
        self.setWindowIcon(app_icon())  # the parent has none while it is a tool window
        self._width = width
        self._placed = False
        self._head_scrolls = False
        self.icon = Plain("", self)
        self.icon.hide()
        self.title = Wrapped("", self)
        self.title.let_wrap(may=True)
        self.title.setFont(scaled(self.font(), 1.3, bold=True))
        self.subtitle = Plain("", self, faint=True, wraps=True)
        self.close_button = push_button(tr("Cancel") if cancels else tr("Close"), self.reject if cancels else self.close, self)
        self.close_button.setDefault(not cancels)
        self.area = QScrollArea(self)
        use_thin_scroll_bars(self.area, on_base=False)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget(self.area)
        self.body = fill(QVBoxLayout(content), margins=(MARGIN, 8, MARGIN, MARGIN), spacing=8)
        self._head, self._foot = QWidget(self), QWidget(self)
        self._lay_out_frame()
        self.area.setWidget(content)  # last: from then on it follows the layout
        self.setMinimumSize(_LEAST)
        self.resize(width, 480)

    def _lay_out_frame(self) -> None:
        words = fill(QVBoxLayout(), None, self.title, self.subtitle, None, spacing=2)
        self._head_line = fill(
            QHBoxLayout(self._head), (self.icon, 0, Qt.AlignmentFlag.AlignTop), (words, 1),
            margins=(MARGIN, 14, MARGIN, 8), spacing=12,
        )
        self._elsewhere, self._actions = QHBoxLayout(), QHBoxLayout()
        foot = self._elsewhere, None, self._actions, self.close_button
        fill(QHBoxLayout(self._foot), *foot, margins=(MARGIN, 10, MARGIN, 12), spacing=8)
        fill(
            QVBoxLayout(self), self._head, (self.area, 1), Hairline(self), self._foot, margins=(0, 0, 0, 0), spacing=0
        )

    # parts

    def head_line(self, title: str, subtitle: str = "", icon: QIcon | None = None) -> None:
        self.title.setText(title)
        self.subtitle.show_text(subtitle)
        shown = icon is not None and not icon.isNull()
        came = shown and self.icon.isHidden()
        self.icon.setVisible(shown)
        if icon is not None and shown:
            size = icon.actualSize(QSize(_ICON, _ICON))
            self.icon.setFixedSize(size)
            self.icon.setPixmap(icon.pixmap(size, self.devicePixelRatio()))
        if came:
            self.keep_whole()  # it may make the text beside it wrap

    def add_elsewhere(self, text: str, does: Callable[[], object]) -> QPushButton:
        """Add a button on the left that leads elsewhere."""
        button = push_button(text, does, self)
        self._elsewhere.addWidget(button)
        return button

    def add_action(self, text: str, does: Callable[[], object], *, default: bool = True) -> QPushButton:
        """Add a button before Close or Cancel; if `default`, Enter presses it."""
        button = push_button(text, does, self)
        self._actions.addWidget(button)
        if default:
            self.close_button.setDefault(False)
            button.setDefault(True)
        return button

    def add_section(self, caption: str, aside: QWidget | None = None) -> Plain:
        """Add a bold caption above what is added to `body` next; `aside` goes to its end, or below it."""
        above = SECTION - self.body.spacing() if self.body.count() else 0
        label = Plain(caption, self, bold=True)
        if aside is None:
            label.setContentsMargins(0, above, 0, 0)  # a margin disappears with a hidden caption
            self.body.addWidget(label)
            return label
        self.body.addSpacing(above)
        label.setWordWrap(True)  # for a narrow window
        self.body.addLayout(fill(HeadingLayout(), label, aside))
        return label

    def add_note(self, *, faint: bool = False) -> Plain:
        """Add a selectable paragraph of plain text, hidden until `say` gives it one."""
        note = paragraph(self, faint=faint)
        note.hide()
        self.body.addWidget(note)
        return note

    # size and appearance

    def wanted_height(self, width: int) -> int:
        """Return the height that shows everything without scrolling."""
        self.body.activate()
        inner = max(self.body.totalHeightForWidth(width), self.body.totalMinimumSize().height())
        head = 0 if self._head_scrolls else self._head_line.totalHeightForWidth(width)
        return head + inner + 1 + self._foot.sizeHint().height()

    def setVisible(self, visible: bool) -> None:
        if visible and not self._placed:
            self._placed = True
            give_edges()
            grow_marks_in(self)
            self.ensurePolished()
            self.body.activate()
            self._mind_width()
            wide = max(by_text(QSize(self._width, 0), self.font(), WIDER).width(), self.minimumWidth())
            self._mind_low_screen(wide)
            self._resize(wide, self.wanted_height(wide))
        super().setVisible(visible)

    def _mind_width(self) -> None:
        """Set the least width that fits the parts and buttons, which change and need more with a large font."""
        inner = self.body.totalMinimumSize().width() + self.area.verticalScrollBar().sizeHint().width()
        least = max(_LEAST.width(), inner, self._foot.sizeHint().width())
        self.setMinimumWidth(min(least, free_size(self).width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._placed and self.wanted_height(self.width()) <= self.height():
            # Qt checks the fit with the scroll bar still there, but without it text wraps later and needs
            # fewer lines
            self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def _resize(self, width: int, height: int) -> None:
        free = free_size(self)
        self.resize(min(width, free.width()), min(height, tallest(free.height())))
        keep_on_screen(self)

    def _mind_low_screen(self, width: int) -> None:
        """Make the header scroll too if large text on a low screen would leave the content no room."""
        head = self._head_line.totalHeightForWidth(width)
        left = tallest(free_size(self).height()) - head - self._foot.sizeHint().height()
        if left < _LEAST_BODY and not self._head_scrolls:
            self._head_scrolls = True
            self._head_line.setContentsMargins(0, 6, 0, 8)
            self.body.insertWidget(0, self._head)

    @Slot(bool)
    def grow(self, _open: bool = True) -> None:
        """Resize to the content after a part was folded in or out."""
        if self._placed and not self.isMaximized():
            _settle()
            self._mind_width()
            self._resize(self.width(), self.wanted_height(self.width()))

    def keep_whole(self) -> None:
        """Grow if the text needs more room; never shrink, so that nothing jumps while a slider moves."""
        if self._placed and not self.isMaximized():
            _settle()
            self._mind_width()
            self._resize(self.width(), max(self.wanted_height(self.width()), self.height()))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Make Tab follow the visual order, whenever each part was created."""
        return move_on(self, forward=forward)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            give_edges()


def tallest(free: int) -> int:
    """Return the maximum height of a window on a screen with this many free pixels."""
    return max(round(free * _TALLEST), free - _TITLE_BAR)


def _settle() -> None:
    """Process pending layout requests, by which nested layouts update their size hints."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def say(label: QLabel, text: str) -> None:
    """Set a label's text and hide it if empty; a text that is partly selected is kept."""
    if text != label.text() and not label.hasSelectedText():
        label.setText(text)
    label.setVisible(bool(label.text()))
