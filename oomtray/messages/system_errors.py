"""Why the system refused something: in the C library's words, which it may not have in the user's language."""

from __future__ import annotations

import errno

from oomtray.messages.i18n import mark, tr
from oomtray.text import printable

_FILES = mark("Too many open files")
_SAYS: dict[int, str] = {
    errno.EACCES: mark("Permission denied"),
    errno.EPERM: mark("Operation not permitted"),
    errno.ENOENT: mark("No such file or directory"),
    errno.ENOTDIR: mark("Not a directory"),
    errno.EISDIR: mark("Is a directory"),
    errno.ELOOP: mark("Too many levels of symbolic links"),
    errno.ENAMETOOLONG: mark("File name too long"),
    errno.ENOSPC: mark("No space left on device"),
    errno.EDQUOT: mark("Disk quota exceeded"),
    errno.EFBIG: mark("File too large"),
    errno.EROFS: mark("Read-only file system"),
    errno.EIO: mark("Input/output error"),
    errno.EUCLEAN: mark("The file is damaged"),
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.ENOMEM: mark("Cannot allocate memory"),
}


def system_error(error: OSError | int | None) -> str:
    """Return why, to stand after a colon; for a rare error the name of its number where nothing else is known."""
    code = error.errno if isinstance(error, OSError) else error
    if code in _SAYS:
        return tr(_SAYS[code])
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(code) if code is None else errno.errorcode.get(code, str(code))


def of_file(error: OSError) -> str:
    """Return why, after the name of the file that the error is about, if it has one."""
    says = system_error(error)
    if error.filename is None:
        return says
    return tr("{file}: {says}", file=printable(str(error.filename)) or tr("(an empty name)"), says=says)
