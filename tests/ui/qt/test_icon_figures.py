"""The icons with how much memory is used, and in one ink: told apart by their shapes."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from oomtray.ui.qt import icon_figures, icons

STATES = ("calm", "warning", "critical", "paused", "unreadable")
SIZES = (16, 22, 24, 32, 48, 64)


def picture(state: str, size: int = 22, *, symbolic: bool = False, shows: str = "shape", step: int = 0) -> QImage:
    return icon_figures.figure_icon(state, False, symbolic, shows, step).pixmap(QSize(size, size)).toImage()


def seen(image: QImage) -> list[bool]:
    return [image.pixelColor(x, y).alpha() > 127 for y in range(image.height()) for x in range(image.width())]


@pytest.mark.parametrize(
    ("shows", "used", "step"),
    [("shape", 70.0, 0), ("percent", 73.4, 73), ("percent", 100.0, 99), ("percent", None, 0), ("fill", 100.0, 12), ("fill", 4.0, 0), ("fill", 51.0, 6)],
)
def test_the_step(shows: str, used: float | None, step: int) -> None:
    assert icon_figures.step_of(shows, used) == step


@pytest.mark.parametrize("size", SIZES)
def test_one_ink_has_one_ink(qapp, size: int) -> None:
    for state in STATES:
        image = picture(state, size, symbolic=True)
        inks = {image.pixelColor(x, y).name() for x in range(size) for y in range(size) if image.pixelColor(x, y).alpha() == 255}
        assert inks == {icons.ON_ANY["ink"]}, state


@pytest.mark.parametrize("size", SIZES)
def test_the_states_differ_in_one_ink(qapp, size: int) -> None:
    shapes = [seen(picture(state, size, symbolic=True)) for state in STATES]
    for one, other in itertools.combinations(shapes, 2):
        assert sum(a != b for a, b in zip(one, other, strict=True)) > size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shows", ["fill", "percent"])
def test_more_memory_used_is_more_ink(qapp, shows: str, size: int) -> None:
    steps = (0, 6, 12) if shows == "fill" else (11, 41, 71)
    bar = [sum(image.pixelColor(x, round(size * (0.44 if shows == "fill" else 0.81))).alpha() for x in range(size))
           for image in (picture("calm", size, shows=shows, step=step) for step in steps)]  # fmt: skip
    assert bar == sorted(set(bar))


def test_the_number_stands_in_the_shape_from_22_pixels_on(qapp) -> None:
    for state in ("warning", "critical"):
        assert picture(state, 16, shows="percent", step=88) == picture(state, 16)
        assert picture(state, 22, shows="percent", step=88) != picture(state, 22, shows="percent", step=96)


@pytest.mark.parametrize("state", ["paused", "unreadable"])
def test_what_is_not_read_has_no_number(qapp, state: str) -> None:
    assert picture(state, shows="percent", step=88) == picture(state)
