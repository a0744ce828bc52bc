"""What a fire drill says of how its kill was noticed: no more than is known."""

from __future__ import annotations

import pytest

from oomtray.kernel.killer_names import Outcome
from oomtray.messages.drill import noticed, noticed_within, which
from oomtray.risk.kill_event import KillEvent

UNNOTICED = "It was not noticed: this kernel doesn't tell of kills."


@pytest.mark.parametrize(
    ("outcome", "named", "says", "process"),
    [
        pytest.param("killed", True, "It was noticed within 0.4 s, and it was certain which process it was.", "It is certain that it was x (7).", id="certain"),
        pytest.param(
            "likely", True, "It was noticed within 0.4 s, and the right process was named as the likely one.", "x (7) was named as the likely one.", id="likely"
        ),
        pytest.param("likely", False, "It was noticed within 0.4 s, but not which process it was.", "It isn't known which process it was.", id="another"),
        pytest.param("unknown", True, "It was noticed within 0.4 s, but not which process it was.", "It isn't known which process it was.", id="none"),
    ],
)
def test_which_process_it_was(outcome: Outcome, named: bool, says: str, process: str) -> None:
    event = KillEvent(time=1.0, killer="kernel", outcome=outcome)
    assert noticed(event, 0.4, named=named) == says
    assert which(event, "x", 7, named=named) == process
    assert noticed(None, 0.4, named=named) == noticed(event, None, named=named) == UNNOTICED


def test_how_soon() -> None:
    assert noticed_within(0.01) == "It was noticed within 0.1 s."
    assert noticed_within(None) == "This kernel doesn't tell of kills."
