"""The pages of the settings, in order; the code of each is imported when it is first shown.

A new page needs a module with a `Page`, a line in `PAGES`, a case in `make_page`, and an icon in
`page_icons`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.ui.settings.page import Page
    from oomtray.ui.settings.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class PageEntry:
    id: str
    title: str
    """To be translated."""


PAGES = (
    PageEntry("warnings", mark("Warnings")),
    PageEntry("notifications", mark("Notifications")),
    PageEntry("protection", mark("Protection")),
    PageEntry("step-in", mark("Stepping in")),
    PageEntry("rules", mark("Rules")),
    PageEntry("look", mark("Look and icon")),
    PageEntry("history", mark("History")),
    PageEntry("pace", mark("Advanced")),
    PageEntry("login", mark("Start at login")),
    PageEntry("about", mark("About")),
)


def make_page(page: PageEntry, around: Surroundings) -> Page:
    title = tr(page.title)
    match page.id:
        case "warnings":
            from oomtray.ui.settings.warnings_page import WarningsPage

            return WarningsPage(title, around)
        case "notifications":
            from oomtray.ui.settings.plain_pages import NotificationsPage

            return NotificationsPage(title, around)
        case "protection":
            from oomtray.ui.settings.plain_pages import ProtectionPage

            return ProtectionPage(title, around)
        case "step-in":
            from oomtray.ui.settings.step_in_page import StepInPage

            return StepInPage(title, around)
        case "rules":
            from oomtray.ui.settings.rules_page import RulesPage

            return RulesPage(title, around)
        case "look":
            from oomtray.ui.settings.plain_pages import LookPage

            return LookPage(title, around)
        case "history":
            from oomtray.ui.settings.plain_pages import HistoryPage

            return HistoryPage(title, around)
        case "pace":
            from oomtray.ui.settings.plain_pages import AdvancedPage

            return AdvancedPage(title, around)
        case "login":
            from oomtray.ui.settings.login_page import LoginPage

            return LoginPage(title, around)
        case "about":
            from oomtray.ui.settings.about_page import AboutPage

            return AboutPage(title, around)
    raise KeyError(page.id)
