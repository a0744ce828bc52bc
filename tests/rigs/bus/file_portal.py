"""A fake of xdg-desktop-portal's file dialogs on a private bus."""

from __future__ import annotations

from typing import Any

from oomtray.desktop.file_chooser import INTERFACE
from oomtray.desktop.portal import DECLINED, DONE, FAILED
from tests.rigs.bus.peers import Answer
from tests.rigs.bus.portal_peer import PortalPeer

Options = dict[str, tuple[str, Any]]


class FilePortal(PortalPeer):
    """A test answers its dialogs as the user. `silent`: it never replies."""

    def __init__(self, address: str, *, version: int | None = 4, silent: bool = False) -> None:
        super().__init__(address, INTERFACE, version=version)
        self.wanted: list[tuple[str, str, str, Options]] = []
        """Method, parent, title and options of each dialog so far."""
        self.peer.answers |= {
            "OpenFile": lambda *arguments: self._show("OpenFile", *arguments),
            "SaveFile": lambda *arguments: self._show("SaveFile", *arguments),
        }
        if silent:
            self.peer.answers |= dict.fromkeys(("Register", "Get", "OpenFile", "SaveFile"))

    def choose(self, *uris: str) -> None:
        self.answer(DONE, {"uris": ("as", list(uris)), "writable": ("b", True)})

    def cancel(self) -> None:
        self.answer(DECLINED, {})

    def close_by_title(self) -> None:
        """Answer as GTK's portal does then, which is also the answer if no dialog could be shown."""
        self.answer(FAILED, {"uris": ("as", [])})

    def answer(self, code: int, results: Options) -> None:
        self._respond(self.open.pop(), code, results)

    def _show(self, method: str, parent: str, title: str, options: Options) -> Answer:
        self._client = self._caller
        self.wanted.append((method, parent, title, options))
        path = self._path("request", options["handle_token"][1])
        self.open.append(path)
        return "o", (path,)
