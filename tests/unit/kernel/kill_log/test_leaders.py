"""The first rows of a ranking are the same whether all of a table is read or only what can come first."""

from __future__ import annotations

import io
import random

import pytest

from oomtray.kernel.kill_log import task_table
from oomtray.kernel.kill_log.leaders import Leaders
from oomtray.kernel.kill_log.reading import read
from oomtray.kernel.kill_log.row_sieve import Sieve, Sieved, pattern
from oomtray.risk.postmortem import cause, ranking

COLUMNS = "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
ORDER = ("pid", "uid", "tgid", "total_vm", "rss", "pgtables_bytes", "swapents", "oom_score_adj", "name")
ADJUSTMENTS = ([0], [0, 0, 0, -1000], [0] * 20 + [-900, 300, 1000], [-1000, 1000], [2, 999])


def report(chance: random.Random, release: str) -> bytes:
    """Of up to 200 tasks, the first of which by badness was killed, or another."""
    adjustments, largest = chance.choice(ADJUSTMENTS), 10 ** chance.randrange(1, 7)
    tasks = [
        (pid, chance.choice([0, 1000]), chance.randrange(largest), chance.randrange(1, largest), chance.choice([0, 0, chance.randrange(largest)]), chance.choice(adjustments))
        for pid in chance.sample(range(1, 40_000), chance.randrange(60, 200))
    ]
    if chance.random() < 0.5:
        tasks[0] = (1, *tasks[0][1:])
    rows = "".join(
        f"[{pid:7}] {uid:5} {pid:5} {2 * rss:8} {rss:8} {tables * 64:8} {swap:8}         {adj:5} t-{pid}\n" for pid, uid, rss, tables, swap, adj in tasks
    )
    victim = max(tasks, key=lambda task: (task[5], task[2] + task[4])) if chance.random() < 0.8 else chance.choice(tasks)
    return (
        f"t invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nCPU: 0 PID: 5 Comm: t Not tainted {release}\n"
        f"Node 0 Normal: 1*4kB (U) = 4kB\n0 pages in swap cache\nFree swap  = 0kB\nTotal swap = 4kB\n1000000 pages RAM\n0 pages reserved\n"
        f"{COLUMNS}{rows}Out of memory: Killed process {victim[0]} (t-{victim[0]}) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\n"
    ).encode()


@pytest.mark.parametrize("release", ["6.1.0-9", "4.4.0-9"])
def test_a_ranking_begins_as_that_of_the_whole_table(release: str) -> None:
    chance = random.Random(11)
    fewer = ranked = 0
    for _ in range(300):
        log = report(chance, release)
        (whole,), (first,) = read(io.BytesIO(log), 1e9), read(io.BytesIO(log), 1e9, 5)
        assert whole.whole_table
        assert first.whole_table
        assert ranking(whole, 5) == ranking(first, 5)
        assert cause(whole) == cause(first)
        fewer += len(first.tasks) < len(whole.tasks)
        ranked += ranking(whole, 5) is not None
    assert fewer > 50
    assert ranked > 50


