"""The table's rows: numbers change at once and only where they changed; places only while nobody points at them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from oomtray.messages.outlook import drives
from oomtray.risk.growing_apps import Growth, rates_of_shown
from oomtray.ui.popup import row_words as rows
from oomtray.ui.popup.process_model import ProcessModel
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS
from tests.facts import MIB, desktops
from tests.facts.processes import process
from tests.ui.plain_labels import PlainLabels

WEB_CONTENT, SPOTIFY, CODE = 4203, "spotify", "code"


class Heard:
    """What a model has told, in the order in which it did."""

    def __init__(self, model: QAbstractItemModel) -> None:
        self.told: list[tuple] = []
        model.dataChanged.connect(self._changed)
        model.rowsInserted.connect(lambda parent, first, last: self.told.append(("in", first, last)))
        model.rowsRemoved.connect(lambda parent, first, last: self.told.append(("out", first, last)))
        model.layoutChanged.connect(lambda: self.told.append(("order",)))
        model.modelReset.connect(lambda: self.told.append(("reset",)))

    def _changed(self, left: QModelIndex, right: QModelIndex) -> None:
        self.told.append(("data", left.row(), right.row(), left.column(), right.column()))

    def kinds(self) -> set[str]:
        return {told[0] for told in self.told}


@pytest.fixture
def model(qtbot):
    made = ProcessModel(PlainLabels(), uid=1000)
    # every answer of ours is checked by Qt's own rules for models
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def names(model: ProcessModel, parent: QModelIndex = QModelIndex()) -> list[str]:  # noqa: B008
    """With those of the quiet end, opened."""
    model.open_tail(True)
    return [model.index(n, NAME, parent).data() for n in range(model.rowCount(parent))]


def at(model: ProcessModel, name: str) -> QModelIndex:
    return model.index(names(model).index(name), NAME)


def test_rows_stand_in_the_kernels_order_and_open_into_their_processes(model):
    model.show_assessment(desktops.desktop())

    assert names(model)[:3] == ["firefox", "code", "Chromium"]
    firefox = model.index(0, NAME)
    assert model.rowCount(firefox) == 12
    assert model.index(0, NAME, firefox).data() == "Web Content"
    assert model.index(0, NAME, firefox).parent() == firefox


def test_an_app_of_one_process_has_nothing_to_open(model):
    model.show_assessment(desktops.desktop())

    assert not model.hasChildren(at(model, "cron"))
    assert model.rowCount(at(model, "cron")) == 0


def test_what_has_not_changed_is_not_told(model):
    model.show_assessment(desktops.desktop())
    heard = Heard(model)

    model.show_assessment(desktops.desktop())

    assert heard.told == []


def test_a_change_is_told_for_its_rows_and_columns_alone(model):
    before = desktops.desktop()
    model.show_assessment(before)
    cron = at(model, "cron").row()
    pid = model.row_at(model.index(cron, 0)).risk.process.pid
    heard = Heard(model)

    model.show_assessment(desktops.grown(before, pid, 4 * MIB, step=0))

    tail = at(model, "4 smaller apps").row()
    assert heard.told == [("data", tail, tail, MEMORY, MEMORY), ("data", cron, cron, COUNTS, MEMORY)]


def test_children_that_were_opened_are_told_too(model):
    before = desktops.desktop()
    model.show_assessment(before)
    model.rowCount(model.index(0, 0))
    heard = Heard(model)

    model.show_assessment(desktops.grown(before, WEB_CONTENT, 2200 * MIB, step=0))

    assert [told for told in heard.told if told[0] == "data"] == [
        ("data", 0, 0, COUNTS, MEMORY),  # the app
        ("data", 0, 0, COUNTS, MEMORY),  # and in it the process
    ]


def overtaken() -> tuple:
    """Before, and a little later: spotify holds most."""
    before = desktops.desktop()
    spotify = next(p for p in before.snapshot.processes if p.name == SPOTIFY)
    return before, desktops.grown(before, spotify.pid, 12_000 * MIB)


def test_while_held_rows_keep_their_places_and_show_the_new_numbers(model):
    before, after = overtaken()
    model.show_assessment(before)
    order = names(model)
    heard = Heard(model)

    model.hold(True)
    model.show_assessment(after)

    assert names(model) == order
    assert "order" not in heard.kinds()
    assert at(model, SPOTIFY).siblingAtColumn(COUNTS).data() == "1"


def test_the_order_follows_when_it_is_let_go(model):
    before, after = overtaken()
    model.show_assessment(before)
    model.hold(True)
    model.show_assessment(after)

    model.hold(False)

    assert names(model)[0] == SPOTIFY


def test_a_row_that_moves_takes_its_selection_and_its_open_processes_with_it(model):
    before, after = overtaken()
    model.show_assessment(before)
    firefox = QPersistentModelIndex(model.index(0, 0))
    child = QPersistentModelIndex(model.index(0, 0, model.index(0, 0)))

    model.show_assessment(after)

    assert firefox.row() == 1
    assert firefox.data() == "firefox"
    assert (child.data(), child.parent().row()) == ("Web Content", 1)


def test_while_held_what_has_ended_stays_and_says_so(model):
    before = desktops.desktop()
    cron = next(p.pid for p in before.snapshot.processes if p.name == "cron")
    model.show_assessment(before)
    order = names(model)

    model.hold(True)
    model.show_assessment(desktops.without(before, cron))

    assert names(model) == [name.replace("4 smaller", "3 smaller") for name in order]
    assert rows.note(model.row_at(at(model, "cron")), model.labels) == "ended"

    model.hold(False)
    assert "cron" not in names(model)


def test_while_held_what_is_new_comes_last(model):
    whole = desktops.desktop()
    model.show_assessment(desktops.without(whole, WEB_CONTENT, *range(4200, 4237)))
    order = names(model)

    model.hold(True)
    model.show_assessment(whole)

    assert names(model) == [*order, "firefox"]

    model.hold(False)
    assert names(model)[0] == "firefox"


def test_an_app_that_comes_down_to_one_process_closes_and_opens_again(model):
    whole = desktops.desktop()
    terminal = [p.pid for p in whole.snapshot.processes if p.name == "cc1plus"]
    model.show_assessment(whole)
    heard = Heard(model)

    model.show_assessment(desktops.without(whole, *terminal[1:]))
    assert not model.hasChildren(at(model, "cc1plus"))

    model.show_assessment(desktops.desktop())
    assert model.hasChildren(at(model, "cc1plus"))
    assert model.rowCount(at(model, "cc1plus")) == 3
    assert "reset" not in heard.kinds()


@pytest.mark.parametrize(
    ("column", "order", "first"),
    [
        pytest.param(COUNTS, Qt.SortOrder.AscendingOrder, "firefox", id="who dies first"),
        pytest.param(COUNTS, Qt.SortOrder.DescendingOrder, "docker", id="who dies last, of those that can"),
        pytest.param(MEMORY, Qt.SortOrder.DescendingOrder, "firefox", id="who holds most"),
        pytest.param(CHANGE, Qt.SortOrder.DescendingOrder, "cc1plus", id="who grows fastest"),
        pytest.param(STATUS, Qt.SortOrder.AscendingOrder, "ssh", id="who is protected most"),
        pytest.param(NAME, Qt.SortOrder.AscendingOrder, "bash", id="by name, capitals aside"),
    ],
)
def test_sorting(model, column, order, first):
    model.show_assessment(desktops.desktop())
    model.show_assessment(desktops.desktop(step=9))  # a change is told after 15 s

    model.sort(column, order)

    assert names(model)[0] == first


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_what_has_no_value_comes_last_either_way(model, order):
    model.show_by_app(False)
    model.show_assessment(desktops.desktop())

    model.sort(COUNTS, order)

    last = model.index(model.rowCount() - 1, COUNTS)
    assert last.data() == "–"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("spot", ["spotify"], id="part of a name"),
        pytest.param("SPOT", ["spotify"], id="capitals don't count"),
        pytest.param("web content", ["firefox"], id="a process in an app"),
        pytest.param("4203", ["firefox"], id="a pid"),
        pytest.param("420", [], id="part of a pid"),
        pytest.param("no such", [], id="nothing"),
    ],
)
def test_filter(model, text, left):
    model.show_assessment(desktops.desktop())

    model.filter(text)

    assert names(model) == left
    model.filter("")
    assert len(names(model)) > 10


def test_an_app_that_was_found_by_a_process_opens_into_that_one(model):
    model.show_assessment(desktops.desktop())

    model.filter("web content")

    assert names(model, model.index(0, 0)) == ["Web Content"]


def test_only_mine(model):
    model.show_assessment(desktops.desktop())

    model.show_mine(True)

    assert "mysql" not in names(model)
    assert "firefox" in names(model)


def test_a_flat_list_shows_every_process(model):
    found = desktops.desktop()
    model.show_assessment(found)

    model.show_by_app(False)

    assert model.rowCount() == len(found.risks)
    assert not any(model.hasChildren(model.index(n, 0)) for n in range(model.rowCount()))


def test_unknown_is_shown_as_unknown(model):
    model.show_by_app(False)
    model.show_assessment(desktops.desktop())
    thread = names(model).index("kthreadd")

    cells = [model.index(thread, column).data() for column in (COUNTS, MEMORY, CHANGE)]

    assert cells == ["–", "–", ""]


def test_hostile_names_are_one_harmless_line(model):
    model.show_by_app(False)
    model.show_assessment(desktops.long_names())

    assert sorted(names(model)) == sorted(
        ["<b>bold</b>&amp;", "evil\\x1b[31m\\n", "abc\\u202egnp.exe", "a_b&c_d", "WWWWWWWWWWWWWWW"]
    )


def test_a_row_is_spoken_in_words(model):
    model.show_assessment(desktops.desktop())

    spoken = [model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(5)]

    assert spoken == [
        "firefox, First to go · set by itself · 12 processes",
        "Counts as 31.9 %. App number 1. Its first process is number 1 in the kernel's order.",
        "Memory: ≤ 4.5 GiB",
        "Change: none",
        "First to go. oom_score_adj: 0 to +233",
    ]


def test_an_apps_number_is_told_apart_from_its_processes_numbers(model):
    model.show_assessment(desktops.desktop())
    third = next(n for n in range(model.rowCount()) if model.index(n, COUNTS).data() == "3")
    app = model.index(third, COUNTS)
    number = app.siblingAtColumn(NAME)
    first = model.index(0, COUNTS, number).data()
    assert first != "3"

    told = f"App number 3. Its first process is number {first} in the kernel's order."

    assert model.hint(app).startswith(f"{told}\n")
    assert told in app.data(Qt.ItemDataRole.AccessibleTextRole)
    assert model.hint(model.index(0, COUNTS, number)).startswith(f"Number {first} in the kernel's order.\n")


def test_the_only_process_of_an_app_is_told_apart_too(model):
    model.show_assessment(desktops.desktop())
    cell = at(model, "mysql").siblingAtColumn(COUNTS)
    rank = next(risk.rank for risk in model.assessment.risks if risk.process.name == "mysqld")
    assert cell.data() != str(rank)

    assert model.hint(cell).startswith(f"App number {cell.data()}. Its process is number {rank} in the kernel's order.")


@pytest.mark.parametrize("by_app", [True, False])
@pytest.mark.parametrize(
    ("assessment", "said"),
    [
        pytest.param(desktops.close(1), ["First to go", ""], id="one is next"),
        pytest.param(
            desktops.close(3),
            [*["May be first to go"] * 3, ""],
            id="too close to tell apart",
        ),
    ],
)
def test_who_is_next_is_said_first_and_only_where_it_is_sure(model, by_app, assessment, said):
    model.show_by_app(by_app)
    model.show_assessment(assessment)

    assert [rows.note(model.row_at(model.index(n, NAME)), model.labels) for n in range(model.rowCount())] == said
    assert [rows.is_next(model.row_at(model.index(n, NAME))) for n in range(2)] == [len(said) == 2, False]


def test_an_app_is_next_for_sure_where_only_its_own_processes_are_too_close_to_tell_apart(model):
    model.show_assessment(desktops.twins())
    app = model.index(0, NAME)
    model.fetchMore(app)
    said = [rows.status(model.row_at(place)) for place in (app, model.index(0, NAME, app), model.index(1, NAME, app))]
    assert said == ["First to go", "May be first to go", "May be first to go"]

    model.show_by_app(False)
    assert [rows.status(model.row_at(model.index(n, NAME))) for n in range(2)] == ["May be first to go"] * 2


@pytest.mark.parametrize(("by_app", "marked"), [(True, [1, 3]), (False, [1, 5])])
def test_whom_another_killer_takes_before_the_kernel_is_marked_too(model, by_app, marked):
    """The card named it, and the list the kernel's own first choice alone."""
    now = desktops.desktop()
    taken = next(app for app in now.apps if app.rank == 3).members[0]
    earlyoom = replace(now.killers[0], name="earlyoom", victim=replace(now.victim, killer="earlyoom", risk=taken))
    model.show_by_app(by_app)
    model.show_assessment(replace(now, killers=(earlyoom, *now.killers)))
    shown = [model.row_at(model.index(n, NAME)) for n in range(model.rowCount())]
    assert [row.cells.counts.rank for row in shown if rows.status(row) == "May be first to go"] == marked


