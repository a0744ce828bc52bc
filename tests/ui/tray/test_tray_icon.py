"""The tray icon: its shape by level, its tooltip's sentence and its menu."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QSystemTrayIcon

from oomtray.config import Icon, Presets
from oomtray.messages import names
from oomtray.messages.victim import tooltip
from oomtray.risk.assess import with_apps
from oomtray.risk.assessment import Assessment
from oomtray.ui.controllers.row_actions import Subject, adjusting
from oomtray.ui.qt.plain_text import in_menu, without_markup
from oomtray.ui.tray import tray_icon
from oomtray.ui.tray.top_apps import TOP
from oomtray.ui.tray.tray_icon import TrayIcon
from tests.facts import MIB, desktops
from tests.facts.assessments import killer, victim
from tests.facts.processes import process
from tests.ui.gallery import DARK
from tests.ui.looks import looks
from tests.ui.parts import entries, submenus

pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged")
"""Offscreen there is no tray window whose change could be heard of."""


@pytest.fixture
def tray(qtbot):
    made = TrayIcon(Presets, exported=True, autostarts=lambda: True, grouped=with_apps)
    yield made
    made.remove()


@pytest.mark.parametrize(
    ("level", "state"), [("normal", "calm"), ("warning", "warning"), ("critical", "critical")]
)
def test_the_state_follows_the_level(tray, level, state):
    tray.show(desktops.desktop(level))

    assert tray.state == state


def test_paused_has_a_state_of_its_own_and_ends_where_the_memory_is(tray):
    tray.show(desktops.desktop("warning"))

    tray.set_paused(True)
    assert tray.state == "paused"
    tray.show(desktops.desktop("critical"))
    assert tray.state == "paused"

    tray.set_paused(False)
    assert tray.state == "critical"


@pytest.mark.parametrize(("desktop", "light"), [("sway", True), ("X-Cinnamon", True), ("KDE", False)])
def test_where_panels_are_dark_beside_light_windows_the_icon_is_light(tray, monkeypatch, desktop, light):
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    tray.show(desktops.desktop("warning"))
    tray.show(desktops.desktop("normal"))

    middle = tray.icon.icon().pixmap(22, 22).toImage().pixelColor(8, 6)

    assert middle.lightness() == pytest.approx(230 if light else 130, abs=15)


def test_the_panel_gets_another_icon_only_where_the_desktop_has_become_dark_or_light(tray, monkeypatch):
    sent = []
    monkeypatch.setattr(tray.icon, "setIcon", sent.append)
    tray.recolor()
    assert sent == []

    with looks(DARK):
        tray.recolor()
        tray.recolor()
    assert len(sent) == 1
    tray.recolor()
    assert len(sent) == 2


def test_a_dark_palette_is_followed_where_no_color_scheme_is_told(tray, monkeypatch):
    """On LXQt the icon had the color for the panel of before."""
    sent = []
    monkeypatch.setattr(tray.icon, "setIcon", sent.append)
    tray.follow_colors()

    with looks(DARK):
        assert len(sent) == 1


def test_the_tooltip_is_one_sentence(tray):
    tray.show(desktops.desktop("warning"))

    assert tray.icon.toolTip() == (
        "Memory is getting tight: 83 % used, 2.7 GiB left; next to be killed: firefox · Web Content"
    )


def with_left(assessment, left):
    memory = assessment.snapshot.memory._replace(available=left, reclaimable=0)
    return replace(assessment, snapshot=assessment.snapshot._replace(memory=memory))


def test_while_all_is_well_the_panel_gets_no_other_tooltip_for_hardly_any_memory(tray, monkeypatch):
    calm = desktops.desktop()
    left = calm.snapshot.memory.left
    tray.show(with_left(calm, left))
    first, told = tray.icon.toolTip(), []
    assert first.startswith("Memory is fine: about 52 % used, 7.7 GiB left")
    monkeypatch.setattr(tray.icon, "setToolTip", told.append)
    for moved in (180 * MIB, -180 * MIB):
        tray.show(with_left(calm, left + moved))
    assert told == []
    tray.show(with_left(calm, left - 400 * MIB))
    assert len(told) == 1
    assert "7.3 GiB left" in told[0]
    tray.show(with_left(calm, None))
    assert "unknown" in told[-1]
    tray.show(with_left(calm, left))
    assert told[-1] == first


def test_at_a_raised_level_the_tooltip_is_told_exactly(tray):
    tight = desktops.desktop("warning")
    left = tight.snapshot.memory.left
    tray.show(tight)
    tray.show(with_left(tight, left - 110 * MIB))
    assert "2.6 GiB left" in tray.icon.toolTip()


@pytest.mark.parametrize(
    ("assessment", "ends"),
    [
        pytest.param(desktops.close(), "; next to be killed: one of 3, such as blender", id="too close"),
        pytest.param(desktops.twins(), "; next to be killed: firefox", id="too close, but all of one app"),
        pytest.param(replace(desktops.twins(), apps=()), "; next to be killed: firefox", id="the same while no apps are asked for"),
        pytest.param(
            desktops.twins(name="Terminal", other="Terminal"), "; next to be killed: Terminal", id="of one name"
        ),
        pytest.param(
            desktops.namesakes(), "; next to be killed: one of 2, such as pytest", id="two apps of one name"
        ),
        pytest.param(
            desktops.twins(name="python3", other="python3"),
            "; next to be killed: one of 2, such as python3",
            id="an interpreter may run anything",
        ),
        pytest.param(
            desktops.void(), "; if it ran out now, the kernel would panic and the whole machine would stop", id="panic"
        ),
        pytest.param(
            desktops.void(panic=False),
            "; if it ran out now, the kernel would kill whichever process asked for memory at that moment",
            id="whoever asks",
        ),
    ],
)
def test_the_tooltip_claims_no_more_than_is_known(tray, assessment, ends):
    tray.show(assessment)

    assert tray.icon.toolTip() == f"Memory is getting tight: 83 % used, 2.7 GiB left{ends}"


def test_a_tooltip_holds_nothing_that_a_panel_could_take_for_markup():
    assert "<" not in without_markup(tooltip(desktops.long_names(), ""))


def test_the_menu_holds_everything(tray):
    tray.show(desktops.desktop())
    tray.menu.aboutToShow.emit()

    shown = entries(tray.menu)

    assert shown[0] == "Memory is fine · 52 % used"
    assert shown[1:3] == ["Would be killed first:", "firefox · ≤ 4.5 GiB"]
    assert {"Open", "Pause", "Start at login", "Quit"} <= set(shown)
    spoken_of = [action.text() for action in tray.menu.actions() if action.isVisible() and not action.isEnabled()]
    assert [text.rstrip("\u2003") for text in spoken_of] == shown[:2]


def with_earlier(found: Assessment, place: int | None) -> Assessment:
    """The same with a killer that acts before the kernel and takes the process at this place of the kernel's order."""
    chosen = None if place is None else victim(found.risks[place], killer="earlyoom")
    return replace(found, killers=(killer(name="earlyoom", victim=chosen), *found.killers))


