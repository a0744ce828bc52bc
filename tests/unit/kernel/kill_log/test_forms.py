"""A report says the same whatever stands before its lines, what isn't the kernel's is no report, and what was cut off is unknown."""

from __future__ import annotations

import io
import json
import textwrap

import pytest

from oomtray.kernel.kill_log import dates, lines
from oomtray.kernel.kill_log.dates import Dates, date_of
from oomtray.kernel.kill_log.facts import Killed, KillReport
from oomtray.kernel.kill_log.lines import parse
from oomtray.kernel.kill_log.reading import read

NOW = 1_790_000_000.0
REPORT = """\
vim invoked oom-killer: gfp_mask=0x14200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null),  order=0, oom_score_adj=0
CPU: 3 PID: 712 Comm: vim Not tainted 4.15.0-20-generic #21-Ubuntu
Mem-Info:
Node 0 DMA free:15888kB min:272kB low:340kB high:408kB
Node 0 DMA: 100*4kB (UM) 0*8kB 0*16kB = 400kB
Free swap  = 0kB
Total swap = 0kB
262144 pages RAM
2144 pages reserved
[ pid ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  712]     0   712    10000     2000    40960        0             0 vim
[ 2101]  1000  2101   500000   200000   800000        0           300 Web Content
Out of memory: Kill process 2101 (Web Content) score 990 or sacrifice child
Killed process 2101 (Web Content) total-vm:2000000kB, anon-rss:790000kB, file-rss:10000kB, shmem-rss:12kB
"""
KILL = "Out of memory: Killed process 12 (x) total-vm:10kB, anon-rss:8kB, file-rss:1kB, shmem-rss:0kB, UID:7 pgtables:4kB oom_score_adj:5"


def events(text: str) -> list[KillReport]:
    return list(read(io.BytesIO(text.encode()), NOW))