@pytest.mark.parametrize("panic", [True, False])
def test_where_the_order_is_void_nobody_is_next(model, panic):
    model.show_assessment(desktops.desktop("warning"))
    heard = Heard(model)

    model.show_assessment(desktops.void(panic))

    assert set(heard.told) == {("data", 0, 0, NAME, STATUS)}
    assert not any("irst to go" in rows.note(model.row_at(model.index(n, NAME)), model.labels) for n in range(model.rowCount()))


def test_2000_processes_are_brought_up_to_date_without_a_reset(model):
    model.tester = None  # it asks every row for everything
    model.show_by_app(False)
    before = desktops.crowd(2000)
    model.show_assessment(before)
    heard = Heard(model)

    model.show_assessment(desktops.grown(before, 10007, 3 * MIB, step=0))

    assert heard.kinds() <= {"data", "order"}
    assert model.rowCount() == 2000


def later(model: ProcessModel, step: int) -> str:
    """What the row of the app that grows says after `step` scans of two seconds each."""
    model.show_assessment(desktops.desktop(step=step))
    return rows.change(model.row_at(at(model, "firefox")))


def test_a_change_is_told_from_15_seconds_of_readings_on(model):
    assert [later(model, step) for step in (0, 3, 7)] == ["", "", ""]
    assert later(model, 9) == "+120 MiB/min"


