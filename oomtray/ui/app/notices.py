"""Persistent notices at the popup's bottom, and how popup and icon mark outdated numbers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.messages.desktop import runs_as_root
from oomtray.ui.app.background import Background, Stale
from oomtray.ui.app.worker import Unreadable

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.app.dialogs import Dialogs
    from oomtray.ui.popup.popup import Popup
    from oomtray.ui.tray.tray_icon import TrayIcon


def notices(background: Background, dialogs: Dialogs | None) -> list[str]:
    """Return notices: the app runs as root, mistakes in settings and rules, why history isn't written."""
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
    if isinstance(news, Unreadable):
        popup.cannot_read(news.says)
    else:
        popup.show_stale(news.age)


def show_latest(icon: TrayIcon | None, latest: Assessment | Unreadable | Stale | None) -> None:
    if icon is None or latest is None:
        return
    if isinstance(latest, Unreadable):
        icon.cannot_read(latest.says)
    elif isinstance(latest, Stale):
        icon.show_stale(latest.age)
    else:
        icon.show(latest)
