"""Follows settings through org.freedesktop.portal.Settings, without waiting for a portal or starting one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jeepney import DBusAddress

from oomtray.desktop.portal import NAME, PATH, register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.dbus.session import Reply, SessionBus

INTERFACE = "org.freedesktop.portal.Settings"


class PortalSettings:
    """Keeps `values` by namespace and key, and calls `changed` after each change."""

    def __init__(self, bus: SessionBus, namespaces: Sequence[str], changed: Callable[[], None]) -> None:
        self.values: dict[tuple[str, str], Any] = {}
        self._bus = bus
        self._namespaces = tuple(namespaces)
        self._changed = changed
        bus.listen(NAME, PATH, INTERFACE, "SettingChanged", "ssv", handler=self._take)
        bus.watch_name(NAME, self._owner_changed)

    def _owner_changed(self, owner: str | None) -> None:
        if owner is not None:  # without a portal the last values stay
            register(self._bus, self._ask, start=False)  # any other call first would leave this connection without an app ID

    def _ask(self, _registered: Reply) -> None:
        target, body = DBusAddress(PATH, NAME, INTERFACE), ([*self._namespaces],)
        self._bus.ask(target, "ReadAll", "as", body, expect="a{sa{sv}}", then=self._take_all, start=False)

    def _take_all(self, reply: Reply) -> None:
        if reply.body is None:
            return
        told: dict[str, dict[str, tuple[str, Any]]] = reply.body[0]
        values = {
            (namespace, key): value
            for namespace, settings in told.items()
            if namespace in self._namespaces
            for key, (_kind, value) in settings.items()
        }
        if values != self.values:
            self.values = values
            self._changed()

    def _take(self, namespace: str, key: str, value: tuple[str, Any]) -> None:
        if namespace in self._namespaces and self.values.get((namespace, key)) != value[1]:
            self.values[namespace, key] = value[1]
            self._changed()
