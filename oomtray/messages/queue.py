"""Apps in the order in which they would go, in a picture of a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import process_name

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process


def others(count: int) -> str:
    """The line that stands for those that aren't shown."""
    return tr_n("{count} other", "{count} others", count)


def plain(process: Process) -> str:
    """A process that belongs to no app."""
    return process_name(process.name, process.pid)


def line(number: str, name: str, counts: str) -> str:
    """One line, for a screen reader."""
    numbered = tr("{number}. {name}", number=number, name=name) if number else name
    return tr("{name} {size}", name=numbered, size=counts) if counts else numbered
