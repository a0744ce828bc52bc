"""The limit of a unit that reached it is to be raised by half; other groups are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.actions.units.limit import MemoryMax, raised
from oomtray.risk.kill_event import KillScope
from tests.facts import GIB, MIB

USER = "/user.slice/user-1000.slice/user@1000.service"
OTHER = "/user.slice/user-1001.slice/user@1001.service"


def scope(path: str | None, limit: int | None = 200 * MIB) -> KillScope:
    return KillScope(kind="cgroup", path=path, limit=limit)


@pytest.fixture
def cgroups(tmp_path: Path) -> str:
    for path in ("system.slice/shop.service/inner", "memory/system.slice/old.service", "unified/system.slice/both.service", f"{USER[1:]}/app.slice/app-x-1.scope", f"{OTHER[1:]}/app.slice/app-x-1.scope", "docker/0"):
        (tmp_path / path).mkdir(parents=True)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("path", "limit", "unit", "user", "wanted"),
    [
        pytest.param("/system.slice/shop.service", 200 * MIB, "shop.service", False, 320 * MIB, id="a service"),
        pytest.param("/system.slice/old.service", 2 * GIB, "old.service", False, 3 * GIB, id="cgroup v1"),
        pytest.param("/system.slice/both.service", 200 * MIB, "both.service", False, 320 * MIB, id="both"),
        pytest.param(f"{USER}/app.slice/app-x-1.scope", 64 * MIB, "app-x-1.scope", True, 128 * MIB, id="an app of the user's own"),
    ],
)  # fmt: skip
def test_half_as_much_again(cgroups: str, path: str, limit: int, unit: str, user: bool, wanted: int) -> None:
    assert raised(scope(path, limit), 1000, cgroups=cgroups) == MemoryMax(unit, user, wanted)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(None, id="nothing known"),
        pytest.param(KillScope(kind="system"), id="the whole machine"),
        pytest.param(scope(None), id="no path"),
        pytest.param(scope("/system.slice/shop.service", None), id="no limit"),
        pytest.param(scope("/system.slice/gone.service"), id="not here: a log of another computer"),
        pytest.param(scope("/system.slice/shop.service/inner"), id="a group that the service made itself"),
        pytest.param(scope("/docker/0"), id="no unit"),
        pytest.param(scope(f"{OTHER}/app.slice/app-x-1.scope"), id="another user's"),
        pytest.param(scope("/system.slice/../system.slice/shop.service"), id="a path with a way up"),
    ],
)
def test_nothing_is_offered_for(cgroups: str, found: KillScope | None) -> None:
    assert raised(found, 1000, cgroups=cgroups) is None