@pytest.mark.parametrize("scans", [1, 10])
def test_an_app_that_the_header_tells_of_grows_as_fast_in_its_row_at_once_and_later(model, scans):
    before = desktops.desktop("warning")
    for step in range(scans):
        after = desktops.growing(before, firefox=400)
        model.show_assessment(replace(after, snapshot=after.snapshot._replace(at=after.snapshot.at + 2.0 * step)))

    assert drives(after)[1] == "firefox: +2.3 GiB/min"
    assert rows.change(model.row_at(at(model, "firefox"))) == "+2.3 GiB/min"


def test_a_script_that_grows_is_the_only_one_of_its_interpreter_that_does(model):
    before = desktops.scripts()
    first = before.snapshot.processes[0]
    more = first._replace(rss=first.rss + 400 * MIB, rss_anon=first.rss_anon + 400 * MIB)
    found = Growth(before.snapshot.processes, (more, *before.snapshot.processes[1:]), 10.0).fastest()

    assert {key: rate for (key, _uid), rate in rates_of_shown(found, before.apps).items()} == {"train.py (python3.11)": 40 * MIB}
    assert rates_of_shown((), before.apps) == {}


def test_of_two_scripts_of_an_interpreter_that_grow_none_has_the_rate_of_both(model):
    before = desktops.scripts()
    more = tuple(one._replace(rss_anon=one.rss_anon + 400 * MIB) for one in before.snapshot.processes)
    found = Growth(before.snapshot.processes, more, 10.0).fastest()

    assert [one.rate for one in found] == [120 * MIB]
    assert rates_of_shown(found, before.apps) == {}


