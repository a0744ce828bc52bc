"""Switches for the rule profiles that come with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from oomtray.actions.rules.profiles import Profile, load_profiles
from oomtray.messages import profiles as says
from oomtray.messages.i18n import tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.grown_marks import grow_marks
from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings.bars import Complaint
from oomtray.ui.settings.controls import label_start
from oomtray.ui.settings.reset_button import side

if TYPE_CHECKING:
    from oomtray.ui.controllers.rule_list import RuleList


_RIM = 6
"""Pixels of a row above its switch and below its text, as on other pages."""


class _Switch(QCheckBox):
    """A check box as high as the switches of other pages, which have a place for a button beside them."""

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, side(self)))


class ProfileSwitches(QWidget):
    """Switches profiles.

    `changed` says what was done to the file, or "" if the change was refused, and carries the first of the
    profile's rules if they are in the file now.
    """

    changed = Signal(str, object)

    def __init__(self, rules: RuleList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        self._profiles = load_profiles()
        self.switches: dict[str, QCheckBox] = {}
        self._abouts: list[Plain] = []
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, _RIM, 12, _RIM)
        column.setSpacing(2)
        self.refused = Complaint(self)
        for number, profile in enumerate(self._profiles):
            if number:
                column.addSpacing(2 * _RIM - column.spacing() + 1)
            switch = _Switch(tr("{profile}, {rules}", profile=says.title(profile), rules=says.rule_count(len(profile.rules))), self)
            grow_marks(switch)  # before the text below is aligned with it
            switch.checkStateChanged.connect(lambda _, of=profile: self._switch(of))
            about = Plain(f"{says.purpose(profile)} {says.sets(profile)}", self, faint=True, wraps=True)
            about.setFont(scaled(self.font(), 0.92))
            about.setIndent(label_start(switch))
            switch.setAccessibleDescription(about.text())
            column.addWidget(switch)
            column.addWidget(about)
            self.switches[profile.name] = switch
            self._abouts.append(about)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw hairlines like those between the rows of other cards."""
        painter = QPainter(self)
        painter.setPen(QPen(contrast.of(self.palette(), on_base=True).line, 1))
        for switch in list(self.switches.values())[1:]:
            top = switch.y() - _RIM - 1
            painter.drawLine(0, top, self.width(), top)

    def take(self) -> None:
        for profile in self._profiles:
            there, switch = self._rules.has(profile), self.switches[profile.name]
            some = Qt.CheckState.PartiallyChecked if there else Qt.CheckState.Unchecked
            with QSignalBlocker(switch):
                switch.setCheckState(Qt.CheckState.Checked if there == len(profile.rules) else some)
            switch.setEnabled(self._rules.read.usable)

    def _switch(self, profile: Profile) -> None:
        on = self._rules.has(profile) < len(profile.rules)
        refused = self._rules.switch(profile, on=on)
        self.refused.say(refused)
        if refused:
            self._move_below(profile)
        self.changed.emit("" if refused else says.switched(profile, on=on), profile.rules[0] if on and not refused else None)

    def _move_below(self, profile: Profile) -> None:
        """Move the complaint to the switch that was pressed: at the end of the page nobody may see it."""
        column, number = self._column, [one.name for one in self._profiles].index(profile.name)
        column.removeWidget(self.refused)
        self.refused.setIndent(label_start(self.switches[profile.name]))
        column.insertWidget(column.indexOf(self._abouts[number]) + 1, self.refused)
