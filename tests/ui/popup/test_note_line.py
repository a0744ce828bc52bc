"""The line below the card: what it says has the room that its buttons don't need."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from oomtray.ui.popup.note_line import NoteLine
from oomtray.ui.qt.buttons import LinkButton
from oomtray.ui.qt.labels import Elided
from tests.facts import desktops
from tests.ui.app.test_limit_notifications import group
from tests.ui.parts import the

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is no window manager."""


def test_at_the_least_width_the_first_of_two_limits_is_said_whole(popup):
    popup.resize(440, 600)
    tight = desktops.desktop("warning")
    popup.show_assessment(replace(tight, limits=(group(victim=tight.victim), group(path="/system.slice/redis.service"))))
    QApplication.processEvents()
    line = the(NoteLine, popup)
    said, buttons = the(Elided, line), line.findChildren(LinkButton)

    assert said.shown == said.text() == "nginx.service: 497 MiB of its own 512 MiB limit"
    assert [button.text() for button in buttons] == ["Show", "1 of 2"]
    assert all(button.isVisible() and min(button.width(), button.height()) >= 24 for button in buttons)


def test_it_shows_whom_a_note_is_about_and_turns_to_the_next(popup, qtbot):
    tight = desktops.desktop("warning")
    popup.show_assessment(replace(tight, limits=(group(victim=tight.victim), group(path="/system.slice/redis.service"))))
    line = the(NoteLine, popup)
    show, turn = line.findChildren(LinkButton)
    with qtbot.waitSignal(line.picked) as picked:
        show.click()
    assert picked.args[0].processes[0].pid == tight.victim.risk.process.pid

    turn.click()
    assert (the(Elided, line).text().partition(":")[0], turn.text()) == ("redis.service", "2 of 2")
    turn.click()
    assert (the(Elided, line).text().partition(":")[0], turn.text()) == ("nginx.service", "1 of 2")
