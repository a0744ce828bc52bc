"""Names of victims with ends of lines in them, and names that somebody has put before the invoker's."""

from __future__ import annotations

import json
import struct

import pytest

from tests.unit.kernel.kill_log.test_forms import entry
from tests.unit.kernel.kill_log.test_outer import REPORT, events

KILL = "Out of memory: Killed process 12 (a\nb) total-vm:10kB, anon-rss:8kB, file-rss:1kB, shmem-rss:0kB, UID:7 pgtables:4kB oom_score_adj:5"


@pytest.mark.parametrize(
    "log",
    [
        pytest.param("".join(f"[  100.123456] {line}\n" for line in KILL.split("\n")), id="dmesg"),
        pytest.param("Aug 28 05:53:20 web kernel: " + KILL.replace("\n", "#012") + "\n", id="syslog"),
        pytest.param("Aug 28 05:53:20 web kernel: Mem-Info:#012a:1#012" + KILL.replace("\n", "#012") + "\n", id="syslog, among other lines"),
        pytest.param(entry(KILL, _TRANSPORT="kernel") + "\n", id="JSON"),
        pytest.param(json.dumps({"message": KILL}, indent=1) + "\n", id="JSON with a line for each field"),
        pytest.param("3,7,100123456,-;" + KILL.replace("\n", "\\x0a") + "\n", id="/dev/kmsg"),
    ],
)
def test_an_end_of_a_line_in_a_name(log: str) -> None:
    (found,) = events(log)
    assert [(one.pid, one.name, one.freed, one.adj) for one in found.victims] == [(12, "a\nb", 9216, 5)]


def test_a_name_that_is_no_text_in_an_export_of_the_journal() -> None:
    """`journalctl -o export` gives such a message with its size before it; a name is cut at 15 bytes, so also within a letter."""
    lines = REPORT.encode().replace(b"vim", "편집기".encode()[:-1]).splitlines()
    before = b"__REALTIME_TIMESTAMP=1772529072000000\n_TRANSPORT=kernel\n"
    exported = b"".join(before + (b"MESSAGE\n" + struct.pack("<Q", len(line)) if b"\xec" in line else b"MESSAGE=") + line + b"\n\n" for line in lines)
    (found,) = events(exported)
    assert found.invoker is not None
    assert (found.invoker.pid, found.invoker.name) == (712, "편집\\xea\\xb8")
    assert [(task.pid, task.name) for task in found.tasks] == [(712, "편집\\xea\\xb8"), (2101, "Web Content")]


def test_a_name_that_a_mail_program_has_broken() -> None:
    (found,) = events(KILL.replace("a\nb", "Web\nContent") + "\n")
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(12, "Web Content", 9216)]


def test_a_kill_that_was_cut_in_its_name_takes_no_other_ones_end() -> None:
    cut, other = KILL.partition("\n")[0], KILL.replace("a\nb", "vim").replace("12", "13")
    (found,) = events(f"[  100.123456] {cut}\n[  101.123456] {other}\n")
    assert [(one.pid, one.name) for one in found.victims] == [(13, "vim")]


def test_who_is_quoted_has_not_asked() -> None:
    assert events('time=2026-08-28T05:53:20Z msg="vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"\n') == []


@pytest.mark.parametrize("before", ["web-1  | ", "[build] ", "server> > "])
def test_what_stands_before_the_invokers_name_is_no_part_of_it(before: str) -> None:
    (found,) = events(f"{before}my editor invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n")
    assert found.invoker == (None, "my editor")


@pytest.mark.parametrize("before", ["", "[  100.123456] ", "Aug 28 05:53:20 web kernel: ", "Aug 28 05:53:20 web kernel: [  100.123456] ", "[Fri Aug 28 05:53:20 2026] ", "kernel: "])
@pytest.mark.parametrize("name", ["'q'", "`q`", "kernel:", "systemd:", ""])
def test_a_name_that_looks_like_a_part_of_a_log(name: str, before: str) -> None:
    text = REPORT.replace("Comm: vim", f"Comm: {name}").replace("vim invoked", f"{name} invoked").replace(" vim\n", f" {name}\n")
    (found,) = events("".join(f"{before}{line}\n" for line in text.replace("Web Content", name).splitlines()))
    assert (found.invoker, found.order) == ((712, name), 0)
    assert [(one.pid, one.name) for one in found.victims] == [(2101, name)]
    assert [(one.pid, one.name) for one in found.tasks] == [(712, name), (2101, name)]


@pytest.mark.parametrize("before", ["", "2026-08-28T05:53:20Z "])
@pytest.mark.parametrize("sign", ['"', "'", "`"])
def test_a_quotation_is_no_name(sign: str, before: str) -> None:
    head = f"vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0{sign} stood in the log"
    assert events(f"{before}{sign}{head}\n") == []


def test_one_quote_mark_begins_a_name_behind_a_stamp_and_else_a_quotation_without_its_end() -> None:
    head = "'vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
    (found,) = events(f"[  100.123456] {head}")
    assert found.invoker == (None, "'vim")
    assert events(head) == []


@pytest.mark.parametrize("stamp", ["", "[  100.123456] ", "Aug 28 05:53:20 web kernel: "])
@pytest.mark.parametrize("name", ["kernel: ", "kernel: x", "[12:x] vim", "c0 123 vim", "<6>vim"])
def test_a_name_that_looks_like_what_stands_before_one_is_told_by_the_next_line(name: str, stamp: str) -> None:
    """It was told as an empty one, or without its beginning and its PID."""
    named = REPORT.replace("vim", name)
    (found,) = events("".join(f"{stamp}{line}\n" for line in named.splitlines()))
    assert found.invoker == (712, name)


def test_no_name_is_longer_than_the_kernels() -> None:
    """A program that counts equal lines writes more brackets behind them."""
    (killed,) = events("    Out of memory: Killed process 5 (java) total-vm:100kB, ...:  1 Time(s)\n")
    assert [(one.pid, one.name) for one in killed.victims] == [(5, "java")]
    (chosen,) = events("    Out of memory: Kill process 7 (httpd) score 6 or sacrifice child ...:  2 Time(s)\n")
    assert (chosen.victims, chosen.chosen and chosen.chosen.name) == ((), "httpd")


@pytest.mark.parametrize(
    "name",
    ["(sd-pam)", "a) b(", "Isolated Web Co", "\\xed\\x8e\\xb8\\xec\\xa7\\x91\\xea\\xb8\\xb0", "#355#216#270#354#247#221#352#270#260", "\\355\\216\\270\\354\\247\\221", "편집기편집", ""],
)
def test_a_whole_name(name: str) -> None:
    (found,) = events(KILL.replace("a\nb", name) + "\n")
    assert [(one.pid, one.name, one.freed) for one in found.victims] == [(12, name, 9216)]


@pytest.mark.parametrize("stamp", ["[  100.1] ", "[1.0] ", "00.123456] ", "17:"])
def test_a_stamp_in_another_form_is_no_part_of_the_invokers_name(stamp: str) -> None:
    (found,) = events(f"{stamp}vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n")
    assert found.invoker is not None
    assert found.invoker.name == "vim"


def test_of_words_that_are_too_long_for_a_name_nothing_is_told() -> None:
    (found,) = events("aws_instance.web (remote-exec): vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n")
    assert found.invoker is None