@pytest.mark.parametrize(
    ("assessment", "caption"),
    [
        pytest.param(desktops.close(1), "Would be killed first:", id="sure"),
        pytest.param(
            desktops.close(3), "Would be killed first (3 too close to tell):", id="some too close"
        ),
        pytest.param(desktops.without(desktops.close(2), 502), "Would be killed first (too close to tell):", id="all"),
        pytest.param(with_earlier(desktops.desktop(), 0), "Would be killed first:", id="another killer takes the same"),
        pytest.param(with_earlier(desktops.desktop(), 9), "Highest badness:", id="another killer takes another"),
        pytest.param(with_earlier(desktops.desktop(), None), "Would be killed first:", id="whom another killer takes isn't known"),
        pytest.param(desktops.void(), "Highest badness:", id="nobody is killed"),
        pytest.param(desktops.void(panic=False), "Highest badness:", id="whoever asks is killed"),
    ],
)
def test_the_names_in_the_menu_stand_below_what_they_are(tray, assessment, caption):

    tray.show(assessment)
    tray.menu.aboutToShow.emit()

    assert entries(tray.menu)[1] == caption


def test_the_menu_is_as_long_before_the_names_are_known_as_afterwards(tray):
    """A panel draws a menu that is open while it grows with its end cut off."""
    before = entries(tray.menu)
    tray.menu.aboutToShow.emit()
    assert entries(tray.menu) == before
    assert all(not action.isEnabled() for action in tray.menu.actions() if action.text().startswith("…"))

    tray.show(desktops.desktop())

    after = entries(tray.menu)
    assert len(after) == len(before)
    assert not [text for text in after if text.startswith("…")]


def test_the_menu_has_room_for_a_long_name_before_any_is_known(tray):
    """A panel draws a name that came as the menu opened no wider than what it replaced."""
    tray.show(desktops.desktop())

    caption = next(action for action in tray.menu.actions() if action.text().startswith("Would be killed first:"))

    metrics = QFontMetrics(tray.menu.font())
    assert metrics.horizontalAdvance(caption.text()) > metrics.horizontalAdvance("Firefox Web Browser (12345) · 201 MiB")


