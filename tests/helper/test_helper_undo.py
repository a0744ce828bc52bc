"""What `undo` may do to a process: raise it, and its floor, and neither so that it or another's right falls."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import ModuleType

import pytest

from tests.helper.support import ANA, BEN, Served, Target, answers_of, lines, start_helper
from tests.rigs.processes.programs import need_programs

Make = Callable[..., Target]


@pytest.mark.parametrize(
    ("verb", "uid", "change", "error", "left"),
    [
        pytest.param("own", ANA, {"adj": 700, "floor": None}, None, 700, id="no floor was moved"),
        pytest.param("own", ANA, {"adj": 700, "floor": 600}, None, 700, id="floor above the present value"),
        pytest.param("own", ANA, {"adj": 700, "floor": 700}, None, 700, id="floor at the old value"),
        pytest.param("own", ANA, {"adj": 500, "floor": 500}, None, 500, id="floor alone"),
        pytest.param("other", BEN, {"adj": 700, "floor": 600}, None, 700, id="another's"),
        pytest.param("own", BEN, {"adj": 700, "floor": None}, "not-yours", 500, id="another's as own"),
        pytest.param("own", ANA, {"adj": 499, "floor": None}, "is-lowering", 500, id="below the present value"),
        pytest.param("own", ANA, {"adj": 600, "floor": 601}, "is-lowering", 500, id="floor above the old value"),
        pytest.param("own", ANA, {"adj": 600, "floor": -998}, "is-lowering", 500, id="floor below the kernel's"),
        pytest.param("other", BEN, {"adj": 600, "floor": None, "uid": ANA}, "wrong-owner", 500, id="owner other than expected"),
        pytest.param("own", ANA, {"adj": 600, "floor": None, "start_time": 7}, "pid-reused", 500, id="another process"),
    ],
)  # fmt: skip
def test_undo(
    helper: ModuleType,
    target: Make,
    verb: str,
    uid: int,
    change: dict[str, object],
    error: str | None,
    left: int,
) -> None:
    process = target(uid)
    served = Served(helper, verb, ANA, lines(process.ask(500) | change), "undo")
    assert (served.errors, process.adj) == ([error], left)


@pytest.mark.parametrize("floor", [None, 1000])
def test_an_exempt_process_is_none_that_was_lowered_here(
    helper: ModuleType, target: Make, monkeypatch: pytest.MonkeyPatch, floor: int | None
) -> None:
    """Nothing here is set to -1000: undo would only make a target of what the system keeps, such as udev."""
    process = target(0)
    monkeypatch.setattr(os, "pread", lambda *_: b"-1000\n")
    served = Served(helper, "other", ANA, lines(process.ask(1000, floor=floor)), "undo")
    assert (served.errors, process.adj) == (["out-of-range"], 500)


def test_the_lowest_value_can_be_taken_back(helper: ModuleType, target: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    process, values = target(ANA), iter([b"-999\n", b"700\n"])  # not every root may set it for real
    monkeypatch.setattr(os, "pread", lambda *_: next(values))
    served = Served(helper, "own", ANA, lines(process.ask(700, floor=None)), "undo")
    assert (served.errors, process.adj) == ([None], 700)


def test_the_floor_is_written_with_privilege_and_the_value_without(helper: ModuleType, target: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by the calls, also where root itself has no floor to move."""
    process, written, write = target(ANA), [], os.write

    def spied(fd: int, data: bytes) -> int:
        written.append((os.geteuid(), data))
        return write(fd, data)

    monkeypatch.setattr(os, "write", spied)
    assert Served(helper, "own", ANA, lines(process.ask(700, floor=600)), "undo").errors == [None]
    assert written == [(helper.NOBODY, b"600"), (0, b"600"), (helper.NOBODY, b"700")]


def test_capabilities_that_stay_with_the_uid_changed(target: Make) -> None:
    """Every write would be a privileged one: undo could lower a floor, and protect not tell that it has."""
    need_programs({"setpriv": "util-linux"})
    process = target(ANA)
    data = lines(process.ask(600, floor=100))
    before = ("setpriv", "--securebits", "+no_setuid_fixup", "--")
    done = start_helper("own", "undo", "1", data=data, asker=str(ANA), before=before)
    assert (done.returncode, done.stdout, process.adj) == (3, b"", 500)
    done = start_helper("own", "undo", "1", data=data, asker=str(ANA))
    assert [answer["ok"] for answer in answers_of(done)] == [True], "it is done without the flag"
