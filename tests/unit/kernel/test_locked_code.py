"""What locks the interpreter's code where a part of Python is missing; what it locks is tested in tests/system."""

from __future__ import annotations

import sys

import pytest

from oomtray.kernel.locked_code import lock_code


def test_a_python_without_ctypes_locks_nothing_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that was built without libffi: `watch` ended after its first line."""
    monkeypatch.delitem(sys.modules, "ctypes", raising=False)
    monkeypatch.setitem(sys.modules, "_ctypes", None)

    assert lock_code() == 0
