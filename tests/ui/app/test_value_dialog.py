"""A value of one's own from a row: foretold, set as far as it may be, taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_cautions_are_told_with_the_change(ui):
    ui.start(rss_kib=900_000, adj=200)
    ui.start(4300, name=b"Xorg", rss_kib=1_200_000)
    ui.scan()
    ui.changes.do("protect", ui.subject(), ui.assessment)
    assert "Note: the next victim would be a part of your session itself" in ui.popup.message.text


def test_any_value_is_foretold_set_and_taken_back(ui):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("value", ui.subject())
    dialog = ui.dialogs.dialog
    assert (dialog.value.value(), dialog.button.isEnabled()) == (200, False), "that is what it has"
    dialog.value.setValue(350)
    assert dialog.exact.button.text() == "Exact value: oom_score_adj +350"
    assert dialog.preview.text().startswith("Then the next victim is hog")
    assert "password" not in dialog.notes.text()
    ui.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert ui.adj() == 350
    ui.click(ui.popup.message, "Undo")
    assert ui.adj() == 200


def test_a_value_below_the_floor_goes_as_far_as_it_may_and_asks(ui):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("value", ui.subject())
    dialog = ui.dialogs.dialog
    dialog.value.setValue(-1000)
    assert dialog.value.value() == -999, "never is not offered"
    dialog.value.setValue(-321)
    assert "asks before going further" in dialog.notes.text()
    ui.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert ui.adj() == 0
    ui.click(ui.popup.message, "Use a password…")
    ui.qtbot.waitUntil(lambda: ui.adj() == -321, timeout=10_000)


def test_a_value_is_not_set_by_cancel(ui):
    ui.start(adj=200)
    ui.scan()
    ui.popup.menu.chosen.emit("value", ui.subject())
    ui.dialogs.dialog.value.setValue(5)
    ui.dialogs.dialog.reject()
    assert ui.adj() == 200
