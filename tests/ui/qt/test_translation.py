"""Qt's own texts follow the language that ours are in."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialogButtonBox

from oomtray.ui.app.qt_start import translate_qt
from tests.rigs.translations.speaking import environment, put, speaking


def button(text: QDialogButtonBox.StandardButton) -> str:
    box = QDialogButtonBox(text)
    return box.button(text).text()


def test_buttons_of_qt_speak_the_language_of_ours(qapp: QApplication, tmp_path: Path) -> None:
    put(tmp_path, "ko")
    with speaking(environment(tmp_path, "ko_KR")):
        translator = translate_qt(qapp)
        assert translator is not None
        try:
            assert button(QDialogButtonBox.StandardButton.Cancel) == "취소"
        finally:
            qapp.removeTranslator(translator)
    assert button(QDialogButtonBox.StandardButton.Cancel) == "Cancel"


def test_a_language_that_qt_lacks_leaves_them_as_they_are(qapp: QApplication, tmp_path: Path) -> None:
    put(tmp_path, "tlh")
    with speaking(environment(tmp_path, "tlh")):
        assert translate_qt(qapp) is None


def test_english_loads_nothing(qapp: QApplication) -> None:
    assert translate_qt(qapp) is None


def test_the_system_s_own_texts_are_those_of_the_test_s_language_no_longer_than_that(qapp: QApplication, tmp_path: Path) -> None:
    put(tmp_path, "ko")
    with speaking(environment(tmp_path, "ko")):
        os.strerror(errno.ENOENT)
    assert os.strerror(errno.ENOENT) == "No such file or directory"
