"""The popup as a person uses it: pointer and keyboard, filter, menus, messages, coming and going."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QFocusEvent, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.config import Settings
from oomtray.messages import memory as words
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.popup import popup_window
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.frameless_window import beside
from oomtray.ui.popup.memory_bar import Gauge
from oomtray.ui.popup.popup import Popup
from oomtray.ui.popup.process_row import MEMORY, NAME
from oomtray.ui.popup.sparkline import Sparkline
from tests.facts import MIB, desktops
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.parts import entries, texts, the
from tests.ui.reports import UNDO, offers

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


class FakeController(ChangeController):
    """Remembers what it was asked to do; nothing of this machine is touched."""

    def __init__(self) -> None:
        super().__init__(Settings().actions)
        self.asked: list[tuple] = []

    def origins(self, subject):
        return {}, False

    def do(self, word, subject, assessment):
        self.asked.append((word, subject.name))


@pytest.fixture
def open_popup(qtbot):
    """Opens one; whose processes are "mine" is told by `uid`."""
    opened = []

    def opens(**whose):
        made = Popup(FakeController(), Settings(), **whose)
        opened.append(made)
        qtbot.addWidget(made)
        made.open(None)
        made.show_assessment(desktops.desktop())
        QApplication.processEvents()
        return made

    yield opens
    for made in opened:
        made.put_away()


@pytest.fixture
def popup(open_popup):
    return open_popup()


def footer(popup):
    return the(Footer, popup)


def turn_away(popup, monkeypatch):
    """As where another program's window has become active."""
    monkeypatch.setattr(popup, "isActiveWindow", lambda: False)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    QApplication.sendEvent(popup, QEvent(QEvent.Type.ActivationChange))
    QApplication.processEvents()


def names(popup):
    return [popup.model.index(n, NAME).data() for n in range(popup.model.rowCount())]


def enter(popup):
    where = QPointF(50, 50)
    QApplication.sendEvent(popup.table.viewport(), QEnterEvent(where, where, where))


def leave(popup):
    QApplication.sendEvent(popup.table.viewport(), QEvent(QEvent.Type.Leave))


def overtaken(name="spotify"):
    before = desktops.desktop()
    pid = next(p.pid for p in before.snapshot.processes if p.name == name)
    return desktops.grown(before, pid, 12_000 * MIB)


# what it says


def test_it_says_how_the_memory_stands(popup):
    popup.show_assessment(desktops.desktop("warning"))

    told = {label.text() for label in popup.header.children() if hasattr(label, "text")}

    assert told >= {"Memory is getting tight", "Lasts about 6 min at this rate", "83 % used", "2.7 GiB left"}


def test_it_says_who_is_next(popup):
    told = {label.text() for label in popup.card.children() if hasattr(label, "text")}

    assert told >= {
        "If memory ran out now, the kernel would kill",
        "firefox · Web Content (4203)",
        "would free about 1.7 GiB",
    }


def test_what_makes_that_uncertain_stands_below():
    told = words.next_victim(desktops.incomplete())

    assert [(note.shape, note.text) for note in told.notes] == [
        ("info", "this counts only the processes that you can see; others are hidden from you"),
        ("warning", "this ends the unit app-gnome-firefox-4200.scope with its 12 processes"),
    ]


@pytest.mark.parametrize(
    ("panic", "lead", "sysctl"),
    [
        (True, "If memory ran out now, the kernel would panic: the whole machine would stop", "panic_on_oom"),
        (
            False,
            "If memory ran out now, the kernel would kill whichever process asks for memory then",
            "oom_kill_allocating_task",
        ),
    ],
)
def test_where_the_order_is_void_nobody_is_named(panic, lead, sysctl):
    told = words.next_victim(desktops.void(panic))

    assert (told.lead, told.name, told.frees) == (lead, "", "")
    assert [note.text for note in told.notes] == [f"the order below decides nothing, as vm.{sysctl} is set"]


