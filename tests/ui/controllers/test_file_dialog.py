"""Specifies a window's file dialog: the desktop's, or Qt's if it has none; with a fake portal on a private bus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QWidget

from oomtray.dbus.session import SessionBus
from oomtray.desktop import file_chooser
from oomtray.desktop.file_chooser import Wanted
from oomtray.ui.app.qt_start import translate_qt
from oomtray.ui.controllers.file_dialog import FileDialog
from tests.rigs.bus.file_portal import FilePortal
from tests.rigs.bus.peers import PrivateBus, serving
from tests.rigs.translations.speaking import environment, put, speaking

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")

OPEN = Wanted("Open a log", folder="/var/log")
LONG = 600_000
"""Milliseconds: longer than any test."""


@pytest.fixture
def window(qtbot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def files(window: QWidget, bus: SessionBus) -> FileDialog:
    return FileDialog(window, bus, patience_ms=LONG)


@pytest.fixture
def portal_of(private_bus: PrivateBus) -> Iterator[Callable[..., FilePortal]]:
    with ExitStack() as stack:

        def made(**habits: object) -> FilePortal:
            portal = FilePortal(private_bus.address, **habits)  # type: ignore[arg-type]
            stack.callback(portal.peer.close)
            stack.enter_context(serving(portal.peer))
            return portal

        yield made


@pytest.fixture
def portal(portal_of: Callable[..., FilePortal]) -> FilePortal:
    return portal_of()


@pytest.fixture
def chosen() -> list[str]:
    return []


@pytest.fixture(autouse=True)
def slow_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take an answer for a person's however fast a test gives it."""
    monkeypatch.setattr(file_chooser, "AT_ONCE", 0.0)


def test_the_desktop_s_dialog_gives_the_file(qtbot, files: FileDialog, portal: FilePortal, chosen: list[str]) -> None:
    files.ask(OPEN, chosen.append)
    assert chosen == [], "nothing waits for it"
    qtbot.waitUntil(lambda: bool(portal.open))
    assert files.dialog is None
    portal.choose("file:///var/log/sys%20log")
    qtbot.waitUntil(lambda: chosen == ["/var/log/sys log"])


def test_a_dialog_that_is_left_gives_none_and_another_is_asked_for(
    qtbot, files: FileDialog, portal: FilePortal, chosen: list[str]
) -> None:
    for leave in (portal.cancel, portal.close_by_title):
        files.ask(OPEN, chosen.append)
        qtbot.waitUntil(lambda: bool(portal.open))
        leave()
    files.ask(OPEN, chosen.append)
    qtbot.waitUntil(lambda: len(portal.wanted) == 3)
    portal.choose("file:///tmp/a")
    qtbot.waitUntil(lambda: chosen == ["/tmp/a"])
    assert files.dialog is None


def test_without_a_portal_qt_s_own_asks(qtbot, files: FileDialog, tmp_path: Path, chosen: list[str]) -> None:
    log = tmp_path / "kern.log"
    log.touch()
    files.ask(Wanted("Open a log", folder=str(tmp_path)), chosen.append)
    qtbot.waitUntil(lambda: files.dialog is not None)
    dialog = files.dialog
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptOpen
    assert (dialog.windowTitle(), dialog.directory().path()) == ("Open a log", str(tmp_path))
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(log))
    dialog.accept()
    assert chosen == [str(log)]
    assert files.dialog is None


def test_without_a_bus_qt_s_own_asks_at_once_and_gives_a_name_its_suffix(
    window: QWidget, tmp_path: Path, chosen: list[str]
) -> None:
    files = FileDialog(window, None)
    files.ask(Wanted("Export", save=True, folder=str(tmp_path), name="memory", suffix="csv"), chosen.append)
    assert files.dialog.nameFilters() == ["CSV (*.csv)"]
    files.dialog.accept()
    assert chosen == [str(tmp_path / "memory.csv")]


@pytest.mark.parametrize("habits", [{"version": None}, {"silent": True}], ids=["without it", "hangs"])
def test_a_portal_that_shows_none_has_qt_s_own_ask(
    qtbot, window: QWidget, bus: SessionBus, portal_of: Callable[..., FilePortal], habits: dict[str, object]
) -> None:
    portal = portal_of(**habits)
    files = FileDialog(window, bus, patience_ms=50 if "silent" in habits else LONG)
    files.ask(OPEN, print)
    qtbot.waitUntil(lambda: files.dialog is not None)
    assert portal.wanted == []
    files.cancel()


def test_a_portal_that_has_it_may_take_as_long_as_its_user(
    qtbot, window: QWidget, bus: SessionBus, portal: FilePortal, chosen: list[str]
) -> None:
    files = FileDialog(window, bus, patience_ms=LONG)
    files.ask(OPEN, chosen.append)
    qtbot.waitUntil(lambda: bool(portal.open) and files._request.taken)
    files._patience.timeout.emit()
    assert files.dialog is None
    portal.choose("file:///tmp/a")
    qtbot.waitUntil(lambda: chosen == ["/tmp/a"])


