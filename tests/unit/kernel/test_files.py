"""Kernel files that answer page by page are read to their end, whole or up to the number that is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.kernel.files import CHUNK, RereadFile, read_bytes

LIST, NEAR_ITS_END = "/proc/self/smaps", b"[vdso]"
"""Some hundred bytes for each mapping: a read of it ends with a page."""


@pytest.fixture
def mappings() -> Iterator[RereadFile]:
    reader = RereadFile(LIST)
    yield reader
    reader.close()


def test_the_kernel_gives_such_a_list_in_pieces(mappings: RereadFile) -> None:
    assert len(mappings.read()) < CHUNK
    assert NEAR_ITS_END not in mappings.read()


def test_a_list_is_read_to_its_end() -> None:
    assert NEAR_ITS_END in read_bytes(LIST)


def test_a_number_far_down_in_a_list_is_found(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("".join(f"line_{number:04} {number:05}\n" for number in range(2 * CHUNK // 16 + 3)))
    counts = RereadFile(str(path))
    assert [counts.count(b"line_%04d" % number) for number in (0, 1, 600, 1026)] == [0, 1, 600, 1026]
    assert counts.count(b"line_9999") is None
    assert counts.count(b"ine_0001") is None
    counts.close()


def test_what_is_no_number_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("oom_kill many\n")
    counts = RereadFile(str(path))
    assert counts.count(b"oom_kill") is None
    counts.close()
