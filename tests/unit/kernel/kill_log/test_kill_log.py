"""Given a log, each kill in it is one event that names who was killed, by whom; what the log lacks is unknown."""

from __future__ import annotations

import io
import json
import random
import re
import resource
import subprocess
import time
from pathlib import Path

import pytest

from oomtray.kernel.kill_log.dates import Dates
from oomtray.kernel.kill_log.facts import KillReport
from oomtray.kernel.kill_log.lines import parse
from oomtray.kernel.kill_log.reading import read

NOW = 1_790_000_000.0
DATA = Path(__file__).parent / "data"
HEAD = "ruby worker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
COLUMNS = "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
ROWS = "[    711]  1000   711    60000    41000   409600      100           200 web (x)/#1\n[    812]     0   812     5000      700    61440        0             0 cron\n"
SUMMARY = (
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/shop.slice,"
    "task_memcg=/shop.slice/web.service,task=web (x)/#1,pid=711,uid=1000\n"
)
KILL = (
    "Memory cgroup out of memory: Killed process 711 (web (x)/#1) total-vm:240000kB, anon-rss:160000kB, file-rss:3000kB,"
    " shmem-rss:1000kB, UID:1000 pgtables:400kB oom_score_adj:200\n"
)
WHOLE = HEAD + COLUMNS + ROWS + SUMMARY + KILL
FREED = 164000 * 1024


def events(text: str | bytes) -> list[KillReport]:
    return list(read(io.BytesIO(text.encode() if isinstance(text, str) else text), NOW))


def told(text: str | bytes) -> list[tuple[str, str, list[int | None]]]:
    return [(one.killer, one.outcome, [victim.pid for victim in one.victims]) for one in events(text)]


def prefixed(prefix: str) -> str:
    return "".join(f"{prefix}{line}\n" for line in WHOLE.splitlines())


def entry(message: object) -> str:
    return json.dumps({"MESSAGE": message, "_TRANSPORT": "kernel", "__REALTIME_TIMESTAMP": "1772529072000000"})


def test_a_thread_is_told_by_its_process() -> None:
    """The kernel names a thread where the first one has ended before the others; nothing else knows it by that ID."""
    (event,) = events(WHOLE.replace("[    711]", "[    713]").replace("pid=711", "pid=713").replace("process 711", "process 713"))
    assert [victim.pid for victim in event.victims] == [711]
    assert [task.pid for task in event.tasks] == [711, 812]


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(WHOLE, id="bare"),
        pytest.param(prefixed("[ 4711.123456] "), id="dmesg"),
        pytest.param(prefixed("[ 4711.123456][ T812] "), id="dmesg with callers"),
        pytest.param(prefixed("[Di Mär  3 10:11:12 2026] "), id="dmesg -T in German"),
        pytest.param(prefixed("[화  3월  3 10:11:12 2026] "), id="dmesg -T in Korean"),
        pytest.param(prefixed("<4>[ 4711.123456] "), id="dmesg -r"),
        pytest.param(prefixed("kern  :warn  : [ 4711.123456] "), id="dmesg -x"),
        pytest.param(prefixed("2026-03-03T10:11:12,123456+01:00 "), id="dmesg in ISO"),
        pytest.param(prefixed("4,1411,2061985753,-;"), id="/dev/kmsg"),
        pytest.param(prefixed("Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] "), id="syslog"),
        pytest.param(prefixed("2026-03-03T10:11:12.123456+01:00 shop-1 kernel: "), id="journalctl -o short-iso"),
        pytest.param(prefixed("Tue 2026-03-03 10:11:12 CET shop-1 kernel: "), id="journalctl -o short-full"),
        pytest.param(prefixed("kernel: "), id="no date"),
        pytest.param(WHOLE.replace("\n", "\r\n"), id="CR"),
        pytest.param(WHOLE.replace("total-vm:240000kB, ", "total-vm:240000kB,\n"), id="wrapped"),
        pytest.param(
            "".join(
                json.dumps({"MESSAGE": line, "_TRANSPORT": "kernel", "__REALTIME_TIMESTAMP": "1772529072000000"}) + "\n"
                for line in WHOLE.splitlines()
            ),
            id="journalctl -o json",
        ),
        pytest.param(
            "".join(f"__REALTIME_TIMESTAMP=1772529072000000\nMESSAGE={line}\n\n" for line in WHOLE.splitlines()),
            id="journalctl -o export",
        ),
        pytest.param("".join(f"\x1e{entry(line)}\n" for line in WHOLE.splitlines()), id="journalctl -o json-seq"),
        pytest.param("".join(f"data: {entry(line)}\n\n" for line in WHOLE.splitlines()), id="journalctl -o json-sse"),
        pytest.param("[" + ",\n".join(entry(line) for line in WHOLE.splitlines()) + "]\n", id="a list of JSON objects"),
        pytest.param("[" + ",".join(entry(line).rstrip() for line in WHOLE.splitlines()) + "]", id="a list on one line"),
        pytest.param("[ " + " , ".join(entry(line).rstrip() for line in WHOLE.splitlines()) + " ]\n", id="with blanks"),
        pytest.param(json.dumps([json.loads(entry(line)) for line in WHOLE.splitlines()], indent=2), id="jq -s"),
        pytest.param("".join(f"{entry(list(line.encode()))}\n" for line in WHOLE.splitlines()), id="JSON with bytes"),
        pytest.param(prefixed("[ 4711.123456 <    0.000004 >] shop-1 kernel: "), id="journalctl -o short-delta"),
        pytest.param(prefixed("<4>1 2026-03-03T10:11:12.123456+01:00 shop-1 kernel - - - "), id="RFC 5424"),
        pytest.param(prefixed("2026-03-03T10:11:12+01:00 shop-1 kernel - - - [ 4711.123456] "), id="RFC 5424 with uptime"),
        pytest.param(prefixed("Mar  3 10:11:12 fe80::5:1 kernel: [ 4711.123456] "), id="a host by its address"),
        pytest.param(prefixed("2026-03-03T10:11:12.123456789Z stderr F "), id="a container of Kubernetes"),
        pytest.param(prefixed("> [ 4711.123456] "), id="quoted in a mail"),
        pytest.param(prefixed("[ 4711.123456] ").encode("utf-16"), id="UTF-16"),
    ],
)  # fmt: skip
def test_one_report_is_one_event_in_every_form_of_log(log: str | bytes) -> None:
    (event,) = events(log)
    assert (event.killer, event.outcome, event.constraint) == ("kernel", "killed", "memcg")
    assert [(one.pid, one.name, one.freed, one.adj, one.uid) for one in event.victims] == [
        (711, "web (x)/#1", FREED, 200, 1000)
    ]
    assert event.victims[0].cgroup == "/shop.slice/web.service"
    assert event.invoker is not None
    assert event.invoker.name == "ruby worker"
    assert [(task.pid, task.page_tables) for task in event.tasks] == [(711, 100), (812, 15)]


def test_a_message_that_looks_like_the_end_of_an_entry_is_one_message() -> None:
    odd = KILL.replace("web (x)/#1", '"},{"')
    (event,) = events("[" + ",".join(entry(line).rstrip() for line in (odd * 1).splitlines()) + "]")
    assert [victim.name for victim in event.victims] == ['"},{"']


