"""Ending an app on a real desktop: it can be called off in the popup, is waited for, and forced where it stays."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.rigs.desktop.session import wait_for

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
WAITS = "\nprint(flush=True)\nimport signal\nwhile True: signal.pause()"


@pytest.fixture
def desk(accessible_desk):
    return accessible_desk


@pytest.fixture
def zebrafish(tmp_path):
    """An app of three processes, of which the first ignores SIGTERM."""
    program = tmp_path / "zebrafish"
    shutil.copy(os.path.realpath("/usr/bin/python3"), program)
    started = [
        subprocess.Popen([program, "-c", code + WAITS], stdout=subprocess.PIPE, start_new_session=True)
        for code in (STUBBORN, "", "")
    ]
    for one in started:
        one.stdout.readline()
    yield started
    for one in started:
        one.kill()
        one.communicate()


def test_an_end_can_be_called_off_and_what_stays_can_be_forced(desk, app, zebrafish):
    first, *others = zebrafish
    app.start()
    app.popup()
    app.row("")
    desk.type("zebrafish")
    row = app.row("zebrafish")
    end_it(desk, row)
    app.press("Don’t")
    wait_for(lambda: "Not ended: zebrafish." in app.says(), "that it is said to be called off")
    assert [one.poll() for one in zebrafish] == [None] * 3

    end_it(desk, row)
    wait_for(lambda: f"1 of 3 is still running: zebrafish ({first.pid})." in app.says(), "the one that stays")
    assert None not in [one.poll() for one in others]

    app.press("Force kill")
    wait_for(lambda: first.poll() is not None, "its end")


def end_it(desk, row):
    desk.opens(lambda: desk.click_on(row, button=3))
    desk.key(*["Up"] * 5, "Return")  # above More, Details, Explain and Force kill