def test_submenus_are_filled_before_the_menu_is_first_opened(tray):
    """A panel that has opened a menu can't make room in it any more; Plasma never asks a submenu what it holds."""
    tray.show(desktops.desktop())

    assert entries(submenus(tray.menu)[0])[:3] == [
        "Protect – next: code",
        "Deprioritize – already first",
        "End – frees at most 4.5 GiB",
    ]
    assert len(submenus(tray.menu)) == TOP


def test_the_menu_has_as_many_rows_as_there_are_apps_before_it_is_opened(tray):
    """A panel that is about to open a menu takes no room from it either: below the last row there was a gap."""
    full = desktops.desktop()
    tray.show(full)
    browser = next(app for app in full.apps if app.name == "firefox")
    assert len(browser.members) >= TOP

    tray.show(desktops.judged(tuple(risk.process for risk in browser.members)))

    assert len(submenus(tray.menu)) == 1


@pytest.mark.parametrize("idle", [False, True], ids=["while the popup has asked for apps", "while nobody looks"])
def test_the_menu_lists_the_apps_that_the_popup_lists_and_does_the_same_to_them(tray, idle):
    """It listed single processes under the names of their apps: protecting one left the others of its app next."""
    found = desktops.desktop()
    tray.show(as_while_nobody_looks(found) if idle else found)
    tray.menu.aboutToShow.emit()
    chosen: list[Subject] = []
    tray.chosen.connect(lambda _, subject: chosen.append(subject))

    for menu in submenus(tray.menu):
        menu.actions()[2].trigger()

    of_rows = [Subject.of_app(app) for app in found.apps[:TOP]]
    assert [(one.name, one.app, [*map(identity, one.risks)]) for one in chosen] == [
        (row.name, row.app, [*map(identity, row.risks)]) for row in of_rows
    ]
    for menu, row in zip(submenus(tray.menu), of_rows, strict=True):
        said = [f"{one.text} – {one.effect}" for one in adjusting(found, row, Presets(), ("protect", "deprioritize"))]
        assert [action.text() for action in menu.actions()[:2]] == [in_menu(text, exported=True) for text in said]


def as_while_nobody_looks(found):
    """Only the first rows are judged then, and no apps are asked for."""
    return replace(found, risks=found.risks[:10], apps=())


def identity(risk):
    return risk.process.identity


def test_the_menu_is_filled_with_names_that_were_learned_once_the_popup_closes(tray):
    """A panel makes a menu that it has opened no wider: longer names would be cut there."""
    shown = desktops.desktop()
    tray.show(shown)
    tray.set_popup_open(True)
    names.learn_app(next(app for app in shown.apps if app.name == "firefox"), "Firefox Web Browser")

    tray.set_popup_open(False)

    assert entries(tray.menu)[2] == "Firefox Web Browser · ≤ 4.5 GiB"


def test_the_menu_has_each_app_once_and_no_pid(tray):
    tray.show(desktops.desktop())

    named = [menu.title().rpartition(" · ")[0] for menu in submenus(tray.menu)]

    assert len({*named}) == TOP
    assert "(" not in "".join(named)


def test_processes_of_one_name_that_are_too_close_are_no_doubt_about_the_name(tray):
    unit = f"{desktops.USER}/app.slice/app-blender-1.scope"
    made = tuple(
        process(500 + n, name="blender", rss=1500 * MIB + n * 8192, rss_anon=1350 * MIB, cgroup=unit, unit_cgroup=unit)
        for n in range(2)
    )
    alike = desktops.judged(made)
    assert alike.victim is not None
    assert alike.victim.near

    tray.show(alike)

    assert entries(tray.menu)[1:3] == ["Would be killed first:", "blender · ≤ 2.6 GiB"]
    assert len(submenus(tray.menu)) == 1


def test_the_menu_asks_what_people_call_those_that_it_names_as_it_opens(qtbot):
    shown = desktops.desktop()

    def grouped(assessment):
        names.learn_app(next(app for app in assessment.apps if app.name == "firefox"), "Firefox")
        return assessment

    tray = TrayIcon(Presets, exported=True, autostarts=lambda: True, grouped=grouped)
    tray.show(shown)
    assert entries(tray.menu)[2].startswith("firefox"), "an icon that nobody clicks reads nothing"

    tray.menu.aboutToShow.emit()

    assert entries(tray.menu)[2] == "Firefox · ≤ 4.5 GiB"
    tray.remove()


