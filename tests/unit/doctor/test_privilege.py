"""The doctor on privilege: the helper, its policy, polkit and an agent."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.helper_run import PROTOCOL
from oomtray.doctor import Place, privilege
from oomtray.doctor.checks import told
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.processes.proc_tree import ProcTree


class TestPrivilege:
    @pytest.fixture
    def place(self, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
        parents = privilege._parents  # those above tmp_path are root's, also where the user plays root
        monkeypatch.setattr(privilege, "_parents", lambda path: [one for one in parents(path) if Path(one).is_relative_to(tmp_path)])
        libexec = tmp_path / "libexec"
        libexec.mkdir(mode=0o755)
        helper = libexec / "oomtray-helper"
        helper.write_text("#!/bin/sh\n")
        helper.chmod(0o755)
        policy = tmp_path / "io.github.oomtray.policy"
        policy.touch()
        pkexec = tmp_path / "pkexec"
        pkexec.touch()
        pkexec.chmod(0o4755)
        return replace(place, helper=str(helper), policy=str(policy), pkexec=str(pkexec))

    def test_all_is_installed(self, place: Place) -> None:
        assert privilege.helper(place).ok is True
        assert privilege.policy(place).ok is True

    @pytest.mark.parametrize("mode", [0o775, 0o757, 0o777])
    def test_a_helper_that_others_may_change_is_a_danger(self, place: Place, mode: int) -> None:
        os.chmod(place.helper, mode)
        check = privilege.helper(place)
        assert (check.ok, check.what) == (False, "helper-exposed")

    def test_so_is_one_in_a_directory_that_they_may_change(self, place: Place) -> None:
        os.chmod(os.path.dirname(place.helper), 0o777)
        assert privilege.helper(place).facts["path"] == os.path.dirname(place.helper)

    def test_so_is_one_of_another_user(self, place: Place) -> None:
        assert privilege.helper(replace(place, root_uid=os.geteuid() + 1)).ok is False

    def test_an_odd_mode(self, place: Place) -> None:
        os.chmod(place.helper, 0o700)
        assert privilege.helper(place).facts["mode"] == "700"

    def test_one_of_an_older_version_is_to_be_updated(self, place: Place) -> None:
        Path(place.helper).write_text(f"PROTOCOL = {PROTOCOL}\n")
        assert privilege.helper(place).ok is True
        Path(place.helper).write_text("PROTOCOL = 1\n")
        check = privilege.helper(place)
        assert (check.ok, check.what) == (False, "helper-old")
        assert "make install-helper" in str(told("helper", check).remedy)

    def test_a_link_is_not_the_helper(self, place: Place, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(place.helper)
        assert privilege.helper(replace(place, helper=str(link))).what == "helper-odd"

    @pytest.mark.parametrize(
        ("systemd", "command"),
        [(True, "systemctl start dbus"), (False, "service dbus start")],
        ids=["systemd", "another init"],
    )
    def test_a_system_bus_that_is_down_is_started_by_the_init_that_runs_here(
        self, place: Place, tmp_path: Path, systemd: bool, command: str
    ) -> None:
        if systemd:
            (tmp_path / "run-systemd").mkdir()
        environ = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}
        down = replace(place, environ=environ, systemd=str(tmp_path / "run-systemd"))
        check = privilege.polkit(down)
        assert (check.ok, check.what, check.facts["command"]) == (False, "system-bus-silent", command)

    def test_nothing_is_installed(self, place: Place) -> None:
        place = replace(
            place, helper="/nonexistent/helper", policy="/nonexistent/policy", pkexec="/nonexistent/pkexec"
        )
        for probe in (privilege.helper, privilege.policy, privilege.polkit):
            check = probe(place)
            assert check.ok is False
            assert told("helper", check).remedy

    def test_a_helper_without_its_policy(self, place: Place) -> None:
        assert privilege.policy(replace(place, policy="/nonexistent")).what == "policy-missing"

    def test_pkexec_that_is_not_setuid(self, place: Place) -> None:
        os.chmod(place.pkexec, 0o755)
        assert privilege.polkit(place).what == "pkexec-odd"

    @pytest.mark.parametrize(("runs", "ok"), [(True, True), (False, False)])
    def test_polkits_daemon(self, place: Place, private_bus: PrivateBus, runs: bool, ok: bool) -> None:
        if runs:
            private_bus.peer(privilege.POLKIT)
        environ = {**place.environ, "DBUS_SYSTEM_BUS_ADDRESS": private_bus.address}
        assert privilege.polkit(replace(place, environ=environ)).ok is ok

    @pytest.mark.parametrize(
        ("name", "uid", "ok"),
        [
            ("gnome-shell", os.geteuid(), True),
            ("polkit-gnome-authentication-agent-1", os.geteuid(), True),
            ("gnome-shell", os.geteuid() + 1, None),
            ("bash", os.geteuid(), None),
        ],
    )
    def test_an_agent(self, place: Place, proc: ProcTree, name: str, uid: int, ok: bool | None) -> None:
        proc.add(500, name=name[:15].encode(), uid=uid)
        check = privilege.polkit_agent(replace(place, root_uid=-1))
        assert check.ok is ok
        assert check.what == ("agent-runs" if ok else "agent-missing")

    def test_an_agent_whose_process_has_another_name(self, place: Place, proc: ProcTree) -> None:
        proc.add(500, name=b"QThread", uid=os.geteuid())
        (proc.root / "500/exe").symlink_to("/usr/lib/polkit-kde-authentication-agent-1 (deleted)")
        assert privilege.polkit_agent(place).facts["program"] == "polkit-kde-authentication-agent-1"
