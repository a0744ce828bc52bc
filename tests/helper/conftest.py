"""The helper loaded as a module, and processes of other users for it to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from types import ModuleType
from typing import Any

import pytest

from tests.helper.support import Target, lines, load_helper


@pytest.fixture(scope="session")
def helper() -> ModuleType:
    return load_helper()


@pytest.fixture
def target() -> Iterator[Callable[..., Target]]:
    """Makes processes that end with the test."""
    with ExitStack() as targets:
        yield lambda *uids, **options: targets.enter_context(closing(Target(*uids, **options)))


class Served:
    """The answers to one request, and what went to the system log."""

    def __init__(self, helper: ModuleType, verb: str, asker: int, data: bytes, **roots: str) -> None:
        self.answers: list[dict[str, Any]] = []
        self.log: list[tuple[int, str]] = []
        log = lambda level, text: self.log.append((level, text))  # noqa: E731
        asked = helper.parse([verb], data)
        self.status = helper.serve(asked, asker, helper.Roots(log=log, **roots), self.answers.append)

    @property
    def errors(self) -> list[str | None]:
        return [answer["error"] for answer in self.answers]


@pytest.fixture
def serve(helper: ModuleType) -> Callable[..., Served]:
    """In process, without the frame of main(): serve("own", asker, request...)."""
    return lambda verb, asker, *requests, **roots: Served(helper, verb, asker, lines(*requests), **roots)
