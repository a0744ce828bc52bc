"""What is said of a change to a unit, whatever it changes."""

from __future__ import annotations

from oomtray.messages.i18n import tr


def not_set(unit: str) -> str:
    """That systemd did not do what it was asked for; `unit` is ready to be shown."""
    return tr("systemd has not set this for the control group of {unit}.", unit=unit)


def undo_takes_back() -> str:
    """The command for it."""
    return tr("`oomtray undo` takes it back.")
