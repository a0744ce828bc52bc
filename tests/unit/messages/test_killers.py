"""What is said of each killer: what it ends at once, how far it is from acting, why it can't, and how to mend that."""

from __future__ import annotations

from typing import get_args

import pytest

from oomtray.messages.killers import ends, mend, stands, stands_briefly
from oomtray.messages.victim import notes, outcome
from oomtray.risk.killer import IdleReason, Takes
from tests.facts import GIB
from tests.facts.assessments import assessment, killer, risk, victim

TERMINAL = Takes("vte-1.scope", tuple(range(10, 24)))


@pytest.mark.parametrize(
    ("name", "takes", "said"),
    [
        pytest.param("systemd-oomd", TERMINAL, "This ends the unit vte-1.scope with its 14 processes.", id="a unit"),
        pytest.param("systemd-oomd", Takes("/a.slice/x", (1, 2)), "This ends the control group /a.slice/x with its 2 processes.", id="a group"),
        pytest.param("earlyoom", Takes("/a.slice", (1, 2, 3)), "earlyoom ends the whole process group: 3 processes.", id="a process group"),
        pytest.param("systemd-oomd", Takes("a.scope", (1,)), None, id="one alone"),
        pytest.param("kernel", None, None, id="one process"),
    ],
)  # fmt: skip
def test_what_it_ends(name: str, takes: Takes | None, said: str | None) -> None:
    assert ends(killer(name=name, takes=takes)) == said


def test_the_card_and_the_commands_name_the_killer_that_acts_first_and_what_goes_with_it() -> None:
    first = killer(name="systemd-oomd", victim=victim(risk(10), killer="systemd-oomd"), takes=TERMINAL)
    told = assessment(killers=(first, killer(victim=victim(risk(11)))))
    assert "This ends the unit vte-1.scope with its 14 processes." in [note.text for note in notes(told)]
    assert "systemd-oomd would kill program10" in outcome(told)


def test_a_command_that_is_run_instead() -> None:
    told = killer(name="nohang", command="systemctl restart \x1b[31mdb")
    assert ends(told) == "nohang runs a command first: systemctl restart \\x1b[31mdb"


@pytest.mark.parametrize("reason", get_args(IdleReason))
def test_every_reason_is_said(reason: IdleReason) -> None:
    assert "systemd-oomd" in (stands(killer(name="systemd-oomd", idle_because=reason)) or "")


def test_how_far_it_is_and_how_to_mend_it() -> None:
    assert stands(killer(name="earlyoom", distance=2 * GIB)) == "earlyoom acts after 2.0 GiB more"
    assert stands(killer(name="earlyoom", distance=0)) == "earlyoom may act at any moment"
    assert stands(killer(name="earlyoom")) is None


def test_where_it_is_named_beside_it_a_killer_need_not_be_named_again():
    assert stands_briefly(killer(name="earlyoom", distance=2 * GIB)) == (
        "earlyoom acts after 2.0 GiB more",
        "acts after 2.0 GiB more",
        "2.0 GiB away",
    )
    assert stands_briefly(killer(name="earlyoom", distance=0)) == ("earlyoom may act at any moment", "may act at any moment")
    assert stands_briefly(killer(name="earlyoom")) == ()
    assert mend(killer(name="earlyoom", distance=1)) is None
    enroll = mend(killer(name="systemd-oomd", idle_because="nothing-enrolled"))
    assert enroll is not None
    assert enroll.startswith("Run: systemctl set-property user.slice ManagedOOMSwap=kill")