def test_a_portal_that_dies_with_its_dialog_has_qt_s_own_ask(
    qtbot, files: FileDialog, private_bus: PrivateBus
) -> None:
    portal = FilePortal(private_bus.address)
    with serving(portal.peer):
        files.ask(OPEN, print)
        qtbot.waitUntil(lambda: bool(portal.open))
    portal.peer.close()
    qtbot.waitUntil(lambda: files.dialog is not None)
    files.cancel()


def test_closing_the_window_takes_the_dialog_back(
    qtbot, window: QWidget, files: FileDialog, portal: FilePortal, chosen: list[str]
) -> None:
    files.ask(OPEN, chosen.append)
    qtbot.waitUntil(lambda: bool(portal.open))
    window.close()
    qtbot.waitUntil(lambda: not portal.open)


def test_minimizing_the_window_does_not(
    qtbot, window: QWidget, files: FileDialog, portal: FilePortal, chosen: list[str]
) -> None:
    files.ask(OPEN, chosen.append)
    qtbot.waitUntil(lambda: bool(portal.open))
    window.windowHandle().showMinimized()  # as a window manager does it
    qtbot.waitUntil(window.isMinimized)
    portal.choose("file:///tmp/a")
    qtbot.waitUntil(lambda: chosen == ["/tmp/a"])


def test_closing_the_window_closes_qt_s_own(window: QWidget, chosen: list[str]) -> None:
    files = FileDialog(window, None)
    files.ask(OPEN, chosen.append)
    dialog = files.dialog
    window.close()
    assert not dialog.isVisible()
    assert (files.dialog, chosen) == (None, [])


def test_asked_again_the_first_dialog_goes(
    qtbot, files: FileDialog, portal: FilePortal, chosen: list[str]
) -> None:
    files.ask(OPEN, lambda path: chosen.append(f"first {path}"))
    qtbot.waitUntil(lambda: bool(portal.open))
    (first,) = portal.open
    files.ask(OPEN, chosen.append)
    qtbot.waitUntil(lambda: bool(portal.open) and portal.open != [first] and len(portal.open) == 1)
    portal.choose("file:///tmp/a")
    qtbot.waitUntil(lambda: chosen == ["/tmp/a"])


class TestSaving:
    @pytest.fixture
    def saved(
        self, qtbot, files: FileDialog, portal: FilePortal, tmp_path: Path, chosen: list[str]
    ) -> Callable[..., None]:
        def save(name: str, suffix: str = "csv") -> None:
            files.ask(Wanted("Export", save=True, name="memory.csv", suffix=suffix), chosen.append)
            qtbot.waitUntil(lambda: bool(portal.open))
            portal.choose((tmp_path / name).as_uri())

        return save

    @pytest.mark.parametrize(
        ("name", "suffix", "becomes"),
        [
            ("memory.csv", "csv", "memory.csv"),
            ("memory", "csv", "memory.csv"),
            ("memory.txt", "csv", "memory.txt"),
            ("memory", "", "memory"),
        ],
    )
    def test_a_name_without_a_suffix_gets_one(
        self, qtbot, saved: Callable[..., None], tmp_path: Path, chosen: list[str], name: str, suffix: str, becomes: str
    ) -> None:
        saved(name, suffix)
        qtbot.waitUntil(lambda: chosen == [str(tmp_path / becomes)])

    def test_what_the_desktop_has_asked_about_is_not_asked_again(
        self, qtbot, saved: Callable[..., None], tmp_path: Path, chosen: list[str]
    ) -> None:
        (tmp_path / "memory.csv").touch()
        saved("memory.csv")
        qtbot.waitUntil(lambda: chosen == [str(tmp_path / "memory.csv")])

    @pytest.mark.parametrize(("label", "replaces"), [("Replace", True), ("Cancel", False)])
    def test_what_it_could_not_ask_about_is_asked_here(
        self,
        qtbot,
        files: FileDialog,
        saved: Callable[..., None],
        tmp_path: Path,
        chosen: list[str],
        label: str,
        replaces: bool,
    ) -> None:
        (tmp_path / "memory.csv").touch()
        saved("memory")
        qtbot.waitUntil(lambda: files.question is not None)
        assert (files.question.text(), chosen) == ("Replace memory.csv?", [])
        (button,) = [button for button in files.question.buttons() if button.text() == label]
        button.click()
        assert chosen == [str(tmp_path / "memory.csv")] * replaces


def test_qt_s_own_dialog_speaks_the_user_s_language(
    qtbot, window: QWidget, qapp, chosen: list[str], tmp_path: Path
) -> None:
    put(tmp_path, "ko")
    with speaking(environment(tmp_path, "ko")):
        translator = translate_qt(qapp)
        assert translator is not None
        files = FileDialog(window, None)
        files.ask(OPEN, chosen.append)
        qapp.removeTranslator(translator)

    assert files.dialog is not None
    said = {label.text() for label in files.dialog.findChildren(QLabel)} - {""}
    assert len(said) == 3
    assert not any("Look" in one or "Files" in one or one.isascii() for one in said)
    files.cancel()