def test_candidates_too_close_to_tell_apart_are_named():
    told = words.next_victim(desktops.close())

    assert told.lead.endswith("the kernel would kill one of these")
    assert [note.text for note in told.notes] == ["or krita (501), gimp (502): too close to tell apart"]


def test_every_part_has_a_name_for_a_screen_reader(popup):
    parts = [popup.table, popup.table.header(), the(Gauge, popup), the(Sparkline, popup), footer(popup).edit]

    assert all(part.accessibleName() for part in parts)
    assert the(Gauge, popup).accessibleDescription() == "52 % used, swap 25 % · stall 0.0 %"


# rows that keep still


def test_rows_keep_still_under_the_pointer_and_follow_when_it_leaves(popup):
    enter(popup)
    popup.show_assessment(overtaken())
    assert names(popup)[0] == "firefox"

    leave(popup)
    assert names(popup)[0] == "spotify"


def test_rows_keep_still_while_a_menu_is_open(popup, qtbot):
    open_menu(popup, 0)
    popup.show_assessment(overtaken())
    assert names(popup)[0] == "firefox"

    popup.menu.close()
    qtbot.waitUntil(lambda: names(popup)[0] == "spotify")


def test_an_opening_popup_has_its_rows_in_order_whatever_the_pointer_does(popup):
    enter(popup)
    popup.hide()

    popup.open(None)
    popup.show_assessment(overtaken())

    assert names(popup)[0] == "spotify"


# keyboard


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_menu_of_the_current_row(popup, qtbot, key):
    popup.table.setCurrentIndex(popup.model.index(1, 0))

    qtbot.keyClick(popup.table, key)

    assert popup.menu.isVisible()
    assert popup.menu.actions()[0].text() == "code (8 processes)"
    popup.menu.close()


def test_the_menu_key_does_too(popup):
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))

    QApplication.sendEvent(popup.table.viewport(), event)

    assert popup.menu.isVisible()
    popup.menu.close()


def test_arrows_open_an_app_and_walk_through_it(popup, qtbot):
    popup.table.setCurrentIndex(popup.model.index(0, 0))

    qtbot.keyClick(popup.table, Qt.Key.Key_Right)
    qtbot.keyClick(popup.table, Qt.Key.Key_Down)

    assert popup.table.currentIndex().data() == "Web Content"


def test_typing_into_the_table_filters(popup, qtbot):
    for letter in "spot":
        qtbot.keyClick(QApplication.focusWidget() or popup.table, letter)

    assert footer(popup).edit.text() == "spot"
    assert names(popup) == ["spotify"]


def test_escape_empties_the_filter_first_and_closes_then(popup, qtbot):
    footer(popup).edit.setText("spot")

    qtbot.keyClick(footer(popup).edit, Qt.Key.Key_Escape)
    assert (footer(popup).edit.text(), popup.isVisible()) == ("", True)

    qtbot.keyClick(footer(popup).edit, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_down_leads_from_the_filter_into_the_rows(popup, qtbot):
    footer(popup).focus_filter()

    qtbot.keyClick(footer(popup).edit, Qt.Key.Key_Down)

    assert popup.focusWidget() is popup.table


@pytest.mark.parametrize(
    ("typed", "mine", "by_app", "says"),
    [
        pytest.param("zzz", False, True, 'No app or process is called "zzz"', id="apps"),
        pytest.param("ZzZ ", False, True, 'No app or process is called "ZzZ"', id="as it was typed"),
        pytest.param("zzz", False, False, 'No process is called "zzz"', id="processes"),
        pytest.param("999999", False, True, 'No app or process is called "999999" or has this pid', id="pid"),
        pytest.param("mysql", True, True, 'None of yours is called "mysql"', id="another user's"),
        pytest.param("", True, True, "None of these is yours", id="nothing mine"),
        pytest.param("z" * 99, False, True, f'No app or process is called "{"z" * 39}…"', id="long"),
        pytest.param("spot", False, True, "", id="something"),
    ],
)
def test_an_empty_list_says_why(open_popup, typed, mine, by_app, says):
    popup = open_popup(uid=1000 if typed else 4711)
    footer(popup).by_app.setChecked(by_app)
    footer(popup).mine.setChecked(mine)

    footer(popup).edit.setText(typed)

    assert popup.table.accessibleDescription() == says
    assert bool(popup.model.rowCount()) == (not says)
    assert not is_blank(popup.table)
    footer(popup).edit.clear()
    footer(popup).mine.setChecked(False)
    assert popup.table.accessibleDescription() == ""


def is_blank(table):
    seen = table.viewport().grab().toImage()
    blank = seen.copy()
    blank.fill(table.palette().color(QPalette.ColorRole.Base))
    return seen == blank


def is_open(popup, name):
    return popup.table.isExpanded(popup.model.index(names(popup).index(name), 0))


def test_an_app_that_was_found_by_its_process_opens_while_the_filter_stands(popup):
    footer(popup).edit.setText("rust-an")
    assert is_open(popup, "code")

    footer(popup).edit.clear()
    assert not is_open(popup, "code")


def test_an_app_that_was_found_by_its_name_stays_closed(popup):
    footer(popup).edit.setText("firefox")

    assert not is_open(popup, "firefox")


def test_what_the_user_has_opened_is_open_again_after_a_filter(popup):
    popup.table.expand(popup.model.index(names(popup).index("firefox"), 0))

    footer(popup).edit.setText("rust-an")
    footer(popup).edit.clear()

    assert is_open(popup, "firefox")
    assert not is_open(popup, "code")


def test_what_the_user_closes_while_a_filter_stands_stays_closed_at_the_next_scan(popup):
    footer(popup).edit.setText("rust-an")
    popup.table.collapse(popup.model.index(0, 0))

    popup.show_assessment(overtaken())

    assert not is_open(popup, "code")


# actions


def open_menu(popup, row):
    found = popup.table.subject(popup.model.index(row, 0))
    popup.table.menu_wanted.emit(found, QPoint(0, 0))
    return popup.menu


def test_the_menu_says_beforehand_what_each_would_bring(popup):
    menu = open_menu(popup, 0)

    shown = entries(menu)
    assert [text for text in shown if not text.endswith("app…")][:9] == [
        "firefox (12 processes)",
        "Protect\tthen code is next, frees about 193 MiB",
        "Protect strongly\tthen code is next, frees about 193 MiB",
        "Deprioritize (kill this first)\tis still next",
        "First to go\tis still next",
        "Set a value…",
        "Reset",
        "End\tfrees about 4.5 GiB",
        "Force kill…",
    ]
    menu.close()


def test_what_would_change_nothing_is_offered_in_grey(popup):
    mysql = names(popup).index("mysql")

    menu = open_menu(popup, mysql)

    offered = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions()}
    assert (offered["Protect"], offered["Protect strongly"], offered["Reset"]) == (False, True, False)
    menu.close()


@pytest.mark.parametrize(
    ("text", "word"),
    [("Protect", "protect"), ("Deprioritize (kill this first)", "deprioritize"), ("End", "end")],
)
def test_a_choice_is_done_to_what_the_menu_was_opened_for(popup, text, word):
    menu = open_menu(popup, 0)
    popup.show_assessment(overtaken())

    next(action for action in menu.actions() if action.text().partition("\t")[0] == text).trigger()

    assert popup.changes.asked == [(word, "firefox")]
    menu.close()


def test_copy_puts_one_harmless_line_on_the_clipboard(popup):
    footer(popup).by_app.setChecked(False)
    popup.show_assessment(desktops.long_names())
    menu = open_menu(popup, names(popup).index("evil\\x1b[31m\\n"))

    next(action for action in menu.actions() if action.text() == "Copy").trigger()

    line = QGuiApplication.clipboard().text()
    assert line.isprintable() or line.replace("\t", "").isprintable()
    assert line.split("\t")[:3] == ["evil\\x1b[31m\\n", "8001", "4"]
    menu.close()


