"""A report whose beginning the log has lost tells what is left of it."""

from __future__ import annotations

import pytest

from oomtray.kernel.kill_log.chosen import Chosen
from tests.unit.kernel.kill_log.test_newest_first import FORMS
from tests.unit.kernel.kill_log.test_outer import REPORT, events

LINES = REPORT.splitlines()
OLD = """\
Task in /shop/web killed as a result of limit of /shop
memory: usage 800000kB, limit 800000kB, failcnt 70
[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name
[  712]     0   712    10000     2000      10        0             0 vim
[ 2101]  1000  2101   500000   199000     200        0           300 Web Content
Memory cgroup out of memory: Kill process 2101 (Web Content) score 900 or sacrifice child
Killed process 2101 (Web Content) total-vm:2000000kB, anon-rss:790000kB, file-rss:6000kB
""".splitlines()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_the_table_and_what_is_left_before_it(form: str, lost: int) -> None:
    (found,) = events("".join(f"{FORMS[form](line, 20)}\n" for line in LINES[lost:]))
    assert [one.pid for one in found.victims] == [2101]
    assert [(task.pid, task.name) for task in found.tasks] == [(712, "vim"), (2101, "Web Content")]
    assert found.machine.ram == (262144 * 4096 if lost < 4 else None)
    assert (found.constraint, found.invoker) == ("none", None)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_the_limit_and_whose_the_victim_was(form: str, lost: int) -> None:
    (found,) = events("".join(f"{FORMS[form](line, 20)}\n" for line in OLD[lost:]))
    (victim,) = found.victims
    assert (victim.pid, victim.freed, victim.uid, victim.adj, found.constraint) == (2101, 796000 << 10, 1000, 300, "memcg")
    limit = found.limit
    assert (limit and limit.path, limit and limit.limit) == ("/shop" if lost < 1 else None, 800000 << 10 if lost < 2 else None)


@pytest.mark.parametrize("end", [">", "…"])
@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_limits_path_that_was_cut_is_none(end: str, left: int) -> None:
    (found,) = events("\n".join([OLD[0].removesuffix("/shop") + "/shop"[:left] + end, *OLD[1:]]))
    assert found.limit is not None
    assert (found.limit.path, found.limit.limit, found.constraint) == (None, 800000 << 10, "memcg")


@pytest.mark.parametrize(("call", "who"), [(" oom_kill_process+0x1/0x2", (712, "vim")), (" warn_slowpath+0x1/0x2", None)])
def test_who_asked_if_the_calls_are_of_the_killer(call: str, who: tuple[int, str] | None) -> None:
    (found,) = events("".join(f"{line}\n" for line in [LINES[1], "Call Trace:", call, *LINES[2:]]))
    assert (None if found.invoker is None else (found.invoker.pid, found.invoker.name)) == who


def test_without_a_table() -> None:
    (found,) = events("".join(f"{line}\n" for line in [*OLD[:2], *OLD[5:]]))
    assert found.limit is not None
    assert (found.limit.path, found.limit.limit) == ("/shop", 800000 << 10)


def test_the_reports_after_it_are_their_own() -> None:
    first, second = events("".join(f"{line}\n" for line in OLD) + REPORT)
    assert ([one.pid for one in first.victims], first.invoker) == ([2101], None)
    assert (len(second.tasks), second.invoker and second.invoker.name) == (2, "vim")


def test_rows_of_another_report_are_not_its_own_and_none_by_themselves() -> None:
    text = "".join(f"{line}\n" for line in OLD[:5]) + "Out of memory: Killed process 41 (db) total-vm:9kB, anon-rss:7kB\n"
    (found,) = events(text)
    assert ([one.pid for one in found.victims], found.tasks, found.limit) == ([41], (), None)


