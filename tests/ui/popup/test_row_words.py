"""The second line of a row says nothing that already stands above it, and the pointer is told nothing that stands there."""

from __future__ import annotations

from typing import get_args

import pytest

from oomtray.messages import rows as words
from oomtray.risk.judged import Reason
from oomtray.ui.controllers.app_label import AppLabel
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.popup.process_model import ProcessModel
from oomtray.ui.popup.process_row import COUNTS, NAME, STATUS, Context, Row
from oomtray.ui.popup.row_words import is_whole, matches, name, note
from tests.facts import desktops
from tests.facts.assessments import app, assessment
from tests.ui.plain_labels import PlainLabels

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Interpreted(AppLabels):
    """Whose scripts bear the interpreter's own name."""

    def of_app(self, app):
        return AppLabel("python3.12", "python3.12 · ~/lab", None)


def rows(popup, parent=None):
    place = [] if parent is None else [parent]
    return [popup.model.row_at(popup.model.index(n, NAME, *place)) for n in range(popup.model.rowCount(*place))]


def test_no_name_twice(popup):
    spotify = next(row for row in rows(popup) if name(row, PlainLabels()) == "spotify")

    assert name(spotify, Interpreted()) == "python3.12"
    assert note(spotify, Interpreted()) == "3 processes · ~/lab"


def test_an_app_that_has_set_it_is_not_named_below_its_name_nor_below_its_processes(popup):
    first = popup.model.index(0, NAME)
    assert note(popup.model.row_at(first), PlainLabels()) == "First to go · set by itself · 12 processes"

    children = rows(popup, first)
    assert [note(row, PlainLabels()) for row in children[:2]] == ["First to go", ""]


def test_in_the_list_of_processes_it_is_named_where_the_process_has_another_name(popup):
    popup.show_assessment(desktops.desktop())
    popup.model.show_by_app(False)

    def said(process):
        return {note(row, PlainLabels()) for row in rows(popup) if name(row, PlainLabels()) == process} - {""}

    assert said("Isolated Web Co") == {"Set by firefox"}
    assert said("code") == {"Set by itself"}


@pytest.mark.parametrize("which", get_args(Reason))
def test_a_row_says_each_reason_that_has_words_but_those_of_the_tooltip(popup, which):
    spotify = next(row for row in rows(popup) if name(row, PlainLabels()) == "spotify")
    spotify.cells = spotify.cells._replace(name=spotify.cells.name._replace(reasons=(which,)))
    said = "" if which in {"adj-inherited", "adj-set-by-hand", "adj-set-by-rule"} else words.reason(which, spotify.risk, own=True)
    assert note(spotify, PlainLabels()) == " · ".join(["3 processes", *([said] if said else [])])


@pytest.fixture
def model(qapp):
    made = ProcessModel(PlainLabels(), uid=1000)
    made.show_assessment(desktops.desktop())
    return made


def test_what_a_whole_row_shows_is_not_told_again(model):
    browser = model.index(0, NAME)

    told = model.hint(browser)
    assert "firefox" not in told.replace("app-gnome-firefox-4200.scope", "")
    assert told.startswith("PIDs 4200, 4203, 4206, 4209, 4212, 4215, 4218 and 5 more\n")
    assert model.hint(browser, cut=True).startswith("firefox\nFirst to go · set by itself · 12 processes\n")


def test_the_bar_is_told_in_figures_and_with_the_kernels_score(model):
    told = model.hint(model.index(0, COUNTS)).split("\n")

    assert told[1] == "Badness: 7.7 GiB, 31.9 % of RAM and swap."
    assert told[2] == "The process holds 2.1 GiB, and its setting adds 5.6 GiB."
    assert told[3].startswith("oom_score: ")


def test_the_shape_is_told_in_words_and_where_its_setting_is_from(model):
    first = model.index(0, STATUS)

    assert model.hint(first).split("\n")[:2] == ["First to go", "oom_score_adj: 0 to +233, set by itself"]
    assert model.hint(first, in_words=True).startswith("oom_score_adj: ")


def test_who_set_it_is_a_part_of_its_own_which_goes_before_anything_is_cut():
    now = desktops.desktop()
    job = next(one for one in now.snapshot.processes if one.name == "cc1plus")
    risk = next(one for one in desktops.by_hand(now, job).risks if one.process.pid == job.pid)
    made = Row("key", 1, None)
    made.take(risk, Context(1000, 0.0))

    assert note(made, PlainLabels()) == "Deprioritized · set by you"
    assert note(made, PlainLabels(), with_status=False) == "Set by you"

    by_rule = next(one for one in desktops.by_rule(now, job).risks if one.process.pid == job.pid)
    made.take(by_rule, Context(1000, 0.0))

    assert note(made, PlainLabels()) == "Deprioritized · set by your rule"


def test_an_app_is_found_by_its_own_name_and_by_its_label():
    assert matches(app("firefox"), "fire", PlainLabels())
    assert not matches(app("firefox"), "python", PlainLabels())
    assert matches(app("firefox"), "python", Interpreted())


def test_a_machine_without_processes_has_all_its_rows():
    empty = assessment(risks=())
    assert is_whole(empty, by_app=True)
    assert not is_whole(assessment(), by_app=True), "it has processes, and no apps yet"
