"""Specifies what the history window's menu does: one window at a time, exported to a file, cleared after a question."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from oomtray.history.database import Database
from oomtray.kills.followed_processes import FollowedProcesses
from oomtray.kills.unread_log import UnreadLog
from oomtray.risk.kill_event import Dead
from oomtray.ui.app.history import HistoryOpener
from tests.facts import histories
from tests.ui.history.conftest import NOW

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(str(tmp_path / "history.db"))
    histories.write(database, NOW, days=1)
    return database


@pytest.fixture
def opener(qtbot, database: Database):
    opener = HistoryOpener(database=lambda: database, clock=lambda: NOW)
    window = opener.open((80.0, 90.0))
    qtbot.waitUntil(lambda: window.period is not None and not window.reading, timeout=10_000)
    yield opener
    if opener.window is not None:
        opener.window.close()


def answer(opener: HistoryOpener, label: str) -> None:
    (button,) = [button for button in opener.question.buttons() if button.text() == label]
    button.click()


def test_there_is_one_window(opener: HistoryOpener) -> None:
    assert opener.open(()) is opener.window
    first = opener.window
    first.close()
    assert opener.open(()) is not first


def test_clearing_asks_first(qtbot, opener: HistoryOpener, database: Database) -> None:
    opener.window.more.clear_action.trigger()
    assert opener.question.defaultButton().text() == "Cancel"
    assert opener.question.iconPixmap().isNull(), "no picture of a style beside the app's own"
    answer(opener, "Cancel")
    assert os.path.exists(database.path)
    Path(f"{database.path}.damaged-1").write_text("what could not be read")
    followed = FollowedProcesses()
    followed.keep("boot", [], lambda _: Dead(pid=1, name="x"), {})
    assert os.path.exists(followed.path)
    unread = UnreadLog()
    unread.keep(NOW)
    opener.window.more.clear_action.trigger()
    with qtbot.waitSignal(opener.cleared) as told:
        answer(opener, "Clear")
    assert told.args == [NOW]
    qtbot.waitUntil(lambda: opener.window.period.first is None, timeout=10_000)
    assert [name for name in os.listdir(Path(database.path).parent) if name.startswith("history.db")] == []
    assert not os.path.exists(followed.path), "who was followed is of the past too"
    assert unread.since() is None, "and what was to be read"


def test_that_it_was_not_cleared_is_told_though_the_window_is_closed(qtbot, opener: HistoryOpener, database: Database, monkeypatch) -> None:
    closed = Event()

    def fail() -> None:
        closed.wait()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(database, "clear", fail)
    opener.window.more.clear_action.trigger()
    answer(opener, "Clear")
    opener.window.close()
    closed.set()
    qtbot.waitUntil(lambda: any(isinstance(one, QMessageBox) and one.isVisible() for one in QApplication.topLevelWidgets()), timeout=10_000)
    opener.complaint.close()


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("csv", b"time,level,"), ("json", b"{")])
def test_what_is_shown_goes_into_a_file(opener: HistoryOpener, tmp_path: Path, kind: str, begins: bytes) -> None:
    opener.export_to(str(tmp_path / "out"), kind)
    assert (tmp_path / "out").read_bytes().startswith(begins)


def test_a_file_is_asked_for(opener: HistoryOpener) -> None:
    (csv,) = [action for action in opener.window.more.menu_below.actions() if action.data() == "csv"]
    csv.trigger()
    assert opener.files.dialog.selectedFiles()[0].endswith("oomtray-history-2026-11-26.csv")
    opener.files.dialog.reject()


@pytest.mark.parametrize("there", [True, False])
def test_no_folder_is_suggested_that_is_not_there(opener: HistoryOpener, tmp_path: Path, monkeypatch, there: bool) -> None:
    documents = tmp_path / "papers"
    if there:
        documents.mkdir()
    (tmp_path / "user-dirs.dirs").write_text(f'XDG_DOCUMENTS_DIR="{documents}"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    wanted = []
    monkeypatch.setattr(opener.files, "ask", lambda asked, _then: wanted.append(asked.folder))
    (csv,) = [action for action in opener.window.more.menu_below.actions() if action.data() == "csv"]
    csv.trigger()
    assert wanted == [str(documents) if there else ""]


def test_a_file_that_can_not_be_written_is_told(opener: HistoryOpener, tmp_path: Path) -> None:
    opener.export_to(str(tmp_path / "missing" / "out"), "csv")
    (told,) = opener.window.findChildren(QMessageBox)
    assert told.text() == f"{tmp_path}/missing/out can't be written: No such file or directory."
    assert told.textFormat() == Qt.TextFormat.PlainText
    told.close()
