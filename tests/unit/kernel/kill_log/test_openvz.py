"""Kills as the kernels of OpenVZ and Virtuozzo log them, by lines of their own."""

from __future__ import annotations

import pytest

from tests.unit.kernel.kill_log.test_outer import events

CHOICE = "Out of memory in UB: Kill process 712 (vim) score -955 or sacrifice child"
KILL = "OOM killed process 712 (vim) vm:174440kB, rss:39732kB, swap:31408kB"
AFTER = "OOM killed process vim (pid=712, ve=130) exited, free=2420222."


@pytest.mark.parametrize("before", ["", "[  100.123456] ", "Aug 28 05:53:20  kernel: [  100.123456] "])
@pytest.mark.parametrize(
    ("lines", "constraint"),
    [
        pytest.param([CHOICE, KILL, AFTER], "memcg", id="a container"),
        pytest.param(["Out of memory in UB: kill process 712 (vim) or a child", KILL], "memcg", id="before there was a score"),
        pytest.param(["Out of memory in UB 130: OOM killed process 712 (vim) score 0 vm:174440kB, rss:39732kB, swap:31408kB"], "memcg", id="in one line"),
        pytest.param(["Out of memory: Kill process 712 (vim) score 10 or sacrifice child", KILL], "none", id="the machine"),
        pytest.param([KILL, AFTER], None, id="within a container"),
    ],
)
def test_a_kill(lines: list[str], constraint: str | None, before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in lines))
    (victim,) = found.victims
    assert (victim.pid, victim.name, victim.freed) == (712, "vim", 39732 * 1024)
    assert (found.outcome, found.constraint) == ("killed", constraint)


CHOICE_OF_7 = "Memory cgroup out of memory: Kill process 712 (vim) score 900 or sacrifice child"
KILL_OF_7 = 'Killed process 712 (vim) in VE "130" total-vm:174440kB, anon-rss:39732kB, file-rss:8kB, shmem-rss:4kB'


@pytest.mark.parametrize("before", ["", "[  100.123456] ", "Aug 28 05:53:20 node kernel: "])
def test_a_kill_by_virtuozzo_7(before: str) -> None:
    """None of them was read."""
    lines = [CHOICE_OF_7, KILL_OF_7, 'Kill process 713 (vim) in VE "130" sharing same memory']
    (found,) = events("".join(f"{before}{line}\n" for line in lines))
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(712, "vim", 39744 * 1024), (713, "vim", None)]
    assert (found.outcome, found.constraint) == ("killed", "memcg")


@pytest.mark.parametrize("end", [KILL_OF_7.index(" total"), KILL_OF_7.index("130") + 2, KILL_OF_7.index(' "130')])
def test_a_kill_by_virtuozzo_7_that_is_cut(end: int) -> None:
    (found,) = events(f"[  100.123456] {CHOICE_OF_7}\n[  100.123456] {KILL_OF_7[:end]}\n")
    assert [(one.pid, one.freed) for one in found.victims] == [(712, None)]


@pytest.mark.parametrize("cut", [" vm:1744", " vm:174440kB, rss:39", ""])
def test_what_was_cut_is_unknown(cut: str) -> None:
    (found,) = events(f"[  100.123456] {CHOICE}\n[  100.123456] OOM killed process 712 (vim){cut}\n")
    assert [(one.pid, one.freed) for one in found.victims] == [(712, None)]


def test_who_asked_begins_the_next_report() -> None:
    head = "801 (php) invoked loc oom-killer: gfp 0x200d2 order 0 oomkilladj=0"
    first, second = events("".join(f"[  100.123456] {line}\n" for line in [CHOICE, KILL, AFTER, head, CHOICE.replace("712", "713"), KILL.replace("712", "713")]))
    assert first.invoker is None
    assert (second.invoker, second.order, second.mask) == ((801, "php"), 0, 0x200D2)
    assert [victim.pid for victim in second.victims] == [713]


def test_a_report_without_its_end_is_unknown() -> None:
    (found,) = events(">>> 130 oom generation 4 starts\n801 (php) invoked loc oom-killer: gfp 0x200d2 order 0 oomkilladj=0\n")
    assert (found.outcome, found.victims) == ("unknown", ())