def entry(message: str, **fields: object) -> str:
    return json.dumps({"_TRANSPORT": "syslog", "MESSAGE": message} | fields)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="none"),
        pytest.param("    [  100.123456] ", id="a list in Markdown"),
        pytest.param("\t[  100.123456] ", id="a tab"),
        pytest.param("log-1  | [  100.123456] ", id="docker compose"),
        pytest.param("17:[  100.123456] ", id="grep -n"),
        pytest.param("web-01: [  100.123456] ", id="a host"),
        pytest.param("   17  [  100.123456] ", id="cat -n"),
        pytest.param("2026-08-28T05:53:20.123456789Z [  100.123456] ", id="docker logs -t"),
        pytest.param("2026-08-28T05:53:20.123456789Z stderr F [  100.123456] ", id="CRI"),
        pytest.param("2026-08-28T05:53:20,123456+00:00 ", id="dmesg --time-format iso"),
        pytest.param("Aug 28 05:53:20 (none) kern.warn kernel: [  100.123456] ", id="BusyBox"),
        pytest.param("<4>1 2026-08-28T05:53:20.123456Z web kernel - - - \ufeff", id="RFC 5424 with its mark of UTF-8"),
    ],
)
def test_what_stands_before_the_message(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    (victim,) = found.victims
    assert (victim.pid, victim.name, victim.freed) == (2101, "Web Content", 800012 * 1024)
    assert found.invoker is not None
    assert (found.invoker.pid, found.invoker.name, found.order) == (712, "vim", 0)
    assert [task.pid for task in found.tasks] == [712, 2101]
    assert found.machine.ram == 260000 * 4096


def test_the_json_of_dmesg() -> None:
    (found,) = events('{\n"dmesg": [\n{\n' + "\n},{\n".join(f'"pri": 4,\n"msg": {json.dumps(one)}' for one in REPORT.splitlines()) + "\n}]}\n")
    assert [one.pid for one in found.victims] == [2101]
    assert len(found.tasks) == 2


def test_the_table_tells_what_the_line_of_the_kill_lacks() -> None:
    (found,) = events(REPORT)
    (victim,) = found.victims
    assert (victim.uid, victim.adj) == (1000, 300)


def test_two_blanks_before_the_order() -> None:
    (found,) = events(REPORT.replace("order=0", "order=-1"))
    assert found.manual


@pytest.mark.parametrize(
    ("cut", "freed", "uid"),
    [("rss:8", None, None), ("rss:8kB", 8192, None), ("file-rss:1", 8192, None), ("UID:7", 9216, None), ("UID:7 ", 9216, 7)],
)
def test_a_number_that_was_cut_is_unknown(cut: str, freed: int | None, uid: int | None) -> None:
    (found,) = events(KILL[: KILL.index(cut) + len(cut)])
    assert [(one.pid, one.freed, one.uid) for one in found.victims] == [(12, freed, uid)]


@pytest.mark.parametrize(
    "text",
    [
        "The process foo invoked oom-killer yesterday.",
        "foo invoked oom-killer: and that was that.",
        '\tpr_warn("Out of memory and no killable processes...\\n");',
        "2026-08-28 05:53:20 INFO Killed process 12 (x), will restart",
        "* Killed process 12 (x)",
        'Where it says "Kernel panic - not syncing: System is deadlocked on memory", add memory',
        "Killed process 12 (x)",
        entry(KILL, SYSLOG_IDENTIFIER="kernel", _COMM="logger"),
        entry(KILL, _EXE="/usr/bin/python3"),
        entry('sending SIGTERM to process 1 uid 0 "sshd": oom_score 1, VmRSS 1 MiB', SYSLOG_IDENTIFIER="earlyoom", _COMM="logger"),
        entry("a.service: systemd-oomd killed 2 process(es) in this unit.", SYSLOG_IDENTIFIER="systemd", _COMM="logger"),
        entry(KILL, SYSLOG_IDENTIFIER=["kernel"]),
    ],
)
def test_what_is_not_the_kernels(text: str) -> None:
    assert events(text + "\n") == []


@pytest.mark.parametrize("before", ["[  100.123456] ", "Aug 28 05:53:20 web kernel: "])
def test_the_oldest_kernels_say_no_more(before: str) -> None:
    (found,) = events(f"{before}Killed process 12 (x)\n")
    assert [one.pid for one in found.victims] == [12]


def test_a_program_by_its_own_name_in_the_journal() -> None:
    (found,) = events(entry("a.service: systemd-oomd killed 2 process(es) in this unit.", SYSLOG_IDENTIFIER="systemd", _COMM="systemd"))
    assert found.killer == "systemd-oomd"


@pytest.mark.parametrize(("said", "adj"), [(", oom_score_adj -300", -300), (", oom_score_adj 0", 0), ("", None)])
def test_earlyoom_tells_what_its_victim_was_set_to(said: str, adj: int | None) -> None:
    """Newer versions do; a command line may hold the same words."""
    (found,) = events(f'Aug 28 05:53:20 web earlyoom[7]: sending SIGTERM to process 9 uid 7 "x": oom_score 1{said}, VmRSS 3 MiB, cmdline "x oom_score_adj 5, VmRSS 9 MiB"\n')
    assert found.victims == (Killed(9, "x", 3 << 20, adj, 7, command="x oom_score_adj 5, VmRSS 9 MiB"),)


def test_a_dry_run_of_earlyoom_ends_nobody() -> None:
    lines = ['sending SIGTERM to process 9 uid 0 "x": oom_score 1, VmRSS 1 MiB, cmdline "x"', "dryrun, not actually sending any signal"]
    assert events("".join(f"Aug 28 05:53:20 web earlyoom[7]: {line}\n" for line in lines)) == []


WARNED, JOURNALED = "Out of memory! avail: 0 MiB < min: 587 MiB\n", "Nov 12 04:17:03 a earlyoom[611]: "


@pytest.mark.parametrize(
    ("log", "named"),
    [
        pytest.param(WARNED + "Killing process 82 sudo\nmem avail: 732 MiB (12 %)\n" + WARNED + "Killing process 84 Web Content\n", ["sudo", "Web Content"], id="1.0 and 1.1"),
        pytest.param(JOURNALED + "Killing process 82 Web Content\n", ["Web Content"], id="in the journal"),
        pytest.param(JOURNALED + "Killing process 82 java\n" + JOURNALED + "Could not kill process: Operation not permitted\n", [], id="in vain"),
        pytest.param(JOURNALED + "Killing process 82 (Web\n", ["Web"], id="before, up to a blank"),
        pytest.param("Killing process: tail, pid: 82, badness: 367, VmRSS: 719 MiB\n", ["tail"], id="between 1.1 and 1.2"),
        pytest.param("Killing process 82 sudo\n", [], id="another program"),
        pytest.param(JOURNALED + "Killing process 'tail' with signal 15, pid\n", [], id="cut"),
    ],
)
def test_the_first_versions_of_earlyoom(log: str, named: list[str]) -> None:
    assert [(event.killer, event.outcome, [one.name for one in event.victims]) for event in events(log)] == [("earlyoom", "likely", [name]) for name in named]


@pytest.mark.parametrize(("end", "pids"), [("  Success\n", [41]), ("  Success; reaction time: 11 ms\n", [41]), ("  Fail\n", []), ("", [])])
def test_the_first_versions_of_nohang(end: str, pids: list[int]) -> None:
    """An intention is no kill."""
    text = "  Preventing OOM: trying to send the SIGTERM signal to tail,\n  Pid: 41, Badness: 777, VmRSS: 3 MiB, VmSwap: 8 MiB\n" + end
    found = events(text + "MemAvail:  173 M,  2.9 % | SwapFree:  3363 M,  31.3 %\n")
    assert [(one.pid, one.name, one.freed) for event in found for one in event.victims] == [(pid, "tail", 3 << 20) for pid in pids]
    assert [(event.killer, event.outcome) for event in found] == [("nohang", "likely")] * len(pids)


def test_who_shares_the_memory_dies_too() -> None:
    (found,) = events(REPORT + "unrelated\nKill process 2102 (helper) sharing same memory\n")
    assert [one.pid for one in found.victims] == [2101, 2102]


def test_a_key_that_was_pressed_in_vain() -> None:
    (found,) = events(
        "[  100.000000] sysrq: Manual OOM execution\n[  100.000001] sysrq: OOM request ignored. No task eligible\n"
        "[90000.000000] Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled\n"
    )
    assert not found.manual


KEY = "[  100.000000] SysRq : Manual OOM execution\n"
KEYED = "[  100.200000] Out of memory: Kill process 41 (web) score 9 or sacrifice child\n[  100.300000] Killed process 41 (web) total-vm:9kB, anon-rss:7kB\n"
ASKED = "[  100.100000] {} invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"


@pytest.mark.parametrize(
    ("log", "manual"),
    [
        pytest.param(KEY + KEYED, True, id="without a head"),
        pytest.param(KEY + KEYED.replace(" 100.", " 900."), False, id="long before"),
        pytest.param(KEY + ASKED.format("kworker/2:9") + KEYED, True, id="an old kernel"),
        pytest.param(KEY + ASKED.format("web") + KEYED, False, id="somebody else meanwhile"),
        pytest.param(ASKED.format("kworker/2:9") + KEYED, False, id="no key"),
        pytest.param(KEY + "[  100.100000] sysrq: OOM request ignored because killer is disabled\n" + KEYED, False, id="in vain"),
    ],
)
def test_a_key_that_was_pressed(log: str, manual: bool) -> None:
    (found,) = events(log)
    assert ([one.pid for one in found.victims], found.manual, found.constraint) == ([41], manual, "none")


def test_a_unit_that_lost_a_process_does_not_say_what_ran_out() -> None:
    (found,) = events("Aug 28 05:53:20 web systemd[1]: a.service: A process of this unit has been killed by the OOM killer.\n")
    assert (found.outcome, found.constraint) == ("one-of", None)


def broken(text: str, width: int, *, words: bool) -> str:
    lines = text.splitlines()
    if words:
        parts = [textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in lines]
    else:
        parts = [[line[at : at + width] for at in range(0, len(line), width)] for line in lines]
    return "".join(f"{part}\n" for line in parts for part in line)


@pytest.mark.parametrize(
    "before",
    [
        "[  100.123456] ", "Aug 28 05:53:20 web kernel: ", "[토  8월 28 05:53:20 2026] ", "> [  100.123456] ", "kern  :warn  : [  100.123456] ", "web: kern: info: [2026-08-28T05:53:20Z]: ",
        "kern  :warn  : 2026-08-28T05:53:20,123456+00:00 ", "Aug 28 05:53:20.123456 web kernel: ", "Fri 2026-08-28 05:53:20 UTC web kernel: ", "1787896400.123456 web kernel: ",
        "Fri Aug 28 05:53:20 2026 kern.warn kernel: ", "2026 Aug 28 05:53:20 web kernel: ", "08-28 05:53:20.123     0     0 W kernel  : ", "<4>1 2026-08-28T05:53:20.123456Z web kernel - - - ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("width", [72, 80, 100, 132])
@pytest.mark.parametrize("words", [False, True])
def test_lines_that_a_terminal_or_a_mail_program_has_broken(before: str, width: int, words: bool) -> None:
    whole = "".join(f"{before}{line}\n" for line in REPORT.splitlines())
    text = broken(whole, width, words=words)
    if before.startswith(">"):
        text = "".join(line if line.startswith(">") else f"> {line}" for line in text.splitlines(keepends=True))
    assert events(text) == events(whole)


def test_broken_lines_below_longer_ones_of_a_letter() -> None:
    whole = "".join(f"[  100.123456] {line}\n" for line in REPORT.splitlines())
    letter = "Dear all, this machine has gone down again while nobody was looking, and I would like to know whom to blame for it this time.\n"
    assert events(letter + broken(whole, 80, words=False)) == events(whole)


@pytest.mark.parametrize("before", ["[  100.123456] ", ""], ids=["dmesg", "bare"])
@pytest.mark.parametrize("end", [">", "…", ""], ids=["by journalctl", "with an ellipsis", "unmarked"])
def test_a_kill_line_that_was_cut_to_a_width(before: str, end: str) -> None:
    """What the reaper's line says is left was taken for what was freed, and a part of a number for the whole."""
    kill = "Out of memory: Killed process 41 (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB, UID:7 pgtables:4kB oom_score_adj:300"
    reaped = f"{before}oom_reaper: reaped process 41 (web), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n"
    for width in range(kill.index(" total"), len(kill)):
        (found,) = events(f"{before}{kill[:width]}{end}\n{reaped}")
        (victim,) = found.victims
        assert victim.freed in {None, 700 << 10, 712 << 10}
        assert victim.adj is None or not end


@pytest.mark.parametrize("before", ["[  100.123456] ", "Aug 28 05:53:20 web kernel: ", ""], ids=["dmesg", "syslog", "bare"])
@pytest.mark.parametrize("gap", ["\n  ", "\n\t", " \n                 "], ids=["blanks", "a tab", "lined up"])
def test_a_kill_that_somebody_has_broken_and_indented(gap: str, before: str) -> None:
    text = before + "Memory cgroup out of memory: Killed process 41 (web)" + gap + "total-vm:9000kB, anon-rss:700kB," + gap + "file-rss:12kB, shmem-rss:0kB\n"
    (found,) = events(text + before + "eth0: link is up\n")
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(41, "web", 712 << 10)]


OF_OPENVZ = "Out of memory in UB 1234: OOM killed process 41 (web) score 0 vm:9000kB, rss:712kB, swap:0kB"
OF_A_GROUP = "Memory cgroup out of memory: Killed process 41 (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB, UID:1000 pgtables:40kB oom_score_adj:9"


@pytest.mark.parametrize("before", ["[  100.123456] ", "Aug 28 05:53:20 web kernel: ", ""], ids=["dmesg", "syslog", "bare"])
@pytest.mark.parametrize("gap", ["\n", " \n", "\n    "], ids=["plain", "behind the blank", "indented"])
@pytest.mark.parametrize("words", ["memory: Killed", "Killed process", "process 41", "41 (web)", "1234: OOM", "OOM killed", "killed process", "(web) score", "score 0", "0 vm"])
def test_a_kill_that_a_page_has_broken_once(words: str, gap: str, before: str) -> None:
    for line in (OF_OPENVZ, OF_A_GROUP):
        broken_once = line.replace(words, words.replace(" ", gap))
        (found,) = events(f"{before}{broken_once}\n{before}eth0: link is up\n")
        assert [(one.pid, one.name, one.freed) for one in found.victims] == [(41, "web", 712 << 10)]
        assert (found.outcome, found.constraint) == ("killed", "memcg")


@pytest.mark.parametrize(("begin", "constraint"), [("Memory\n", "memcg"), ("Memory cgroup\n", None), ("Memory cgroup out of\n", None)])
@pytest.mark.parametrize("before", ["[  100.123456] vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0\n"])
def test_a_limit_whose_name_stands_on_the_line_before_is_not_the_machines(begin: str, constraint: str | None, before: str) -> None:
    """It was told that all memory had run out."""
    (found,) = events(before + begin + OF_A_GROUP[len(begin) :] + "\n")
    assert ([one.pid for one in found.victims], found.constraint) == ([41], constraint)


@pytest.mark.parametrize("words", ["memory: Kill", "Kill process", "process 41", "41 (web)"])
def test_a_choice_that_a_page_has_broken_once(words: str) -> None:
    (found,) = events("Aug 28 05:53:20 web kernel: Out of memory: Kill process 41 (web) score 900 or sacrifice child\nIs that all?\n".replace(words, words.replace(" ", "\n")))
    assert (found.outcome, found.victims, found.chosen) == ("unknown", (), (41, "web", True))


def test_what_follows_a_broken_line_goes_on_with_it_only_if_it_names_a_process() -> None:
    for begin in ("Out of memory: Killed", "Out of memory: Kill process 40", "Out of memory:"):
        (found,) = events(f"[  100.123456] {begin}\nand then\n[  101.123456] Memory cgroup out of memory: Killed process 41 (web)\n")
        assert ([one.pid for one in found.victims], found.constraint, found.uptime) == ([41], "memcg", 101.123456)


@pytest.mark.parametrize("indent", ["", "  "])
def test_a_kill_that_was_broken_and_quoted(indent: str) -> None:
    (found,) = events(f"> Memory cgroup out of memory: Killed process 41 (web)\n> {indent}total-vm:9000kB, anon-rss:700kB,\n> {indent}file-rss:12kB, shmem-rss:0kB\n> Really?\n")
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(41, "web", 712 << 10)]


@pytest.mark.parametrize("before", ["earlyoom: ", "    earlyoom: ", "Aug 28 05:53:20 web earlyoom[7]: "])
def test_a_signal_of_earlyoom_that_somebody_has_broken(before: str) -> None:
    text = f'{before}sending SIGTERM to process 41 uid 7 "web":\n              oom_score 946, VmRSS 3 MiB,\n              cmdline "web --x"\n'
    (found,) = events(text + f"{before}process 41 exited after 0.1 seconds\n")
    assert [(one.pid, one.freed, one.command) for one in found.victims] == [(41, 3 << 20, "web --x")]
    assert found.outcome == "killed"


@pytest.mark.parametrize(
    "row",
    ["| Aug 28 05:53:20 | {} | {} |", "| Aug 28 05:53:20 | web | {} | {} |", "| 2026-08-28T05:53:20Z | {} | {} |", " Aug 28 05:53:20 | web | {} | {}", "| Aug 28 05:53:20 | web {}: {} |"],
)
def test_the_rows_of_a_table(row: str) -> None:
    """Those of earlyoom were nobody's, and another program's words were the kernel's."""
    sent = 'sending SIGTERM to process 42 uid 7 "db": badness 900, VmRSS 3 MiB'
    told = [("earlyoom[512]", sent), ("earlyoom[512]", "process 42 exited after 0.1 seconds"), ("kernel", OF_A_GROUP), ("sshd[4]", OF_A_GROUP.replace("41", "43")), ("sshd[4]", sent.replace("42", "44"))]
    found = events("| time | program | message |\n|---|---|---|\n" + "".join(row.format(*one) + "\n" for one in told))
    assert [(one.killer, one.outcome, one.time, [(dead.pid, dead.freed) for dead in one.victims]) for one in found] == [
        ("earlyoom", "killed", 1_787_896_400.0, [(42, 3 << 20)]),
        ("kernel", "killed", 1_787_896_400.0, [(41, 712 << 10)]),
    ]


def test_a_mark_of_utf_8_before_json() -> None:
    log = "\ufeff" + entry(KILL, _TRANSPORT="kernel") + "\n" + entry("eth0: link is up", _TRANSPORT="kernel") + "\n"
    assert [one.pid for found in events(log) for one in found.victims] == [12]


def test_a_kill_ends_at_its_name_where_other_text_follows() -> None:
    (found,) = events("Out of memory: Killed process 41 (web)\nand soon after it (db)\n")
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(41, "web", None)]


