"""Describes where memory was free when it was short only elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.risk.free_memory import FreeMemory, FreePlace

_SAYS = {
    "nodes": mark("{elsewhere} was free on other nodes. On those that the asking process may use, {wanted} was left."),
    "zones": mark("{elsewhere} was free in zones that could not be used for this. In those that could, {wanted} was left."),
    "pieces": mark("{piece} was wanted in one piece. {elsewhere} was free in smaller pieces, {wanted} in pieces of that size or more."),
    "devices": mark("{elsewhere} was free, but set aside for devices (CMA). For all else, {wanted} was left."),
}


def finding(free: FreeMemory) -> str:
    piece = "" if free.piece is None else size(free.piece)
    return tr(_SAYS[free.kind], elsewhere=size(free.free(wanted=False)), wanted=size(free.free(wanted=True)), piece=piece)


def place_name(free: FreeMemory, place: FreePlace) -> str:
    match free.kind:
        case "nodes":
            return tr("Node {number}", number=printable(place.name)) if place.name else tr("Other nodes")
        case "zones":
            return tr("Zone {name}", name=printable(place.name))
        case "pieces":
            return tr("Pieces of {size} or more", size=size(free.piece or 0)) if place.wanted else tr("Smaller pieces")
        case _:
            return tr("For all uses") if place.wanted else tr("Set aside for devices")
