"""The desktop's own dialog to open or save a file, through org.freedesktop.portal.FileChooser.

The text of its button and its modality are the portal's defaults. The dialog itself asks before a file is replaced.
"""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from oomtray.desktop import portal
from oomtray.desktop.portal import DECLINED, DONE, NAME, Answer, Call, Options, Request
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.dbus.session import SessionBus

log = logging.getLogger(__name__)

INTERFACE = "org.freedesktop.portal.FileChooser"
AT_ONCE = 1.0
"""Seconds. FAILED means that no dialog could be shown, but GTK's portal sends it also when its window is closed. A person
can't see and close a dialog that fast, so within this time it was never shown."""
_GLOB = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    title: str
    save: bool = False
    folder: str = ""
    """The folder shown first; empty: the desktop decides."""
    name: str = ""
    """Suggested name of a new file."""
    suffix: str = ""
    """Without the dot; only files with it are shown. Empty: all files."""


@dataclass(frozen=True, slots=True)
class Choice:
    path: str | None = None
    """None if the user has chosen nothing."""
    offered: bool = True
    """False if the desktop has no such dialog, or it failed."""


class FileRequest:
    """One dialog. `then` is called once with its Choice, unless the request is closed first."""

    def __init__(
        self,
        bus: SessionBus,
        wanted: Wanted,
        parent: str,
        then: Callable[[Choice], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`parent`: the portal's identifier of the window that asks; empty: none."""
        self._bus, self._wanted, self._parent, self._then, self._clock = bus, wanted, parent, then, clock
        self._over = False
        self._owner: str | None = None
        self._unwatch: Callable[[], None] | None = None
        self._request: Request | None = None
        self._called_at = 0.0

    @property
    def taken(self) -> bool:
        """The portal has accepted the request; from now on it takes as long as the user does."""
        return self._request is not None and self._request.taken

    def ask(self) -> None:
        """`then` may be called before this returns."""
        self._unwatch = self._bus.watch_name(NAME, self._owner_changed)
        portal.register(self._bus, self._registered, start=True)

    def close(self) -> None:
        """Cancel the request and close its dialog. `then` is not called any more."""
        if not self._over:
            self._end()
            if self._request is not None:
                self._request.close()

    def _owner_changed(self, owner: str | None) -> None:
        """A portal that exits never answers."""
        went, self._owner = self._owner is not None and owner != self._owner, owner
        if went:
            self._finish(Choice(offered=False))

    def _registered(self, _reply: object) -> None:  # an error if this connection has registered before
        if not self._over:
            portal.ask_version(self._bus, INTERFACE, self._told_version)

    def _told_version(self, version: int | None) -> None:
        if self._over:
            return
        if version is None:
            self._finish(Choice(offered=False))
            return
        self._called_at = self._clock()
        method = "SaveFile" if self._wanted.save else "OpenFile"
        call = Call(INTERFACE, method, "ssa{sv}", (self._parent, self._wanted.title), _options(self._wanted))
        self._request = Request(self._bus, call, self._answered)

    def _answered(self, answer: Answer) -> None:
        if answer.code == DONE:
            path = _path(answer.results)
            self._finish(Choice(path, offered=path is not None))
        else:
            failed = answer.error is not None or self._clock() - self._called_at < AT_ONCE
            self._finish(Choice(offered=answer.code == DECLINED or not failed))

    def _finish(self, choice: Choice) -> None:
        if not choice.offered:
            log.info("the desktop has shown no file dialog")
        if self._request is not None:
            self._request.drop()
        self._end()
        self._then(choice)

    def _end(self) -> None:
        self._over = True
        if self._unwatch is not None:
            self._unwatch()


def _options(wanted: Wanted) -> Options:
    options: Options = {}
    if wanted.folder:
        options["current_folder"] = ("ay", os.fsencode(wanted.folder) + b"\0")
    if wanted.name:
        options["current_name"] = ("s", wanted.name)
    if wanted.suffix:
        options["filters"] = ("a(sa(us))", [(wanted.suffix.upper(), [(_GLOB, f"*.{wanted.suffix}")])])
    return options


def _path(results: Options) -> str | None:
    """Path of the first file; None if it isn't a local file."""
    kind, uris = results.get("uris", ("", None))
    if kind != "as" or not uris or not uris[0].startswith("file://"):
        return None
    host, slash, rest = uris[0].removeprefix("file://").partition("/")
    path = unquote_to_bytes(slash + rest)
    return None if host not in ("", "localhost") or not rest or b"\0" in path else os.fsdecode(path)
