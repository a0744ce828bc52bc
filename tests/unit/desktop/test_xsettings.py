"""What a settings daemon publishes on X11 is read as the specification has it, and nothing of what isn't."""

from __future__ import annotations

import struct

import pytest

from oomtray.desktop.xsettings import parse
from tests.rigs.desktop.settings_daemon import packed

SETTINGS: dict[str, int | str] = {
    "Net/ThemeName": "Greybird-dark",
    "Gtk/FontName": "Noto Sans CJK KR 한 11",
    "Net/DoubleClickTime": 600,
    "Xft/Antialias": -1,
    "A": "",
}
COLOR = struct.pack("<BxH", 2, 4) + b"Cola" + struct.pack("<I4H", 1, 0, 0, 0, 0)


@pytest.mark.parametrize("order", ["<", ">"])
def test_texts_and_numbers_are_read_in_either_order_of_bytes(order: str) -> None:
    assert parse(packed(SETTINGS, order=order)) == SETTINGS


def test_a_color_is_passed_over() -> None:
    data = packed(SETTINGS)
    with_color = data[:8] + struct.pack("<I", len(SETTINGS) + 1) + COLOR + data[12:]
    assert parse(with_color) == SETTINGS


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\7" + packed(SETTINGS)[1:], id="no order of bytes"),
        pytest.param(packed(SETTINGS)[:-8], id="cut off in a text"),
        pytest.param(packed({"Net/DoubleClickTime": 600})[:-2], id="cut off in a number"),
        pytest.param(packed({"Net/ThemeName": "x"})[:20], id="cut off in a name"),
        pytest.param(struct.pack("<BxxxII", 0, 1, 0xFFFFFFFF), id="more than there are"),
        pytest.param(struct.pack("<BxxxIIBxH", 0, 1, 1, 9, 0) + bytes(8), id="an unknown type"),
        pytest.param(packed({"Net/ThemeName": "xyzw"}).replace(b"xyzw", b"\xff\xff\xff\xff"), id="no UTF-8"),
    ],
)
def test_what_is_not_as_specified_says_nothing(data: bytes) -> None:
    assert parse(data) == {}
