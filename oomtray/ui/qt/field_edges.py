"""Edges of text fields, choice boxes, check boxes and menus that can be seen, also of what has the keyboard, where Fusion draws them.

It takes the window's color, a little darker: around a dark field in a dark window that is no edge at all. It finds that color in
the palette of the field, so what is set here is the palette of these kinds of widgets: no style sheet, which would cost a megabyte,
and nothing where the desktop has a style of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QStyleFactory, QToolTip

from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import grown

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LEAST_HEIGHT = 32
"""Pixels of a field, and of a button that stands beside one."""
_AIR = 24
"""Pixels beside a button's words, on both sides together."""
MOST_AIR = 24
"""Pixels, where large letters leave little room for several buttons."""
_KINDS = "QLineEdit", "QAbstractSpinBox", "QComboBox", "QPlainTextEdit"
_MENU = "QMenu"
_BOX = "QCheckBox"
_BUILT_IN = {"fusion", "windows"}
_DARKER = 140
"""Per cent by which Fusion darkens the window's color for an edge (QFusionStylePrivate::outline)."""
_HINT = 0.72
"""Share of the text's color in what stands in an empty field in high contrast: it isn't taken for what somebody wrote."""
_SEEN = 3.0
"""Contrast of a shape (WCAG 2.1, 1.4.11)."""
_HIGHLIGHT_DARKER = 125
"""The same of the highlight, for the edge of what has the keyboard and of the default button (`highlightedOutline`)."""
_YELLOW = 0xFFFFFFDC
"""Of a tooltip, in light and dark alike, where the desktop says nothing of it (QPalette::ToolTipBase)."""
_given_for: list[int] = []
"""The palette of the application for which it was done."""


def give_edges() -> None:
    """To every field, menu and tooltip that there is or will be; again after the desktop's colors have changed. Else it does nothing."""
    palette = QApplication.palette()
    if _given_for == [palette.cacheKey()] or not is_fusion():
        return
    _given_for[:] = [palette.cacheKey()]
    own = edged(palette)
    for kind in _KINDS:
        QApplication.setPalette(own, kind)  # type: ignore[arg-type]  # PySide wants text, whatever its stubs say
    QApplication.setPalette(edged(palette, focused=False), _MENU)  # type: ignore[arg-type]  # it chooses in the desktop's color
    box = QPalette(own)
    box.setColor(QPalette.ColorRole.Window, _lighter(colors.edge_of_box(palette)))
    QApplication.setPalette(box, _BOX)  # type: ignore[arg-type]
    QToolTip.setPalette(_of_tooltips(palette))


def give_edges_in(window: QWidget) -> None:
    """To the fields and to the buttons of a window, but for those that paint themselves."""
    give_edges()
    for button in window.findChildren(QPushButton):
        if type(button) is QPushButton:
            give_edge(button)


def edged(palette: QPalette, *, focused: bool = True) -> QPalette:
    """The palette with which Fusion draws an edge that can be seen, and what stands in an empty field can be read.

    `focused`: also the edge of what has the keyboard, which else goes out in a dark window.
    """
    made = QPalette(palette)
    edge = colors.edge(palette)
    group, role = QPalette.ColorGroup.Active, QPalette.ColorRole.Window
    if edge != palette.color(group, role).darker(_DARKER):
        made.setColor(role, _lighter(edge))
    inside = colors.of(palette, on_base=True)
    hint = colors.blend(inside.text, inside.ground, _HINT) if inside.stark else inside.muted  # which is the text's then
    made.setColor(QPalette.ColorRole.PlaceholderText, hint)
    if focused:
        _brighten(made, palette)
    return made


def _brighten(made: QPalette, palette: QPalette) -> None:
    group, role = QPalette.ColorGroup.Active, QPalette.ColorRole
    found, highlight = colors.of(palette), palette.color(group, role.Highlight)
    if colors.contrast(highlight.darker(_HIGHLIGHT_DARKER), found.ground) >= _SEEN:
        return
    bright = found.calm.lighter(_HIGHLIGHT_DARKER)
    if found.stark:  # where other edges are white already
        bright = QColor.fromHsl(max(found.calm.hslHue(), 0), 255, 190)
    made.setColor(role.Highlight, bright)
    inks = (palette.color(group, role.HighlightedText), found.ground)
    made.setColor(role.HighlightedText, max(inks, key=lambda ink: colors.contrast(ink, bright)))


def _of_tooltips(palette: QPalette) -> QPalette:
    """Nothing where the desktop has colors for them."""
    role = QPalette.ColorRole
    made = QPalette()
    if palette.color(role.ToolTipBase).rgb() == _YELLOW:
        found = colors.of(palette, on_base=True)
        made.setColor(role.ToolTipBase, colors.of(palette).track if found.dark and not found.stark else found.ground)
        made.setColor(role.ToolTipText, found.text)
    return made


def give_edge(button: QWidget) -> None:
    """To one that stands beside a field."""
    button.setPalette(edged(QApplication.palette()) if is_fusion() else QPalette())


def give_air(button: QPushButton, most: int = 1000) -> None:
    """At its sides: Fusion leaves as few pixels beside large letters and Korean ones as beside small ones. `most`: where there is little room."""
    button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + min(grown(_AIR, button.font()), most))


def _lighter(edge: QColor) -> QColor:
    return edge.lighter(_DARKER)


def is_fusion() -> bool:
    """Whether it draws here. Asked of the style itself only where there are others: to name that, PySide first sets up all of QStyle, 230 kB."""
    if _BUILT_IN.issuperset(map(str.casefold, QStyleFactory.keys())):
        return True
    return QApplication.style().name() == "fusion"
