"""Facts of one process beside its memory: its command, its family, its files, what it has used so far.

Frozen facts: each has a value, or says why it has none. `facts_reader` reads them.
"""

from __future__ import annotations

from enum import Enum
from typing import Generic, Literal, TypeAlias, TypeVar

from oomtray.records import dataclass

T = TypeVar("T")


class Unread(Enum):
    """Why a fact has no value."""

    DENIED = "denied"
    """The kernel refuses it to this user."""
    GONE = "gone"
    """The process ended before it was read."""
    NONE = "none"
    """There is none: a kernel thread has no executable, the first process no parent."""
    MANY = "too-many"
    """More than is looked through."""
    SLOW = "no-answer"
    """The answer did not come in time: the process holds what it is read from."""
    ELSEWHERE = "other-namespace"
    """The file lies in a namespace of its own, as a container's does."""
    FAILED = "failed"
    """The kernel has no such file, or answered with an error."""


Value: TypeAlias = T | Unread
"""A fact, or why it has none: never 0 or an empty list for what is unknown."""

MOST_LISTED = 20
"""Files, connections and children that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """The first `MOST_LISTED` of so many; `count` is the least where `exact` is false."""

    count: int
    first: tuple[T, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """Arguments as text, with control characters still in them; `whole` is false where the rest was left."""

    arguments: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Relative:
    """A parent or child. `name` is its comm, None where that may not be read."""

    pid: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Connection:
    """Of IPv4 or IPv6. An address is `127.0.0.1:80` or `[::1]:80`; `remote` is None where there is no other end."""

    protocol: Literal["tcp", "udp"]
    local: str | None
    remote: str | None
    state: str | None = None
    """The connection's state by netstat's name, such as LISTEN or ESTABLISHED; None for udp."""


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process at one moment. Times are seconds, sizes bytes; text is as the process wrote it, so it may be hostile."""

    pid: int
    start_time: int
    """Clock ticks after boot: with the pid, the process's identity."""
    name: str
    command: Value[Command]
    executable: Value[str]
    directory: Value[str]
    """Working directory."""
    uid: Value[int]
    """Effective uid."""
    started: Value[float]
    """Seconds since 1970."""
    parent: Value[Relative]
    children: Value[Listing[Relative]]
    shares_memory: Value[Listing[Relative]]
    """Other processes that run in its memory (CLONE_VM): they are killed together and have one oom_score_adj."""
    threads: Value[int]
    descriptors: Value[int]
    """How many it holds open, of whatever kind."""
    files: Value[Listing[str]]
    """Paths of open files, in its own root; without devices and without what lies in memory alone."""
    connections: Value[Listing[Connection]]
    cpu_seconds: Value[float]
    """In its own code and in the kernel, of all its threads."""
    bytes_read: Value[int]
    """From storage, so without what came from the cache."""
    bytes_written: Value[int]
