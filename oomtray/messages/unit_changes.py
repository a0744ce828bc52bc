"""What is said about a change of a unit, whatever it changes."""

from __future__ import annotations

from oomtray.messages.i18n import tr


def not_set(unit: str) -> str:
    """Say that systemd did not do what it was asked to; `unit` must be ready for display."""
    return tr("systemd has not set this for the control group of {unit}.", unit=unit)


def undo_takes_back() -> str:
    """Name the command that undoes it."""
    return tr("`oomtray undo` takes it back.")
