"""An update replaces the program's files while it runs, or they are removed: what the tray does then, and says."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from oomtray.messages.desktop import removed, replaced
from oomtray.ui.app import own_files
from oomtray.ui.app.own_files import RESTART, SETTLED_SECONDS, Outdated, OwnFiles, is_calm


class Installed:
    """A package that can be loaded, and what is said and done of it."""

    def __init__(self, folder: Path) -> None:
        self.init = folder / "oomtray/__init__.py"
        start = folder / "oomtray/ui/app/start.py"
        start.parent.mkdir(parents=True)
        for path in (self.init, start):
            path.write_text("")
        self.now = 0.0
        self.calm = True
        self.notices: list[str] = []
        self.ends: list[int] = []
        self.failures: list[str] = []
        self.refusals: list[str] = []
        self.files = self.started()

    def started(self) -> OwnFiles:
        files = OwnFiles(lambda: self.calm, path=str(self.init), clock=lambda: self.now)
        files.said.connect(lambda: self.notices.append(files.says))
        files.over.connect(self.ends.append)
        files.failed.connect(lambda: self.failures.append(files.says))
        files.refused.connect(lambda: self.refusals.append(files.says))
        return files

    def replace(self, text: str = "new") -> None:
        new = self.init.with_suffix(".dpkg-new")
        new.write_text(f"{text!r}")
        new.rename(self.init)

    def look(self, after: float = SETTLED_SECONDS) -> None:
        self.now += after
        self.files.look()
        self.files._look_again()


@pytest.fixture
def installed(qtbot: QtBot, tmp_path: Path) -> Installed:
    return Installed(tmp_path)


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What the hook before it was told of."""
    found: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: found.append(error))
    return found


def fail(hook: OwnFiles, error: Exception) -> Exception:
    hook(type(error), error, None)
    return error


def test_while_nothing_happens_nothing_is_done(installed: Installed) -> None:
    installed.files.look()
    assert not installed.files._timer.isActive()
    assert installed.files.find_spec("oomtray.x") is None


def test_after_an_update_it_restarts_once_the_files_have_settled(installed: Installed) -> None:
    installed.replace()
    installed.look()
    assert (installed.notices, installed.ends) == ([], [])
    installed.look(SETTLED_SECONDS - 1)
    (installed.init.parent / "late.py").write_text("")
    installed.look(1)  # another file came
    assert installed.ends == []
    installed.look()
    assert (installed.notices, installed.ends) == ([replaced()], [RESTART])


def test_it_waits_until_nobody_looks_at_a_window(installed: Installed) -> None:
    installed.replace()
    installed.calm = False
    for _ in range(3):
        installed.look()
    assert (installed.notices, installed.ends) == ([replaced()], [])
    installed.calm = True
    installed.look(SETTLED_SECONDS - 1)  # a window that was just closed may be followed by another
    assert installed.ends == []
    installed.look(1)
    assert installed.ends == [RESTART]


def test_it_stays_while_the_new_version_could_not_start(installed: Installed) -> None:
    installed.replace()
    start = installed.init.parent / "ui/app/start.py"
    start.write_text("import no_such_module")
    installed.look()
    installed.look()
    assert installed.ends == []
    start.write_text("")
    installed.look()
    installed.look()
    assert installed.ends == [RESTART]


def test_nothing_of_the_working_directory_is_loaded_for_that(
    installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installed.init.parent / "ui/app/start.py").write_text("import planted")
    (tmp_path / "here").mkdir()
    (tmp_path / "here/planted.py").write_text("")
    monkeypatch.delenv("PYTHONPATH", raising=False)  # a relative one would name it
    monkeypatch.chdir(tmp_path / "here")
    installed.replace()
    installed.look()
    installed.look()
    assert installed.ends == []


def test_after_a_removal_it_ends(installed: Installed) -> None:
    installed.init.unlink()
    installed.look()
    installed.look()
    assert (installed.notices, installed.ends) == ([removed()], [0])


