"""The entries of the icon's menu for the apps that would be killed first, each with a submenu of actions.

They are all there from the outset, as wide as they will be: a panel can't make room in a menu once it has opened it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import victim as victim_words
from oomtray.messages.names import with_memory
from oomtray.text import columns
from oomtray.ui.qt.plain_text import in_menu

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu

    from oomtray.config import Presets
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App

TOP = 5
_ACTIONS = 3
"""How many actions each submenu has."""
_NAME_PLACEHOLDER = "…" + "\u2003" * 20
"""Placeholder for a name that isn't known yet, about as wide as names are."""
_LEAST_WIDTH = 44
"""Characters for which the menu always has room, even before it knows the display names it will contain."""


class TopApps:
    def __init__(self, menu: QMenu, presets: Callable[[], Presets], *, exported: bool, by_qt: bool) -> None:
        """Append them to the menu; `exported` means that the panel draws it, `by_qt` that Qt itself tells it how."""
        self._presets, self._exported, self._by_qt = presets, exported, by_qt
        self._filled_from = 0
        """How many names were known when they were filled, `TOP` at most."""
        self._caption = menu.addAction(_NAME_PLACEHOLDER)
        self._caption.setEnabled(False)
        self._tops = [menu.addMenu(_NAME_PLACEHOLDER) for _ in range(TOP)]
        for top in self._tops:
            top.menuAction().setEnabled(False)
            for _ in range(_ACTIONS):
                top.addAction("")

    def lacks(self, assessment: Assessment) -> bool:
        """Whether another number of apps would be listed than is now."""
        return self._filled_from != _names(assessment)

    def fill(self, known: Assessment, whole: Assessment | None = None) -> None:
        """Fill them from `whole`, or from what is `known` without looking up anything."""
        from oomtray.risk.assess import with_apps  # with all killers' rules, while the icon starts without

        self._filled_from = _names(known)
        assessment = with_apps(known) if whole is None else whole
        apps = [app for app in assessment.apps if app.rank is not None][:TOP]
        self._caption.setVisible(bool(apps))
        caption = victim_words.caption(assessment, [app.members[0] for app in apps])
        self._caption.setText(in_menu(_spaced(caption) if self._exported else caption, exported=self._by_qt))
        for place, top in enumerate(self._tops):
            is_there = place < len(apps)
            top.menuAction().setVisible(is_there)
            top.menuAction().setEnabled(is_there)
            if is_there:
                self._fill_top(top, assessment, apps[place])

    def announce(self) -> None:
        """Make the panel ask what the submenus hold before it opens one.

        Plasma (6.3) asks as it opens one for the first time, and has placed it by then, as an empty one: near the
        screen's edge it was beyond it.
        """
        for top in self._tops:
            top.addAction(top.actions()[-1])  # removed and added again: the panel hears that the submenu has changed

    def _fill_top(self, menu: QMenu, assessment: Assessment, app: App) -> None:
        """Fill an app's submenu: it does the same as the menu of the app's row in the popup."""
        from oomtray.ui.controllers import row_actions

        subject = row_actions.Subject.of_app(app)
        menu.setTitle(in_menu(with_memory(app), exported=self._by_qt))
        offered = row_actions.adjusting(assessment, subject, self._presets(), ("protect", "deprioritize"))
        for action, choice in zip(menu.actions(), (*offered, row_actions.ending(subject)[0]), strict=True):
            text = f"{choice.text} – {choice.effect}" if choice.effect else choice.text
            action.setText(in_menu(text, exported=self._by_qt))
            action.setEnabled(choice.enabled)
            action.setData((choice.action, subject))


def _names(assessment: Assessment) -> int:
    """Return how many distinct names the judged processes have, `TOP` at most.

    That is cheap, and changes along with the number of apps that the menu lists.
    """
    return min(len({risk.process.name for risk in assessment.risks if risk.rank is not None}), TOP)


def _spaced(text: str) -> str:
    """Pad a text with spaces, because a panel doesn't widen a menu that it is about to open."""
    return text + "\u2003" * max((_LEAST_WIDTH - columns(text)) // 2, 0)
