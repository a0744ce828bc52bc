"""Where memory was free when a kill lacked it: on other nodes, in other zones, in smaller pieces, for devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.kernel.kill_log.gfp import ZONES, usable_zones
from oomtray.records import dataclass
from oomtray.risk.postmortem import Cause, free_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.kill_log.facts import KillReport, Zone

FreeKind = Literal["nodes", "zones", "pieces", "devices"]
_MOST = 8
"""How many nodes can be listed one by one."""
_FILTERED = (3, 0)
"""Linux release from which a report lists only the nodes that could be used (2.6.39)."""


class FreePlace(NamedTuple):
    """A part of memory; sizes are bytes."""

    name: str
    """A node's number (empty for all others) or a zone's name; empty for pieces and for set-aside memory."""
    free: int
    reserve: int | None
    """What the kernel keeps in reserve (the watermark `min`); None if there is no such amount."""
    wanted: bool
    """Whether the request could have used it."""


@dataclass(frozen=True, slots=True)
class FreeMemory:
    """Places in memory, some that the request could use and some that it couldn't."""

    kind: FreeKind
    places: tuple[FreePlace, ...]
    piece: int | None = None
    """Bytes requested in one piece."""

    def free(self, *, wanted: bool) -> int:
        """Sum up the free bytes in the places that could be used, or in the others."""
        return sum(place.free for place in self.places if place.wanted == wanted)


def free_memory(report: KillReport, cause: Cause | None) -> FreeMemory | None:
    """Find where memory was free; None if it was free nowhere else or the report lacks the numbers.

    `cause` is what the report has evidence for.
    """
    if report.constraint in {"cpuset", "mempolicy"}:
        return _with_both("nodes", _nodes(report))
    remedy = None if cause is None else cause.remedy
    if report.constraint != "none" or report.manual:
        return None
    if remedy == "compact-memory":
        return _pieces(report)
    if remedy == "reserve-less-cma":
        zones = report.machine.zones
        set_aside = sum(zone.free_cma for zone in zones)
        rest = FreePlace("", max(sum(zone.free for zone in zones) - set_aside, 0), sum(zone.minimum for zone in zones), wanted=True)
        return _with_both("devices", [rest, FreePlace("", set_aside, None, wanted=False)])
    return _with_both("zones", _zones(report, use_low=remedy == "use-64-bit-kernel"))


def _with_both(kind: FreeKind, places: list[FreePlace]) -> FreeMemory | None:
    """Build a FreeMemory, or None unless more was free elsewhere than where it was wanted."""
    found = FreeMemory(kind, tuple(places))
    if not any(place.wanted for place in places) or found.free(wanted=False) <= found.free(wanted=True):
        return None
    return found


def _nodes(report: KillReport) -> list[FreePlace]:
    machine, allowed = report.machine, report.nodes_allowed
    shown = sorted({zone.node for zone in machine.zones if zone.node is not None})
    filtered = report.release is None or report.release >= _FILTERED
    if report.constraint == "cpuset" and allowed is not None and not allowed.issuperset(shown):
        filtered = False
    elif not filtered:
        return []  # the report doesn't say which nodes a memory policy allows
    places = [
        _of(str(node), [zone for zone in machine.zones if zone.node == node], wanted=filtered or (allowed is not None and node in allowed))
        for node in shown
    ]
    if len(places) > _MOST:
        return []
    if filtered and machine.free is not None:
        places.append(FreePlace("", max(machine.free - sum(place.free for place in places), 0), None, wanted=False))
    return places


def _zones(report: KillReport, *, use_low: bool) -> list[FreePlace]:
    """Return the zones if the highest usable one is short of memory and a higher one isn't.

    A lower zone that isn't short either is left out: the kernel keeps it for requests that can use no other
    (lowmem_reserve).
    """
    zones, mask = report.machine.zones, report.mask
    usable = ZONES[: ZONES.index("Normal") + 1] if use_low else usable_zones(mask)
    if usable == ZONES:
        return []
    places = [
        _of(name, [zone for zone in zones if zone.name == name], wanted=name in usable)
        for name in ZONES
        if any(zone.name == name for zone in zones)
    ]
    wanted, others = [place for place in places if place.wanted], [place for place in places if not place.wanted]
    if not wanted or not _is_short(wanted[-1]) or all(map(_is_short, others)):
        return []
    return [*filter(_is_short, wanted), *others]


def _is_short(place: FreePlace) -> bool:
    return place.free <= 2 * (place.reserve or 0)


def _pieces(report: KillReport) -> FreeMemory:
    piece, large, small = free_pieces(report)
    return FreeMemory("pieces", (FreePlace("", large, None, wanted=True), FreePlace("", small, None, wanted=False)), piece)


def _of(name: str, zones: Iterable[Zone], *, wanted: bool) -> FreePlace:
    held = tuple(zones)
    return FreePlace(name, sum(zone.free for zone in held), sum(zone.minimum for zone in held), wanted)
