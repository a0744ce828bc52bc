"""A real systemd takes the higher limit at once and keeps it, and `oomtray undo` takes back what a kill's page has raised."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pytest

from tests.facts import MIB
from tests.rigs.guest.link import Done
from tests.rigs.systemd.box import Box

pytestmark = pytest.mark.systemd

RAISE = """
import json, sys
from oomtray.actions.units.limit import LimitChanger
from oomtray.actions.units.limit import MemoryMax
from oomtray.actions.units.settings import UnitRefused
try:
    outcome = LimitChanger().set(MemoryMax(*json.loads(sys.argv[1])))
    print(json.dumps(outcome.done))
except UnitRefused as error:
    print(json.dumps(error.why.id))
"""
ALLOW = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.freedesktop.systemd1.manage-units" && subject.user == "alice") return polkit.Result.%s;
});
"""
RULES = "/etc/polkit-1/rules.d/10-alice.rules"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        service = "[Service]\nExecStart=/bin/sleep infinity\nMemoryMax=200M\n"
        box.push({"/etc/systemd/system/shop.service": service, "/etc/systemd/system/bank.service": service})
        box.sh("systemctl daemon-reload && systemctl start shop bank polkit")
        yield box


def raise_limit(box: Box, *values: object, user: str = "root") -> object:
    command = f"cd /src && python3 -c {shlex.quote(RAISE)} {shlex.quote(json.dumps(values))}"
    return json.loads(box.sh(command, user=user))


def undo(box: Box, user: str = "root") -> Done:
    return box.run_as(user, "cd /src && python3 -m oomtray undo")


def limit(box: Box, unit: str, *, user: str = "root") -> int:
    manager = "" if user == "root" else "--user "
    return int(box.sh(f"systemctl {manager}show --value --property MemoryMax {unit}", user=user))


def allow(box: Box, what: str) -> None:
    box.push({RULES: ALLOW % what})
    box.sh("systemctl restart polkit")


def test_the_limit_of_a_service_is_raised_kept_in_a_drop_in_and_taken_back(box: Box) -> None:
    assert raise_limit(box, "shop.service", False, 320 * MIB) is True
    assert limit(box, "shop.service") == 320 * MIB
    kept = box.sh("systemctl show --value --property DropInPaths shop.service").split()
    assert any("MemoryMax=335544320" in box.sh(f"cat {path}") for path in kept), "a restart keeps it too"
    done = undo(box)
    assert (done.rc, done.err, done.out) == (0, "", "shop.service may use 200 MiB again.\n")
    assert limit(box, "shop.service") == 200 * MIB
    assert undo(box).err == "oomtray: There is nothing to undo.\n"


def test_of_the_system_only_with_a_permission_and_the_history_has_both(box: Box) -> None:
    allow(box, "NO")
    assert raise_limit(box, "bank.service", False, 320 * MIB, user="alice") == "not-authorised"
    assert limit(box, "bank.service") == 200 * MIB
    allow(box, "YES")
    assert raise_limit(box, "bank.service", False, 320 * MIB, user="alice") is True
    allow(box, "NO")
    denied = undo(box, "alice")
    assert (denied.rc, limit(box, "bank.service")) == (3, 320 * MIB)
    assert denied.err == "oomtray: bank.service is not as before: You were not authorized to change bank.service.\n"
    allow(box, "YES")
    assert undo(box, "alice").rc == 0
    assert limit(box, "bank.service") == 200 * MIB
    assert box.sh("cd /src && python3 -m oomtray history", user="alice").endswith(
        "  Undone: raising the memory limit of bank.service\n"
    )


def test_an_app_of_ones_own_without_root(box: Box) -> None:
    box.sh("systemd-run --user --unit=job --property=MemoryMax=64M sleep infinity", user="alice")
    assert raise_limit(box, "job.service", True, 128 * MIB, user="alice") is True
    assert limit(box, "job.service", user="alice") == 128 * MIB
    assert undo(box, "alice").out == "job.service may use 64.0 MiB again.\n"
    assert limit(box, "job.service", user="alice") == 64 * MIB


def test_a_unit_that_is_not_there_is_refused(box: Box) -> None:
    assert raise_limit(box, "nowhere.service", False, 128 * MIB) == "no-unit"
