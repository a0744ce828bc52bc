"""A fire drill is a real kill of a small program by the kernel, which is noticed and named; where it can't be held it says why."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from oomtray import drill
from oomtray.cli import main
from oomtray.risk.app_names import named_by
from tests.rigs.commands import contract
from tests.rigs.processes.memcg import MIB, MemoryCgroup

pytestmark = pytest.mark.system

PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def without_limit(argv: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(argv, text=True, **PIPES)


def test_a_real_kill_is_noticed_and_named() -> None:
    with MemoryCgroup(64 * MIB) as group:
        held = drill.hold(lambda argv: group.spawn(argv, **PIPES))
    assert held.named
    assert held.event is not None
    assert held.event.killer == "kernel"
    assert drill.NAME in [victim.name for victim in held.event.victims]
    assert held.noticed_after is not None
    assert held.noticed_after < 5


def test_without_a_limit_it_ends_by_itself_and_does_no_harm() -> None:
    started: list[subprocess.Popen[str]] = []

    def start(argv: Sequence[str]) -> subprocess.Popen[str]:
        started.append(without_limit(argv))
        return started[0]

    with pytest.raises(drill.NoDrill) as refused:
        drill.hold(start)
    assert refused.value.why == "not-killed"
    assert started[0].poll() == 0, "it is not left behind"


def test_its_app_has_a_name_of_its_own() -> None:
    path = f"/user.slice/user-1000.slice/user@1000.service/app.slice/{drill.scope_name(4711)}"
    assert named_by(path) == (drill.NAME, drill.NAME, "app")


@pytest.mark.parametrize(
    ("files", "uid", "limits"),
    [
        pytest.param({"user.slice/user-7.slice/user@7.service/cgroup.controllers": "cpu memory pids\n"}, 7, True, id="lent to the user"),
        pytest.param({"user.slice/user-7.slice/user@7.service/cgroup.controllers": "cpu pids\n"}, 7, False, id="not lent"),
        pytest.param({"memory/x": ""}, 7, False, id="cgroup v1"),
        pytest.param({"memory/x": ""}, 0, True, id="cgroup v1 as root"),
        pytest.param({"cgroup.controllers": "memory\n"}, 0, True, id="cgroup v2 as root"),
    ],
)
def test_whether_the_users_manager_can_limit_memory(tmp_path: Path, files: dict[str, str], uid: int, limits: bool) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert drill.limits_memory(uid, str(tmp_path)) is limits


def test_the_command_says_how_it_went(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with MemoryCgroup(64 * MIB) as group:
        monkeypatch.setattr(drill, "in_scope", lambda argv: group.spawn(argv, **PIPES))
        assert main(["drill"], tray=lambda _: 99) == 0
    says = " ".join(capsys.readouterr().out.split())
    assert "took more than its 64.0 MiB and was killed after" in says
    assert "It works: a kill is noticed, named and explained." in says


def test_where_systemd_does_not_run_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    if os.path.isdir("/run/systemd/system"):
        pytest.skip("systemd runs here")
    assert main(["drill", "--json"], tray=lambda _: 99) == 1
    out, err = capsys.readouterr()
    assert err == "oomtray: The drill needs systemd, which isn't running here.\n"
    told = contract.read(out, contract.DRILL)
    assert (told["held"], told["why_not"]) == (False, "no-systemd")


def test_why_it_can_not_be_held_is_an_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(drill, "in_scope", lambda _: without_limit(["sh", "-c", "echo Access denied >&2; exit 1"]))
    assert main(["drill"], tray=lambda _: 99) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "oomtray: The small program could not be started. systemd says: Access denied\n")
