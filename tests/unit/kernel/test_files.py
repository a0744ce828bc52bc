"""A file that keeps its reader waiting is left after a while, and one that doesn't is read up to a limit."""

from __future__ import annotations

import os

import pytest

from oomtray.kernel.files import read_in_time
from tests.rigs.processes.programs import wait_for


def test_what_does_not_come_in_time_is_unknown_and_the_file_is_closed_once_it_does() -> None:
    read, write = os.pipe()
    assert read_in_time(read, 10, 0.05) is None
    os.close(write)
    wait_for(lambda: not is_open(read), "the reading to end")


@pytest.mark.parametrize(("content", "told"), [(b"", b""), (b"short", b"short"), (b"longer than that", b"longer tha")])
def test_a_file_is_read_to_its_end_or_to_the_limit(content: bytes, told: bytes) -> None:
    read, write = os.pipe()
    os.write(write, content)
    os.close(write)
    assert read_in_time(read, 10, 30) == told
    assert not is_open(read)


def test_an_error_is_the_readers() -> None:
    directory = os.open("/", os.O_RDONLY)
    with pytest.raises(IsADirectoryError):
        read_in_time(directory, 10, 30)
    assert not is_open(directory)


def is_open(descriptor: int) -> bool:
    return os.path.lexists(f"/proc/self/fd/{descriptor}")