@pytest.mark.parametrize("prefix", ["[ 4711.123456] ", "Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] ", ""])
def test_rankings_of_one_machine_begin_as_those_of_the_whole_tables(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    sieved: list[Sieved] = []
    add = task_table.TaskTable.add_sieved
    monkeypatch.setattr(task_table.TaskTable, "add_sieved", lambda table, rows: (sieved.append(rows), add(table, rows)))
    log = "".join(prefix + line for _ in range(150) for line in report(chance, "6.1.0-9").decode().splitlines(keepends=True)).encode()
    whole, first = [*read(io.BytesIO(log), 1e9)], [*read(io.BytesIO(log), 1e9, 5)]
    assert len(whole) == len(first) == 150
    for one, other in zip(whole, first, strict=True):
        assert ranking(one, 5) == ranking(other, 5)
        assert (one.victims, one.machine, one.whole_table, cause(one)) == (other.victims, other.machine, other.whole_table, cause(other))
    assert len(sieved) > 50
    assert sum(len(one.large) for one in sieved) < sum(one.count for one in sieved)


@pytest.mark.parametrize("most", [None, 5])
def test_a_table_without_swap_is_only_asked_for_the_victims_row(most: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    sieved: list[Sieved] = []
    add = task_table.TaskTable.add_sieved
    monkeypatch.setattr(task_table.TaskTable, "add_sieved", lambda table, rows: (sieved.append(rows), add(table, rows)))
    log = ""
    for count in range(20):
        rows = "".join(f"[{pid:5}] {pid:5} {pid:5}     2671        1   {pid % 4}     -17         {pid % 2000 - 1000:5} t 12\n" for pid in range(700, 900))
        log += (
            f"t invoked oom-killer: gfp_mask=0x280da, order=0, oom_adj=0\n[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name\n{rows}"
            f"Out of memory: Kill process {700 + count} (t 12) score 16 or sacrifice child\nKilled process {700 + count} (t 12) total-vm:8kB, anon-rss:4kB, file-rss:4kB\n"
        )
    prefixed = "".join(f"Mar  3 10:11:12 shop-1 kernel: [ 4711.{at:06}] {line}\n" for at, line in enumerate(log.splitlines()))
    victims = [victim for event in read(io.BytesIO(prefixed.encode()), 1e9, most) for victim in event.victims]
    assert [(victim.uid, victim.adj) for victim in victims] == [(pid, pid - 1000) for pid in range(700, 720)]
    assert sum(one.count for one in sieved) > 10 * 200


def test_a_sieve_lets_small_rows_pass_and_keeps_the_others_apart() -> None:
    sieve = Sieve(ORDER, (("rss", 2500), ("swapents", 10), ("pgtables_bytes", 100_000)))

    def is_small(rss: int, swap: int, tables: int, adj: int) -> bool:
        row = f"[   1000]     0  1000  9999999 {rss:8} {tables:8} {swap:8}         {adj:5} t\n".encode()
        found = pattern(sieve, 0, b"").match(row)
        assert found is not None
        assert found.end() == len(row)
        return found[1] is None

    for rss in (0, 9, 99, 999, 1000, 1999, 2000, 2399, 2499):
        assert is_small(rss, 9, 99_999, 0)
        assert is_small(rss, 0, 4096, -1000)
    for rss in (2500, 2999, 3000, 9999, 10_000, 24_990):
        assert not is_small(rss, 0, 4096, 0)
    assert not is_small(0, 10, 4096, 0)
    assert not is_small(0, 0, 100_000, 0)
    assert not is_small(0, 0, 4096, 1)
    assert not is_small(0, 0, 4096, -100)


@pytest.mark.parametrize("line", ["[   1000]  0  1000  9  9  9  9  0 \u00e4", "[   1000]  0  1000  9  9  9  9  0", "[   1000]  0  1000  9  9  9  9  0 more than 15 bytes", "Call Trace:"])
def test_a_sieve_ends_at_what_needs_a_look(line: str) -> None:
    sieve = Sieve(ORDER, (("rss", 2500), ("swapents", 10)))
    found = pattern(sieve, 0, b"").match(line.encode() + b"\n")
    assert found is not None
    assert found.end() == 0


def rows(count: int = 100) -> list[bytes]:
    return [f"[{pid:7}]     0 {pid:5} {pid:8} {pid:8} {4096:8} {0:8}         {0:5} t".encode() for pid in range(1000, 1000 + count)]


def test_the_largest_lead() -> None:
    assert Leaders(ORDER, 4096).of(rows(), 5) == rows()[-40:]  # 97 % of what the sixth holds, without its page table


@pytest.mark.parametrize("row", [b"[   1000] a", b"[   1000]     0  1000     1000     1000     4096        0             0 \xc3\xa4", b""])
def test_rows_that_need_a_look_are_all_read(row: bytes) -> None:
    assert Leaders(ORDER, 4096).of([row, *rows()], 5) is None
