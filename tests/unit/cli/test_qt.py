"""The tray that can't start says why in one line: no traceback, and no abort by Qt."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from oomtray.cli import Failure
from oomtray.cli.qt import explain_import_error, require_answer, require_screen, require_x11_plugin
from oomtray.desktop.qt_libraries import installing
from tests.rigs.commands.program import oomtray, python

NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


@pytest.mark.parametrize("argv", [[], ["tray"]], ids=["nothing", "tray"])
def test_without_a_screen(argv: list[str]) -> None:
    done = oomtray(*argv, env=NO_SCREEN)
    assert done.returncode == 1
    assert done.stderr.startswith("oomtray: there is no screen for the tray")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "env", [{"DISPLAY": "far.example:0"}, {"QT_QPA_PLATFORM": "offscreen"}, {"QT_QPA_PLATFORM": "xcb", "DISPLAY": "far.example:0"}], ids=str
)
def test_one_word_of_a_screen_is_enough_where_only_qt_can_tell(env: dict[str, str]) -> None:
    require_screen(NO_SCREEN | env)
    require_answer(NO_SCREEN | env)
    with pytest.raises(Failure):
        require_screen(NO_SCREEN)


@pytest.mark.parametrize("env", [{"DISPLAY": ":999"}, {"WAYLAND_DISPLAY": "gone"}, {"DISPLAY": ":999.0", "WAYLAND_DISPLAY": "gone"}], ids=str)
def test_a_screen_that_does_not_answer(env: dict[str, str], tmp_path: Path) -> None:
    """Qt would abort: 134 and a page of hints."""
    done = oomtray(env=NO_SCREEN | {"XDG_RUNTIME_DIR": str(tmp_path)} | env)
    assert done.returncode == 1
    assert done.stderr.startswith("oomtray: no screen answers at ")
    assert all(f"{name}={value}" in done.stderr for name, value in env.items())
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({"QT_QPA_PLATFORM": "wayland"}, id="wayland exported on X11"),
        pytest.param({"QT_QPA_PLATFORM": "wayland-egl;wayland", "WAYLAND_DISPLAY": "gone"}, id="wayland that is gone"),
        pytest.param({"QT_QPA_PLATFORM": "xcb:foo", "DISPLAY": ""}, id="xcb without a display"),
        pytest.param({"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":999"}, id="xcb that is gone"),
    ],
)
def test_a_platform_that_is_asked_for_and_is_not_there_is_one_line_and_no_core_dump(
    env: dict[str, str], tmp_path: Path
) -> None:
    with x11_server() as display:
        done = oomtray(env=NO_SCREEN | {"XDG_RUNTIME_DIR": str(tmp_path), "DISPLAY": display} | env)
    assert done.returncode == 1
    assert done.stderr.startswith(f"oomtray: no screen answers at QT_QPA_PLATFORM={env['QT_QPA_PLATFORM']}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("display", ["garbage", ":", "localhost:499"])
def test_a_screen_that_only_qt_can_tell_is_not_there_is_one_line_and_no_core_dump(display: str) -> None:
    """Such as the one that ssh forwarded, once that connection has ended."""
    done = oomtray(env=NO_SCREEN | {"DISPLAY": display})
    assert done.stderr == f"oomtray: the tray can’t be shown: could not connect to display {display} (text commands, such as oomtray list, need no screen)\n"
    assert done.returncode == 1


def test_a_screen_that_turns_the_user_away_is_one_line_and_no_core_dump() -> None:
    """As an X server does with a program of another user; its own reason, which libxcb prints, comes before."""
    with x11_server(refuses=b"No protocol specified\n") as display:
        done = oomtray(env=NO_SCREEN | {"DISPLAY": display})
    *_, last = done.stderr.splitlines()
    assert last.startswith(f"oomtray: the tray can’t be shown: could not connect to display {display} ")
    assert done.returncode == 1


def test_a_platform_that_qt_does_not_have_is_one_line_and_no_core_dump() -> None:
    done = oomtray(env=NO_SCREEN | {"QT_QPA_PLATFORM": "wayand"})
    assert done.returncode == 1
    assert done.stderr.startswith("oomtray: QT_QPA_PLATFORM=wayand names no platform that Qt has; it has ")
    assert done.stderr.count("\n") == 1


def test_one_platform_of_several_is_enough(tmp_path: Path) -> None:
    with x11_server() as display:
        require_answer(NO_SCREEN | {"QT_QPA_PLATFORM": "wayland;xcb", "XDG_RUNTIME_DIR": str(tmp_path), "DISPLAY": display})


@contextmanager
def x11_server(refuses: bytes = b"") -> Iterator[str]:
    """Listens as an X server does, and refuses each connection for a reason if one is given; gives its display."""
    number = 10_000 + os.getpid()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        if refuses:
            Thread(target=_refuse, args=(server, refuses), daemon=True).start()
        yield f":{number}"
        with suppress(OSError):  # wakes the thread
            server.shutdown(socket.SHUT_RDWR)


def _refuse(server: socket.socket, reason: bytes) -> None:
    """Answer the setup as the X protocol has it: 0, the length of the reason, version 11.0, its length in words."""
    padded = reason + bytes(-len(reason) % 4)
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            with client, suppress(OSError):
                if client.recv(4096):  # not only a look whether somebody listens
                    client.sendall(struct.pack("<BBHHH", 0, len(reason), 11, 0, len(padded) // 4) + padded)


def test_a_screen_that_answers(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-7"))
        compositor.listen()
        require_answer(NO_SCREEN | {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-7", "DISPLAY": ":999"})


def test_without_pyside() -> None:
    script = """
        import sys
        sys.modules["PySide6"] = None
        from oomtray.__main__ import main
        sys.exit(main(["tray"]))
    """
    done = python(script)
    assert done.returncode == 1
    assert done.stderr.startswith("oomtray: the tray needs PySide6, which is not installed: pip install ")
    assert done.stderr.count("\n") == 1


X11_CHECK = """
    import sys
    from oomtray.cli import Failure
    from oomtray.cli.qt import require_x11_plugin
    try:
        require_x11_plugin(sys.argv[1], {"DISPLAY": ":1"})
    except Failure as failure:
        print(failure)
