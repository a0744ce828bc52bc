"""Which processes a TARGET of a command means: a pid, a process's name, an app's key or name."""

from __future__ import annotations

import os
import threading
from queue import Queue

import pytest

from oomtray.actions.targets import resolve
from oomtray.messages.changes import no_match
from oomtray.risk.assessment import Assessment
from tests.facts.assessments import app, assessment, risk
from tests.facts.processes import process

TAB1, TAB2, SHELL, SELF, THREAD, GHOST, HOSTILE = 11, 12, 13, 14, 15, 16, 17


@pytest.fixture
def world() -> Assessment:
    tabs = (
        risk(of=process(TAB1, name="Web Content"), rank=1),
        risk(of=process(TAB2, name="tab"), rank=2),
    )
    others = (
        risk(of=process(SHELL, name="bash"), rank=3),
        risk(of=process(SELF, name="bash"), rank=4),
        risk(of=process(THREAD, name="tab", kernel_thread=True), rank=None),
        risk(of=process(GHOST, name="ghost", state="Z"), rank=None),
        risk(of=process(HOSTILE, name="a\x1b[2J\n"), rank=5),
    )
    return assessment(risks=(*tabs, *others), apps=(app("firefox", members=tabs, name="Firefox Web Browser"),))


@pytest.mark.parametrize(
    ("word", "pids"),
    [
        pytest.param("13", [SHELL], id="pid"),
        pytest.param("0013", [SHELL], id="pid-with-zeros"),
        pytest.param("14", [SELF], id="own-pid-by-number"),
        pytest.param("99", [], id="no-such-pid"),
        pytest.param("9" * 5000, [], id="absurd-number"),
        pytest.param("0", [], id="zero"),
        pytest.param("-13", [], id="negative"),
        pytest.param("١٣", [], id="digits-of-another-script"),
        pytest.param("bash", [SHELL], id="name-but-not-ourselves"),
        pytest.param("Bash", [], id="case-counts"),
        pytest.param("bas", [], id="no-part-of-a-name"),
        pytest.param("Web Content", [TAB1], id="name-with-a-space"),
        pytest.param("firefox", [TAB1, TAB2], id="app-key"),
        pytest.param("Firefox Web Browser", [TAB1, TAB2], id="app-name"),
        pytest.param("tab", [TAB2], id="no-kernel-thread-of-that-name"),
        pytest.param("ghost", [GHOST], id="a-zombie-where-nothing-else-has-the-name"),
        pytest.param("a\x1b[2J\n", [HOSTILE], id="hostile-name-as-it-is"),
        pytest.param("a\\x1b[2J\\n", [HOSTILE], id="hostile-name-as-it-is-shown"),
        pytest.param("", [], id="empty"),
    ],
)
def test_what_a_word_means(world: Assessment, word: str, pids: list[int]) -> None:
    (match,) = resolve([word], world, but=SELF)
    assert [process.pid for process in match.processes] == pids
    assert match.several is (len(pids) > 1)


@pytest.mark.parametrize(
    ("word", "says"),
    [("99", "There is no process 99."), ("x\n", "There is no process or app called x\\n.")],
    ids=["pid", "name"],
)
def test_what_is_missing_is_named(world: Assessment, word: str, says: str) -> None:
    (match,) = resolve([word], world)
    assert no_match(match) == says


def test_a_threads_id_means_its_process() -> None:
    ids, done = Queue[int](), threading.Event()
    thread = threading.Thread(target=lambda: (ids.put(threading.get_native_id()), done.wait()))
    thread.start()
    try:
        us = assessment(risks=(risk(of=process(os.getpid(), name="python"), rank=1),))
        (match,) = resolve([str(ids.get())], us)
        assert [one.pid for one in match.processes] == [os.getpid()]
    finally:
        done.set()
        thread.join()