@pytest.mark.parametrize(
    ("choice", "constraint"),
    [("Out of memory: Kill process 40 (web)", None), ("Memory cgroup out of memory: Kill process 40 (web) sc>", "memcg"), ("Memory cgroup out of memory: Kill process 40 (web) score 9>", "memcg")],
)
def test_a_choice_that_was_cut(choice: str, constraint: str | None) -> None:
    """journalctl cuts lines to the terminal's width."""
    (found,) = events(f"Aug 28 05:53:20 web kernel: {choice}\n")
    assert (found.victims, found.outcome, found.constraint) == ((), "unknown", constraint)
    (found,) = events(f"Aug 28 05:53:20 web kernel: {choice}\nAug 28 05:53:20 web kernel: Killed process 41 (db) total-vm:9000kB, anon-r>\n")
    assert [(one.pid, one.freed) for one in found.victims] == [(41, None)]
    assert found.constraint == (constraint or "none")


@pytest.mark.parametrize(
    ("line", "killer"),
    [
        ("a.service: A process of this unit has been killed by the OO>", "kernel"),
        ("a.service: The kernel OOM killer killed some proc>", "kernel"),
        ("a.service: systemd-oomd killed 3 pro>", "systemd-oomd"),
    ],
)
def test_a_unit_whose_line_was_cut(line: str, killer: str) -> None:
    (found,) = events(f"Aug 28 05:53:20 web systemd[1]: {line}\n")
    assert (found.killer, [one.name for one in found.victims]) == (killer, ["a.service"])


