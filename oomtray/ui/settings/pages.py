"""The pages of the settings, in order; the code of each is imported when it is first shown.

A new page needs a module with a `Page`, a line in `PAGES`, a function that creates it, and an icon in
`page_icons`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.ui.settings.page import Page
    from oomtray.ui.settings.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class PageEntry:
    id: str
    title: str
    """To be translated."""
    make: Callable[[str, Surroundings], Page]
    """Takes the translated title."""


def _warnings(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.warnings_page import WarningsPage

    return WarningsPage(title, around)


def _notifications(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.plain_pages import NotificationsPage

    return NotificationsPage(title, around)


def _protection(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.plain_pages import ProtectionPage

    return ProtectionPage(title, around)


def _step_in(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.step_in_page import StepInPage

    return StepInPage(title, around)


def _rules(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.rules_page import RulesPage

    return RulesPage(title, around)


def _look(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.plain_pages import LookPage

    return LookPage(title, around)


def _history(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.plain_pages import HistoryPage

    return HistoryPage(title, around)


def _pace(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.plain_pages import AdvancedPage

    return AdvancedPage(title, around)


def _login(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.login_page import LoginPage

    return LoginPage(title, around)


def _about(title: str, around: Surroundings) -> Page:
    from oomtray.ui.settings.about_page import AboutPage

    return AboutPage(title, around)


PAGES = (
    PageEntry("warnings", mark("Warnings"), _warnings),
    PageEntry("notifications", mark("Notifications"), _notifications),
    PageEntry("protection", mark("Protection"), _protection),
    PageEntry("step-in", mark("Stepping in"), _step_in),
    PageEntry("rules", mark("Rules"), _rules),
    PageEntry("look", mark("Look and icon"), _look),
    PageEntry("history", mark("History"), _history),
    PageEntry("pace", mark("Advanced"), _pace),
    PageEntry("login", mark("Start at login"), _login),
    PageEntry("about", mark("About"), _about),
)