def test_a_list_on_one_line_takes_no_longer_than_one_of_lines() -> None:
    entries = [entry(line).rstrip() for line in WHOLE.splitlines()] * 4000
    one, lines = ("[" + ",".join(entries) + "]").encode(), "\n".join(entries).encode()
    assert min(seconds(one) for _ in range(2)) < 3 * min(seconds(lines) for _ in range(2))


@pytest.mark.parametrize("prefix", ["", "<6>", "[ 4711.123456] ", "<4>[ 4711.123456] ", "Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] "])
@pytest.mark.parametrize("end", ["\n", " "], ids=["three lines", "one line"])
@pytest.mark.parametrize("adj", ["(tgid 90), adj 529,", ", adj 9, score_adj 529,", ", adj 529,"])
def test_what_an_android_kills(prefix: str, end: str, adj: str) -> None:
    log = f"lowmemorykiller: Killing 'app.web' (90){' ' * adj.startswith('(')}{adj}{end}   to free 4000kB on behalf of 'kswapd0' (5) because{end}   cache 1kB is below limit 2kB for oom_score_adj 529\n"
    (event,) = events("".join(f"{prefix}{line}\n" for line in log.splitlines()))
    assert (event.killer, event.outcome) == ("kernel", "killed")
    assert [(one.pid, one.name, one.freed) for one in event.victims] == [(90, "app.web", 4000 * 1024)]
    assert event.victims[0].adj == (529 if "score_adj" in adj else None), "the other scale may be the old one"
    assert event.invoker is not None
    assert (event.invoker.pid, event.invoker.name) == (5, "kswapd0")


@pytest.mark.parametrize("stamp", ["6,2,533604004,-;", "[  533.604004] "], ids=["/dev/kmsg", "dmesg"])
def test_what_an_android_kills_in_one_record_of_its_kernel(stamp: str) -> None:
    (event,) = events(f"{stamp}lowmemorykiller: Killing 'app.web' (90), adj 529,\\x0a   to free 4000kB on behalf of 'kswapd0' (5) because\\x0a   cache 1kB\n")
    assert [(one.pid, one.freed) for one in event.victims] == [(90, 4000 * 1024)]


def test_docker_keeps_a_line_of_a_container_in_json() -> None:
    lines = prefixed("[ 4711.123456] ").splitlines(keepends=True)
    (event,) = events("".join(json.dumps({"log": line, "stream": "stdout", "time": "2026-03-03T10:11:12.1Z"}) + "\n" for line in lines))
    assert [(one.pid, one.uid) for one in event.victims] == [(711, 1000)]
    assert [task.pid for task in event.tasks] == [711, 812]


def test_the_summary_names_the_user_where_the_kill_does_not() -> None:
    (event,) = events(SUMMARY + KILL.partition(", UID")[0].partition(" UID")[0] + "\n")
    assert [(one.pid, one.uid) for one in event.victims] == [(711, 1000)]


