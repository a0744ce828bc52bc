"""A row's menu in the popup, what is done by it, and the message that tells of it."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.config import Presets, StepIn
from oomtray.ui.controllers.report import Report, undo_offer
from oomtray.ui.controllers.row_actions import Subject
from tests.facts import MIB, desktops
from tests.facts.processes import NO_MEMORY, kernel_thread, process
from tests.ui.looks import looks
from tests.ui.parts import entries, the
from tests.ui.popup.using import footer, names, open_menu, overtaken
from tests.ui.reports import UNDO, offers
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen there is nothing to raise a window above."""


def test_the_menu_says_beforehand_what_each_would_bring(popup):
    menu = open_menu(popup, 0)

    assert entries(menu) == [
        "firefox · 12 processes",
        "Protect — next: code",
        "Deprioritize — already first",
        "Reset — never changed",
        "End — frees at most 4.5 GiB",
        "Force kill…",
        "Explain",
        "Details",
        "More",
    ]
    assert entries(menu.more)[:3] == ["Protect strongly", "Deprioritize strongly", "Set a value…"]
    assert menu.more.actions()[0].statusTip().startswith("next: code\n")
    assert [one for one in entries(menu.more) if one != "Mark as expendable"][-2:] == ["Always deprioritize…", "Copy"]  # root has no such
    menu.close()


@pytest.mark.parametrize(
    ("reasons", "says", "why"),
    [
        pytest.param((), "Reset — never changed", "OOM Tray never changed it", id="nothing was changed"),
        pytest.param(("adj-set-by-rule",), "Reset — set by your rule", "your rule set it", id="a rule did it"),
    ],
)
def test_where_there_is_nothing_to_go_back_to_it_says_why(popup, reasons, says, why):
    found = desktops.desktop()
    risk = replace(found.risks[0], reasons=reasons)
    popup.menu.fill(Subject.of_process(risk), found, Presets(), {}, StepIn(), asking=False)

    reset = next(action for action in popup.menu.actions() if action.data() == "reset")

    assert (reset.text(), reset.isEnabled()) == (says, False)
    assert why in reset.toolTip()


@pytest.mark.parametrize(
    ("beyond", "why"),
    [
        pytest.param(kernel_thread(3), "Never killed: part of the kernel", id="kernel thread"),
        pytest.param(process(60, name="sleep", state="Z", oom_score=0, **NO_MEMORY), "Ended already", id="zombie"),
    ],
)
def test_what_cannot_be_done_says_why(popup, beyond, why):
    found = desktops.judged((process(50), beyond))
    risk = next(one for one in found.risks if one.process.pid == beyond.pid)
    popup.menu.fill(Subject.of_process(risk), found, Presets(), {}, StepIn(), asking=False)

    off = [action for action in (*popup.menu.actions()[2:], *popup.menu.more.actions()) if action.text() and not action.isEnabled()]

    assert [action.text() for action in off][:4] == [
        "Protect — can't be changed", "Deprioritize — can't be changed", "Reset — can't be changed", "End — can't be ended"
    ]  # fmt: skip
    assert len(off) >= 8
    assert all(why in action.statusTip() and why in action.toolTip() for action in off)


def test_the_number_of_processes_gives_way_to_a_name_that_fits_alone(popup):
    unit = f"{desktops.USER}/app.slice/app-gnome-VisualStudioCodium-1.scope"
    made = tuple(process(50 + n, name="codium", cgroup=unit, unit_cgroup=unit, rss=300 * MIB) for n in range(3))

    popup.show_assessment(desktops.judged(made))
    menu = open_menu(popup, 0)

    assert entries(menu)[0] == "VisualStudioCodium"
    assert menu.actions()[0].statusTip() == "VisualStudioCodium · 3 processes"
    menu.close()


def test_what_each_would_bring_ends_where_the_menu_does(popup):
    menu = open_menu(popup, 0)
    picture = menu.grab().toImage()
    said = [action for action in menu.actions() if " — " in action.text() or " · " in action.text()]

    ends = {last_ink(picture, menu.actionGeometry(action).adjusted(8, 3, -8, -3)) for action in said}

    assert len(said) == 5
    assert max(ends) - min(ends) <= 3  # letters end a little before their advance
    menu.close()


