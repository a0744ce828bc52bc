"""The rules file kept in force: reread when it changes, applied to each snapshot. The tray's worker drives it.

Until there is such a file this costs a look for it, and loads nothing of the rules.
"""

from __future__ import annotations

import logging
import math
import os
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC
from oomtray.paths import config_home

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.actions.rules.engine import RuleEngine, RulesStatus
    from oomtray.config import Actions
    from oomtray.kernel.snapshot import Snapshot

log = logging.getLogger(__name__)

_NEW_PROCESS_SECONDS = 20.0
"""How long a process may run before its rule reaches it."""


class RulesService:
    """Not thread-safe but for `levels`: one thread drives `apply`, `levels` may be set from another."""

    def __init__(self, levels: Actions, path: str | None = None, *, proc: str = PROC) -> None:
        self.path = os.path.join(config_home(), "oomtray", "rules.toml") if path is None else path
        self.levels = levels
        self._proc = proc
        self._engine: RuleEngine | None = None
        self._applied_levels = levels
        self._seen: tuple[int, int, int] | None = None
        self._given: dict[tuple[int, int], int] = {}
        self._moved: frozenset[tuple[int, int]] = frozenset()
        self._complaint = ""

    def apply(self, snapshot: Snapshot) -> tuple[RulesStatus | None, bool]:
        """How the rules stand, None without a file; and whether a process was just changed: what was read is old then.

        The rules are applied as the file has them now; an unusable file keeps the old rules and is told.
        """
        if self._engine is None and not os.path.exists(self.path):
            return None, False
        try:
            status = self._apply(snapshot)
        except Exception as error:  # the rules are an extra: without them the tray still tells what it sees
            if str(error) != self._complaint:
                self._complaint = str(error)
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
        seen = self._look()
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
            self._engine = RuleEngine(RuleSet(), self.levels, proc=self._proc)
        seen = self._look()
        if seen != self._seen or self.levels is not self._applied_levels:
            self._seen, self._applied_levels = seen, self.levels
            self._engine.replace(load(self.path), self.levels)
        return self._engine.apply(snapshot)

    def _look(self) -> tuple[int, int, int] | None:
        try:
            facts = os.stat(self.path)
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino
