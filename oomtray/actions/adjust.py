"""Write oom_score_adj as the owner of a process may, without a password.

The kernel lets an owner set anything at or above a hidden floor (`oom_score_adj_min`), which is often below
the current value: under the user manager it is 100 while services run at 200. So lowering tries the wanted
value, then goes as low as allowed. The rest is left to `actions.escalate`, which only ever lowers: a
privileged raise would raise the floor as well, and with that take away the owner's right to undo it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.kernel.capabilities import SYS_RESOURCE, without
from oomtray.kernel.process_handle import ProcessGone, ProcessHandle, open_process
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

LOWEST, HIGHEST = -999, 1000
"""-1000 is never set: children inherit it, and a machine with nothing left to kill panics."""

Trouble = Literal[
    "gone",
    "pid-reused",
    "pid-1",
    "kernel-thread",
    "zombie",
    "is-thread",  # the ID of a thread, not of a process
    "out-of-range",
    "hidden",  # hidepid: nothing about the process can be read
    "needs-authorisation",  # needs an administrator's permission, which the helper asks for
    "refused-by-kernel",  # not allowed even to root: no CAP_SYS_RESOURCE here
    "not-yours",  # only the owner may raise it
    "guarded",  # not even the owner may: the program shuts out all but root (not dumpable), as those with secrets do
    "changed-since",  # somebody else has changed it since: nothing of ours to undo
    "right-stays",  # the value is restored, but the owner may still set the lower one without a password
    "failed",  # any other error of the kernel
]

Right = Literal[
    "same",  # the owner may go as low as before
    "moved",  # the owner may now go down to the new value, and so may children, which inherit the floor
    "unknown",  # either of these
    "back",  # it was moved, and has been restored
]
"""How a change made with permission left the kernel's hidden floor (oom_score_adj_min)."""

Direction = Literal["down", "up", "any"]
"""Direction in which a change may go; a process that is already beyond the value stays."""
DIRECTION: dict[str, Direction] = {
    "protect": "down",
    "protect-strongly": "down",
    "deprioritize": "up",
    "first": "up",
}
"""Direction of each preset; a custom value and a reset go either way."""


@dataclass(frozen=True, slots=True)
class Target:
    """A process by its identity; `start_time` in clock ticks since boot."""

    pid: int
    start_time: int


@dataclass(frozen=True, slots=True)
class Change:
    """The result of changing one process's oom_score_adj.

    Lowered part of the way: `done` with `error` needs-authorisation, and `after` still above `wanted`.
    """

    pid: int
    start_time: int
    name: str
    before: int | None
    """None if it could no longer be read."""
    after: int
    """The current value; the wanted one if nothing was done."""
    done: bool
    error: str | None = None
    """One of `Trouble`, or an identifier from the helper."""
    wanted: int | None = None
    right: Right | None = None
    """None: no permission was used, or could have been."""
    floor: int | None = None
    """The floor before it was moved: the lowest value that a plain write reached."""

    @property
    def target(self) -> Target:
        return Target(self.pid, self.start_time)

    @property
    def moved(self) -> bool:
        """Whether the process has another value than before."""
        return self.done and self.before != self.after


def adjust(
    target: Target,
    value: int,
    *,
    expect: int | None = None,
    proc: str = "/proc",
    as_root: bool | None = None,
) -> Change:
    """Set exactly `value`, or nothing. With `expect`, only if the process still has that value.

    `as_root` None: whether this program runs as root.
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
    """As root, restore `value` and the owner's `floor`, as they were before a privileged lowering."""

    def act(handle: ProcessHandle, before: int) -> _Result:
        if expect is not None and before not in (expect, value):
            return _Result(before, "changed-since")
        try:
            with without(SYS_RESOURCE):
                handle.write_adj(floor)  # refused if that is below the current floor
            handle.write_adj(floor)
            with without(SYS_RESOURCE):
                handle.write_adj(value)
        except PermissionError:
            return _Result(before, "refused-by-kernel")
        return _Result(value, None, "back", floor)

    return _change(target, value, proc, act)