@pytest.mark.parametrize("reserved", [262144, 4294965447])
def test_more_reserved_than_there_is_says_nothing(reserved: int) -> None:
    (found,) = events(REPORT.replace("2144 pages reserved", f"{reserved} pages reserved"))
    assert found.machine.ram is None


@pytest.mark.parametrize("gap", ["...", " ...", " \u2026", ">", " >", ""])
def test_a_kill_whose_sizes_were_left_out(gap: str) -> None:
    (found,) = events(f"Aug 28 05:53:20 web kernel: Out of memory: Killed process 41 (web){gap}\n")
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(41, "web", None)]


def test_a_kill_whose_address_space_was_left_out() -> None:
    (found,) = events("Aug 28 05:53:20 web kernel: Out of memory: Killed process 41 (web) anon-rss:700kB oom_score_adj:200\n")
    assert [(one.pid, one.freed, one.adj) for one in found.victims] == [(41, 700 << 10, 200)]


@pytest.mark.parametrize("before", ["  ", ">   ", "> >   ", "\t"])
def test_indented_lines_that_a_report_has_after_its_end(before: str) -> None:
    lines = ["Out of memory: Killed process 41 (web) total-vm:9kB, anon-rss:7kB", "oom_reaper: reaped process 52 (db), now anon-rss:0kB, file-rss:0kB"]
    assert [one.pid for found in events("".join(f"{before}{line}\n" for line in lines)) for one in found.victims] == [41, 52]


