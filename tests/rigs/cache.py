"""Build what takes long once per machine: `built(name, inputs, build)` returns the path.

The results are in `$OOMTRAY_TEST_CACHE`, else `~/.cache/oomtray-tests`, named with a hash of all inputs, so
that a changed input makes a new one. ($XDG_CACHE_HOME is a new directory in each test run.) Parallel test
runs take turns. The directory can always be deleted while no test runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

UNUSED_SECONDS = 24 * 3600
"""An entry with outdated inputs that was not used for this time is removed by the next build."""


def cache_dir() -> Path:
    home = pwd.getpwuid(os.getuid()).pw_dir
    path = Path(os.environ.get("OOMTRAY_TEST_CACHE") or f"{home}/.cache/oomtray-tests")
    path.mkdir(parents=True, exist_ok=True)
    return path


def built(name: str, inputs: Iterable[str | bytes | Path], build: Callable[[Path], None]) -> Path:
    """Return the file or directory that `build` creates at the given path; a Path as input counts by its content."""
    final = cache_dir() / f"{name}-{_digest(inputs)}"
    with open(cache_dir() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not final.exists():
            _drop_unused(name)
            scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache_dir()))
            try:
                build(scratch / "built")
                (scratch / "built").rename(final)
            finally:
                _remove(scratch)
        os.utime(final)
    return final


def _digest(inputs: Iterable[str | bytes | Path]) -> str:
    digest = hashlib.sha256()
    for item in inputs:
        content = item.read_bytes() if isinstance(item, Path) else item
        data = content.encode() if isinstance(content, str) else content
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()[:16]


def _drop_unused(name: str) -> None:
    outdated = time.time() - UNUSED_SECONDS
    for pattern in (f"{name}-*", f".{name}-*"):
        for entry in cache_dir().glob(pattern):
            if entry.lstat().st_mtime < outdated:
                _remove(entry)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
