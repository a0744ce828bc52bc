"""Opens the history window, one at a time, and carries out its menu's actions: export and clear."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QStandardPaths, Signal, Slot

from oomtray.file_access import FileError, as_file_error
from oomtray.history import own_database
from oomtray.messages import history as words
from oomtray.messages.files import file_problem
from oomtray.messages.i18n import tr
from oomtray.ui.controllers.file_dialog import FileDialog
from oomtray.ui.history import export
from oomtray.ui.history.history_window import HistoryWindow
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.help_key import ask_by_f1
from oomtray.ui.qt.question import ask, complain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QMessageBox

    from oomtray.dbus.session import SessionBus
    from oomtray.history.database import Database
    from oomtray.history.period import Period


class HistoryOpener(QObject):
    """Opens the history: `kill_report_requested` carries the id of a kill to explain, `cleared` a time."""

    kill_report_requested = Signal(int)
    help_wanted = Signal(str)
    cleared = Signal(float)
    watched = Signal(bool)
    """Whether the window is open now."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        bus: SessionBus | None = None,
        database: Callable[[], Database] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._bus = bus
        self._database = database or own_database
        self._clock = clock
        self.window: HistoryWindow | None = None
        self.question: QMessageBox | None = None
        self.complaint: QMessageBox | None = None
        """Held while it is shown: it has no parent once the window is closed."""
        self.files: FileDialog | None = None
        """The window's."""

    def open(self, thresholds: Sequence[float], notice: str = "") -> HistoryWindow:
        """Show the window; `thresholds` and `notice` are as for `HistoryWindow`."""
        if self.window is None:
            self.watched.emit(True)
            self.window = self._make(thresholds)
        self.window.show_recording_notice(notice)
        self.window.come_up()
        return self.window

    def show_notice(self, notice: str) -> None:
        """Update why nothing is recorded."""
        if self.window is not None:
            self.window.show_recording_notice(notice)

    def _make(self, thresholds: Sequence[float]) -> HistoryWindow:
        from oomtray.history.period import read_period

        window = HistoryWindow(partial(read_period, self._database()), thresholds, clock=self._clock)
        window.kill_report_requested.connect(self.kill_report_requested)
        window.more.clear_wanted.connect(self._ask_to_clear)
        window.more.export_wanted.connect(self._ask_for_file)
        window.closed.connect(self._closed)
        self.files = FileDialog(window, self._bus)
        ask_by_f1(window, self.help_wanted)
        return window

    @Slot()
    def _closed(self) -> None:
        self.window = self.files = None
        self.watched.emit(False)

    # clearing

    @Slot()
    def _ask_to_clear(self) -> None:
        self.question = ask(
            self.window,
            tr("Clear history"),
            tr("Clear the whole history?"),
            adds=tr("All readings, kills and changes that were recorded will be deleted. This can't be undone."),
            action=tr("Clear"),
            then=self._clear,
        )

    @Slot()
    def _clear(self) -> None:
        self.cleared.emit(self._clock())
        run_in_background(self._clear_all, self._was_cleared, self)

    def _clear_all(self) -> None:
        from oomtray.kills.followed_processes import clear_followed
        from oomtray.kills.unread_log import UnreadLog

        self._database().clear()
        clear_followed()
        UnreadLog().clear()

    @Slot(object)
    def _was_cleared(self, result: object) -> None:
        if isinstance(result, Exception):
            self.complaint = complain(self.window, tr("History"), words.not_cleared(result))
        elif self.window is not None:
            self.window.reload()

    # exporting

    @Slot(str)
    def _ask_for_file(self, kind: str) -> None:
        from oomtray.desktop.file_chooser import Wanted

        if self.files is None:
            return
        place = QStandardPaths.StandardLocation
        folder = QStandardPaths.writableLocation(place.PicturesLocation if kind == "png" else place.DocumentsLocation)
        if not os.path.isdir(folder):  # Qt names it all the same, and GNOME's dialog opens with a complaint
            folder = ""
        name = time.strftime(f"oomtray-history-%Y-%m-%d.{kind}", time.localtime(self._clock()))
        wanted = Wanted(tr("Export history"), save=True, folder=folder, name=name, suffix=kind)
        self.files.ask(wanted, partial(self.export_to, kind=kind))

    def export_to(self, path: str, kind: str) -> None:
        """Write what is shown as png, csv or json."""
        window = self.window
        if window is None or window.period is None:
            return
        content = _content(window, window.period, kind)
        try:
            with as_file_error("unwritable", path):
                Path(path).write_bytes(content)
        except FileError as error:
            self.complaint = complain(self.window, tr("History"), file_problem(error.problem))


def _content(window: HistoryWindow, period: Period, kind: str) -> bytes:
    if kind == "csv":
        return export.as_csv(period, window.shown).encode()
    if kind == "json":
        return export.as_json(period, window.shown).encode()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.picture().save(buffer, "PNG")
    return bytes(content.data())
