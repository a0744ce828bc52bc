"""Qt's own texts, such as Cancel and the menu of a text field, in the language of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

from oomtray.messages.i18n import language

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication


def translate_qt(app: QCoreApplication) -> QTranslator | None:
    """Install Qt's translation; None where it has none, or none is needed: English costs nothing."""
    if language() == "en":
        return None
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not translator.load(QLocale(language()), "qtbase", "_", folder):
        return None
    app.installTranslator(translator)
    return translator
