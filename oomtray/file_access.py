"""Open a user's own file through descriptors of its directories, so that no link leads elsewhere, and report refusals.

Links of an ordinary user may be followed. Root only uses what root owns, link by link and directory by
directory: it may run with a user's HOME, whose links point wherever that user wants.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, NoReturn

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_LINKS = 40
"""Most links that are followed, as in the kernel (fs/namei.c, MAXSYMLINKS)."""
_STEP = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC

Trouble = Literal[
    "is-link",
    "not-regular",
    "not-own",  # it belongs to another user
    "too-large",
    "locked",  # another program has held the lock for too long
    "changed",  # another program has replaced it since it was read, without the lock
    "unreadable",
    "unwritable",
]


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a file was not read or not written."""

    id: Trouble
    path: str
    """The file, or the directory or link on the way to it that is the problem."""
    code: int | None = None
    """The system's error number, for unreadable and unwritable."""
    limit: int | None = None
    """Bytes, for too-large."""


class FileError(Exception):
    """A file was not read or not written; it is unchanged."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        code = self.problem.code
        return f"{self.problem.path}: {self.problem.id if code is None else os.strerror(code)}"


@contextmanager
def as_file_error(trouble: Literal["unreadable", "unwritable"], path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(FileProblem(trouble, path, error.errno)) from error


def read_whosoever(path: str, *, links: bool, limit: int) -> bytes | None:
    """Read at most `limit` bytes of a file that may have any owner; None if there is none. Raises FileError.

    Never waits for a FIFO or reads a device.
    """
    with as_file_error("unreadable", path):
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if links else os.O_NOFOLLOW))
        except FileNotFoundError:
            return None
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise FileError(FileProblem("not-regular", path))
            return file.read(limit)


@contextmanager
def directories_of(path: str, *, links: bool, make: bool) -> Iterator[tuple[int, int, str]]:
    """Open the directory in the path and the one that holds the file; yield both descriptors and the file's name.

    They differ if `links` are followed and the file is one. `make`: create the directory in the path (0700).
    Raises OSError, and FileError if something on the way belongs to another user.
    """
    opened: list[int] = []
    try:
        for _ in range(_MAX_LINKS):
            directory, name = os.path.split(path)
            opened.append(_opened(directory, links=links, make=make and not opened))
            target = _target(opened[-1], name, path) if links else None
            if target is None:
                yield opened[0], opened[-1], name
                return
            path = os.path.join(directory, target)
        _fail(errno.ELOOP)
    finally:
        for fd in opened:
            os.close(fd)


def facts_of(directory: int, name: str) -> os.stat_result | None:
    """Return the name's status without following links; None if there is no such name. Raises OSError."""
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def check_owner(facts: os.stat_result, path: str) -> None:
    """Raise FileError if it belongs to another user."""
    own = {os.geteuid()}
    if own == {0}:
        own.add(os.stat("/").st_uid)  # in a user namespace, root's own directories may belong to an unmapped uid
    if facts.st_uid not in own:
        raise FileError(FileProblem("not-own", path))


def check_regular(facts: os.stat_result, path: str) -> None:
    """Raise FileError for a link or a special file. Before it is opened, because opening a device may have side effects."""
    if stat.S_ISLNK(facts.st_mode):
        raise FileError(FileProblem("is-link", path))
    if not stat.S_ISREG(facts.st_mode):
        raise FileError(FileProblem("not-regular", path))


def _opened(path: str, *, links: bool, make: bool) -> int:
    if os.geteuid() == 0:
        return _opened_as_root(path, links=links, make=make)
    if make:
        os.makedirs(path, 0o700, exist_ok=True)
    fd = os.open(path, _STEP if links else _STEP | os.O_NOFOLLOW)
    try:
        if not links:
            check_owner(os.fstat(fd), path)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _opened_as_root(path: str, *, links: bool, make: bool) -> int:
    """Open step by step by descriptors, so that nothing can be replaced between the check and the step."""
    steps = _steps(path)
    followed = 0
    here = os.open("/", _STEP)
    try:
        while steps:
            step = steps.pop()
            facts = facts_of(here, step)
            if facts is None and make:
                with suppress(FileExistsError):  # another program that starts just now was faster
                    os.mkdir(step, 0o700, dir_fd=here)
                facts = facts_of(here, step)
            if facts is None:
                _fail(errno.ENOENT)
            check_owner(facts, path)
            if not stat.S_ISLNK(facts.st_mode):
                there = os.open(step, _STEP | os.O_NOFOLLOW, dir_fd=here)
                os.close(here)
                here = there
                check_owner(os.fstat(here), path)
                continue
            followed += 1
            if followed > _MAX_LINKS or not (links or steps):
                _fail(errno.ELOOP)
            target = os.readlink(step, dir_fd=here)
            steps += _steps(target)
            if target.startswith("/"):
                os.close(here)
                here = os.open("/", _STEP)
    except BaseException:
        os.close(here)
        raise
    return here


def _fail(code: int) -> NoReturn:
    raise OSError(code, os.strerror(code))


def _steps(path: str) -> list[str]:
    """Split a path into its steps, the last one first."""
    return [step for step in reversed(path.split("/")) if step not in ("", ".")]


def _target(directory: int, name: str, path: str) -> str | None:
    """Return the target of a link; None if the name isn't one."""
    facts = facts_of(directory, name)
    if facts is None or not stat.S_ISLNK(facts.st_mode):
        return None
    if os.geteuid() == 0:
        check_owner(facts, path)
    return os.readlink(name, dir_fd=directory)
