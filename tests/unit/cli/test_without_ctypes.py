"""A Python that was built without libffi has no ctypes: the commands that would use it go on without."""

from __future__ import annotations

import os

import pytest

from tests.rigs.commands.program import python

WITHOUT = "import sys; sys.modules['_ctypes'] = None; from oomtray.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("argv", "lines"),
    [(["doctor", "--json"], 1), (["explain", str(os.getpid())], 2), (["watch", "-i", "0.1", "-c", "2", "--json"], 2)],
    ids=["doctor", "explain", "watch"],
)
def test_a_command_goes_on(argv: list[str], lines: int) -> None:
    done = python(WITHOUT, *argv)

    assert done.stderr == ""
    assert len(done.stdout.splitlines()) >= lines
