"""What would happen if memory ran out now, where the kernel's order is void."""

from __future__ import annotations

import pytest

from oomtray.kernel.snapshot import Scope
from oomtray.messages.victim import outcome
from oomtray.risk.killer import Override
from tests.facts.assessments import assessment
from tests.facts.snapshots import snapshot

BOX = Scope("cgroup", 16384, "/box", 64 << 20)


@pytest.mark.parametrize(
    ("override", "scope", "says"),
    [
        ("panic_on_oom", None, "If memory ran out now, the kernel would panic and the whole machine would stop."),
        ("panic_on_oom", BOX, "If /box ran out of memory now, the kernel would panic and the whole machine would stop."),
        ("oom_kill_allocating_task", None, "If memory ran out now, the kernel would kill whichever process asked for memory at that moment."),
    ],
)
def test_nobody_is_named(override: Override, scope: Scope | None, says: str) -> None:
    taken = snapshot() if scope is None else snapshot(scope=scope)
    assert outcome(assessment(snapshot=taken, overrides=(override,))) == says
