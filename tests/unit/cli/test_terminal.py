"""What a terminal is given: columns that fit, and color, cursor and signs only where they work."""

from __future__ import annotations

import pytest

from oomtray.cli.table import Column, Row, table
from oomtray.cli.terminal import Terminal
from oomtray.text import wrap


@pytest.mark.parametrize(
    ("limit", "line"),
    [
        pytest.param(None, "7  a-long-name", id="pipe"),
        pytest.param(14, "7  a-long-name", id="fits"),
        pytest.param(13, "7  a-long-na…", id="one-short"),
        pytest.param(8, "7  a-lo…", id="least"),
        pytest.param(5, "7  a…", id="narrower-than-the-table-can-be"),
    ],
)
def test_a_column_is_cut_to_its_least_and_then_the_line(limit: int | None, line: str) -> None:
    heads = (Column("", right=True), Column("", least=5))
    assert table(heads, [Row(("7", "a-long-name"))], Terminal(columns=limit))[1] == line


class Stream:
    def __init__(self, *, tty: bool, encoding: str = "utf-8") -> None:
        self.tty, self.encoding = tty, encoding

    def isatty(self) -> bool:
        return self.tty

    def fileno(self) -> int:
        raise OSError("no window here tells its size")


@pytest.mark.parametrize(
    ("tty", "env", "color", "cursor"),
    [
        pytest.param(True, {"TERM": "xterm"}, True, True, id="terminal"),
        pytest.param(False, {"TERM": "xterm"}, False, False, id="pipe"),
        pytest.param(True, {"TERM": "xterm", "NO_COLOR": "1"}, False, True, id="no-color"),
        pytest.param(True, {"TERM": "xterm", "NO_COLOR": ""}, True, True, id="no-color-empty-means-nothing"),
        pytest.param(True, {"TERM": "dumb"}, False, False, id="dumb"),
        pytest.param(True, {}, False, False, id="no-term"),
        pytest.param(False, {"TERM": "xterm", "CLICOLOR_FORCE": "1"}, False, False, id="a-pipe-stays-plain"),
    ],
)
def test_color_and_cursor_only_on_a_capable_terminal(
    tty: bool, env: dict[str, str], color: bool, cursor: bool
) -> None:
    terminal = Terminal.of(Stream(tty=tty), env)  # type: ignore[arg-type]
    assert (terminal.color, terminal.cursor) == (color, cursor)
    assert (terminal.columns is None) == (not tty)


@pytest.mark.parametrize(
    ("columns_", "width"), [("132", 132), ("0", 80), ("-5", 80), ("wide", 80), ("٣", 80), ("9" * 5000, 80), (None, 80)]
)
def test_the_width_is_that_of_the_window_unless_columns_says_otherwise(
    columns_: str | None, width: int
) -> None:
    env = {"TERM": "xterm"} | ({} if columns_ is None else {"COLUMNS": columns_})
    assert Terminal.of(Stream(tty=True), env).columns == width  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("encoding", "has"), [("utf-8", True), ("ascii", False), ("latin-1", False), ("nonsense", False)]
)
def test_typographic_signs_only_where_the_encoding_has_them(encoding: str, has: bool) -> None:
    assert Terminal.of(Stream(tty=False, encoding=encoding), {}).typographic is has  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limit", "first", "indent", "lines"),
    [
        pytest.param(None, "7  ", None, ["7  normal: 5 % used, 22.4 GiB of 23.5 GiB left"], id="pipe"),
        pytest.param(20, "7  ", None, ["7  normal: 5 % used,", "   22.4 GiB of", "   23.5 GiB left"], id="as far as the first"),
        pytest.param(30, "", 2, ["normal: 5 % used, 22.4 GiB", "  of 23.5 GiB left"], id="as far as said"),
        pytest.param(10, "   ", None, ["   normal: 5 %", "   used, 22.4 GiB", "   of 23.5 GiB left"], id="narrower than texts can be"),
    ],
)
def test_a_text_is_broken_between_words_and_indented(limit: int | None, first: str, indent: int | None, lines: list[str]) -> None:
    assert Terminal(columns=limit).hanging("normal: 5 % used, 22.4 GiB of 23.5 GiB left", first, indent).split("\n") == lines


def test_a_number_stays_with_its_unit() -> None:
    assert wrap("is 5 %, or 12 MiB.", 4) == ["is", "5 %,", "or", "12 MiB."]
    assert wrap("약 199 MiB를 확보, 남은 양 5 GiB(전체", 9) == ["약", "199 MiB를", "확보,", "남은 양", "5 GiB(전체"]
    assert wrap("by a % sign", 5) == ["by a", "%", "sign"], "a sign of its own"
