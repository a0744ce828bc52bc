"""What a person does with rules: allow or refuse waiting ones, add one from a row or a profile, undo.

Only a click on Allow asks for permission: not login, not a notification, not D-Bus.
"""

from __future__ import annotations

import os
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.kernel.files import PROC
from oomtray.messages.i18n import tr
from oomtray.records import dataclass
from oomtray.ui.controllers.report import Offer, Report, Reporter, Tone, undo_offer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oomtray.actions.journal import Journal
    from oomtray.actions.journal_file import Batch
    from oomtray.actions.rules.engine import Applied, RulesStatus
    from oomtray.actions.rules.model import Preset, Rule
    from oomtray.config import Presets
    from oomtray.config.toml_file import NotEdited
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import Subject

PRESETS: Mapping[str, Preset] = {"always-protect": "protect", "always-deprioritize": "deprioritize"}
"""The preset that a new rule sets, by row-menu action."""
_NAMED = 6
"""How many mistakes are listed one by one."""


@dataclass(frozen=True, slots=True)
class _Added:
    """What an undo takes back."""

    rules: tuple[Rule, ...]
    replaced: Rule | None = None
    batch: Batch | None = None
    """The same change in the journal."""


class RuleController(Reporter):
    """Manages the rules in the window; `line_changed` announces a new `line`, `scanned` follows each scan."""

    scanned = Signal()
    line_changed = Signal()

    def __init__(
        self, controller: ChangeController, path: str, parent: QObject | None = None, *, proc: str = PROC
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._changes = controller
        self.proc = proc
        self._status: RulesStatus | None = None
        self._put_off: frozenset[object] = frozenset()
        self._line: tuple[str, str] | None = None

    @property
    def presets(self) -> Presets:
        return self._changes.presets

    @cached_property
    def journal(self) -> Journal:
        """The journal of rule changes made in the window, for undo."""
        from oomtray.actions.journal import Journal

        return Journal()

    # what is shown

    def take(self, status: RulesStatus | None) -> None:
        """Take the state of the rules after a scan."""
        self._status = status
        line = self._made_line()
        if line != self._line:
            self._line = line
            self.line_changed.emit()
        self.scanned.emit()

    @property
    def line(self) -> Report | None:
        """The message about rules that wait for permission; None if none do or the user chose Not now."""
        if self._line is None:
            return None
        offers = (
            Offer(tr("Allow…"), self._allow, tr("Asks for a password, once for all of them"), asks_password=True),
            Offer(tr("Not now"), self._not_now, tr("Hides this until more rules need it")),
            Offer(tr("Never"), self._never, tr("Writes ask = false into these rules: they never ask again")),
        )
        return Report("part", self._line[0], offers, closable=False)

    @property
    def line_hint(self) -> str:
        """Which rules wait, and for which processes."""
        return "" if self._line is None else self._line[1]

    @property
    def mistakes(self) -> list[str]:
        found = () if self._status is None else self._status.mistakes
        if not found:
            return []
        from oomtray.messages.rules_file import mistake, more_mistakes

        told = [mistake(os.path.basename(self.path), wrong) for wrong in found[:_NAMED]]
        return [*told, more_mistakes(len(found) - _NAMED)] if len(found) > _NAMED else told

    def left_alone(self) -> dict[tuple[int, int], str]:
        """Return what to say of processes whose value differs from what a rule gave them, by process."""
        changed = () if self._status is None else self._status.of("set-back")
        if not changed:
            return {}
        from oomtray.messages.rules import set_back

        return {one.process.identity: set_back(one) for one in changed}

    def _made_line(self) -> tuple[str, str] | None:
        waiting = () if self._status is None else self._status.waiting
        if not waiting or _keys(waiting) == self._put_off:
            return None
        from oomtray.messages import rules as says

        by_rule: dict[Rule, list[Applied]] = {}
        for one in waiting:
            by_rule.setdefault(one.rule, []).append(one)
        return says.waiting(len(by_rule)), says.waiting_rules(by_rule, self.presets)

    # clicks

    def _allow(self) -> None:
        if self._status is None:
            return
        from oomtray.actions.change_plan import terms_of

        waiting = [(one.change, one.process.uid) for one in self._status.waiting if one.change is not None]
        changes, uids = [change for change, _ in waiting], {change.target: uid for change, uid in waiting}
        self._changes.finish_rules(changes, terms_of(self._status), uids)

    def _not_now(self) -> None:
        if self._status is not None:
            self._put_off = _keys(self._status.waiting)
            self.take(self._status)

    def _never(self) -> None:
        from oomtray.actions.rules.edit import decline
        from oomtray.config.toml_file import NotEdited
        from oomtray.messages.rules import never_asks

        if self._status is None:
            return
        try:
            count = decline(self.path, self._status.waiting_rules)
        except NotEdited as error:
            self._report_not_edited(error)
            return
        self._report("done", never_asks(count, os.path.basename(self.path)))
        self._not_now()
        self.changed.emit()

    # adding rules

    def propose(self, action: str, subject: Subject, assessment: Assessment) -> Rule | None:
        from oomtray.actions.rules.propose import propose

        table = {process.pid: process for process in assessment.snapshot.processes}
        return propose(PRESETS[action], subject.first.process, table, whole=subject.app)

    def preview(self, rules: Sequence[Rule], assessment: Assessment) -> tuple[list[Applied], list[Applied]]:
        """Return what these rules would do now, and which of their processes an earlier rule already covers.

        A single new rule is placed above that one, since it would have no effect below it.
        """
        from oomtray.actions.rules.parse import load

        new = [rule.conditions for rule in rules]
        known = [rule for rule in load(self.path).rules if rule.conditions not in new]
        alone = self.foresee(rules, assessment)
        if not known:
            return list(alone), []
        among = self.foresee([*known, *rules], assessment)
        would = {one.process.identity for one in alone}
        others = [one for one in among if one.rule not in rules and one.process.identity in would]
        if others and self.above(rules, others) is not None:
            return list(alone), others
        return [one for one in among if one.rule in rules], others

    def foresee(self, rules: Sequence[Rule], assessment: Assessment) -> tuple[Applied, ...]:
        """Return what these rules would do now if there were no others."""
        from oomtray.actions.rules.engine import RuleEngine
        from oomtray.actions.rules.parse import RuleSet

        engine = RuleEngine(RuleSet(tuple(rules)), self.presets, proc=self.proc, dry=True)
        return engine.apply(assessment.snapshot).applied

    def above(self, rules: Sequence[Rule], others: Sequence[Applied]) -> Rule | None:
        """Return the rule above which a single new rule has to go to take effect.

        None if it goes to the end, or replaces a rule.
        """
        from oomtray.actions.rules.parse import load

        known = load(self.path).rules
        if len(rules) != 1 or any(rule.conditions == rules[0].conditions for rule in known):
            return None
        counting = {one.rule.key for one in others}
        return next((rule for rule in known if rule.key in counting), None)

    def add(self, rules: Sequence[Rule], name: str, above: Rule | None = None) -> None:
        """Write the rules to the file, a single one `above` another; the next scan applies them."""
        from oomtray.config.toml_file import NotEdited
        from oomtray.messages import rules as says

        try:
            added = self._written(rules, above)
        except NotEdited as error:
            self._report_not_edited(error)
            return
        if not added.rules:
            self._report("done", says.there_already(name, os.path.basename(self.path)))
            return
        if len(rules) == 1:
            told = says.in_force(rules[0], self.presets)
        else:
            told = says.all_in_force(name, len(added.rules))
        self._report("done", told, undo_offer(partial(self._undo, added)))
        self.changed.emit()

    def _written(self, rules: Sequence[Rule], above: Rule | None) -> _Added:
        """Write the rules and return what an undo takes back. Raises NotEdited."""
        from oomtray.actions.file_edits import add_rules, record_rules
        from oomtray.actions.rules.edit import put
        from oomtray.actions.rules.parse import load

        if len(rules) == 1 and above is None:
            there = {rule.key for rule in load(self.path).rules}
            replaced = put(self.path, rules[0])
            new = [rule for rule in rules if rule.key not in there]
            return _Added(tuple(rules), replaced, record_rules(self.journal, self.path, new, replaced))
        added, batch = add_rules(self.journal, self.path, rules, above)
        return _Added(added, batch=batch)

    def _undo(self, added: _Added) -> None:
        from oomtray.actions.rules.edit import put, take_back
        from oomtray.config.toml_file import NotEdited
        from oomtray.messages.rules import taken_back

        try:
            if added.replaced is not None:
                put(self.path, added.replaced)
            else:
                take_back(self.path, added.rules)
        except NotEdited as error:
            self._report_not_edited(error)
            return
        if added.batch is not None:
            from oomtray.actions.file_edits import taken_back as forget

            forget(self.journal, added.batch)
        values = self._set_back({rule.key for rule in added.rules})
        self._report("done", taken_back(len(added.rules), values, replaced=added.replaced is not None))
        self.changed.emit()

    def _set_back(self, keys: set[tuple[object, ...]]) -> int:
        """Restore the values from before these rules, and return for how many processes."""
        from oomtray.actions.adjust import adjust

        back = [
            adjust(one.change.target, one.change.before, expect=one.change.after, proc=self.proc)
            for one in (() if self._status is None else self._status.applied)
            if one.rule.key in keys
            and one.change is not None
            and one.change.moved
            and one.change.before is not None
        ]
        return sum(change.moved for change in back)

    def _report_not_edited(self, error: NotEdited) -> None:
        from oomtray.messages.rules_file import not_edited

        self._report("failed", not_edited(error))

    def _report(self, tone: Tone, text: str, *offers: Offer) -> None:
        self.reported.emit(Report(tone, text, offers))


def _keys(applied: Sequence[Applied]) -> frozenset[object]:
    return frozenset(one.rule.key for one in applied)
