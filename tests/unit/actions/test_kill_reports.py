"""One pkexec call asks for the kernel's reports of kills; how it ended is told apart, and the reports are read."""

from __future__ import annotations

import time

import pytest

from oomtray.actions.kill_reports import command, read

LINE = b"1790000000.000001 kernel: Out of memory: Killed process 42 (shop) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\n"


def test_the_time_is_said_as_the_helper_takes_it() -> None:
    assert command(1_790_000_000.9)[-2:] == ("kills", "2026-09-21T14:13:20Z")
    assert command(0)[-1] == "2000-01-01T00:00:00Z"


def test_reports_are_events_that_the_kernel_itself_has_told() -> None:
    reports = read(0, LINE, b"")
    (event,) = reports.events
    assert (reports.status, event.sources, event.outcome) == ("done", ("kernel-log",), "killed")
    assert [(one.pid, one.name, one.freed) for one in event.victims] == [(42, "shop", 4096)]
    assert event.time == pytest.approx(1_790_000_000.000001)
    assert event.time < time.time()


@pytest.mark.parametrize(
    ("code", "stderr", "status"),
    [
        pytest.param(0, b"", "done", id="nothing to tell"),
        pytest.param(126, b"Error: Request dismissed", "dismissed", id="dismissed"),
        pytest.param(127, b"Error: Not authorized", "not-authorised", id="refused"),
        pytest.param(127, b"Error: No authentication agent found.", "no-agent", id="nobody to ask"),
        pytest.param(2, b"oomtray-helper: usage: own|other protect|undo COUNT, or unit NAME\n", "failed", id="an older helper"),
        pytest.param(-14, b"", "failed", id="too much log"),
    ],
)  # fmt: skip
def test_how_it_ended(code: int, stderr: bytes, status: str) -> None:
    found = read(code, b"", stderr)
    assert (found.status, found.events) == (status, ())
    assert (found.complaint is not None) == (status == "failed")
