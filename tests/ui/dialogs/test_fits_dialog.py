"""Will it fit?: answers while a size is typed, from the newest scan, and lists who the kernel would kill."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QListWidget

from oomtray.kernel.snapshot import OomPolicy
from oomtray.messages.fits import DeathRow
from oomtray.risk.assessment import Assessment
from oomtray.risk.judged import Risk
from oomtray.ui.dialogs.fits_dialog import DeathList, FitsDialog
from tests.facts import GIB, desktops
from tests.facts.assessments import assessment, risk
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot
from tests.ui.gallery_list import story
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def row(pid: int, gib: int, **facts: Any) -> Risk:
    held = process(pid, name=f"p{pid}", rss=gib * GIB, rss_anon=gib * GIB, page_tables=0)
    return risk(pid, of=held, rank=pid, **facts)


def machine(available: int = 4, **facts: Any) -> Assessment:
    rows = row(1, 1, private=GIB), row(2, 2), row(3, 3)
    told = {"available": available * GIB, "swap_total": 0, "swap_free": 0, "floor": 0}
    return assessment(risks=rows, snapshot=snapshot(*(one.process for one in rows), memory=memory(**(told | facts))))


@pytest.fixture
def dialog(qtbot):
    dialog = FitsDialog(machine())
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def rows(listed: QListWidget) -> list[str]:
    return [listed.item(n).text() for n in range(listed.count())]


def typed(qtbot, dialog: FitsDialog, text: str) -> str:
    """As a person types over what stands there at first."""
    dialog.size_field.selectAll()
    qtbot.keyClicks(dialog.size_field, text)
    return dialog.answer.text()


def test_what_the_kernel_refuses_has_no_bar_and_no_list(qtbot, dialog):
    told = machine(commit_limit=12 * GIB, committed=11 * GIB)
    dialog.show_assessment(replace(told, snapshot=told.snapshot._replace(policy=OomPolicy(0, 0, 2))))
    assert typed(qtbot, dialog, "2G").startswith("2.0 GiB would be refused")
    assert (dialog.bar.isVisible(), dialog.order.isVisible(), dialog.waterline.isVisible()) == (False, False, False)
    assert typed(qtbot, dialog, "512M").startswith("512 MiB would fit")
    assert dialog.bar.isVisible()


def test_the_field_has_the_focus_and_a_first_size_that_is_typed_over(qtbot, dialog):
    assert dialog.answer.text() == "4.0 GiB would fit, with 0 B left."
    qtbot.keyClicks(dialog.size_field, "1G")
    assert dialog.size_field.text() == "1G"
    assert dialog.answer.text() == "1.0 GiB would fit, with 3.0 GiB left."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("800M", "800 MiB would fit, with 3.2 GiB left."),
        ("5G", "5.0 GiB would not fit: the kernel would kill the new program itself at about 4.0 GiB."),
        ("900T", "900 TiB would not fit, whatever is ended."),
        ("much", "Type a size such as 800M or 13G."),
        ("-1G", "A size can't be negative."),
        ("-", "Type a size such as 800M or 13G."),
    ],
)
def test_the_answer_to_a_size(qtbot, dialog, text, answer):
    assert typed(qtbot, dialog, text) == answer


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("500", "A number alone means bytes. For more, type 500M or 500G."),
        ("1.5 ", "A number alone means bytes. For more, type 1.5M or 1.5G."),
        ("500B", ""),
        ("500M", ""),
        ("0", ""),
        ("4294967296", ""),
    ],
)
def test_a_number_without_a_unit_is_said_to_be_bytes(qtbot, dialog, text, hint):
    typed(qtbot, dialog, text)
    shown = dialog.notes.text().splitlines()
    assert (shown[0] if "bytes" in shown[0] else "") == hint


def test_who_would_die_until_it_fits_are_those_that_the_answer_names(qtbot, dialog):
    told = machine()
    dialog.show_assessment(replace(told, risks=tuple(replace(one, badness=99 * GIB // 4096) for one in told.risks)))
    typed(qtbot, dialog, "6G")
    assert dialog.answer.text() == "6.0 GiB would fit once these have ended: p1 and p2."
    assert dialog.caption.text() == "Until it fits, the kernel would kill in this order:"
    assert rows(dialog.order) == ["1. p1 (1), frees 1.0 GiB, in all 1.0 GiB", "2. p2 (2), frees ≤ 2.0 GiB, in all ≤ 3.0 GiB"]
    assert dialog.order.accessibleName() == dialog.caption.text()


def test_the_program_counts_with_the_oom_score_adj_that_it_would_inherit(qtbot, dialog):
    told = machine()
    own = process(os.getpid(), oom_score_adj=-500)
    dialog.show_assessment(replace(told, snapshot=told.snapshot._replace(processes=(*told.snapshot.processes, own))))
    assert typed(qtbot, dialog, "5G") == "5.0 GiB would fit once these have ended: p1."


def test_where_the_program_would_be_killed_itself_the_list_is_what_to_end(qtbot, dialog):
    typed(qtbot, dialog, "6G")
    assert dialog.notes.text().splitlines()[0] == "6.0 GiB would fit once these have ended: p1 and p2."
    assert dialog.caption.text() == "To make room, end these first:"
    assert rows(dialog.order) == ["1. p1 (1), frees 1.0 GiB, in all 1.0 GiB", "2. p2 (2), frees ≤ 2.0 GiB, in all ≤ 3.0 GiB"]


def test_where_it_fits_nobody_is_listed(qtbot, dialog):
    typed(qtbot, dialog, "3G")
    assert dialog.answer.text() == "3.0 GiB would fit, with 1.0 GiB left."
    assert not dialog.order.isVisible()
    assert not dialog.caption.isVisible()


def test_the_order_of_deaths_until_so_much_is_free_is_folded(qtbot, dialog):
    typed(qtbot, dialog, "3G")
    assert dialog.waterline.button.text() == "Whom the kernel would kill to free 3.0 GiB"
    assert not dialog.freed.isVisible()
    qtbot.keyClick(dialog.waterline.button, Qt.Key.Key_Space)
    assert dialog.freed.isVisible()
    assert rows(dialog.freed) == ["1. p1 (1), frees 1.0 GiB, in all 1.0 GiB", "2. p2 (2), frees ≤ 2.0 GiB, in all ≤ 3.0 GiB"]


def test_what_is_no_size_shows_no_order(qtbot, dialog):
    typed(qtbot, dialog, "much")
    assert not dialog.order.isVisible()
    assert not dialog.waterline.isVisible()
    typed(qtbot, dialog, "1G")
    assert dialog.waterline.isVisible()


def test_a_newer_scan_is_answered_from_and_the_row_in_hand_stays(qtbot, dialog):
    typed(qtbot, dialog, "6G")
    dialog.order.setCurrentRow(1)
    dialog.show_assessment(machine(3, floor=GIB // 2))
    assert dialog.order.currentRow() == 1
    dialog.show_assessment(machine(8))
    assert dialog.answer.text() == "6.0 GiB would fit, with 2.0 GiB left."


def test_where_it_is_not_told_how_much_is_left_there_is_no_answer(dialog):
    dialog.show_assessment(assessment(snapshot=snapshot(memory=memory(available=None))))
    assert dialog.answer.text() == "How much memory is left is unknown here."


def test_enter_stays_and_escape_closes(qtbot, dialog):
    qtbot.keyClick(dialog.size_field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClick(dialog.size_field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def shown(dialog):
    return [(part.kind, part.amount) for part in dialog.bar.parts] if dialog.bar.isVisible() else []


def test_a_bar_shows_what_is_in_use_what_is_to_come_and_what_is_left(qtbot):
    now = desktops.desktop("warning")
    dialog = FitsDialog(now)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.size_field.setText("1G")
    total = now.snapshot.memory.total + now.snapshot.memory.swap_total
    assert [kind for kind, _ in shown(dialog)] == ["used", "new", "left"]
    assert sum(amount for _, amount in shown(dialog)) == total
    assert dialog.bar.findChildren(QLabel)[-1].text().endswith(" left")
    dialog.size_field.setText("20G")
    assert [kind for kind, _ in shown(dialog)] == ["used", "new", "missing"]
    assert sum(amount for kind, amount in shown(dialog) if kind != "used") == 20 << 30
    dialog.size_field.setText("much")
    assert shown(dialog) == []


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_each_frees_and_the_sums_stand_in_columns(qtbot, dialog, mirrored):
    typed(qtbot, dialog, "7G")
    dialog.order.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    dialog.order.setCurrentRow(-1)
    picture = dialog.order.viewport().grab().toImage()
    lines = [dialog.order.visualItemRect(dialog.order.item(n)) for n in range(dialog.order.count())]

    ends = {(edge_of_ink(picture, line, last=not mirrored)) for line in lines}

    assert len(lines) == 2
    assert max(ends) - min(ends) <= 2


def edge_of_ink(picture, line, *, last):
    ground = picture.pixelColor(line.right() if last else line.left(), line.top())
    inked = [
        x
        for x in range(line.left(), line.right())
        if any(picture.pixelColor(x, y) != ground for y in range(line.top(), line.bottom()))
    ]
    return inked[-1] if last else inked[0]


def test_it_says_how_a_size_is_typed_before_one_is_wrong(qtbot):
    dialog = FitsDialog(story("warning"))
    qtbot.addWidget(dialog)
    assert "such as 800M or 13G" in dialog.subtitle.text()


def test_it_is_as_high_as_its_answer(qtbot):
    """Its bar came after it had grown, and what stood below was cut."""
    dialog = FitsDialog(story("warning"))
    qtbot.addWidget(dialog)
    dialog.show()
    typed(qtbot, dialog, "13G")
    QApplication.processEvents()
    assert dialog.order.count()
    assert dialog.height() >= dialog.wanted_height(dialog.width())


@pytest.mark.parametrize("points", [11, 14])
def test_no_size_is_cut_whatever_fraction_of_a_pixel_it_ends_at(qtbot, points):
    """“≤ 952 MiB” had an ellipsis for its figures."""
    with text_size(points):
        listed = DeathList(None)
        qtbot.addWidget(listed)
        for size in range(900, 960):
            row = DeathRow("", "1. p1", "4242", f"≤ {size} MiB", f"≤ {size} MiB")
            listed.show_rows("", [row])
            for text, wide in zip((row.frees, row.total), listed.widths, strict=True):
                assert listed.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, wide) == text
            listed.clear()


def test_a_list_that_is_shown_follows_the_text_size(qtbot):
    """Its amounts were cut, and its last lines hidden, until others were listed."""
    shown = [DeathRow("", "1. p1", "4242", "180 MiB", "1.0 GiB"), DeathRow("", "2. p2", "4243", "180 MiB", "1.2 GiB")]
    grown, made = DeathList(None), DeathList(None)
    font = grown.font()
    font.setPointSizeF(2 * font.pointSizeF())
    for listed in (grown, made):
        qtbot.addWidget(listed)
        if listed is made:
            listed.setFont(font)
        listed.show_rows("", shown)
    grown.setFont(font)
    assert (grown.widths, grown.height()) == (made.widths, made.height())


def test_the_heads_end_where_the_amounts_below_them_end(qtbot):
    """They stood over the scroll bar, for which the rows leave room."""
    ends = []

    class Listed(DeathList):
        def write_amounts(self, painter, line, frees, total):
            below = painter.device() is not self
            ends.append(line.right() + (self.viewport().x() if below else 0))
            return super().write_amounts(painter, line, frees, total)

    listed = Listed(None)
    qtbot.addWidget(listed)
    listed.show_rows("", [DeathRow("", f"{n}. p{n}", "4242", "180 MiB", "1.0 GiB") for n in range(20)])
    listed.grab()
    assert len(ends) > 7
    assert len(set(ends)) == 1


@pytest.mark.parametrize(("width", "told"), [pytest.param(480, True, id="room"), pytest.param(190, False, id="no room")])
def test_processes_of_one_name_are_told_apart_by_their_pids_where_there_is_room(qtbot, width, told):
    listed = DeathList(None)
    qtbot.addWidget(listed)
    listed.resize(width, 200)
    listed.show_rows("", [DeathRow("", "firefox", pid, "180 MiB", "") for pid in ("1111", "7777")])
    listed.setCurrentRow(-1)
    first, second = (listed.viewport().grab(listed.visualItemRect(listed.item(n))).toImage() for n in range(2))
    assert (first != second) is told


def test_a_screen_reader_has_the_answer_where_the_size_is_typed(qtbot, dialog):
    for size in ("1G", "8G", "much"):
        says = typed(qtbot, dialog, size)
        assert says
        assert QAccessible.queryAccessibleInterface(dialog.size_field).text(QAccessible.Text.Description) == says


def test_a_screen_reader_is_told_of_a_newer_reading_only_what_else_than_numbers_has_changed(dialog):
    dialog.show()
    dialog.activateWindow()
    QApplication.processEvents()
    field = dialog.size_field
    field.setText("1G")
    field.setFocus()
    assert field.accessibleDescription() == dialog.answer.text() == "1.0 GiB would fit, with 3.0 GiB left."

    dialog.show_assessment(machine(3))
    assert dialog.answer.text() == "1.0 GiB would fit, with 2.0 GiB left."
    assert field.accessibleDescription() == "1.0 GiB would fit, with 3.0 GiB left."

    field.setText("2G")
    assert field.accessibleDescription() == dialog.answer.text()
    dialog.show_assessment(machine(1))
    assert field.accessibleDescription() == dialog.answer.text()

    dialog.close_button.setFocus()
    for available in (3, 4):
        dialog.show_assessment(machine(available))
    assert field.accessibleDescription() == dialog.answer.text()
