"""A notifier on a private bus, a daemon that shows what it is told, and one notification that stands."""

from __future__ import annotations

import pytest

from tests.rigs.bus.notification_daemon import FULL, Daemon
from tests.rigs.bus.peers import PrivateBus
from tests.unit.desktop.notifying import ALERT, Us


@pytest.fixture
def us(private_bus: PrivateBus) -> Us:
    return Us(private_bus.session_bus())


@pytest.fixture
def daemon(private_bus: PrivateBus) -> Daemon:
    return Daemon(private_bus, *FULL)


@pytest.fixture
def shown(us: Us, daemon: Daemon) -> int:
    """The number of the bubble that stands."""
    us.notifier.show(ALERT)
    us.settle(daemon)
    (number,) = daemon.bubbles
    return number
