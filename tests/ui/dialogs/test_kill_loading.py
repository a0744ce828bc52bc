"""A log that is dropped on the window is read as far as its size and memory allow, however it is packed, and no longer than somebody waits."""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path
from threading import Event

import pytest

from oomtray.history.database import Database
from oomtray.history.kills import put_kills
from oomtray.history.recorder import user_recorder
from oomtray.history.samples import put
from oomtray.kernel.files import boot_id
from oomtray.kernel.kill_log.facts import Killed, KillReport
from oomtray.risk.kill_event import Dead, KillEvent
from oomtray.risk.report_event import from_report
from oomtray.ui.dialogs import kill_loading
from oomtray.ui.dialogs.kill_loading import keep, logged, recorded
from tests.facts.memory import memory
from tests.facts.recorded import sample

HEAD = (
    "[ {at}.000001] cc1plus invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
    "[ {at}.000001] Node 0 DMA: 1*4kB (U) = 4kB\n"
    "[ {at}.000001] 262144 pages RAM\n"
    "[ {at}.000001] 0 pages reserved\n"
    "[ {at}.000001] Total swap = 0kB\n"
    "[ {at}.000001] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
)
ROW = "[ {at}.000001] [{pid:7}]  1000 {pid:5}   500000 {rss:8}   800000        0             0 cc1plus\n"
KILL = (
    "[ {at}.000001] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=cc1plus,pid=9,uid=1000\n"
    "[ {at}.000001] Out of memory: Killed process 9 (cc1plus) total-vm:2000000kB, anon-rss:800000kB, file-rss:0kB, shmem-rss:0kB, UID:1000"
    " pgtables:800kB oom_score_adj:0\n"
)


def report(at: int, tasks: int) -> str:
    rows = "".join(ROW.format(at=at, pid=pid, rss=200_000 if pid == 9 else pid) for pid in range(2, tasks + 2))
    return HEAD.format(at=at) + rows + KILL.format(at=at)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "kern.log.1.gz"


def test_what_is_packed_counts_as_large_as_it_is_unpacked(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_loading, "MOST_BYTES", 100_000)
    log.write_bytes(gzip.compress((report(1, 20) + "x\n" * 100_000 + report(2, 20)).encode()))
    assert [entry.event.victims[0].pid for entry in logged(str(log), Event())] == [9]


def test_who_closes_the_window_waits_for_no_unpacking(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, got = Event(), 0

    class Endless(io.RawIOBase):
        def __init__(self, **_: object) -> None:
            super().__init__()

        def read1(self, size: int) -> bytes:
            nonlocal got
            got += size
            assert got < 64 << 20, "nobody stops it"
            if got > 4 << 20:
                stop.set()
            return b"x" * (size - 1) + b"\n"

    monkeypatch.setattr(gzip, "GzipFile", Endless)
    log.write_bytes(gzip.compress(b"x"))
    assert logged(str(log), stop) == []


def test_of_very_long_rankings_the_oldest_are_as_the_record_keeps_them(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_loading, "_MOST_RANKED", 1000)
    log.write_bytes(gzip.compress("".join(report(at * 700, 300) for at in range(1, 6)).encode()))
    assert [len(entry.event.ranking or ()) for entry in logged(str(log), Event())] == [300, 300, 100, 100, 100]
    monkeypatch.setattr(kill_loading, "MOST", 4)
    assert [len(entry.event.ranking or ()) for entry in logged(str(log), Event())] == [300, 300, 300, 100]
    monkeypatch.setattr(kill_loading, "_MOST_RANKED", 200_000)
    assert [len(entry.event.ranking or ()) for entry in logged(str(log), Event())] == [300] * 4
    monkeypatch.setattr(kill_loading, "_MOST_RANKED", 200)
    assert [len(entry.event.ranking or ()) for entry in logged(str(log), Event())] == [300, 100, 100, 100]


@pytest.mark.parametrize("has_begun", [False, True], ids=["nothing is recorded yet", "after the first reading"])
def test_what_was_killed_before_the_first_start_is_among_what_is_recorded(has_begun: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `oomtray kills` lists it; its report joins it once it is recorded."""
    now = time.time()
    killed = KillReport(killer="kernel", outcome="killed", time=now - 8, victims=(Killed(pid=7, name="mysqld"),))
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [killed])
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 2)
    if has_begun:
        seen = KillEvent(time=now - 2, boot=boot_id(), count=2, killer="kernel", outcome="killed", victims=(Dead(pid=8, name="java"),))
        with Database().writing() as connection:
            put(connection, [sample(now - 5, memory(oom_kills=1))])
            put_kills(connection, [seen], now)
    java = [("java", (1,))] if has_begun else []
    assert [(entry.event.victims[0].name, entry.numbers) for entry in recorded()] == [*java, ("mysqld", ())]
    assert [(entry.event.victims[0].name, bool(entry.numbers)) for entry in keep([from_report(killed, "kernel-log")])] == [
        *(("java", True) for _ in java),
        ("mysqld", True),
    ]


def test_what_was_asked_for_here_is_no_news_at_the_next_start() -> None:
    now = time.time()
    killed = KillReport(killer="kernel", outcome="killed", time=now - 8, victims=(Killed(pid=7, name="mysqld"),))
    keep([from_report(killed, "kernel-log")])
    assert [one.event.victims[0].name for one in user_recorder().untold_kills(now - 60)] == []
    with Database().writing() as connection:
        put_kills(connection, [KillEvent(time=now - 2, killer="kernel", outcome="killed", victims=(Dead(pid=8, name="java"),))], now)
    assert [one.event.victims[0].name for one in user_recorder().untold_kills(now - 60)] == ["java"]


def test_a_kill_that_nobody_was_shown_is_told_of_again_once() -> None:
    now, recorder = time.time(), user_recorder()
    (java,) = recorder.add_kills([KillEvent(time=now - 2, killer="kernel", outcome="killed", victims=(Dead(pid=8, name="java"),))])
    left = []
    for change in (lambda: recorder.add_told([java]), lambda: recorder.take_told_back([java.id, 0]), lambda: recorder.add_told([java])):
        change()
        left.append([one.id for one in user_recorder().untold_kills(now - 60)])
    assert left == [[], [java.id], []]


def test_what_is_only_counted_waits_until_it_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 4)
    monkeypatch.setattr("oomtray.kernel.visibility.sees_all", lambda: True)
    with Database().writing() as connection:
        put(connection, [sample(time.time() - 5, memory(oom_kills=1))])
    assert recorded() == []
