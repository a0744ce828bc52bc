"""Specifies what the settings look like where the desktop asks for high contrast, and where lines begin on the right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication

from oomtray.ui.qt import colors, contrast
from oomtray.ui.settings.page import Card
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.ui.gallery import DARK, palette
from tests.ui.gallery_list import CONTRAST
from tests.ui.looks import looks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def test_cards_have_edges_and_captions_the_ink_of_names(make: Callable[[], SettingsWindow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colors, "wants_high_contrast", lambda: True)
    window = make()
    found = contrast.of(window.palette(), on_base=True)
    card = window.page.findChildren(Card)[0]
    edge = QColor(card.grab().toImage().pixel(card.width() // 2, 0))
    assert abs(edge.lightness() - found.text.lightness()) < 16
    caption = window.page.rows[0].default_label
    assert caption.palette().color(caption.foregroundRole()) == contrast.of(window.palette()).text


def test_a_link_is_underlined_and_as_dark_as_words(make: Callable[[], SettingsWindow], monkeypatch: pytest.MonkeyPatch) -> None:
    def longest() -> int:
        """Pixels of the row with the most ink."""
        image = window.link.grab().toImage()
        ground = image.pixel(0, 0)
        return max(sum(image.pixel(x, y) != ground for x in range(image.width())) for y in range(image.height()))

    window = make()
    assert longest() < 0.8 * window.link.width()
    monkeypatch.setattr(colors, "wants_high_contrast", lambda: True)
    found = colors.of(window.palette())
    assert colors.link(window.palette()) == found.text
    assert found.muted == found.line == found.text, "so it is in the popup, whose colors these are"
    assert longest() > 0.9 * window.link.width()


def test_colors_that_are_black_and_white_ask_for_it_too() -> None:
    found = contrast.of(palette(CONTRAST), on_base=True)
    assert found.line == found.muted == found.text
    assert colors.of(palette(CONTRAST)).calm == found.calm == found.text, "bars look alike in the popup and the dialogs"
    assert contrast.of(palette(DARK)).line != contrast.of(palette(DARK)).text


def test_what_can_not_be_changed_recedes_and_is_read_all_the_same(make: Callable[[], SettingsWindow]) -> None:
    with looks(CONTRAST):
        rows = {row.path: row for row in make().show_page("step-in").rows}
        control = rows["step_in.kill_seconds"].control
        assert not control.isEnabled()
        ink = control.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        assert 4.5 < colors.contrast(ink, QColor(CONTRAST["Base"])) < 16


def test_from_right_to_left_the_name_of_a_page_stands_beside_its_sign(make: Callable[[], SettingsWindow]) -> None:
    window = make()
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    pages = window.list
    row = pages.visualItemRect(pages.item(1))
    ink = drawn(pages.viewport().grab(row).toImage())
    assert ink.right() > row.width() - 40, "the sign"
    assert ink.left() > row.width() - 60 - 1.2 * pages.fontMetrics().horizontalAdvance(pages.item(1).text())


def drawn(image: QImage) -> QRect:
    """Around what isn't the ground."""
    ground = image.pixel(2, 2)
    places = [QPoint(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) != ground]
    return QRect(QPoint(min(at.x() for at in places), 0), QPoint(max(at.x() for at in places), image.height()))
