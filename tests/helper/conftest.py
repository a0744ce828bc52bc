"""The helper loaded as a module, processes of other users for it to change, and a directory of units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import ModuleType

import pytest

from tests.helper.support import ANA, Served, Target, lines, load_helper
from tests.helper.units import System


@pytest.fixture(scope="session")
def helper() -> ModuleType:
    return load_helper()


@pytest.fixture
def target() -> Iterator[Callable[..., Target]]:
    """Makes processes that end with the test."""
    with ExitStack() as targets:
        yield lambda *uids, **options: targets.enter_context(closing(Target(*uids, **options)))


@pytest.fixture
def serve(helper: ModuleType) -> Callable[..., Served]:
    """In process, without the frame of main(): serve("own", asker, request...)."""
    return lambda verb, asker, *requests, **roots: Served(helper, verb, asker, lines(*requests), **roots)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


@pytest.fixture
def ask(serve: Callable[..., Served], system: System) -> Callable[..., Served]:
    return lambda *requests: serve("unit", ANA, *requests, **system.roots)
