"""Shows and hides the popup: by a click on the icon, by Escape, and when the user turns to another window.

Where focus follows the pointer, a pointer that passes over another window doesn't hide it.

It is a tool window and not a Qt.Popup, which grabs the pointer and the keyboard so that no password dialog
could be answered, and never appears on Wayland without a parent. Without a tray it is an ordinary window.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QInputEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from oomtray.desktop.current_desktop import panel
from oomtray.ui.popup.frameless_window import FLAGS, FramelessWindow, screen_at
from oomtray.ui.qt.icons import app_icon
from oomtray.ui.qt.layout import NO_LIMIT

if TYPE_CHECKING:
    from oomtray.ui.qt.x11_focus import FocusWatch

_SECOND_CLICK = 0.3  # seconds in which a click on the icon that took the focus away means to close
_MENU_CLICK = 0.3  # seconds in which the click that closed a menu of ours isn't a click elsewhere
_LEFT_TOGETHER = 0.1  # seconds: on Wayland, focus that leaves together with the pointer follows the pointer
_ON_THE_WAY = 3.0  # seconds: also there, a pointer on its way from the icon passes over other windows
_ARRIVES = 1.0  # seconds that it takes then; where the focus goes by clicks, it is a click elsewhere
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TouchBegin)
_DELIVERY = 0.1
"""Seconds in which Qt delivers a press that the watch knows of: a thread reads Qt's own connection, and needs its turn."""
_MOST_PRESSES = 20
"""A busy app is told of several clicks at once."""