def test_a_name_in_a_menu_hides_no_letter(popup):
    footer(popup).by_app.setChecked(False)
    popup.show_assessment(desktops.long_names())

    menu = open_menu(popup, names(popup).index("a_b&c_d"))

    assert entries(menu)[0] == "a_b&&c_d (8003)"
    menu.close()


def test_what_was_done_is_told_with_its_buttons(popup, qtbot):
    pressed = []
    popup.changes.reported.emit(Report("done", "Spotify: 3 processes set to +300.", offers(UNDO, pressed=pressed)))
    assert popup.message.isVisible()

    popup.message.button(UNDO).click()

    assert pressed == [UNDO]
    assert not popup.message.isVisible()


def test_a_question_has_no_way_out_but_its_answers(popup):
    popup.message.tell(Report("ask", "End it by force?", offers("Force kill", "Cancel"), closable=False))

    assert not the(QPushButton, popup.message, "Dismiss").isVisible()
    assert popup.message.button("Force kill") is not None


# coming and going


def test_it_closes_when_the_user_turns_elsewhere(popup, monkeypatch):
    turn_away(popup, monkeypatch)

    assert not popup.isVisible()


@pytest.mark.parametrize("keeps", ["busy", "standalone"])
def test_it_stays_while_a_password_is_asked_for_and_where_it_is_the_only_window(popup, monkeypatch, keeps):
    if keeps == "busy":
        popup.changes.busy.emit(True)
    else:
        popup.show_as_window("No panel here shows tray icons.")

    turn_away(popup, monkeypatch)

    assert popup.isVisible()


def test_the_click_that_took_the_focus_away_does_not_open_it_again(popup, monkeypatch):
    turn_away(popup, monkeypatch)

    popup.toggle(None)

    assert not popup.isVisible()


@pytest.fixture
def clock(monkeypatch):
    """The time that clicks come at, in seconds."""

    class Clock:
        now = 1000.0

        def __call__(self):
            return self.now

    made = Clock()
    monkeypatch.setattr(popup_window.time, "monotonic", made)
    return made


@pytest.mark.parametrize("shown", [True, False], ids=["open before", "closed before"])
def test_a_double_click_counts_as_one(popup, clock, shown):
    popup.setVisible(shown)

    popup.toggle(None)
    clock.now += 0.2
    popup.toggle(None)

    assert popup.isVisible() is not shown


def test_two_clicks_that_are_no_double_click_open_and_close_it(popup, clock):
    popup.hide()

    popup.toggle(None)
    assert popup.isVisible()
    clock.now += 1
    popup.toggle(None)
    assert not popup.isVisible()


def test_a_panel_that_comes_late_leaves_the_open_window_where_it_is(popup, qtbot, monkeypatch):
    popup.show_as_window("No panel here shows tray icons.")

    popup.show_as_window(None)
    turn_away(popup, monkeypatch)

    assert popup.isVisible()
    assert popup.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Window
    assert texts(popup) == []

    with qtbot.waitSignal(popup.closed):
        popup.close()
    assert popup.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Tool


def test_a_window_without_a_tray_says_why(popup):
    popup.show_as_window("No panel here shows tray icons.")

    assert "▲ No panel here shows tray icons." in texts(popup)
    assert popup.windowFlags() & Qt.WindowType.WindowType_Mask == Qt.WindowType.Window


def test_size_order_and_mode_are_remembered(popup, qtbot):
    popup.resize(700, 720)
    footer(popup).by_app.setChecked(False)
    footer(popup).mine.setChecked(True)
    popup.table.sort_by(MEMORY, True)
    popup.hide()

    again = Popup(FakeController(), Settings())
    qtbot.addWidget(again)

    assert (again.width(), again.height()) == (700, 720)
    assert (again.model.by_app, again.model.mine, again.model.sorting) == (False, True, (MEMORY, True))


def test_a_column_of_amounts_is_sorted_largest_first(popup):
    popup.table.sort_by(MEMORY, False)

    assert popup.model.sorting == (MEMORY, True)


