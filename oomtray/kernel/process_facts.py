"""Facts about one process besides its memory: command, relatives, files, resource use.

They are frozen: each has a value, or says why it has none. `facts_reader` reads them.
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
    """It doesn't exist: a kernel thread has no executable, the first process no parent."""
    MANY = "too-many"
    """There are more than are searched."""
    SLOW = "no-answer"
    """It couldn't be read in time: the process blocks the memory that it is read from."""
    ELSEWHERE = "other-namespace"
    """The file is in another namespace, as in a container."""
    FAILED = "failed"
    """The kernel has no such file, or answered with an error."""


Value: TypeAlias = T | Unread
"""A fact, or why it has none: unknown is never 0 or an empty list."""

MOST_LISTED = 20
"""How many files, connections and children are listed; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """The first `MOST_LISTED` items and how many there are; `count` is a minimum unless `exact`."""

    count: int
    first: tuple[T, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """Arguments as text, including control characters; `whole` is false if they were truncated."""

    arguments: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Relative:
    """A parent or child. `name` is its comm, None if it may not be read."""

    pid: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Connection:
    """An IPv4 or IPv6 socket, with addresses like `127.0.0.1:80` or `[::1]:80`; `remote` is None without a peer."""

    protocol: Literal["tcp", "udp"]
    local: str | None
    remote: str | None
    state: str | None = None
    """Its state as in netstat, such as LISTEN or ESTABLISHED; None for UDP."""


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process at one moment. Times are seconds, sizes bytes; text comes from the process, so it may be hostile."""

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
    """Other processes that share its memory (CLONE_VM): they are killed together and have one oom_score_adj."""
    threads: Value[int]
    descriptors: Value[int]
    """How many it has open, of any kind."""
    files: Value[Listing[str]]
    """Paths of open files in its own root, without devices and in-memory files."""
    connections: Value[Listing[Connection]]
    cpu_seconds: Value[float]
    """User and system time of all threads."""
    bytes_read: Value[int]
    """From storage, so without cache hits."""
    bytes_written: Value[int]