def reach(
    target: Target, value: int, direction: Direction, *, proc: str = "/proc", as_root: bool | None = None
) -> Change:
    """Set `value` if it lies in this direction, or go as low as allowed (done in part).

    A process already beyond `value` keeps its value, which counts as done. `as_root` None: whether this
    program runs as root.
    """
    root = is_root() if as_root is None else as_root

    def act(handle: ProcessHandle, before: int) -> _Result:
        return set_or_descend(handle, before, _goal(before, value, direction), as_root=root)

    return _change(target, value, proc, act)


def foretell(target: Target, value: int, direction: Direction, *, proc: str = "/proc") -> Change:
    """Predict what `reach` would try: not done, with the resulting value or the error that rules it out."""

    def act(_: ProcessHandle, before: int) -> _Result:
        return _Result(_goal(before, value, direction), None)

    return replace(_change(target, value, proc, act), done=False)


def _goal(before: int, value: int, direction: Direction) -> int:
    return {"down": min(before, value), "up": max(before, value), "any": value}[direction]


class _Result(NamedTuple):
    """The value that the process has afterwards, and why it isn't the wanted one."""

    after: int
    error: Trouble | None
    right: Right | None = None
    floor: int | None = None


def _change(target: Target, wanted: int, proc: str, act: Callable[[ProcessHandle, int], _Result]) -> Change:
    name, before, after = "", None, None
    right, floor = None, None
    error: Trouble | None
    try:
        # PID 1 is refused regardless of its start time, and its PID is never reused
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
    if handle.pid == 1 and not handle.read_score():  # a container's PID 1 is killed as any other process
        return "pid-1"
    if handle.kernel_thread:
        return "kernel-thread"
    if handle.zombie:
        return "zombie"
    if handle.thread_of() is not None:
        return "is-thread"
    return None if LOWEST <= value <= HIGHEST else "out-of-range"


def _set(handle: ProcessHandle, before: int, value: int, *, as_root: bool) -> _Result:
    """Write the value, as root also with privilege.

    A write with CAP_SYS_RESOURCE moves the floor to its value, even upwards, and then the owner can't go
    below it. So even root first tries without the capability, and notes how low the owner could go.
    """
    if value == before or _writes(handle, value):
        return _Result(value, None)
    lowering = value < before
    if not as_root:
        return _Result(before, "needs-authorisation" if lowering else _why_not_raised(handle))
    floor = _descend(handle, before, value) if lowering else None
    try:
        handle.write_adj(value)
    except PermissionError:
        _writes(handle, before)
        return _Result(before, "refused-by-kernel")
    return _Result(value, None, None if floor is None else "moved", floor)


def why_not_raised(target: Target, proc: str = "/proc") -> Trouble:
    """Say why the kernel refuses the user a raise."""
    try:
        with open_process(target.pid, target.start_time, proc) as handle:
            return _why_not_raised(handle)
    except ProcessGone:
        return "gone"
    except OSError:
        return "not-yours"


def _why_not_raised(handle: ProcessHandle) -> Trouble:
    return "guarded" if handle.uids()[1] == os.geteuid() else "not-yours"


def set_or_descend(handle: ProcessHandle, before: int, value: int, *, as_root: bool) -> _Result:
    """Set the value; if refused, set the lowest allowed value on the way down to it."""
    result = _set(handle, before, value, as_root=as_root)
    if result.error is not None and value < before:
        return result._replace(after=_descend(handle, before, value))
    return result


def _descend(handle: ProcessHandle, allowed: int, refused: int) -> int:
    """Find the floor by bisection between the current value and the refused one; return it.

    Each allowed write lowers the value further, so an interruption never leaves it higher than before.
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
    """Write without privilege, even as root, so that the floor stays; return False if refused."""
    try:
        with without(SYS_RESOURCE):
            handle.write_adj(value)
    except PermissionError:
        return False
    return True
