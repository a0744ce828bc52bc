"""Why the system refused something, as a clause in the user's language."""

from __future__ import annotations

import errno

from oomtray.messages.i18n import mark, tr

_NO_PERMISSION = mark("there is no permission for it")
_FILES = mark("too many files are open")
_SAYS: dict[int, str] = {
    errno.EACCES: _NO_PERMISSION,
    errno.EPERM: _NO_PERMISSION,
    errno.ENOENT: mark("there is no such file or directory"),
    errno.ENOTDIR: mark("a part of its path is not a directory"),
    errno.EISDIR: mark("it is a directory"),
    errno.ELOOP: mark("its symbolic links run in a circle"),
    errno.ENAMETOOLONG: mark("its name is too long"),
    errno.ENOSPC: mark("there is no space left"),
    errno.EDQUOT: mark("the space that this user may take is used up"),
    errno.EFBIG: mark("it would become too large"),
    errno.EROFS: mark("the file system is read-only"),
    errno.EIO: mark("the device reports an error"),
    errno.EUCLEAN: mark("it is damaged"),
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.ENOMEM: mark("there is not enough memory"),
}


def system_error(error: OSError | int | None) -> str:
    """Return why, to stand after a colon; for a rare error the system's own words, or the name of its number."""
    code = error.errno if isinstance(error, OSError) else error
    if code in _SAYS:
        return tr(_SAYS[code])
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(code) if code is None else errno.errorcode.get(code, str(code))
