"""The popup tells how the memory stands and who is next, and follows the desktop's colors."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.actions.escalate import Call
from oomtray.config import Settings
from oomtray.messages.card import CardWords, next_victim
from oomtray.risk.conditions import Condition
from oomtray.ui.popup.header import Header
from oomtray.ui.popup.memory_bar import MemoryBar
from oomtray.ui.popup.sparkline import Sparkline
from oomtray.ui.qt.labels import Elided
from tests.facts import desktops
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.looks import looks
from tests.ui.parts import texts, the
from tests.ui.popup.using import footer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_it_says_how_the_memory_stands(popup):
    popup.show_assessment(desktops.desktop("warning"))

    told = {label.text() for label in popup.header.children() if hasattr(label, "text")}

    assert told >= {"Memory is getting tight", "Losing 450 MiB a minute", "2.7 GiB", "left of 16 GiB"}


@pytest.mark.parametrize(
    ("age", "says"),
    [
        pytest.param(3.0, "Losing 450 MiB a minute", id="at the pace that one expects"),
        pytest.param(6.2, "Numbers are 6 s old", id="older than that"),
        pytest.param(75.0, "Numbers are 1 min old", id="much older"),
    ],
)
def test_numbers_that_are_older_than_one_expects_say_how_old_they_are(popup, age, says):
    popup.show_assessment(desktops.desktop("warning"), read_at=time.monotonic() - age)

    assert says in texts(popup.header)


def test_they_grow_older_on_screen_and_new_ones_need_no_age(popup, qtbot):
    popup.show_assessment(desktops.desktop("warning"), read_at=time.monotonic() - 3.5)
    assert "Losing 450 MiB a minute" in texts(popup.header)
    qtbot.waitUntil(lambda: "Numbers are 4 s old" in texts(popup.header))

    popup.show_assessment(desktops.desktop("warning", step=1), read_at=time.monotonic())

    assert "Losing 450 MiB a minute" in texts(popup.header)


def test_it_says_who_is_next(popup):
    told = {label.text() for label in popup.card.children() if hasattr(label, "text")}

    assert told >= {
        "If memory ran out now, the kernel would kill",
        "firefox",
        "Web Content, one of 12 processes, frees at most 1.7 GiB",
        "then code, Chromium, cc1plus",
    }


def words(assessment, name="it", others=()) -> CardWords:
    return next_victim(assessment, name, others, assessment.apps[0])


def test_what_is_hidden_and_what_ends_with_it_is_said():
    told = words(desktops.incomplete())

    assert told.lead[0] == "Of the processes that you can see, the kernel would kill first"
    assert told.detail[0] == "all its 12 processes"


@pytest.mark.parametrize("count", [1, 6])
def test_no_wording_of_what_a_death_frees_is_a_bare_figure(count):
    found = desktops.close(1, "critical")
    app = replace(found.apps[0], members=found.apps[0].members * count)

    details = next_victim(found, "blender", (), app).detail

    assert details[-2:] == ("frees at most 1.3 GiB", "frees ≤ 1.3 GiB")


@pytest.mark.parametrize(
    ("panic", "name", "sysctl"),
    [
        (True, "The whole computer would stop", "panic_on_oom"),
        (False, "Whoever asks for memory is killed", "oom_kill_allocating_task"),
    ],
)
def test_where_the_order_is_void_nobody_is_named(panic, name, sysctl):
    told = words(desktops.void(panic), "firefox")

    assert (told.name[0], told.foot, told.detail) == (name, (f"vm.{sysctl} is set",), ())


@pytest.mark.parametrize(
    ("others", "names"),
    [
        (("krita",), ("blender or krita", "blender or 1 other")),
        (("krita", "gimp"), ("blender or 2 others",)),
    ],
)
def test_candidates_too_close_to_tell_apart_are_named(others, names):
    told = words(desktops.close(), "blender", others)

    assert (told.name, told.detail) == (names, ("too close to tell",))


def test_candidates_of_the_same_name_have_their_pids_and_the_button_says_whom_it_means(popup):
    popup.show_assessment(desktops.namesakes())

    card = popup.card
    assert any("pytest (500) or pytest (501)" in text for text in texts(card))
    assert "Let others be killed before pytest (500)" in the(QPushButton, card, "Protect pytest (500)").toolTip()


def test_one_whose_name_nothing_else_has_has_none(popup):
    popup.show_assessment(desktops.close(2))

    assert any("blender or krita" in text for text in texts(popup.card))


def test_every_part_has_a_name_for_a_screen_reader(popup):
    parts = [popup.table, popup.table.header(), the(MemoryBar, popup), the(Sparkline, popup), footer(popup).edit]

    assert all(part.accessibleName() for part in parts)
    assert the(MemoryBar, popup).accessibleDescription() == "52 % used, stall 0.0 %, Warning from 80 % used, Critical from 90 % used"


@pytest.mark.parametrize("colors", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
def test_every_text_stands_out_from_its_ground(qapp, colors):
    from oomtray.ui.qt import colors as ours

    made = palette(colors)
    for on_base in (False, True):
        found = ours.of(made, on_base=on_base)
        for text in (found.text, found.muted, found.amber_text, found.red_text):
            assert ours.contrast(text, found.ground) >= 4.5
        for wash in (found.calm_wash, found.amber_wash, found.red_wash, found.selected):
            assert ours.contrast(found.text, wash) >= 4.5
            assert ours.contrast(found.muted, wash) >= 3


def test_it_follows_the_desktop_into_the_dark(popup):
    with looks(DARK):
        QApplication.processEvents()
        picture = popup.grab().toImage()
        assert picture.pixelColor(4, 4).lightness() < 80
        assert popup.table.palette().color(QPalette.ColorRole.Base).lightness() < 80


def test_the_focus_is_seen(popup):
    popup.table.setCurrentIndex(popup.model.index(0, 0))
    QApplication.sendEvent(popup.table, QFocusEvent(QEvent.Type.FocusIn))
    row = popup.table.visualRect(popup.model.index(0, 0))

    picture = popup.table.viewport().grab().toImage()

    from oomtray.ui.qt import colors as ours

    assert (
        ours.contrast(picture.pixelColor(1, row.center().y()), ours.of(popup.palette(), on_base=True).ground)
        > 1.1
    )


def test_what_comes_and_goes_moves_no_row(popup, qtbot):
    popup.show_assessment(desktops.desktop())
    popup.open(None)
    qtbot.waitExposed(popup)
    top = popup.table.mapTo(popup, QPoint(0, 0)).y()
    popup.message.complain("Something that could not be done, told at a length that takes more than a line of it")
    popup.set_notices(["config.toml, line 3: levels.bogus is unknown"])
    QApplication.sendPostedEvents()
    assert popup.table.mapTo(popup, QPoint(0, 0)).y() == top
    assert popup.message.isVisible()


def noted():
    """The same with something to say besides."""
    return replace(desktops.desktop(), conditions=(Condition("no-swap"),))


def test_a_note_waits_while_somebody_points_at_a_row(popup):
    popup.table.pointed.emit(True)
    popup.show_assessment(noted())
    assert not popup.note_line.isVisible()

    popup.table.pointed.emit(False)
    assert popup.note_line.isVisible()


def test_the_popup_and_its_card_keep_their_size_in_every_state(popup):
    popup.resize(520, 600)
    before = popup.size(), popup.card.height(), popup.header.height()
    for assessment in (
        desktops.desktop("critical"), desktops.close(), desktops.incomplete(), desktops.void(), desktops.watched(),
        desktops.long_names(), noted(),
    ):  # fmt: skip
        popup.show_assessment(assessment)
        QApplication.processEvents()
        assert (popup.size(), popup.card.height(), popup.header.height()) == before


@pytest.mark.parametrize("code", [0, 126], ids=["given", "dismissed"])
def test_the_menu_offers_to_forget_a_permission_only_where_one_may_be_kept(popup, code):
    popup.changes.permission.heard(Call("own", (), b"", ()), code)
    popup.show()
    footer(popup).more.click()
    assert footer(popup).forget.isVisible() is (code == 0)
    footer(popup).more_menu.close()


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_menu_of_the_rest_stays_within_the_window(popup, mirrored):
    popup.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    popup.move(100, 100)
    QApplication.processEvents()

    footer(popup).more.click()

    menu, window = footer(popup).more_menu.geometry(), popup.geometry()
    assert window.left() <= menu.left()
    assert menu.right() <= window.right()
    footer(popup).more_menu.close()


@pytest.mark.parametrize("points", [10, 14])
@pytest.mark.parametrize("level", ["normal", "warning", "critical"])
def test_the_headline_is_never_cut(qtbot, level, points):
    header = Header()
    qtbot.addWidget(header)
    font = header.font()
    font.setPointSizeF(points)
    header.setFont(font)
    header.restyle()
    header.show_assessment(desktops.desktop(level), Settings().levels, paused=False)
    header.resize(408, header.sizeHint().height())
    header.grab()  # lays it out
    headline = next(part for part in header.findChildren(Elided) if part.text().startswith("Memory is"))

    assert headline.shown == headline.text()
