"""The rules file in force while the tray runs. Until there is such a file it costs a look for it, and loads nothing."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC
from oomtray.paths import config_home

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.actions.rules.service import RulesService
    from oomtray.config import Actions
    from oomtray.kernel.snapshot import Snapshot

log = logging.getLogger(__name__)


class StandingRules:
    """The worker's thread drives `apply`; `levels` may be set from another."""

    def __init__(self, levels: Actions, path: str | None = None, *, proc: str = PROC) -> None:
        self.path = os.path.join(config_home(), "oomtray", "rules.toml") if path is None else path
        self._levels = levels
        self._proc = proc
        self._service: RulesService | None = None
        self._given: dict[tuple[int, int], int] = {}
        self._moved: frozenset[tuple[int, int]] = frozenset()
        self._complaint = ""

    @property
    def levels(self) -> Actions:
        return self._levels

    @levels.setter
    def levels(self, levels: Actions) -> None:
        self._levels = levels
        if self._service is not None:
            self._service.levels = levels

    def apply(self, snapshot: Snapshot) -> tuple[RulesStatus | None, bool]:
        """How the rules stand, None without a file; and whether a process was just changed: what was read is old then."""
        if self._service is None:
            if not os.path.exists(self.path):
                return None, False
            from oomtray.actions.rules.service import RulesService

            self._service = RulesService(self._levels, self.path, proc=self._proc)
        try:
            status = self._service.apply(snapshot)
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

    def with_given(self, by_hand: Callable[[], Mapping[tuple[int, int], int]]) -> Mapping[tuple[int, int], int]:
        """What was set from here, by (pid, start time): by hand, and by the rules."""
        return {**self._given, **by_hand()} if self._given else by_hand()