SENT = 'sending SIGTERM to process 99 uid 5 "jar": oom_score 900, oom_score_adj 0, VmRSS 800 MiB, cmdline "jar -x"\n'
OLD = "Out of memory: Kill process 50 (db) score 500 or sacrifice child\n"
OLD_KILL = "Killed process 51 (db) total-vm:900kB, anon-rss:800kB, file-rss:0kB\n"
OOMD = "Mar  3 10:11:12 shop-1 systemd-oomd[7]: "
_DOWN = "web.service: Failed with result 'oom-kill'.\n"
PID_1 = "Mar  3 10:11:13 shop-1 systemd[1]: "


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param(HEAD, [("kernel", "unknown", [])], id="head alone"),
        pytest.param(HEAD + COLUMNS + ROWS + SUMMARY, [("kernel", "unknown", [])], id="no end"),
        pytest.param(KILL + HEAD, [("kernel", "killed", [711]), ("kernel", "unknown", [])], id="tail, then a head"),
        pytest.param(OLD, [("kernel", "unknown", [])], id="chosen, but a child may have died"),
        pytest.param(OLD + OLD_KILL, [("kernel", "killed", [51])], id="the child died"),
        pytest.param(
            HEAD + COLUMNS + ROWS + HEAD + OLD + OLD_KILL + "Kill process 52 (cache) sharing same memory\n",
            [("kernel", "unknown", []), ("kernel", "killed", [51, 52])],
            id="another one had the same memory, after a report without its end",
        ),
        pytest.param(HEAD + "Kill process 52 (cache) sharing same memory\n", [("kernel", "killed", [52])], id="only who had the same memory"),
        pytest.param(
            HEAD + COLUMNS + ROWS + SUMMARY + "Memory cgroup out of memory: Kill process 711 (web (x)/#1) score 500 or sacrifice child\n" + OLD_KILL,
            [("kernel", "killed", [51])],
            id="5.0, the child died",
        ),
        pytest.param(
            "Killed process 40, UID 27, (mysqld) total-vm:64kB, anon-rss:12kB, file-rss:4kB\n",
            [("kernel", "killed", [40])],
            id="2.6.32",
        ),
        pytest.param(
            "Out of memory (oom_kill_allocating_task): Killed process 6 (cc1plus) total-vm:64kB, anon-rss:1kB, file-rss:0kB\n",
            [("kernel", "killed", [6])],
            id="allocating task",
        ),
        pytest.param(
            KILL + "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n" + KILL
            + KILL.replace("711", "712"),
            [("kernel", "killed", [711, 712])],
            id="group",
        ),
        pytest.param(
            KILL + "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n" + KILL.replace("711", "712")
            + "Memory cgroup out of memory: OOM victim 713 (web) is already exiting. Skip killing the task\n",
            [("kernel", "killed", [711, 712])],
            id="group, of which one is exiting",
        ),
        pytest.param(
            "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n" + KILL + KILL.replace("711", "712"),
            [("kernel", "killed", [711, 712])],
            id="group, cut",
        ),
        pytest.param(
            f"[  100.000000] {KILL}[  200.000000] Tasks in /shop.slice are going to be killed due to memory.oom.group set\n"
            f"[  200.000001] {KILL.replace('711', '712')}",
            [("kernel", "killed", [711]), ("kernel", "killed", [712])],
            id="group, cut, long after another kill",
        ),
        pytest.param(
            HEAD + "Out of memory and no killable processes...\n"
            "Kernel panic - not syncing: System is deadlocked on memory\n",
            [("kernel", "panic", [])],
            id="deadlock",
        ),
        pytest.param(HEAD + "Out of memory and no killable processes...\n", [("kernel", "nobody", [])], id="nobody"),
        pytest.param(
            HEAD + SUMMARY + "Memory cgroup out of memory: OOM victim 711 (web) is already exiting. Skip killing the task\n",
            [("kernel", "ending", [])],
            id="whoever was chosen is ending already",
        ),
        pytest.param(
            "sysrq: Manual OOM execution\n"
            "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n",
            [("kernel", "panic", [])],
            id="panic",
        ),
        pytest.param(
            HEAD + "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled\nRebooting in 10 seconds..\n"
            "---[ end Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled ]---\n",
            [("kernel", "panic", [])],
            id="a panic and its end",
        ),
        pytest.param(
            "---[ end Kernel panic - not syncing: System is deadlocked on memory ]---\n", [("kernel", "panic", [])], id="a panic's end alone"
        ),
        pytest.param(
            "".join(f"Mar  3 10:11:12 {host} kernel: {line}\n" for line in WHOLE.splitlines() for host in ("a", "b")),
            [("kernel", "killed", [711]), ("kernel", "killed", [711])],
            id="two hosts at once",
        ),
        pytest.param(SENT + "process 99 exited after 0.1 seconds\n", [("earlyoom", "killed", [99])], id="earlyoom"),
        pytest.param(SENT, [("earlyoom", "likely", [99])], id="earlyoom, cut"),
        pytest.param(SENT + "process 99 did not exit\nkill failed: Timer expired\n", [], id="earlyoom failed"),
        pytest.param(
            SENT + "Out of memory: Killed process 99 (jar) total-vm:9kB, anon-rss:8kB, file-rss:0kB\n",
            [("kernel", "killed", [99])],
            id="earlyoom asked, the kernel killed",
        ),
        pytest.param("low memory! at or below SIGTERM limits: mem 10 %, swap 10 %\n", [], id="before the signal"),
        pytest.param("  PID: 90, name: mysqld, badness: 849\n", [], id="nohang's intention"),
        pytest.param(
            "  PID: 90, name: mysqld, badness: 849\n  Send SIGTERM to the victim; total response time: 3 ms\nThe victim died\n",
            [("nohang", "killed", [90])],
            id="nohang",
        ),
        pytest.param(
            "  PID: 90, name: mysqld, badness: 849\n  Sending SIGTERM to the victim\nSelected process died before corrective action\nThe victim died in 0.1s\n", [], id="nohang came too late"
        ),
        pytest.param(
            "  PID: 90, name: mysqld, badness: 849\n  Sending SIGTERM to the victim\nCannot send a signal: PermissionError\n", [], id="nohang might not"
        ),
        pytest.param(
            "  PID: 90, name: mysqld, badness: 849\n  Sending SIGKILL to the victim\nThe victim became a zombie in 0.1s\n", [("nohang", "killed", [90])], id="nohang's victim is a zombie"
        ),
        pytest.param(
            OOMD + "Killed /a.slice/b.service due to memory pressure for /a.slice being 60.0% > 50.0% for > 20s\n"
            + PID_1 + "b.service: systemd-oomd killed 3 process(es) in this unit.\n",
            [("systemd-oomd", "killed", [None])],
            id="oomd",
        ),
        pytest.param(
            OOMD + "Marked /a.slice/b.service for killing due to memory pressure for /a.slice being 60.0% > 50.0%\n",
            [("systemd-oomd", "likely", [None])],
            id="oomd has marked",
        ),
        pytest.param(
            OOMD + "Marked /a.slice/b.service for killing due to memory pressure for /a.slice being 60.0% > 50.0%\n"
            + PID_1 + "b.service: systemd-oomd killed 3 process(es) in this unit.\n",
            [("systemd-oomd", "killed", [None])],
            id="oomd has marked, and the unit tells of a kill",
        ),
        pytest.param(
            OOMD + "Marked /a.slice/b.service for killing due to memory pressure for /a.slice being 60.0% > 50.0%\n"
            + PID_1 + "b.service: systemd-oomd killed 0 process(es) in this unit.\n",
            [("systemd-oomd", "likely", [None])],
            id="oomd has marked, and the unit tells of none",
        ),
        pytest.param(
            OOMD + "Marked /a.slice/b.service for killing due to memory pressure for /a.slice being 60.0% > 50.0%\n"
            + OOMD + "Killed /a.slice/b.service due to memory pressure for /a.slice being 60.0% > 50.0%\n",
            [("systemd-oomd", "killed", [None])],
            id="oomd has marked, then killed",
        ),
        pytest.param(
            OOMD + "oomd attempting to kill 90 with KILL\n" + OOMD + "oomd attempting to kill 91 with KILL\n"
            + OOMD + "Killed /a.slice/b.service due to memory pressure for /a.slice being 60.0% > 50.0%\n",
            [("systemd-oomd", "killed", [90, 91])],
            id="oomd tells its processes",
        ),
        pytest.param(
            OOMD + "Marked /a.slice/b.service for killing due to memory pressure for /a.slice being 60.0% > 50.0%\n"
            + OOMD + "Failed to kill any cgroups based on memory pressure: Permission denied\n",
            [],
            id="oomd has marked, but might not kill",
        ),
        pytest.param(
            "Out of memory: Killed process 99 (jar) total-vm:9kB, anon-rss:8kB, file-rss:0kB\n" + SENT,
            [("kernel", "killed", [99])],
            id="earlyoom came after the kernel",
        ),
        pytest.param(
            "  PID: 90, name: mysqld, badness: 849\n  Sending SIGTERM to the victim\n  Sending SIGKILL to the victim\n",
            [("nohang", "likely", [90])],
            id="nohang asks twice",
        ),
        pytest.param(
            "Mar  3 10:11:12 shop-1 earlyoom[7]: Killing process 90 (web (x))\n", [("earlyoom", "likely", [90])], id="the first earlyoom"
        ),
        pytest.param("Mar  3 10:11:12 shop-1 earlyoom[7]: Killing process web with signal SIGTERM, VmRSS 5 MiB\n", [], id="earlyoom without a pid"),
        pytest.param("Killing process 90 (web)\n", [], id="somebody's own words"),
        pytest.param(
            "lowmemorykiller: send sigkill to 90 (app.web), adj 9, size 4567\n", [("kernel", "killed", [90])], id="Android's first"
        ),
        pytest.param(
            OOMD + "Rule 'low' conditions met for cgroup /a.slice (lasting 1s), taking action kill-by-swap\n",
            [],
            id="a rule fired",
        ),
        pytest.param(
            'Mar  3 10:11:12 a kubelet[5]: event: reason: OOMKilling Memory cgroup out of memory: Killed process 3 (x) total-vm:1kB\n'
            'Mar  3 10:11:12 a containerd[5]: time="x" level=info msg="TaskOOM event container_id:5"\n',
            [],
            id="container runtimes",
        ),
        pytest.param(
            "mem avail: 5 of 9 MiB\n" + PID_1 + "web.service: A process of this unit has been killed by the OOM killer.\n",
            [("kernel", "one-of", [None])],
            id="the unit alone tells",
        ),
        pytest.param(
            PID_1 + "web.service: The kernel OOM killer killed some processes in this unit.\n" + PID_1.replace(":11:", ":12:") + _DOWN,
            [("kernel", "one-of", [None])],
            id="the unit alone tells, in newer words",
        ),
        pytest.param(
            "Considered 3 cgroups for killing, top candidates were:\n"
            "Killed /a.slice/b.service due to memory pressure for /a.slice being 60.0% > 50.0% for > 20s\n"
            "Killed /a.slice/c.service due to swap used (95) / total (99) being more than 90.00%\n",
            [("systemd-oomd", "killed", [None])] * 2,
            id="oomd, messages alone",
        ),
        pytest.param(PID_1 + _DOWN, [("unknown", "one-of", [None])], id="a unit that is down"),
        pytest.param(
            PID_1 + _DOWN + PID_1.replace(":13 ", ":17 ") + _DOWN, [("unknown", "one-of", [None])] * 2, id="a unit that is down twice"
        ),
        pytest.param(
            PID_1 + "web.service: A process of this unit has been killed by the OOM killer.\n" + PID_1.replace(":11:", ":12:") + _DOWN,
            [("kernel", "one-of", [None])],
            id="a unit that is down later",
        ),
        pytest.param(
            "".join(f"Mar  3 10:11:12 shop-1 kernel: {line}\n" for line in WHOLE.splitlines()) + PID_1 + _DOWN,
            [("kernel", "killed", [711])],
            id="the kernel tells, and a unit that is down",
        ),
        pytest.param(
            "".join(f"Mar  3 10:11:12 shop-1 kernel: {line}\n" for line in WHOLE.splitlines()) + PID_1 + _DOWN.replace("web", "db"),
            [("kernel", "killed", [711]), ("unknown", "one-of", [None])],
            id="the kernel tells, and another unit is down",
        ),
        pytest.param(
            OOMD + "Killed /a.slice/web.service due to memory pressure for /a.slice being 60.0% > 50.0% for > 20s\n" + PID_1 + _DOWN,
            [("systemd-oomd", "killed", [None])],
            id="oomd tells, and a unit that is down",
        ),
        pytest.param(
            "oom_reaper: reaped process 8 (gcc), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n",
            [("kernel", "killed", [8])],
            id="reaper alone",
        ),
    ],
)  # fmt: skip
def test_what_a_log_tells(log: str, expected: list[tuple[str, str, list[int | None]]]) -> None:
    assert told(log) == expected


