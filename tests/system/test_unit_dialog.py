"""The popup's unit dialog and its Reset under a real systemd, for a service of alice's own and one of the system's.

The system's are changed by pkexec and the helper.

Values are positive where this machine's root may not lower oom_score_adj.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rigs.systemd.box import REPO, Box
from tests.rigs.systemd.qt_in_box import QtForBox
from tests.system.test_unit_dropins import (
    ALLOW,
    CLEAN,
    DROP_IN,
    HELPER,
    OWN,
    RULE,
    SYSTEM,
    THREE,
    main_pid,
    prop,
    values,
)

pytestmark = pytest.mark.systemd

ANALYZE = f"""#!/bin/sh
for word; do unit=$word; done
echo "$1 $unit" >>~/analyzed
cat "${{SYSTEMD_UNIT_PATH%:}}/$unit.d/{DROP_IN}" >>~/analyzed
ls {OWN}/$unit.d {SYSTEM}/$unit.d 2>/dev/null | grep -c . >>~/analyzed
exec /usr/bin/systemd-analyze "$@"
"""
"""What systemd reads beforehand, and how much of it is installed by then."""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with QtForBox() as qt, Box(qt.binds) as box:
        qt.need(box)
        box.push({
            f"{SYSTEM}/db.service": f"{THREE}OOMScoreAdjust=150\n",
            "/etc/systemd/user/job.service": THREE,
            HELPER: REPO / "oomtray/helper/oomtray_helper.py",
            "/usr/share/polkit-1/actions/io.github.oomtray.policy": REPO / "packaging/io.github.oomtray.policy",
            RULE: ALLOW,
            "/opt/check/systemd-analyze": ANALYZE,
        })  # fmt: skip
        box.sh(f"chmod 755 {HELPER} /opt/check/systemd-analyze; mkdir -p {OWN}; chown -R alice: /home/alice/.config")
        box.sh("systemctl daemon-reload; systemctl start db polkit")
        box.sh("systemctl --user daemon-reload; systemctl --user start job", user="alice")
        yield box


@pytest.fixture(autouse=True)
def nothing_is_left(box: Box) -> Iterator[None]:
    yield
    box.sh(CLEAN)
    box.sh("rm -f ~/analyzed; systemctl --user daemon-reload; systemctl --user restart job", user="alice")


def work(box: Box, pid: str, *steps: str) -> list[Any]:
    """What each step tells."""
    line = shlex.join(["python3", "-m", "tests.rigs.systemd.popup_inside", pid, *steps])
    done = box.run_as("alice", f"cd /src && PATH=/opt/check:$PATH {QtForBox.environment} {line}")
    assert done.rc == 0, done
    return [json.loads(told) for told in done.out.splitlines()]


def analyzed(box: Box) -> list[str]:
    return box.sh("cat ~/analyzed; rm ~/analyzed", user="alice").splitlines()


def test_a_service_of_her_own_is_set_changed_and_left_as_it_was(box: Box) -> None:
    pid = main_pid(box, "job", own=True)
    path = f"{OWN}/job.service.d/{DROP_IN}"
    _, seen, _, done = work(box, pid, "open", "look", "value=600", "press=set")
    assert "It runs 3 processes, and oom_score_adj is +200." in seen["says"]
    assert seen["can_remove"] is False
    assert done["closed"], done
    assert "job.service has OOMScoreAdjust=600 for good. 3 running processes were changed as well." in done["said"]
    manager, *text, installed = analyzed(box)
    assert (manager, installed) == ("--user job.service", "0"), "read before it was installed"
    assert text[-1] == "OOMScoreAdjust=600"
    assert box.sh(f"tail -n 2 {path}").split() == ["[Service]", "OOMScoreAdjust=600"]
    assert (main_pid(box, "job", own=True), values(box, "job", own=True)) == (pid, [600, 600, 600])
    assert prop(box, "job", "OOMScoreAdjust", own=True) == "600"

    _, seen, _, done = work(box, pid, "open", "look", "value=450", "press=set")
    assert (seen["can_remove"], "OOMScoreAdjust=600" in seen["file"]) == (True, True)
    assert values(box, "job", own=True) == [450, 450, 450]
    box.sh("systemctl --user restart job", user="alice")
    assert values(box, "job", own=True) == [450, 450, 450], "it lasts"

    pid = main_pid(box, "job", own=True)
    *_, done = work(box, pid, "open", "press=remove")
    assert "job.service is again as its own files say" in done["said"]
    assert box.run_as("root", f"ls {OWN}/job.service.d").rc == 2
    assert (main_pid(box, "job", own=True), values(box, "job", own=True)) == (pid, [200, 200, 200])


def test_what_her_own_manager_clamps_is_said_in_the_dialog(box: Box) -> None:
    _, _, seen = work(box, main_pid(box, "job", own=True), "open", "value=-500", "look")
    assert "Your user manager runs at +100, and what it starts can't go lower: -500 counts as +100." in seen["notes"]
    _, _, seen = work(box, main_pid(box, "job", own=True), "open", "value=300", "look")
    assert "counts as" not in seen["notes"]


def test_undo_gives_the_processes_what_each_had(box: Box) -> None:
    """They differ, which a reset would not know."""
    pid = main_pid(box, "job", own=True)
    box.sh(f"echo 777 >/proc/{pid}/oom_score_adj", user="alice")
    path = f"{OWN}/job.service.d/{DROP_IN}"
    *_, there, undone, gone = work(box, pid, "open", "value=600", "press=set", f"file={path}", "undo", f"file={path}")
    assert (there.splitlines()[-1], gone) == ("OOMScoreAdjust=600", None)
    assert "job.service is again as its own files say. 3 running processes were changed as well." in undone["said"]
    assert values(box, "job", own=True) == [200, 200, 777]
    assert prop(box, "job", "OOMScoreAdjust", own=True) == "200"


def test_a_system_service_by_pkexec_and_back_by_undo(box: Box) -> None:
    pid = main_pid(box, "db")
    path = f"{SYSTEM}/db.service.d/{DROP_IN}"
    _, seen, _, done = work(box, pid, "open", "look", "value=700", "press=set")
    assert "A service of the system's manager. It runs 3 processes, and oom_score_adj is +150." in seen["says"]
    assert "db.service has OOMScoreAdjust=700 for good. 3 running processes" in done["said"]
    assert box.sh(f"stat --format=%U:%a {path}").strip() == "root:644"
    assert (main_pid(box, "db"), values(box, "db")) == (pid, [700, 700, 700])

    *_, there, undone, back = work(box, pid, "open", "value=900", "press=set", f"file={path}", "undo", f"file={path}")
    assert [text.splitlines()[-1] for text in (there, back)] == ["OOMScoreAdjust=900", "OOMScoreAdjust=700"]
    assert "db.service has OOMScoreAdjust=700 for good again" in undone["said"]
    assert values(box, "db") == [700, 700, 700]

    *_, done = work(box, pid, "open", "press=remove")
    assert "db.service is again as its own files say" in done["said"]
    assert (main_pid(box, "db"), values(box, "db"), prop(box, "db", "OOMScoreAdjust")) == (pid, [150, 150, 150], "150")
    assert box.run_as("root", f"ls {SYSTEM}/db.service.d").rc == 2


def test_reset_knows_what_the_unit_sets(box: Box) -> None:
    """Nothing of it is in the journal."""
    pid = main_pid(box, "job", own=True)
    box.sh(f"echo 777 >/proc/{pid}/oom_score_adj", user="alice")
    menu, done = work(box, pid, "menu", "reset")
    assert menu["hint"].startswith("Goes back to +200, which its unit sets."), menu
    assert f"({pid}) lowered from +777 to +200" in done["said"]
    assert values(box, "job", own=True) == [200, 200, 200]


def test_without_permission_it_says_so_and_stays(box: Box) -> None:
    box.sh(f"mv {RULE} {RULE}.away; systemctl restart polkit")
    try:
        *_, done = work(box, main_pid(box, "db"), "open", "value=700", "press=set")
    finally:
        box.sh(f"mv {RULE}.away {RULE}; systemctl restart polkit")
    assert (done["closed"], "polkit agent" in done["said"]) == (False, True), done
    assert values(box, "db") == [150, 150, 150]
