"""The commands with a real polkitd, pkexec and helper, and a person at the dialog."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.commands.contract import CHANGES, read
from tests.rigs.polkit.rig import USERS, Ended, PolkitRig, Seat
from tests.rigs.processes.proc import adj_of
from tests.rigs.processes.users import sleeper

pytestmark = pytest.mark.polkit

BEN = USERS["ben"].uid


@pytest.fixture(scope="module")
def rig() -> Iterator[PolkitRig]:
    with PolkitRig() as rig:
        yield rig


@pytest.fixture
def spawn() -> Iterator[Callable[..., int]]:
    """A sleeping process at +300, of this uid; its pid."""
    made: list[subprocess.Popen[bytes]] = []

    def make(uid: int) -> int:
        made.append(sleeper(user=uid))
        Path(f"/proc/{made[-1].pid}/oom_score_adj").write_text("300")
        return made[-1].pid

    yield make
    for process in made:
        process.kill()
        process.wait()


def oomtray(
    rig: PolkitRig, user: str, *argv: object, seat: Seat | None = None
) -> tuple[Ended, list[dict[str, Any]]]:
    done = rig.run(user, [rig.python, "-m", "oomtray", *map(str, argv), "--json"], seat=seat)
    return done, read(done.stdout, CHANGES)["changes"]


def test_with_the_administrators_password_another_users_process_is_lowered(
    rig: PolkitRig, spawn: Callable[..., int]
) -> None:
    pid = spawn(0)
    done, (change,) = oomtray(rig, "ben", "protect", pid, "--adj", 100, seat=Seat())
    assert (done.returncode, done.stderr) == (0, "")
    assert (change["from"], change["to"], change["done"], change["error"]) == (300, 100, True, None)
    assert adj_of(pid) == 100
    assert [dialog["action"] for dialog in done.dialogs] == ["io.github.oomtray.adjust-other"]

    done, (change,) = oomtray(rig, "ben", "undo", seat=Seat())
    assert (done.returncode, change["error"], adj_of(pid)) == (0, None, 300), "what permission did it takes back"
    assert [dialog["action"] for dialog in done.dialogs] == ["io.github.oomtray.adjust-other"]


def test_what_the_owner_may_not_do_is_asked_for_as_his_own(rig: PolkitRig, spawn: Callable[..., int]) -> None:
    pid = spawn(BEN)
    done, (change,) = oomtray(rig, "ben", "protect", pid, seat=Seat())
    assert [dialog["action"] for dialog in done.dialogs] == ["io.github.oomtray.adjust-own"]
    if adj_of(pid) == -500:
        assert (done.returncode, change["to"], change["error"]) == (0, -500, None)
    else:  # a root without CAP_SYS_RESOURCE, as in a container
        assert (done.returncode, change["to"], change["error"]) == (3, 0, "refused-by-kernel")
        assert change["done"]


def test_no_dialog_where_the_plain_write_reaches_it(rig: PolkitRig, spawn: Callable[..., int]) -> None:
    pid = spawn(BEN)
    done, _ = oomtray(rig, "ben", "protect", pid, "--adj", 0, seat=Seat())
    assert (done.returncode, adj_of(pid), done.dialogs) == (0, 0, [])


def test_a_batch_is_one_dialog_for_each_kind(rig: PolkitRig, spawn: Callable[..., int]) -> None:
    pids = [spawn(0) for _ in range(20)]
    done, changes = oomtray(rig, "ben", "protect", *pids, "--adj", 100, seat=Seat())
    assert (done.returncode, len(done.dialogs)) == (0, 1)
    assert [(change["pid"], change["to"]) for change in changes] == [(pid, 100) for pid in pids]
    assert {adj_of(pid) for pid in pids} == {100}


def test_a_dismissed_dialog_changes_and_says_nothing(rig: PolkitRig, spawn: Callable[..., int]) -> None:
    pid = spawn(0)
    done, (change,) = oomtray(rig, "ben", "protect", pid, "--adj", 100, seat=Seat(password=None))
    assert (done.returncode, done.stderr) == (4, "")
    assert (change["to"], change["done"], change["error"]) == (100, False, "needs-authorisation")
    assert adj_of(pid) == 300


@pytest.mark.parametrize(
    ("user", "seat", "says"),
    [
        pytest.param("ben", None, "Start a polkit agent", id="no-agent"),
        pytest.param(
            "ben", Seat(password="wrong"), "An administrator's permission is needed", id="wrong-password"
        ),
        pytest.param("dan", Seat(), "An administrator's permission is needed", id="not-at-the-screen"),
    ],
)
def test_refused_in_one_sentence(
    rig: PolkitRig, spawn: Callable[..., int], user: str, seat: Seat | None, says: str
) -> None:
    pid = spawn(0)
    done, (change,) = oomtray(rig, user, "protect", pid, "--adj", 100, seat=seat)
    assert (done.returncode, change["error"], adj_of(pid)) == (3, "needs-authorisation", 300)
    (line,) = [
        line for line in done.stderr.splitlines() if line.startswith("oomtray: ")
    ]  # beside the agent's own
    assert says in line


def test_without_the_helper_the_remedy_is_named(rig: PolkitRig, spawn: Callable[..., int]) -> None:
    pid = spawn(BEN)
    with rig.without_helper():
        done, (change,) = oomtray(rig, "ben", "protect", pid, seat=Seat())
    assert (done.returncode, change["to"], change["error"], adj_of(pid)) == (5, 0, "needs-authorisation", 0)
    assert "sudo make install" in done.stderr
    assert done.dialogs == []
