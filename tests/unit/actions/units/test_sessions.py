"""Which services start sessions of users, that inherit what the unit is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.units.state import starts_sessions
from oomtray.kernel.process import children, unit_cgroup
from tests.unit.actions.units.test_plan import STATUS

SERVICE = "/system.slice/x.service"
SESSION = "/user.slice/user-1000.slice/session-7.scope"
NOTHING = replace(STATUS, main_pid=None)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """10 has started 11 in a session, 20 started 21 in an app's scope, 30 is a login itself."""
    for pid, begot, path in (
        (10, "12 11 ", SERVICE),
        (11, "", SESSION),
        (12, "", SERVICE),
        (20, "21 ", SERVICE),
        (21, "", "/user.slice/user-1000.slice/user@1000.service/app.slice/app-x-1.scope"),
        (30, "", SESSION),
    ):
        (tmp_path / f"{pid}/task/{pid}").mkdir(parents=True)
        (tmp_path / f"{pid}/task/{pid}/children").write_text(begot)
        (tmp_path / f"{pid}/cgroup").write_text(f"1:name=systemd:{path}\n0::/\n")
    return tmp_path


@pytest.mark.parametrize(
    ("status", "pids", "does"),
    [
        pytest.param(NOTHING, (), False, id="nothing-said"),
        pytest.param(replace(NOTHING, pam_name="login"), (), True, id="pam"),
        pytest.param(replace(NOTHING, utmp_identifier="tty1"), (), True, id="getty"),
        pytest.param(replace(NOTHING, names=("x.service", "display-manager.service")), (), True, id="display-manager"),
        pytest.param(replace(NOTHING, name="sshd@3-10.0.0.1:22.service"), (), True, id="sshd-by-its-socket"),
        pytest.param(replace(NOTHING, names=("x.service", "sshd.service")), (), True, id="an-alias"),
        pytest.param(replace(NOTHING, name="cron.service"), (), True, id="cron"),
        pytest.param(replace(NOTHING, name="sshguard.service"), (), False, id="a-name-that-begins-so"),
        pytest.param(NOTHING, (12, 10), True, id="has-started-a-session"),
        pytest.param(NOTHING, (20, 12), False, id="has-started-an-app"),
        pytest.param(replace(NOTHING, main_pid=30), (), True, id="has-become-a-login"),
        pytest.param(replace(NOTHING, main_pid=12), (99,), False, id="has-ended"),
    ],
)
def test_by_its_unit_by_what_it_has_started_or_by_name(proc, status, pids, does):
    assert starts_sessions(status, pids, str(proc)) is does


def test_what_cant_be_read_is_nothing(tmp_path):
    assert (children(1, str(tmp_path)), unit_cgroup(1, str(tmp_path))) == ((), None)
