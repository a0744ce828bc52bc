"""Qt keeps pixmaps while something is shown or may be soon, and none while the icon alone is there and all is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QIcon, QPixmap, QPixmapCache
from PySide6.QtWidgets import QWidget

from oomtray.risk.outlook import Level
from oomtray.ui.app.pixmap_cache import keep_pixmaps
from tests.facts import desktops


@pytest.fixture(autouse=True)
def _put_back(qapp) -> Iterator[None]:
    limit = QPixmapCache.cacheLimit()
    yield
    QPixmapCache.setCacheLimit(limit)


def test_what_a_panel_asked_for_is_not_kept() -> None:
    QPixmapCache.insert("drawn earlier", QPixmap(64, 64))

    keep_pixmaps(desktops.desktop())
    QIcon(QPixmap(64, 64)).pixmap(16, 16)

    assert QPixmapCache.find("drawn earlier") is None
    assert not QPixmapCache.insert("asked for", QPixmap(16, 16))


def test_a_shown_window_s_are_kept_until_it_is_closed(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

    keep_pixmaps(desktops.desktop())
    assert QPixmapCache.insert("drawn", QPixmap(64, 64))
    assert QPixmapCache.find("drawn") is not None

    window.hide()
    keep_pixmaps(desktops.desktop())
    assert QPixmapCache.find("drawn") is None


def test_they_are_kept_where_it_is_not_known_that_all_is_well() -> None:
    short = replace(desktops.desktop(), level=Level("warning", 0.0, "used"))

    for found in (short, None):
        QPixmapCache.setCacheLimit(0)
        keep_pixmaps(found)
        assert QPixmapCache.insert("drawn", QPixmap(64, 64))
