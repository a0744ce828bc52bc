"""A process that was never changed goes back to what its unit sets, as a real systemd tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rigs.commands.contract import CHANGES, read
from tests.rigs.systemd.box import Box

pytestmark = pytest.mark.systemd

SERVICE = "[Service]\nExecStart=/bin/sleep infinity\n"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        box.push({
            "/etc/systemd/system/set.service": f"{SERVICE}OOMScoreAdjust=150\n",
            "/etc/systemd/system/plain.service": SERVICE,
        })  # fmt: skip
        box.sh("systemctl daemon-reload && systemctl start set plain")
        box.sh("systemd-run --user --unit=job sleep infinity", user="alice")
        # alice's bus starts with the first who connects, and only then does her manager take its name on it
        ping = "busctl --user call org.freedesktop.systemd1 / org.freedesktop.DBus.Peer Ping"
        box.sh(f"until {ping} >/dev/null 2>&1; do sleep 0.1; done", user="alice")
        yield box


def pid_of(box: Box, unit: str, user: str = "root") -> int:
    manager = "--user" if user != "root" else "--system"
    return int(box.sh(f"systemctl {manager} show --value --property MainPID {unit}", user=user))


def adj(box: Box, pid: int) -> int:
    return int(box.sh(f"cat /proc/{pid}/oom_score_adj"))


@pytest.mark.parametrize(
    ("unit", "user"),
    [
        pytest.param("set.service", "root", id="value-of-its-own"),
        pytest.param("plain.service", "root", id="the-managers-default"),
        pytest.param("job.service", "alice", id="alices-own-manager"),
    ],
)
def test_reset_goes_to_the_units_value(box: Box, unit: str, user: str) -> None:
    pid = pid_of(box, unit, user)
    given = adj(box, pid)
    box.sh(f"echo 700 > /proc/{pid}/oom_score_adj", user=user)
    done = box.sh(f"cd /src && python3 -m oomtray reset {pid} --json", user=user)
    (change,) = read(done, CHANGES)["changes"]
    expected: dict[str, Any] = {"from": 700, "to": given, "done": True, "error": None}
    assert {key: change[key] for key in expected} == expected
    assert adj(box, pid) == given
