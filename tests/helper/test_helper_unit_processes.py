"""What a process's cgroup decides: those in a unit go with its change and no others, and a user's manager is never lowered."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.helper.support import ANA, BEN, Served, Target, lines, need_root
from tests.helper.units import DROP_IN, PROTECT, Ask, System, foreign
from tests.rigs.processes.programs import RigUnavailable


class Cgroups:
    """Real cgroups, in the hierarchy by which systemd would know its units, below a slice of the test's own."""

    def __init__(self) -> None:
        need_root()
        roots = [Path(p) for p in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")]
        root = next((path for path in roots if (path / "cgroup.procs").exists()), None)
        if root is None or not os.access(root, os.W_OK) or shutil.disk_usage(root).total:
            raise RigUnavailable("no cgroups of systemd's kind can be made here")
        self.root = root / f"oomtraytest{os.getpid()}.slice"

    def put(self, process: Target, path: str) -> None:
        place = self.root / path
        place.mkdir(parents=True, exist_ok=True)
        (place / "cgroup.procs").write_text(str(process.pid))

    def close(self) -> None:
        for folder, _, _ in os.walk(self.root, topdown=False):
            os.rmdir(folder)


@pytest.fixture
def cgroups() -> Iterator[Cgroups]:
    """Before the processes in a test's arguments, so that they are gone when it is cleared away."""
    made = Cgroups()
    try:
        yield made
    finally:
        made.close()


def test_processes_of_the_unit_are_set_either_way(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    main, worker, manager = target(0, adj=500), target(BEN, adj=100), target(BEN, adj=400)
    cgroups.put(main, "nginx.service")
    cgroups.put(worker, "nginx.service/workers")
    cgroups.put(manager, f"nginx.service/container/user@{BEN}.service/init.scope")
    processes = main, worker, manager
    monkeypatch.setattr(os, "seteuid", lambda _: pytest.fail("written as an owner writes, not as systemd does"))
    served = ask(PROTECT, *(one.ask(300) for one in processes))
    assert served.errors == [None] * 4
    assert [one.adj for one in processes] == [300] * 3


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("apache2.service", id="another service"),
        pytest.param("user@61001.service/app.slice/nginx.service", id="a user's service of that name"),
        pytest.param("docker-1.scope/system.slice/nginx.service", id="a container's service of that name"),
        pytest.param("nginx.service.slice", id="a slice"),
        pytest.param("anginx.service", id="a name that ends so"),
    ],
)
def test_a_process_elsewhere_is_not(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target], path: str
) -> None:
    process = target(ANA)
    cgroups.put(process, path)
    assert ask(PROTECT, process.ask(300)).errors == [None, "not-in-unit"]
    assert process.adj == 500


@pytest.mark.parametrize("failing", ["edit", "reload"])
def test_no_process_follows_a_unit_that_failed(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target], failing: str
) -> None:
    process = target(0)
    cgroups.put(process, "nginx.service")
    if failing == "edit":
        (system.units / "nginx.service.d").mkdir()
        foreign(system.units / DROP_IN)
    else:
        system.answer_reloads_with(1)
    error = "not-ours" if failing == "edit" else "reload-failed"
    assert ask(process.ask(300), PROTECT).errors == ["not-in-unit", error]
    assert process.adj == 500


def test_answers_come_in_the_order_of_the_lines(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target]
) -> None:
    process = target(0)
    cgroups.put(process, "nginx.service")
    answers = ask(process.ask(300), PROTECT, {"pid": 1, "start_time": 1, "adj": 0}).answers
    assert [answer.get("unit") or answer["pid"] for answer in answers] == [process.pid, "nginx.service", 1]
    assert process.adj == 300


@pytest.mark.parametrize("verb", ["own", "other"])
def test_a_users_manager_is_not_lowered_and_may_be_raised_again(
    helper: ModuleType, cgroups: Cgroups, target: Callable[..., Target], verb: str
) -> None:
    process = target(ANA)
    cgroups.put(process, f"user@{ANA}.service/init.scope")
    assert Served(helper, verb, ANA, lines(process.ask(300))).errors == ["user-manager"]
    assert process.adj == 500
    assert Served(helper, verb, ANA, lines(process.ask(600, floor=None)), "undo").errors == [None]
    assert process.adj == 600
