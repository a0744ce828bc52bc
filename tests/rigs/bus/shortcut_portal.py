"""A fake of xdg-desktop-portal's global shortcuts on a private bus, with the habits of several desktops."""

from __future__ import annotations

from typing import Any

from jeepney import HeaderFields

from oomtray.desktop.global_shortcut import INTERFACE, SHORTCUT
from oomtray.desktop.portal import DECLINED, DONE, PATH, SESSION
from tests.rigs.bus.peers import Answer
from tests.rigs.bus.portal_peer import UNKNOWN_METHOD, PortalPeer

KEYS = "Meta+Alt+M"

Listed = list[tuple[str, dict[str, tuple[str, str]]]]


class ShortcutPortal(PortalPeer):
    """Answers each request before the reply to its call, as a fast portal may.

    `known`: shortcuts the user has agreed to, by ID, which outlive sessions. `asks`: show a dialog, which
    `choose` answers. `lists`: list known shortcuts before they are bound. `tells`: include bound shortcuts in
    the answer, whose code is `says`.
    """

    def __init__(
        self,
        address: str,
        *,
        version: int = 2,
        registry: bool = True,
        knows_app: bool = True,
        asks: bool = False,
        lists: bool = True,
        tells: bool = True,
        says: int = DONE,
        known: dict[str, str] | None = None,
    ) -> None:
        super().__init__(address, INTERFACE, version=version)
        self.known = {} if known is None else known
        self.bound: set[str] = set()
        self.session = ""
        self.session_handle: tuple[str, object] | None = None
        """Its handle for a session, instead of the path."""
        self._apps: dict[str, str] = {}
        self._knows_app, self._asks, self._lists, self._tells = knows_app, asks, lists, tells
        self._says = says
        self._dialog: tuple[str, list[str]] = ("", [])
        self.peer.answers |= {
            "Register": self._register if registry else UNKNOWN_METHOD,
            "CreateSession": self._create,
            "ListShortcuts": self._list,
            "BindShortcuts": self._bind,
            "ConfigureShortcuts": ("", ()),
        }
        self._registry = registry

    # for tests

    def press(self, *, shortcut: str = SHORTCUT, token: str = "", session: str = "") -> None:
        options = {"activation_token": ("s", token)} if token else {}
        self._emit("Activated", "osta{sv}", (session or self.session, shortcut, 1234, options))
        self._emit("Deactivated", "osta{sv}", (session or self.session, shortcut, 1240, {}))

    def choose(self, keys: str | None) -> None:
        """Answer the dialog as the user; None: refuse."""
        path, shortcuts = self._dialog
        self.open.remove(path)
        if keys is None:
            self._respond(path, DECLINED, {})
        else:
            self.known |= dict.fromkeys(shortcuts, keys)
            self._finish_binding(path, shortcuts)

    def change(self, keys: str) -> None:
        """Change the keys as the user does in the desktop's settings; empty: none."""
        self.known[SHORTCUT] = keys
        self._emit("ShortcutsChanged", "oa(sa{sv})", (self.session, self._listed(self.bound)))

    def end_session(self) -> None:
        self.peer.emit(self.session, SESSION, "Closed", "a{sv}", ({},), to=self._client)

    # answers

    def _register(self, app: str, _options: object) -> Answer:
        """Accept a registration once and first; toolkits register on a connection of their own."""
        caller = self._caller
        before = [call for call in self.peer.calls[:-1] if call.header.fields[HeaderFields.sender] == caller]
        if before or not self._knows_app:
            return "org.freedesktop.portal.Error.Failed"
        self._apps[caller] = app
        return "", ()

    def _create(self, options: dict[str, tuple[str, str]]) -> Answer:
        if self._registry and self._caller not in self._apps:
            return "org.freedesktop.portal.Error.NotAllowed"
        self.session = self._path("session", options["session_handle_token"][1])
        self.bound = set()
        self._client = self._caller
        return self._answer(options, {"session_handle": self.session_handle or ("s", self.session)})

    def _list(self, session: str, options: dict[str, tuple[str, str]]) -> Answer:
        assert session == self.session
        return self._answer(
            options,
            {"shortcuts": ("a(sa{sv})", self._listed(set(self.known) if self._lists else self.bound))},
        )

    def _bind(
        self, session: str, shortcuts: Listed, _parent: str, options: dict[str, tuple[str, str]]
    ) -> Answer:
        assert session == self.session
        ids = [shortcut for shortcut, _told in shortcuts]
        path = self._path("request", options["handle_token"][1])
        if self._asks and not set(ids) <= set(self.known):
            self._dialog = path, ids
            self.open.append(path)
        else:
            self.known = dict.fromkeys(ids, KEYS) | self.known
            self._finish_binding(path, ids)
        return "o", (path,)

    def _finish_binding(self, path: str, ids: list[str]) -> None:
        self.bound |= set(ids)
        results = {"shortcuts": ("a(sa{sv})", self._listed(self.bound))} if self._tells else {}
        self._respond(path, self._says, results)

    def _close(self) -> Answer:
        if self.peer.calls[-1].header.fields[HeaderFields.path] == self.session:
            self.session = ""
        return super()._close()

    def _answer(self, options: dict[str, tuple[str, str]], results: dict[str, Any]) -> Answer:
        path = self._path("request", options["handle_token"][1])
        self._respond(path, DONE, results)
        return "o", (path,)

    def _listed(self, ids: set[str]) -> Listed:
        keys = {shortcut: self.known[shortcut] for shortcut in ids}
        return [(one, {"trigger_description": ("s", said)} if said else {}) for one, said in keys.items()]

    def _emit(self, member: str, signature: str, body: tuple[Any, ...]) -> None:
        self.peer.emit(PATH, INTERFACE, member, signature, body, to=self._client)
