"""The change service of a user, with a journal of its own and real processes to change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.config import Presets
from tests.rigs.processes.sleepers import Spawn, sleepers


@pytest.fixture
def spawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawn]:
    with sleepers(tmp_path_factory.mktemp("bin")) as made:
        yield made


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(str(tmp_path / "journal"))


@pytest.fixture
def changer(journal: Journal) -> Changer:
    """Of a user: what the kernel refuses may be asked for."""
    return Changer(Presets(), journal=journal, helper="/bin/true", pkexec="/bin/true", as_root=False)
