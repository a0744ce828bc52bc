"""Qt's own texts, such as Cancel and the menu of a text field, in the app's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

from oomtray.messages.i18n import language

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication


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