def test_a_disk_that_can_not_be_read_is_no_removal(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_path: str) -> os.stat_result:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(own_files.os, "stat", fails)
    assert not installed.files.changed


def test_what_is_put_back_is_no_change(installed: Installed) -> None:
    away = installed.init.with_suffix(".away")
    installed.init.rename(away)
    installed.calm = False
    installed.look()
    installed.look()
    away.rename(installed.init)
    installed.look()
    assert installed.notices == [removed(), ""]
    assert not installed.files.changed


def test_no_window_of_another_version_is_imported(installed: Installed) -> None:
    installed.replace()
    for module in ("json.tool", "oomtray.ui.app.level_notifications", "oomtray.kills.watch"):
        assert installed.files.find_spec(module) is None
    with pytest.raises(Outdated, match="updated"):
        installed.files.find_spec("oomtray.ui.settings.pages")
    installed.init.unlink()
    with pytest.raises(Outdated, match="removed"):
        installed.files.find_spec("oomtray.ui.settings.pages")


def test_what_fails_in_the_version_that_was_started_is_only_reported(
    reported: list[BaseException], installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_files, "_START_SECONDS", -1e9)  # the files of the test are new
    error = fail(installed.files, ImportError("cannot import name 'new'"))
    assert (reported, installed.failures) == ([error], [])


@pytest.mark.parametrize("way", ["another file", "none"])
def test_what_fails_after_a_change_is_explained_once(reported: list[BaseException], installed: Installed, way: str) -> None:
    installed.init.unlink()
    if way == "another file":
        installed.init.write_text("new")
    fate = replaced() if way == "another file" else removed()
    for _ in range(2):
        fail(installed.files, TypeError("2 arguments"))
    assert (installed.failures, installed.refusals) == ([fate], [])
    for _ in range(2):
        fail(installed.files, Outdated(fate))
    assert (installed.failures, installed.refusals) == ([fate], [fate])
    assert reported == []


def test_one_that_was_started_amid_an_update_restarts_if_something_fails_but_once(
    reported: list[BaseException], installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(installed.files, TypeError("2 arguments"))
    assert installed.failures == [replaced()]
    installed.look()
    assert installed.ends == [RESTART]
    again = installed.started()
    assert "OOMTRAY_RESTARTED_FOR" not in os.environ
    fail(again, TypeError("2 arguments"))
    assert installed.failures == [replaced()]
    assert not again.changed


def test_calm_is_when_no_window_is_shown_and_no_password_asked_for(qtbot: QtBot) -> None:
    from PySide6.QtCore import QObject, QProcess
    from PySide6.QtWidgets import QWidget

    root = QObject()
    assert is_calm(root, None)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    assert not is_calm(root, None)
    window.hide()
    process = QProcess(root)
    assert not is_calm(root, None)
    process.setParent(None)
    assert is_calm(root, None)


def test_it_starts_anew_with_the_same_command_line_and_without_the_old_click(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, resource, sys\n"
        "from oomtray.kernel.fd_limit import raise_limit\n"
        "from oomtray.ui.app.own_files import start_anew, was_paused\n"
        "limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "if 'again' in os.environ:\n"
        "    print(sys.argv[1:], sys.flags.no_user_site, os.environ.get('XDG_ACTIVATION_TOKEN'), os.getpid(), limit)\n"
        "    print(was_paused(), was_paused())\n"
        "else:\n"
        "    os.environ['again'] = ''\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (most // 2, most))\n"
        "    raise_limit()\n"
        "    print(os.getpid(), most // 2, flush=True)\n"
        "    start_anew(paused=True)\n"
    )
    env = os.environ | {"PYTHONPATH": str(Path(own_files.__file__).parents[3]), "XDG_ACTIVATION_TOKEN": "x"}
    command = [sys.executable, "-s", str(script), "tray", "a b"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    pid_and_limit, again, paused = done.stdout.splitlines()
    assert again == f"['tray', 'a b'] 1 None {pid_and_limit}"
    assert paused == "True False"
