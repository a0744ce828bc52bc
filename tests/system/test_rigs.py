"""The rigs themselves: the kernel kills in a small memory cgroup, and a real systemd runs in the container."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.debian.debian_tree import ALICE, PASSWORD
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import RigUnavailable, listens, need_programs
from tests.rigs.systemd import qt_in_box
from tests.rigs.systemd.box import Box
from tests.rigs.unavailable import skip_or_fail

pytestmark = pytest.mark.timeout(300)  # the first use of a rig on a machine builds it

LIMIT = 144 * MIB
TRIGGER_GROWS = 24
"""MiB; more than the limit leaves, less than that and the smallest victim, so that one death is enough."""


def test_a_program_whose_socket_is_only_there_takes_no_connection_yet(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    assert not listens(path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert path.exists()
        assert not listens(path)
        server.listen()
        assert listens(path)


def test_qt_for_a_box_leaves_nothing_where_there_is_no_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RigUnavailable("no container")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(qt_in_box, "debian_tree", none)
    monkeypatch.setattr(qt_in_box.PySide6, "__version__", "6.11")
    with pytest.raises(RigUnavailable, match="no container"):
        qt_in_box.QtForBox().__enter__()
    assert not list(tmp_path.iterdir())


@pytest.mark.system
@pytest.mark.parametrize(
    ("adjs", "victim"),
    [
        pytest.param((0, 0, 0), "large", id="the-biggest-when-nothing-is-adjusted"),
        pytest.param((0, 300, 0), "middle", id="plus-300-outweighs-24-MiB"),
        pytest.param((600, 300, 0), "small", id="the-smallest-when-its-adj-says-so"),
        pytest.param((100, 100, 100), "large", id="the-same-adj-for-all-changes-nothing"),
        pytest.param((100, 300, 250), "large", id="a-little-more-size-beats-a-little-more-adj"),
    ],
)
def test_the_kernel_kills_the_highest_badness_of_the_cgroup(adjs: tuple[int, int, int], victim: str) -> None:
    with MemoryCgroup(LIMIT) as group:
        sizes = zip(("small", "middle", "large"), (24, 36, 60), adjs, strict=True)
        hogs = {name: group.hog(mb, adj, name) for name, mb, adj in sizes}
        trigger = group.hog(1, 0, "trigger")
        predicted = max(hogs.values(), key=lambda hog: hog.badness(group.total_pages))

        died = group.kill_by(trigger, grow=TRIGGER_GROWS)

        # whom first; before that memory is back, the kernel may take a second
        assert died.name == predicted.name == victim


@pytest.mark.system
def test_a_limit_above_rules_the_groups_below() -> None:
    with MemoryCgroup(96 * MIB) as parent:
        left, right = parent.child(96 * MIB), parent.child(96 * MIB)
        left.hog(50, 0, "left")
        right.hog(20, 0, "right")
        trigger = right.hog(1, 0, "trigger")

        assert parent.kill_by(trigger, grow=30).name == "left"
        assert (left.oom_kills(), right.oom_kills()) == (1, 0)


@pytest.mark.system
def test_nothing_is_left_behind() -> None:
    with MemoryCgroup(32 * MIB) as group:
        below = group.child(16 * MIB)
        pids = [below.hog(4).pid, below.hog(4).pid]
        assert sorted(below.pids()) == sorted(pids)
        assert Path(f"/proc/{pids[0]}/cgroup").read_text().count(below.path) == 1
    assert not group.dir.exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.system
def test_a_limit_that_would_press_the_machine_is_refused() -> None:
    with pytest.raises(AssertionError, match="press the machine"):
        MemoryCgroup(512 * MIB)


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [
        pytest.param("", pytest.skip.Exception, id="skips"),
        pytest.param("true", pytest.fail.Exception, id="fails-in-CI"),
    ],
)
def test_a_rig_that_this_machine_lacks(
    ci: str, outcome: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="the-package"), skip_or_fail():
        need_programs({"no-such-program": "the-package"})


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        yield box


SLEEPER = "[Service]\nExecStart=/bin/sleep infinity\n"


@pytest.mark.systemd
def test_a_drop_in_counts_from_the_next_start_on(box: Box) -> None:
    box.push({"/etc/systemd/system/sleeper.service": SLEEPER})
    box.sh("systemctl daemon-reload && systemctl start sleeper")
    adj = "cat /proc/$(systemctl show --value --property MainPID sleeper)/oom_score_adj"
    assert box.sh(adj) == "0\n"

    box.push({"/etc/systemd/system/sleeper.service.d/adj.conf": "[Service]\nOOMScoreAdjust=300\n"})
    box.sh("systemctl daemon-reload")
    assert box.sh(adj) == "0\n"
    box.sh("systemctl restart sleeper")
    assert box.sh(adj) == "300\n"


@pytest.mark.systemd
def test_alice_has_an_active_session_and_a_manager_of_her_own(box: Box) -> None:
    session = box.sh("loginctl show-session $XDG_SESSION_ID", user="alice").splitlines()
    assert {"Name=alice", "Seat=seat0", "Remote=no", "Active=yes"} <= set(session)
    assert box.sh("systemctl --user is-system-running", user="alice") == "running\n"
    unit = "systemd-run --user --quiet --wait --pipe cat /proc/self/oom_score_adj"
    assert box.sh(unit, user="alice") == "200\n"


@pytest.mark.systemd
def test_alice_may_not_do_what_root_does(box: Box) -> None:
    done = box.run_as("alice", "systemctl stop dbus.socket")
    assert done.rc != 0
    assert "authentication required" in done.err.lower()


@pytest.mark.systemd
@pytest.mark.parametrize(("password", "rc", "outcome"), [(PASSWORD, 0, "SUCCESS"), (None, 126, "dismissed")])
def test_alice_can_prove_her_password_to_polkit(
    box: Box, password: str | None, rc: int, outcome: str
) -> None:
    box.sh("rm -f /tmp/dialogs")
    plan = json.dumps({"password": password, "locale": "C", "log": "/tmp/dialogs"})
    pkexec = ["/usr/bin/pkexec", "--disable-internal-agent", "/usr/bin/id", "-u"]
    done = box.run(["/usr/bin/python3", "/src/tests/rigs/polkit/seat.py", plan, *pkexec], user=ALICE)
    assert (done.rc, done.out) == (rc, "0\n" if rc == 0 else "")
    assert json.loads(box.sh("cat /tmp/dialogs"))["outcome"] == outcome


@pytest.mark.systemd
def test_the_checkout_is_there_and_can_not_be_written(box: Box) -> None:
    assert box.sh("cd /src && python3 -c 'import oomtray, psutil, jeepney, platformdirs, tomlkit'") == ""
    assert "Read-only file system" in box.run_as("root", "touch /src/new").err


@pytest.mark.systemd
def test_a_box_leaves_nothing_for_the_next(box: Box) -> None:
    box.sh("touch /etc/trace")
    with Box() as other:
        assert other.run_as("root", "test -e /etc/trace").rc == 1
