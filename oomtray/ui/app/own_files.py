"""What becomes of the program's own files while it runs: an update replaces them, a removal takes them away.

Modules are imported late, and one of another version doesn't fit those that are loaded. So no window is opened then
for which one would be needed, and the tray restarts, or quits, once the files are complete and nobody looks at a
window. Warnings go on: for them a module that may not fit is better than none.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QObject, QTimer, Signal, Slot

import oomtray
from oomtray.kernel.fd_limit import original_limit
from oomtray.messages.desktop import removed, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from oomtray.risk.assessment import Assessment

RESTART = 75
"""The program is to start anew."""
_LOOK_MS = 5000
SETTLED_SECONDS = 10.0
"""How long the files must have stayed the same, and all must have been calm."""
_START_SECONDS = 60.0
"""How long before this start a change of the files may be the reason why something fails."""
_RESTARTED_FOR = "OOMTRAY_RESTARTED_FOR"
_PAUSED = "OOMTRAY_PAUSED"
_WINDOWS = tuple(f"oomtray.ui.{name}" for name in ("dialogs", "help", "history", "settings"))
"""Not the popup, which says it, and may not be loaded in the first seconds."""
_OF_ONE_START = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")


class Outdated(ImportError):
    """A window's module was not imported, because it would be of another version than those that are loaded."""


class OwnFiles(QObject):
    """Also a hook for imports, and for exceptions that nobody handles: before a change it leaves them to the hook before it."""

    said = Signal()
    """`says` has changed; emitted in whichever thread noticed."""
    failed = Signal()
    """Something has failed since the files were changed; emitted once, after `said`."""
    refused = Signal()
    """What failed is an import, as for a window that somebody wants; emitted once, after `said`."""
    over = Signal(int)
    """The program is to end with this exit status of its event loop: 0, or `RESTART`."""

    def __init__(
        self,
        calm: Callable[[], bool],
        parent: QObject | None = None,
        *,
        path: str = oomtray.__file__,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`calm` says whether nobody would notice an end now; `path` is a file that every update replaces."""
        super().__init__(parent)
        self._calm = calm
        self._path = path
        self._clock = clock
        self._began_at = time.time()
        self._began_with: tuple[int, ...] | None = ()
        self._began_with = self._stamp()
        self._restarted_for = os.environ.pop(_RESTARTED_FOR, None)
        self._has_failed = self._has_refused = False
        self._found = 0, 0
        self._same_since = self._calm_since = clock()
        self.says = ""
        """What has become of the files; "" while nothing has."""
        self._timer = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self._before = sys.excepthook
        self.failed.connect(self.look)

    def guard(self) -> None:
        """Hook into imports and unhandled exceptions."""
        sys.meta_path.insert(0, self)
        sys.excepthook = self

    @property
    def changed(self) -> bool:
        return self._stamp() != self._began_with

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: object = None) -> None:
        """Refuse windows of another version; leave the other modules to the finders after this one."""
        if name.startswith(_WINDOWS) and self.changed:
            raise Outdated(self._fate())

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not self.changed:
            self._before(kind, error, trace)
            self._consider_start()
        if not self.changed:
            return
        if not self._has_failed:
            self._has_failed = True
            self._say(self._fate())
            self.failed.emit()
        if isinstance(error, ImportError) and not self._has_refused:
            self._has_refused = True
            self.refused.emit()

    def _consider_start(self) -> None:
        """Count the loaded modules as outdated if they may be of two versions, because an update was under way at the start."""
        found = self._look_at_all()
        if found[0] / 1e9 > self._began_at - _START_SECONDS and str(found) != self._restarted_for:
            self._began_with = ()  # unlike any

    @Slot()
    def look(self) -> None:
        """Go after a change, if there is one: cheap, so that it can be called often."""
        if not self._timer.isActive() and self.changed:
            self._same_since = self._calm_since = self._clock()
            self._look_again()

    @Slot()
    def _look_again(self) -> None:
        if not self.changed:  # put back
            self._say("")
            return
        now, found = self._clock(), self._look_at_all()
        if found != self._found:
            self._found, self._same_since = found, now
        if not self._calm():
            self._calm_since = now
        self._timer.start()
        if now < self._same_since + SETTLED_SECONDS:
            return
        self._say(self._fate())
        if now >= self._calm_since + SETTLED_SECONDS:
            self._end()

    def _say(self, says: str) -> None:
        if says != self.says:
            self.says = says
            self.said.emit()

    def _end(self) -> None:
        if self._stamp() is None:
            self.over.emit(0)
        elif self._starts():
            os.environ[_RESTARTED_FOR] = str(self._found)
            self.over.emit(RESTART)
        else:
            self._calm_since = self._clock()  # what it needs may be about to be updated too

    def _starts(self) -> bool:
        """Whether the new version has all that it imports at its start."""
        import subprocess

        folder = os.path.dirname(os.path.dirname(self._path))
        script = "import sys; sys.path.insert(0, sys.argv[1]); import oomtray.ui.app.start"
        command = [sys.executable, "-P", "-c", script, folder]  # -P: nothing of the working directory
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def _fate(self) -> str:
        return removed() if self._stamp() is None else replaced()

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:  # a bad disk is no removal
            return self._began_with
        return found.st_ino, found.st_mtime_ns

    def _look_at_all(self) -> tuple[int, int]:
        """Return when a file of the program was last replaced, in nanoseconds since 1970, and how many there are."""
        times: list[int] = []
        for folder, _, names in os.walk(os.path.dirname(self._path)):
            for name in names:
                if name.endswith(".py"):
                    with suppress(OSError):
                        times.append(os.stat(os.path.join(folder, name)).st_ctime_ns)
        return max(times, default=0), len(times)


def is_calm(root: QObject, assessment: Assessment | None) -> bool:
    """Whether nothing is lost by an end now: all is well, no window is shown, and `root` has no password asked for."""
    from PySide6.QtCore import QProcess
    from PySide6.QtWidgets import QApplication

    if assessment is not None and assessment.level.name != "normal":
        return False
    shown = (window for window in QApplication.topLevelWidgets() if window.isVisible())
    # an icon of the old kind is a window too
    return all(window.metaObject().className() == "QSystemTrayIconSys" for window in shown) and not root.findChildren(QProcess)


def was_paused() -> bool:
    """Whether the version before this one was paused when it started this one; asked once."""
    return os.environ.pop(_PAUSED, None) is not None


def start_anew(*, paused: bool) -> NoReturn:
    """Become the version that is there now, with the same command line, PID, environment and limit on open files."""
    if paused:
        os.environ[_PAUSED] = "1"
    for name in _OF_ONE_START:
        os.environ.pop(name, None)
    with original_limit():  # which the new one takes for its own, and hands on to what it starts
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
