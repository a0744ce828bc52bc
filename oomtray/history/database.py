"""The user's own record in one SQLite file: opened only briefly, written in batches, and never an obstacle.

The write-ahead log lets a reader and two writers work side by side. If a program is killed or power is lost,
at most the last batch is lost. A broken file, or one of a newer version, is set aside, and a new record
begins.
"""

from __future__ import annotations

import errno
import math
import os
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from oomtray.file_access import (
    FileError,
    FileProblem,
    as_file_error,
    check_owner,
    check_regular,
    directories_of,
    facts_of,
)
from oomtray.history import schema
from oomtray.history.events import Event, drop_old, put_events
from oomtray.history.pending import Pending, pending_path
from oomtray.history.sound_rows import hide_damaged

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 2.0
"""Seconds to wait for another program that writes."""
_PAUSE = 0.01
_CAUSES = {
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_AUTH: errno.EACCES,
    sqlite3.SQLITE_NOMEM: errno.ENOMEM,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_FULL: errno.ENOSPC,
}
"""The system's errors by SQLite's codes; what is neither of these is wrong with the file itself."""
_COMPANIONS = ("-wal", "-shm")
"""Suffixes of files that SQLite keeps beside the database."""


class Database:
    """A database by its path, with connections that live for one batch or one query."""

    def __init__(self, path: str | None = None) -> None:
        self.path = os.path.abspath(path or schema.default_path())
        self.pending = Pending(pending_path(self.path))
        """Lines to merge before anything else is written or read."""
        self.aside: str | None = None
        """New path of an unusable file that this object has set aside; None if there was none."""
        self.unusable = False
        """Whether the last read found a broken file or one of a newer version; the next recorder sets it aside."""
        self._noted_aside: str | None = None
        """The last of these paths that is noted in the record."""

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that is committed if the block succeeds.

        Creates the file (0600) and its directory (0700). Raises FileError: unwritable (no space, no
        permission), locked, not-own, is-link, not-regular.
        """
        with self._errors("unwritable"):
            with self.pending.taken() as waiting, self._connected() as connection, connection:
                # a transaction that first reads is refused at once, not made to wait, where another program has written since
                connection.execute("BEGIN IMMEDIATE")
                self._note_aside(connection)
                if waiting.rows:
                    from oomtray.history.samples import put_rows, taken_at, thin

                    put_rows(connection, waiting.rows)
                    thin(connection, time.time(), min(map(taken_at, waiting.rows), default=math.inf))
                put_events(connection, waiting.events)
                if waiting.rows or waiting.events:
                    drop_old(connection, time.time())
                yield connection
            self._noted_aside = self.aside

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open a connection for queries; None if nothing was recorded yet, or the file can't be used.

        Raises FileError.
        """
        if self.pending.waits:
            with suppress(FileError), self.writing():  # if merging fails, read what is in the record
                pass
        with self._errors("unreadable"):
            if not self._exists():
                yield None
                return
            self._check()
            try:
                opened = _connect(self.path)
            except sqlite3.OperationalError:
                if os.path.lexists(self.path):
                    raise
                yield None  # it was cleared meanwhile
                return
            with closing(opened) as connection:
                try:
                    version = schema.version(connection)
                except sqlite3.DatabaseError as error:
                    if not _is_broken(error):
                        raise
                    version = schema.VERSION + 1
                self.unusable = version > schema.VERSION
                if version == schema.VERSION:
                    hide_damaged(connection)
                yield connection if version == schema.VERSION else None

    def clear(self) -> None:
        """Delete the record and files that were set aside. Raises FileError."""
        own = os.path.basename(self.path)
        with (
            as_file_error("unwritable", self.path),
            suppress(FileNotFoundError),
            directories_of(self.path, links=False, make=False) as (_, directory, _),
        ):
            aside = [name for name in _names_in(directory) if name.startswith(f"{own}.damaged-")]
            # companions first: SQLite would replay an old log into a new file
            for name in (*(own + ending for ending in _COMPANIONS), own, os.path.basename(self.pending.path), *aside):
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=directory)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open a database of this version: created, migrated, or replaced by a new one.

        A file that turns out to be broken is set aside.
        """
        identity, opened = self._open_usable()
        try:
            with closing(opened) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            if _is_broken(error):  # broken beyond its header: the next batch starts a new file
                self._set_aside(identity)
            raise

    def _open_usable(self) -> tuple[int, sqlite3.Connection]:
        """Return the file's inode number and an open connection to it."""
        identity = self._ensure_file()
        try:
            return identity, _migrated(_connect(self.path))
        except _UnusableError:
            self._set_aside(identity)
            return self._ensure_file(), _migrated(_connect(self.path))

    def _note_aside(self, connection: sqlite3.Connection) -> None:
        """Note a file that was set aside in the new record, once, because there may be nobody else to tell."""
        if self.aside is not None and self.aside != self._noted_aside:
            name = os.path.basename(self.aside)
            now = time.time()
            put_events(connection, [Event("set-aside", f"{name}/{now:.3f}", now, {"aside": name})])

    def _ensure_file(self) -> int:
        """Create the file if there is none, because SQLite would make it readable for all; return its inode number."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with suppress(FileExistsError), directories_of(self.path, links=False, make=True) as (_, directory, name):
            os.close(os.open(name, flags, 0o600, dir_fd=directory))
        self._check()
        return os.stat(self.path).st_ino

    def _exists(self) -> bool:
        """Whether the file exists. Raises OSError if that can't be found out."""
        try:
            os.lstat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def _check(self) -> None:
        with directories_of(self.path, links=False, make=False) as (_, directory, name):
            facts = facts_of(directory, name)
        if facts is None:
            return
        check_regular(facts, self.path)
        check_owner(facts, self.path)

    def _set_aside(self, identity: int) -> None:
        """Rename the file, unless another program has done so meanwhile."""
        with suppress(FileNotFoundError):
            if os.stat(self.path).st_ino != identity:
                return
            number = 1
            while os.path.lexists(aside := f"{self.path}.damaged-{number}"):
                number += 1
            for ending in _COMPANIONS:  # they belong to the old file, and a new one must not find them
                with suppress(FileNotFoundError):
                    os.rename(self.path + ending, aside + ending)
            os.rename(self.path, aside)
            self.aside = aside

    @contextmanager
    def _errors(self, trouble: schema.Trouble) -> Iterator[None]:
        """Convert errors of the system and SQLite to FileError."""
        try:
            with as_file_error(trouble, self.path):
                yield
        except sqlite3.DatabaseError as error:
            if _is_locked(error):
                raise FileError(FileProblem("locked", self.path)) from error
            raise FileError(FileProblem(trouble, self.path, _cause(error, self.path))) from error