BEFORE = [*LINES[:1], *LINES[-1:], "usb 1-1: new device", "usb 1-1: device gone"]
"""Another report and lines of none."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_in_the_midst_of_the_log(form: str, lost: int) -> None:
    first, found = events("".join(f"{FORMS[form](line, 20)}\n" for line in BEFORE) + "".join(f"{FORMS[form](line, 90)}\n" for line in LINES[lost:]).replace("2101", "2102"))
    assert ([one.pid for one in first.victims], first.tasks, first.invoker and first.invoker.name) == ([2101], (), "vim")
    assert [one.pid for one in found.victims] == [2102]
    assert [(task.pid, task.name) for task in found.tasks] == [(712, "vim"), (2102, "Web Content")]
    assert found.machine.ram == (262144 * 4096 if lost < 4 else None)
    assert (found.constraint, found.invoker) == ("none", None)


@pytest.mark.parametrize("before", [[], BEFORE], ids=["at the beginning", "in the midst"])
@pytest.mark.parametrize("name", ["systemd-oomd", "OOM watcher"])
def test_a_tasks_name_is_no_sign_of_its_end(before: list[str], name: str) -> None:
    rows = [line.replace("Web Content", name).replace("2101", "399") if line.startswith("[   2101]") else "" for line in LINES]
    lines = [*LINES[4:6], *filter(None, rows), *LINES[6:]]
    found = events("".join(f"{line}\n" for line in [*before, *lines]))[-1]
    assert [(task.pid, task.name) for task in found.tasks] == [(712, "vim"), (399, name), (2101, "Web Content")]


def test_rows_of_a_report_that_has_ended_begin_none() -> None:
    (found,) = events(REPORT + "".join(f"{line}\n" for line in [*LINES[4:7], "sysrq: HELP", "oom_reaper: reaped process 2101 (Web Content), now anon-rss:0kB"]))
    assert len(found.tasks) == 2


@pytest.mark.parametrize("before", [[], BEFORE], ids=["at the beginning", "in the midst"])
def test_a_choice_without_its_kill_is_an_event_whose_end_is_unknown(before: list[str]) -> None:
    found = events("".join(f"{line}\n" for line in [*before, *LINES[3:-1]]))
    assert len(found) == 1 + bool(before)
    assert (found[-1].outcome, found[-1].victims, found[-1].constraint) == ("unknown", (), "none")


@pytest.mark.parametrize("lost", range(5))
def test_what_stands_before_the_table_is_read_from_its_first_line_on(lost: int) -> None:
    lines = [
        "Node 0 hugepages_total=2 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB",
        "330 total pagecache pages",
        "Free swap  = 12kB",
        "Total swap = 400kB",
        "262144 pages RAM",
        "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
        "[   2101]  1000  2101   500000   200000   800000        0           300 web",
        "Out of memory: Killed process 2101 (web) total-vm:2000000kB, anon-rss:790000kB, file-rss:10000kB, shmem-rss:12kB, UID:1000 pgtables:800kB oom_score_adj:300",
    ]
    (found,) = events("".join(f"[  100.123456] {line}\n" for line in lines[lost:]))
    machine = found.machine
    assert (machine.huge_pages, machine.swap_total, machine.ram) == (4 << 20 if not lost else None, 400 << 10 if lost < 4 else None, 1 << 30)


SUMMARY = "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/shop,task_memcg=/shop/web,task=web,pid={pid},uid=0"
CHOICE = "Memory cgroup out of memory: Kill process {pid} (web) score 900 or sacrifice child"


@pytest.mark.parametrize("prefix", ["", "[  100.123456] ", "Aug 28 05:53:20 web kernel: "])
@pytest.mark.parametrize("line", [SUMMARY, CHOICE])
def test_a_search_for_the_line_on_the_victim_leaves_a_kill_of_each(line: str, prefix: str) -> None:
    """They were one, the last."""
    found = events("".join(f"{prefix}{line.format(pid=pid)}\n" for pid in (41, 41, 42, 43)))
    assert [(one.outcome, one.constraint, one.victims) for one in found] == [("unknown", "memcg", ())] * 3
    assert [one.chosen for one in found] == [Chosen(pid, "web", or_child=line == CHOICE) for pid in (41, 42, 43)]


@pytest.mark.parametrize(
    ("task", "chosen"),
    [
        (",task=web,pid=41,uid=0", (41, "web")),
        (",task=web,pid=41,", (41, "web")),
        (",task=a,pid=1,uid=0,pid=41,uid=0", (41, "a,pid=1,uid=0")),
        (",task=web,pid=41", None),
        (",task=web,pi", None),
        (",task=we", None),
        ("", None),
    ],
)
def test_a_choice_is_told_only_if_its_name_and_pid_are_whole(task: str, chosen: tuple[int, str] | None) -> None:
    (found,) = events(f"{SUMMARY.partition(',task=')[0]}{task}\n")
    assert (found.outcome, found.victims, found.chosen and found.chosen[:2]) == ("unknown", (), chosen)


def test_the_choice_is_the_process_of_a_chosen_thread() -> None:
    table = "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n[   2102]  1000  2101   500000   200000   800000        0             0 web\n"
    (found,) = events(f"{table}{SUMMARY.format(pid=2102)}\n")
    assert found.chosen == (2101, "web", False)


def test_a_choice_whose_kill_is_cut_off_has_a_pid_alone() -> None:
    (found,) = events("Aug 28 05:53:20 web kernel: Out of memory: Killed process 41 (we\n")
    assert (found.outcome, found.victims, found.chosen) == ("unknown", (), (41, "", False))


def test_the_choice_stays_known_where_a_child_died_in_its_place() -> None:
    (found,) = events(CHOICE.format(pid=41) + "\nKilled process 42 (cgi) total-vm:103440kB, anon-rss:102000kB, file-rss:4kB, shmem-rss:0kB\n")
    assert ([one.pid for one in found.victims], found.chosen) == ([42], (41, "web", True))


def test_what_kubectl_shows_of_an_old_kernels_kill() -> None:
    begin = "  Warning  OOMKilling  4m  kernel-monitor, n1  " + CHOICE.format(pid=41)
    own = begin.replace("OOMKilling", "PodOOMKilling")  # each may give it a name of one's own
    combined = "Message:(combined from similar events): " + CHOICE.format(pid=41)
    for line in (begin, own, combined, begin.replace("  ", "\t"), begin.replace("  Mem", ' message="Mem')):
        (found,) = events(line + "\n")
        assert (found.outcome, found.constraint) == ("unknown", "memcg")
    (found,) = events(begin + "\nKilled process 41 (web) total-vm:103440kB, anon-rss:102000kB, file-rss:4kB, shmem-rss:0kB\n")
    assert ([one.pid for one in found.victims], found.constraint) == ([41], "memcg")


@pytest.mark.parametrize("words", ["We found in its log ", 'It says "', "msg="])
def test_a_choice_that_somebody_tells_of_is_none(words: str) -> None:
    assert events(words + CHOICE.format(pid=41) + "\n") == []


def test_who_runs_in_another_message_has_not_asked() -> None:
    (found,) = events(
        "[  100.123456] Out of memory: Kill process 41 (web) score 900 or sacrifice child\n"
        "[  101.123456] db: page allocation stalls for 10020ms, order:0, mode:0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)\n"
        "[  101.123457] CPU: 1 PID: 52 Comm: db Not tainted 4.9.0 #1\n"
    )
    assert (found.outcome, found.invoker) == ("unknown", None)


@pytest.mark.parametrize(("words", "constraint"), [("", None), ("Out of memory: ", "none"), ("Memory cgroup out of memory: ", "memcg")])
def test_a_kill_line_alone_tells_what_ran_out_in_its_words(words: str, constraint: str | None) -> None:
    """Before Linux 5.1 it has none, and is the same for a cgroup and for the machine."""
    (found,) = events(f"[  100.123456] {words}Killed process 41 (web) total-vm:103440kB, anon-rss:102000kB, file-rss:4kB\n")
    assert found.constraint == constraint


def test_the_limit_named_before_each_kill_is_its_own() -> None:
    """As a search for "killed" leaves it of Linux before 5.0."""
    lines = (line for at in range(3) for line in (f"Task in /shop/{at} killed as a result of limit of /shop/{at}", f"Killed process 4{at} (web) total-vm:9kB, anon-rss:8kB, file-rss:0kB"))
    found = events("".join(f"Aug 28 05:5{at // 2}:20 web kernel: {line}\n" for at, line in enumerate(lines)))
    assert [(one.constraint, one.limit and one.limit.path, [victim.pid for victim in one.victims]) for one in found] == [("memcg", f"/shop/{at}", [40 + at]) for at in range(3)]


CUT = "Memory cgroup out of memory: Killed process 41 (web) total-vm:103440kB, anon-rss:102000kB"


@pytest.mark.parametrize("end", range(CUT.index("(") + 1, len(CUT)))
def test_a_kill_line_is_a_kill_wherever_it_was_cut(end: int) -> None:
    (found,) = events(f"Aug 28 05:53:20 web kernel: {CUT[:end]}\n")
    told = ("killed", ["web"]) if ")" in CUT[:end] else ("unknown", [])
    assert (found.constraint, found.outcome, [one.name for one in found.victims]) == ("memcg", *told)


@pytest.mark.parametrize(("words", "constraint"), [("Out of memory", None), ("Memory cgroup out of memory", "memcg")])
def test_a_kill_that_was_cut_at_its_pid_is_an_event_of_whom_nothing_is_known(words: str, constraint: str | None) -> None:
    (found,) = events(f"Aug 28 05:53:20 web kernel: {words}: Killed process 41\n")
    assert (found.outcome, found.victims, found.chosen, found.constraint) == ("unknown", (), None, constraint)


@pytest.mark.parametrize("before", ["", "Aug 28 05:53:20 web kernel: "])
def test_a_summary_behind_its_kill_is_of_the_same_event(before: str) -> None:
    """As where lines of one second were sorted otherwise."""
    kill = "Memory cgroup out of memory: Killed process 41 (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB"
    (found,) = events(f"{before}{kill}\n{before}{SUMMARY.format(pid=41)}\n")
    assert [(one.pid, one.cgroup) for one in found.victims] == [(41, "/shop/web")]
    assert found.limit is not None
    assert found.limit.path == "/shop"
    assert len(events(f"{before}{kill}\n{before}{SUMMARY.format(pid=42)}\n")) == 2


@pytest.mark.parametrize("gap", [",\n", ",\n    ", ",\\\n    ", ", \\\n", ",\n# "])
def test_a_summary_that_is_broken_between_its_fields(gap: str) -> None:
    whole = SUMMARY.format(pid=41)
    for before in ("", "[  100.123456] "):
        (found,) = events(f"{before}{whole.replace(',', gap)}\n")
        assert found == events(f"{before}{whole}\n")[0]
        (found,) = events(f"{before}{whole.replace(',', gap)}\n{before}Memory cgroup out of memory: Killed process 41 (web) total-vm:9kB, anon-rss:7kB\n")
        assert [(one.pid, one.cgroup) for one in found.victims] == [(41, "/shop/web")]


def test_what_the_reaper_says_before_the_kill_is_of_the_same_event() -> None:
    lines = [
        "[  100.300000] oom_reaper: reaped process 41 (web), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n",
        "[  100.200000] Memory cgroup out of memory: Killed process 41 (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB\n",
    ]
    for told in (lines, lines[::-1]):
        (found,) = events("".join(told))
        assert ([(one.pid, one.freed) for one in found.victims], found.constraint) == ([(41, 712 << 10)], "memcg")
    first, second = events(lines[0] + lines[1].replace("41", "42"))
    assert [found.victims[0].pid for found in (first, second)] == [41, 42]


def test_with_the_reapers_line_of_one_no_other_of_its_group_is_dropped() -> None:
    reaped = "oom_reaper: reaped process 41 (web), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB"
    group = "Tasks in /shop are going to be killed due to memory.oom.group set"
    kills = [f"Memory cgroup out of memory: Killed process {pid} (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB" for pid in (42, 43, 41)]
    found = events("".join(f"[  100.300000] {line}\n" for line in [reaped, group, *kills]))
    assert {one.pid for report in found for one in report.victims} == {41, 42, 43}
