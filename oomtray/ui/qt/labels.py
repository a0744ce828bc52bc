"""Labels that show any text literally, never as markup, and never wider than the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.painting import write_line
from oomtray.ui.qt.screen_reader import give_tooltip

_NAME = "OOM Tray"
_UNBROKEN = _NAME.replace(" ", "\u00a0")


class Plain(QLabel):
    """Plain text that never breaks a line within the app's name.

    `faint` uses the color of captions, `at_end` aligns to the side where lines end.
    """

    _faint = _tinting = False

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, faint: bool = False, at_end: bool = False, wraps: bool = False,
        bold: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent, wordWrap=wraps)
        self._faint = faint
        self._at_end = at_end
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self._mind_side()
        if bold:
            self.setFont(scaled(self.font(), 1.0, bold=True))
        if faint:
            self._tint()

    def set_faint(self, *, faint: bool) -> None:
        if faint != self._faint:
            self._faint = faint
            self._tint()

    def setText(self, text: str) -> None:
        super().setText(text.replace(_NAME, _UNBROKEN) if _NAME in text else text)

    def show_text(self, text: str) -> None:
        """Set the text; without one, the label is hidden."""
        self.setText(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return super().text().replace(_UNBROKEN, _NAME)

    def _ink(self) -> QColor | None:
        """Return a color of its own for the text, by the palette it has; None for that of all text."""
        return contrast.of(self.palette()).muted if self._faint else None

    def _tint(self) -> None:
        """Use its own color, if it has one; called again after each change of the desktop's colors."""
        self._tinting = True
        self.setPalette(QPalette())
        ink = self._ink()
        if ink is not None:
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, ink)
            self.setPalette(palette)
        self._tinting = False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._mind_side()
        elif event.type() == QEvent.Type.PaletteChange and not self._tinting and self._ink() is not None:
            self._tint()

    def _mind_side(self) -> None:
        self.setAlignment(side_of(self, at_end=self._at_end) | Qt.AlignmentFlag.AlignVCenter)


class Line(Plain):
    """One line as high as its own font, whatever fallback fonts its letters need."""

    @property
    def shown(self) -> str:
        return self.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        right = bool(self.alignment() & Qt.AlignmentFlag.AlignRight)
        write_line(painter, self.contentsRect(), self.shown, right=right)


class Elided(Line):
    """One line, elided if too long, with the full text as its tooltip.

    `middle`: the end says more than the beginning, so the text is cut before its last ` · ` or, without one,
    in the middle.
    """

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, faint: bool = False, middle: bool = False
    ) -> None:
        self._middle = middle
        super().__init__(text, parent, faint=faint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self._mind_tooltip()

    @property
    def shown(self) -> str:
        return self.cut(self.text())

    def cut(self, text: str) -> str:
        """Return the text, elided if it doesn't fit."""
        metrics, room = self.fontMetrics(), self.width()
        if not self._middle:
            return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        head, dot, tail = text.rpartition(" · ")
        rest = room - metrics.horizontalAdvance(dot + tail)
        if head and rest > metrics.horizontalAdvance(head[:1] + "…"):
            return metrics.elidedText(head, Qt.TextElideMode.ElideRight, rest) + dot + tail
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._mind_tooltip()

    def _mind_tooltip(self) -> None:
        give_tooltip(self, self.text() if self.shown != self.text() else "")


class Wrapped(Elided):
    """A text that wraps if it may, has to, and each of its words fits; else it has one line, elided."""

    def let_wrap(self, *, may: bool) -> None:
        if may != self.wordWrap():
            self.setWordWrap(may)
            vertical = QSizePolicy.Policy.Preferred if may else QSizePolicy.Policy.Fixed
            self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)

    def _wraps_in(self, width: int) -> bool:
        wide = self.fontMetrics().horizontalAdvance
        return self.wordWrap() and wide(self.text()) >= width >= max(map(wide, self.text().split()), default=0)

    @property
    def shown(self) -> str:
        return self.text() if self._wraps_in(self.width()) else super().shown

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 1, self.fontMetrics().height())

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(width) if self._wraps_in(width) else self.sizeHint().height()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._wraps_in(self.width()):
            QLabel.paintEvent(self, event)
        else:
            super().paintEvent(event)


def paragraph(parent: QWidget, *, faint: bool = False) -> Plain:
    """Return an empty label for a text that wraps and can be selected with the mouse."""
    label = Plain("", parent, faint=faint, wraps=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def side_of(widget: QWidget, *, at_end: bool = False) -> Qt.AlignmentFlag:
    """Return the side where lines begin, because Qt by itself aligns each text by its own script."""
    mirrored = widget.isRightToLeft()
    side = Qt.AlignmentFlag.AlignRight if mirrored != at_end else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute
