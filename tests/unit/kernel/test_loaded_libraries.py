"""Which libraries the process has loaded, by the beginning of their file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.loaded_libraries import is_loaded

MAPS = """7f10c2a00000-7f10c2a21000 r--p 00000000 fe:00 131 /usr/lib/x86_64-linux-gnu/libKF6StatusNotifierItem.so.6.13.0
7f10c2b00000-7f10c2b01000 rw-p 00000000 00:00 0 [heap]
"""


@pytest.mark.parametrize(
    ("begins", "loaded"),
    [
        (("libKF6StatusNotifierItem.",), True),
        (("libdbusmenu-lxqt.", "libKF6StatusNotifierItem."), True),
        (("libKF6StatusNotifier.",), False),
        (("StatusNotifierItem.",), False),
    ],
)
def test_a_library_is_known_by_the_beginning_of_its_name(tmp_path: Path, begins: tuple[str, ...], loaded: bool) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self/maps").write_text(MAPS)

    assert is_loaded(*begins, proc=f"{tmp_path}") is loaded


def test_this_process_has_its_c_library_and_without_proc_none_is_known(tmp_path: Path) -> None:
    assert is_loaded("libc.", "libc-", "ld-musl-")
    assert not is_loaded("libc.", proc=f"{tmp_path}")
