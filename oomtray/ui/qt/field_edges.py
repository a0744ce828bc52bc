"""Gives fields, buttons, check boxes, menus and the focus a visible edge where Fusion draws them.

Fusion uses the window's color, a little darker, which around a dark field in a dark window is invisible. It
takes that color from the widget's palette, so the palettes of these classes are set here: no style sheet,
which would cost a megabyte, and nothing at all if the desktop has a style of its own.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

from oomtray.ui.qt import colors
from oomtray.ui.qt.buttons import EdgedButton

LEAST_HEIGHT = 32
"""Height in pixels of a field, and of a button beside one."""
_KINDS = "QLineEdit", "QAbstractSpinBox", "QComboBox", "QPlainTextEdit", EdgedButton.__name__
_MENU = "QMenu"
_BOX = "QCheckBox"
_BUILT_IN = {"fusion", "windows"}
_DARKER = 140
"""Percentage by which Fusion darkens the window's color for an edge (QFusionStylePrivate::outline)."""
_HINT = 0.72
"""Share of the text color in placeholder text in high contrast, so that it isn't taken for input."""
_SEEN = 3.0
"""Contrast of a shape (WCAG 2.1, 1.4.11)."""
_DISABLED_LIGHTER = 115
"""Percentage by which it then lightens the edge of what is disabled."""
_RECEDES = 0.65
"""Share of a disabled edge in its mix with the window."""
_FLAT = 120
"""Percentage that about cancels the light that Fusion gives a button's face in a dark window."""
_HIGHLIGHT_DARKER = 125
"""The percentage for the highlight: the edge of the focused widget and the default button (`highlightedOutline`)."""
_BLUE = 214
"""The hue of a highlight that has none."""
_YELLOW = 0xFFFFFFDC
"""A tooltip's color in light and dark alike if the desktop sets none (QPalette::ToolTipBase)."""
_given_for: list[int] = []
"""Cache key of the application palette that was last processed."""


def give_edges() -> None:
    """Set palettes for all present and future fields, buttons, menus and tooltips, unless the colors are unchanged."""
    palette = QApplication.palette()
    if _given_for == [palette.cacheKey()] or not is_fusion():
        return
    _given_for[:] = [palette.cacheKey()]
    own = edged(palette)
    for kind in _KINDS:
        QApplication.setPalette(own, kind)  # type: ignore[arg-type]  # PySide wants str, whatever its stubs say
    QApplication.setPalette(edged(palette, focused=False), _MENU)  # type: ignore[arg-type]  # selects in the desktop's color
    box = QPalette(own)
    box.setColor(QPalette.ColorRole.Window, _lighter(colors.edge_of_box(palette)))
    QApplication.setPalette(box, _BOX)  # type: ignore[arg-type]
    QToolTip.setPalette(_of_tooltips(palette))


def edged(palette: QPalette, *, focused: bool = True) -> QPalette:
    """Return a palette with which Fusion draws visible edges and readable placeholder text.

    If `focused`, the focus edge too is made visible in a dark window.
    """
    made = QPalette(palette)
    edge = colors.edge(palette)
    group, role = QPalette.ColorGroup.Active, QPalette.ColorRole.Window
    if edge != palette.color(group, role).darker(_DARKER):
        made.setColor(role, _lighter(edge))
        _dim(made, palette.color(group, role), edge)
    inside = colors.of(palette, on_base=True)
    hint = colors.blend(inside.text, inside.ground, _HINT) if inside.stark else inside.muted  # the text color in high contrast
    made.setColor(QPalette.ColorRole.PlaceholderText, hint)
    if focused:
        _brighten(made, palette)
    return made


def _dim(made: QPalette, window: QColor, edge: QColor) -> None:
    """Let what is disabled recede: Fusion lightens its edge, and leaves a button's face as it is."""
    group, role = QPalette.ColorGroup.Disabled, QPalette.ColorRole
    made.setColor(group, role.Window, _lighter(colors.blend(edge, window, _RECEDES)).darker(_DISABLED_LIGHTER))
    made.setColor(group, role.Button, made.color(group, role.Button).darker(_FLAT))


def _brighten(made: QPalette, palette: QPalette) -> None:
    group, role = QPalette.ColorGroup.Active, QPalette.ColorRole
    found, highlight = colors.of(palette), palette.color(group, role.Highlight)
    if colors.contrast(highlight.darker(_HIGHLIGHT_DARKER), found.ground) >= _SEEN:
        return
    bright = found.calm.lighter(_HIGHLIGHT_DARKER)
    if found.stark:  # other edges are white already
        bright = QColor.fromHsl(hue if (hue := highlight.hslHue()) >= 0 else _BLUE, 255, 190)
    made.setColor(role.Highlight, bright)
    inks = (palette.color(group, role.HighlightedText), found.ground)
    made.setColor(role.HighlightedText, max(inks, key=lambda ink: colors.contrast(ink, bright)))


def _of_tooltips(palette: QPalette) -> QPalette:
    """Return an empty palette if the desktop has colors for tooltips."""
    role = QPalette.ColorRole
    made = QPalette()
    if palette.color(role.ToolTipBase).rgb() == _YELLOW:
        found = colors.of(palette, on_base=True)
        made.setColor(role.ToolTipBase, colors.of(palette).track if found.dark and not found.stark else found.ground)
        made.setColor(role.ToolTipText, found.text)
    return made


def _lighter(edge: QColor) -> QColor:
    return edge.lighter(_DARKER)


def is_fusion() -> bool:
    """Whether Fusion is the style in use.

    The style itself is asked only if there are others: for that PySide first sets up all of QStyle, 230 kB.
    """
    if _BUILT_IN.issuperset(map(str.casefold, QStyleFactory.keys())):
        return True
    return QApplication.style().name() == "fusion"
