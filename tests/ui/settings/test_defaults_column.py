"""Specifies that the defaults stand in one column on every page, whatever its fields are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

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
        assert not any(row.is_narrow for row in shown.rows)
        labels = [row.default_label for row in shown.rows]
        labels += [part.default_label for part in (getattr(shown, "expendable", None), shown) if hasattr(part, "default_label")]
        if labels:
            found[page.id] = {label.mapTo(window, QPoint()).x() for label in labels}
    assert len(found) >= 8
    assert len(set.union(*found.values())) == 1, found
