"""`history` prints what was recorded; what the output can't take is no fault of the record."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from oomtray.cli import FAILED, PIPE_CLOSED, main
from oomtray.history.database import Database
from oomtray.history.samples import put
from tests.unit.cli.test_kill_bundle import reading


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [(OSError(errno.ENOSPC, "No space left on device"), FAILED, "oomtray: No space left on device\n"), (BrokenPipeError(), PIPE_CLOSED, "")],
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