def test_a_choice_names_the_app_that_the_menu_showed(tray, qtbot):
    tray.show(desktops.desktop())
    tray.menu.aboutToShow.emit()
    chosen: list = []
    tray.chosen.connect(lambda word, subject: chosen.append((word, subject.name, subject.first.process.pid)))

    submenus(tray.menu)[0].actions()[0].trigger()

    assert chosen == [("protect", "firefox", 4203)]


@pytest.mark.parametrize("text", ["Open", "Pause", "Start at login", "Quit"])
def test_each_switch_says_so(tray, qtbot, text):
    signal = {
        "Open": tray.opened,
        "Pause": tray.paused,
        "Start at login": tray.start_at_login,
        "Quit": tray.quitting,
    }

    with qtbot.waitSignal(signal[text]):
        next(action for action in tray.menu.actions() if action.text() == text).trigger()


@pytest.mark.parametrize(
    "reason", [QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick]
)
def test_a_click_toggles_the_popup(tray, qtbot, reason):
    with qtbot.waitSignal(tray.toggled):
        tray.icon.activated.emit(reason)


@pytest.mark.parametrize("exported", [True, False], ids=["a panel that draws no menu", "Qt's own menu opens"])
def test_a_right_click_opens_the_popup_only_where_it_brings_no_menu(qtbot, exported):
    tray = TrayIcon(Presets, exported=exported, autostarts=lambda: True, grouped=with_apps)
    with qtbot.waitSignal(tray.toggled, raising=False, timeout=0) as toggled:
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert toggled.signal_triggered is exported
    tray.remove()


@pytest.mark.parametrize(
    ("name", "exported", "shown"),
    [
        pytest.param("a_b", True, "a__b", id="a panel takes _ for a key"),
        pytest.param("a_b", False, "a_b", id="Qt does not"),
        pytest.param("a&b", True, "a\uff06b", id="Qt would make a key of it"),
        pytest.param("a&b", False, "a&&b", id="& is doubled for Qt"),
    ],
)
def test_a_name_in_a_menu_keeps_its_letters(name, exported, shown):
    assert in_menu(name, exported=exported) == shown


@pytest.mark.parametrize(
    ("plugin", "shown"),
    [
        pytest.param(False, "plasma__session \uff06 more", id="Qt exports the menu"),
        pytest.param(True, "plasma_session && more", id="the desktop's plugin for Qt does, and escapes by itself"),
    ],
)
def test_the_menu_is_written_for_whoever_exports_it(qtbot, monkeypatch, plugin, shown):
    """On Plasma, with the system's Qt, the menu said plasma__session."""
    monkeypatch.setattr(tray_icon, "is_loaded", lambda *_: plugin)
    tray = TrayIcon(Presets, exported=True, autostarts=lambda: True, grouped=with_apps)
    tray.show(desktops.judged((process(pid=7, name="plasma_session & more", exe="/usr/bin/plasma_session & more", rss=2000 * MIB),)))

    assert submenus(tray.menu)[0].title().startswith(shown)
    tray.remove()