class _UnusableError(Exception):
    """The file isn't a database, is broken, or has a newer version."""


def _names_in(directory: int) -> list[str]:
    """List a directory by descriptor, which may be one that isn't open for reading."""
    readable = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)
    try:
        return os.listdir(readable)
    finally:
        os.close(readable)


def _connect(path: str) -> sqlite3.Connection:
    """Connect without creating the file, which would be readable for all."""
    name = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{name}?mode=rw", uri=True, timeout=_PATIENCE)
    connection.text_factory = lambda text: text.decode("utf-8", "backslashreplace")  # damaged text is no error
    return connection


def _migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Prepare the database. On failure closes it, and raises _UnusableError if it is broken or of a newer version."""
    try:
        _prepare(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        if _is_broken(error):
            raise _UnusableError from error
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    if schema.version(connection) > schema.VERSION:
        raise _UnusableError
    _log_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    schema.migrate(connection)


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which for a new file SQLite refuses at once while another program does so."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_locked(error) or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _cause(error: sqlite3.DatabaseError, path: str) -> int:
    """Return the number of the system's error behind one of SQLite's, which keeps it to itself."""
    with suppress(OSError):
        place = os.statvfs(os.path.dirname(path))
        if place.f_flag & os.ST_RDONLY:
            return errno.EROFS
        if not place.f_bavail:
            return errno.ENOSPC
    return _CAUSES.get(_code(error), errno.EUCLEAN)


def _is_locked(error: sqlite3.DatabaseError) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: sqlite3.DatabaseError) -> int:
    """Return SQLite's primary code; 0 for an error of Python's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
