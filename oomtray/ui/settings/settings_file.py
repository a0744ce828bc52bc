"""The settings file as the window shows and edits it: its values, its mistakes, and what it refuses."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from oomtray.config.schema import BY_PATH, ORDERS
from oomtray.messages import setting_labels as labels
from oomtray.messages.file_edits import setting_changed
from oomtray.messages.i18n import mark, tr
from oomtray.ui.settings.defaults import DEFAULTS, default

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.actions.journal import Journal
    from oomtray.actions.journal_file import Batch
    from oomtray.config import Watcher
    from oomtray.config.problem import Problem
    from oomtray.config.settings import Settings
    from oomtray.config.toml_file import Texts

_MERGE_SECONDS = 5.0
"""Seconds between two steps that still count as one change: moving a slider, typing a number."""
_LOOK_MS = 1000
"""Milliseconds between checks for changes of the file by others; one stat each."""
_LOWER = mark("{value} was not taken: it must be lower than “{other}” ({other_value}).")
_NOT_HIGHER = mark("{value} was not taken: it must not be higher than “{other}” ({other_value}).")
_HIGHER = mark("{value} was not taken: it must be higher than “{other}” ({other_value}).")
_NOT_LOWER = mark("{value} was not taken: it must not be lower than “{other}” ({other_value}).")


class Edited(NamedTuple):
    refused: str = ""
    """Why it was not written; empty if it was, or if it changes nothing."""
    did: str = ""
    back: Callable[[], str] | None = None
    """Undoes the edit, and returns why that failed or ""; None if there is nothing to undo."""
    nothing: bool = False
    """Whether everything is as it was before the first step."""


class _LastChange(NamedTuple):
    """The last change of a setting, made up of its steps."""

    path: str
    texts: Texts
    shown: Any
    """The value before."""
    batch: Batch | None
    at: float


class SettingsFile(QObject):
    """Edits the file; `read_anew` says that the settings or mistakes have changed, whoever changed them."""

    read_anew = Signal()

    def __init__(self, watcher: Watcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = watcher
        self.clock = time.monotonic
        self._run: _LastChange | None = None
        """The change that the next step may continue."""
        self._shown = watcher.settings, watcher.problems
        self.look = QTimer(self, interval=_LOOK_MS)
        self.look.timeout.connect(self.refresh)

    @property
    def path(self) -> str:
        return str(self._watcher.path)

    @property
    def name(self) -> str:
        return self._watcher.path.name

    @property
    def settings(self) -> Settings:
        return self._watcher.settings

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._watcher.problems

    @property
    def readable(self) -> bool:
        """Whether the file can be edited: a mistake in the whole file has no key."""
        return all(problem.key for problem in self.problems)

    def value(self, path: str) -> Any:
        section, name = path.split(".")
        return getattr(getattr(self.settings, section), name)

    def watch(self, *, on: bool) -> None:
        """Watch the file while the window is shown."""
        if on:
            self.look.start()
            self.refresh()
        else:
            self.look.stop()

    @Slot()
    def refresh(self) -> None:
        """Read the file if it has changed; another user of the watcher may have done so already."""
        self._watcher.refresh()
        now = self._watcher.settings, self._watcher.problems
        if now != self._shown:
            self._shown = now
            self.read_anew.emit()

    def change(self, wanted: Mapping[str, Any]) -> str:
        """Write values, None for the default; return why that failed, in the user's words, or ""."""
        return self._change(wanted)[0]

    def _change(self, wanted: Mapping[str, Any]) -> tuple[str, Texts | None]:
        from oomtray.config.toml_file import NotEdited
        from oomtray.config.writing import change_all
        from oomtray.messages import settings as words

        says, texts = "", None
        try:
            texts = change_all(self.path, wanted)
        except NotEdited as error:
            says = _contradiction(self.value, wanted) if error.why == "refused" else ""
            says = says or words.not_written(error)
        self.refresh()
        return says, texts

    def edit(self, path: str, value: Any) -> Edited:
        """Write one setting and record it; edits of the same one in quick succession count as one change."""
        from oomtray.actions.file_edits import record_settings
        from oomtray.actions.journal import Journal
        from oomtray.config.taking_back import edit_between, take_back
        from oomtray.config.toml_file import NotEdited

        before, mistaken = self.value(path), any(problem.key == path for problem in self.problems)
        says, texts = self._change({path: value})
        if texts is None:
            return Edited(says)
        journal, run, now = Journal(), self._run, self.clock()
        goes_on = run is not None and run.path == path and run.texts.after == texts.before and now - run.at <= _MERGE_SECONDS
        if goes_on and run is not None and (run.batch is None or _is_last(journal, run.batch)):
            texts, before, batch = texts._replace(before=run.texts.before), run.shown, run.batch
        else:
            batch = None
        made, after = edit_between(texts), self.value(path)
        if after == before and not mistaken:  # a slider was moved back; where the file didn't say it before, it needn't now
            with suppress(NotEdited):
                take_back(self.path, made)
            self.refresh()
            self._run = None
            if batch is not None:
                journal.take_back(batch)
            return Edited("", nothing=True)
        batch = record_settings(journal, self.path, made, ({path: before}, {path: after}), batch)
        self._run = _LastChange(path, texts, before, batch, now)
        return Edited("", setting_changed(path, before, after), partial(self.undo, journal, batch, partial(take_back, self.path, made)))

    def restore_defaults(self) -> tuple[str, Callable[[], str] | None]:
        """Restore all defaults; return why that failed or "", and what undoes it, None if nothing was changed."""
        from oomtray.actions.file_edits import record_defaults
        from oomtray.actions.journal import Journal
        from oomtray.config import writing

        journal = Journal()
        done: list[tuple[Texts, Batch | None]] = []

        def restore() -> None:
            texts = writing.restore_defaults(self.path)
            if texts is not None:
                done.append((texts, record_defaults(journal, self.path, texts)))

        says = self._write(restore)
        if not done:
            return says, None
        texts, batch = done[0]
        return says, partial(self.undo, journal, batch, partial(writing.put_back, self.path, texts))

    def undo(self, journal: Journal, batch: Batch | None, unrecorded: Callable[[], object]) -> str:
        """Undo an edit, through the journal unless that could not be written (`batch` is None).

        Returns why that failed, in the user's words, or "".
        """
        from oomtray.actions.file_edits import undo

        return self._write(unrecorded if batch is None else lambda: undo(journal, batch))

    def _write(self, edit: Callable[[], object]) -> str:
        from oomtray.config.toml_file import NotEdited
        from oomtray.messages.settings import not_written

        says = ""
        try:
            edit()
        except NotEdited as error:
            says = not_written(error)
        self.refresh()
        return says


def _is_last(journal: Journal, batch: Batch) -> bool:
    last = journal.last()
    return last is not None and (last.number, last.time) == (batch.number, batch.time)


def _contradiction(current: Callable[[str], Any], wanted: Mapping[str, Any]) -> str:
    """Return which other setting a wanted value contradicts, or ""; `current` returns the current value of a setting by its path."""

    def value(path: str) -> Any:
        if path not in wanted:
            return current(path)
        return default(path) if wanted[path] is None else BY_PATH[path].accept(wanted[path], BY_PATH[path].default(DEFAULTS))

    for order in ORDERS:
        lower, higher = f"{order.section}.{order.lower}", f"{order.section}.{order.higher}"
        if not {lower, higher} & wanted.keys() or order.holds(value(lower), value(higher)):
            continue
        path, other, template = (
            (lower, higher, _NOT_HIGHER if order.may_equal else _LOWER)
            if lower in wanted
            else (higher, lower, _NOT_LOWER if order.may_equal else _HIGHER)
        )
        return tr(
            template,
            value=labels.value(path, value(path)),
            other=labels.name(other),
            other_value=labels.value(other, value(other)),
        )
    return ""
