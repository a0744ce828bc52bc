"""A fire drill by systemd's own manager of the user: a real kill in a real scope, noticed and named for alice, who reads no log."""

from __future__ import annotations

import json

import pytest

from tests.guest.commands import oomtray
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]


def test_alice_holds_a_drill(guest: Guest) -> None:
    done = oomtray(guest, "drill", "--json", user=ALICE)
    told = json.loads(done.out)
    assert (told["held"], told["why_not"]) == (True, None), done
    assert told["named"], told
    assert done.rc == 0
    assert guest.run_as(ALICE, "systemctl --user list-units --all 'oomtray-drill*' --no-legend").out.strip() == ""
