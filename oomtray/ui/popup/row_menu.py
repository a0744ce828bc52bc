"""A row's menu: the actions, each with its effect in a few words; rarely used ones are in a submenu."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics

from oomtray.messages import actions as messages
from oomtray.messages import rows as words
from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import own_name
from oomtray.messages.numbers import share_percent
from oomtray.text import UNKNOWN, adjustment, name_shown, printable, size
from oomtray.ui.controllers import row_actions
from oomtray.ui.popup.effect_menu import EffectMenu
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.menu import Menu
from oomtray.ui.qt.plain_text import as_html

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from oomtray.actions.reset import Origin
    from oomtray.config import Presets, StepIn
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.controllers.row_actions import ActionId, RowAction, Sharing, Subject
    from oomtray.ui.popup.row_shapes import Shape

_WIDEST = 280
"""Width in pixels at a 10-point font; longer text is elided, with the whole in the tooltip."""
_SHAPES: dict[ActionId, Shape] = {"protect": "shield", "deprioritize": "arrow"}
_OFTEN: tuple[ActionId, ...] = ("protect", "deprioritize")
_RARELY: tuple[ActionId, ...] = ("protect-strongly", "first")


class RowMenu(EffectMenu):
    """The menu; `chosen` carries an action's id and its subject."""

    chosen = Signal(str, object)

    def __init__(self, labels: AppLabels, parent: QWidget) -> None:
        super().__init__(parent)
        self._labels = labels
        self._subject: Subject | None = None
        self._assessment: Assessment | None = None
        self._presets: Presets | None = None
        self._origins: Mapping[int, Origin] = {}
        self._asking = False
        self._sharing: Sharing = {}
        self._actions: dict[ActionId, QAction] = {}
        self._room = 0
        """Pixels available for a text."""
        self.more = Menu(self)
        self.more.setToolTipsVisible(True)
        self.setToolTipsVisible(True)
        self.triggered.connect(self._picked)  # the submenu's too

    @Slot(object, object)
    def take_origins(self, subject: Subject, origins: Mapping[int, Origin]) -> None:
        """Take where a reset goes, once systemd has answered; ignored if the menu is another row's by then."""
        if subject is self._subject:
            self._origins, self._asking = origins, False
            self._foretell(("reset",))

    @Slot(object, object)
    def take_sharing(self, subject: Subject, sharing: Sharing) -> None:
        """Take who shares memory, once the kernel has answered; ignored if the menu is another row's by then."""
        if subject is self._subject:
            self._sharing = sharing
            self._foretell((*_OFTEN, *_RARELY, "reset"))

    @Slot(object, object)
    def take_gives_back(self, subject: Subject, gives_back: int) -> None:
        """Take what ending the subject frees, once read; ignored if the menu is another row's by then."""
        if subject is self._subject and "end" in self._actions:
            self._describe(self._actions["end"], row_actions.ending(subject, gives_back)[0])

    def fill(
        self,
        subject: Subject,
        assessment: Assessment,
        presets: Presets,
        origins: Mapping[int, Origin],
        step_in: StepIn,
        *,
        asking: bool,
    ) -> None:
        """Fill the menu; `asking` means that more origins may follow."""
        self.clear()
        self.more.clear()
        self._actions.clear()
        self._subject, self._assessment, self._presets, self._origins = subject, assessment, presets, origins
        self._asking, self._sharing = asking, {}
        name = self._name(assessment, subject)
        self.setAccessibleName(tr("Actions for {name}", name=name))
        head = self.add_head()
        for action in (*_OFTEN, "reset"):
            self._add(self, action)
        self.addSeparator()
        ending = row_actions.ending(subject)
        for choice in ending:
            self._add(self, choice.action)
        self.addSeparator()
        details, explain, copy = row_actions.telling()
        for choice in (explain, details):
            self._add(self, choice.action)
        rare = self._fill_more(subject, assessment, step_in, copy)
        self._measure(head, subject, name)
        for choice in (*ending, explain, details, *rare):
            self._describe(self._actions[choice.action], choice)
        self._foretell((*_OFTEN, *_RARELY, "reset"))

    def _fill_more(self, subject: Subject, assessment: Assessment, step_in: StepIn, copy: RowAction) -> list[RowAction]:
        self.more.setTitle(tr("More"))
        self.addMenu(self.more)
        for action in _RARELY:
            self._add(self.more, action)
        uid, rare = os.getuid(), []
        expendable = row_actions.expendable(assessment, subject, step_in, uid)
        groups = [row_actions.asking_value(subject)], row_actions.lasting(subject, uid), [*([expendable] if expendable else []), copy]
        for group in groups:
            if group[0].action != "value":
                self.more.addSeparator()
            for choice in group:
                self._add(self.more, choice.action)
                rare.append(choice)
        return rare

    def _add(self, menu: Menu, action: ActionId) -> QAction:
        made = self._actions[action] = menu.addAction("")
        made.setData(action)
        if action in _SHAPES:
            self.give_shape(made, _SHAPES[action])
        return made

    def _foretell(self, which: tuple[ActionId, ...]) -> None:
        """Update the predicted effects of these actions from what is known now."""
        subject, assessment, presets = self._subject, self._assessment, self._presets
        if subject is None or assessment is None or presets is None:
            return
        titled = self._labels.title
        presetting = [action for action in which if action != "reset"]
        found = row_actions.adjusting(assessment, subject, presets, presetting, sharing=self._sharing, titled=titled)
        if "reset" in which:
            back = row_actions.reset(
                assessment, subject, self._origins, asking=self._asking, sharing=self._sharing, titled=titled
            )
            found = (*found, back)
        for choice in found:
            if choice.action in self._actions:
                self._describe(self._actions[choice.action], choice)

    def _describe(self, action: QAction, choice: RowAction) -> None:
        metrics = QFontMetrics(self.font())
        room = self._room - metrics.horizontalAdvance(messages.with_effect(choice.text, ""))
        # entries of the submenu have none
        rare = action.data() not in _OFTEN and action.data() not in ("reset", "end")
        effect = "" if rare else metrics.elidedText(choice.effect, Qt.TextElideMode.ElideRight, room)
        said = (choice.effect, choice.hint) if effect != choice.effect else (choice.hint,)
        hint = "\n".join(filter(None, said))
        self.part(action, messages.with_effect(choice.text, effect) if effect else choice.text, choice.text, effect)
        action.setToolTip(as_html(hint) if hint else "")
        action.setStatusTip(hint)
        action.setEnabled(choice.enabled)
        if choice.checked is not None:
            action.setCheckable(True)
            action.setChecked(choice.checked)

    def _measure(self, head: QAction, subject: Subject, name: str) -> None:
        """Compute the room for text, and fit the heading: first drop what is beside the name, then elide it."""
        metrics = QFontMetrics(self.font())
        widest = grown(_WIDEST, self.font())
        for action in self._actions.values():
            action.setText(messages.label(action.data()))
        labels = max(metrics.horizontalAdvance(action.text()) for action in self.actions())
        self._room = widest - (self.sizeHint().width() - labels) - 2
        which = words.processes(len(subject.risks)) if subject.app else str(subject.first.process.pid)
        bold, between = QFontMetrics(head.font()), " · "
        whole = f"{name}{between}{which}"
        if bold.horizontalAdvance(whole) <= self._room:
            self.part(head, whole, name, which)
        else:
            cut = bold.elidedText(name, Qt.TextElideMode.ElideRight, self._room)
            self.part(head, cut, cut, "")
        head.setToolTip(as_html(whole))
        head.setStatusTip(whole)

    def _name(self, assessment: Assessment, subject: Subject) -> str:
        """Return an app's display name, or a process's own name, since its row shows the app's."""
        if not subject.app:
            return own_name(subject.first.process)
        return self._labels.title(assessment, subject.first)

    @Slot(QAction)
    def _picked(self, action: QAction) -> None:
        if self._subject is not None and action.data() is not None:
            self.chosen.emit(action.data(), self._subject)


def copied(subject: Subject) -> str:
    """Return the line that Copy puts into the clipboard: name, pid or count, rank, share, memory, oom_score_adj, executable."""
    first = subject.first
    process = first.process
    memory = [risk.memory for risk in subject.risks if risk.memory is not None]
    fields = [
        subject.name if subject.app else name_shown(process.name),
        tr_n("{count} process", "{count} processes", len(subject.risks)) if subject.app else str(process.pid),
        UNKNOWN if first.rank is None else str(first.rank),
        share_percent(first.share),
        size(sum(memory)) if memory else UNKNOWN,
        adjustment(process.oom_score_adj),
        UNKNOWN if process.exe is None else printable(process.exe),
    ]
    return "\t".join(fields)
