"""Kernel files that answer page by page are read to their end, whole or up to what is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def test_what_stands_far_down_in_a_list_is_found(mappings: RereadFile) -> None:
    assert mappings.search(re.compile(rb"\n[0-9a-f-]+ [^\n]*" + re.escape(NEAR_ITS_END)))


def test_what_stands_nowhere_in_a_list_is_not_found(mappings: RereadFile) -> None:
    assert mappings.search(re.compile(rb"\nno such line\n")) is None
