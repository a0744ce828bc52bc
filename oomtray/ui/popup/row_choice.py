"""Filters apps and processes: all or only this user's, by name or pid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.judged import App
from oomtray.ui.popup.row_words import matches

if TYPE_CHECKING:
    from collections.abc import Hashable

    from oomtray.risk.judged import Risk
    from oomtray.ui.controllers.app_labels import AppLabels


class Choice:
    def __init__(self, uid: int, labels: AppLabels | None) -> None:
        """Processes of `uid` are "mine"."""
        self._uid, self.labels = uid, labels
        self.mine = False
        self.typed = ""

    @property
    def text(self) -> str:
        """The filter text, casefolded for comparison."""
        return self.typed.casefold()

    def wants(self, item: App | Risk) -> bool:
        """Whether to show an item; an app is shown if it has anything to show."""
        text = self.text
        if not isinstance(item, App):
            return self._may_show(item) and (not text or matches(item, text))
        members = [risk for risk in item.members if self._may_show(risk)]
        if not members:
            return False
        return not text or matches(item, text, self.labels) or any(matches(risk, text) for risk in members)

    def within(self, app: App) -> list[Risk]:
        """Return the app's processes to show: all of them if the app itself matches."""
        text = self.text
        whole = not text or matches(app, text, self.labels)
        return [risk for risk in app.members if (whole or matches(risk, text)) and self._may_show(risk)]

    def _may_show(self, risk: Risk) -> bool:
        return not self.mine or risk.process.uid == self._uid


def key_of(item: App | Risk) -> Hashable:
    """Return the key that identifies a row across scans."""
    return (item.key, item.uid) if isinstance(item, App) else item.process.identity
