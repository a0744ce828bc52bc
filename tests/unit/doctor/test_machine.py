"""The doctor on the machine: processes, cgroups, systemd, PSI, files, killers."""

from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from oomtray.doctor import Place, machine
from oomtray.doctor.checks import told
from oomtray.kernel.killer_names import KillerName
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
        ("ram", "facts", "ok", "says", "command"),
        [
            pytest.param(8, {}, False, "There is none", "fallocate -l 4G", id="no swap"),
            pytest.param(64, {}, False, "There is none", "fallocate -l 8G", id="no swap in a large machine"),
            pytest.param(1, {}, False, "There is none", "fallocate -l 1G", id="no swap in a small one"),
            pytest.param(8, {"disk": 4}, True, "4.0 GiB", None, id="swap on a disk"),
            pytest.param(8, {"disk": 4, "swappiness": 0}, False, "4.0 GiB, but", "vm.swappiness", id="not used"),
            pytest.param(8, {"zram": 8}, True, "8.0 GiB", None, id="zram as large as RAM"),
            pytest.param(8, {"zram": 16}, False, "16.0 GiB of it is zram on 8.0", "echo 4096M", id="zram larger than RAM"),
        ],
    )
    def test_swap(
        self, place: Place, proc: ProcTree, tmp_path: Path, ram: int, facts: dict[str, int], ok: bool, says: str, command: str | None
    ) -> None:
        block = tmp_path / "sys" / "block" / "zram0"
        block.mkdir(parents=True)
        disk, zram = facts.get("disk", 0), facts.get("zram", 0)
        proc.memory(total=ram << 30, available=1 << 29, swap=(disk + zram) << 30, swap_free=(disk + zram) << 30)
        lines = [f"/dev/{name} partition {size << 20} 0 -2" for name, size in (("sda2", disk), ("zram0", zram)) if size]
        proc.write("swaps", "\n".join(["Filename Type Size Used Priority", *lines, ""]))
        proc.write("sys/vm/swappiness", f"{facts.get('swappiness', 60)}\n")
        check = told("swap", machine.swap(replace(place, sysfs=str(tmp_path / "sys"))))
        assert check.ok is ok
        assert check.says.startswith(says)
        assert (check.remedy is None) if command is None else (command in str(check.remedy))

    @pytest.mark.parametrize(
        ("mode", "ok", "says"),
        [("0", True, "Programs may ask"), ("1", True, "Programs may ask"), ("2", False, "vm.overcommit_memory is 2"), (None, None, "The setting")],
    )
    def test_overcommit(self, place: Place, proc: ProcTree, mode: str | None, ok: bool | None, says: str) -> None:
        if mode is not None:
            proc.write("sys/vm/overcommit_memory", f"{mode}\n")
        check = told("overcommit", machine.overcommit(place))
        assert (check.ok, bool(check.remedy)) == (ok, ok is False)
        assert check.says.startswith(says)

    @pytest.mark.parametrize(("systemd", "command"), [(True, "systemd-oomd"), (False, "earlyoom")])
    def test_where_only_the_kernel_kills_one_command_starts_another(
        self, place: Place, tmp_path: Path, systemd: bool, command: str
    ) -> None:
        check = told("killers", machine.killers(replace(place, systemd=str(tmp_path if systemd else tmp_path / "none"))))
        assert check.ok is None
        assert check.remedy is not None
        assert command in check.remedy

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
            *(pytest.param(name.encode()[:15], b"", name, id=name) for name in get_args(KillerName) if name != "kernel"),
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

    def test_a_process_that_is_called_kernel_is_no_other_killer(self, place: Place, proc: ProcTree) -> None:
        proc.add(300, name=b"kernel")
        assert machine.killers(place).what == "only-kernel"

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

    @pytest.mark.parametrize(
        ("limit", "ok", "what"),
        [
            pytest.param(resource.RLIM_INFINITY, True, "lock-enough", id="no limit"),
            pytest.param(8 << 20, True, "lock-enough", id="as systemd and Linux 5.16 set it"),
            pytest.param(64 << 10, None, "lock-little", id="as before"),
            pytest.param(0, None, "lock-none", id="none"),
        ],
    )
    def test_what_may_be_locked(self, place: Place, monkeypatch: pytest.MonkeyPatch, limit: int, ok: bool | None, what: str) -> None:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
        finding = machine.memory_lock(place)
        assert (finding.ok, finding.what) == (ok, what)

    @pytest.mark.parametrize(
        ("capabilities", "namespace", "ok"),
        [
            pytest.param("0000000000004000", 4026531837, True, id="CAP_IPC_LOCK"),
            pytest.param("000001ffffffbfff", 4026531837, None, id="all others"),
            pytest.param("000001ffffffffff", 4026532001, None, id="in a container's user namespace"),
        ],
    )
    def test_no_limit_holds_for_who_has_the_capability(
        self, place: Place, proc: ProcTree, monkeypatch: pytest.MonkeyPatch, capabilities: str, namespace: int, ok: bool | None
    ) -> None:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (0, 0))
        proc.write("self/status", f"Name:\tx\nCapEff:\t{capabilities}\nCapBnd:\t0\n")
        (proc.root / "self/ns").mkdir()
        (proc.root / "self/ns/user").symlink_to(f"user:[{namespace}]")
        assert machine.memory_lock(place).ok is ok

    @pytest.mark.parametrize(
        ("cgroup", "by_manager"),
        [
            pytest.param("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x@autostart.service\n", True, id="a user's unit"),
            pytest.param("4:memory:/a\n1:name=systemd:/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope\n", True, id="cgroup v1"),
            pytest.param("0::/user.slice/user-1000.slice/session-2.scope\n", False, id="a login"),
            pytest.param("0::/system.slice/user@x.service\n", False, id="another unit"),
            pytest.param("", False, id="unknown"),
        ],
    )
    def test_a_limit_is_raised_where_it_counts(
        self, place: Place, proc: ProcTree, monkeypatch: pytest.MonkeyPatch, cgroup: str, by_manager: bool
    ) -> None:
        proc.write("self/cgroup", cgroup)
        monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
        remedies = {name: told(name, probe(place)).remedy or "" for name, probe in (("memory-lock", machine.memory_lock), ("open-files", machine.open_files))}
        for name, setting, limit in (("memory-lock", "LimitMEMLOCK=8M", "memlock"), ("open-files", "LimitNOFILE=1024:257", "nofile")):
            said = remedies[name]
            assert ("/etc/systemd/system/user@.service.d/" in said, setting in said) == (by_manager, by_manager), said
            assert limit in said
            assert ("restart the computer" in said, "log in again" in said) == (by_manager, not by_manager)
            assert "/etc/security/limits.conf" in said
