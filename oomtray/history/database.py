"""The user's own record in one SQLite file: opened for a moment, written in batches, and never in the way.

The write-ahead log lets a reader and two writers work side by side. A program that is killed, or a machine that loses power,
loses the last batch at most. What is broken, or was written by a newer version, is set aside, and the record begins anew.
"""

from __future__ import annotations

import math
import os
import sqlite3
import stat
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from oomtray.file_access import FileError, FileProblem, as_file_error, check_owner, directories_of, facts_of
from oomtray.history import schema
from oomtray.history.events import Event, drop_old, put_events
from oomtray.history.pending import Pending, pending_path

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 2.0
"""Seconds to wait for another program that writes."""
_COMPANIONS = ("-wal", "-shm")
"""Files that SQLite keeps beside the database."""


class Database:
    """A database by its path, with connections that live for one batch or one question."""

    def __init__(self, path: str | None = None) -> None:
        self.path = os.path.abspath(path or schema.default_path())
        self.pending = Pending(pending_path(self.path))
        """What is put in before anything else is written or read."""
        self.aside: str | None = None
        """The path at which a file lies that could not be used; None where none was in the way since this object was made."""
        self.unusable = False
        """Whether the last question found a file that is broken, or a newer version's: the next recorder sets it aside."""
        self._told_aside: str | None = None
        """The last of these that is in the record."""

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is kept where the block ends well. Makes the file (0600) and its directory (0700).

        Raises FileError: unwritable (no room, no right), locked, not-own, is-link, not-regular.
        """
        with self._errors("unwritable"):
            with self.pending.taken() as waiting, self._connected() as connection, connection:
                self._tell_aside(connection)
                if waiting.rows:
                    from oomtray.history.samples import put_rows, taken_at, thin

                    put_rows(connection, waiting.rows)
                    thin(connection, time.time(), min(map(taken_at, waiting.rows), default=math.inf))
                put_events(connection, waiting.events)
                if waiting.rows or waiting.events:
                    drop_old(connection, time.time())
                yield connection
            self._told_aside = self.aside

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to ask questions; None where nothing was recorded yet, or what was can't be used. Raises FileError."""
        if self.pending.waits:
            with suppress(FileError), self.writing():  # else what is in the record is told
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
                yield connection if version == schema.VERSION else None

    def clear(self) -> None:
        """Take away all that was recorded, and what was set aside. Raises FileError."""
        own = os.path.basename(self.path)
        with (
            as_file_error("unwritable", self.path),
            suppress(FileNotFoundError),
            directories_of(self.path, links=False, make=False) as (_, directory, _),
        ):
            aside = [name for name in _names_in(directory) if name.startswith(f"{own}.damaged-")]
            # its companions first: what a new file finds of an old one's log, SQLite would put into it
            for name in (*(own + ending for ending in _COMPANIONS), own, os.path.basename(self.pending.path), *aside):
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=directory)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection to a database of this version: made, migrated, or begun anew. What turns out to be broken is set aside."""
        identity, opened = self._usable()
        try:
            with closing(opened) as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            if _is_broken(error):  # further in than its head: the next batch begins anew
                self._set_aside(identity)
            raise

    def _usable(self) -> tuple[int, sqlite3.Connection]:
        """With which file it is."""
        identity = self._made()
        try:
            return identity, _migrated(_connect(self.path))
        except _UnusableError:
            self._set_aside(identity)
            return self._made(), _migrated(_connect(self.path))

    def _tell_aside(self, connection: sqlite3.Connection) -> None:
        """Once in the new record, as there may be nobody else to tell."""
        if self.aside is not None and self.aside != self._told_aside:
            name = os.path.basename(self.aside)
            now = time.time()
            put_events(connection, [Event("set-aside", f"{name}/{now:.3f}", now, {"aside": name})])

    def _made(self) -> int:
        """Which file it is; where there is none one is made, as SQLite would make it readable for all."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with suppress(FileExistsError), directories_of(self.path, links=False, make=True) as (_, directory, name):
            os.close(os.open(name, flags, 0o600, dir_fd=directory))
        self._check()
        return os.stat(self.path).st_ino

    def _exists(self) -> bool:
        """Raises OSError where that can't be known."""
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
        if stat.S_ISLNK(facts.st_mode):
            raise FileError(FileProblem("is-link", self.path))
        if not stat.S_ISREG(facts.st_mode):
            raise FileError(FileProblem("not-regular", self.path))
        check_owner(facts, self.path)

    def _set_aside(self, identity: int) -> None:
        """Give the file another name, unless another program has done so meanwhile."""
        with suppress(FileNotFoundError):
            if os.stat(self.path).st_ino != identity:
                return
            number = 1
            while os.path.lexists(aside := f"{self.path}.damaged-{number}"):
                number += 1
            for ending in _COMPANIONS:  # what they hold belongs to that file, and a new one must not find them
                with suppress(FileNotFoundError):
                    os.rename(self.path + ending, aside + ending)
            os.rename(self.path, aside)
            self.aside = aside

    @contextmanager
    def _errors(self, trouble: schema.Trouble) -> Iterator[None]:
        """Raises FileError for what the system or SQLite says."""
        try:
            with as_file_error(trouble, self.path):
                yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise FileError(FileProblem("locked", self.path)) from error
            raise FileError(FileProblem(trouble, self.path, str(error))) from error
        except sqlite3.DatabaseError as error:
            raise FileError(FileProblem(trouble, self.path, str(error))) from error


class _UnusableError(Exception):
    """The file is no database, a broken one, or a newer version's."""


def _names_in(directory: int) -> list[str]:
    """`directory`: a descriptor, which may be one that can't be read itself."""
    readable = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)
    try:
        return os.listdir(readable)
    finally:
        os.close(readable)


def _connect(path: str) -> sqlite3.Connection:
    """Never makes the file, which would be readable for all."""
    name = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return sqlite3.connect(f"file:{name}?mode=rw", uri=True, timeout=_PATIENCE)


def _migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Raises _UnusableError, and then closes it."""
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
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    schema.migrate(connection)


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
