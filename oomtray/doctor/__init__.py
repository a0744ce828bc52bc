"""Find out what works on this machine and desktop, what is missing, and how to mend it. Changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.doctor.checks import Check, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from oomtray.doctor.checks import Probe


def examine(place: Place | None = None, *, qt: Callable[[Place], Check] | None = None) -> Iterator[Check]:
    """Every check, as each is done. `qt` is handed in, as only a program of its own may load Qt."""
    from oomtray.doctor import machine, privilege, session

    place = place or Place()
    probes: list[Probe] = [*session.PROBES]
    if qt is not None:
        probes.append(("qt", "Qt", qt))
    probes += [*privilege.PROBES, *machine.PROBES]
    for name, title, probe in probes:
        try:
            check = probe(place)
        except Exception as error:  # a check that fails must not hide the others
            check = Check(name, title, None, f"could not be checked ({type(error).__name__}: {error})")
        yield replace(check, id=name, title=title)
