"""Keeps the rules file in force: reads it when it changes, and applies it to each snapshot of the tray's worker.

Until there is such a file this costs one stat, and loads nothing of the rules.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC
from oomtray.paths import config_file
from oomtray.private_file import PrivateFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.actions.rules.engine import RuleEngine, RulesStatus
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Snapshot
    from oomtray.private_file import Stamp

log = logging.getLogger(__name__)

_NEW_PROCESS_SECONDS = 20.0
"""How long a process may run before its rule reaches it."""


class RulesService:
    """For one thread, but that `presets` may be set from another."""

    def __init__(self, presets: Presets, path: str | None = None, *, proc: str = PROC) -> None:
        self._file = PrivateFile(config_file("rules.toml") if path is None else path, links=True)
        self.presets = presets
        self._proc = proc
        self._engine: RuleEngine | None = None
        self._applied_presets = presets
        self._seen: Stamp | None = None
        self._given: dict[tuple[int, int], int] = {}
        self._moved: frozenset[tuple[int, int]] = frozenset()
        self._logged = ""

    @property
    def path(self) -> str:
        return self._file.path

    def apply(self, snapshot: Snapshot) -> tuple[RulesStatus | None, bool]:
        """How the rules stand, None without a file; and whether a process was just changed: what was read is old then.

        The rules are applied as the file has them now; an unusable file keeps the old rules and is told.
        """
        if self._engine is None and self._file.stamp() is None:
            return None, False
        try:
            status = self._apply(snapshot)
        except Exception as error:  # the rules are an extra: without them the tray still tells what it sees
            if str(error) != self._logged:
                self._logged = str(error)
                log.exception("the rules can't be applied")
            return None, False
        self._given = {
            one.process.identity: one.change.after
            for one in status.applied
            if one.change is not None and one.change.moved
        }
        before, self._moved = self._moved, frozenset(self._given)
        return status, not self._moved <= before

    def scan_within(self) -> float:
        """Seconds that the last scan may be old at most, so that new processes and a changed file meet their rules soon.

        Infinity without rules.
        """
        seen = self._file.stamp()
        if seen != self._seen:
            return 0.0
        return math.inf if seen is None else _NEW_PROCESS_SECONDS

    def with_given(self, by_hand: Callable[[], Mapping[tuple[int, int], int]]) -> Mapping[tuple[int, int], int]:
        """What was set from here, by (pid, start time): by hand, and by the rules."""
        return {**self._given, **by_hand()} if self._given else by_hand()

    def _apply(self, snapshot: Snapshot) -> RulesStatus:
        from oomtray.actions.rules.engine import RuleEngine
        from oomtray.actions.rules.parse import RuleSet, load

        if self._engine is None:
            self._engine = RuleEngine(RuleSet(), self.presets, proc=self._proc)
        seen = self._file.stamp()
        if seen != self._seen or self.presets is not self._applied_presets:
            self._seen, self._applied_presets = seen, self.presets
            self._engine.replace(load(self.path), self.presets)
        return self._engine.apply(snapshot)
