"""The kernel's lines as Android puts them out, and behind the stamps that makers of phones write."""

from __future__ import annotations

import pytest

from tests.unit.kernel.kill_log.test_outer import AT, REPORT, events, is_read


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("08-28 05:53:20.000     0     0 E kernel  : ", id="threadtime"),
        pytest.param("08-28 05:53:20.000     0     0 W kernel  : [  100.123456] ", id="threadtime with the kernel's own stamp"),
        pytest.param("08-28 05:53:20.000  root     0     0 I kernel  : ", id="threadtime with users"),
        pytest.param("2026-08-28 05:53:20.000 +0000     0     0 E kernel  : ", id="threadtime with year and zone"),
        pytest.param("08-28 05:53:20.000000     0     0 E kernel  : ", id="threadtime in microseconds"),
        pytest.param("     1787896400.000     0     0 E kernel  : ", id="epoch"),
        pytest.param("08-28 05:53:20.000 E/kernel  (    0): ", id="time"),
    ],
)
def test_dated(before: str) -> None:
    (found,) = events("--------- beginning of kernel\n" + "".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("before", ["E/kernel  (    0): ", "E/kernel  : "], ids=["brief", "tag"])
def test_undated(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)


def test_another_programs_line_is_not_the_kernels() -> None:
    for before in ("08-28 05:53:20.000   912   912 E MyApp   : ", "E/MyApp   (  912): "):
        assert events("".join(f"{before}{line}\n" for line in REPORT.splitlines())) == []


@pytest.mark.parametrize(
    "before",
    [
        "<4>[  100.123456,2] ",
        "<4>[  100.123456 / 08-28 05:53:20.123] ",
        "[  100.123456] c0    712 ",
        "<4>[  100.123456]  [2:            vim:  712] ",
        "[  100.123456] ({2}[712:vim]) ",
        "<4>[  100.123456] <2>.(2)[712:vim]",
        "<4>[  100.123456]  (2)[712:vim]",
        "[  100.123456                ] web kernel: ",
        "Aug 28 05:53:20 web kernel: [  100.123456] [  100.123456] ",
        "6.4.0,4,1411,100123456,-;",
        "[  100.123456] <4>",
    ],
)
def test_behind_a_stamp(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.uptime == pytest.approx(100.123456)


def test_a_date_with_what_has_passed_since() -> None:
    (found,) = events("".join(f"[Fri Aug 28 05:53:20 2026 <    0.000123>] {line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT
