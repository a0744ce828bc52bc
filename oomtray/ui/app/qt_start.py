"""The moment in which Qt looks for its screen: where that turns it away, one line instead of an abort with a core dump."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QMessageLogContext

_PLATFORMS, _LOADING = "qt.qpa.", "qt.qpa.plugin"
"""Categories of what Qt says of a screen, and of all that it has for screens."""


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """End the program with one line if Qt can't go on; else show what Qt has said."""
    said: list[str] = []
    of_screens: list[str] = []

    def note(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:  # it aborts as soon as this returns
            _end((of_screens or [text])[-1])
        said.append(text)
        category = context.category or ""
        if category.startswith(_PLATFORMS) and category != _LOADING:
            of_screens.append(text)

    before = qInstallMessageHandler(note)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
        for text in said:
            print(text, file=sys.stderr)


def _end(why: str) -> NoReturn:
    from oomtray.messages.start import qt_failed

    first = why.partition("\n")[0]
    with suppress(OSError):
        print(f"oomtray: {qt_failed(first)}", file=sys.stderr, flush=True)
    os._exit(1)
