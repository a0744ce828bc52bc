"""Write oom_score_adj as its owner may, which needs no password.

The kernel lets an owner set anything at or above a hidden floor (`oom_score_adj_min`), often lower than the present
value: under the user manager 100 where its services run at 200. So lowering tries the wanted value, then goes as far
down as is allowed. What remains is for `actions.escalate`, and only ever lowers: a privileged raise would take the floor
up with it and with that the owner's right to take it back.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.actions.capability import without_capability
from oomtray.kernel.process_handle import ProcessGone, ProcessHandle, open_process
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

LOWEST, HIGHEST = -999, 1000
"""-1000 is never set: it leaks to all children, and a machine with nothing left to kill panics."""

Trouble = Literal[
    "gone",
    "pid-reused",
    "pid-1",
    "kernel-thread",
    "zombie",
    "is-thread",  # the id of a thread, not of a process
    "out-of-range",
    "hidden",  # hidepid: nothing about it can be read
    "needs-authorisation",  # of an administrator, which the helper asks for
    "refused-by-kernel",  # even root may not: no CAP_SYS_RESOURCE here
    "not-yours",  # raising is up to the owner
    "changed-since",  # another has set it since: nothing of ours to take back
    "right-stays",  # its value is back, but its owner may still set the lower one without a password
    "failed",  # the kernel gave an error that has no name here
]

Right = Literal[
    "same",  # its owner may go as low as before
    "moved",  # its owner may go down to the new value now, and what it starts inherits that
    "unknown",  # one of these
    "back",  # it was moved, and is where it was
]
"""What became of the kernel's hidden floor (oom_score_adj_min) in a change with permission."""

Direction = Literal["down", "up", "any"]
"""Which way a change may go: what is there already stays."""
DIRECTION: dict[str, Direction] = {
    "protect": "down",
    "protect-strongly": "down",
    "deprioritize": "up",
    "first": "up",
}
"""Which way a preset goes; a value of one's own and a reset go either way."""


@dataclass(frozen=True, slots=True)
class Target:
    """A process by its identity; `start_time` in clock ticks after boot."""

    pid: int
    start_time: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one process's oom_score_adj.

    Lowered a part of the way: `done` with `error` needs-authorisation, and `after` short of `wanted`.
    """

    pid: int
    start_time: int
    name: str
    before: int | None
    """None where it could not be read any more."""
    after: int
    """The value it has now; the wanted one where nothing was done."""
    done: bool
    error: str | None = None
    """One of `Trouble`, or an identifier of the helper's."""
    wanted: int | None = None
    right: Right | None = None
    """None: no permission went into it, or can have."""
    floor: int | None = None
    """Where the floor was before it was moved: the lowest that a plain write reached."""

    @property
    def target(self) -> Target:
        return Target(self.pid, self.start_time)

    @property
    def moved(self) -> bool:
        """The process has another value than before."""
        return self.done and self.before != self.after


def adjust(
    target: Target,
    value: int,
    *,
    expect: int | None = None,
    proc: str = "/proc",
    as_root: bool | None = None,
) -> Change:
    """Set exactly `value`, or nothing. With `expect`, only where that is still the value.

    `as_root` None: whether this program is.
    """
    root = is_root() if as_root is None else as_root

    def act(handle: ProcessHandle, before: int) -> _Result:
        if expect is not None and before not in (expect, value):
            return _Result(before, "changed-since")
        return _set(handle, before, value, as_root=root)

    return _change(target, value, proc, act)


def put_back(
    target: Target, value: int, floor: int, *, expect: int | None = None, proc: str = "/proc"
) -> Change:
    """Set `value` again as root, and let the owner go down to `floor` and no further, as before a privileged lowering."""

    def act(handle: ProcessHandle, before: int) -> _Result:
        if expect is not None and before not in (expect, value):
            return _Result(before, "changed-since")
        try:
            with without_capability():
                handle.write_adj(floor)  # refused where it is lower than the floor is now
            handle.write_adj(floor)
            with without_capability():
                handle.write_adj(value)
        except PermissionError:
            return _Result(before, "refused-by-kernel")
        return _Result(value, None, "back", floor)

    return _change(target, value, proc, act)


