"""A small file of a user's own that programs read, replace as a whole under a lock, and watch for changes.

    file = PrivateFile(path)
    file.stamp()                       differs once the file has changed; one stat
    file.read()                        bytes, or None if there is no file
    with file.editing() as edit:       locked against other programs
        edit.replace(changed(edit.content))

Nothing here blocks on a file of another kind or reads without end: only a regular file up to a limit is read.
One descriptor of the directory is used from the first look to the rename.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from oomtray.file_access import (
    FileError,
    FileProblem,
    as_file_error,
    check_owner,
    check_regular,
    directories_of,
    facts_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BYTES = 1 << 20
"""Default limit: a larger file was written neither by us nor by hand."""
_TRIES = 3
"""Attempts at an edit if another program, which doesn't lock, saves the file at the same moment."""
LOCK_SECONDS = 2.0
"""A program that was stopped while holding the lock must not hang the desktop."""
_NO_LINK = os.O_CLOEXEC | os.O_NOFOLLOW
_REPLACEABLE = frozenset({"is-link", "not-regular", "not-own", "too-large"})

Stamp = tuple[int, ...]
T = TypeVar("T")


class PrivateFile:
    """A file by its path. Its directory is created (0700) by the first write.

    `links`: follow the user's own links to the file and its directory, as dotfiles use them; otherwise a link
    is an error. `mode` is that of a new file: an existing one keeps its own. `flush`: sync the new content to
    disk before it replaces the old. `limit`: the largest size that is read, in bytes.
    """

    def __init__(
        self, path: str, *, links: bool = False, mode: int = 0o600, flush: bool = True, limit: int = MAX_BYTES
    ) -> None:
        self.path = os.path.abspath(path)
        self._links = links
        self._mode = mode
        self._flush = flush
        self._limit = limit

    def stamp(self) -> Stamp | None:
        """Return a value that changes with the file; None if there is none."""
        try:
            facts = os.stat(self.path, follow_symlinks=self._links)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return (error.errno or 0,)
        return facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino, facts.st_mode

    def read(self) -> bytes | None:
        """Return the content; None if there is no file. Raises FileError."""
        if self.stamp() is None:  # whoever owns the directory
            return None
        with as_file_error("unreadable", self.path):
            try:
                with directories_of(self.path, links=self._links, make=False) as (_, directory, name):
                    return self._content(directory, name)[0]
            except FileNotFoundError:
                return None

    def write(self, content: bytes) -> None:
        """Replace the file, whatever it contained. Raises FileError."""
        with self.editing() as edit:
            edit.replace(content)

    def remove(self) -> None:
        """Remove the file, or the link if it is one. Raises FileError, but not if there is no file."""
        name = os.path.basename(self.path)
        with as_file_error("unwritable", self.path):
            try:
                with (
                    directories_of(self.path, links=self._links, make=False) as (around, _, _),
                    self._locked(around),
                ):
                    with suppress(FileNotFoundError):
                        os.unlink(_unfinished(name), dir_fd=around)
                    os.unlink(name, dir_fd=around)
            except FileNotFoundError:
                return

    @contextmanager
    def editing(self, *, set_aside: bool = False) -> Iterator[Edit]:
        """Hold the file's lock while its content is read and replaced. Raises FileError.

        `set_aside`: if something else is in its place that can't be read as ours, rename that and start a new file.
        """
        with (
            as_file_error("unwritable", self.path),
            directories_of(self.path, links=self._links, make=True) as (around, directory, name),
            self._locked(around),
        ):
            aside = None
            try:
                with as_file_error("unreadable", self.path):
                    content, facts = self._content(directory, name)
            except FileError as error:
                if not set_aside or error.problem.id not in _REPLACEABLE:
                    raise
                aside = _moved_aside(directory, name)
                content, facts = None, None
            mode = self._mode if facts is None else stat.S_IMODE(facts.st_mode)
            yield Edit(
                content, aside, path=self.path, directory=directory, name=name, before=facts, mode=mode, flush=self._flush
            )

    def _content(self, directory: int, name: str) -> tuple[bytes | None, os.stat_result | None]:
        facts = facts_of(directory, name)
        if facts is None:
            return None, None
        self._check(facts)
        fd = os.open(name, os.O_RDONLY | os.O_NONBLOCK | _NO_LINK, dir_fd=directory)
        try:
            facts = os.fstat(fd)
            self._check(facts)
            data = b""
            while len(data) <= self._limit and (more := os.read(fd, self._limit + 1 - len(data))):
                data += more
        finally:
            os.close(fd)
        if len(data) > self._limit:
            raise FileError(FileProblem("too-large", self.path, limit=self._limit))
        return data, facts

    def _check(self, facts: os.stat_result) -> None:
        check_regular(facts, self.path)
        if not self._links or os.geteuid() == 0:
            check_owner(facts, self.path)

    @contextmanager
    def _locked(self, directory: int) -> Iterator[None]:
        """Lock with a lock file that is removed afterwards, because people look into this directory."""
        name, end = f"{os.path.basename(self.path)}.lock", time.monotonic() + LOCK_SECONDS
        while (fd := _try_lock(directory, name)) is None:
            if time.monotonic() > end:
                raise FileError(FileProblem("locked", self.path))
            time.sleep(0.005)
        try:
            yield
        finally:
            with suppress(OSError):
                os.unlink(name, dir_fd=directory)
            os.close(fd)


