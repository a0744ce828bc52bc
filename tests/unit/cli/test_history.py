"""`history` prints what was recorded; what the output can't take is no fault of the record."""

from __future__ import annotations

import errno
import time
from pathlib import Path

import pytest

from oomtray.cli import FAILED, PIPE_CLOSED, main
from oomtray.history.database import Database
from oomtray.history.samples import put
from tests.unit.cli.test_kill_bundle import reading


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [(OSError(errno.ENOSPC, "No space left on device"), FAILED, "oomtray: standard output: No space left on device\n"), (BrokenPipeError(), PIPE_CLOSED, "")],
)
def test_the_output_takes_no_more(
    error: OSError, status: int, says: str, xdg: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_line: str) -> None:
        raise error

    with Database().writing() as connection:
        put(connection, [reading(1_790_000_000.0)])
    monkeypatch.setattr("oomtray.cli.history.print", full, raising=False)
    monkeypatch.setattr("oomtray.cli.drop_output", lambda: None)
    assert main(["history", "--json"], tray=lambda _: 99) == status
    assert capsys.readouterr().err == says


def test_readings_of_one_minute_are_told_apart_and_found_by_their_time(xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.time() // 60 * 60 - 600
    with Database().writing() as connection:
        put(connection, [reading(begun + second) for second in (0, 2, 4)])
    assert main(["history"], tray=lambda _: 99) == 0
    lines = capsys.readouterr().out.splitlines()
    times = [line.partition("  ")[0] for line in lines]
    assert len(set(times)) == 3
    assert times == sorted(times)
    assert main(["history", "--since", times[1]], tray=lambda _: 99) == 0
    assert capsys.readouterr().out.splitlines() == lines[1:]
    assert main(["history", "--since", str(time.time() + 60)], tray=lambda _: 99) == 0
    assert capsys.readouterr().out == "Nothing was recorded.\n"
