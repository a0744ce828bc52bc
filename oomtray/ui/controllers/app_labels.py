"""Display names and icons of apps and processes for the window.

Commands and their JSON keep the plain names of `oomtray.risk.apps`.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QIcon

from oomtray.kernel.files import PROC
from oomtray.messages.names import title
from oomtray.risk.following import shown_app
from oomtray.text import name_shown
from oomtray.ui.controllers.app_label import AppLabel, plain_name
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, Risk
    from oomtray.ui.controllers.installed_apps import Ended
    from oomtray.ui.controllers.label_lookup import Wanted
    from oomtray.ui.controllers.label_making import LabelMaker

_RECHECK_SECONDS = 30.0
"""Seconds before unknown apps are looked up again, since they may have been installed meanwhile."""


class AppLabels(QObject):
    """Labels of apps and processes, cheap enough to ask for while a row is painted: no call blocks.

    Ask only for visible rows: what isn't known yet is then read in the background, and `changed` announces
    that asking again may return more. The popup has one instance, `Popup.labels`.
    """

    changed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        proc: str = PROC,
        environ: Mapping[str, str] = os.environ,
        home: str = "",
    ) -> None:
        """`home` is the directory shown as ~; if empty, the user's home directory."""
        super().__init__(parent)
        self._home = home
        self._proc = proc
        self._environ = environ
        self._maker: LabelMaker | None = None
        """None until the installed apps have been read."""
        self._check = False
        self._checked = 0.0
        self._reading = self._drawing = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        """A child of this object, so that it dies with the window; a free-standing single shot would not."""
        self._soon.timeout.connect(self._read)

    @property
    def reads(self) -> bool:
        """Whether something is being read or about to be."""
        return self._reading or self._drawing or self._soon.isActive()

    def read_ahead(self) -> None:
        """Read the installed apps before the first label is requested."""
        if self._maker is None:
            self._read_soon()

    def look_again(self) -> None:
        """Check for newly installed apps because the window was opened again."""
        if self._maker is not None:
            self._check = True
            self._read_soon()

    def of_app(self, app: App) -> AppLabel:
        return self._label(lambda maker: maker.of_app(app), plain_name(app))

    def of_process(self, risk: Risk) -> AppLabel:
        return self._label(lambda maker: maker.of_process(risk), risk.process.name)

    def of_ended(self, ended: Ended) -> AppLabel:
        """Return the label of an app or process that may have ended long ago."""
        return self._label(lambda maker: maker.of_ended(ended), ended.shown)

    def of_owner(self, assessment: Assessment, risk: Risk) -> AppLabel | None:
        """Return the label of the app that a process belongs to; None if apps weren't requested."""
        app = shown_app(assessment, risk)
        return None if app is None else self.of_app(app)

    def title(self, assessment: Assessment, risk: Risk) -> str:
        """Return the display name of the app that a process belongs to."""
        label = self.of_owner(assessment, risk)
        return title(assessment, risk) if label is None else label.name

    def _label(self, made_by: Callable[[LabelMaker], AppLabel], plain: str) -> AppLabel:
        """Return the label, or just the plain name before the installed apps have been read."""
        if self._maker is None:
            self._read_soon()
            return AppLabel(name_shown(plain), "", None)
        label = made_by(self._maker)
        self._read_what_is_missing()
        return label

    def _read_what_is_missing(self) -> None:
        assert self._maker is not None
        missing = self._maker.missing
        if missing.newer_entries:
            missing.newer_entries = False
            if time.monotonic() - self._checked > _RECHECK_SECONDS:
                self._check = True
        if missing.scripts or missing.cut or missing.containers or missing.icons or self._check:
            self._read_soon()

    def _read_soon(self) -> None:
        """Schedule one read for all rows of the current paint."""
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _read(self) -> None:
        """Read names and icons in separate tasks, so that a slow image doesn't hold up the names."""
        maker = self._maker
        missing = None if maker is None else maker.missing
        if not self._reading and (missing is None or missing.scripts or missing.cut or missing.containers or self._check):
            self._reading = True
            from oomtray.ui.controllers.label_lookup import look_up

            run_in_background(partial(look_up, self._wanted(), self._proc, self._environ), self._take_names, self)
        if missing is not None and missing.icons and not self._drawing:
            from oomtray.ui.controllers.label_lookup import look_up_images
            from oomtray.ui.qt.app_tiles import SIZES, ratio

            icons, missing.icons = tuple(missing.icons), {}
            pixels = tuple(round(size * ratio()) for size in SIZES)
            themes = tuple(dict.fromkeys((QIcon.themeName(), QIcon.fallbackThemeName())))
            self._drawing = True
            run_in_background(partial(look_up_images, icons, pixels, themes, self._environ), self._take_images, self)

    def _wanted(self) -> Wanted:
        from oomtray.ui.controllers.label_lookup import Wanted

        if self._maker is None:
            return Wanted(known=None)
        missing = self._maker.missing
        wanted = Wanted(
            self._maker.entries.stamp, self._check, dict(missing.scripts), tuple(missing.cut.values()), tuple(missing.containers)
        )
        missing.scripts, missing.cut, missing.containers, self._check = {}, {}, set(), False
        return wanted

    @Slot(object)
    def _take_names(self, found: object) -> None:
        from oomtray.ui.controllers.label_lookup import Found

        self._reading = False
        if not isinstance(found, Found):
            return  # what failed stays unknown and isn't requested again
        self._checked = time.monotonic()
        if found.entries is not None:
            if self._maker is None:
                from oomtray.ui.controllers.label_making import LabelMaker

                self._maker = LabelMaker(found.entries, home=self._home)
            else:
                self._maker.take_entries(found.entries)
        assert self._maker is not None
        if found.scripts:
            self._maker.take_scripts(found.scripts)
        if found.whole:
            self._maker.take_whole_names(found.whole)
        if found.asked:
            self._maker.take_containers(found.asked, found.containers)
        if found.entries is not None or found.scripts or found.whole or found.containers:
            self.changed.emit()
        self._read_what_is_missing()

    @Slot(object)
    def _take_images(self, found: object) -> None:
        self._drawing = False
        if self._maker is not None and isinstance(found, dict):
            self._maker.take_images(found)
            self.changed.emit()
            self._read_what_is_missing()
