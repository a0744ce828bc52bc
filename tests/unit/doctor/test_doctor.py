"""`oomtray doctor`: each check on what it might find, the text and the JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray import APP_ID
from oomtray import doctor as examination
from oomtray.cli import doctor, main
from oomtray.cli.terminal import Terminal
from oomtray.desktop.notifications import NAME as NOTIFICATIONS
from oomtray.desktop.tray_host import WATCHER
from oomtray.doctor import Check, Place, machine, privilege, session
from oomtray.doctor import checks as known
from tests.rigs.bus.peers import PrivateBus, serving
from tests.rigs.commands import contract
from tests.rigs.processes.proc_tree import ProcTree

X11 = {"DISPLAY": ":nosuch"}
IDS = [
    "session-bus", "tray-host", "notifications", "autostart", "settings", "qt", "helper", "policy", "polkit", "polkit-agent",
    "processes", "memory-cgroup", "systemd", "psi", "psi-trigger", "open-files", "kernel-oom", "killers",
]  # fmt: skip


@pytest.fixture
def proc(tmp_path: Path) -> ProcTree:
    proc = ProcTree(tmp_path / "proc")
    proc.write("loadavg", "0 0 0 1/1 1\n")
    proc.add(1, name=b"init", uid=0)
    return proc


@pytest.fixture
def place(proc: ProcTree, tmp_path: Path) -> Place:
    return Place(
        environ={"HOME": str(tmp_path), "PATH": os.environ["PATH"]}, proc=str(proc), root_uid=os.geteuid()
    )


class TestTheWhole:
    def test_every_check_is_done_in_the_documented_order(self) -> None:
        checks = list(examination.examine(qt=lambda _: known.found(True, "there")))
        assert [check.id for check in checks] == IDS
        documented = [
            line.split()[0] for line in str(known.__doc__).splitlines() if line.startswith("    ")
        ]
        assert documented == IDS
        for check in checks:
            assert check.says
            assert not check.says.endswith(".")
            assert check.title

    def test_one_that_fails_is_told_and_hides_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_: Place) -> Check:
            raise RuntimeError("broken")

        monkeypatch.setattr(machine, "PROBES", (("psi", "PSI", broken), *machine.PROBES[4:]))
        checks = {check.id: check for check in examination.examine()}
        assert checks["psi"] == Check("psi", "PSI", None, "could not be checked (RuntimeError: broken)")
        assert "killers" in checks

    def test_json_is_as_the_contract_says(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["doctor", "--json"], tray=lambda _: 1) == 0
        document = contract.read(capsys.readouterr().out, contract.DOCTOR)
        assert [check["id"] for check in document["checks"]] == IDS

    def test_text_is_one_block_a_check(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["doctor"], tray=lambda _: 1) == 0
        lines = capsys.readouterr().out.splitlines()
        first_lines = [line for line in lines if not line.startswith(" ")]
        assert len(first_lines) == len(IDS)
        assert {line.split()[1] for line in first_lines} <= {"ok", "note", "problem"}

    def test_no_qt_is_loaded(self) -> None:
        code = (
            "import sys; from oomtray.cli import main; main(['doctor', '--json'], tray=None);"
            "sys.exit(any('PySide6' in name or 'shiboken' in name for name in sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")


class TestText:
    CHECKS = (
        Check("a", "First", True, "well"),
        Check(
            "b", "Second", False, "a long sentence about what is wrong with it", "Mend it by this and that."
        ),
        Check("c", "Third", None, "nobody\x1b[31m knows"),
    )

    def test_each_says_by_sign_and_word_how_it_stands_and_keeps_to_its_column(self) -> None:
        terminal = Terminal(columns=60)
        assert [line.rstrip() for line in doctor.as_text(self.CHECKS, terminal)] == [
            "✓ ok       First                well",
            "✗ problem  Second               a long sentence about what",
            "                                is wrong with it",
            "                                Mend it by this and that.",
            "– note     Third                nobody\\x1b[31m knows",
        ]

    def test_a_pipe_gets_whole_lines_and_no_colour(self) -> None:
        lines = list(doctor.as_text(self.CHECKS, Terminal()))
        assert len(lines) == 4
        assert not any("\x1b" in line for line in lines)

    def test_a_terminal_gets_colour_besides(self) -> None:
        assert (
            "\x1b[1;31m✗ problem" in list(doctor.as_text(self.CHECKS, Terminal(columns=80, colour=True)))[1]
        )

    def test_an_encoding_without_the_signs_gets_others(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with (tmp_path / "out").open("w", encoding="latin-1") as out:
            monkeypatch.setattr(sys, "stdout", out)
            words = [line.split()[:2] for line in doctor.as_text(self.CHECKS, Terminal(typographic=False))]
        assert words[0] == ["+", "ok"]
        assert words[1] == ["x", "problem"]


class TestSession:
    def test_outside_of_a_desktop_nothing_is_missing(self, place: Place) -> None:
        for probe in (session.session_bus, session.tray_host, session.notifications):
            assert probe(place).ok is None

    def test_a_desktop_without_a_bus(self, place: Place) -> None:
        place = replace(place, environ={**place.environ, **X11})
        check = session.session_bus(place)
        assert (check.ok, "DBUS_SESSION_BUS_ADDRESS" in check.says) == (False, True)
        assert check.remedy
        assert session.notifications(place).ok is None

    def test_a_bus_that_is_dead(self, place: Place, tmp_path: Path) -> None:
        environ = {**place.environ, **X11, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
        assert session.session_bus(replace(place, environ=environ)).says == "does not answer"


class TestOnABus:
    @pytest.fixture
    def place(self, place: Place, private_bus: PrivateBus) -> Place:
        environ = {**place.environ, "WAYLAND_DISPLAY": "w", "DBUS_SESSION_BUS_ADDRESS": private_bus.address}
        return replace(place, environ=environ)

    def test_the_bus_answers(self, place: Place) -> None:
        assert session.session_bus(place).ok is True

    def test_nobody_shows_icons(self, place: Place) -> None:
        environ = {**place.environ, "XDG_CURRENT_DESKTOP": "GNOME"}
        check = session.tray_host(replace(place, environ=environ))
        assert check.ok is False
        assert "AppIndicator" in str(check.remedy)

    @pytest.mark.parametrize(
        ("answer", "ok"),
        [
            (("v", (("b", True),)), True),
            (("v", (("b", False),)), False),
            ("org.freedesktop.DBus.Error.UnknownProperty", True),
        ],
        ids=["with a host", "without one", "says nothing"],
    )
    def test_a_watcher_runs(self, place: Place, private_bus: PrivateBus, answer, ok: bool) -> None:
        panel = private_bus.peer(WATCHER)
        panel.answers["Get"] = answer
        with serving(panel):
            assert session.tray_host(place).ok is ok

    def test_nobody_shows_notifications(self, place: Place) -> None:
        check = session.notifications(place)
        assert check.ok is False
        assert check.remedy

    @pytest.mark.parametrize(
        ("name", "capabilities", "says"),
        [
            ("Xfce Notify Daemon", ["actions", "body"], "Xfce Notify Daemon, with buttons"),
            ("plain", ["body"], "plain, without buttons"),
            ("dunst", ["actions", "body"], "dunst, its actions are not drawn as buttons"),
        ],
    )
    def test_a_daemon_shows_them(
        self, place: Place, private_bus: PrivateBus, name: str, capabilities: list[str], says: str
    ) -> None:
        daemon = private_bus.peer(NOTIFICATIONS)
        daemon.answers = {
            "GetCapabilities": ("as", (capabilities,)),
            "GetServerInformation": ("ssss", (name, "v", "1", "1.2")),
        }
        with serving(daemon):
            assert session.notifications(place) == known.found(True, says)


class TestAutostartAndSettings:
    def entry(self, place: Place, text: str) -> None:
        path = Path(place.environ["HOME"]) / ".config/autostart" / f"{APP_ID}.desktop"
        path.parent.mkdir(parents=True)
        path.write_text(f"[Desktop Entry]\nType=Application\nName=x\nExec=/bin/true\n{text}\n")

    @pytest.mark.parametrize(
        ("text", "ok"), [("TryExec=/bin/true", True), ("TryExec=/gone/oomtray", False), ("Hidden=true", None)]
    )
    def test_autostart(self, place: Place, text: str, ok: bool | None) -> None:
        self.entry(place, text)
        check = session.autostart(place)
        assert check.ok is ok
        assert bool(check.remedy) is (ok is False)

    def test_no_autostart_is_no_problem(self, place: Place) -> None:
        assert session.autostart(place).ok is None

    def test_no_settings_file_is_well(self, place: Place, xdg: Path) -> None:
        assert session.settings(place).says == "no file: the defaults"

    def test_a_mistake_in_the_settings_is_named(self, place: Place, xdg: Path) -> None:
        path = xdg / "config/oomtray/config.toml"
        path.parent.mkdir()
        path.write_text("[rows]\nshow = 3\nxyzzy = 1\n")
        check = session.settings(place)
        assert check.ok is False
        assert "line 2: rows.show" in check.says
        assert check.says.endswith("There is 1 more mistake.")


class TestPrivilege:
    @pytest.fixture
    def place(self, place: Place, tmp_path: Path) -> Place:
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
        assert check.ok is False
        assert "others than root" in check.says

    def test_so_is_one_in_a_directory_that_they_may_change(self, place: Place) -> None:
        os.chmod(os.path.dirname(place.helper), 0o777)
        assert privilege.helper(place).says.startswith(os.path.dirname(place.helper))

    def test_so_is_one_of_another_user(self, place: Place) -> None:
        assert privilege.helper(replace(place, root_uid=os.geteuid() + 1)).ok is False

    def test_an_odd_mode(self, place: Place) -> None:
        os.chmod(place.helper, 0o700)
        assert "700" in privilege.helper(place).says

    def test_a_link_is_not_the_helper(self, place: Place, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(place.helper)
        assert privilege.helper(replace(place, helper=str(link))).says.endswith("is not a plain file")

    def test_nothing_is_installed(self, place: Place) -> None:
        place = replace(
            place, helper="/nonexistent/helper", policy="/nonexistent/policy", pkexec="/nonexistent/pkexec"
        )
        for probe in (privilege.helper, privilege.policy, privilege.polkit):
            check = probe(place)
            assert check.ok is False
            assert check.remedy

    def test_a_helper_without_its_policy(self, place: Place) -> None:
        assert "refuses" in privilege.policy(replace(place, policy="/nonexistent")).says

    def test_pkexec_that_is_not_setuid(self, place: Place) -> None:
        os.chmod(place.pkexec, 0o755)
        assert "setuid" in privilege.polkit(place).says

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
        assert bool(check.remedy) is (ok is None)


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
        check = machine.kernel_oom(place)
        assert check.ok is ok
        assert bool(check.remedy) is (ok is False)

    @pytest.mark.parametrize(
        ("names", "says"),
        [
            ([], "the kernel alone"),
            ([b"earlyoom"], "earlyoom ends"),
            ([b"systemd-oomd", b"nohang"], "systemd-oomd ends"),
        ],
    )
    def test_who_kills(self, place: Place, proc: ProcTree, names: list[bytes], says: str) -> None:
        for pid, name in enumerate(names, 300):
            proc.add(pid, name=name, uid=0)
        assert machine.killers(place).says.startswith(says)

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


class TestQt:
    @pytest.fixture
    def version(self, monkeypatch: pytest.MonkeyPatch):
        def set_version(version: str, python: tuple[int, int] = sys.version_info[:2]) -> None:
            monkeypatch.setattr("importlib.metadata.version", lambda _: version)
            monkeypatch.setattr(sys, "version_info", (*python, 0))

        return set_version

    def fake_qt(self, tmp_path: Path, body: str) -> Place:
        package = tmp_path / "PySide6"
        package.mkdir()
        (package / "__init__.py").write_text(body)
        (package / "QtWidgets.py").touch()
        return Place(environ={**os.environ, "PYTHONPATH": str(tmp_path)})

    def test_one_that_can_be_loaded(self, tmp_path: Path, version) -> None:
        version("6.11.3")
        assert doctor.check_qt(self.fake_qt(tmp_path, "")) == known.found(True, "PySide6 6.11.3")

    @pytest.mark.parametrize(("python", "ok"), [((3, 11), False), ((3, 12), True), ((3, 13), True)])
    def test_the_one_that_breaks_python(
        self, tmp_path: Path, version, python: tuple[int, int], ok: bool
    ) -> None:
        version("6.12.0", python)
        assert doctor.check_qt(self.fake_qt(tmp_path, "")).ok is ok

    def test_a_library_of_the_system_is_missing(self, tmp_path: Path) -> None:
        body = "raise ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')"
        check = doctor.check_qt(self.fake_qt(tmp_path, body))
        assert check.ok is False
        assert "libEGL.so.1" in check.says
        assert "libegl1" in str(check.remedy)

    def test_it_is_not_installed(self, tmp_path: Path) -> None:
        body = "raise ModuleNotFoundError(\"No module named 'PySide6'\", name='PySide6')"
        check = doctor.check_qt(self.fake_qt(tmp_path, body))
        assert check.ok is False
        assert "pip install PySide6-Essentials" in str(check.remedy)

    def test_loading_it_crashes(self, tmp_path: Path) -> None:
        check = doctor.check_qt(self.fake_qt(tmp_path, "import os; os.abort()"))
        assert check.ok is False
        assert "-6" in check.says

    def test_it_never_comes_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "LOAD_SECONDS", 0.2)
        assert doctor.check_qt(self.fake_qt(tmp_path, "import time; time.sleep(60)")).ok is None


def test_what_it_prints_can_be_read_by_a_script(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "oomtray", "doctor", "--json"],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert json.loads(done.stdout)["schema"] == 1
