"""The room for a sign beside a text grows with it also in a window that is open when the desktop's text size changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from oomtray.ui.history.notice import Notice
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.note_line import NoteLine
from oomtray.ui.qt.fold import Fold
from tests.ui.text_size import text_size


def _layout(widget: QWidget) -> QLayout:
    found = widget.layout()
    assert found is not None
    return found


def _note_line(widget: QWidget) -> int:
    assert isinstance(widget, NoteLine)
    widget.restyle()  # as the popup does
    return _layout(widget).contentsMargins().left()


@pytest.mark.parametrize(
    ("make", "room"),
    [
        pytest.param(MessageBar, lambda bar: _layout(bar).contentsMargins().left(), id="a report"),
        pytest.param(NoteLine, _note_line, id="a note"),
        pytest.param(Notice, lambda notice: notice.contentsMargins().left(), id="a notice"),
        pytest.param(lambda: Fold("More"), lambda fold: fold.content.contentsMargins().left(), id="what is folded"),
    ],
)
def test_it_has_the_room_that_it_would_have_been_made_with(
    qtbot: Any, make: Callable[[], QWidget], room: Callable[[QWidget], int]
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    before = room(widget)
    with text_size(20):
        QApplication.processEvents()
        larger = make()
        qtbot.addWidget(larger)
        assert room(widget) == room(larger) > before
    QApplication.processEvents()
    assert room(widget) == before


@pytest.mark.parametrize("make", [MessageBar, NoteLine, partial(Fold, "More")], ids=["a report", "a note", "what is folded"])
def test_it_has_the_room_on_the_other_side_where_one_reads_from_right_to_left(
    qtbot: Any, make: Callable[[], MessageBar | NoteLine | Fold]
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    layout = widget.content if isinstance(widget, Fold) else _layout(widget)
    before = layout.contentsMargins()
    assert before.left() > before.right()

    widget.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    after = layout.contentsMargins()
    assert (after.left(), after.right()) == (before.right(), before.left())