SCREEN, PANEL_BELOW = QRect(0, 0, 1280, 800), QRect(0, 0, 1280, 768)


@pytest.mark.parametrize(
    ("anchor", "free", "place"),
    [
        pytest.param(QRect(1240, 770, 24, 24), PANEL_BELOW, (714, 122), id="panel below, at the right"),
        pytest.param(QRect(640, 770, 24, 24), PANEL_BELOW, (371, 122), id="panel below, in the middle"),
        pytest.param(QRect(1240, 4, 24, 24), QRect(0, 32, 1280, 768), (714, 38), id="panel above"),
        pytest.param(QRect(2, 700, 24, 24), QRect(32, 0, 1248, 800), (38, 54), id="panel at the left"),
    ],
)
def test_it_opens_beside_the_icon_and_on_the_screen(anchor, free, place):
    found = beside(anchor, QSize(560, 640), SCREEN, free)

    assert (found.x(), found.y()) == place


def test_what_is_on_screen_is_read_anew_at_each_scan(popup, qtbot):
    qtbot.waitUntil(lambda: bool(popup.attention(paused=False).watch))

    attention = popup.attention(paused=False)

    assert attention.open
    assert attention.top is None
    assert {4200, 4203} <= attention.watch


# looks


@pytest.mark.parametrize("colours", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
def test_every_text_stands_out_from_its_ground(qapp, colours):
    from oomtray.ui.qt import colours as ours

    made = palette(colours)
    for on_base in (False, True):
        found = ours.of(made, on_base=on_base)
        for text in (found.text, found.muted, found.amber_text, found.red_text):
            assert ours.contrast(text, found.ground) >= 4.5
        for wash in (found.calm_wash, found.amber_wash, found.red_wash, found.selected):
            assert ours.contrast(found.text, wash) >= 4.5
            assert ours.contrast(found.muted, wash) >= 3


def test_it_follows_the_desktop_into_the_dark(popup, qapp):
    before = qapp.palette()
    qapp.setPalette(palette(DARK))
    try:
        QApplication.processEvents()
        picture = popup.grab().toImage()
        assert picture.pixelColor(4, 4).lightness() < 80
        assert popup.table.palette().color(QPalette.ColorRole.Base).lightness() < 80
    finally:
        qapp.setPalette(before)


def test_the_focus_is_seen(popup):
    popup.table.setCurrentIndex(popup.model.index(0, 0))
    QApplication.sendEvent(popup.table, QFocusEvent(QEvent.Type.FocusIn))
    row = popup.table.visualRect(popup.model.index(0, 0))

    picture = popup.table.viewport().grab().toImage()

    from oomtray.ui.qt import colours as ours

    assert (
        ours.contrast(picture.pixelColor(1, row.center().y()), ours.of(popup.palette(), on_base=True).ground)
        > 1.1
    )


def test_what_comes_and_goes_moves_no_row(popup, qtbot):
    popup.show_assessment(desktops.desktop())
    popup.open(None)
    qtbot.waitExposed(popup)
    top = popup.table.mapTo(popup, QPoint(0, 0)).y()
    popup.complain("Something that could not be done, told at a length that takes more than a line of it")
    popup.set_notices(["config.toml, line 3: levels.bogus is unknown"])
    QApplication.sendPostedEvents()
    assert popup.table.mapTo(popup, QPoint(0, 0)).y() == top
    assert popup.message.isVisible()


def test_a_note_of_the_card_waits_while_somebody_points_at_a_row(popup, qtbot):
    plain, close = desktops.desktop(), desktops.close()
    assert bool(words.next_victim(close).notes) is not bool(words.next_victim(plain).notes), "else nothing would move"
    popup.show_assessment(plain)
    popup.open(None)
    qtbot.waitExposed(popup)
    height = popup.card.sizeHint().height()
    popup.table.pointed.emit(True)
    popup.show_assessment(close)
    assert popup.card.sizeHint().height() == height
    popup.table.pointed.emit(False)
    assert popup.card.sizeHint().height() > height
