"""Mouse wheel, dragging and keys in the history chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent

from oomtray.ui.history.chart import ChartCanvas
from oomtray.ui.history.time_range import LONGEST, TimeRange

if TYPE_CHECKING:
    from oomtray.ui.history.mark_groups import MarkGroup

_NOTCH = 120
_ZOOM = 1.25
"""Zoom factor per notch of the wheel."""
_MOVE, _MOVE_BY_NOTCH = 0.1, 0.15
"""Share of the range that an arrow key and a notch of the wheel move it."""
_LINE_STEP = 8
"""Pixels that a key moves the line."""
_DRAG = 4
"""Pixels of movement beyond which a press isn't a click."""
_LEAST_ZOOM = 1e-3
_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class Chart(ChartCanvas):
    """The history chart with input.

    `range_wanted` carries the TimeRange that a person moved or zoomed to, `line_moved` says that the numbers
    have changed. `event_picked` carries an event's id, and so does `event_opened` if it is to be shown in
    full.
    """

    range_wanted = Signal(object)
    line_moved = Signal()
    event_picked = Signal(int)
    event_opened = Signal(int)

    _press: QPointF | None = None
    _pressed_range: TimeRange | None = None
    _dragged = False

    # pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not steps.x():
            steps = steps.transposed()
        if abs(steps.x()) > abs(steps.y()):
            self._move(-steps.x() / _NOTCH * _MOVE_BY_NOTCH)
        elif steps.y():
            self._zoom(_ZOOM ** (-steps.y() / _NOTCH), self._time(event.position()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(1 / max(1 + event.value(), 0.1), self._time(event.position()))
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press, self._pressed_range, self._dragged = event.position(), self.shown, False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and self._pressed_range is not None:
            moved = event.position() - self._press
            if self._dragged or moved.manhattanLength() > _DRAG:
                self._dragged = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                layout = self.plot()
                begin, end = (layout.at(at.x(), self._pressed_range) for at in (self._press, event.position()))
                self.range_wanted.emit(self._pressed_range.moved(begin - end))
                return
        self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._press is not None:
            clicked = not self._dragged
            self._press = None
            self._point(event.position())
            group = self._group_at(event.position())
            if clicked and group is not None:
                self._pick(group, by_key=False)
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._group_at(event.position()) is None:
            self._zoom(_ZOOM**-4, self._time(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.set_line(None)

    def _point(self, at: QPointF) -> None:
        group = self._group_at(at)
        self.setCursor(Qt.CursorShape.PointingHandCursor if group is not None else Qt.CursorShape.ArrowCursor)
        self.set_line(group.leading.time if group is not None else self._time(at))

    def _group_at(self, at: QPointF) -> MarkGroup | None:
        return next((group for group in self.groups() if self.mark_box(group).contains(at)), None)

    def _time(self, at: QPointF) -> float:
        return self.plot().at(at.x(), self.shown)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_key = True
        forward = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if self.isRightToLeft():
            forward = -forward
        if forward and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move_line(forward)
        elif forward:
            self._move(forward * _MOVE)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._move(1 if event.key() == Qt.Key.Key_PageDown else -1)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Up):
            self._zoom(1 / _ZOOM, self._held_by_keys())
        elif event.key() in (Qt.Key.Key_Minus, Qt.Key.Key_Down):
            self._zoom(_ZOOM, self._held_by_keys())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.range_wanted.emit(self.shown.moved(LONGEST * (1 if event.key() == Qt.Key.Key_End else -1)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._focused() is not None:
            self._pick(self._focused(), by_key=True)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move from mark to mark with Tab, and after the last one out of the chart."""
        groups = self.groups()
        at = next((n for n, group in enumerate(groups) if self._is_focused(group)), -1)
        following = at + (1 if forward else -1)
        if 0 <= following < len(groups):
            self._focused_mark = groups[following].leading.id
            self.set_line(groups[following].leading.time)
            self.event_picked.emit(self._focused_mark)
            self.update()
            return True
        self._focused_mark = None
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_key = event.reason() in _KEYS
        if event.reason() == Qt.FocusReason.BacktabFocusReason and (groups := self.groups()):
            self._focused_mark = groups[-1].leading.id
            self.set_line(groups[-1].leading.time)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focused_mark = None
        self.update()

    def _held_by_keys(self) -> float:
        """Return the moment that keeps its place when zooming by keys: that of the line, the end or the middle."""
        if self.line is not None and self.shown.holds(self.line):
            return self.line
        newest = self.period is not None and self.period.columns and self.shown.holds(self.period.columns[-1].at)
        return self.shown.until if newest else self.shown.at(0.5)

    def _is_focused(self, group: MarkGroup) -> bool:
        return any(event.id == self._focused_mark for event in group.events)

    def _focused(self) -> MarkGroup | None:
        return next((group for group in self.groups() if self._is_focused(group)), None)

    # effects

    def set_line(self, at: float | None) -> None:
        if at is not None:
            at = min(max(at, self.shown.since), self.shown.until)
        if at != self.line:
            self.line = at
            self.line_moved.emit()
            self.update()

    def _move_line(self, forward: int) -> None:
        seconds = forward * _LINE_STEP * self.shown.span / max(self.plot().memory.width, 1)
        self.set_line((self.shown.until if self.line is None else self.line) + seconds)

    def _move(self, share: float) -> None:
        self.range_wanted.emit(self.shown.moved(share * self.shown.span))

    def _zoom(self, factor: float, at: float) -> None:
        if abs(factor - 1) > _LEAST_ZOOM:
            self.range_wanted.emit(self.shown.zoomed(factor, at))

    def _pick(self, group: MarkGroup | None, *, by_key: bool) -> None:
        if group is None:
            return
        event = group.leading
        if len(group.events) > 1 and group.events[-1].time - group.events[0].time > 1:  # spread them out
            span = max((group.events[-1].time - group.events[0].time) * 3, 120.0)
            middle = (group.events[-1].time + group.events[0].time) / 2
            self.range_wanted.emit(self.shown.zoomed(span / self.shown.span, middle))
        self.event_picked.emit(event.id)
        told_as_one = len(group.events) == 1 or all(one.unseen is not None for one in group.events)
        if event.kind == "kill" and (told_as_one or by_key):
            self.event_opened.emit(event.id)
