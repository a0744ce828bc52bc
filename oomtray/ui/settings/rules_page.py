"""Which program always gets which value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr
from oomtray.ui.settings.page import Page

if TYPE_CHECKING:
    from oomtray.ui.settings.surroundings import Surroundings


class RulesPage(Page):
    def __init__(self, title: str, around: Surroundings) -> None:
        super().__init__(title, around)
        self.add_note(tr("Make a rule from the menu of a row: Always protect, or Always deprioritize."))
        self.finish()
