"""A log that was copied from a terminal, a web page or a table says what it said there."""

from __future__ import annotations

import csv
import html
import io
import quopri
import time

import pytest

from oomtray.kernel.kill_log.columns import columns
from oomtray.kernel.kill_log.copied import breaks_by_cr, mend
from tests.unit.kernel.kill_log.test_outer import AT, REPORT, events, is_read

SYSLOG = [f"Aug 28 05:53:20 web kernel: {line}" for line in REPORT.splitlines()]
DMESG = [f"[  100.123456] {line}" for line in REPORT.splitlines()]


@pytest.mark.parametrize("lines", [SYSLOG, DMESG], ids=["syslog", "dmesg"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "\r", id="an old Mac"),
        pytest.param("", "<br>\n", id="breaks"),
        pytest.param("", "<br />", id="breaks alone"),
        pytest.param('<tr><td id="L17">17</td><td class="x">', "</td></tr>\n", id="a table"),
        pytest.param('<span class="x">', "</span>\n", id="spans"),
        pytest.param("<p>", "</p>\n", id="paragraphs"),
        pytest.param("^[[32m", "^[[0m\n", id="less without -R"),
        pytest.param("ESC[1;32m", "ESC[0m\n", id="less, another way"),
        pytest.param("[0;1;31m", "[0m\n", id="colors without their first sign"),
        pytest.param("\x1b[38:5:245m", "\x1b[m\x1b[K\n", id="colors with colons"),
        pytest.param("\x1b]8;;file:///x\x07", "\x1b]8;;\x1b\\\n", id="links"),
        pytest.param("`", "`\n", id="Markdown"),
        pytest.param('        "', '",\n', id="a list in JSON"),
        pytest.param("  - '", "'\n", id="a list in YAML"),
        pytest.param("", "   \n", id="padded"),
        pytest.param("", "$\n", id="cat -A"),
    ],
)
def test_around_each_line(lines: list[str], before: str, after: str) -> None:
    (found,) = events("".join(f"{before}{line}{after}" for line in lines))
    is_read(found)
    assert lines is not SYSLOG or found.time == AT


def test_a_padded_line_may_be_longer_than_the_terminal() -> None:
    (found,) = events("".join(f"{line:160}\n" for line in DMESG))
    is_read(found)


@pytest.mark.parametrize("blank", ["\u00a0", "&nbsp;", "&#160;"])
def test_blanks_that_do_not_break(blank: str) -> None:
    (found,) = events("".join(f"{line}\n".replace("  ", f"{blank} ") for line in DMESG))
    is_read(found)


def test_signs_that_a_web_page_writes_otherwise() -> None:
    lines = [html.escape(f"<4>{line}".replace("vim", 'v"<&')) for line in DMESG]
    (found,) = events("<pre>\n" + "".join(f"{line}\n" for line in lines) + "</pre>\n")
    assert [task.name for task in found.tasks] == ['v"<&', "Web Content"]


def test_much_padding_takes_no_longer_than_other_lines() -> None:
    def seconds(text: str) -> float:
        begin = time.process_time()
        events("x   \n" * 50 + text)
        return time.process_time() - begin

    assert min(seconds(f"oomd{' ' * 60_000}x\n") for _ in range(2)) < 20 * min(seconds(f"oomd{'- ' * 30_000}x\n") for _ in range(2))


def test_a_mail_as_it_was_sent() -> None:
    sent = quopri.encodestring(REPORT.encode())
    assert b"=3D" in sent
    (found,) = events(sent)
    is_read(found)
    (found,) = events(REPORT + "oom_score=3D1\nconstraint=3D2\n")
    is_read(found)


@pytest.mark.parametrize("lines", [SYSLOG, DMESG, [f"[Fri Aug 28 05:53:20 2026] {line}" for line in REPORT.splitlines()]], ids=["syslog", "dmesg", "dmesg -T"])
@pytest.mark.parametrize("end", ["", "\n", "\n\nWhat can I do?\n"])
def test_ends_of_lines_that_are_lost(lines: list[str], end: str) -> None:
    """A web page shows a log as one paragraph where nobody has marked it as code."""
    (found,) = events("Hello,\n\n" + " ".join(" ".join(lines).split()) + end)
    is_read(found)


