"""Where the popup's icon is taken to be: where it is, else where it was clicked, else where panels have it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect

from oomtray.ui.tray import position
from oomtray.ui.tray.position import anchor, likely_place

SCREEN = QRect(0, 0, 1280, 800)
POINTER = QPoint(418, 430)


@pytest.mark.parametrize(
    ("free", "place"),
    [
        pytest.param(QRect(0, 0, 1280, 756), QPoint(1279, 799), id="a panel below"),
        pytest.param(QRect(0, 32, 1280, 768), QPoint(1279, 0), id="a panel above"),
        pytest.param(QRect(0, 32, 1280, 724), QPoint(1279, 0), id="both"),
        pytest.param(QRect(48, 0, 1232, 800), QPoint(0, 799), id="a panel at the left"),
        pytest.param(QRect(0, 0, 1232, 800), QPoint(1279, 799), id="a panel at the right"),
        pytest.param(QRect(48, 32, 1232, 768), QPoint(1279, 0), id="a panel above, and a dock at the left"),
        pytest.param(SCREEN, POINTER, id="no panel is known"),
    ],
)
def test_an_icon_that_nobody_has_clicked_is_at_the_end_of_a_panel(free: QRect, place: QPoint) -> None:
    assert likely_place(SCREEN, free, POINTER) == place


@pytest.mark.parametrize(
    ("geometry", "clicked", "found"),
    [
        pytest.param(QRect(600, 0, 24, 24), QPoint(9, 9), QRect(600, 0, 24, 24), id="the panel says where it is"),
        pytest.param(QRect(), QPoint(9, 9), QRect(9, 9, 1, 1), id="it was clicked"),
        pytest.param(QRect(), QPoint(99999, 9), QRect(418, 430, 1, 1), id="the screen on which it was clicked is gone"),
        pytest.param(QRect(), None, QRect(418, 430, 1, 1), id="nothing is known, not even a panel"),
    ],
)
def test_what_is_known_best_counts(
    qtbot: object, monkeypatch: pytest.MonkeyPatch, geometry: QRect, clicked: QPoint | None, found: QRect
) -> None:
    monkeypatch.setattr(position, "on_x11", lambda: True)
    monkeypatch.setattr(position.QCursor, "pos", lambda: POINTER)

    assert anchor(geometry, clicked) == found


def test_under_wayland_nothing_is_known(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(position, "on_x11", lambda: False)

    assert anchor(QRect(600, 0, 24, 24), QPoint(9, 9)) is None
