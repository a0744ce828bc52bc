"""Labels that have nothing but the plain names, whatever is installed."""

from __future__ import annotations

from oomtray.ui.controllers.app_labels import AppLabels


class PlainLabels(AppLabels):
    def _read_soon(self) -> None:
        """Read nothing."""
