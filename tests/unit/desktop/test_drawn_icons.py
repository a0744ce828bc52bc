"""Which drawings are no icons: those that have Qt read another file, and those that take it minutes to draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.desktop.drawn_icons import is_harmless
from oomtray.desktop.icon_files import read_icon

PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="


def drawing(inner: str, before: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{before}<svg {names} width="64" height="64">{inner}</svg>'.encode()


def use_of(level: int) -> str:
    return f'<use xlink:href="#a{level}"/>'


def nested(levels: int, each: int) -> str:
    groups = "".join(
        f'<g id="a{level}">{use_of(level - 1) * each}</g>' for level in range(1, levels)
    )
    return f'<defs><g id="a0"><path d="M0 0"/></g>{groups}</defs><use href="#a{levels - 1}"/>'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(drawing('<rect width="9" height="9"/>', '<?xml version="1.0" encoding="UTF-8"?>\n'), id="plain"),
        pytest.param(b"\xef\xbb\xbf" + drawing(""), id="with a byte order mark"),
        pytest.param(drawing(f'<image xlink:href="{PNG}"/>'), id="a picture in it"),
        pytest.param(drawing('<a href="https://example.org"><rect/></a>'), id="a link"),
        pytest.param(drawing('<linearGradient href="#b" gradientUnits="userSpaceOnUse"/>' * 99), id="gradients"),
        pytest.param(drawing('<path id="a"/>' + '<use href="#a"/>' * 200), id="one thing many times"),
        pytest.param(drawing("".join(f'<path id="a{n}"/><use href="#a{n}"/>' for n in range(100))), id="many things once"),
        pytest.param(drawing(nested(3, 10)), id="a few within a few"),
    ],
)
def test_usual_drawings_are_taken(content: bytes) -> None:
    assert is_harmless(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(drawing('<image xlink:href="/tmp/pipe"/>'), id="a file"),
        pytest.param(drawing('<image alt=">" href = \'file:///tmp/pipe\'/>'), id="its address"),
        pytest.param(drawing('<image href="&#47;tmp/pipe"/>'), id="an escaped path"),
        pytest.param(drawing('<image href="data:image/svg+xml;base64,PHN2Zz4="/>'), id="a drawing in the drawing"),
        pytest.param(drawing(f'<image href="{PNG}base64,PHN2Zz4="/>'), id="a drawing behind a picture"),
        pytest.param(drawing("", '<?xml-stylesheet type="text/css" href="#x"?>'), id="a style sheet"),
        pytest.param(drawing("&a;", '<!DOCTYPE svg [<!ENTITY a "b">]>'), id="entities"),
        pytest.param(drawing("").decode().encode("utf-16"), id="UTF-16"),
        pytest.param(drawing("", '<?xml version="1.0" encoding="UTF-7"?>'), id="another encoding"),
        pytest.param(drawing("").decode().encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(b"\x1f\x8b\x08\x02", id="compressed"),
        pytest.param(drawing(nested(10, 10)), id="ten levels of ten"),
        pytest.param(drawing(nested(60, 2)), id="sixty levels of two"),
        pytest.param(drawing(nested(10, 10).replace(" id=", " xml:id=")), id="by their other ids"),
        pytest.param(drawing('<g id="a"><use href="#a"/></g>' + '<use href="#a"/>' * 20), id="one in itself"),
        pytest.param(
            drawing("".join(f'<g id="{n}">' for n in range(2000)) + '<use href="#x"/>' * 100 + "</g>" * 2000),
            id="many groups around",
        ),
        pytest.param(drawing('<g id="a"><use href="#a"></g>' * 9), id="no XML"),
    ],
)
def test_what_could_hold_up_the_reader_is_none(content: bytes) -> None:
    assert not is_harmless(content)


def test_such_a_file_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "app.svg"
    path.write_bytes(drawing("<rect/>"))
    assert read_icon(str(path), 32) is not None
    path.write_bytes(drawing('<image href="/tmp/pipe"/>'))
    assert read_icon(str(path), 32) is None