def test_a_host_that_somebody_has_made_unreadable() -> None:
    (found,) = events("Aug 28 05:53:20 ** kernel: vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n")
    assert found.invoker is not None
    assert found.invoker.name == "vim"


def test_a_host_named_twice() -> None:
    (found,) = events('<30>Aug 28 05:53:20 gate gate earlyoom[80]: sending SIGTERM to process 41 uid 7 "web": badness 900, VmRSS 3 MiB\n')
    assert (found.killer, [one.pid for one in found.victims]) == ("earlyoom", [41])


def test_what_is_written_below_a_report_is_no_part_of_it() -> None:
    text = "".join(f"[  100.123456] {line}\n" for line in REPORT.splitlines())
    assert events(f"{text}\nThis is what I found.\n") == events(text)
    assert events(f"{text}This is what I found.\n") == events(text)


def test_a_number_that_two_lines_share_is_none_of_its_halves() -> None:
    (found,) = events(KILL.replace("anon-rss:8kB", "anon-rss:7\n8kB"))
    assert [one.freed for one in found.victims] == [None]


FIELDS = {"_TRANSPORT": "kernel", "_HOSTNAME": "web", "__REALTIME_TIMESTAMP": "1780000000500000"}
ENTRIES = {
    "pretty": lambda fields: json.dumps(fields, indent="\t") + "\n",
    "pretty, the message first": lambda fields: json.dumps(dict(reversed(fields.items())), indent="\t") + "\n",
    "verbose": lambda fields: "Thu 2026-05-28 20:26:40.500000 UTC [s=1;i=2]\n" + "".join(f"    {name}={one}\n" for name, one in fields.items() if name[:2] != "__"),
    "export": lambda fields: "__CURSOR=s=1\n" + "".join(f"{name}={one}\n" for name, one in fields.items()) + "\n",
}


