"""Why a row is marked: the warning by its share, and where its oom_score_adj comes from."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from oomtray.kernel.snapshot import Process
from oomtray.risk import reasons as module
from oomtray.risk.judged import Reason, Risk
from oomtray.risk.set_here import SetHere
from tests.facts.in_pages import STEP, judged, process, snapshot

USER = "/user.slice/user-1000.slice/user@1000.service"


def risk_of(pid: int, *processes: Process, **facts: Any) -> Risk:
    return next(r for r in judged(snapshot(*processes), **facts).risks if r.process.pid == pid)


@pytest.mark.parametrize(
    ("pages", "adj", "first", "warning"),
    [
        pytest.param(10, 0, True, "elevated", id="the next victim is always marked"),
        pytest.param(10, 0, False, "none", id="an idle process isn't, though it reads 666"),
        pytest.param(500 * STEP - 1, 0, False, "none", id="just below elevated"),
        pytest.param(500 * STEP, 0, False, "elevated", id="elevated"),
        pytest.param(100 * STEP, 700, False, "high", id="high by its adjustment"),
        pytest.param(900 * STEP, 0, True, "high", id="high and next"),
        pytest.param(900 * STEP, -1000, False, "none", id="never chosen: no warning"),
    ],
)
def test_warning_by_share(pages: int, adj: int, first: bool, warning: str) -> None:
    others = [] if first else [process(9, pages=990 * STEP)]
    assert risk_of(5, process(5, pages=pages, adj=adj), *others).warning == warning


SHELL = process(50, adj=200, name="bash")
MANAGER = process(60, adj=100, name="systemd", unit_cgroup=f"{USER}/init.scope")
INIT = process(1, adj=0, name="systemd", oom_score=0, unit_cgroup="/init.scope")
APP = f"{USER}/app.slice/app-chromium-1.scope"


@pytest.mark.parametrize(
    ("child", "parent", "reasons"),
    [
        pytest.param({"adj": 0, "ppid": 1}, INIT, (), id="no adjustment"),
        pytest.param({"adj": 200, "ppid": 50}, SHELL, ("adj-inherited",), id="like its parent"),
        pytest.param({"adj": 300, "ppid": 50}, SHELL, ("adj-set-by-app",), id="above its parent"),
        pytest.param({"adj": 100, "ppid": 50}, SHELL, (), id="below its parent, still raised"),
        pytest.param({"adj": -500, "ppid": 50}, SHELL, ("adj-protected",), id="protected"),
        pytest.param({"adj": -17, "ppid": 70}, process(70, adj=-17), ("adj-inherited", "adj-protected"),
                     id="protected like its parent"),
        pytest.param({"adj": 200, "ppid": 60, "unit_cgroup": f"{USER}/session.slice/pipewire.service"}, MANAGER,
                     ("adj-set-by-unit",), id="a user service at the manager's default"),
        pytest.param({"adj": 400, "ppid": 1, "unit_cgroup": "/system.slice/batch.service"}, INIT,
                     ("adj-set-by-unit",), id="a system service"),
        pytest.param({"adj": 490, "ppid": 70, "unit_cgroup": "/docker-1.scope"},
                     process(70, name="containerd-shim", unit_cgroup="/system.slice/containerd.service"),
                     ("adj-set-by-unit",), id="a container by its runtime"),
        pytest.param({"adj": 300, "ppid": 70, "unit_cgroup": APP}, process(70, unit_cgroup=APP),
                     ("adj-set-by-app",), id="a renderer by its browser"),
        pytest.param({"adj": 300, "ppid": 70, "unit_cgroup": APP},
                     process(70, name="gnome-shell", unit_cgroup=f"{USER}/session.slice/shell.service"),
                     ("adj-set-by-app",), id="an app that its desktop started"),
        pytest.param({"adj": 200, "ppid": 60, "unit_cgroup": f"{USER}/app.slice/app-nm@autostart.service"}, MANAGER,
                     ("adj-set-by-unit",), id="an app that the manager started"),
        pytest.param({"adj": 300, "ppid": 70, "unit_cgroup": "/system.slice/a.service"},
                     process(70, unit_cgroup="/system.slice/a.service"),
                     ("adj-set-by-app",), id="a worker by its service"),
        pytest.param({"adj": 300, "ppid": 4040}, SHELL, (), id="parent not to be seen: nothing is claimed"),
        pytest.param({"adj": None, "ppid": 50}, SHELL, (), id="unreadable"),
    ],
)  # fmt: skip
def test_where_an_adjustment_comes_from(
    child: dict[str, Any], parent: Process, reasons: tuple[str, ...]
) -> None:
    large = process(9, pages=1990 * STEP)
    assert risk_of(5, process(5, pages=10, **child), parent, large).reasons == reasons


@pytest.mark.parametrize(
    ("hand", "rule", "origin"),
    [
        pytest.param({}, {(5, 50): 300}, "adj-set-by-rule", id="by a rule"),
        pytest.param({(5, 50): 900}, {(5, 50): 300}, "adj-set-by-rule", id="by a rule after a hand"),
        pytest.param({(5, 50): 300}, {(5, 50): 900}, "adj-set-by-hand", id="by hand after a rule"),
        pytest.param({}, {(5, 50): 900}, "adj-set-by-app", id="by another since"),
    ],
)
def test_a_rule_is_told_from_a_hand(hand: dict[tuple[int, int], int], rule: dict[tuple[int, int], int], origin: str) -> None:
    child, large = process(5, pages=10, adj=300, ppid=50), process(9, pages=1990 * STEP)
    assert risk_of(5, child, SHELL, large, set_here=SetHere(hand, rule)).reasons == (origin,)


def test_what_was_set_from_here_is_nobody_elses_doing() -> None:
    child = process(5, pages=10, adj=300, ppid=50)
    large = process(9, pages=1990 * STEP)
    assert risk_of(5, child, SHELL, large, set_here=SetHere({(5, 50): 300})).reasons == ("adj-set-by-hand",)
    assert risk_of(5, child, SHELL, large, set_here=SetHere({(5, 50): 900})).reasons == ("adj-set-by-app",)
    assert risk_of(5, child, SHELL, large, set_here=SetHere({(5, 51): 300})).reasons == ("adj-set-by-app",)


@pytest.mark.parametrize(
    ("pages", "adj", "said"),
    [
        pytest.param(10, 700, True, id="a small tab before a large job"),
        pytest.param(200 * STEP, 1, False, id="the largest too"),
        pytest.param(100 * STEP + 1, 0, False, id="first without an adjustment"),
    ],
)
def test_small_but_first(pages: int, adj: int, said: bool) -> None:
    risk = risk_of(5, process(5, pages=pages, adj=adj, ppid=4040), process(9, pages=100 * STEP))
    assert risk.rank == 1
    assert ("small-but-first" in risk.reasons) == said


def test_a_protected_giant_doesnt_make_the_first_small() -> None:
    """It is first because another can't be chosen, not by an adjustment of its own."""
    assert (
        "small-but-first" not in risk_of(5, process(5, pages=10, adj=1), process(9, pages=500 * STEP, adj=-1000)).reasons
    )


def test_the_table_of_the_module_has_every_reason() -> None:
    assert re.findall(r"^\| ([a-z-]+) \|", module.__doc__ or "", re.MULTILINE)[1:] == list(get_args(Reason))