def reach(
    target: Target, value: int, direction: Direction, *, proc: str = "/proc", as_root: bool | None = None
) -> Change:
    """Set `value` where it lies in this direction, downwards as far as is allowed: the change is then done in part.

    A process that lies beyond `value` already stays where it is, and that is done. `as_root` None: whether this
    program is.
    """
    root = is_root() if as_root is None else as_root

    def act(handle: ProcessHandle, before: int) -> _Result:
        return set_or_descend(handle, before, _goal(before, value, direction), as_root=root)

    return _change(target, value, proc, act)


def foretell(target: Target, value: int, direction: Direction, *, proc: str = "/proc") -> Change:
    """Tell what `reach` would try: not done, with the value it would lead to, or with what forbids it from the outset."""

    def act(_: ProcessHandle, before: int) -> _Result:
        return _Result(_goal(before, value, direction), None)

    return replace(_change(target, value, proc, act), done=False)


def _goal(before: int, value: int, direction: Direction) -> int:
    return {"down": min(before, value), "up": max(before, value), "any": value}[direction]


class _Result(NamedTuple):
    """The value that the process has afterwards, and what stood in the way of the wanted one."""

    after: int
    error: Trouble | None
    right: Right | None = None
    floor: int | None = None


def _change(target: Target, wanted: int, proc: str, act: Callable[[ProcessHandle, int], _Result]) -> Change:
    name, before, after = "", None, None
    right, floor = None, None
    error: Trouble | None
    try:
        # the start time is not asked of pid 1, which has no other and is refused whatever began when
        with open_process(target.pid, None if target.pid == 1 else target.start_time, proc) as handle:
            name, before = handle.name, handle.read_adj()
            error = _why_not(handle, wanted)
            if error is None:
                after, error, right, floor = act(handle, before)
    except ProcessGone as gone:
        after, error = None, "pid-reused" if gone.reused else "gone"
    except PermissionError:
        error = "hidden"
    except OSError:
        error = "failed"
    done = after is not None and (error is None or after != before)
    return Change(
        pid=target.pid,
        start_time=target.start_time,
        name=name,
        before=before,
        after=after if done and after is not None else wanted,
        done=done,
        error=error,
        wanted=wanted,
        right=right,
        floor=floor,
    )


def _why_not(handle: ProcessHandle, value: int) -> Trouble | None:
    if handle.pid == 1:
        return "pid-1"
    if handle.kernel_thread:
        return "kernel-thread"
    if handle.zombie:
        return "zombie"
    if handle.thread_of() is not None:
        return "is-thread"
    return None if LOWEST <= value <= HIGHEST else "out-of-range"


def _set(handle: ProcessHandle, before: int, value: int, *, as_root: bool) -> _Result:
    """A write with CAP_SYS_RESOURCE moves the floor to its value, up as well, and then its owner can't go below it:
    even root tries without it first, and notes how low its owner could go.
    """
    if value == before or _writes(handle, value):
        return _Result(value, None)
    lowering = value < before
    if not as_root:
        return _Result(before, "needs-authorisation" if lowering else "not-yours")
    floor = _descend(handle, before, value) if lowering else None
    try:
        handle.write_adj(value)
    except PermissionError:
        _writes(handle, before)
        return _Result(before, "refused-by-kernel")
    return _Result(value, None, None if floor is None else "moved", floor)


def set_or_descend(handle: ProcessHandle, before: int, value: int, *, as_root: bool) -> _Result:
    """Set the value, or where that is refused the lowest that is allowed on the way down to it."""
    result = _set(handle, before, value, as_root=as_root)
    if result.error is not None and value < before:
        return result._replace(after=_descend(handle, before, value))
    return result


def _descend(handle: ProcessHandle, allowed: int, refused: int) -> int:
    """Halve the way between the value it has and the refused one until the floor is found; returns that.

    Each write that is allowed lowers the value further, so that no interruption leaves it above where it was.
    """
    while allowed - refused > 1:
        middle = (allowed + refused) // 2
        if _writes(handle, middle):
            allowed = middle
        else:
            refused = middle
    return allowed


def is_root() -> bool:
    return os.geteuid() == 0


def _writes(handle: ProcessHandle, value: int) -> bool:
    """A plain write, which leaves the floor where it is, also as root; False where it is refused."""
    try:
        with without_capability():
            handle.write_adj(value)
    except PermissionError:
        return False
    return True
