"""An update replaces the program's files while it runs: what fails after that is explained, once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from oomtray.ui.app.start import Replaced


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "__init__.py"
    path.write_text("old")
    return path


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What the hook before it was told of."""
    found: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: found.append(error))
    return found


def fail(hook: Replaced) -> ImportError:
    error = ImportError("cannot import name 'new'")
    hook(ImportError, error, None)
    return error


def test_what_fails_in_the_version_that_was_started_is_only_reported(
    qtbot: QtBot, package: Path, reported: list[BaseException]
) -> None:
    hook = Replaced(str(package))
    with qtbot.assertNotEmitted(hook.told):
        error = fail(hook)
    assert reported == [error]


@pytest.mark.parametrize("way", ["another file", "none"])
def test_what_fails_after_an_update_is_told_once(
    qtbot: QtBot, package: Path, reported: list[BaseException], way: str
) -> None:
    hook = Replaced(str(package))
    package.rename(package.with_suffix(".old"))
    if way == "another file":
        package.write_text("new")
    with qtbot.waitSignal(hook.told):
        first = fail(hook)
    with qtbot.assertNotEmitted(hook.told):
        second = fail(hook)
    assert reported == [first, second]
