"""The settings file as the window shows and changes it: what the file says, its mistakes, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from oomtray.config.schema import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.config import Watcher
    from oomtray.config.problem import Problem
    from oomtray.config.settings import Settings

_LOOK_MS = 1000
"""Between two looks whether somebody else has changed the file; one stat each."""


class SettingsFile(QObject):
    """`read_anew`: the settings or the mistakes are others now, whoever changed them."""

    read_anew = Signal()

    def __init__(self, watcher: Watcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = watcher
        self._shown = watcher.settings, watcher.problems
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.refresh)

    @property
    def path(self) -> str:
        return str(self._watcher.path)

    @property
    def name(self) -> str:
        return self._watcher.path.name

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self._watcher.settings

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._watcher.problems

    @property
    def readable(self) -> bool:
        """Whether it can be edited: a mistake of the whole file has no key."""
        return all(problem.key for problem in self.problems)

    def value(self, path: str) -> Any:
        """What is in force of a setting, section.name."""
        section, name = path.split(".")
        return getattr(getattr(self.settings, section), name)

    def watch(self, *, on: bool) -> None:
        """While the window is shown."""
        if on:
            self._look.start()
            self.refresh()
        else:
            self._look.stop()

    @Slot()
    def refresh(self) -> None:
        """Read it where it has changed; another reader of the same watcher may have done so."""
        self._watcher.refresh()
        now = self._watcher.settings, self._watcher.problems
        if now != self._shown:
            self._shown = now
            self.read_anew.emit()

    def change(self, wanted: Mapping[str, Any]) -> str:
        """Write them, each None for its default. Why not, in the user's words; empty where it is done."""
        from oomtray.config.writing import NotWritten, change_all
        from oomtray.messages import settings as words

        says = ""
        try:
            change_all(self.path, wanted)
        except NotWritten as error:
            says = _contradiction(self.value, wanted) if error.why == "refused" else ""
            says = says or words.not_written(error)
        self.refresh()
        return says

    def restore_defaults(self) -> str:
        return self.change(dict.fromkeys((key.path for key in KEYS), None))


def _contradiction(value: Callable[[str], Any], wanted: Mapping[str, Any]) -> str:
    from oomtray.ui.settings.refusals import contradiction

    return contradiction(value, wanted)
