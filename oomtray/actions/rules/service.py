"""The rules file kept in force: reread when it changes, applied to each snapshot. The tray's worker drives it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.actions.rules.engine import RuleEngine, RulesStatus
from oomtray.actions.rules.parse import RuleSet, default_path, load

if TYPE_CHECKING:
    from oomtray.config import Actions
    from oomtray.kernel.snapshot import Snapshot


class RulesService:
    """Not thread-safe: one thread drives it; `levels` may be set from another."""

    def __init__(self, levels: Actions, path: str | None = None, *, proc: str = "/proc") -> None:
        self.levels = levels
        self._applied_levels = levels
        self._path = default_path() if path is None else path
        self._seen: tuple[int, int, int] | None = None
        self._engine = RuleEngine(RuleSet(), levels, proc=proc)

    def apply(self, snapshot: Snapshot) -> RulesStatus:
        """Applies the rules as the file has them now. An unusable file keeps the old rules and is told."""
        seen = self._look()
        if seen != self._seen or self.levels is not self._applied_levels:
            self._seen, self._applied_levels = seen, self.levels
            self._engine.replace(load(self._path), self.levels)
        return self._engine.apply(snapshot)

    def _look(self) -> tuple[int, int, int] | None:
        try:
            facts = os.stat(self._path)
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino
