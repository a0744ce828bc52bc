"""Names and sizes as a person reads them: harmless, within their columns, a dash for the unknown."""

from __future__ import annotations

import subprocess

import pytest

from oomtray.kernel.process_handle import open_process
from oomtray.text import (
    COMM_BYTES,
    UNKNOWN,
    adjustment,
    columns,
    fit,
    pad,
    parse_size,
    printable,
    raw_bytes,
    size,
    wrap,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Web Content", "Web Content", id="ordinary"),
        pytest.param("한글 프로그램", "한글 프로그램", id="korean-stays"),
        pytest.param("a\nb\rc\td", "a\\nb\\rc\\td", id="line-ends-and-tabs"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="terminal-escape"),
        pytest.param("\x9b31m", "\\x9b31m", id="eight-bit-escape"),
        pytest.param("a\x7fb\x00c", "a\\x7fb\\x00c", id="delete-and-nul"),
        pytest.param("abc\u202edcba", "abc\\u202edcba", id="right-to-left-override"),
        pytest.param("a\u200bb\ufeff", "a\\u200bb\\ufeff", id="invisible"),
        pytest.param("a\u2028b", "a\\u2028b", id="line-separator"),
        pytest.param("a\U000e0041", "a\\U000e0041", id="invisible-beyond-the-first-plane"),
        pytest.param("a\udcffb", "a\\udcffb", id="undecodable-byte"),
        pytest.param("a\\xffb", "a\\xffb", id="already-written-out"),
        pytest.param("a\u3000b", "a\u3000b", id="wide-space-is-text"),
        pytest.param("새 브라우\\xec\\xa0", "새 브라우…", id="cut-inside-a-character"),
        pytest.param("a브라우저\\xec\\x9b", "a브라우저…", id="cut-after-two-bytes-of-three"),
        pytest.param("한글 메모\\xec\\x9e", "한글 메모…", id="cut-where-it-has-a-space"),
        pytest.param("paint-program\\xf0\\x9f", "paint-program…", id="cut-inside-an-emoji"),
        pytest.param("\\xff브라우\x1b저\\xe6", "\\xff브라우\\x1b저…", id="cut-with-worse-before-it"),
        pytest.param("브라우저\\xec\\x9b", "브라우저\\xec\\x9b", id="shorter-so-not-cut"),
        pytest.param("a브라우저\\xff\\x9b", "a브라우저\\xff\\x9b", id="no-beginning-of-a-character"),
        pytest.param("<b>&amp;", "<b>&amp;", id="markup-is-the-widgets-affair"),
        pytest.param("", "", id="empty"),
        pytest.param("  ", "\\x20\\x20", id="of spaces"),
        pytest.param("\u3000", "\\u3000", id="of a wide space"),
    ],
)
def test_a_hostile_name_is_shown_as_one_harmless_line(name: str, shown: str) -> None:
    assert printable(name) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, UNKNOWN),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KiB"),
        (1024, "1.0 KiB"),
        (812 * 1024, "812 KiB"),
        (int(3.4 * 1024**3), "3.4 GiB"),
        (99.94 * 1024**2, "99.9 MiB"),
        (99.96 * 1024**2, "100 MiB"),
        (1000 * 1024**2, "1.0 GiB"),
        (-5 * 1024**2, "-5.0 MiB"),
        (5000 * 1024**5, "5000 PiB"),
    ],
)
def test_a_size_has_three_digits_and_a_binary_unit(count: float | None, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("4096", 4096),
        ("13G", 13 << 30),
        ("800m", 800 << 20),
        (" 1.5 GiB ", 3 << 29),
        ("2tb", 2 << 40),
        ("", None),
        ("G", None),
        ("1,5G", None),
        ("-1G", None),
        ("1P", None),
        pytest.param("4\u212a", None, id="kelvin-sign"),  # a K to whoever ignores the case
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, count: int | None) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize(("value", "shown"), [(None, UNKNOWN), (0, "0"), (233, "+233"), (-500, "-500")])
def test_an_adjustment_has_its_sign(value: int | None, shown: str) -> None:
    assert adjustment(value) == shown


@pytest.mark.parametrize(
    ("text", "width"),
    [
        pytest.param("bash", 4, id="latin"),
        pytest.param("한글", 4, id="korean"),
        pytest.param("\u1112\u1161\u11ab", 2, id="korean-as-single-jamo"),
        pytest.param("漢字かな", 8, id="chinese-and-japanese"),
        pytest.param("e\u0301t\u00e9", 3, id="combining-accent"),
        pytest.param("\uff21\uff22\uff23", 6, id="fullwidth-latin"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_columns_count_as_a_terminal_does(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        pytest.param("firefox", 7, "firefox", id="fits"),
        pytest.param("firefox", 6, "firef…", id="latin"),
        pytest.param("한글이름", 8, "한글이름", id="korean-fits"),
        pytest.param("한글이름", 7, "한글이…", id="korean-odd"),
        pytest.param("한글이름", 6, "한글…", id="korean-half-a-character-short"),
        pytest.param("firefox", 1, "…", id="one-column"),
        pytest.param("firefox", 0, "", id="no-room"),
    ],
)
def test_a_cut_text_never_exceeds_its_columns(text: str, width: int, cut: str) -> None:
    assert fit(text, width) == cut
    assert columns(cut) <= max(width, 0)


def test_padding_counts_columns_too() -> None:
    assert pad("한글", 6) == "한글  "
    assert pad("한글", 6, right=True) == "  한글"


def test_lines_break_at_spaces_and_a_long_word_stands_alone() -> None:
    assert wrap("the kernel would kill 한글이름 (1)", 12) == ["the kernel", "would kill", "한글이름 (1)"]
    assert wrap("a incomprehensibilities b", 5) == ["a", "incomprehensibilities", "b"]
    assert wrap("as it is", None) == ["as it is"]


def test_a_name_that_the_kernel_cut_inside_a_character_is_kept_and_shown_rounded_off(tmp_path) -> None:
    program = tmp_path / "새 브라우저웹"
    program.symlink_to("/bin/sh")
    shell = subprocess.Popen([program, "-c", "read line"], stdin=subprocess.PIPE)
    with shell, open_process(shell.pid, None) as process:
        name = process.name

    assert name == "새 브라우\\xec\\xa0"
    assert printable(name) == "새 브라우…"
    assert raw_bytes(name) == "새 브라우저웹".encode()[:COMM_BYTES]
