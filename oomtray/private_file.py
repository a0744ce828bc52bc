"""One small private file that several programs of a user read and replace, in a directory that must be the user's own.

Nothing is followed that another could have laid there: root may run with a user's HOME, and what it writes must not end
up wherever that user's links point.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1 << 20
"""More is not ours: what stands behind it is left unread."""
_LOCK_SECONDS = 1.0
"""A program that was stopped while it held the lock must not hang the desktop."""
_OWN = os.O_CLOEXEC | os.O_NOFOLLOW


class StateFile:
    """A file by its directory, which is made (0700) when first written to. Every call raises OSError with a reason."""

    def __init__(self, directory: str, name: str) -> None:
        self._directory = os.path.abspath(directory)
        self._name = name

    @property
    def path(self) -> str:
        return os.path.join(self._directory, self._name)

    def read(self) -> bytes:
        """The content, at most MAX_BYTES of it; empty where there is no file."""
        try:
            with self._opened(make=False) as directory:
                return self._content(directory)
        except FileNotFoundError:
            return b""

    @contextmanager
    def editing(self) -> Iterator[Edit]:
        """Holds the lock of the file for a reading and a replacing of it."""
        with self._opened(make=True) as directory, _locked(directory, f"{self._name}.lock"):
            yield Edit(directory, self._name, self._content(directory))

    def _content(self, directory: int) -> bytes:
        try:
            fd = os.open(self._name, os.O_RDONLY | os.O_NONBLOCK | _OWN, dir_fd=directory)
        except FileNotFoundError:
            return b""
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise OSError(
                    errno.ELOOP, f"{self.path} is a symbolic link, which is not followed"
                ) from error
            raise
        try:
            facts = os.fstat(fd)
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
                raise OSError(errno.EPERM, f"{self.path} is not a file of this user's own")
            data = b""
            while len(data) < MAX_BYTES and (more := os.read(fd, MAX_BYTES - len(data))):
                data += more
            return data
        finally:
            os.close(fd)

    @contextmanager
    def _opened(self, *, make: bool) -> Iterator[int]:
        if os.geteuid() == 0:
            _only_root_above(self._directory)
        if make:
            os.makedirs(self._directory, 0o700, exist_ok=True)
        directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | _OWN)
        try:
            if os.fstat(directory).st_uid != os.geteuid():
                raise OSError(errno.EPERM, f"{self._directory} belongs to another user")
            yield directory
        finally:
            os.close(directory)


class Edit:
    """The file while its lock is held."""

    def __init__(self, directory: int, name: str, content: bytes) -> None:
        self._directory = directory
        self._name = name
        self.content = content

    def replace(self, content: bytes) -> None:
        """The whole new file or the old one, also where the disk is full. Not flushed to the disk."""
        new = f"{self._name}.new"
        with suppress(FileNotFoundError):
            os.unlink(new, dir_fd=self._directory)
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OWN, 0o600, dir_fd=self._directory)
        try:
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(fd, rest) :]
            finally:
                os.close(fd)
            os.rename(new, self._name, src_dir_fd=self._directory, dst_dir_fd=self._directory)
        except BaseException:
            with suppress(OSError):
                os.unlink(new, dir_fd=self._directory)
            raise

    def keep_aside(self) -> str:
        """Gives the present content a second name, over nothing else, that outlives `replace`; returns that name."""
        number = 1
        while True:
            aside = f"{self._name}.damaged-{number}"
            try:
                os.link(self._name, aside, src_dir_fd=self._directory, dst_dir_fd=self._directory)
                return aside
            except FileExistsError:
                number += 1


def _only_root_above(path: str) -> None:
    """For root: raises PermissionError where a directory or link on the way belongs to somebody else."""
    while True:
        with suppress(FileNotFoundError):
            if os.lstat(path).st_uid != 0:
                raise PermissionError(
                    errno.EPERM, f"{path} belongs to another user, where root leaves nothing"
                )
        if path == "/":
            return
        path = os.path.dirname(path)


@contextmanager
def _locked(directory: int, name: str) -> Iterator[None]:
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | _OWN, 0o600, dir_fd=directory)
    try:
        end = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise OSError(errno.EAGAIN, f"another program holds {name}") from None
                time.sleep(0.01)
        yield
    finally:
        os.close(fd)
