"""What the icon's menu lists while no popup was opened: apps as the popup has them, each script one, by their names."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from oomtray.kernel.process import start_time
from oomtray.risk.assess import with_apps
from oomtray.ui.app.menu_apps import MenuApps
from tests.facts import GIB, MIB, desktops
from tests.facts.processes import process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from oomtray.kernel.snapshot import Process

SCRIPTS = "train.py", "serve.py"


def test_apps_that_were_asked_for_stay_as_they_are() -> None:
    found = desktops.desktop()

    assert MenuApps()(found) is found


def test_apps_that_were_not_asked_for_are_those_that_would_have_been() -> None:
    found = desktops.desktop()

    whole = with_apps(replace(found, risks=found.risks[:10], apps=()))

    assert [(app.key, app.rank, app.memory, len(app.members)) for app in whole.apps] == [
        (app.key, app.rank, app.memory, len(app.members)) for app in found.apps
    ]
    assert whole.risks == found.risks[:10]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Process, ...]]:
    """Two scripts of one interpreter."""
    started = []
    for name in SCRIPTS:
        script = tmp_path / name
        script.write_text("import sys\nprint(flush=True)\nsys.stdin.read()\n")
        started.append(
            subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        )
    for one in started:
        assert one.stdout is not None
        one.stdout.readline()
    yield tuple(
        process(one.pid, name="python3", exe=os.readlink(f"/proc/{one.pid}/exe"), session=one.pid,
                start_time=start_time(f"/proc/{one.pid}"), rss=GIB - n * MIB, rss_anon=GIB - n * MIB)
        for n, one in enumerate(started)
    )  # fmt: skip
    for one in started:
        one.communicate()


@pytest.mark.parametrize(
    ("level", "listed"),
    [
        pytest.param("normal", [(name, 1) for name in SCRIPTS], id="each has its row"),
        pytest.param("critical", [(os.path.basename(os.path.realpath(sys.executable)), 2)], id="nothing waits for the disk"),
    ],
)
def test_each_script_is_an_app(running: tuple[Process, ...], level, listed: list[tuple[str, int]]) -> None:
    found = replace(desktops.judged(running, level), apps=())

    assert [(app.name, len(app.members)) for app in MenuApps()(found).apps] == listed
