"""The details window: one process at a time, asked off the main thread, each unknown named, every name plain text."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QVBoxLayout, QWidget

from oomtray.kernel.process_facts import Command, Connection, Listing, ProcessFacts, Unread
from oomtray.kernel.process_handle import ProcessGone
from oomtray.kernel.users import login_name
from oomtray.messages.details import Line
from oomtray.risk.assessment import Assessment
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs import process_query
from oomtray.ui.dialogs.details_dialog import DetailsWindow
from oomtray.ui.dialogs.fact_rows import FactRows, _Fact
from oomtray.ui.qt.labels import Elided
from oomtray.ui.qt.layout import fill
from tests.facts import assessments, desktops
from tests.facts.process_facts import HOSTILE, STARTED, hostile, process_facts
from tests.facts.processes import process
from tests.rigs.processes.proc import start_time
from tests.rigs.processes.programs import wait_for
from tests.ui.tab_order import tour

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Told = ProcessFacts | OSError


class Asked:
    """Answers as a process would, on the thread that asks; with `held` only once that is set."""

    def __init__(self, *answers: Told) -> None:
        self.answers = list(answers)
        self.identities: list[tuple[int, int]] = []
        self.threads: set[int] = set()
        self.held = threading.Event()
        self.held.set()
        self.answered = 0

    def __call__(self, pid: int, start_time: int) -> tuple[ProcessFacts, str]:
        self.threads.add(threading.get_ident())
        self.identities.append((pid, start_time))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.held.wait(30)
        self.answered += 1
        if isinstance(answer, OSError):
            raise answer
        return answer, "ana"

    @property
    def idle(self) -> bool:
        return self.answered == len(self.identities)


@pytest.fixture
def open_(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., DetailsWindow]]:
    monkeypatch.setattr(process_query, "AGAIN_MS", 10)
    made = []

    def show(asked: Asked, subject: Subject | None = None, assessment: Assessment | None = None) -> DetailsWindow:
        assessment = assessment or desktops.desktop()
        subject = subject or Subject.of_process(assessment.apps[0].members[0])
        window = DetailsWindow(assessment, subject, read=asked, clock=lambda: STARTED + 2280)
        qtbot.addWidget(window)
        made.append(asked)
        window.show()
        return window

    yield show
    for asked in made:
        asked.held.set()
        wait_for(lambda: asked.idle, "the last answer")  # noqa: B023


def facts_of(window: DetailsWindow) -> list[str]:
    return window.rows.text.splitlines()


def test_facts_are_read_on_another_thread_and_shown(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    asked = Asked(process_facts())
    window = open_(asked)
    assert window.caption.text() == "Reading…"
    assert window.counts.text() == "Counts as 7.7 GiB", "what is known already is there at once"
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    assert threading.get_ident() not in asked.threads
    assert window.title.text() == "firefox"
    assert window.who.text() == "Web Content · process 4203 · ana · running for 38 min"
    assert window.place.text().startswith("number 1 of ")
    assert facts_of(window)[:2] == [
        "Command\t/usr/bin/python3 train.py --data /home/user/lab/set1 --workers 4",
        "Program\t/usr/bin/python3.13",
    ]


def test_it_opens_with_room_for_the_facts(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    """Wayland lets no window move up that has grown beyond the screen."""
    asked = Asked(process_facts())
    asked.held.clear()
    window = open_(asked)
    before = window.height()
    asked.held.set()
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    assert window.wanted_height(window.width()) - before in range(60)
    qtbot.waitUntil(lambda: window.height() == window.wanted_height(window.width()))


def test_a_real_process_is_read(qtbot: Any) -> None:
    child = subprocess.Popen(["sleep", "601"])
    try:
        of = process(child.pid, start_time=start_time(child.pid), name="sleep")
        assessment = assessments.assessment(risks=(assessments.risk(of=of, rank=1),))
        window = DetailsWindow(assessment, Subject.of_process(assessment.risks[0]))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(window.rows.isVisible, timeout=20_000)
        assert "Command\tsleep 601" in facts_of(window)
        assert f"User\t{login_name(os.geteuid())}" in facts_of(window)
        window.close()
    finally:
        child.kill()
        child.wait()


def test_numbers_stay_fresh_while_it_is_seen(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    asked = Asked(process_facts(threads=14), process_facts(threads=15))
    window = open_(asked)
    qtbot.waitUntil(lambda: "Threads\t15" in facts_of(window), timeout=10_000)
    window.close()
    qtbot.waitUntil(lambda: asked.idle, timeout=10_000)
    before = len(asked.identities)
    qtbot.wait(100)
    assert len(asked.identities) == before


def test_what_it_counts_follows_the_scans(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    assessment = desktops.desktop()
    window = open_(Asked(process_facts()), assessment=assessment)
    window.show_assessment(desktops.grown(assessment, 4203, 4 << 30))
    assert window.counts.text() == "Counts as 9.6 GiB"


def test_the_window_shows_what_was_asked_for_last(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    """An answer for another, which was slow to come, is not shown."""
    asked = Asked(process_facts(threads=1), process_facts(threads=2))
    asked.held.clear()
    subject = Subject.of_app(desktops.desktop().apps[0])
    window = open_(asked, subject)
    qtbot.waitUntil(lambda: len(asked.identities) == 1, timeout=10_000)
    qtbot.keyClick(window.members, Qt.Key.Key_Down)
    assert len(asked.identities) == 1, "one question at a time"
    asked.held.set()
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    assert asked.identities[1] == subject.risks[1].process.identity
    assert "Threads\t2" in facts_of(window)


def test_the_processes_of_an_app_are_chosen_from(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    asked = Asked(process_facts())
    assessment = desktops.desktop()
    subject = Subject.of_app(assessment.apps[0])
    window = open_(asked, subject, assessment)
    assert window.members.isVisible()
    assert window.members.count() == len(subject.risks) > 1
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    qtbot.keyClick(window.members, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: subject.risks[1].process.identity in asked.identities, timeout=10_000)
    assert f"process {subject.risks[1].process.pid}" in window.who.text()


def test_one_that_ends_keeps_its_last_facts_and_is_not_asked_again(
    qtbot: Any, open_: Callable[..., DetailsWindow]
) -> None:
    asked = Asked(process_facts(), ProcessGone(4203))
    window = open_(asked)
    qtbot.waitUntil(lambda: window.note.text() != "", timeout=10_000)
    assert window.note.text() == "It has ended. This is what was known last."
    assert window.rows.isVisible()
    qtbot.wait(100)
    assert len(asked.identities) == 2


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ProcessGone(4203), "It has ended."),
        (PermissionError(13, "no"), "The system hides it from you (hidepid)."),
        (OSError(5, "no"), "It can't be read."),
    ],
    ids=["ended", "hidden", "unreadable"],
)
def test_one_that_tells_nothing_says_why(
    error: OSError, says: str, qtbot: Any, open_: Callable[..., DetailsWindow]
) -> None:
    window = open_(Asked(error))
    qtbot.waitUntil(lambda: window.note.text() == says, timeout=10_000)
    assert not window.rows.isVisible()
    assert window.caption.text() == ""
    assert window.counts.text() == "Counts as 7.7 GiB"
    assert window.protect_button.isEnabled() is not isinstance(error, ProcessGone)


def test_why_something_is_unknown_is_said_whole(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    window = open_(Asked(process_facts(files=Unread.DENIED)))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    window.resize(680, 700)  # with two groups side by side
    QApplication.processEvents()
    told = next(label for label in window.rows.findChildren(Elided) if "descriptors" in label.text())
    assert told.shown == told.text() == "No permission to read this; 42 descriptors"
    assert told.height() >= told.heightForWidth(told.width())


def test_a_command_line_that_hangs_is_not_asked_for_again(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    asked = Asked(process_facts(command=Unread.SLOW))
    window = open_(asked)
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    qtbot.wait(100)
    assert len(asked.identities) == 1
    assert not window.rows.command.edit.isEnabled()


def test_the_whole_command_line_is_copied(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    long = ("java", *(f"-Doption{number}=value" for number in range(900)))
    window = open_(Asked(process_facts(command=Command(long))))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    qtbot.keyClick(window.rows.command.copy, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == " ".join(long)
    qtbot.mouseClick(window.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines()[:2] == [window.title.text(), window.who.text()]
    assert "Threads\t14" in QGuiApplication.clipboard().text()


def test_lines_of_a_command_in_a_higher_font_are_not_cut(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    window = open_(Asked(process_facts(command=Command(("cat", *(f"/home/ana/문서/{number}월.txt" for number in range(9)))))))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    edit = window.rows.command.edit
    block = edit.document().firstBlock()
    assert block.layout().lineCount() > 1
    assert edit.document().documentLayout().blockBoundingRect(block).height() <= edit.viewport().height()


DEEP = "/srv/" + "data-set/" * 20
V6 = "[2a02:8071:2c8c:1e00:5054:ff:fe12:{0:x}]:443"


def texts_of(window: DetailsWindow) -> list[_Fact]:
    return [one for one in window.rows.findChildren(_Fact) if one.isVisible()]


@pytest.fixture
def many(qtbot: Any, open_: Callable[..., DetailsWindow]) -> DetailsWindow:
    """One with long addresses and paths, more of them than there is room for."""
    links = tuple(Connection("tcp", V6.format(n), V6.format(n + 99), "ESTABLISHED") for n in range(8))
    window = open_(Asked(process_facts(directory=DEEP, connections=Listing(8, links), files=Listing(30, tuple(f"{DEEP}{n}" for n in range(20))))))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    qtbot.waitUntil(lambda: any("more" in one.text() for one in texts_of(window)))
    return window


def test_what_is_too_long_stands_in_its_tooltip_and_is_cut_in_the_middle(many: DetailsWindow) -> None:
    directory = next(one for one in texts_of(many) if one.text() == DEEP)
    assert directory.shown.startswith("/srv/")
    assert directory.shown.endswith("data-set/")
    assert directory.toolTip() == f"<qt>{DEEP}</qt>"
    address = next(one for one in texts_of(many) if V6.format(0) in one.text())
    assert address.toolTip() == f"<qt>tcp {V6.format(0)} to {V6.format(99)}, connected</qt>"


@pytest.mark.parametrize("width", [440, 680])
def test_names_and_short_addresses_are_never_cut(qtbot: Any, open_: Callable[..., DetailsWindow], width: int) -> None:
    window = open_(Asked(process_facts()))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    window.resize(width, 640)
    QApplication.processEvents()
    told = [one for one in texts_of(window) if "127.0.0.1" in one.text() or "python3 (" in one.text()]
    assert len(told) == 3
    for one in told:
        assert one.shown == one.text()
        assert one.height() // one.fontMetrics().height() * one.width() >= one.fontMetrics().horizontalAdvance(one.text())


def test_what_is_not_listed_stands_in_a_tooltip_and_is_copied(qtbot: Any, many: DetailsWindow) -> None:
    files, links = (one for one in texts_of(many) if one.text() in ("and 27 more", "and 5 more"))
    assert links.toolTip().count("connected") == 5
    assert files.toolTip().endswith("and 10 more</nobr></qt>")
    links.copy_whole()
    assert QGuiApplication.clipboard().text().splitlines()[0] == f"tcp {V6.format(3)} to {V6.format(102)}, connected"
    qtbot.mouseClick(many.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.count("connected") == 8
    assert copied.count(f"{DEEP}1") == 11
    assert copied.count("more") == 1


def test_a_single_fact_is_copied_from_its_menu(qtbot: Any, many: DetailsWindow) -> None:
    directory = next(one for one in texts_of(many) if one.text() == DEEP)
    QApplication.sendEvent(directory, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(2, 2), directory.mapToGlobal(QPoint(2, 2))))
    menu = directory.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["Copy"]
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == DEEP
    menu.close()


def test_a_selection_outlives_fresh_numbers(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    asked = Asked(process_facts(threads=1), process_facts(threads=2))
    window = open_(asked)
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    window.rows.command.edit.selectAll()
    qtbot.waitUntil(lambda: "Threads\t2" in facts_of(window), timeout=10_000)
    assert window.rows.command.edit.textCursor().hasSelection()


def test_a_hostile_process_is_plain_text(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    of = process(7, name=HOSTILE)
    assessment = assessments.assessment(risks=(assessments.risk(of=of, rank=1),))
    window = open_(Asked(hostile()), Subject.of_process(assessment.risks[0]), assessment)
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    labels = window.findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert all(label.text().isprintable() for label in labels)
    assert window.rows.command.text.isprintable()
    assert "<b>" in window.rows.text


def test_it_is_told_to_who_can_not_see_it(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    window = open_(Asked(process_facts()), Subject.of_app(desktops.desktop().apps[0]))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    window.activateWindow()
    reached = tour(qtbot, window)
    assert {window.members, window.rows.command.edit, window.rows.command.copy, window.explain_button} < set(reached)
    named = QAccessible.Text.Name
    assert [one for one in reached if not QAccessible.queryAccessibleInterface(one).text(named)] == []
    told = {label.accessibleName() for label in window.findChildren(QLabel)}
    assert {"Threads: 14", "Storage: 5.2 GiB read, 12.0 MiB written"} < told
    assert window.bar.accessibleName() == "Counts as 7.7 GiB"


def test_groups_of_facts_stand_side_by_side_where_there_is_room(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    """The usual case needs no scrolling."""
    window = open_(Asked(process_facts()))
    qtbot.waitUntil(lambda: window.rows.isVisible())
    captions = {one.text(): one for one in window.rows.findChildren(QLabel) if one.font().bold()}
    origin, uses = captions["Where it comes from"], captions["What it uses"]
    assert origin.y() == uses.y()
    assert origin.x() < uses.x()
    window.resize(420, window.height())
    qtbot.waitUntil(lambda: origin.y() < uses.y())
    assert origin.x() == uses.x()


def test_escape_closes_it(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    window = open_(Asked(process_facts()))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_what_its_end_gives_back_is_read_and_stands_in_the_place_of_the_most_that_it_could_be(
    qtbot: Any, open_: Callable[..., DetailsWindow]
) -> None:
    window = open_(Asked(process_facts()))
    assert window.place.text() == "number 1 of 43 processes, frees at most 1.7 GiB"
    window.gives_back.read = lambda _processes: 300 << 20
    window.show_assessment(desktops.desktop())
    qtbot.waitUntil(lambda: window.place.text() == "number 1 of 43 processes, frees about 300 MiB", timeout=10_000)
    window.show_assessment(desktops.desktop())
    assert window.place.text() == "number 1 of 43 processes, frees about 300 MiB", "also with the next scan"


def test_the_memory_of_its_app_over_the_last_hour_is_a_line(qtbot: Any) -> None:
    asked: list[str] = []

    def trail(key: str, now: float) -> tuple[tuple[float, int], ...]:
        asked.append(key)
        return ((now - 600, 1 << 30), (now - 300, 3 << 30))

    now = desktops.desktop()
    window = DetailsWindow(
        now, Subject.of_app(now.apps[0]), read=Asked(process_facts()), trail=trail, clock=lambda: STARTED + 2280
    )
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.trend.isVisible, timeout=10_000)
    assert asked == ["firefox"]
    assert window.trend_caption.text() == "Memory of all of firefox over the last 10 min"
    assert window.held.text() == "1.0 to 4.5 GiB, now 4.5 GiB"
    assert window.trend.accessibleName() == f"{window.trend_caption.text()}: {window.held.text()}"
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    window.close()


def test_where_nothing_was_recorded_there_is_no_empty_graph(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    window = open_(Asked(process_facts()))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    assert not window.trend.isVisible()


def test_facts_stand_in_groups(qtbot: Any, open_: Callable[..., DetailsWindow]) -> None:
    window = open_(Asked(process_facts()))
    qtbot.waitUntil(window.rows.isVisible, timeout=10_000)
    told = [label.text() for label in window.rows.findChildren(QLabel)]
    assert told.index("What runs") < told.index("Where it comes from") < told.index("What it uses")


@pytest.mark.parametrize("points", [9.0, 10.0, 10.5, 13.33, 14.0])
def test_a_fact_stands_on_the_baseline_of_its_label(qtbot: Any, points: float) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    font = around.font()
    font.setPointSizeF(points)
    around.setFont(font)
    rows = FactRows(around)
    fill(QVBoxLayout(around), rows, None)
    rows.show_lines([Line("command", "-"), Line("threads", "Threads")])
    around.resize(700, 400)
    picture = around.grab().toImage()
    highest = []
    for label in around.findChildren(QLabel):
        if label.text() == "Threads":
            box = label.rect().translated(label.mapTo(around, QPoint()))
            ground = picture.pixel(0, 0)
            highest.append(min(y for y in range(box.top(), box.bottom()) for x in range(box.left(), box.right()) if picture.pixel(x, y) != ground))
    assert len(highest) == 2
    assert highest[0] == highest[1]
