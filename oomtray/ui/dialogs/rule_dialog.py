"""Previews what a rule, or a profile of rules, would do before it is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from oomtray.actions.rules.profiles import Profile, load_profiles
from oomtray.messages import profiles as profile_says
from oomtray.messages import rules as rule_says
from oomtray.messages.i18n import tr
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.dialogs.now_then import NowThen
from oomtray.ui.qt.dialog import SECTION, Dialog
from oomtray.ui.qt.preview_lines import PreviewLines
from oomtray.ui.qt.screen_reader import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.actions.rules.engine import Applied, State
    from oomtray.actions.rules.model import Rule
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.row_actions import Subject
    from oomtray.ui.controllers.rules import RuleController

_WIDTH = 560
_SHOWN = 12
"""Lines of a preview."""
_CHANGES: tuple[State, ...] = ("kept", "waiting")
"""States of a rule's process that gets the rule's value, even if a password is needed."""
ALL = "all"


class _PreviewDialog(Dialog):
    """A title, a description, a preview of the effect, and two buttons."""

    def __init__(
        self, window_title: str, does: str, parent: QWidget | None = None, *, labels: AppLabels | None = None
    ) -> None:
        super().__init__(window_title, parent, width=_WIDTH, cancels=True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._labels = labels or AppLabels(self)
        self.says = self.subtitle
        self.caption = self.add_section(tr("What it would do now"))
        self.queues = NowThen(self)
        self.body.addWidget(self.queues)
        self.list = PreviewLines(self.caption.text(), self)
        self.body.addWidget(self.list)
        self.notes = self.add_note()
        self.body.addStretch(1)
        self.button = self.add_action(does, self._accepted)
        self.button.setFocus()

    def tell(self, says: str, lines: Sequence[str], notes: Sequence[str], headings: Sequence[str] = ()) -> None:
        """Show the preview; `headings` are the lines that name those below them."""
        self.says.show_text(says)
        self.list.show_lines(lines, headings)
        self.notes.show_text("\n".join(notes))
        self.keep_whole()

    def show_order(self, found: Sequence[Applied], assessment: Assessment, name: str = "") -> None:
        """Show the order before and after; `name` is that of the only app concerned, if it is one."""
        adjusted = {one.process.pid: one.wanted for one in found if one.state in _CHANGES}
        ours = {one.process.pid for one in found} if name else ()
        self.queues.show_change(assessment, ours, adjusted, self._labels, name=name, whole_app=bool(name))
        self.queues.setVisible(bool(found))

    @Slot()
    def _accepted(self) -> None:
        self.accept()


class RuleDialog(_PreviewDialog):
    """Previews one rule that was made from a row."""

    def __init__(
        self,
        controller: RuleController,
        rule: Rule,
        subject: Subject,
        assessment: Assessment,
        parent: QWidget | None = None,
        *,
        labels: AppLabels | None = None,
    ) -> None:
        window = tr("Always protect") if rule.set == "protect" else tr("Always deprioritize")
        super().__init__(window, tr("Add the rule"), parent, labels=labels)
        self._controller, self._rule, self._subject, self._assessment = controller, rule, subject, assessment
        self._labels.changed.connect(self._named)
        self.show_assessment(assessment)

    @Slot()
    def _named(self) -> None:
        """Show the names that have been learned meanwhile."""
        self.show_assessment(self._assessment)

    def _show_head(self) -> None:
        subject, rule = self._subject, self._rule
        label = self._labels.of_owner(self._assessment, subject.first)
        # a rule for a script is for everything that its interpreter runs
        whole = subject.app and rule.app in (None, subject.first.app)
        self._name = (subject.name if label is None else label.name) if whole else rule.label or subject.name
        title = tr("Always protect {name}", name=self._name)
        if rule.set != "protect":
            title = tr("Always deprioritize {name}", name=self._name)
        self.head_line(title, self.says.text(), None if label is None else label.icon)

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._show_head()
        mine, others = self._controller.preview([self._rule], assessment)
        self.show_order(mine, assessment, self._name)
        cost = rule_says.cost(self._rule, self._controller.presets)
        self._above = self._controller.above([self._rule], others) if others else None
        notes = [] if cost is None else [cost]
        notes += _overruled(others) if self._above is None else [rule_says.goes_above(self._above)]
        self.tell(rule_says.purpose(self._rule, self._controller.presets), rule_says.steps(mine, assessment.apps, _SHOWN), notes)

    @Slot()
    def _accepted(self) -> None:
        self.accept()
        self._controller.add([self._rule], self._subject.name, self._above)


class ProfileDialog(_PreviewDialog):
    """Previews one or all of the rule profiles that come with the program."""

    def __init__(
        self,
        controller: RuleController,
        name: str,
        assessment: Assessment,
        parent: QWidget | None = None,
        *,
        labels: AppLabels | None = None,
    ) -> None:
        super().__init__(tr("Rule profiles"), tr("Add the rules"), parent, labels=labels)
        self.head_line(tr("Rule profiles"))
        self._controller, self._assessment = controller, assessment
        self._profiles = load_profiles()
        self.choice = QComboBox(self)
        for profile in self._profiles:
            self.choice.addItem(profile_says.title(profile), profile.name)
        self.choice.addItem(tr("All of them"), ALL)
        self.choice.setCurrentIndex(max(self.choice.findData(name), 0))
        self.choice.currentIndexChanged.connect(self._show)
        self.body.insertWidget(0, self.choice)
        call(self.choice, tr("Profile"))
        self.body.insertSpacing(1, SECTION - self.body.spacing())  # the section below was created as the first one
        self._show()

    def show_assessment(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._show()

    @property
    def chosen(self) -> tuple[Profile, ...]:
        name = self.choice.currentData()
        return tuple(one for one in self._profiles if name in (one.name, ALL))

    @Slot()
    def _show(self) -> None:
        chosen = self.chosen
        rules = [rule for profile in chosen for rule in profile.rules]
        mine, others = self._controller.preview(rules, self._assessment)
        lines: list[str] = []
        headings = [profile_says.heading(profile) for profile in chosen] if len(chosen) > 1 else []
        for profile in chosen:
            found = [one for one in mine if one.rule in profile.rules]
            if headings:
                lines.append(profile_says.heading(profile))
            lines += rule_says.steps(found, self._assessment.apps, _SHOWN)
        lowers = any(rule.value(self._controller.presets) < 0 for rule in rules)
        notes = [profile_says.matches_surely(), rule_says.costs_password()] if lowers else []
        notes += _overruled(others)
        self.show_order(mine, self._assessment)
        if len(chosen) == 1:
            says = f"{profile_says.purpose(chosen[0])}\n{profile_says.sets(chosen[0])}"
        else:
            says = profile_says.all_of(chosen)
        self.tell(says, lines, notes, headings)

    @Slot()
    def _accepted(self) -> None:
        rules = [rule for profile in self.chosen for rule in profile.rules]
        self.accept()
        self._controller.add(rules, self.choice.currentText())


def _overruled(others: Sequence[Applied]) -> list[str]:
    return [rule_says.overruled(others)] if others else []
