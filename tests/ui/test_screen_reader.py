"""What a screen reader is told of each window: plain words, and of each choice what is chosen there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.config import Settings
from oomtray.risk.assessment import Assessment
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.popup import Popup
from tests.facts import desktops
from tests.ui import dialog_gallery

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def popup(assessment: Assessment, width: int) -> Popup:
    made = Popup(ChangeController(Settings().actions), Settings())
    made.resize(width, 640)
    made.open(None)
    made.show_assessment(assessment)
    return made


WINDOWS: dict[str, Callable[[], QWidget]] = {
    **{name: partial(popup, desktops.desktop(name), 640) for name in ("normal", "critical")},  # type: ignore[arg-type]
    "narrow": partial(popup, desktops.long_names(), 440),
    **dialog_gallery.SCENES,
}


class Told(NamedTuple):
    """What a screen reader is told of a part."""

    role: QAccessible.Role
    name: str
    description: str
    labels: list[str]


@pytest.fixture(params=WINDOWS)
def told(qtbot: Any, request: pytest.FixtureRequest) -> list[Told]:
    """Of all parts of a window."""
    window = WINDOWS[request.param]()
    qtbot.addWidget(window)
    window.show()
    for _ in range(4):
        QApplication.processEvents()
    return list(_within(QAccessible.queryAccessibleInterface(window)))


def _within(part: QAccessibleInterface) -> Iterator[Told]:
    labels = [label.text(QAccessible.Text.Name) for label, kind in part.relations() if kind == QAccessible.RelationFlag.Label]
    yield Told(part.role(), part.text(QAccessible.Text.Name), part.text(QAccessible.Text.Description), labels)
    for number in range(part.childCount()):
        child = part.child(number)
        if child is not None and child.isValid():
            yield from _within(child)


def test_nothing_is_told_as_markup(told: list[Told]) -> None:
    assert len(told) > 5
    assert [one for one in told if "<qt>" in one.name + one.description] == []


def test_each_choice_has_a_label(told: list[Told]) -> None:
    """What is chosen stands as its name; Orca says the label before that."""
    assert [one for one in told if one.role == QAccessible.Role.ComboBox and not any(one.labels)] == []
