"""What the settings pages need from the rest of the app."""

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
    """Access to other parts; the page's section of a part that is None is left out."""

    file: SettingsFile
    autostart: Callable[[], Autostart]
    database: Callable[[], Database]
    """Called when the record is read."""
    assessment: Callable[[], Assessment | None]
    """Returns the latest one."""
    rules: RuleController | None = None
    shortcut: ShortcutController | None = None
    show_help: Callable[[], object] | None = None
    show_history: Callable[[], None] | None = None
