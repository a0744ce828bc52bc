"""What the popup says at its foot for as long as it holds, and where its numbers are old."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.ui.app.worker import Unreadable

if TYPE_CHECKING:
    from oomtray.ui.app.background import Background, Stale
    from oomtray.ui.app.dialogs import Dialogs
    from oomtray.ui.popup.popup import Popup


def notices(background: Background, dialogs: Dialogs | None) -> list[str]:
    """That the app runs as root, mistakes in the settings and the rules, and why the history is not written."""
    from oomtray.messages.desktop import runs_as_root

    told = [runs_as_root()] if os.geteuid() == 0 else []
    watcher = background.watcher
    if watcher.problems:
        from oomtray.messages.settings import problem

        told += [problem(watcher.path.name, wrong) for wrong in watcher.problems]
    if dialogs is not None:
        told += dialogs.rules.mistakes
    if background.history_problem is not None:
        told.append(background.history_notice())
    return told


def mark_outdated(popup: Popup, news: Unreadable | Stale) -> None:
    """Show in the popup that its numbers are old, and why."""
    if isinstance(news, Unreadable):
        popup.cannot_read(news.says)
    else:
        popup.show_stale(news.age)