@pytest.mark.parametrize(("desktop", "told"), [("KDE", TOP), ("XFCE", 0)])
def test_plasma_is_told_what_the_submenus_hold_as_the_menu_opens(qtbot, monkeypatch, desktop, told):
    """It asked as it opened one, having placed it as an empty one: at the screen's edge the first was out of sight."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    tray = TrayIcon(Presets, exported=True, autostarts=lambda: True, grouped=with_apps)
    tray.show(desktops.desktop())
    changed = Added()
    for menu in submenus(tray.menu):
        menu.installEventFilter(changed)

    before = [[action.text() for action in menu.actions()] for menu in submenus(tray.menu)]
    tray.menu.aboutToShow.emit()

    assert len(changed.menus) == told
    assert [[action.text() for action in menu.actions()] for menu in submenus(tray.menu)] == before
    tray.remove()


class Added(QObject):
    """The menus to which an action was added."""

    def __init__(self):
        super().__init__()
        self.menus = set()

    def eventFilter(self, menu, event):
        if event.type() == QEvent.Type.ActionAdded:
            self.menus.add(menu)
        return False


def test_where_it_was_clicked_is_remembered(tray, monkeypatch):
    monkeypatch.setattr(tray_icon.QCursor, "pos", lambda: QPoint(700, 590))
    assert tray.clicked_at is None

    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)

    assert tray.clicked_at == QPoint(700, 590)


@pytest.mark.parametrize(("on_panel", "known"), [(True, QPoint(700, 590)), (False, None)])
def test_where_the_menu_opens_is_the_icon_if_it_is_on_a_panel(tray, monkeypatch, on_panel, known):
    """Panels ask for the menu also while nobody opens it."""
    monkeypatch.setattr(tray_icon.QCursor, "pos", lambda: QPoint(700, 590))
    monkeypatch.setattr(tray_icon, "is_on_panel", lambda _place: on_panel)

    tray.menu.aboutToShow.emit()

    assert tray.clicked_at == known


@pytest.mark.parametrize(
    ("exported", "shown"),
    [
        pytest.param(True, "OOM Tray", id="a panel that would show the id for an empty title"),
        pytest.param(False, "", id="Qt draws the tooltip"),
    ],
)
def test_no_sentence_covers_the_popup_while_it_is_open(qtbot, exported, shown):
    tray = TrayIcon(Presets, exported=exported, autostarts=lambda: True, grouped=with_apps)
    tray.show(desktops.desktop())
    told = tray.icon.toolTip()

    tray.set_popup_open(True)
    tray.show(desktops.desktop("warning"))
    assert tray.icon.toolTip() == shown

    tray.set_popup_open(False)
    assert tray.icon.toolTip().startswith("Memory is getting tight")
    assert told.startswith("Memory is fine")
    tray.remove()


def test_what_cannot_be_read_is_said(tray):
    tray.cannot_read("OSError: [Errno 5] <proc>")

    assert tray.icon.toolTip() == "The system can't be read, so nothing is known right now. OSError: [Errno 5] ‹proc›"


def test_what_cannot_be_read_has_a_state_of_its_own_until_it_can(tray):
    tray.show(desktops.desktop())
    tray.cannot_read("OSError")
    assert (tray.state, entries(tray.menu)[0]) == ("unreadable", "The system can't be read")

    tray.set_paused(True)
    tray.cannot_read("OSError")
    assert (tray.state, entries(tray.menu)[0]) == ("paused", "Paused")

    tray.set_paused(False)
    assert tray.state == "unreadable"

    tray.show(desktops.desktop("warning"))
    assert (tray.state, entries(tray.menu)[0]) == ("warning", "Memory is getting tight · 83 % used")


@pytest.mark.parametrize(
    ("age", "headline", "tooltip"),
    [
        (14.2, "Numbers are 14 s old", "No new readings: the numbers are 14 s old."),
        (190.0, "Numbers are 3 min old", "No new readings: the numbers are 3 min old."),
        (None, "Nothing has been read yet", "No readings so far, so nothing is known right now."),
    ],
)
def test_numbers_that_nothing_newer_follows_are_called_old(tray, age, headline, tooltip):
    tray.show(desktops.desktop())

    tray.show_stale(age)
    assert (tray.state, entries(tray.menu)[0], tray.icon.toolTip()) == ("unreadable", headline, tooltip)

    tray.show(desktops.desktop())
    assert (tray.state, entries(tray.menu)[0]) == ("calm", "Memory is fine · 52 % used")


def test_who_can_not_be_killed_is_not_in_the_menu(tray):
    tray.show(desktops.judged((process(50, oom_score_adj=-1000, oom_score=0), process(51))))
    tray.menu.aboutToShow.emit()

    assert [menu.title().split()[0] for menu in submenus(tray.menu)] == ["program51"]


def test_a_figure_is_waited_for(tray):
    tray.set_look(Icon(shows="percent"))
    assert tray.state == "calm"
    assert not tray.icon.icon().isNull()


def test_the_figure_follows_the_memory_also_within_a_level(tray):
    calm = desktops.desktop()
    tray.set_look(Icon(shows="percent"))
    pictures = set()
    for left in (8, 7):
        tray.show(with_left(calm, left << 30))
        pictures.add(bytes(tray.icon.icon().pixmap(22, 22).toImage().constBits()))

    assert (tray.state, len(pictures)) == ("calm", 2)


def test_the_figure_follows_the_memory_that_is_used(tray):
    def picture():
        return tray.icon.icon().pixmap(22, 22).toImage()

    tray.show(desktops.desktop())
    plain = picture()
    tray.set_look(Icon(shows="percent"))
    number = picture()
    tray.show(desktops.desktop("warning"))
    warned = picture()
    tray.set_look(Icon(symbolic=True))
    one_ink = picture()
    tray.set_look(Icon())
    tray.show(desktops.desktop())

    assert len({bytes(image.constBits()) for image in (plain, number, warned, one_ink)}) == 4
    assert picture() == plain
