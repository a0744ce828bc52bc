"""Keep the rules file in force: reload it when it changes, and apply it to each snapshot of the tray's worker.

While there is no such file, this costs one stat and imports nothing of the rules.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC
from oomtray.paths import config_file
from oomtray.private_file import PrivateFile, Stamp
from oomtray.risk.set_here import SetHere

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.actions.rules.engine import RuleEngine, RulesStatus
    from oomtray.config import Presets
    from oomtray.kernel.snapshot import Snapshot

log = logging.getLogger(__name__)

_NEW_PROCESS_SECONDS = 20.0
"""Longest time until a new process gets its rule, in seconds."""


class RulesService:
    """Apply the rules file to snapshots. For one thread, except that `presets` may be set from another."""

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
        """Apply the rules in the file; return their status, and whether this has made the snapshot stale.

        The status is None without a file. An unusable file keeps the old rules and is reported.
        """
        if self._engine is None and self._file.stamp() is None:
            return None, False
        try:
            status = self._apply(snapshot)
        except Exception as error:  # the rules are optional: without them the tray still shows what it sees
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
        """Return how old the last scan may be, in seconds, for the rules to reach new processes soon.

        0 if the file has changed, infinity without one.
        """
        seen = self._file.stamp()
        if seen != self._seen:
            return 0.0
        return math.inf if seen is None else _NEW_PROCESS_SECONDS

    def with_given(self, by_hand: Callable[[], Mapping[tuple[int, int], int]]) -> SetHere:
        """Return the values set by this program: by hand, as by (pid, start time), and by the rules."""
        return SetHere(by_hand(), self._given)

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