@pytest.mark.parametrize("form", ENTRIES)
def test_entries_of_the_journal_with_a_line_for_each_field(form: str) -> None:
    text = "".join(ENTRIES[form](FIELDS | {"MESSAGE": line}) for line in REPORT.splitlines())
    (found,) = events(text)
    assert found.time == 1_780_000_000.5
    assert ([one.pid for one in found.victims], len(found.tasks)) == ([2101], 2)
    spoken = {"_TRANSPORT": "syslog", "SYSLOG_IDENTIFIER": "sshd", "MESSAGE": KILL}
    assert events(ENTRIES[form](spoken)) == []


@pytest.mark.parametrize("form", ["verbose", "export"])
def test_the_last_line_of_an_entry_without_its_end(form: str) -> None:
    """As it is copied from a terminal."""
    fields = ["__REALTIME_TIMESTAMP=1787896400000000", "_TRANSPORT=kernel", f"MESSAGE={KILL}"]
    verbose = ["Fri 2026-08-28 05:53:20.000000 UTC [s=1;i=2]", *(f"    {field}" for field in fields[1:])]
    (found,) = events("\n".join(verbose if form == "verbose" else fields))
    assert (found.time, [one.pid for one in found.victims]) == (1_787_896_400.0, [12])


def test_a_row_with_a_damaged_date_among_others() -> None:
    rows = "".join(f"[ {pid:6}]  1000 {pid:6}      100       50    40960        0             0 sh\n" for pid in range(2102, 2120))
    whole = REPORT.replace("Out of memory", f"{rows}Out of memory")
    lines = "".join(f"[  100.123456] {line}\n" for line in whole.splitlines()).encode().splitlines(keepends=True)
    damaged = [line.replace(b"100.12", b"10\xaf.12") if b"[ 2101]" in line else line for line in lines]
    (found,) = list(read(io.BytesIO(b"".join(damaged)), NOW))
    assert [one.pid for one in found.victims] == [2101]


@pytest.mark.parametrize("name", ["(resolved)", "a (deleted)", "x"])
@pytest.mark.parametrize("end", [", now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB", ", n>", ""])
def test_the_reapers_victim_by_its_whole_name(name: str, end: str) -> None:
    (found,) = events(f"[  100.123456] oom_reaper: reaped process 41 ({name}){end}\n")
    assert [(one.pid, one.name) for one in found.victims] == [(41, name)]


def test_the_reaper_takes_from_victims_of_any_kind() -> None:
    (found,) = events("[  100.123456] oom_reaper: reaped process 12 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n")
    assert ([one.pid for one in found.victims], found.constraint) == ([12], None)


def test_journalctl_may_tell_units_in_place_of_programs() -> None:
    date = "Fri 2026-08-28 05:53:20 UTC web"
    (swapped, lost) = events(
        f"{date} systemd-oomd.service[812]: Killed /system.slice/a.service due to memory used (1) / total (2) and swap used (3) / total (4) being more than 90.00%\n"
        f"{date} init.scope[1]: a.service: systemd-oomd killed 2 process(es) in this unit.\n"
        f"{date} user@1000.service/init.scope[1]: b.service: systemd-oomd killed 2 process(es) in this unit.\n"
    )
    assert [one.victims[0].name for one in (swapped, lost)] == ["a.service", "b.service"]


