"""What the helper is asked for a system unit: the drop-in and the processes that run already, in one call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oomtray.actions.escalate import HELPER, MAX_BYTES, MAX_LINES, PKEXEC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.adjust import Target
    from oomtray.actions.units.settings import UnitSettings


def argv(helper: str = HELPER, pkexec: str = PKEXEC) -> tuple[str, ...]:
    return (pkexec, "--disable-internal-agent", helper, "unit")


def stdin(name: str, settings: UnitSettings | None, adj: int | None, running: Sequence[Target]) -> bytes:
    """Request lines: `settings` None removes the drop-in; `adj` goes to the running processes, as a reload does not.

    Processes beyond what one call takes are left to the next start of the unit.
    """
    first: dict[str, Any] = {"unit": name}
    if settings is None:
        first["remove"] = True
    else:
        first["set"] = settings.directives
    lines = [_line(first)]
    size = len(lines[0])
    for target in running if adj is not None else ():
        line = _line({"pid": target.pid, "start_time": target.start_time, "adj": adj})
        size += len(line)
        if size > MAX_BYTES or len(lines) >= MAX_LINES:
            break
        lines.append(line)
    return b"".join(lines)


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request, separators=(",", ":")).encode("ascii") + b"\n"
