"""The lookup of an icon's file: the right size first, through the themes that a theme inherits, nothing that is no picture."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest

from oomtray.desktop.icon_files import read_icon

THEME = """\
[Icon Theme]
Name=Test
Inherits=parent
Directories=16x16/apps,48x48/apps,scalable/apps,16x16/mimetypes

[16x16/apps]
Size=16
Context=Applications
Type=Fixed

[48x48/apps]
Size=48
Context=Applications

[scalable/apps]
Size=64
Type=Scalable
Context=Applications

[16x16/mimetypes]
Size=16
Context=MimeTypes
"""
_number = count()


class Icons:
    def __init__(self, root: Path) -> None:
        # never one that another test has had: what a theme's index says is kept
        self.root = root / f"data{next(_number)}"
        self.environ = {"HOME": str(root / "home"), "XDG_DATA_HOME": str(self.root), "XDG_DATA_DIRS": str(root / "none")}

    def add(self, path: str, content: str | None = None) -> str:
        made = self.root / path
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(f"<{path}" if content is None else content)  # a drawing begins so
        return str(made)

    def found(self, name: str, pixels: int = 24, *themes: str) -> str | None:
        icon = read_icon(name, pixels, themes, self.environ)
        return None if icon is None else icon.content.decode().removeprefix("<")


@pytest.fixture
def icons(tmp_path: Path) -> Icons:
    return Icons(tmp_path)


@pytest.mark.parametrize(
    ("files", "pixels", "chosen"),
    [
        (("16x16", "24x24", "48x48", "scalable"), 24, "24x24"),
        (("16x16", "48x48", "scalable"), 24, "48x48"),
        (("16x16", "scalable"), 24, "scalable"),
        (("16x16", "512x512", "scalable"), 24, "scalable"),
        (("16x16", "512x512"), 24, "512x512"),
        (("16x16", "22x22"), 24, "22x22"),
    ],
)
def test_the_size_that_suits_best(icons: Icons, files: tuple[str, ...], pixels: int, chosen: str) -> None:
    for size in files:
        icons.add(f"icons/hicolor/{size}/apps/x.{'svg' if size == 'scalable' else 'png'}")
    assert (icons.found("x", pixels) or "").split("/")[2:3] == [chosen]


def test_a_theme_comes_before_what_it_inherits_and_that_before_hicolor(icons: Icons) -> None:
    icons.add("icons/test/index.theme", THEME)
    icons.add("icons/parent/index.theme", THEME.replace("Inherits=parent", "Inherits=test,../../etc,hicolor"))
    icons.add("icons/hicolor/24x24/apps/x.png")
    assert icons.found("x", 24, "test") == "icons/hicolor/24x24/apps/x.png"
    icons.add("icons/parent/48x48/apps/x.png")
    assert icons.found("x", 24, "test") == "icons/parent/48x48/apps/x.png"
    icons.add("icons/test/16x16/apps/x.png")
    assert icons.found("x", 24, "test") == "icons/test/16x16/apps/x.png"


def test_no_folder_of_other_things_than_apps_is_looked_into(icons: Icons) -> None:
    icons.add("icons/test/index.theme", THEME)
    icons.add("icons/test/16x16/mimetypes/x.png")
    assert icons.found("x", 16, "test") is None


def test_pictures_outside_of_any_theme(icons: Icons) -> None:
    icons.add("pixmaps/x.xpm")
    assert icons.found("x") == "pixmaps/x.xpm"
    assert icons.found("x.png") == "pixmaps/x.xpm"


def test_an_absolute_path(icons: Icons) -> None:
    assert icons.found(icons.add("app/icon.png", "picture")) == "picture"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x\0y", "/etc/passwd", "/nowhere/x.png", "missing"])
def test_what_is_no_icon(icons: Icons, name: str) -> None:
    assert icons.found(name) is None


def test_no_pipe_device_or_flood_is_read(icons: Icons) -> None:
    icons.add("icons/hicolor/24x24/apps/large.png", "x" * 600_000)
    icons.add("icons/hicolor/scalable/apps/large.svg", "<" + "x" * 200_000)
    folder = icons.root / "icons/hicolor/24x24/apps"
    os.mkfifo(folder / "pipe.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "loop.png").symlink_to("loop.png")
    assert [icons.found(name) for name in ("large", "pipe", "zero", "loop")] == [None] * 4