def test_a_change_of_a_few_bytes_is_no_news(model):
    model.show_assessment(desktops.desktop())
    model.show_assessment(desktops.desktop(step=9))

    assert rows.change(model.row_at(at(model, "mysql"))) == ""


def protected_crowd(count: int = 12) -> Any:
    """One large app, many small ones, and one that is protected, in the kernel's order."""
    sizes = {**{f"small{n}": (20 + n, 0) for n in range(count)}, "large": (4000, 0), "database": (900, -800)}
    made = [
        process(100 + n, name=name, exe=f"/usr/bin/{name}", rss=size * MIB, rss_anon=size * MIB, oom_score_adj=adj)
        for n, (name, (size, adj)) in enumerate(sizes.items())
    ]
    return desktops.judged(tuple(made))


def test_small_apps_stand_in_one_row_before_those_that_are_protected(model):
    model.show_assessment(protected_crowd())
    shown = [model.index(n, NAME).data() for n in range(model.rowCount())]

    assert shown == ["large", "small11", "small10", "small9", "small8", "8 smaller apps", "database"]
    assert model.index(5, MEMORY).data() == "196 MiB"


def test_whom_another_killer_takes_first_is_not_among_the_small_ones(model):
    now = protected_crowd()
    taken = next(risk for risk in now.risks if risk.process.name == "small3")
    earlyoom = replace(now.killers[0], name="earlyoom", victim=replace(now.victim, killer="earlyoom", risk=taken))
    model.show_assessment(replace(now, killers=(earlyoom, *now.killers)))
    shown = [model.index(n, NAME).data() for n in range(model.rowCount())]

    assert shown[5:] == ["small3", "7 smaller apps", "database"]


