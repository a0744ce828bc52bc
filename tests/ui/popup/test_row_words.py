"""The second line of a row says nothing that already stands above it."""

from __future__ import annotations

import pytest

from oomtray.ui.controllers.app_label import AppLabel
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.popup.process_row import NAME
from oomtray.ui.popup.row_words import name, note
from tests.facts import desktops

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Interpreted(AppLabels):
    """Whose scripts bear the interpreter's own name."""

    def of_app(self, app):
        return AppLabel("python3.12", "python3.12 · ~/lab", None)


def rows(popup, parent=None):
    place = [] if parent is None else [parent]
    return [popup.model.row_at(popup.model.index(n, NAME, *place)) for n in range(popup.model.rowCount(*place))]


def test_no_name_twice(popup):
    spotify = next(row for row in rows(popup) if name(row) == "spotify")

    assert name(spotify, Interpreted()) == "python3.12"
    assert note(spotify, Interpreted()) == "3 processes · ~/lab"


def test_an_app_that_has_set_it_is_not_named_below_its_name_nor_below_its_processes(popup):
    first = popup.model.index(0, NAME)
    assert note(popup.model.row_at(first)) == "First to go · set by itself · 12 processes"

    children = rows(popup, first)
    assert [note(row) for row in children[:2]] == ["First to go", ""]


def test_in_the_list_of_processes_it_is_named_where_the_process_has_another_name(popup):
    popup.show_assessment(desktops.desktop())
    popup.model.show_by_app(False)

    def said(process):
        return {note(row) for row in rows(popup) if name(row) == process} - {""}

    assert said("Isolated Web Co") == {"Set by firefox"}
    assert said("code") == {"Set by itself"}
