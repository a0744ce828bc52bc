"""Ask a service manager, whose errors are refusals here."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from oomtray.actions.units.settings import UnitRefused
from oomtray.systemd.manager import ManagerError, ServiceManager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Addresses = Callable[[int | None], str | None]
    """Returns a manager's bus address by uid (None: the system manager)."""


@contextmanager
def asked(addresses: Addresses, *, user: bool) -> Iterator[ServiceManager]:
    """Connect to the user's manager or the system's. Raises UnitRefused if it can't be asked or fails."""
    try:
        with ServiceManager(os.geteuid() if user else None, addresses=addresses) as manager:
            yield manager
    except ManagerError as error:
        raise UnitRefused(error.problem) from error