"""


def test_a_plugin_without_its_libraries_is_found_out(tmp_path: Path) -> None:
    """The real plugin, moved away from the libraries that it looks for beside itself."""
    import PySide6

    plugin = "Qt/plugins/platforms/libqxcb.so"
    (tmp_path / plugin).parent.mkdir(parents=True)
    shutil.copy(Path(PySide6.__file__).parent / plugin, tmp_path / plugin)
    done = python(X11_CHECK, str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Qt can't be loaded because libQt6XcbQpa.so.6 is missing" in done.stdout


def test_the_x11_plugin_loads_where_all_is_there() -> None:
    import PySide6

    done = python(X11_CHECK, str(Path(PySide6.__file__).parent))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "env",
    [{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":1"}, {"QT_QPA_PLATFORM": "offscreen"}, {"DISPLAY": ":1"}],
    ids=["wayland", "another-platform", "plugins-elsewhere"],
)
def test_nothing_is_loaded_that_qt_would_not_load(env: dict[str, str], tmp_path: Path) -> None:
    """A broken plugin would be complained of, were it looked at."""
    if "DISPLAY" not in env or "WAYLAND_DISPLAY" in env:
        plugin = tmp_path / "Qt/plugins/platforms/libqxcb.so"
        plugin.parent.mkdir(parents=True)
        plugin.write_bytes(b"")
    require_x11_plugin(str(tmp_path), env)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        pytest.param(
            ImportError("libEGL.so.1: cannot open shared object file: No such file or directory"),
            "Qt can't be loaded because libEGL.so.1 is missing: apt-get install libglib2.0-0 libgl1 libegl1",
            id="core",
        ),
        pytest.param(
            ImportError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory"),
            "because libxcb-cursor.so.0 is missing: apt-get install libxcb-cursor0 libxcb-icccm4",
            id="x11",
        ),
        pytest.param(
            ImportError("libodd-2.0.so.7: cannot open shared object file"),
            "libodd-2.0.so.7 is missing: install the package that contains it",
            id="other-library",
        ),
        pytest.param(
            ModuleNotFoundError("No module named 'PySide6'", name="PySide6"), "pip install", id="no-pyside"
        ),
        pytest.param(
            ModuleNotFoundError("No module named 'jeepney'", name="jeepney"),
            "the tray needs jeepney, which is not installed: pip install jeepney",
            id="a-module-of-others",
        ),
        pytest.param(ModuleNotFoundError("No module named 'odd'", name="odd"), "'odd'", id="another-module"),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(error: ImportError, says: str) -> None:
    assert says in str(explain_import_error(error))


def test_all_that_is_lacking_is_installed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PySide6", "jeepney"):
        monkeypatch.setitem(sys.modules, name, None)
    assert installing("psutil", managed=False) == "pip install PySide6-Essentials jeepney psutil"
    assert installing("psutil", tray=False, managed=False) == "pip install jeepney psutil"


def test_where_apt_has_the_modules_pip_is_not_named_as_it_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """PEP 668: the Python of Debian 12 and later."""
    qt = "apt-get install python3-pyside6.qtcore python3-pyside6.qtgui python3-pyside6.qtwidgets"
    assert installing("PySide6", managed=True) == qt
    monkeypatch.setitem(sys.modules, "tomlkit", None)
    assert installing("PySide6", managed=True) == f"{qt} python3-tomlkit"


@pytest.mark.parametrize(
    ("own", "marked", "apt", "installer"),
    [
        pytest.param(False, True, True, "apt-get", id="Debian's"),
        pytest.param(True, True, True, "pip", id="a virtual environment"),
        pytest.param(False, False, True, "pip", id="another one"),
        pytest.param(False, True, False, "pip", id="marked where there is no apt"),
    ],
)
def test_which_python_apt_has_modules_for(
    own: bool, marked: bool, apt: bool, installer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if marked:
        (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/apt-get" if apt else None)
    monkeypatch.setattr(sys, "prefix", f"{sys.base_prefix}/own" if own else sys.base_prefix)
    assert installing("PySide6").split()[0] == installer
