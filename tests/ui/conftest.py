"""Widgets are tried offscreen (tests/conftest.py says so to Qt); an exception in a slot fails its test (pytest-qt)."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_settings(xdg: Path) -> None:
    """No test reads what another has saved."""
