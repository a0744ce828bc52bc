"""The legend of what a process counts as: each part has a look of its own."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette

from oomtray.risk.explain import explain
from oomtray.ui.dialogs.explain_dialog import SumRows
from oomtray.ui.dialogs.parts_bar import PartsLegend
from oomtray.ui.qt import colors
from tests.facts import desktops

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is no window manager."""

_SHAPE = 3.0
"""The least contrast of a shape with what it is on (WCAG 2.1)."""


@pytest.mark.parametrize(("ground", "ink"), [("#000000", "#ffffff"), ("#ffffff", "#000000")])
def test_in_high_contrast_each_part_stands_out_from_the_ground(qtbot, ground, ink):
    shown, made = desktops.desktop("warning"), QPalette()
    for role in ("Window", "Base"):
        made.setColor(QPalette.ColorRole[role], QColor(ground))
    for role in ("WindowText", "Text"):
        made.setColor(QPalette.ColorRole[role], QColor(ink))
    legend = PartsLegend()
    qtbot.addWidget(legend)
    legend.setPalette(made)
    legend.show_parts(explain(shown, shown.apps[0].members[0].process.pid))
    legend.resize(300, 100)
    legend.show()
    picture, grid = legend.grab().toImage(), legend.layout()

    inks = [picture.pixelColor(grid.itemAtPosition(row, 0).geometry().center()) for row in range(3)]

    assert all(colors.contrast(one, QColor(ground)) >= _SHAPE for one in inks), [one.name() for one in inks]
    assert len({one.name() for one in inks}) == 3


def test_it_says_of_a_setting_what_explain_says(qtbot):
    """Details called it by oom_score_adj alone, a name that a user of the desktop doesn't know."""
    shown = desktops.desktop("warning")
    explained = explain(shown, shown.apps[0].members[0].process.pid)
    legend, summed = PartsLegend(), SumRows()
    for widget in (legend, summed):
        qtbot.addWidget(widget)
    legend.show_parts(explained)
    summed.show_sum(explained, "", "")

    said = [legend.layout().itemAtPosition(3, column).widget().text() for column in (1, 2, 3)]

    assert said[0] == "Added by its setting"
    assert "\t".join(said) in summed.text
