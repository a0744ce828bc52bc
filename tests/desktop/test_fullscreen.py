"""Whether an app fills the screen, asked of a real X server with a window manager: notifications wait for that."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.rigs.desktop.session import Desktop

PROGRAM = [sys.executable, str(Path(__file__).with_name("fills_screen.py"))]


def test_an_app_fills_the_screen_until_it_does_no_more(desk: Desktop) -> None:
    program = desk.run(PROGRAM)
    program.wait()
    assert program.output().split() == ["False", "True", "False", "False"]
