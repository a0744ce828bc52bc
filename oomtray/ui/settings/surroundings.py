"""What the pages of the settings need of the rest of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.desktop.autostart import Autostart
    from oomtray.history.database import Database
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.rules import RuleController
    from oomtray.ui.controllers.shortcut import ShortcutController
    from oomtray.ui.settings.settings_file import SettingsFile


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is None there is none of, and its part of the page is left out."""

    file: SettingsFile
    autostart: Callable[[], Autostart]
    database: Callable[[], Database]
    """Asked for when the record is read."""
    assessment: Callable[[], Assessment | None]
    """The latest one."""
    rules: RuleController | None = None
    shortcut: ShortcutController | None = None
    show_help: Callable[[], None] | None = None
    show_history: Callable[[], None] | None = None
