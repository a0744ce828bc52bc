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
from oomtray.history.events import put_events
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

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is kept where the block ends well. Makes the file (0600) and its directory (0700).

        Raises FileError: unwritable (no room, no right), locked, not-own, is-link, not-regular.
        """
        with self._errors("unwritable"):
            try:
                with self.pending.taken() as waiting, closing(self._usable()) as connection, connection:
                    if waiting.rows:
                        from oomtray.history.samples import put_rows, taken_at, thin

                        put_rows(connection, waiting.rows)
                        thin(connection, time.time(), min(map(taken_at, waiting.rows), default=math.inf))
                    put_events(connection, waiting.events)
                    yield connection
            except sqlite3.DatabaseError as error:
                if _is_broken(error):  # further in than its head: the next batch begins anew
                    self._set_aside(self._identity())
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to ask questions; None where nothing was recorded yet, or what was can't be used. Raises FileError."""
        if self.pending.waits:
            with suppress(FileError), self.writing():  # else what is in the record is told
                pass
        with self._errors("unreadable"):
            if not os.path.lexists(self.path):
                yield None
                return
            self._check()
            with closing(_connect(self.path)) as connection:
                try:
                    known = schema.version(connection) == schema.VERSION
                except sqlite3.DatabaseError as error:
                    if not _is_broken(error):
                        raise
                    known = False
                yield connection if known else None

    def clear(self) -> None:
        """Take away all that was recorded, and what was set aside. Raises FileError."""
        with as_file_error("unwritable", self.path):
            folder, own = os.path.split(self.path)
            with suppress(FileNotFoundError):
                aside = [name for name in os.listdir(folder) if name.startswith(f"{own}.damaged-")]
                for name in (own, os.path.basename(self.pending.path), *(own + ending for ending in _COMPANIONS), *aside):
                    with suppress(FileNotFoundError):
                        os.unlink(os.path.join(folder, name))

    def _usable(self) -> sqlite3.Connection:
        """A connection to a database of this version: made, migrated, or begun anew."""
        self._make()
        identity = self._identity()
        try:
            return _migrated(_connect(self.path))
        except _UnusableError:
            self._set_aside(identity)
            self._make()
            return _migrated(_connect(self.path))

    def _make(self) -> None:
        """SQLite would make it readable for all."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        with suppress(FileExistsError), directories_of(self.path, links=False, make=True) as (_, directory, name):
            os.close(os.open(name, flags, 0o600, dir_fd=directory))
        self._check()

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

    def _identity(self) -> int:
        return os.stat(self.path).st_ino

    def _set_aside(self, identity: int) -> None:
        """Give the file another name, unless another program has done so meanwhile."""
        if self._identity() != identity:
            return
        number = 1
        while os.path.lexists(aside := f"{self.path}.damaged-{number}"):
            number += 1
        os.rename(self.path, aside)
        for ending in _COMPANIONS:  # what they hold belongs to that file
            with suppress(FileNotFoundError):
                os.rename(self.path + ending, aside + ending)
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


def _connect(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_PATIENCE)


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
