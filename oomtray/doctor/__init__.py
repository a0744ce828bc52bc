"""Check what works on this machine and desktop, what is missing, and how to fix it. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.doctor.checks import Check, Finding, Place, Probe, found, modules, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def examine(*, qt: Callable[[Place], Finding] | None = None) -> Iterator[Check]:
    """Yield each check as it is done. `qt` is passed in, because only a separate program may load Qt."""
    from oomtray.doctor import machine, privilege, session

    place = Place()
    probes: list[Probe] = [*session.PROBES, ("modules", modules)]
    if qt is not None:
        probes.append(("qt", qt))
    probes += [*privilege.PROBES, *machine.PROBES]
    for name, probe in probes:
        try:
            finding = probe(place)
        except ModuleNotFoundError as error:
            finding = found(None, "module-needed", module=error.name)
        except Exception as error:  # a failing check must not hide the others
            finding = found(None, "failed", kind=type(error).__name__, problem=error)
        yield told(name, finding)