def test_red_hats_kernels_name_the_user_in_between() -> None:
    (event,) = events("Killed process 40 (java), UID 27, total-vm:64kB, anon-rss:12kB, file-rss:4kB, shmem-rss:0kB\n")
    assert [(one.pid, one.uid, one.freed) for one in event.victims] == [(40, 27, 16384)]


@pytest.mark.parametrize(
    ("asks", "cpuset", "constraint"),
    [
        pytest.param("nodemask=1,  ", "/ mems_allowed=0-1", "mempolicy", id="4.14, a memory policy"),
        pytest.param("nodemask=(null),  ", "/ mems_allowed=0-1", "none", id="4.14, the machine"),
        pytest.param("nodemask=0-1, ", "/ mems_allowed=0-1", "none", id="4.9, the machine"),
        pytest.param("nodemask=0,2-3, ", "/ mems_allowed=0,2-3", "cpuset", id="4.9, other nodes than 1"),
        pytest.param("", "/ mems_allowed=0-1", "none", id="3.10, the machine"),
        pytest.param("", "vm mems_allowed=1", "cpuset", id="3.10, a cpuset"),
        pytest.param("", "/ mems_allowed=1", "none", id="no memory on node 0"),
    ],
)
def test_which_nodes_ran_out_before_linux_5_0(asks: str, cpuset: str, constraint: str) -> None:
    """There is no line that says so, and of the nodes only the usable ones are listed."""
    (event,) = events(
        f"a.out invoked oom-killer: gfp_mask=0x14280ca(GFP_HIGHUSER_MOVABLE), {asks}order=0, oom_score_adj=0\na.out cpuset={cpuset}\n"
        "Mem-Info:\nNode 1 Normal free:40000kB min:60000kB low:75000kB high:90000kB\nNode 1 Normal: 10000*4kB (U) = 40000kB\n8000000 pages RAM\n" + OLD_KILL
    )
    assert event.constraint == constraint


@pytest.mark.parametrize(("where", "constraint"), [("in cpuset", "cpuset"), ("(MPOL_BIND)", "mempolicy")])
def test_the_oldest_kernels_say_which_nodes_ran_out(where: str, constraint: str) -> None:
    (event,) = events(f"{HEAD}No available memory {where}: kill process 40 (java) score 5 or a child\nKilled process 41 (sh)\n")
    assert ([one.pid for one in event.victims], event.chosen, event.constraint) == ([41], (40, "java", True), constraint)
    (event,) = events(f"No available memory {where}: kill process 40 (java) score 5 or a child\nKilled process 40 (java)\n")
    assert ([one.pid for one in event.victims], event.constraint) == ([40], constraint), "without its head"


@pytest.mark.parametrize(
    "stamp",
    ["", "[  100.123456] ", "[Tue Mar  3 10:00:00 2026] ", "2026-03-03T10:00:00,123456+00:00 ", "Mar  3 10:00:00 host kernel: ", "2026-03-03T10:00:00.5+00:00 host kernel: "],
)
def test_a_name_with_a_colon_is_nobody_who_logs(stamp: str) -> None:
    (event,) = events(f"{stamp}tmux: server invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n{stamp}{KILL}")
    assert event.invoker is not None
    assert event.invoker.name == "tmux: server"


@pytest.mark.parametrize("prefix", ["", "Mar  3 10:11:12 shop-1 kernel: ", "[  100.000001] "])
def test_groups_whose_reports_the_kernel_left_out_are_one_event_each(prefix: str) -> None:
    """After ten reports within five seconds it writes only who was killed (mm/oom_kill.c: oom_rs)."""
    lines = [*HEAD.splitlines(), *(SUMMARY + KILL).splitlines()]
    for name, first in (("shop", 711), ("mail", 811), ("mail", 911)):
        kill = KILL.strip().replace("711", str(first))
        lines += [] if first == 711 else [kill]
        lines += [f"Tasks in /{name}.slice are going to be killed due to memory.oom.group set", kill, kill.replace(str(first), str(first + 1))]
    found = events("".join(f"{prefix}{line}\n" for line in lines))
    assert [[victim.pid for victim in event.victims] for event in found] == [[711, 712], [811, 812], [911, 912]]
    assert [event.limit and event.limit.path for event in found] == ["/shop.slice", "/mail.slice", "/mail.slice"]
    assert [event.outcome for event in found] == ["killed"] * 3


@pytest.mark.parametrize(
    ("kill", "allocating"),
    [
        pytest.param("Out of memory (oom_kill_allocating_task): Killed process 6 (cc1plus) total-vm:64kB, anon-rss:1kB, file-rss:0kB\n", True, id="6.1"),
        pytest.param("Out of memory (oom_kill_allocating_task): Kill process 6 (cc1plus) score 0 or sacrifice child\nKilled process 6 (cc1plus) total-vm:64kB, anon-rss:1kB, file-rss:0kB\n", True, id="3.10"),
        pytest.param("Out of memory: Killed process 6 (cc1plus) total-vm:64kB, anon-rss:1kB, file-rss:0kB\n", False, id="the highest badness"),
    ],
)  # fmt: skip
def test_the_kernel_may_be_set_to_kill_whoever_asks(kill: str, allocating: bool) -> None:
    (event,) = events(HEAD + kill)
    assert ([one.pid for one in event.victims], event.allocating, event.constraint) == ([6], allocating, "none")


JOURNAL_SENT, JOURNAL_KILLED = (
    "2026-03-03T10:11:{}+00:00 shop-1 " + line
    for line in ("earlyoom[7]: " + SENT, "kernel: Out of memory: Killed process 99 (jar) total-vm:9kB, anon-rss:8kB, file-rss:0kB\n")
)


