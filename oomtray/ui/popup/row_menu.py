"""The menu of a row: what can be done, and beside each what it would bring."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.numbers import share_percent
from oomtray.text import UNKNOWN, adjustment, printable, size
from oomtray.ui.controllers import row_actions
from oomtray.ui.qt.plain_text import as_html, in_menu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.actions.reset import Origin
    from oomtray.config import Presets, StepIn
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import RowAction, Subject


class RowMenu(QMenu):
    """`chosen` carries the id of an action and what it is meant for."""

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._assessment: Assessment | None = None
        self._reset: QAction | None = None
        self._end: QAction | None = None
        self.setToolTipsVisible(True)
        self.triggered.connect(self._picked)

    def open_for(
        self,
        subject: Subject,
        assessment: Assessment,
        presets: Presets,
        origins: Mapping[int, Origin],
        place: QPoint,
        *,
        asking: bool = False,
        step_in: StepIn | None = None,
    ) -> None:
        self.fill(subject, assessment, presets, origins, asking=asking, step_in=step_in)
        self.popup(place)

    @Slot(object, object)
    def take_origins(self, subject: Subject, origins: Mapping[int, Origin]) -> None:
        """Where a reset goes, now that systemd has answered; the menu may be another's by then."""
        if subject is self._subject and self._reset is not None and self._assessment is not None:
            _describe(self._reset, row_actions.reset(self._assessment, subject, origins))

    @Slot(object, object)
    def take_gives_back(self, subject: Subject, gives_back: int) -> None:
        """What ending it gives back, now that it has been read; the menu may be another's by then."""
        if subject is self._subject and self._end is not None:
            _describe(self._end, row_actions.ending(subject, gives_back)[0])

    def fill(
        self,
        subject: Subject,
        assessment: Assessment,
        presets: Presets,
        origins: Mapping[int, Origin],
        *,
        asking: bool = False,
        step_in: StepIn | None = None,
    ) -> None:
        """`asking`: there may be more origins soon. `step_in`: which apps are expendable, where that can be set."""
        self.clear()
        self._subject, self._assessment = subject, assessment
        self.setAccessibleName(tr("Actions for {name}", name=subject.name))
        title = self.addAction(in_menu(_title(subject)))
        title.setEnabled(False)
        self.addSeparator()
        offered = row_actions.adjusting(assessment, subject, presets)
        for choice in offered[:2]:
            self._add(choice)
        self.addSeparator()
        for choice in offered[2:]:
            self._add(choice)
        self.addSeparator()
        self._add(row_actions.asking_value(subject))
        self._reset = self._add(row_actions.reset(assessment, subject, origins, asking=asking))
        self.addSeparator()
        for choice in row_actions.lasting(subject, os.getuid()):
            self._add(choice)
        expendable = None if step_in is None else row_actions.expendable(assessment, subject, step_in, os.getuid())
        if expendable is not None:
            self._add(expendable)
        self.addSeparator()
        end, kill = row_actions.ending(subject)
        self._end = self._add(end)
        self._add(kill)
        self.addSeparator()
        for choice in row_actions.telling():
            self._add(choice)

    def _add(self, choice: RowAction) -> QAction:
        action = self.addAction("")
        action.setData(choice.action)
        _describe(action, choice)
        return action

    @Slot(QAction)
    def _picked(self, action: QAction) -> None:
        if self._subject is not None and action.data() is not None:
            self.chosen.emit(action.data(), self._subject)


def _describe(action: QAction, choice: RowAction) -> None:
    # what stands behind the tab is drawn at the other edge, as a key would be
    action.setText(in_menu(choice.text) + (f"\t{in_menu(choice.effect)}" if choice.effect else ""))
    action.setToolTip(as_html(choice.hint))
    action.setStatusTip(choice.hint)
    action.setEnabled(choice.enabled)
    if choice.checked is not None:
        action.setCheckable(True)
        action.setChecked(choice.checked)


def _title(subject: Subject) -> str:
    if not subject.app:
        return subject.name
    return tr_n(
        "{name} ({count} process)", "{name} ({count} processes)", len(subject.risks), name=subject.name
    )


def copied(subject: Subject) -> str:
    """One line: name, pid or count, rank, share, memory, oom_score_adj, executable."""
    first = subject.first
    process = first.process
    memory = [risk.memory for risk in subject.risks if risk.memory is not None]
    fields = [
        subject.name if subject.app else printable(process.name),
        tr_n("{count} process", "{count} processes", len(subject.risks)) if subject.app else str(process.pid),
        UNKNOWN if first.rank is None else str(first.rank),
        share_percent(first.share),
        size(sum(memory)) if memory else UNKNOWN,
        adjustment(process.oom_score_adj),
        UNKNOWN if process.exe is None else printable(process.exe),
    ]
    return "\t".join(fields)
