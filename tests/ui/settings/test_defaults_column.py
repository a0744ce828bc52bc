"""Specifies that the fields of numbers and the defaults beside them stand in one column each, on every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from oomtray.ui.settings.controls import NumberField
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