@pytest.mark.parametrize(
    ("log", "asked_by"),
    [
        pytest.param(JOURNAL_SENT.format("12") + JOURNAL_KILLED.format("14"), "earlyoom", id="asked, then killed"),
        pytest.param(JOURNAL_SENT.format("12") + JOURNAL_KILLED.format("12"), "earlyoom", id="both in one second"),
        pytest.param(JOURNAL_KILLED.format("12") + JOURNAL_SENT.format("12"), None, id="both in one second, the kernel first"),
        pytest.param(JOURNAL_KILLED.format("12.25") + JOURNAL_SENT.format("12.50"), None, id="killed, then asked"),
        pytest.param(JOURNAL_KILLED.format("14") + JOURNAL_SENT.format("12"), "earlyoom", id="out of order, asked first"),
        pytest.param(JOURNAL_SENT.format("14") + JOURNAL_KILLED.format("12"), None, id="out of order, killed first"),
        pytest.param(JOURNAL_KILLED.format("12").split("kernel: ")[1] + SENT, None, id="without times, the kernel first"),
    ],
)
def test_earlyoom_had_asked_only_before_the_kernel_killed(log: str, asked_by: str | None) -> None:
    (event,) = events(log)
    assert (event.killer, event.asked_by, [one.pid for one in event.victims]) == ("kernel", asked_by, [99])


