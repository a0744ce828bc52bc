"""An app that is taking memory: how fast, and which of its processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.judged import AppId

_MAIN = 0.5
"""Share of its app's growth from which one process is to blame."""


@dataclass(frozen=True, slots=True)
class GrowingApp:
    """An app that holds more memory than before."""

    app: AppId
    rate: float
    """Bytes per second of anonymous memory and swap, all its processes together."""
    growing: tuple[Process, ...]
    """Its growing processes, fastest first; never empty."""
    main_share: float
    """The first one's share of the growth, 0..1."""

    @property
    def main(self) -> Process | None:
        """The process behind most of the growth; None if there is no single one."""
        return self.growing[0] if self.main_share >= _MAIN else None
