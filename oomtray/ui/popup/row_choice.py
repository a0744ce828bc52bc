"""Which apps and processes the list shows: all, or only this user's, and those whose name or pid was typed."""

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
        """`uid`: whose processes are "mine"."""
        self._uid, self.labels = uid, labels
        self.mine = False
        self.typed = ""

    @property
    def text(self) -> str:
        """What was typed, as names are compared with it."""
        return self.typed.casefold()

    def wants(self, item: App | Risk) -> bool:
        """Of an app, whether there is anything in it."""
        text = self.text
        if not isinstance(item, App):
            return self._may_show(item) and (not text or matches(item, text))
        members = [risk for risk in item.members if self._may_show(risk)]
        if not members:
            return False
        return not text or matches(item, text, self.labels) or any(matches(risk, text) for risk in members)

    def within(self, app: App) -> list[Risk]:
        """The processes below its row: all of them where the app itself was found."""
        text = self.text
        whole = not text or matches(app, text, self.labels)
        return [risk for risk in app.members if (whole or matches(risk, text)) and self._may_show(risk)]

    def _may_show(self, risk: Risk) -> bool:
        return not self.mine or risk.process.uid == self._uid


def key_of(item: App | Risk) -> Hashable:
    """What a row is known by from one scan to the next."""
    return (item.key, item.uid) if isinstance(item, App) else item.process.identity
