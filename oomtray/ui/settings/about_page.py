"""What this program is, and where its files lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray import __version__
from oomtray.messages.i18n import tr
from oomtray.ui.settings.page import Page

if TYPE_CHECKING:
    from oomtray.ui.settings.surroundings import Surroundings


class AboutPage(Page):
    def __init__(self, title: str, around: Surroundings) -> None:
        super().__init__(title, around)
        self.add_note(tr("OOM Tray {version}", version=__version__))
        self.finish()
