"""The page of when memory counts as short, and whether there would have been warnings last week."""

from __future__ import annotations

from oomtray.messages.i18n import tr
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.plain_pages import row
from oomtray.ui.settings.tried_week import TriedWeek


class WarningsPage(Page):
    def build(self) -> None:
        self.add_setting(
            row(self, "levels.warning_percent"),
            row(self, "levels.warning_left"),
            row(self, "levels.critical_percent"),
            row(self, "levels.critical_left"),
            note=tr("Where both are set, both have to be reached. On a large machine the size is reached later."),
        )
        self.tried = TriedWeek(self.around, self.widget())
        self.column.addWidget(self.tried)
        self.add_setting(
            row(self, "levels.warning_forecast_seconds"),
            row(self, "levels.critical_forecast_seconds"),
            caption=tr("When memory runs out soon"),
        )
        self.add_setting(
            row(self, "levels.warning_stall"),
            row(self, "levels.critical_stall"),
            caption=tr("When programs wait for memory"),
            note=tr("Part of the last 10 seconds in which all programs waited. It counts only while memory is short as well."),
        )

    def take(self) -> None:
        super().take()
        self.tried.take()