def retried(edit: Callable[[], T]) -> T:
    """Make an edit, and make it again if another program has replaced the file meanwhile. Raises FileError."""
    for _ in range(_TRIES - 1):
        try:
            return edit()
        except FileError as error:
            if error.problem.id != "changed":
                raise
    return edit()


class Edit:
    """The file while its lock is held."""

    def __init__(
        self, content: bytes | None, aside: str | None, *, path: str, directory: int, name: str,
        before: os.stat_result | None, mode: int, flush: bool,
    ) -> None:  # fmt: skip
        self.content = content
        """None: there is no file yet."""
        self.aside = aside
        """New name of what was in the file's place; None if nothing was in the way."""
        self._path = path
        self._directory = directory
        self._name = name
        self._before = before
        self._mode = mode
        self._flush = flush

    def replace(self, content: bytes) -> None:
        """Replace the content atomically, even if the disk is full. Once per edit."""
        new = _unfinished(self._name)
        with suppress(FileNotFoundError):  # left by a program that was killed while writing
            os.unlink(new, dir_fd=self._directory)
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600, dir_fd=self._directory)
        try:
            try:
                self._fill(fd, content)
            finally:
                os.close(fd)
            self._check_unchanged()
            os.rename(new, self._name, src_dir_fd=self._directory, dst_dir_fd=self._directory)
        except BaseException:
            with suppress(OSError):
                os.unlink(new, dir_fd=self._directory)
            raise

    def _check_unchanged(self) -> None:
        if _identity(facts_of(self._directory, self._name)) != _identity(self._before):
            raise FileError(FileProblem("changed", self._path))

    def _fill(self, fd: int, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(fd, rest) :]
        if stat.S_IMODE(os.fstat(fd).st_mode) != self._mode:
            os.fchmod(fd, self._mode)
        if self._flush:
            os.fsync(fd)

    def keep_aside(self) -> str:
        """Hard-link the present content under a free name, which survives `replace`; return that name."""
        aside = _free_name(self._directory, self._name)
        os.link(self._name, aside, src_dir_fd=self._directory, dst_dir_fd=self._directory)
        return aside


def _identity(facts: os.stat_result | None) -> tuple[int, int, int] | None:
    return None if facts is None else (facts.st_ino, facts.st_mtime_ns, facts.st_size)


def _try_lock(directory: int, name: str) -> int | None:
    """Lock the lock file and return its descriptor; None if another program holds the lock, or has just released it."""
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | _NO_LINK, 0o600, dir_fd=directory)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = facts_of(directory, name)
        if found is not None and found.st_ino == os.fstat(fd).st_ino:  # otherwise it was removed while we waited
            return fd
    except BlockingIOError:
        pass
    except BaseException:
        os.close(fd)
        raise
    os.close(fd)
    return None


def _unfinished(name: str) -> str:
    """Return a constant name, so that the next program replaces what a killed one left."""
    return f"{name}.new"


def _free_name(directory: int, name: str) -> str:
    number = 1
    while facts_of(directory, f"{name}.damaged-{number}") is not None:
        number += 1
    return f"{name}.damaged-{number}"


def _moved_aside(directory: int, name: str) -> str:
    aside = _free_name(directory, name)
    os.rename(name, aside, src_dir_fd=directory, dst_dir_fd=directory)
    return aside
