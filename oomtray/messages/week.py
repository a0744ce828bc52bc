"""When the settings would have warned in the last week, in short and in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import joined, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 3
"""How many days are named."""


def told(count: int, also: Sequence[str], not_by_default: Sequence[str], *, defaults: bool) -> str:
    """Say how often there would have been notifications.

    `also` names the days on which the defaults would have notified as well, `not_by_default` those on which
    they would not have; `defaults` means that these are the defaults.
    """
    says = tr_n("{count} notification", "{count} notifications", count) if count else tr("no notification")
    if defaults:
        return says
    if also and not_by_default:
        return tr("{told}; with the defaults on {days} instead", told=says, days=joined(also, most=_MOST))
    if also:
        return tr("{told}; with the defaults also on {days}", told=says, days=joined(also, most=_MOST))
    if not_by_default:
        return tr("{told}; with the defaults not on {days}", told=says, days=joined(not_by_default, most=_MOST))
    return tr("{told}, as with the defaults", told=says)


def nothing(*, recording: bool, begun: bool = False) -> str:
    """Say why there is nothing to try; `begun` means that the first minutes have been recorded."""
    if not recording:
        return tr("Recording is switched off under History, so there is nothing to try.")
    if begun:
        return tr("Recording has only just begun. This fills as OOM Tray runs.")
    return tr("Nothing has been recorded yet. This fills as OOM Tray runs.")


def reading() -> str:
    """Said while the record is being read."""
    return tr("Reading the last week…")


def coarse() -> str:
    return tr("What is older than a day is tried with one reading in 5 minutes, the one with the least memory left: a short stall may be missed.")
