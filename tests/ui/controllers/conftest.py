"""A session bus of a controller's own, whose answers come through Qt's event loop as in the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oomtray.dbus.session import SessionBus
from oomtray.ui.app.event_loop import BusDispatcher
from tests.rigs.bus.peers import PrivateBus


@pytest.fixture
def bus(private_bus: PrivateBus) -> Iterator[SessionBus]:
    bus = private_bus.session_bus()
    dispatcher = BusDispatcher(bus)
    yield bus
    dispatcher.close()
