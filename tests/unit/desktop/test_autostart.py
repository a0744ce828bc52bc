"""Start at login: the file, and what a session makes of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from oomtray import APP_ID
from oomtray.desktop.autostart import Autostart, quoted, render, this_program
from oomtray.file_access import FileError
from tests.rigs.processes.programs import need_programs, wait_for


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CONFIG_DIRS": f"{tmp_path}/etc:relative:{tmp_path}/etc2",
        "PATH": os.environ["PATH"],
    }


@pytest.fixture
def autostart(environ: dict[str, str]) -> Autostart:
    return Autostart(("/bin/true",), environ)


def system_file(
    tmp_path: Path, text: str = "[Desktop Entry]\nType=Application\nName=x\nExec=/bin/true\n"
) -> Path:
    path = tmp_path / "etc2" / "autostart" / f"{APP_ID}.desktop"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_it_is_off_at_first(autostart: Autostart) -> None:
    assert not autostart.enabled()


def test_on_and_off_again(autostart: Autostart, tmp_path: Path) -> None:
    autostart.enable()
    assert autostart.enabled()
    assert autostart.path == tmp_path / "config" / "autostart" / f"{APP_ID}.desktop"
    assert stat.S_IMODE(autostart.path.stat().st_mode) == 0o644
    assert os.listdir(autostart.path.parent) == [autostart.path.name], "nothing is left beside it"
    autostart.disable()
    assert not autostart.enabled()
    assert not autostart.path.exists()
    autostart.disable()


@pytest.mark.parametrize(
    ("session", "line"),
    [
        pytest.param({"XDG_CURRENT_DESKTOP": "sway"}, "exec /opt/tray -m 'a b'", id="sway"),
        pytest.param({"SWAYSOCK": "/run/sway"}, "exec /opt/tray -m 'a b'", id="sway in a console"),
        pytest.param({"XDG_CURRENT_DESKTOP": "labwc:wlroots"}, "/opt/tray -m 'a b' &", id="labwc"),
        pytest.param({"XDG_CURRENT_DESKTOP": "LXQt:labwc:wlroots"}, None, id="LXQt on labwc"),
        pytest.param({"XDG_CURRENT_DESKTOP": "XFCE"}, None, id="Xfce"),
        pytest.param({}, None, id="unknown"),
    ],
)
def test_a_compositor_without_a_session_starts_what_its_own_configuration_lists(
    environ: dict[str, str], session: dict[str, str], line: str | None
) -> None:
    own = Autostart(("/opt/tray", "-m", "a b"), environ | session | {"PATH": "/nowhere"}).own_list
    assert (own and own["line"]) == line


def test_its_line_has_the_name_where_that_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "oomtray").touch(0o755)
    own = Autostart(("/opt/tray",), environ | {"PATH": str(tmp_path), "XDG_CURRENT_DESKTOP": "river"}).own_list
    assert own is not None
    assert own["line"] == "riverctl spawn oomtray"


@pytest.mark.parametrize("config_home", [None, "", "relative/path"])
def test_a_config_home_that_does_not_count(tmp_path: Path, config_home: str | None) -> None:
    environ = {"HOME": str(tmp_path)} | ({} if config_home is None else {"XDG_CONFIG_HOME": config_home})
    assert Autostart(("/bin/true",), environ).path == tmp_path / ".config" / "autostart" / f"{APP_ID}.desktop"


class TestSystemWide:
    def test_it_counts(self, autostart: Autostart, tmp_path: Path) -> None:
        system_file(tmp_path)
        assert autostart.enabled()

    def test_the_users_own_hides_it(self, autostart: Autostart, tmp_path: Path) -> None:
        system = system_file(tmp_path)
        autostart.disable()
        assert not autostart.enabled()
        assert system.exists()
        autostart.enable()
        assert autostart.enabled()


@pytest.mark.parametrize(
    ("line", "desktop", "on"),
    [
        ("Hidden=true", "", False),
        ("Hidden=false", "", True),
        ("X-GNOME-Autostart-enabled=false", "", False),
        ("TryExec=/nonexistent/oomtray", "", False),
        ("TryExec=/bin/true", "", True),
        ("TryExec=sh", "", True),
        ("OnlyShowIn=KDE;", "GNOME", False),
        ("OnlyShowIn=KDE;XFCE;", "XFCE", True),
        ("NotShowIn=GNOME;", "ubuntu:GNOME", False),
        ("NotShowIn=GNOME;", "KDE", True),
        ("[Desktop Action x]\nHidden=true", "", True),
        ("#Hidden=true", "", True),
        ("Hidden = true", "", False),
    ],
)
def test_what_a_session_would_do(
    environ: dict[str, str], autostart: Autostart, line: str, desktop: str, on: bool
) -> None:
    autostart.path.parent.mkdir(parents=True)
    autostart.path.write_text(f"[Desktop Entry]\nType=Application\nName=x\nExec=/bin/true\n{line}\n")
    environ["XDG_CURRENT_DESKTOP"] = desktop
    assert autostart.enabled() is on


class TestTrouble:
    """Each says what and why in one line, and leaves what was there."""

    def test_a_symlink_is_not_written_through(self, autostart: Autostart, tmp_path: Path) -> None:
        treasure = tmp_path / "treasure"
        treasure.write_text("gold")
        autostart.path.parent.mkdir(parents=True)
        autostart.path.symlink_to(treasure)
        with pytest.raises(FileError, match="is-link"):
            autostart.enable()
        assert treasure.read_text() == "gold"
        assert autostart.path.is_symlink()

    def test_a_directory_in_its_place(self, autostart: Autostart) -> None:
        autostart.path.mkdir(parents=True)
        with pytest.raises(FileError, match="not-regular"):
            autostart.enable()
        with pytest.raises(FileError, match="Is a directory"):
            autostart.disable()

    def test_a_fifo_in_its_place_is_not_waited_for(self, autostart: Autostart) -> None:
        autostart.path.parent.mkdir(parents=True)
        os.mkfifo(autostart.path)
        assert not autostart.enabled()

    def test_a_file_where_the_directory_should_be(self, autostart: Autostart, tmp_path: Path) -> None:
        (tmp_path / "config").write_text("")
        with pytest.raises(FileError, match=r"Not a directory|File exists"):
            autostart.enable()

    def test_a_full_disk(self, autostart: Autostart, monkeypatch: pytest.MonkeyPatch) -> None:
        autostart.enable()
        before = autostart.path.read_text()
        monkeypatch.setattr(
            os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        )
        with pytest.raises(FileError, match="No space left on device"):
            autostart.enable()
        assert autostart.path.read_text() == before
        assert os.listdir(autostart.path.parent) == [autostart.path.name]

    def test_rubbish_is_no_entry(self, autostart: Autostart) -> None:
        autostart.path.parent.mkdir(parents=True)
        autostart.path.write_bytes(b"\xff\0[Desktop Entry\nHidden=true")
        autostart.enable()
        assert autostart.enabled()


NAMES = {
    "plain": "oomtray",
    "space": "with space",
    "quotes": 'it\'s "quoted"',
    "dollar": "$HOME `id`",
    "per cent": "100%f %% %",
    "backslash": "back\\slash \\n",
    "UTF-8": "größe – 한글",
    "shell": "a;b&c|d>e(f)#g~h*i?",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_desktop_starts_the_very_program(tmp_path: Path, name: str) -> None:
    """With GLib's own reading of the file: the program writes down its arguments."""
    need_programs({"gio": "libglib2.0-bin", "desktop-file-validate": "desktop-file-utils"})
    directory = tmp_path / name
    directory.mkdir()
    program = directory / "start"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/out.new"; mv "{tmp_path}/out.new" "{tmp_path}/out"\n'
    )
    program.chmod(0o755)
    entry = tmp_path / "x.desktop"
    entry.write_text(render((str(program), "-m", name, "")))
    subprocess.run(["desktop-file-validate", str(entry)], check=True, capture_output=True, timeout=30)
    # without a session bus GLib starts the program itself
    environ = dict(os.environ) | {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    subprocess.run(["gio", "launch", str(entry)], check=True, capture_output=True, timeout=30, env=environ)
    out = tmp_path / "out"
    wait_for(out.exists, "the program to run")
    assert out.read_text().splitlines() == ["-m", name, ""]


@pytest.mark.parametrize(
    ("word", "written"),
    [("/usr/bin/oomtray", "/usr/bin/oomtray"), ("a b", '"a b"'), ("a%b", "a%%b"), ('"', '"\\""'), ("", '""')],
)
def test_quoting_after_the_specification(word: str, written: str) -> None:
    assert quoted(word) == written


class TestThisProgram:
    def executable(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    def test_an_installed_script_is_started_as_it_was(self, tmp_path: Path) -> None:
        script = self.executable(tmp_path / "local/bin/oomtray")
        assert this_program(str(script), "/usr/bin/python3") == (str(script),)

    def test_a_virtual_environments_script_is_found_beside_its_python(self, tmp_path: Path) -> None:
        script = self.executable(tmp_path / "venv/bin/oomtray")
        assert this_program("/x/oomtray/__main__.py", str(tmp_path / "venv/bin/python")) == (str(script),)

    def test_a_relative_name_is_not_trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.executable(tmp_path / "oomtray")
        monkeypatch.chdir(tmp_path)
        assert this_program("oomtray", "/nowhere/python3") == ("/nowhere/python3", "-m", "oomtray")

    def test_what_runs_now_can_be_started(self) -> None:
        program = Path(this_program()[0])
        assert program.is_absolute()
        assert os.access(program, os.X_OK)
        assert this_program(None, sys.executable)


def test_the_default_is_what_the_system_brings_along(autostart: Autostart, tmp_path: Path) -> None:
    autostart.enable()
    assert not autostart.enabled_by_default()
    system_file(tmp_path)
    assert autostart.enabled_by_default()
    autostart.disable()
    assert not autostart.enabled()
    autostart.restore()
    assert autostart.enabled()
    assert not autostart.path.exists()
