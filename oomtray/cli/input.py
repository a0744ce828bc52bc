"""A file that a command reads, or standard input: an error while it is read names it, as one at its opening does."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from oomtray.messages.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer


def opened(name: str) -> BinaryIO:
    """Open a file for reading; "-" is standard input. Raises OSError with the name, as do its reads."""
    raw = _Named(sys.stdin.fileno(), closefd=False) if name == "-" else _Named(name)
    return cast("BinaryIO", io.BufferedReader(raw))


def name_of(name: str) -> str:
    return tr("standard input") if name == "-" else name


class _Named(io.FileIO):
    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        with self._naming():
            return super().readinto(buffer)

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            error.filename = self.name if isinstance(self.name, str) else name_of("-")
            raise
