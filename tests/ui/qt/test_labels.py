"""Labels of one line: text that mixes scripts stands on one baseline and takes no more room than the label's own font."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

from oomtray.ui.qt.labels import Elided, Line, Plain, Wrapped


def may_wrap(text):
    label = Wrapped(text)
    label.let_wrap(may=True)
    return label


@pytest.mark.parametrize("kind", [Line, Elided, may_wrap])
def test_letters_of_another_font_do_not_move_the_baseline(qtbot, kind):
    bottoms = {text: lowest_ink(qtbot, kind, text, letter=text.index("H")) for text in ("H", "H 가나다", "가나다 H")}

    assert len({*bottoms.values()}) == 1, bottoms


def lowest_ink(qtbot, kind, text, *, letter):
    """The row of pixels below which the letter has none."""
    label = kind(text)
    qtbot.addWidget(label)
    palette = QPalette(QColor("white"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("black"))
    label.setPalette(palette)
    label.setFixedSize(200, 40)
    picture = label.grab().toImage()
    left = label.fontMetrics().horizontalAdvance(text[:letter]) + 1
    columns = range(left, left + label.fontMetrics().horizontalAdvance("H") - 2)
    return max(y for y in range(picture.height()) if any(picture.pixelColor(x, y).lightness() < 128 for x in columns))


def test_no_line_ends_within_our_own_name(qtbot):
    label = Plain("Rules that come with OOM Tray.")
    qtbot.addWidget(label)
    assert QLabel.text(label) == "Rules that come with OOM\u00a0Tray."
    label.setText("OOM Tray ends")
    assert QLabel.text(label) == "OOM\u00a0Tray ends"
    assert label.text() == "OOM Tray ends", "as it was set"