@pytest.mark.parametrize(("points", "least", "most"), [(10, 11, 16), (18, 17, 28)])
def test_a_shape_grows_with_the_text_beside_it_and_takes_its_ink(open_popup, points, least, most):
    with looks(style="Fusion"):
        with text_size(points):
            menu = open_menu(open_popup(), 1)
        protect = menu.actions()[2]
        menu.setActiveAction(protect)
        box, picture = menu.actionGeometry(protect), menu.grab().toImage()
        ground = picture.pixelColor(box.right() - 3, box.center().y())
        column = [picture.pixelColor(box.left() + box.height() // 2 - 5 + x, y) for x in range(10) for y in range(box.top() + 1, box.bottom())]
        inked = [y for n, y in enumerate([*range(box.top() + 1, box.bottom())] * 10) if abs(column[n].lightness() - ground.lightness()) > 60]
        assert least <= max(inked) - min(inked) + 1 <= most
        text = menu.palette().highlightedText().color()
        assert min(abs(one.lightness() - text.lightness()) for one in column) < 40
        menu.close()


def test_whom_the_menu_is_for_is_as_easy_to_read_as_what_it_offers(popup):
    menu = open_menu(popup, 0)
    picture, (head, _, offer, *_) = menu.grab().toImage(), menu.actions()
    darkest = [darkest_of(picture, menu.actionGeometry(action)) for action in (head, offer)]
    assert abs(darkest[0] - darkest[1]) < 16
    menu.close()


def last_ink(picture, box):
    """The rightmost column with something written in it."""
    ground = picture.pixelColor(box.right(), box.center().y())
    rows = range(box.top(), box.bottom())
    return max(x for x in range(box.left(), box.right()) if any(picture.pixelColor(x, y) != ground for y in rows))


def darkest_of(picture, box):
    return min(picture.pixelColor(x, y).lightness() for x in range(28, box.right() // 2) for y in range(box.top(), box.bottom()))


@pytest.mark.parametrize("shown", [desktops.desktop(), desktops.long_names(), desktops.watched()])
def test_no_menu_is_wider_than_280_pixels(popup, shown):
    popup.show_assessment(shown)
    for row in range(popup.model.rowCount()):
        if popup.table.subject(popup.model.index(row, 0)) is not None:
            menu = open_menu(popup, row)
            scale = max(1.0, QFontMetrics(menu.font()).height() / 19)
            assert max(menu.sizeHint().width(), menu.more.sizeHint().width()) <= 280 * scale
            menu.close()


@pytest.mark.parametrize("points", [10, 18])
def test_what_an_action_would_do_is_said_whole(popup, points):
    with text_size(points):
        popup.show_assessment(desktops.watched())
        row = next(row for row in range(popup.model.rowCount()) if popup.table.subject(popup.model.index(row, 0)).name == "cc1plus")
        popup.menu.setFont(QApplication.font())
        menu = open_menu(popup, row)
        assert [text for text in entries(menu) if "…" in text] == ["Force kill…"]
        menu.close()


def test_what_runs_in_the_same_memory_is_foreseen_with_it(qtbot, popup):
    """The kernel sets an oom_score_adj for all that share one memory: whoever protects one protects the other."""
    first, second = (popup.model.row_at(popup.model.index(n, 0)).risk.process.pid for n in (0, 1))
    popup.shared_memory.read = lambda processes: {first: (second,)} if first in {p.pid for p in processes} else None
    footer(popup).by_app.setChecked(False)
    alone = entries(open_menu(popup, 0))[1]
    popup.menu.close()

    menu = open_menu(popup, 0)

    qtbot.waitUntil(lambda: entries(menu)[1] != alone or "1 more process too" in menu.actions()[2].statusTip(), timeout=10_000)
    assert "Sets it for 1 more process too, which runs in the same memory." in menu.actions()[2].statusTip()
    menu.close()


@pytest.mark.parametrize("marked", [False, True])
def test_an_app_can_be_marked_as_expendable_and_the_menu_shows_that_it_is(popup, monkeypatch, marked):
    monkeypatch.setattr("os.getuid", lambda: 1000)
    popup.settings = replace(popup.settings, step_in=StepIn(expendable=("firefox",) if marked else ()))
    wanted = []
    popup.expendable_wanted.connect(lambda subject: wanted.append(subject.name))
    menu = open_menu(popup, 0)
    (entry,) = (action for action in menu.more.actions() if action.text() == "Mark as expendable")
    assert (entry.isCheckable(), entry.isChecked()) == (True, marked)
    entry.trigger()
    assert wanted == ["firefox"]
    menu.close()


def test_what_ending_gives_back_is_read_meanwhile_and_then_said(qtbot, popup):
    read = threading.Event()

    def slow(processes):
        assert threading.current_thread() is not threading.main_thread()
        read.wait(10)
        return len(processes) * 100 * MIB

    popup.gives_back.read = slow
    menu = open_menu(popup, 0)
    assert "End — frees at most 4.5 GiB" in entries(menu)
    read.set()
    qtbot.waitUntil(lambda: "End — frees about 1.2 GiB" in entries(menu), timeout=10_000)
    menu.close()


def test_where_it_can_t_be_read_the_upper_bound_stays(qtbot, popup):
    asked = []
    popup.gives_back.read = asked.append
    menu = open_menu(popup, 0)
    qtbot.waitUntil(lambda: bool(asked), timeout=10_000)
    QApplication.processEvents()
    assert "End — frees at most 4.5 GiB" in entries(menu)
    menu.close()


def test_what_would_change_nothing_is_offered_in_grey(popup):
    mysql = names(popup).index("mysql")

    menu = open_menu(popup, mysql)

    actions = [*menu.actions(), *menu.more.actions()]
    offered = {action.text().partition(" — ")[0]: action.isEnabled() for action in actions}
    assert (offered["Protect"], offered["Protect strongly"], offered["Reset"]) == (False, True, False)
    menu.close()


@pytest.mark.parametrize(
    ("text", "word"),
    [("Protect", "protect"), ("Deprioritize", "deprioritize"), ("End", "end")],
)
def test_a_choice_is_done_to_what_the_menu_was_opened_for(popup, text, word):
    menu = open_menu(popup, 0)
    popup.show_assessment(overtaken())

    next(action for action in menu.actions() if action.text().partition(" — ")[0] == text).trigger()

    assert popup.changes.asked == [(word, "firefox")]
    menu.close()


def test_copy_puts_one_harmless_line_on_the_clipboard(popup):
    footer(popup).by_app.setChecked(False)
    popup.show_assessment(desktops.long_names())
    menu = open_menu(popup, names(popup).index("evil\\x1b[31m\\n"))

    next(action for action in menu.more.actions() if action.text() == "Copy").trigger()

    line = QGuiApplication.clipboard().text()
    assert line.isprintable() or line.replace("\t", "").isprintable()
    assert line.split("\t")[:5] == ["evil\\x1b[31m\\n", "8001", "4", "11.3 %", "1.5 GiB"]
    menu.close()


def test_a_name_in_a_menu_hides_no_letter(popup):
    footer(popup).by_app.setChecked(False)
    popup.show_assessment(desktops.long_names())

    menu = open_menu(popup, names(popup).index("a_b&c_d"))

    assert entries(menu)[0] == "a_b&&c_d · 8003"
    menu.close()


def test_what_was_done_is_told_with_its_buttons(popup, qtbot):
    pressed = []
    popup.changes.reported.emit(Report("done", "Spotify: 3 processes deprioritized (oom_score_adj +300).", offers(UNDO, pressed=pressed)))
    assert popup.message.isVisible()

    popup.message.button(UNDO).click()

    assert pressed == [UNDO]
    assert not popup.message.isVisible()


def test_a_question_has_no_way_out_but_its_answers(popup):
    popup.message.tell(Report("ask", "End it by force?", offers("Force kill", "Cancel"), closable=False))

    assert not the(QPushButton, popup.message, "Dismiss").isVisible()
    assert popup.message.button("Force kill") is not None


def test_a_question_goes_with_the_window(popup):
    popup.message.tell(Report("ask", "End it by force?", offers("Force kill", "Cancel"), closable=False))
    popup.put_away()
    popup.open(None)

    assert not popup.message.isVisible()


NEWS, BACK = Report("part", "Not ended: slack.", offers("End")), Report("done", "slack protected.", (undo_offer(int),))


@pytest.mark.parametrize(
    ("report", "after", "stays"),
    [
        pytest.param(NEWS, 30, True, id="its offer may be wanted after a look at the app"),
        pytest.param(NEWS, 180, False, id="it is old"),
        pytest.param(BACK, 180, True, id="what was done can still be taken back"),
    ],
)
def test_what_was_seen_is_no_news_when_the_window_is_opened_again(popup, report, after, stays):
    now = [1000.0]
    popup.message.clock = lambda: now[0]
    popup.message.tell(report)
    popup.put_away()
    now[0] += after
    popup.open(None)

    assert popup.message.isVisible() == stays


def test_what_came_while_the_window_was_closed_is_news_at_any_age(popup):
    now = [1000.0]
    popup.message.clock = lambda: now[0]
    popup.put_away()
    popup.message.tell(NEWS)
    now[0] += 3600
    popup.open(None)

    assert popup.message.isVisible()
