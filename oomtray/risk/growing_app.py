"""An app that takes memory, how fast, and which of its processes does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.judged import AppId

_MAIN = 0.5
"""Part of its app's growth from which on one process is to blame."""


@dataclass(frozen=True, slots=True)
class GrowingApp:
    """An app that holds more than before."""

    app: AppId
    rate: float
    """Bytes per second of anonymous memory and swap, of all its processes together."""
    growing: tuple[Process, ...]
    """Those of its processes that grow, fastest first; never empty."""
    main_share: float
    """What part of the growth is the first one's, 0..1."""

    @property
    def main(self) -> Process | None:
        """The one that grows for most of it; None where that is no single one."""
        return self.growing[0] if self.main_share >= _MAIN else None