class PopupWindow(FramelessWindow):
    closed = Signal()
    """The popup is no longer visible."""

    def __init__(self) -> None:
        super().__init__()
        self.pinned = False
        """Whether the popup stays open when the user turns to another window."""
        self.waits = False
        """Whether a password dialog is open."""
        self._wants_standalone = False
        self._hidden_at = self._toggled_at = self._menu_closed_at = -1.0
        self._opened_at = self._left_at = self._inactive_since = -1.0
        self._was_active = self._was_entered = self._pressed_elsewhere = self._is_fixed = self._comes_up = False
        self._pressed_at: int | None = None
        """The time of a press that seems to be elsewhere, as `FocusWatch.pressed` has it."""
        self._pressed_here: deque[int] = deque(maxlen=_MOST_PRESSES)
        """The times of the latest presses that Qt has delivered to this window."""
        self._clicked_at: list[int | None] = []
        """The times of presses that seem to be elsewhere, and have been released."""
        self._watch_focus: FocusWatch | None = None
        self._follows_pointer = panel() in ("sway", "hyprland")
        """Whether the focus follows the pointer unless the user has changed that, on Wayland."""

    def toggle(self, anchor: QRect | None) -> None:
        """Handle a click on the icon; the second of a double click is ignored, since a panel reports both."""
        if time.monotonic() - self._toggled_at < QApplication.doubleClickInterval() / 1000:
            return
        self.show_or_hide(anchor)
        # a click made while the popup was being opened is delivered only afterwards
        self._comes_up = self.isVisible()
        self._came_up()

    @Slot()
    def _came_up(self) -> None:
        self._toggled_at = time.monotonic()

    def show_or_hide(self, anchor: QRect | None) -> None:
        """Handle a shortcut, which may be pressed twice in a row."""
        # one that stays open may be behind others, and is then raised
        if self.isVisible() and (not (self.standalone or self.pinned) or self.isActiveWindow()):
            self.hide()
        elif time.monotonic() - self._hidden_at > _SECOND_CLICK:
            self.open(anchor)

    def open(self, anchor: QRect | None) -> None:
        """Show the popup beside the icon at `anchor`; None if only the compositor knows where that is."""
        if not self.isVisible():
            self._prepare(anchor)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def give_way(self) -> None:
        """Hide because another window of the app has opened, which some window managers keep behind this one."""
        if not self._stays():
            self.hide()

    def _prepare(self, anchor: QRect | None) -> None:
        self._was_active = self._was_entered = self._pressed_elsewhere = False
        self._clicked_at.clear()
        self._opened_at = time.monotonic()
        if self.standalone or anchor is None:
            self.fit()
        else:
            self.stand_beside(anchor)
        if self.standalone:
            return
        platform = QGuiApplication.platformName()
        if platform == "xcb":
            from oomtray.ui.qt.x11 import set_apart

            set_apart(int(self.winId()))
            self._look_at_focus()
        elif platform == "wayland":
            # tiling compositors float a window that has a fixed size when it appears
            self._is_fixed = True
            self.setFixedSize(self.size())

    def set_standalone(self, standalone: bool) -> None:
        """Set whether there is no tray; an open ordinary window stays one until it is closed."""
        self._wants_standalone = standalone
        if standalone or not self.isVisible():
            self._become(standalone)

    def put_away(self) -> None:
        """Hide it because the app quits."""
        self.standalone = False
        self.hide()

    @Slot(bool)
    def set_waits(self, waits: bool) -> None:
        """Keep the popup open while a password dialog has the focus."""
        self.waits = waits
        if not waits and self.isVisible():
            self.activateWindow()

    def _become(self, standalone: bool) -> None:
        if standalone == self.standalone:
            return
        self.standalone = standalone
        shown = self.isVisible()
        self.setWindowFlags(Qt.WindowType.Window if standalone else FLAGS)
        if standalone:  # a tool window has no icon, and the SVG plugin isn't free
            self.setWindowIcon(app_icon())
        if shown:
            self.show()

    # closing

    @Slot()
    def _mind_focus(self) -> None:
        """Hide if the user has turned to another window, but not from under a dialog of its own."""
        if self._stays() or self.isActiveWindow():
            return
        if QApplication.activePopupWidget() is not None:
            return
        if self._watch_focus is not None and not self._watch_focus.taken_from({int(self.winId())}):
            return
        self._turned_away()

    def _stays(self) -> bool:
        if not self.isVisible() or self.standalone or self.pinned or self.waits:
            return True
        return any(isinstance(child, QDialog) and child.isVisible() for child in self.children())

    def _turned_away(self) -> None:
        self._hidden_at = time.monotonic()
        self.hide()

    @Slot()
    def _mind_focus_left(self) -> None:
        """Decide whether to hide on Wayland, which doesn't say why the focus left.

        If it left together with the pointer, it follows the pointer.
        """
        passed = abs(self._left_at - self._inactive_since) < _LEFT_TOGETHER
        on_the_way = not self._was_entered and self._inactive_since - self._opened_at < _ON_THE_WAY
        if on_the_way and not self._follows_pointer:
            QTimer.singleShot(int(_ARRIVES * 1000), self._mind_arrival)
        elif not passed and not on_the_way:
            self._mind_focus()

    @Slot()
    def _mind_arrival(self) -> None:
        if self._was_active and not self._was_entered:
            self._mind_focus()

    @Slot()
    def _active_changed(self) -> None:
        if self._was_active:
            QTimer.singleShot(0, self._mind_focus)

    @Slot(object)
    def _pressed_somewhere(self, at: int | None) -> None:
        self._pressed_at = at
        place = QCursor.pos()  # of the pointer now, which may have gone on from where it pressed
        ours = self._stays() or self.frameGeometry().contains(place)
        in_menu = QApplication.activePopupWidget() or time.monotonic() - self._menu_closed_at < _MENU_CLICK
        # on a panel it may be our icon, whose click already closes the popup
        on_panel = not screen_at(place).availableGeometry().contains(place)
        self._pressed_elsewhere = not (ours or in_menu or on_panel)

    @Slot()
    def _released_somewhere(self) -> None:
        if self._pressed_elsewhere:
            self._pressed_elsewhere = False
            self._clicked_at.append(self._pressed_at)
            QTimer.singleShot(int(_DELIVERY * 1000), self._judge_clicks)

    @Slot()
    def _judge_clicks(self) -> None:
        clicks, self._clicked_at = self._clicked_at, []
        if any(at not in self._pressed_here for at in clicks) and not self._stays():
            self._turned_away()

    def _look_at_focus(self) -> None:
        """Watch the X server for the reason of focus changes while the window is open."""
        if self._watch_focus is not None:  # hidden and shown at once
            return
        from oomtray.ui.qt.x11_focus import FocusWatch

        watch = FocusWatch(self)
        if not watch.start():
            return
        self._watch_focus = watch
        watch.pressed.connect(self._pressed_somewhere)
        watch.released.connect(self._released_somewhere)
        watch.active_changed.connect(self._active_changed)
        for menu in self.findChildren(QMenu):
            menu.installEventFilter(self)
        window = self.windowHandle()
        if window is not None:
            window.installEventFilter(self)

    # Qt events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Hide and isinstance(watched, QMenu):
            self._menu_closed_at = time.monotonic()
        elif kind in _PRESSES and isinstance(event, QInputEvent):
            self._pressed_here.append(event.timestamp())
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() != QEvent.Type.ActivationChange:
            return
        if self.isActiveWindow():
            self._was_active = True
        else:
            self._inactive_since = time.monotonic()
            if QGuiApplication.platformName() == "wayland":
                QTimer.singleShot(int(_LEFT_TOGETHER * 1000), self._mind_focus_left)
            else:  # a menu or dialog of ours becomes active only after this
                QTimer.singleShot(0, self._mind_focus)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            QTimer.singleShot(0, self._after_hiding)
        elif event.type() == QEvent.Type.Enter:
            self._was_entered = True
        elif event.type() == QEvent.Type.Leave:
            self._left_at = time.monotonic()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._comes_up:
            self._comes_up = False
            self._came_up()
            QTimer.singleShot(0, self._came_up)  # after everything in it
        if self._is_fixed:
            QTimer.singleShot(0, self._let_resize)  # once the compositor has it

    @Slot()
    def _let_resize(self) -> None:
        if not self._is_fixed:
            return
        self._is_fixed = False
        self.setMaximumSize(QSize(NO_LIMIT, NO_LIMIT))
        self.fit()

    @Slot()
    def _after_hiding(self) -> None:
        """Destroy the native window while hidden, freeing its 1.4 MB of pixels; it is recreated when opened."""
        if self.isVisible():
            return
        self._is_fixed = False
        self.setMaximumSize(QSize(NO_LIMIT, NO_LIMIT))
        if self._watch_focus is not None:
            self._watch_focus.stop()
            self._watch_focus.deleteLater()
            self._watch_focus = None
        self.closed.emit()
        self._become(self._wants_standalone)
        self.destroy()
