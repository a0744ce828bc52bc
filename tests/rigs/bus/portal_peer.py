"""The common part of the fake portals: caller, object paths, responses."""

from __future__ import annotations

from typing import Any

from jeepney import HeaderFields

from oomtray.desktop.portal import NAME, PATH, REQUEST
from tests.rigs.bus.peers import Peer

NOT_FOUND = "org.freedesktop.portal.Error.NotFound"
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"


class PortalPeer:
    def __init__(self, address: str, interface: str, *, version: int | None) -> None:
        """`version`: of the interface; None if the portal lacks it."""
        self.peer = Peer(address, NAME)
        self.open: list[str] = []
        """Requests whose dialog is open."""
        self._client = ""
        self.peer.answers = {
            "Register": ("", ()),
            "Get": lambda asked, _name: (
                ("v", (("u", version),)) if asked == interface and version is not None else UNKNOWN_METHOD
            ),
            "Close": self._close,
            "Ping": ("", ()),
            "Read": NOT_FOUND,
            "ReadOne": NOT_FOUND,
            "ReadAll": ("a{sa{sv}}", ({},)),
        }

    def asked(self) -> list[str]:
        """Return the portal methods that were called."""
        members = [str(call.header.fields[HeaderFields.member]) for call in self.peer.calls]
        return [member for member in members if member not in ("Get", "Ping")]

    @property
    def _caller(self) -> str:
        return str(self.peer.calls[-1].header.fields[HeaderFields.sender])

    def _path(self, kind: str, token: str) -> str:
        return f"{PATH}/{kind}/{self._caller[1:].replace('.', '_')}/{token}"

    def _respond(self, path: str, code: int, results: dict[str, Any]) -> None:
        self.peer.emit(path, REQUEST, "Response", "ua{sv}", (code, results), to=self._client)

    def _close(self) -> tuple[str, tuple[()]]:
        path = str(self.peer.calls[-1].header.fields[HeaderFields.path])
        if path in self.open:
            self.open.remove(path)
        return "", ()