def test_that_row_opens_and_closes_and_nothing_else_moves(model):
    model.show_assessment(protected_crowd())
    closed = [model.index(n, NAME).data() for n in range(model.rowCount())]
    model.hold(True)
    heard = Heard(model)

    model.open_tail(True)
    opened = [model.index(n, NAME).data() for n in range(model.rowCount())]
    model.open_tail(False)

    assert opened == [*closed[:6], *(f"small{n}" for n in range(7, -1, -1)), "database"]
    assert [model.index(n, NAME).data() for n in range(model.rowCount())] == closed
    assert "order" not in heard.kinds()


@pytest.mark.parametrize("how", ["a few are no crowd", "filtered", "by name", "flat"])
def test_there_is_no_such_row_where_it_would_hide_what_is_looked_for(model, how):
    model.show_assessment(protected_crowd(7 if how == "a few are no crowd" else 12))
    if how == "filtered":
        model.filter("small")
    elif how == "by name":
        model.sort(NAME)
    elif how == "flat":
        model.show_by_app(False)

    assert not any(model.row_at(model.index(n, 0)).tail for n in range(model.rowCount()))


def test_what_was_quiet_stays_so_while_the_rows_are_held(model):
    model.show_assessment(protected_crowd())
    order = [model.index(n, NAME).data() for n in range(model.rowCount())]
    model.hold(True)

    model.show_assessment(desktops.grown(protected_crowd(), 100, 3000 * MIB))

    assert [model.index(n, NAME).data() for n in range(model.rowCount())] == order

    model.take_order()
    assert model.index(1, NAME).data() == "small0"
    assert model.out_of_place() == []


def test_the_first_row_is_told_that_is_not_where_the_order_has_it_by_now(model):
    before, after = overtaken()
    model.show_assessment(before)
    model.hold(True)

    model.show_assessment(before)
    assert model.out_of_place() == []

    model.show_assessment(after)
    assert model.out_of_place() == [model.index(0, NAME)]

    model.take_order()
    assert model.out_of_place() == []
    assert names(model)[0] == SPOTIFY


def test_the_first_row_that_has_ended_is_told_while_it_stays(model):
    model.show_assessment(desktops.desktop())
    model.hold(True)
    gone = model.row_at(model.index(3, NAME))

    model.show_assessment(desktops.without(desktops.desktop(), *(risk.process.pid for risk in gone.app.members)))

    assert [model.row_at(index) for index in model.out_of_place()] == [gone, gone.children[0]]


def test_the_processes_of_an_app_that_has_ended_have_ended_too(model):
    """They could still be protected and ended."""
    model.show_assessment(desktops.desktop())
    model.hold(True)
    app = model.index(0, NAME)
    assert model.rowCount(app) > 1
    pids = [risk.process.pid for risk in model.row_at(app).app.members]

    model.show_assessment(desktops.without(desktops.desktop(), *pids))

    assert all(model.row_at(model.index(at, NAME, app)).gone for at in range(model.rowCount(app)))
    model.show_assessment(desktops.desktop())
    assert not any(model.row_at(model.index(at, NAME, app)).gone for at in range(model.rowCount(app)))


def test_processes_of_an_app_that_are_out_of_place_are_told_within_it(model):
    model.show_assessment(desktops.desktop())
    browser = model.index(0, NAME)
    model.rowCount(browser)
    model.hold(True)
    last = model.row_at(model.index(model.rowCount(browser) - 1, NAME, browser)).risk.process

    model.show_assessment(desktops.grown(desktops.desktop(), last.pid, last.rss + 2500 * MIB))

    assert [index.parent() for index in model.out_of_place()] == [browser]
