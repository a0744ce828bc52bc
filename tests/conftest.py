"""What holds for every test: it touches nobody's settings, screen or session bus, and says when a rig is missing."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.rigs.bus.daemon import bus_daemon
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.processes.programs import need_programs
from tests.rigs.unavailable import pytest_runtest_call, pytest_runtest_setup  # noqa: F401

settings.register_profile("untimed", deadline=None)  # how fast a machine is, no test decides
settings.load_profile("untimed")

_ORDER = ("unit", "ui", "deb", "helper", "system", "desktop", "guest", "bench")
_XDG = ("CONFIG", "DATA", "STATE", "CACHE")
_nowhere = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Here and not in a fixture: Qt and the bus libraries look at these once, when first used."""
    nowhere = Path(tempfile.mkdtemp(prefix="oomtray-test-"))
    config.stash[_nowhere] = nowhere
    for name in (
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "XDG_CURRENT_DESKTOP",
        "XDG_SESSION_TYPE",
        "NO_COLOR",
    ):
        os.environ.pop(name, None)
    os.environ |= {f"XDG_{kind}_HOME": str(nowhere / kind.lower()) for kind in _XDG} | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(nowhere),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={nowhere}/no-bus",
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "",
    }
    # what tests start by the thousand is compiled once, also where somebody has switched that off
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # a shell without job control starts what runs in its background so, and nohup; the programs under test would inherit it
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _nowhere in config.stash:
        shutil.rmtree(config.stash[_nowhere], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The quick and plain ones first: what they find, the slow ones would only say less clearly.

    Those for which it counts what else runs on the machine come late: `make test` runs the virtual machine beside the others.
    """
    here = config.rootpath / "tests"
    order = {here / folder: number for number, folder in enumerate(_ORDER)}
    items.sort(key=lambda item: min((order[path] for path in item.path.parents if path in order), default=99))


@pytest.fixture
def xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is this test's own and has the XDG directories in it: config, data, state, cache."""
    for kind in _XDG:
        path = tmp_path / kind.lower()
        path.mkdir()
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(path))
    return tmp_path


@pytest.fixture
def private_bus(tmp_path: Path) -> Iterator[PrivateBus]:
    """A message bus of its own, on which nothing runs."""
    need_programs({"dbus-daemon": "dbus-daemon"})
    socket = tmp_path / "bus"
    daemon = bus_daemon(socket, dict(os.environ), tmp_path / "bus.log")
    bus = PrivateBus(socket, daemon)
    bus.start()
    yield bus
    bus.close()
