"""The page about this program: what it is, where its files are, and where to read more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from oomtray import __version__
from oomtray.messages.i18n import tr
from oomtray.paths import config_file
from oomtray.ui.qt.buttons import push_button
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.icons import app_icon
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill, grid
from oomtray.ui.settings.page import Page

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent


_PAD, _ICON = 12, 48


class AboutPage(Page):
    def build(self) -> None:
        self.add_card(self._head())
        self.add_card(self._files(), caption=tr("Files"))
        show = push_button(tr("Help"), self.around.show_help, self.widget())
        self.column.addWidget(show, 0, Qt.AlignmentFlag.AlignLeading)

    def _head(self) -> QWidget:
        part = QWidget(self.widget())
        sign = QLabel(part)
        sign.setPixmap(app_icon().pixmap(_ICON, _ICON))
        name = Plain(tr("OOM Tray {version}", version=__version__), part, wraps=True)
        name.setFont(scaled(self.font(), 1.15, bold=True))
        what = Plain(tr("Says which process the OOM killer takes next, and lets you change that."), part, wraps=True)
        license_name = tr("Free software under the GNU General Public License, version 3 or later.")
        lines = fill(QVBoxLayout(), name, what, Plain(license_name, part, faint=True, wraps=True), spacing=2)
        fill(
            QHBoxLayout(part), (sign, 0, Qt.AlignmentFlag.AlignTop), (lines, 1), margins=(_PAD, _PAD, _PAD, _PAD),
            spacing=_PAD,
        )
        return part

    def _files(self) -> QWidget:
        from oomtray.history.schema import default_path

        part = QWidget(self.widget())
        cells = grid(part, stretch=1, spacing=(16, 6), margins=(_PAD, _PAD, _PAD, _PAD))
        files = (
            (tr("Settings"), self.around.file.path),
            (tr("Rules"), config_file("rules.toml")),
            (tr("History"), default_path()),
            (tr("Start at login"), str(self.around.autostart().path)),
        )
        for place, (name, path) in enumerate(files):
            label = Plain(name, part, faint=True)
            where = Plain(_breakable(path), part, wraps=True)
            where.setAccessibleName(f"{name}: {path}")
            cells.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            cells.addWidget(where, place, 1)
        self._of_start = label, where  # the last one
        return part

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        exists = self.around.autostart().path.exists()  # the page before this one may just have written it
        for part in self._of_start:
            part.setVisible(exists)


def _breakable(path: str) -> str:
    """Allow line breaks after slashes and within long names, by zero-width spaces; a name's ending stays with it."""
    return re.sub(r"([/_-]|\.(?=[^/]*\.))", "\\1\u200b", path)
