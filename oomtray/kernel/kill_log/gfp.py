"""Which zones of memory serve a request, by its GFP mask (gfp_zone() in include/linux/gfp.h)."""

from __future__ import annotations

GFP_HIGHMEM = 0x02
"""Of requests that can use high memory, which are never short of low memory alone (include/linux/gfp_types.h)."""
GFP_MOVABLE = 0x08
"""Of requests that can use memory set aside for devices (CMA); the same since Linux 2.6.31."""
_GFP_DMA, _GFP_DMA32 = 0x01, 0x04
ZONES = ("DMA", "DMA32", "Normal", "HighMem", "Movable")
"""The lower a zone, the more requests can use it."""


def usable_zones(mask: int | None) -> tuple[str, ...]:
    """Return the zones that serve a mask; all if it is unknown."""
    if mask is None:
        return ZONES
    if mask & _GFP_DMA:
        return ZONES[:1]
    if mask & _GFP_DMA32:
        return ZONES[:2]
    if not mask & GFP_HIGHMEM:
        return ZONES[:3]
    return ZONES if mask & GFP_MOVABLE else ZONES[:4]
