"""What a change that lowers a process needs beyond the owner's own right, before it is tried."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Literal

from oomtray.actions import helper_run
from oomtray.actions.adjust import is_root
from oomtray.actions.capability import SYS_RESOURCE
from oomtray.kernel.capabilities import FIRST_NAMESPACE
from oomtray.kernel.files import PROC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.adjust import Change

Hurdle = Literal[
    "permission",  # the helper asks for it
    "no-helper",
    "no-pkexec",
    "refused-by-kernel",  # not allowed even to root: no CAP_SYS_RESOURCE here
]


def hurdle(
    changes: Iterable[Change],
    *,
    helper: str = helper_run.HELPER,
    pkexec: str = helper_run.PKEXEC,
    proc: str = PROC,
    as_root: bool | None = None,
) -> Hurdle | None:
    """Return what these foretold changes need to go below what the kernel lets the owner set.

    None: nothing, or none of them lowers. How low the owner may go is hidden: only a write would tell.
    """
    if not any(change.error is None and change.before is not None and change.after < change.before for change in changes):
        return None
    root = is_root() if as_root is None else as_root
    lacking = None if root else helper_run.missing(helper, pkexec)
    if lacking is not None:  # first, because the change itself would fail with this
        return "no-pkexec" if lacking == "no-pkexec" else "no-helper"
    if not _may_lower(root, proc):
        return "refused-by-kernel"
    return None if root else "permission"


def _may_lower(root: bool, proc: str) -> bool:
    """Whether root may do it here: this program as root, or else the helper, which gets no more than the bounding set."""
    try:
        if os.readlink(f"{proc}/self/ns/user") != FIRST_NAMESPACE:
            return False
        with open(f"{proc}/self/status", encoding="ascii", errors="replace") as file:
            found = re.search(rf"^Cap{'Eff' if root else 'Bnd'}:\t([0-9a-f]+)$", file.read(), re.MULTILINE)
    except OSError:
        return True
    return found is None or bool(int(found[1], 16) >> SYS_RESOURCE & 1)
