"""Two reports whose lines come in between each other are two kills, of which nothing is told that can't be told apart."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

import pytest

from oomtray.kernel.kill_log.reading import Reading, read

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.facts import KillReport

NEW = """\
{asks} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 1 PID: {asks_pid} Comm: {asks} Not tainted 6.1.0-13-amd64 #1  Debian 6.1.55-1
Hardware name: Shop
Call Trace:
 <TASK>
 dump_header+0x4a/0x211
 </TASK>
memory: usage 65536kB, limit 65536kB, failcnt 30
Memory cgroup stats for /{name}.slice:
Tasks state (memory values in pages):
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[{pid:7}]  1000 {pid:5}    20000    15000   200000        0             0 {name}
[{asks_pid:7}]     0 {asks_pid:5}     2000     1500    50000        0             0 {asks}
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/{name}.slice,task_memcg=/{name}.slice,task={name},pid={pid},uid=1000
Memory cgroup out of memory: Killed process {pid} ({name}) total-vm:80000kB, anon-rss:58000kB, file-rss:2000kB, shmem-rss:0kB, UID:1000 pgtables:196kB oom_score_adj:0
"""
OLD = """\
{asks} invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0
CPU: 0 PID: {asks_pid} Comm: {asks} Not tainted 3.10.0-327.el7.x86_64 #1
Hardware name: Shop
Call Trace:
Mem-Info:
Node 0 DMA: 1*4kB (U) = 4kB
524158 pages RAM
[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[{pid:5}]  1000 {pid:5}    20000    15000      60        0             0 {name}
Out of memory: Kill process {pid} ({name}) score 651 or sacrifice child
Killed process {pid} ({name}) total-vm:80000kB, anon-rss:58000kB, file-rss:2000kB
"""
STAMP = "Mar  3 10:11:12 shop-1 kernel: [  100.123456] "
PATHS = {"web": "/web.slice", "db": "/db.slice"}


def events(lines: list[str], prefix: str = "") -> list[KillReport]:
    return list(read(io.BytesIO("".join(f"{prefix}{line}\n" for line in lines).encode()), 1_790_000_000.0))


def reports(layout: str) -> tuple[list[str], list[str]]:
    one = layout.format(asks="ruby", asks_pid=712, pid=711, name="web")
    other = layout.format(asks="perl", asks_pid=5001, pid=5000, name="db")
    return one.splitlines(), other.splitlines()


def shuffled(one: list[str], other: list[str], seed: int) -> list[str]:
    """Each in its own order."""
    turns = [one] * len(one) + [other] * len(other)
    random.Random(seed).shuffle(turns)
    left = {id(one): iter(one), id(other): iter(other)}
    return [next(left[id(turn)]) for turn in turns]


@pytest.mark.parametrize("prefix", ["", STAMP])
@pytest.mark.parametrize("layout", [NEW, OLD], ids=["new", "old"])
def test_line_by_line(layout: str, prefix: str) -> None:
    one, other = reports(layout)
    found = events([line for both in zip(one, other, strict=True) for line in both], prefix)
    assert [[(victim.pid, victim.name) for victim in event.victims] for event in found] == [[(711, "web")], [(5000, "db")]]
    for event in found:
        assert (event.invoker, event.tasks) == (None, ())  # which of them asked for whom can't be told
        if layout == NEW:
            assert event.limit is not None
            assert (event.limit.path, event.limit.limit) == (PATHS[event.victims[0].name], None)


@pytest.mark.parametrize("layout", [NEW, OLD], ids=["new", "old"])
def test_in_any_order_each_victim_is_told_once(layout: str) -> None:
    for seed in range(100):
        found = events(shuffled(*reports(layout), seed))
        assert sorted(victim.pid or 0 for event in found for victim in event.victims) == [711, 5000], seed


@pytest.mark.parametrize(("layout", "seeds"), [(NEW, (20, 191)), (OLD, (36, 389))], ids=["new", "old"])
def test_a_table_that_comes_before_its_place_is_another_ones(layout: str, seeds: tuple[int, ...]) -> None:
    for seed in seeds:
        found = events(shuffled(*reports(layout), seed))
        assert [(event.outcome, event.invoker) for event in found] == [("killed", None)] * 2, seed


def test_a_report_that_goes_on_with_its_table_after_another_one() -> None:
    one, other = reports(NEW)
    found = events([*one[:12], *other, *one[12:]], STAMP)
    assert [(event.invoker and event.invoker.name, [task.pid for task in event.tasks]) for event in found] == [
        ("ruby", [711, 712]), ("perl", [5000, 5001])
    ]  # fmt: skip


def test_a_cgroups_report_between_the_memory_and_the_tasks_of_the_machines() -> None:
    """Without it, one kill was told as two: one of whom nothing was known, and one that nobody had asked for."""
    one, other = reports(OLD)
    limit = ["memory: usage 65536kB, limit 65536kB, failcnt 30", "Memory cgroup stats for /db: cache:0KB rss:65536KB"]
    of_cgroup = [*other[:4], "Task in /db killed as a result of limit of /db", *limit, *other[7:9], other[9].replace("Out", "Memory cgroup out"), other[10]]
    found = events([*one[:7], *of_cgroup, *one[7:]], STAMP)
    assert [
        (event.invoker and event.invoker.name, event.constraint, [task.pid for task in event.tasks], [victim.pid for victim in event.victims]) for event in found
    ] == [("ruby", "none", [711], [711]), ("perl", "memcg", [5000], [5000])]


def test_a_victim_is_given_to_the_report_that_lists_it() -> None:
    """The other one's head came between its table and its end: one kill was told as two, with a report of which nothing was known."""
    one, other = reports(NEW)
    found = events([*one[:13], other[0], one[13], *other[1:3], one[14], *other[3:]], STAMP)
    assert [(event.invoker and event.invoker.name, [task.pid for task in event.tasks], [victim.pid for victim in event.victims]) for event in found] == [
        ("ruby", [711, 712], [711]), ("perl", [5000, 5001], [5000])
    ]  # fmt: skip


@pytest.mark.parametrize("cut", range(2, 8))
def test_a_report_within_another_of_an_old_kernel(cut: int) -> None:
    """It has lost its end only in newer ones, which don't begin another one meanwhile."""
    one, other = reports(OLD)
    found = events([*one[:cut], *other, *one[cut:]], STAMP)
    assert [(event.invoker and event.invoker.name, [task.pid for task in event.tasks], [victim.pid for victim in event.victims]) for event in found] == [
        ("ruby", [711], [711]), ("perl", [5000], [5000])
    ]  # fmt: skip


def test_the_words_on_the_machine_outweigh_another_ones_limit() -> None:
    """What the machine lacked was told as a cgroup's limit."""
    one, other = reports(OLD)
    limit = ["Task in /db killed as a result of limit of /db", "memory: usage 65536kB, limit 65536kB, failcnt 30", "Memory cgroup stats for /db: cache:0KB rss:65536KB"]
    of_cgroup = [*other[:4], *limit, *other[7:9], other[9].replace("Out", "Memory cgroup out"), other[10]]
    for seed in range(60):
        for event in events(shuffled(one, of_cgroup, seed), STAMP):
            of_machine = [victim.pid for victim in event.victims] == [711]
            assert not of_machine or (event.constraint, event.limit) == ("none", None), seed


def test_one_that_has_lost_its_end_takes_no_other_ones() -> None:
    one, other = reports(NEW)
    headless = [line.replace("711", "800").replace("712", "801").replace("web", "sh") for line in one[7:]]
    for cut in (8, 13):
        found = events([*one[:cut], *other, *headless], STAMP)
        assert [(event.outcome, [victim.pid for victim in event.victims]) for event in found] == [
            ("unknown", []), ("killed", [5000]), ("killed", [800])
        ]  # fmt: skip


def test_a_cgroup_has_colons_in_its_name() -> None:
    one, _ = reports(NEW)
    found = events([line.replace("/web.slice", "/pod1.slice:cri:5f") for line in one[:-2]])
    assert [event.limit and event.limit.path for event in found] == ["/pod1.slice:cri:5f"]


@pytest.mark.parametrize(("between", "outcome"), [(3, "killed"), (4, "unknown")])
def test_one_that_many_have_overtaken_has_lost_its_end(between: int, outcome: str) -> None:
    one, other = reports(NEW)
    others = [line.replace("5001", f"600{number}").replace("5000", f"500{number}") for number in range(between) for line in other]
    first, *rest = events([*one[:11], *others, *one[11:]], STAMP)
    assert (first.invoker and first.invoker.name, first.outcome) == ("ruby", outcome)
    assert [victim.pid for event in rest for victim in event.victims][:between] == [*range(5000, 5000 + between)]


TRACE = [f" handle_mm_fault+0x{number:x}/0x4f0" for number in range(200)]


def looked_at(lines: list[str], monkeypatch: pytest.MonkeyPatch, prefix: str = STAMP) -> int:
    """Lines that are looked at one by one."""
    taken = []
    take = Reading._take
    monkeypatch.setattr(Reading, "_take", lambda self, line: taken.append(line) or take(self, line))
    events(lines, prefix)
    return len(taken)


@pytest.mark.parametrize("prefix", ["", STAMP])
def test_a_trace_is_passed_over_at_once_while_another_report_is_open(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = reports(NEW)
    assert looked_at([*one[:2], *other[:6], *TRACE, *other[6:]], monkeypatch, prefix) < 40


@pytest.mark.parametrize("prefix", ["", STAMP])
def test_what_is_left_of_reports_is_passed_over_at_once(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = reports(NEW)
    rows = [f"[{pid:7}]  1000 {pid:5}    20000    15000   200000        0             0 web" for pid in range(100, 300)]
    assert looked_at([*one[:2], *other * 4, *rows, *TRACE], monkeypatch, prefix) < 80


def test_the_ring_buffer_as_it_is_read_raw_is_taken_many_lines_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = reports(NEW)
    raw = [f"4,{number},{2061985753 + number},-;{line}" for number, line in enumerate([*one[:6], *TRACE, *one[6:]], start=1000)]
    assert looked_at(raw, monkeypatch, "") < 40
