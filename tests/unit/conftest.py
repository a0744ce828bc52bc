from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.bus.daemon import bus_daemon
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.processes.programs import need_programs


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
