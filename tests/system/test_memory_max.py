"""A real systemd takes the higher limit at once and keeps it: the button below a kill that a limit was the cause of."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pytest

from tests.facts import MIB
from tests.rigs.systemd.box import Box

pytestmark = pytest.mark.systemd

RAISE = """
import json, sys
from oomtray.actions.units.memory_max import MemoryMax, apply
unit, user, before, limit = json.loads(sys.argv[1])
change = MemoryMax(unit, user, before, limit)
print(json.dumps([apply(change if sys.argv[2] == "raise" else change.back)]))
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        box.push({"/etc/systemd/system/shop.service": "[Service]\nExecStart=/bin/sleep infinity\nMemoryMax=200M\n"})
        box.sh("systemctl daemon-reload && systemctl start shop")
        yield box


def ask(box: Box, what: str, *values: object, user: str = "root") -> str:
    command = f"cd /src && python3 -c {shlex.quote(RAISE)} {shlex.quote(json.dumps(values))} {what}"
    return str(json.loads(box.sh(command, user=user))[0])


def limit(box: Box, unit: str, *, user: str = "root") -> int:
    manager = "" if user == "root" else "--user "
    return int(box.sh(f"systemctl {manager}show --value --property MemoryMax {unit}", user=user))


def test_the_limit_of_a_service_is_raised_kept_in_a_drop_in_and_taken_back(box: Box) -> None:
    assert ask(box, "raise", "shop.service", False, 200 * MIB, 320 * MIB) == ""
    assert limit(box, "shop.service") == 320 * MIB
    kept = box.sh("systemctl show --value --property DropInPaths shop.service").split()
    assert any("MemoryMax=335544320" in box.sh(f"cat {path}") for path in kept), "a restart keeps it too"
    assert ask(box, "undo", "shop.service", False, 200 * MIB, 320 * MIB) == ""
    assert limit(box, "shop.service") == 200 * MIB


def test_an_app_of_ones_own_without_root(box: Box) -> None:
    box.sh("systemd-run --user --unit=job --property=MemoryMax=64M sleep infinity", user="alice")
    assert ask(box, "raise", "job.service", True, 64 * MIB, 128 * MIB, user="alice") == ""
    assert limit(box, "job.service", user="alice") == 128 * MIB


def test_what_systemd_says_against_it_is_told(box: Box) -> None:
    assert "nowhere.service" in ask(box, "raise", "nowhere.service", False, 64 * MIB, 128 * MIB)
