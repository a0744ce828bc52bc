"""The icons: in the part of SVG that we draw, crisp at panel sizes, and told apart without color."""

from __future__ import annotations

import itertools
import os
import re
import resource
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from oomtray import APP_ID
from oomtray.ui.qt import colors, icons

STATES = ("calm", "warning", "critical", "paused", "unreadable")
FILES = sorted(Path(icons.ICONS, "states").glob("*.svg"))
SIZES = (16, 22, 24, 32, 48, 64)


def picture(state: str, size: int, dark: bool = False, rim: bool = False) -> QImage:
    return icons.state_icon(state, dark, rim).pixmap(QSize(size, size)).toImage()


def shape(image: QImage) -> list[bool]:
    return [image.pixelColor(x, y).alpha() > 127 for y in range(image.height()) for x in range(image.width())]


@contextmanager
def no_free_descriptor():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as opened:
        last = opened.enter_context(open(os.devnull)).fileno()
        resource.setrlimit(resource.RLIMIT_NOFILE, (last + 1, hard))
        opened.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with suppress(OSError):
            while True:
                opened.enter_context(open(os.devnull))
        yield


def test_every_state_has_its_drawings():
    assert [file.stem for file in FILES] == sorted(
        f"{state}-{master}" for state in STATES for master in (16, 22)
    )


def test_what_cannot_be_read_is_drawn_while_no_file_can_be_opened(qapp):
    icons.read_drawing.cache_clear()
    icons.state_icon.cache_clear()
    picture("calm", 22)
    with no_free_descriptor():
        shown = picture("unreadable", 22)
    assert any(shape(shown))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_drawing_keeps_to_what_we_can_draw(file):
    text = file.read_text()

    assert set(re.findall(r"<(\w+)", text)) == {"svg", "path"}
    assert len(re.findall("<path", text)) == len(icons.read_drawing(str(file)))
    for steps in re.findall(r' d="([^"]*)"', text):
        assert set(re.findall("[A-Za-z]", steps)) <= set("MLHVCZ")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_we_draw_it_as_an_svg_renderer_does(qapp, file):
    state, _, master = file.stem.partition("-")
    size = int(master) * 4
    theirs = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    theirs.fill(Qt.GlobalColor.transparent)
    painter = QPainter(theirs)
    QSvgRenderer(QByteArray(file.read_bytes())).render(painter)
    painter.end()
    ours = icons.state_pixmap(state, dark=False, size=size, ratio=1).toImage()

    unlike = sum(
        max(
            abs(a - b)
            for a, b in zip(ours.pixelColor(x, y).getRgb(), theirs.pixelColor(x, y).getRgb(), strict=True)
        )
        > 40
        for x in range(size)
        for y in range(size)
    )
    assert unlike <= size * size * 0.01


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dark", [False, True])
def test_states_are_told_apart_by_shape_alone(qapp, size, dark):
    shapes = {state: shape(picture(state, size, dark)) for state in STATES}

    for one, other in itertools.combinations(STATES, 2):
        unlike = sum(a != b for a, b in zip(shapes[one], shapes[other], strict=True))
        assert unlike >= 0.08 * size * size, f"{one} and {other}"


@pytest.mark.parametrize("size", [16, 32, 48, 64])
def test_straight_edges_lie_on_pixels(qapp, size):
    """Of a drawing of straight lines next to nothing may be half there."""
    image = picture("calm", size)

    blurred = sum(20 < image.pixelColor(x, y).alpha() < 235 for x in range(size) for y in range(size))

    assert blurred <= size * 0.75  # the four round corners


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("dark", "panel"),
    [
        (False, "#ffffff"),
        (False, "#e8e8e8"),
        (False, "#dedad6"),
        (False, "#2a2e32"),
        (False, "#1d1d20"),
        (False, "#000000"),
        (True, "#2d2f33"),
        (True, "#000000"),
    ],
)
def test_it_is_seen_on_panels_of_either_tone(qapp, state, dark, panel):
    """Under a light theme the panel may be black (GNOME's), dark (Breeze Twilight's) or beige; under a dark one it is dark."""
    image = picture(state, 16, dark)
    seen = {
        image.pixelColor(x, y).rgb()
        for x in range(16)
        for y in range(16)
        if image.pixelColor(x, y).alpha() > 250
    }

    assert max(colors.contrast(QColor(rgb), QColor(panel)) for rgb in seen) >= 3


@pytest.mark.parametrize("state", ["calm", "paused", "unreadable"])
@pytest.mark.parametrize("panel", ["#ffffff", "#808080", "#323232", "#000000", "#2980b9"])
def test_with_a_rim_it_is_seen_on_panels_of_any_color(qapp, state, panel):
    """The last is that of Waybar's tray, as it comes."""
    shown = QImage(22, 22, QImage.Format.Format_RGB32)
    shown.fill(QColor(panel))
    painter = QPainter(shown)
    painter.drawImage(0, 0, picture(state, 22, rim=True))
    painter.end()
    told = [colors.contrast(shown.pixelColor(x, y), QColor(panel)) >= 3 for x in range(22) for y in range(22)]

    assert sum(told) >= 40


@pytest.mark.parametrize("place", ["scalable/apps/{}.svg", "symbolic/apps/{}-symbolic.svg"])
def test_the_apps_own_icon_is_a_valid_svg(place):
    assert QSvgRenderer(str(Path(icons.ICONS, "hicolor", place.format(APP_ID)))).isValid()
