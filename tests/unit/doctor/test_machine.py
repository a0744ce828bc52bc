"""The doctor on the machine: processes, cgroups, systemd, PSI, files, killers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.doctor import Place, machine
from oomtray.doctor.checks import told
from tests.rigs.processes.proc_tree import ProcTree


class TestMachine:
    @pytest.mark.parametrize(
        ("psi", "ok"),
        [
            (
                "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
                True,
            ),
            (None, False),
        ],
    )
    def test_psi(self, place: Place, proc: ProcTree, psi: str | None, ok: bool) -> None:
        proc.memory(total=1 << 30, available=1 << 29, psi=psi)
        assert machine.psi(place).ok is ok

    def test_without_psi_there_is_no_trigger(self, place: Place) -> None:
        assert machine.psi_trigger(place).ok is False

    @pytest.mark.parametrize(
        ("panic", "allocating", "ok"),
        [("0", "0", True), ("1", "0", False), ("2", "0", False), ("0", "1", False), (None, None, None)],
    )
    def test_how_the_kernel_picks(
        self, place: Place, proc: ProcTree, panic: str | None, allocating: str | None, ok: bool | None
    ) -> None:
        for name, value in (("panic_on_oom", panic), ("oom_kill_allocating_task", allocating)):
            if value is not None:
                proc.write(f"sys/vm/{name}", f"{value}\n")
        check = told("kernel-oom", machine.kernel_oom(place))
        assert check.ok is ok
        assert bool(check.remedy) is (ok is False)

    @pytest.mark.parametrize(
        ("names", "says"),
        [
            ([], "None is running, so only the kernel kills"),
            ([b"earlyoom"], "earlyoom kills"),
            ([b"systemd-oomd", b"nohang"], "systemd-oomd kills"),
        ],
    )
    def test_who_kills(self, place: Place, proc: ProcTree, names: list[bytes], says: str) -> None:
        for pid, name in enumerate(names, 300):
            proc.add(pid, name=name, uid=0)
        assert told("killers", machine.killers(place)).says.startswith(says)

    @pytest.mark.parametrize(
        ("name", "command", "killer"),
        [
            pytest.param(b"python3", b"python3\0/usr/sbin/nohang\0--monitor\0", "nohang", id="nohang by env python3"),
            pytest.param(b"python3.11", b"/usr/bin/python3.11\0-u\0/opt/nohang\0", "nohang", id="with an option"),
            pytest.param(b"low-memory-moni", b"", "low-memory-monitor", id="a name that /proc cuts"),
            pytest.param(b"bustd", b"", "bustd", id="bustd"),
            pytest.param(b"oomd", b"", "oomd", id="oomd"),
            pytest.param(b"uresourced", b"", "uresourced", id="uresourced"),
        ],
    )
    def test_the_killers_of_today_are_known(
        self, place: Place, proc: ProcTree, name: bytes, command: bytes, killer: str
    ) -> None:
        proc.add(300, name=name, uid=0)
        proc.write("300/cmdline", command)
        check = told("killers", machine.killers(place))
        assert check.says.startswith(killer)
        assert check.ok is True

    def test_an_argument_is_no_program(self, place: Place, proc: ProcTree) -> None:
        proc.add(300, name=b"vim", uid=0)
        proc.write("300/cmdline", b"vim\0/usr/sbin/nohang\0")
        assert told("killers", machine.killers(place)).says.startswith("None is running")

    def test_where_processes_are_hidden_nobody_is_said_to_be_alone(self, place: Place, proc: ProcTree) -> None:
        """pid 1 can't be seen: hidepid, or a pid namespace."""
        proc.remove(1)
        alone = told("killers", machine.killers(place))
        assert alone.ok is None
        assert alone.says.startswith("Unknown")
        proc.add(300, name=b"earlyoom", uid=0)
        assert "hidden" in told("killers", machine.killers(place)).says

    @pytest.mark.parametrize(
        ("files", "version"),
        [
            ({"cgroup.controllers": "cpu memory\n"}, True),
            ({"memory/memory.limit_in_bytes": "1"}, True),
            ({}, False),
        ],
        ids=["v2", "v1", "none"],
    )
    def test_cgroups(self, place: Place, tmp_path: Path, files: dict[str, str], version: bool) -> None:
        root = tmp_path / "cgroup"
        root.mkdir()
        for name, content in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(content)
        assert machine.memory_cgroup(replace(place, cgroups=str(root))).ok is version

    def test_a_process_that_is_hidden(self, place: Place, proc: ProcTree) -> None:
        assert machine.processes(place).ok is True
        proc.remove(1)
        assert machine.processes(place).ok is False

    def test_files_for_each_process(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        assert machine.open_files(place).ok is True
        monkeypatch.setattr(machine, "SPARE_FILES", 1 << 40)
        assert machine.open_files(place).ok is False
