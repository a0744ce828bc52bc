"""Lines that a container, a platform or a build server has passed on, with a date of its own before each."""

from __future__ import annotations

import json

import pytest

from tests.unit.kernel.kill_log.test_outer import AT, REPORT, events, is_read


@pytest.mark.parametrize("own", ["Aug 28 05:53:20 web kernel: ", "2026-08-28T05:53:20.000000+00:00 web kernel: ", "Aug 28 05:53:20 web kernel: [  100.123456] ", "Fri 2026-08-28 05:53:20 UTC web kernel: "])
@pytest.mark.parametrize(
    "before",
    [
        pytest.param("2026-08-28T05:57:01.1234567Z ", id="a build's step"),
        pytest.param("2026-08-28T05:57:01.123456Z 00O ", id="a build's stream"),
        pytest.param("2026-08-28 05:57:01.123456 | web | ", id="a build's host"),
        pytest.param("[2026-08-28T05:57:01.123Z] ", id="in brackets"),
        pytest.param("2026-08-28T05:57:01.123456789Z stdout F ", id="a container's stream"),
        pytest.param("2026-08-28T05:57:01.123456+00:00 i-0123456789abcdef0 ", id="a cloud's instance"),
    ],
)
def test_a_whole_line_of_another_log(before: str, own: str) -> None:
    """Its own date is the kernel's; the one before may be of when it was printed."""
    (found,) = events("".join(f"{before}{own}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("stamp", ["", "[  100.123456] "])
@pytest.mark.parametrize("before", ["2026-08-28T05:53:20Z app[148e123a456b78] ams [info]", "2026-08-28T05:53:20Z app[148e123a456b78] ams [info] ", "2026-08-28T05:53:20.000000000Z stdout F "])
def test_a_platforms_words(before: str, stamp: str) -> None:
    (found,) = events("".join(f"{before}{stamp}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


def test_what_a_program_says_within_is_not_the_kernels() -> None:
    assert events("".join(f"2026-08-28T05:57:01Z Aug 28 05:53:20 web logger: {line}\n" for line in REPORT.splitlines())) == []


@pytest.mark.parametrize(
    "before",
    [
        "Aug 28 05:53:20 web warning kernel: ",
        "Aug 28 05:53:20 web err kernel: [  100.123456] ",
        "Aug 28 05:53:20  web kernel: ",
        "Aug 28 05:53:20 web kernel:  [  100.123456] ",
        "Aug 28 05:53:20 web kernel: : [  100.123456] ",
        "Aug 28 05:53:20 web kernel: : ",
        "Aug 28 05:53:20 2026 kernel: : [  100.123456] ",
        "2026-08-28 05:53:20.000 +0000  kernel: ",
        "2026-08-28T05:53:20+00:00 web/10.0.0.1 kernel: ",
        "Aug 28 05:53:20 s_src@relay/web-1.example.org kernel: [  100.123456] ",
        "Aug 28 05:53:20 [kernel] ",
        "Aug 28 05:53:20 [kernel] [  100.123456] ",
        "[Fri Aug 28 05:53:20 2026] [    T712] ",
        "2026-08-28T05:53:20,000000+00:00 [    T712] ",
        "[Fri Aug 28 05:53:20 2026] [warn] ",
        "[Fri Aug 28 05:53:20.000000 2026] [kern:warn] [pid 1] ",
        "[Fri Aug 28 05:53:20.000000 2026] [kern:warn] [pid 1:tid 140735] ",
        "[Fri Aug 28 05:53:20 2026] [WARN]  kernel: ",
        "[Fri Aug 28 05:53:20 2026] [kernel] ",
        "28/Aug/2026:05:53:20 +0000 ",
        "28/Aug/2026:07:53:20 +0200 web kernel: ",
        "28/Aug/2026:07:53:20 +0200 web kernel: [  100.123456] ",
        "[28/Aug/2026:07:53:20 +0200] kernel: ",
        "2026-08-28 05:53:20 [WARN]  kernel: ",
        "2026-08-28T05:53:20Z [warn] kernel: ",
        "Aug 28 05:53:20 web [WARN]  kernel: [  100.123456] ",
    ],
)
def test_an_appliances_own_form(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("before", ["2026-08-28T05:53:20,000000+00:00 ", "2026-08-28T05:53:20.000000000Z stdout F ", "[Fri Aug 28 05:53:20 2026] "])
def test_a_colon_in_the_invokers_name_ends_no_tag(before: str) -> None:
    text = REPORT.replace("vim invoked", "kworker/0:2 invoked").replace("Comm: vim", "Comm: kworker/0:2")
    (found,) = events("".join(f"{before}{line}\n" for line in text.splitlines()))
    assert found.invoker == (712, "kworker/0:2")
    assert (found.order, len(found.tasks)) == (0, 2)


def test_the_first_line_without_its_beginning() -> None:
    text = "".join(f"[  100.123456] {line}\n" for line in REPORT.splitlines())
    (found,) = events(text.removeprefix("[  100.1"))
    is_read(found)
    assert found.uptime == 100.123456


@pytest.mark.parametrize("before", ["2026-08-28T05:53:20Z,web,4,1,kernel:, ", "web dmesg-x2k {} 2026-08-28T05:53:20.000Z ", "2026-08-28T05:53:20.000Z| vcpu-0| I005: Guest: "])
def test_a_date_within_what_stands_before_the_stamp(before: str) -> None:
    (found,) = events("".join(f"{before}[  100.123456] {line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert (found.time, found.uptime) == (AT, 100.123456)


def test_a_count_of_dropped_messages_before_a_line() -> None:
    lines = REPORT.splitlines()
    lines = [line for line in lines if not line.startswith(("Node", "262144", "["))]
    (found,) = events("".join(f"{f'** {number} printk messages dropped ** ' if number else ''}[  100.123456] {line}\n" for number, line in enumerate(lines)))
    assert [(victim.pid, victim.name, victim.cgroup) for victim in found.victims] == [(2101, "Web Content", "/a.slice")]
    assert found.invoker == (712, "vim")


@pytest.mark.parametrize("before", ["[WARN]  kernel: ", "[warning] kernel: [  100.123456] "])
def test_a_level_without_a_date(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)


STAMPED = [f"[  100.123456] {line}" for line in REPORT.splitlines()]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param('ok: [web1] => {{"changed": true, "stdout": "{}", "rc": 0}}\n', id="Ansible"),
        pytest.param("web1 | CHANGED | rc=0 | (stdout) {}\n", id="Ansible, one line"),
        pytest.param('{{\n    "rc": 0,\n    "stdout": "{}"\n}}\n', id="JSON"),
        pytest.param("    stdout: 'dmesg says {}'\n", id="YAML"),
    ],
)
def test_a_whole_log_in_a_string(form: str) -> None:
    (found,) = events(form.format("\\n".join(["[   99.000000] eth0: link is up", *STAMPED, "[  101.000000] eth0: link is down"])))
    is_read(found)
    assert found.uptime == 100.123456


@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_command_and_what_it_printed_as_json(indent: int | None, end: str) -> None:
    """Lines within need no stamp: the field tells whose words they are."""
    (found,) = events(json.dumps({"changed": True, "cmd": ["dmesg"], "rc": 0, "stdout": REPORT}, indent=indent) + end)
    is_read(found)


def test_no_string_holds_the_kernels_words_without_its_stamp() -> None:
    kill = REPORT.splitlines()[-1]
    assert events(f'1.2.3.4 - - [28/Aug/2026:05:53:20 +0000] "GET /?q=a\\n{kill}" 404\n') == []
    assert events(f"assert text == 'a\\nOut of memory: {kill}\\n'\n") == []


@pytest.mark.parametrize("sign", ["#012", "\\n"])
@pytest.mark.parametrize("own", ["", "[  100.123456] ", "Aug 28 05:53:20 web kernel: "])
def test_what_a_program_logs_in_several_lines_is_its_own(sign: str, own: str) -> None:
    kill = own + REPORT.splitlines()[-1]
    assert events(f"Aug 28 05:53:20 web sshd[3]: Invalid user a{sign}{kill}\n") == []
    (found,) = events(f"Aug 28 05:53:20 web kernel: a#012{kill}\n")
    assert found.time == AT
