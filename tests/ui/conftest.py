"""Widgets are tried offscreen (tests/conftest.py says so to Qt); an exception in a slot fails its test (pytest-qt)."""

from __future__ import annotations

import gc
import locale
import os
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from oomtray.messages import names
from tests.rigs.processes.programs import DEADLINE


@pytest.fixture(autouse=True)
def _own_settings(xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads what another has saved, or names apps by what is installed here, or kills by this machine's log."""
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _since: [])
    monkeypatch.setenv("XDG_DATA_DIRS", str(xdg / "data"))
    yield
    names.forget_all()


@pytest.fixture(autouse=True)
def _user_of_the_desktops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests is uid 1000, whose processes those of `tests.facts` are; root stays root."""
    if os.getuid() != 0:
        monkeypatch.setattr(os, "getuid", lambda: 1000)


class PatientQtBot(QtBot):
    """Waits as long as a rig does where a test doesn't say: pytest-qt's own 5 s are short for a thread on a busy machine."""

    waitSignal = partialmethod(QtBot.waitSignal, timeout=round(DEADLINE * 1000))
    waitSignals = partialmethod(QtBot.waitSignals, timeout=round(DEADLINE * 1000))
    waitUntil = partialmethod(QtBot.waitUntil, timeout=round(DEADLINE * 1000))
    waitExposed = partialmethod(QtBot.waitExposed, timeout=round(DEADLINE * 1000))


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    return PatientQtBot(request)


@pytest.fixture(autouse=True)
def _what_the_system_says_is_read_anew() -> None:
    """No test is told in Korean that there is no such file, as an earlier one was: the C library keeps what it has translated
    until the locale changes, whatever LANGUAGE says by then.
    """
    now = locale.setlocale(locale.LC_MESSAGES)
    locale.setlocale(locale.LC_MESSAGES, "C" if now != "C" else "C.UTF-8")
    locale.setlocale(locale.LC_MESSAGES, now)


@pytest.fixture(autouse=True)
def _garbage_in_one_thread() -> Iterator[None]:
    """No thread destroys the widgets that an earlier test left: as in the app, where `GarbageCollector` sees to it.

    Not between two tests either, as a thread that nobody waits for may go on until then.
    """
    gc.disable()
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()  # or each full collection would go through all modules and all tests
    yield
    # what pytest-qt has told to go goes in an event loop, which hardly a test runs: all windows would stay, and follow each change of font
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(2 if gc.get_count()[2] > gc.get_threshold()[2] > 0 else 1)


@pytest.fixture(scope="package", autouse=True)
def _no_garbage_for_other_tests() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()
    gc.collect()
