"""Which units have no preference of systemd-oomd, of which no manager is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.actions.units.preference import PreferenceChanger
from oomtray.actions.units.settings import Refusal, UnitRefused


@pytest.mark.parametrize(("name", "why"), [("user@1000.service", "all-of-a-user"), ("app.slice", "no-process-group")])
def test_it_is_refused(name: str, why: str, xdg: Path) -> None:
    changer = PreferenceChanger(addresses=lambda _: pytest.fail("asked"))
    with pytest.raises(UnitRefused) as looked:
        changer.look(name, user=True)
    with pytest.raises(UnitRefused) as tried:
        changer.set([name], "avoid", user=True)
    assert [one.value.why for one in (looked, tried)] == [Refusal(why, name)] * 2
