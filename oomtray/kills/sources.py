"""Sources that wake up for a kill: the proc connector, pidfds of likely victims, and systemd-oomd's signals."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

from oomtray.kernel.pidfds import Pidfds
from oomtray.kernel.proc_connector import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from oomtray.kernel.exits import Exit
    from oomtray.risk.kill_event import Source
    from oomtray.systemd.oomd_signals import OomdSignals


class KillSources:
    """All sources behind one descriptor. Not thread-safe.

    `fileno` is readable once one of them has news; any of them may be missing.
    """

    def __init__(self, ways: Collection[Source], oomd: Callable[[], OomdSignals | None]) -> None:
        """`ways`: proc-connector and pidfd, as wanted; `oomd` is called once, for systemd-oomd's signals."""
        self._connector = connect() if "proc-connector" in ways else None
        self._pidfds = Pidfds() if "pidfd" in ways else None
        self._connect_oomd: Callable[[], OomdSignals | None] | None = oomd
        self._oomd: OomdSignals | None = None
        self._epoll = select.epoll()
        for source in (self._connector, self._pidfds):
            if source is not None:
                self.add(source.fileno())

    def fileno(self) -> int:
        return self._epoll.fileno()

    def add(self, fileno: int) -> None:
        """Wake up for another descriptor too."""
        self._epoll.register(fileno, select.EPOLLIN)

    def follow(self, pids: Collection[int]) -> None:
        """Follow these processes by pidfd, which shows how they end."""
        if self._pidfds is not None:
            self._pidfds.follow(pids)

    def listen_to_oomd(self) -> None:
        """Listen to systemd-oomd's signals from now on, if it can be reached."""
        if self._connect_oomd is None:
            return
        self._oomd, self._connect_oomd = self._connect_oomd(), None
        if self._oomd is not None:
            self.add(self._oomd.fileno())

    def exits(self) -> list[Exit]:
        """Return who has ended since the last call; a process reported by both sources comes twice."""
        if not self._epoll.poll(0):
            return []
        return [one for source in (self._connector, self._pidfds) if source is not None for one in source.read()]

    def killed_by_oomd(self) -> list[str]:
        """Return the paths of control groups that systemd-oomd has killed since the last call."""
        if self._oomd is None:
            return []
        paths = self._oomd.read()
        if self._oomd.lost:
            self._epoll.unregister(self._oomd.fileno())
            self._oomd.close()
            self._oomd = None
        return paths

    def close(self) -> None:
        for source in (self._connector, self._pidfds, self._oomd):
            if source is not None:
                source.close()
        self._epoll.close()
