"""What the settings would have told in the last week, in a line and in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import joined, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 3
"""Days that are named."""


def told(count: int, also: Sequence[str], not_by_default: Sequence[str], *, defaults: bool) -> str:
    """How often one would have been told.

    `also`: names of the days on which the defaults would have told something else as well, `not_by_default` those on which they
    would not have; `defaults`: these are the defaults.
    """
    says = tr_n("told once", "told {count} times", count) if count else tr("told of nothing")
    if defaults:
        return says
    if also and not_by_default:
        return tr("{told}; with the defaults on {days} instead", told=says, days=_days(also))
    if also:
        return tr("{told}; with the defaults also on {days}", told=says, days=_days(also))
    if not_by_default:
        return tr("{told}; with the defaults not on {days}", told=says, days=_days(not_by_default))
    return tr("{told}, as with the defaults", told=says)


def nothing(*, recording: bool, begun: bool = False) -> str:
    """Why there is nothing to try; `begun`: the first minutes are there."""
    if not recording:
        return tr("Recording is switched off under History, so there is nothing to try.")
    if begun:
        return tr("Recording has only just begun. This fills as OOM Tray runs.")
    return tr("Nothing has been recorded yet. This fills as OOM Tray runs.")


def reading() -> str:
    """While the record is being read."""
    return tr("Reading the last week…")


def coarse() -> str:
    return tr("What is older than a day is tried with one reading in 5 minutes: a short shortage may be missing.")


def _days(days: Sequence[str]) -> str:
    return joined(days[:_MOST], len(days) - _MOST if len(days) > _MOST else 0)
