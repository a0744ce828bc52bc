"""Widgets are tried offscreen (tests/conftest.py says so to Qt); an exception in a slot fails its test (pytest-qt)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.messages import names


@pytest.fixture(autouse=True)
def _own_settings(xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads what another has saved, or names apps by what is installed here."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(xdg / "data"))
    yield
    names.forget_all()


@pytest.fixture(autouse=True)
def _garbage_in_one_thread() -> Iterator[None]:
    """No worker destroys the widgets that an earlier test left: as in the app, where `GarbageCollector` sees to it."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="package", autouse=True)
def _no_garbage_for_other_tests() -> Iterator[None]:
    yield
    gc.collect()
