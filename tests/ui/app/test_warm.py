"""Loading the popup ahead of its first opening leaves garbage collection on, also where a part can not be loaded."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from oomtray.ui.app.application import App


@pytest.fixture
def collecting() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("collecting", "qapp")
def test_garbage_is_collected_again_once_all_is_loaded() -> None:
    App._warm(None)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


@pytest.mark.usefixtures("collecting", "qapp")
def test_garbage_is_collected_again_though_a_part_can_not_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "oomtray.ui.popup.popup", None)
    with pytest.raises(ImportError):
        App._warm(None)
    assert gc.isenabled()