def test_whom_earlyoom_had_asked_where_only_the_reaper_is_left_of_the_kernels_report() -> None:
    (event,) = events(SENT + "oom_reaper: reaped process 99 (jar), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n")
    assert (event.killer, event.asked_by, [one.pid for one in event.victims]) == ("kernel", "earlyoom", [99])


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param(" slab_reclaimable:9 slab_unreclaimable:8\n mapped:800 shmem:300800 pagetables:70\n", id="lines"),
        pytest.param("slab_reclaimable:9 slab_unreclaimable:8\nmapped:800 shmem:300800 pagetables:70\n", id="without what indents them"),
        pytest.param(" unevictable:0#012 slab_reclaimable:9 slab_unreclaimable:8#012 mapped:800 shmem:300800 pagetables:70 bounce:0#012 free:4 free_pcp:0\n", id="joined by syslog"),
        pytest.param(" unevictable:0\\x0a slab_reclaimable:9 slab_unreclaimable:8\\x0a mapped:800 shmem:300800 pagetables:70\n", id="joined by dmesg"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stamp", ["", "[  100.123456] "])
def test_files_in_memory_that_no_process_has_mapped(stamp: str, counts: str) -> None:
    zone = "Node 0 Normal free:40kB min:60kB low:75kB high:90kB mapped:9kB shmem:8kB\nNode 0 Normal: 10*4kB (U) = 40kB\n"
    log = HEAD + "Mem-Info:\nactive_anon:5 inactive_anon:5 isolated_anon:0\n" + counts + zone + "8000000 pages RAM\n" + OLD_KILL
    (event,) = events("".join(f"{stamp}{line}\n" for line in log.splitlines()))
    assert event.machine.files == 300_000 * 4096


@pytest.mark.parametrize("stamp", ["", "[  100.123456] "])
def test_who_set_the_limit_below_what_was_in_use_had_not_asked_for_memory(stamp: str) -> None:
    trace = "Call Trace:\n dump_header+0x4a/0x1f0\n mem_cgroup_out_of_memory+0x13f/0x160\n{} cgroup_file_write+0x8f/0x190\n"
    calls = ((" memory_max_write+0x11b/0x1e0\n", True), (" try_charge_memcg+0x416/0x600\n", False), (" ? memory_max_write+0x11b/0x1e0\n", False))
    for call, lowered in calls:
        log = HEAD + trace.format(call) + COLUMNS + ROWS + SUMMARY + KILL
        (event,) = events("".join(f"{stamp}{line}\n" for line in log.splitlines()))
        assert (event.invoker and event.invoker.name, event.lowered) == ("ruby worker", lowered)


UNIT_TOLD = "A process of this unit has been killed by the OOM killer."


@pytest.mark.parametrize("failed", ["", "Mar  3 10:11:13 a systemd[1]: web.service: Failed with result 'oom-kill'.\n"], ids=["killed", "and failed"])
@pytest.mark.parametrize("unit", ["web.service", "other.service"])
def test_a_units_result_ends_a_report_that_has_lost_its_end(unit: str, failed: str) -> None:
    """They were two kills, of one of which nothing was known."""
    lines = "".join(f"Mar  3 10:11:12 a kernel: {line}\n" for line in (HEAD + COLUMNS + ROWS + SUMMARY).splitlines())
    told_by_unit = f"Mar  3 10:11:12 a systemd[1]: {unit}: {UNIT_TOLD}\n" + failed.replace("web.service", unit)
    found = [(event.outcome, [(one.pid, one.name) for one in event.victims], event.invoker is not None) for event in events(lines + told_by_unit)]
    of_unit = ("one-of", [(None, unit)])
    assert found == ([(*of_unit, True)] if unit == "web.service" else [("unknown", [], True), (*of_unit, False)])
    (event, *others) = events(lines + told_by_unit + f"Mar  3 10:11:12 a kernel: {KILL}")
    assert (event.outcome, [one.pid for one in event.victims], len(others)) == ("killed", [711], unit != "web.service"), "the journal may have it later"


@pytest.mark.parametrize("order", [1, -1], ids=["from inside", "from outside"])
def test_of_a_unit_and_the_slices_around_it_the_unit_is_told(order: int) -> None:
    """All of them tell of the kill, and the last one was taken for where it was."""
    units = ["web.service", "shop.slice"][::order]
    lines = "".join(f"Mar  3 10:11:12 a kernel: {line}\n" for line in (HEAD + SUMMARY).splitlines())
    (event,) = events(lines + "".join(f"Mar  3 10:11:12 a systemd[1]: {unit}: {UNIT_TOLD}\n" for unit in units))
    assert [(one.pid, one.name) for one in event.victims] == [(None, "web.service")]


MARKER = "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n"


@pytest.mark.parametrize(
    ("stranger", "apart"),
    [
        pytest.param(KILL.replace("711", "9100"), True, id="not in the group's table"),
        pytest.param(KILL.replace("711", "812"), False, id="in it"),
        pytest.param(KILL.replace("711", "812").replace("Memory cgroup out", "Out"), True, id="for want of the machine's memory"),
    ],
)
@pytest.mark.parametrize("stamps", [("[  100.000000] ", "[  103.000000] "), ("Mar  3 10:11:12 a kernel: ", "Mar  3 10:11:15 a kernel: ")], ids=["uptime", "time"])
def test_a_kill_without_a_report_soon_after_a_group_is_another(stamps: tuple[str, str], stranger: str, apart: bool) -> None:
    """It was counted to the group that had been killed up to five seconds before."""
    group = HEAD + COLUMNS + ROWS + ROWS.replace("711", "712") + SUMMARY + KILL + MARKER + KILL.replace("711", "712") + KILL
    lines = [f"{stamps[0]}{line}\n" for line in group.splitlines()]
    found = [[victim.pid for victim in event.victims] for event in events("".join(lines) + stamps[1] + stranger)]
    other = 9100 if "9100" in stranger else 812
    assert found == ([[711, 712], [other]] if apart else [[711, 712, other]])


def test_who_is_missing_from_a_table_that_was_cut_may_be_of_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.kernel.kill_log.task_table.MOST_TASKS", 1)
    group = HEAD + COLUMNS + ROWS + SUMMARY + KILL + MARKER + KILL
    (event,) = events("".join(f"[  100.000000] {line}\n" for line in group.splitlines()) + "[  103.000000] " + KILL.replace("711", "9100"))
    assert [victim.pid for victim in event.victims] == [711, 9100]


def test_a_group_that_dies_as_the_machine_runs_out_has_no_limit() -> None:
    whole = SUMMARY.replace("MEMCG", "NONE").replace("oom_memcg=/shop.slice", "global_oom")
    kill = KILL.replace("Memory cgroup out", "Out")
    (event,) = events(HEAD + whole + kill + "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n" + kill.replace("711", "712"))
    assert ([one.pid for one in event.victims], event.constraint, event.limit) == ([711, 712], "none", None)


@pytest.mark.parametrize(("words", "constraint"), [("Out", "none"), ("Memory cgroup out", "memcg")])
def test_a_group_that_has_lost_its_beginning_is_one_kill(words: str, constraint: str) -> None:
    """Each process was one of its own as the machine ran out."""
    kills = "".join(KILL.replace("Memory cgroup out", words).replace("711", pid) for pid in ("711", "712", "713"))
    (event,) = events("".join(f"[  100.000000] {line}\n" for line in (MARKER + kills).splitlines()))
    assert ([one.pid for one in event.victims], event.constraint, event.limit is None) == ([711, 712, 713], constraint, words == "Out")


@pytest.mark.parametrize("first", [OLD + OLD_KILL, KILL.replace("Memory cgroup out", "Out").replace("711", "51")], ids=["4.19", "5.3"])
def test_nor_has_one_of_which_only_the_kills_are_left(first: str) -> None:
    marker = "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n"
    (event,) = events(first + marker + first.splitlines()[-1].replace("51", "52") + "\n")
    assert ([one.pid for one in event.victims], event.constraint, event.limit) == ([51, 52], "none", None)
    (event, other) = events(first + marker + first.replace("51", "61") + marker.replace("shop", "mail"))
    assert ([one.pid for one in other.victims], other.constraint, other.limit) == ([61], "none", None)


_STOPPED = "SysRq : Manual OOM execution\nKernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n"
_RAN = "CPU: 1 PID: 243 Comm: kworker/1:2 Tainted: G         C O  3.16.0-6-amd64 #1 Debian 3.16.57-2\n"


@pytest.mark.parametrize(
    ("log", "who"),
    [
        pytest.param(_STOPPED + "\n" + _RAN, (243, "kworker/1:2"), id="the panic's own trace"),
        pytest.param(HEAD + _STOPPED + _RAN, (None, "ruby worker"), id="the report has told"),
        pytest.param(_STOPPED.partition("\n")[2] + _RAN, None, id="not by hand, and cut"),
        pytest.param(_STOPPED + "usb 1-1: new device\n" * 5 + _RAN, None, id="another trace, later"),
    ],
)
def test_who_asked_for_memory_as_the_machine_was_stopped(log: str, who: tuple[int | None, str] | None) -> None:
    (report,) = events(log)
    assert (report.invoker and (report.invoker.pid, report.invoker.name)) == who


@pytest.mark.parametrize(
    ("name", "pid", "page_size"), [("global-6.1", 120, 4096), ("global-6.1-swap", 119, 4096), ("memcg-6.18", 5570, 4096)]
)
def test_whole_reports(name: str, pid: int, page_size: int) -> None:
    (event,) = events((DATA / f"report-{name}.txt").read_bytes())
    assert [victim.pid for victim in event.victims] == [pid]
    assert event.machine.page_size == page_size
    assert pid in {task.pid for task in event.tasks}


def test_pages_of_64_kilobytes_are_found_from_the_sizes() -> None:
    (event,) = events(WHOLE.replace("60000 ", "3750 "))
    assert event.machine.page_size == 65536


def test_a_date_without_a_year_is_the_last_such_day() -> None:
    line = parse("Dec 31 23:00:00 shop-1 kernel: x", Dates(NOW))
    assert line.time is not None
    assert NOW - 366 * 86400 < line.time < NOW


def row(pid: int, name: str) -> str:
    return f"[{pid:7}]  1000 {pid:5}    60000 {pid:8}   409600      100           200 {name}\n"


MANY = HEAD + " out_of_memory+0x1f/0x2b0\nRAX: 0000000000000000\n" + COLUMNS + "".join(row(pid, f"w {pid}") for pid in range(1000, 1600)) + ROWS + SUMMARY + KILL


@pytest.mark.parametrize(
    "prefix",
    [
        "", "[ 4711.123456] ", "[ 4711.123456][ T812] ", "[화  3월  3 10:11:12 2026] ", "4,1411,2061985753,-;", "kernel: ",
        "Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] ", "2026-03-03T10:11:12.123456+01:00 shop-1 kernel: ",
    ],
)  # fmt: skip
def test_a_long_table_is_read_whole(prefix: str) -> None:
    (event,) = events("".join(f"{prefix}{line}\n" for line in MANY.splitlines()))
    assert [(task.pid, task.rss, task.name) for task in event.tasks[:600]] == [(pid, pid, f"w {pid}") for pid in range(1000, 1600)]
    assert (len(event.tasks), event.whole_table, event.outcome) == (602, True, "killed")


def test_a_long_table_of_the_journal_is_read_whole_and_of_its_own_host() -> None:
    def entries(host: str) -> list[str]:
        fields = {"_HOSTNAME": host, "_TRANSPORT": "kernel", "__REALTIME_TIMESTAMP": "1772529072000000", "PRIORITY": "4"}
        return [json.dumps(fields | {"MESSAGE": line.replace("] w ", f"] {host} ")}) for line in MANY.splitlines()]

    (event,) = events("\n".join(entries("a")))
    assert [(task.pid, task.rss, task.name) for task in event.tasks[:600]] == [(pid, pid, f"w {pid}") for pid in range(1000, 1600)]
    assert (len(event.tasks), event.whole_table, event.outcome) == (602, True, "killed")
    one, two = events("\n".join(line for both in zip(entries("a"), entries("b"), strict=True) for line in both))
    assert one.tasks == two.tasks == event.tasks


@pytest.mark.parametrize("damaged", ['{"MESSAGE": "[ 5] 1', "\xff"], ids=["two that have become one", "no UTF-8"])
def test_a_damaged_entry_of_a_long_table_is_left_out(damaged: str) -> None:
    lines = [entry(line).rstrip().encode() for line in MANY.splitlines()]
    lines[100] = damaged.encode("latin-1") + lines[100] if damaged[0] == "{" else lines[100].replace(b" w ", b" \xff ")
    (event,) = events(b"\n".join(lines))
    assert (len(event.tasks), event.whole_table) == (601, True)


def test_tables_of_two_hosts_that_come_row_by_row_are_two() -> None:
    lines = MANY.splitlines()
    other = [line.replace("] w ", "] v ").replace(" w ", " v ") for line in lines]
    log = "".join(f"Mar  3 10:11:12 {host} kernel: {line}\n" for both in zip(lines, other, strict=True) for host, line in zip("ab", both, strict=True))
    one, two = events(log)
    assert [task.name[:1] for task in one.tasks[:600]] == ["w"] * 600
    assert [task.name[:1] for task in two.tasks[:600]] == ["v"] * 600


@pytest.mark.parametrize("prefix", ["", "[ 4711.123456] ", "Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] "])
def test_what_stands_between_the_rows_of_a_long_table_is_seen(prefix: str) -> None:
    lines = MANY.splitlines()
    lines[300:300] = ["2 pages RAM", "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled"]
    (event,) = events("".join(f"{prefix}{line}\n" for line in lines[:400]))
    assert event.outcome == "panic"
    glued = lines[302] + KILL.replace("711", "1005").rstrip()
    assert told("".join(f"{prefix}{line}\n" for line in [*lines[:300], glued, *lines[303:350]])) == [("kernel", "killed", [1005])]


@pytest.mark.parametrize("cell", ["9" * 5000, "9" * 25, "6x", "1_0", "+5", "\u0665", "--5", ""])
def test_a_row_that_holds_no_numbers_is_left_out(cell: str) -> None:
    (event,) = events(WHOLE.replace("711    60000", f"711    {cell}", 1))
    assert {task.pid for task in event.tasks} <= {711, 812}
    assert 812 in {task.pid for task in event.tasks} or not event.tasks
    assert event.outcome == "killed"


def test_names_in_a_long_table_are_decoded() -> None:
    named = MANY.replace("w 1100\n", "w\u00e9\n").replace("w 1101\n", "w#1\n").replace("w 1102\n", "\n")
    (event,) = events(named)
    assert [task.name for task in event.tasks[99:104]] == ["w 1099", "w\u00e9", "w#1", "", "w 1103"]
    escaped = MANY.replace("w 1100\n", r"w\xc3\xa9" + "\n")
    (event,) = events("".join(f"4,1411,2061985753,-;{line}\n" for line in escaped.splitlines()))
    assert [task.name for task in event.tasks[99:102]] == ["w 1099", "w\u00e9", "w 1101"]


def test_a_name_of_two_numbers_is_a_name() -> None:
    (event,) = events(HEAD + COLUMNS + row(8, "5 6") + KILL.replace("711 (web (x)/#1)", "8 (5 6)").replace("UID:1000 ", "").replace(" oom_score_adj:200", ""))
    assert [(one.pid, one.name) for one in event.victims] == [(8, "5 6")]


def test_a_name_that_looks_like_what_follows_it_is_a_name() -> None:
    (event,) = events(KILL.replace("web (x)/#1", "a) total-vm:1kB"))
    assert [(one.name, one.freed) for one in event.victims] == [("a) total-vm:1kB", FREED)]


def test_a_name_with_the_end_of_a_line_in_it_takes_no_other_rows_place() -> None:
    (event,) = events("".join(f"4,1411,2061985753,-;{line}\n" for line in MANY.replace("w 1100\n", r"w\x0a1100" + "\n").splitlines()))
    assert [(task.pid, task.name) for task in event.tasks[99:102]] == [(1099, "w 1099"), (1100, "w\n1100"), (1101, "w 1101")]


@pytest.mark.parametrize("prefix", ["", "[ 4711.123456] ", "Mar  3 10:11:12 shop-1 kernel: "])
def test_the_kernels_own_memory_is_read_where_it_stands_behind_what_is_free(prefix: str) -> None:
    old = " free:49825 slab_reclaimable:13213 slab_unreclaimable:44840\n"
    log = HEAD + " mapped:3 shmem:4\n" + old + "2 pages RAM\n" + COLUMNS + ROWS + SUMMARY + KILL
    (event,) = events("".join(f"{prefix}{line}\n" for line in log.splitlines()))
    assert event.machine.slab_unreclaimable == 44840 * 4096
    assert event.machine.ram == 2 * 4096


def mutated(rng: random.Random) -> tuple[bytes, set[int]]:
    """A damaged log, and the pids whose kills it can tell of."""
    lines = [rng.choice(WHOLES) for _ in range(rng.randrange(1, 4))]
    data = bytearray("".join(lines).encode())
    for _ in range(rng.randrange(6)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                del data[at : at + rng.randrange(200)]
            case 1:
                data[at:at] = rng.choice([b"\n", b"\x00", b"\xff\xfe", b"\r", b"[", b"{", b"#012", b"\x1b[0m"])
            case 2:
                data[at:at] = data[: rng.randrange(300)]
            case _:
                data = data[: max(at, 1)]
    return bytes(data), {711, 51, 99}


WHOLES = [WHOLE, prefixed("Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] "), HEAD + OLD + OLD_KILL, SENT + "process exited after 1 s\n"]


def unseen_left_out(data: bytes) -> bytes:
    """As a terminal shows it, on which a color stands between two digits of a number."""
    return re.sub(rb"[\x00\r]|\x1b\[[0-9;]*[A-Za-z]", b"", data)


def shake(count: int, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(count):
        data, pids = mutated(rng)
        for event in events(data):
            for victim in event.victims:
                # a digit may have been cut out of a pid; one that no line holds is invented
                assert victim.pid is None or str(victim.pid).encode() in unseen_left_out(data), data
        assert pids


def test_a_slice_of_the_mutations() -> None:
    shake(1500, 7)


@pytest.mark.proof
def test_a_hundred_thousand_mutations() -> None:
    shake(100_000, 1)


def test_the_kernels_buffer_escapes_what_is_not_ascii() -> None:
    escaped = r"w\xc3\xa9b \x5cx"
    (event,) = events(prefixed("4,1411,2061985753,-;").replace("web (x)/#1", escaped))
    assert [victim.name for victim in event.victims] == ["w\u00e9b \\x"]
    assert "w\u00e9b \\x" in [task.name for task in event.tasks]


def log_of(size: int) -> bytes:
    """Mostly of other things, with a report now and then, one of which has no end."""
    noise = "".join(
        f"Mar  3 10:{at // 60 % 60:02}:{at % 60:02} shop-1 kernel: [{at}.000001] usb 1-1: new high-speed USB device number {at}\n"
        for at in range(8000)
    )
    part = noise + prefixed("Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] ")
    open_end = "".join(f"Mar  3 10:11:12 shop-1 kernel: [ 4711.123456] {line}\n" for line in (HEAD + COLUMNS + ROWS).splitlines())
    return (open_end + part * (size // len(part) + 1)).encode()[:size]


def seconds(data: bytes) -> float:
    begin = time.process_time()
    assert events(data)
    return time.process_time() - begin


def test_ten_times_the_log_takes_ten_times_as_long() -> None:
    small, large = log_of(1_000_000), log_of(10_000_000)
    assert min(seconds(large) for _ in range(2)) < 25 * min(seconds(small) for _ in range(3))


def test_a_group_of_very_many_takes_no_longer_for_each() -> None:
    def log(victims: int) -> bytes:
        kills = "".join(KILL.replace("711", str(pid)) for pid in range(100_000, 100_000 + victims))
        return (HEAD + KILL + "Tasks in /shop.slice are going to be killed due to memory.oom.group set\n" + kills).encode()

    (event,) = events(log(100))
    assert len(event.victims) == 101
    assert min(seconds(log(20_000)) for _ in range(2)) < 50 * min(seconds(log(1000)) for _ in range(3))


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        pytest.param("oomd", "log", id="the name of a log"),
        pytest.param("oomd", "a.txt", id="of another"),
        pytest.param("oomd badness", " ", id="spaces"),
        pytest.param("oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=", ",task_memcg=,task=", id="paths"),
        pytest.param("", "[ pid ]", id="columns"),
    ],
)
def test_one_long_line_takes_no_longer_than_many_short_ones(begins: str, goes_on: str) -> None:
    def log(lines: int) -> bytes:
        line = begins + goes_on * (64_000 // lines // len(goes_on)) + "\n"
        return (HEAD + line * lines).encode() + WHOLE.encode()

    assert min(seconds(log(1)) for _ in range(2)) < 10 * min(seconds(log(64)) for _ in range(3))


@pytest.mark.proof
def test_a_hundred_megabytes_take_no_longer_than_grep_thirty_times(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(log_of(100_000_000))
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(5):
        subprocess.run(["grep", "-c", "-E", "Killed process|oom-kill:|invoked oom-killer", path], check=True, stdout=subprocess.PIPE)  # into /dev/null it stops at the first
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    grep = (end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime) / 5
    assert min(seconds(path.read_bytes()) for _ in range(2)) < 30 * grep


@pytest.mark.parametrize(
    ("told", "left"),
    [
        pytest.param(["app.slice 10", "x.scope 10", "user-1000.slice 11"], ["x.scope"], id="around a unit"),
        pytest.param(["app.slice 10", "user.slice 10"], ["app.slice"], id="slices alone"),
        pytest.param(["app.slice 10", "x.scope 40"], ["app.slice", "x.scope"], id="another one"),
        pytest.param(["x.scope 10", "y.scope 10", "app.slice 10"], ["x.scope", "y.scope"], id="two units"),
        pytest.param(["user-1.slice 10", "system-db.slice 10", "user@1.service 10", "user.slice 10", "system.slice 10"], ["system-db.slice", "user@1.service"], id="in two slices"),
    ],
)
def test_what_systemd_says_of_the_slices_around_a_unit_is_the_same_kill(told: list[str], left: list[str]) -> None:
    """An ordinary user's journal has the lines of the user manager alone."""
    text = ""
    for one in told:
        unit, second = one.split()
        text += f"Mar  3 10:11:{second} shop-1 systemd[812]: {unit}: A process of this unit has been killed by the OOM killer.\n"
    assert [event.victims[0].name for event in events(text)] == left


RELOADED = "Reloading finished in 214 ms."


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        pytest.param([f"11:12 kernel: {KILL.rstrip()}", f"25:40 systemd[1]: user.slice: {UNIT_TOLD}"], [711], id="long after a kill"),
        pytest.param([f"02:40 systemd[1]: user.slice: {UNIT_TOLD}", f"25:12 kernel: {KILL.rstrip()}"], [711], id="of a kill before the log"),
        pytest.param([f"11:12 kernel: {KILL.rstrip()}", f"25:40 systemd[1]: web.service: {UNIT_TOLD}"], [711, "web.service"], id="a service"),
        pytest.param([f"11:12 systemd[8]: {RELOADED}", f"11:13 systemd[8]: app.slice: {UNIT_TOLD}", f"11:13 systemd[8]: session.slice: {UNIT_TOLD}"], [], id="after a reload"),
        pytest.param([f"11:12 systemd[8]: {RELOADED}", f"11:13 systemd[8]: app.slice: {UNIT_TOLD}", f"11:13 systemd[8]: x.scope: {UNIT_TOLD}"], ["x.scope"], id="a scope after a reload"),
        pytest.param([f"11:12 systemd[1]: {RELOADED}", f"11:13 systemd[1]: user-1000.slice: {UNIT_TOLD}", f"11:13 systemd[1]: user@1000.service: {UNIT_TOLD}"], [], id="a manager after a reload"),
        pytest.param([f"11:12 systemd[8]: {RELOADED}", f"15:12 systemd[8]: app.slice: {UNIT_TOLD}"], ["app.slice"], id="long after a reload"),
        pytest.param([f"11:12 nginx[8]: {RELOADED}", f"11:13 systemd[8]: app.slice: {UNIT_TOLD}"], ["app.slice"], id="after a reload of something else"),
    ],
)
def test_a_slice_that_tells_once_more_of_an_old_kill_is_no_kill(lines: list[str], left: list[object]) -> None:
    """systemd forgets in a reload how many kills it knows of; without the kernel's lines, the slice of a container may be all there is."""
    found = events("".join(f"Mar  3 10:{line.replace(' ', ' shop-1 ', 1)}\n" for line in lines))
    assert [event.victims[0].pid or event.victims[0].name for event in found] == left


@pytest.mark.parametrize(("unit", "count"), [("web.service", 3), ("app.slice", 1)])
def test_a_unit_that_tells_again_tells_of_another_kill(unit: str, count: int) -> None:
    """Those within ten minutes were one; a slice may tell once more of an old one."""
    found = events("".join(f"Mar  3 10:1{minute}:12 shop-1 systemd[1]: {unit}: {UNIT_TOLD}\n" for minute in (1, 1, 3, 4)))
    assert [(event.killer, event.victims[0].name) for event in found] == [("kernel", unit)] * count


def test_each_kill_by_systemd_oomd_that_only_the_unit_tells_of_is_one() -> None:
    found = events("".join(f"Mar  3 10:1{minute}:12 shop-1 systemd[1]: web.service: systemd-oomd killed 3 process(es) in this unit.\n" for minute in (1, 1, 3)))
    assert [(event.killer, event.victims[0].name) for event in found] == [("systemd-oomd", "web.service")] * 2


@pytest.mark.parametrize(("unit", "told"), [("web.service", [("kernel", "one-of", ["web.service"])]), ("db.service", [("kernel", "unknown", []), ("unknown", "one-of", ["db.service"])])])
def test_a_search_for_oom_kill_leaves_the_kernels_and_the_units_line_on_one_kill(unit: str, told: list[object]) -> None:
    found = events(f"Mar  3 10:11:12 a kernel: {SUMMARY}Mar  3 10:11:13 a systemd[1]: {unit}: Failed with result 'oom-kill'.\n")
    assert [(event.killer, event.outcome, [one.name for one in event.victims]) for event in found] == told


@pytest.mark.parametrize(("unit", "at", "count"), [("web.service", "10:11:11", 1), ("db.service", "10:11:11", 2), ("web.service", "10:10:11", 2)])
def test_a_unit_may_tell_of_a_kill_before_the_kernel(unit: str, at: str, count: int) -> None:
    lines = [f"Mar  3 {at} shop-1 systemd[1]: {unit}: {UNIT_TOLD}", *(f"Mar  3 10:11:12 shop-1 kernel: {line}" for line in (HEAD + SUMMARY + KILL).splitlines())]
    found = events("".join(f"{line}\n" for line in lines))
    assert (len(found), found[-1].victims[0].pid) == (count, 711)


@pytest.mark.parametrize("line", [" free:1000 free_pcp:0 free_cma:0", "        free:1000 free_pcp:0 free_cma:0", " mapped:7 shmem:8 free:1000 free_pcp:0 free_cma:0"])
def test_what_is_free_stands_anywhere_in_its_line(line: str) -> None:
    before = "Mar  3 10:11:12 shop-1 kernel: [  100.000001] "
    body = [" unevictable:0 dirty:0 writeback:0", line, " mapped:1 shmem:2"]
    lines = ["vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0", *body, "1000 pages RAM", "Node 0 DMA: 1*4kB (U) = 4kB"]
    (report,) = read(io.BytesIO("".join(f"{before}{one}\n" for one in lines).encode()), 1_790_000_000.0)
    assert report.machine.free == 4_096_000
