"""Forget my permission, with a real polkit and logind: what was kept is gone, and the next change asks again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pytest

from oomtray.ui.controllers.kept_permission import PKCHECK, REVOKE
from tests.rigs.debian.debian_tree import PASSWORD
from tests.rigs.systemd.box import REPO, Box
from tests.system.test_unit_dropins import HELPER

pytestmark = pytest.mark.systemd

# Lowers a process three times as the app does, and forgets before the third; prints how many dialogs there were by then.
THREE = f"""
import json, os, subprocess, sys
sleeper = subprocess.Popen(["sleep", "60"])
path = f"/proc/{{sleeper.pid}}"
start = int(open(f"{{path}}/stat").read().rpartition(")")[2].split()[19])
def dialogs():
    try:
        return len(open("/tmp/dialogs").readlines())
    except FileNotFoundError:
        return 0
def lower(value):
    line = json.dumps(dict(pid=sleeper.pid, start_time=start, adj=value))
    argv = ["/usr/bin/pkexec", "--disable-internal-agent", "{HELPER}", "own", "protect", "1"]
    return subprocess.run(argv, input=line.encode() + b"\\n", stdout=subprocess.DEVNULL).returncode
open(f"{{path}}/oom_score_adj", "w").write("600")
told = [(lower(500), dialogs()), (lower(400), dialogs())]
told.append((subprocess.run({[PKCHECK, *REVOKE]!r}).returncode, dialogs()))
told.append((lower(300), dialogs()))
sleeper.kill()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        box.push({
            HELPER: REPO / "oomtray/helper/oomtray_helper.py",
            "/usr/share/polkit-1/actions/io.github.oomtray.policy": REPO / "packaging/io.github.oomtray.policy",
            "/opt/three.py": THREE,
        })  # fmt: skip
        box.sh(f"chmod 755 {HELPER}; chmod 644 /opt/three.py; systemctl start polkit")
        yield box


def test_forgetting_makes_the_next_change_ask_again(box: Box) -> None:
    session = box.run_as("alice", "echo $XDG_SESSION_ID").out.strip()
    plan = json.dumps({"password": PASSWORD, "locale": "C", "log": "/tmp/dialogs", "session": session})
    seated = shlex.join(["python3", "/src/tests/rigs/polkit/seat.py", plan, "python3", "/opt/three.py"])
    done = box.run_as("alice", seated)
    assert done.rc == 0, done
    first, second, forgotten, third = json.loads(done.out)
    assert (first, second) == ([0, 1], [0, 1]), "kept: one dialog for both"
    assert forgotten == [0, 1]
    assert third == [0, 2], "asked again"