@pytest.mark.parametrize(
    "before",
    [
        "", "[Tue Mar  3 10:11:12 2026] ", "[Tue Mar  3 10:11:12 2026] kernel: ", "[Tue Mar  3 10:11:12 2026] [  100.123456] ", "[  100.123456] ",
        "Mar  3 10:11:12 web kernel: ", "Mar  3 10:11:12 web kernel: [  100.123456] ", "2026-03-03T10:11:12.250000+01:00 web kernel: ",
        "2026-03-03T10:11:12Z web kernel: [  100.123456] ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", [*REPORT.splitlines(), "Pid: 7, comm: vim Not tainted 2.6.32", "Tasks in /a are going to be killed", " ? vmap+0x1/0x2", "Hardware name: Shop"])
def test_common_lines_are_read_as_any_other(before: str, text: str) -> None:
    assert parse(before + text, Dates(NOW)) == lines._parse(before + text, Dates(NOW))


@pytest.mark.parametrize("date", ["Mar  3 10:11:12", "Dec 31 23:59:60", "Tue Mar  3 10:11:12 2026", "Sun Nov 30 00:00:00 1999", "Feb 29 10:11:12"])
def test_common_dates_are_read_as_any_other(date: str) -> None:
    assert date_of(date, NOW) == dates._written(date, NOW, None)


@pytest.mark.parametrize("width", [1000, 80])
def test_a_collector_of_syslog_has_lines_of_the_old_and_the_new_form(width: int) -> None:
    """A line of RFC 5424 behind one of RFC 3164 was taken for the rest of it, and the kill was lost."""
    lines = [f"<4>1 2026-08-28T05:53:20.123456Z web kernel - - - {line}" for line in REPORT.splitlines()]
    mixed = [one for line in lines for one in (line, "Aug 28 05:53:20 switch app[77]: eth0: link up")]
    assert events("\n".join(line[at : at + width] for line in mixed for at in range(0, len(line), width))) == events("\n".join(lines))
