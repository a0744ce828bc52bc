"""Specifies that the fields of numbers and the defaults beside them stand in one column each, on every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from oomtray.ui.settings.controls import NumberField, Switch, label_start
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.settings_window import SettingsWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def test_the_defaults_stand_in_one_column_on_every_page(make: Callable[[], SettingsWindow]) -> None:
    window = make()
    found: dict[str, set[int]] = {}
    for page in PAGES:
        window.show_page(page.id)
        for _ in range(3):
            QApplication.processEvents()
        shown = window.page
        assert not any(row.narrow for row in shown.rows)
        labels = [row.default_label for row in shown.rows]
        labels += [part.default_label for part in (getattr(shown, "expendable", None), shown) if hasattr(part, "default_label")]
        if labels:
            found[page.id] = {label.mapTo(window, QPoint()).x() for label in labels}
    assert len(found) >= 8
    assert len(set.union(*found.values())) == 1, found


def test_the_numbers_stand_in_one_column_on_every_page(make: Callable[[], SettingsWindow]) -> None:
    window = make()
    found: dict[str, set[tuple[int, int]]] = {}
    for page in PAGES:
        window.show_page(page.id)
        for _ in range(3):
            QApplication.processEvents()
        fields = [row.control for row in window.page.rows if isinstance(row.control, NumberField)]
        if fields:
            found[page.id] = {(field.mapTo(window, QPoint()).x(), field.width()) for field in fields}
    assert {"warnings", "notifications", "history"} <= set(found)
    assert len(set.union(*found.values())) == 1, found


@pytest.mark.parametrize("points", [8, 9, 10, 11, 12])
def test_a_default_stands_on_the_line_of_the_name_before_it(qapp: QApplication, make: Callable[[], SettingsWindow], points: int) -> None:
    """Beside a switch it stood a pixel lower."""
    font = qapp.font()
    font.setPointSize(points)
    window = make()
    window.setFont(font)
    window.show_page("notifications")
    window.show()
    for _ in range(3):
        QApplication.processEvents()
    rows = [row for row in window.page.rows if isinstance(row.control, Switch)]
    assert len(rows) >= 4
    for row in rows:
        row.control.setText(row.default_label.text())
        row.control.setChecked(False)
    QApplication.processEvents()
    for row in rows:
        picture = row.grab().toImage()
        text = row.control.geometry().adjusted(label_start(row.control), 0, 0, 0)
        text.setRight(min(text.right(), row.default_label.x() - 1))
        assert _inked(picture, text) == _inked(picture, row.default_label.geometry()), row.path


def _inked(picture: QImage, box: QRect) -> list[int]:
    """Return the lines in which something is written."""
    ground = picture.pixelColor(box.right(), box.bottom())
    return [y for y in range(box.top(), box.bottom() + 1) if any(picture.pixelColor(x, y) != ground for x in range(box.left(), box.right() + 1))]