def test_quotes_in_a_list() -> None:
    for item in ('        "{}",\n', "- '{}'\n"):
        (found,) = events("".join(item.format(line.replace("vim", 'v\\"m' if '"' in item else "v''m")) for line in DMESG))
        assert [task.name for task in found.tasks] == ['v"m' if '"' in item else "v'm", "Web Content"]


def test_a_log_that_nobody_has_copied_stays_as_it_is() -> None:
    for text in ("".join(f"{line}\n" for line in lines) for lines in (SYSLOG, DMESG, REPORT.splitlines(), [*DMESG, " <TASK>", " </TASK>", "a & b < c"])):
        assert mend(text.encode()) is None
        assert columns(text.encode()) is None
        assert not breaks_by_cr(text.encode())
        assert not breaks_by_cr(text.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    ("names", "cells"),
    [
        pytest.param(["@timestamp", "message"], ["Aug 28, 2026 @ 05:53:20.000", "web kernel: {}"], id="Kibana"),
        pytest.param(["timestamp", "message"], [str(int(AT * 1000)), "Aug 28 05:53:20 web kernel: [  100.123456] {}"], id="CloudWatch"),
        pytest.param(["_raw", "_time", "host"], ["Aug 28 05:53:20 web kernel: {}", "2026-08-28T05:53:20.000+0000", "web"], id="Splunk"),
        pytest.param(["timestamp", "source", "message"], ["2026-08-28T05:53:20.000Z", "web", "{}"], id="Graylog"),
        pytest.param(["Date", "Host", "Service", "Content"], ["2026-08-28T05:53:20.000Z", "web", "kernel", "{}"], id="Datadog"),
        pytest.param(["TimeGenerated [UTC]", "Computer", "SyslogMessage", "ProcessName"], ["2026-08-28T05:53:20.000Z", "web", "{}", "kernel"], id="Azure"),
        pytest.param(["insertId", "jsonPayload.MESSAGE", "timestamp"], ["x", "{}", "2026-08-28T05:53:20.000Z"], id="Google Cloud"),
    ],
)
def test_in_a_column(names: list[str], cells: list[str], delimiter: str) -> None:
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter)
    table.writerow(names)
    table.writerows([cell.format(line) for cell in cells] for line in REPORT.splitlines())
    (found,) = events(text.getvalue())
    is_read(found)
    assert found.time == AT


def test_a_column_names_the_program() -> None:
    rows = "".join(f'2026-08-28T05:53:20Z,sshd,"{line}"\n' for line in REPORT.splitlines())
    assert events("timestamp,program,message\n" + rows) == []
    assert len(events("timestamp,program,message\n" + rows.replace("sshd", "kernel"))) == 1


@pytest.mark.parametrize("mark", ["+", "# ", " * ", "// ", "| ", "│ ", ":", "- ", "E       ", "web-1  | ", "aws_instance.web (remote-exec): "])
def test_a_mark_before_each_line_of_a_comment_or_a_difference(mark: str) -> None:
    (found,) = events("".join(f"{mark}{line}\n" for line in REPORT.splitlines()))
    is_read(found)


@pytest.mark.parametrize("mark", ["|", "│"])
def test_a_table_of_one_column(mark: str) -> None:
    (found,) = events("".join(f"{mark} {line.ljust(150)} {mark}\n" for line in REPORT.splitlines()))
    is_read(found)


def test_a_line_of_the_kernels_device_behind_others() -> None:
    for before in ("    ", "\t"):
        (found,) = events("".join(f"{before}4,{number},100123456,-;{line}\n" for number, line in enumerate(REPORT.splitlines())))
        is_read(found)
    for before in ("17:", "2026-08-28T05:53:20.123456789Z stdout F "):
        (found,) = events(f"{before}4,1411,100123456,-;{REPORT}")
        assert found.invoker is not None
        assert found.invoker.name == "vim"
