"""Specifies what people are told that a dead process is called."""

from __future__ import annotations

import pytest

from oomtray.messages.names import victim_name
from oomtray.risk.kill_event import Dead


@pytest.mark.parametrize(
    ("victim", "told"),
    [
        pytest.param(Dead(pid=7, name="Web Content", app="Firefox"), "Firefox", id="app"),
        pytest.param(Dead(pid=7, name="a\nb"), "a\\nb", id="program"),
        pytest.param(Dead(pid=7, name=""), "Process 7", id="nobody read its name"),
        pytest.param(Dead(pid=None, name="a.service"), "a.service", id="group"),
    ],
)
def test_a_dead_process_is_never_without_a_name(victim: Dead, told: str) -> None:
    assert victim_name(victim) == told
