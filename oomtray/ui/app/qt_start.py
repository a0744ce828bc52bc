"""Qt's start: one line instead of an abort with a core dump where it finds no screen, and its own texts in the app's language."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QLibraryInfo, QLocale, QtMsgType, QTranslator, qInstallMessageHandler

from oomtray.messages.i18n import language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QCoreApplication, QMessageLogContext

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


def translate_qt(app: QCoreApplication) -> QTranslator | None:
    """Install Qt's translation; return None if it has none or the language is English, which needs none."""
    if language() == "en":
        return None
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not translator.load(QLocale(language()), "qtbase", "_", folder):
        return None
    app.installTranslator(translator)
    return translator
