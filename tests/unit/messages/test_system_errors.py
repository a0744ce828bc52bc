"""Specifies in which words the system's refusals are told."""

from __future__ import annotations

import errno

import pytest

from oomtray.messages.system_errors import of_file, system_error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        pytest.param(PermissionError(errno.EACCES, "Permission denied"), "Permission denied", id="known"),
        pytest.param(errno.EROFS, "Read-only file system", id="its number"),
        pytest.param(OSError(errno.EXDEV, "Invalid cross-device link"), "Invalid cross-device link", id="rare"),
        pytest.param(errno.EXDEV, "EXDEV", id="the number of a rare one"),
        pytest.param(OSError("the bus closed the connection"), "the bus closed the connection", id="without a number"),
    ],
)
def test_why_the_system_refused(error: OSError | int, says: str) -> None:
    assert system_error(error) == says


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param(("/a\nb",), "/a\\nb: Permission denied", id="a file"),
        pytest.param(("",), "(an empty name): Permission denied", id="without a name"),
        pytest.param((), "Permission denied", id="none"),
    ],
)
def test_which_file_it_is_about(file: tuple[str, ...], says: str) -> None:
    assert of_file(PermissionError(errno.EACCES, "Permission denied", *file)) == says
