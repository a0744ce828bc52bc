"""A fake systemd manager on a private bus that has memory limits of units, and sets them or refuses to."""

from __future__ import annotations

from typing import Any

from tests.rigs.bus.peers import Answer, Peer

NO_LIMIT = (1 << 64) - 1


class MemoryLimits:
    def __init__(self, peer: Peer, **units: int) -> None:
        """`units`: limits in bytes, by the unit's name with _ instead of its dot; 0: no limit."""
        self.limits = {name.replace("_", "."): limit or NO_LIMIT for name, limit in units.items()}
        self.refuses: str | None = None
        """Name of the D-Bus error with which it refuses."""
        self._asked = ""
        self._peer = peer
        peer.answers = {"LoadUnit": self._load, "GetAll": self._all, "SetUnitProperties": self._set}

    @property
    def set(self) -> list[tuple[Any, ...]]:
        """What it was asked to set: name, whether only until reboot, properties."""
        return self._peer.called("SetUnitProperties")

    def _load(self, name: str) -> Answer:
        self._asked = name
        return "o", ("/unit",)

    def _all(self, interface: str) -> Answer:
        known = self._asked in self.limits
        if interface.endswith(".Unit"):
            return "a{sv}", ({"Id": ("s", self._asked), "LoadState": ("s", "loaded" if known else "not-found")},)
        return "a{sv}", ({"MemoryMax": ("t", self.limits.get(self._asked, NO_LIMIT))},)

    def _set(self, name: str, _runtime: bool, properties: list[tuple[str, tuple[str, int]]]) -> Answer:
        if self.refuses is not None:
            return self.refuses
        self.limits[name] = dict(properties)["MemoryMax"][1]
        return "", ()
