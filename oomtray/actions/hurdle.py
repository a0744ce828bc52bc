"""What a change that lowers a process needs beyond the owner's own right, before it is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.actions import helper_run
from oomtray.actions.adjust import Change, is_root
from oomtray.kernel.capabilities import SYS_RESOURCE, may
from oomtray.kernel.files import PROC

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    if may(SYS_RESOURCE, proc, bounding=not root) is False:  # the helper gets no more than the bounding set
        return "refused-by-kernel"
    return None if root else "permission"
