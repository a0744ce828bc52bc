"""Work on another thread: its answer comes back to the main one, and to nobody where nobody is left."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from oomtray.ui.qt.background_task import run_in_background


def raises() -> None:
    raise ValueError("no")


@pytest.mark.parametrize(("work", "answer"), [(lambda: (1, "a"), "(1, 'a')"), (raises, "ValueError('no')")])
def test_an_answer_arrives_on_the_main_thread(qtbot: Any, work: Any, answer: str) -> None:
    owner = QObject()
    told: list[tuple[str, int]] = []
    run_in_background(work, lambda result: told.append((repr(result), threading.get_ident())), owner)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told == [(answer, threading.get_ident())]


def test_whoever_asked_may_be_gone_by_then(qtbot: Any) -> None:
    """Deleted while the threads answer, again and again."""
    told = []
    for _ in range(300):
        owner = QObject()
        begun = threading.Event()
        run_in_background(begun.set, told.append, owner)
        begun.wait(10)
        owner.deleteLater()
        QApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    done = []
    QTimer.singleShot(0, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done), timeout=10_000)
    assert told == []


def test_what_only_the_work_held_goes_in_the_main_thread(qtbot: Any) -> None:
    """A widget, say, whose window was closed meanwhile: no other thread may destroy it."""
    owner = QObject()
    ended_in: list[threading.Thread] = []

    class Held(QObject):
        def work(self) -> None:
            pass

    for _ in range(100):
        held = Held()
        weakref.finalize(held, lambda: ended_in.append(threading.current_thread()))
        told: list[object] = []
        run_in_background(held.work, told.append, owner)
        del held
        qtbot.waitUntil(lambda told=told: bool(told), timeout=10_000)

    qtbot.waitUntil(lambda: len(ended_in) == 100, timeout=10_000)
    assert set(ended_in) == {threading.main_thread()}
