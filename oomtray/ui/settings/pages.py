"""The pages of the settings, in order; the code of each is imported when it is first shown.

A new page needs a `Page`, a line in `PAGES`, and an icon in `page_list`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.ui.settings.page import Page, Surroundings


@dataclass(frozen=True, slots=True)
class PageEntry:
    id: str
    title: str
    """To be translated."""
    made_by: str
    """Its module in this folder, and its class."""


PAGES = (
    PageEntry("warnings", mark("Warnings"), "warnings_page.WarningsPage"),
    PageEntry("notifications", mark("Notifications"), "plain_pages.NotificationsPage"),
    PageEntry("protection", mark("Protection"), "plain_pages.ProtectionPage"),
    PageEntry("step-in", mark("Stepping in"), "step_in_page.StepInPage"),
    PageEntry("rules", mark("Rules"), "rules_page.RulesPage"),
    PageEntry("look", mark("Look and icon"), "plain_pages.LookPage"),
    PageEntry("history", mark("History"), "plain_pages.HistoryPage"),
    PageEntry("pace", mark("Advanced"), "plain_pages.AdvancedPage"),
    PageEntry("login", mark("Start at login"), "login_page.LoginPage"),
    PageEntry("about", mark("About"), "about_page.AboutPage"),
)


def make_page(page: PageEntry, around: Surroundings) -> Page:
    module, _, name = page.made_by.partition(".")
    made: Page = getattr(import_module(f"oomtray.ui.settings.{module}"), name)(tr(page.title), around)
    return made
