"""What stands in place of an empty view: a sentence in lines of about one length."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt

from oomtray.ui.qt.empty import Empty

SAYS = "Nothing has been killed for lack of memory since OOM Tray began to record. A log may tell of earlier kills: drop its file here."


@pytest.mark.parametrize("width", [440, 800, 1400])
def test_no_word_of_the_sentence_is_alone_on_the_last_line(qtbot, width):
    empty = Empty()
    qtbot.addWidget(empty)
    empty.show_text(SAYS, "No kills so far")
    empty.resize(width, 400)
    empty.grab()  # lays it out

    def high(wide: int) -> int:
        return empty.says.fontMetrics().boundingRect(QRect(0, 0, wide, 1 << 20), Qt.TextFlag.TextWordWrap, SAYS).height()

    assert high(empty.says.width() - 30) > high(empty.says.width()), "no narrower without a line more"
