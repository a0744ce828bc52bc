"""What a person does with rules: allow those that wait, refuse them, add one from a row or a profile, take it back.

Permission is asked for by the click on Allow alone: not at login, not by a notification, not by what comes over D-Bus.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oomtray.kernel.files import PROC
from oomtray.messages.i18n import tr
from oomtray.messages.memory import ended
from oomtray.text import adjustment, printable
from oomtray.ui.controllers.report import Offer, Report, undo_offer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oomtray.actions.rules.engine import Applied, RulesStatus
    from oomtray.actions.rules.model import Rule
    from oomtray.actions.rules.model import Word as RuleWord
    from oomtray.config import Actions
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import Subject

WORDS: Mapping[str, RuleWord] = {"always-protect": "protect", "always-deprioritize": "deprioritize"}
_NAMED = 6
"""Mistakes, rules or processes that are told one by one."""


@dataclass(frozen=True, slots=True)
class _Added:
    """What an undo takes back."""

    rules: tuple[Rule, ...]
    replaced: Rule | None = None


class RuleController(QObject):
    """`reported` carries a Report; `line_changed` that `line` is another; `changed` that it is time to scan."""

    reported = Signal(object)
    line_changed = Signal()
    changed = Signal()

    def __init__(self, controller: ChangeController, path: str, parent: QObject | None = None, *, proc: str = PROC) -> None:
        super().__init__(parent)
        self.path = path
        self._changes = controller
        self._proc = proc
        self._status: RulesStatus | None = None
        self._put_off: frozenset[object] = frozenset()
        self._line: tuple[str, str] | None = None

    @property
    def presets(self) -> Actions:
        return self._changes.presets

    # what is shown

    def take(self, status: RulesStatus | None) -> None:
        """How the rules stand after a scan."""
        self._status = status
        line = self._made_line()
        if line != self._line:
            self._line = line
            self.line_changed.emit()

    @property
    def line(self) -> Report | None:
        """The line of rules that wait; None where none does, or the user has said not now."""
        if self._line is None:
            return None
        offers = (
            Offer(tr("Allow…"), self._allow, tr("Asks for a password, once for all of them"), asks_password=True),
            Offer(tr("Not now"), self._not_now, tr("Hides this until other rules wait")),
            Offer(tr("Never"), self._never, tr("Writes ask = false into these rules: they never ask again")),
        )
        return Report("part", self._line[0], offers, closable=False)

    @property
    def line_hint(self) -> str:
        """Which rules those are, and for which processes."""
        return "" if self._line is None else self._line[1]

    @property
    def mistakes(self) -> list[str]:
        """What is wrong in the rules file, a sentence each."""
        from oomtray.messages import rules as words

        found = () if self._status is None else self._status.mistakes
        told = [ended(words.mistake(os.path.basename(self.path), wrong)) for wrong in found[:_NAMED]]
        return told + ([f"and {len(found) - _NAMED} more mistakes in it."] if len(found) > _NAMED else [])

    def left_alone(self) -> dict[tuple[int, int], str]:
        """By process, what is to be said of those that have another value than a rule gave them."""
        if self._status is None:
            return {}
        return {
            one.process.identity: f"A rule gave it {adjustment(one.wanted)}; it was set to"
            f" {adjustment(one.process.oom_score_adj)} since, and is left alone"
            for one in self._status.of("set-back")
        }

    def _made_line(self) -> tuple[str, str] | None:
        waiting = () if self._status is None else self._status.waiting
        if not waiting or _keys(waiting) == self._put_off:
            return None
        from oomtray.messages import rules as words

        by_rule: dict[Rule, list[Applied]] = {}
        for one in waiting:
            by_rule.setdefault(one.rule, []).append(one)
        told = [
            f"{printable(rule.title)}: {words.value(rule, self.presets)} for {_those(ones)}"
            for rule, ones in list(by_rule.items())[:_NAMED]
        ]
        told += [f"and {len(by_rule) - _NAMED} more"] if len(by_rule) > _NAMED else []
        return words.waiting(by_rule), "\n".join(told)

    # what a click does

    def _allow(self) -> None:
        if self._status is None:
            return
        changes = [one.change for one in self._status.waiting if one.change is not None]
        self._changes.finish("rules", "Rules", changes, self._status.exes, self._status.owners)

    def _not_now(self) -> None:
        if self._status is not None:
            self._put_off = _keys(self._status.waiting)
            self.take(self._status)

    def _never(self) -> None:
        from oomtray.actions.rules.edit import NotEdited, decline

        if self._status is None:
            return
        try:
            count = decline(self.path, self._status.waiting_rules)
        except NotEdited as error:
            self._report("failed", str(error))
            return
        which = "1 rule never asks" if count == 1 else f"{count} rules never ask"
        self._report(
            "done",
            f"{which} for permission again, and {'goes' if count == 1 else 'go'} as low as needs none. In"
            f" {os.path.basename(self.path)} ask = false says so",
        )
        self._not_now()
        self.changed.emit()

    # rules that are added

    def propose(self, word: str, subject: Subject, assessment: Assessment) -> Rule | None:
        from oomtray.actions.rules.propose import propose

        table = {process.pid: process for process in assessment.snapshot.processes}
        return propose(WORDS[word], subject.first.process, table, whole=subject.app)

    def preview(self, rules: Sequence[Rule], assessment: Assessment) -> tuple[list[Applied], list[Applied]]:
        """What these rules would do now; and the processes of theirs that an earlier rule has already."""
        from oomtray.actions.rules.engine import RuleEngine
        from oomtray.actions.rules.parse import RuleSet, load

        new = {(tuple(rule.conditions.items())) for rule in rules}
        known = tuple(rule for rule in load(self.path).rules if tuple(rule.conditions.items()) not in new)
        presets, snapshot = self.presets, assessment.snapshot
        alone = RuleEngine(RuleSet(tuple(rules)), presets, proc=self._proc, dry=True).apply(snapshot).applied
        if not known:
            return list(alone), []
        among = RuleEngine(RuleSet((*known, *rules)), presets, proc=self._proc, dry=True).apply(snapshot).applied
        would = {one.process.identity for one in alone}
        mine = [one for one in among if one.rule in rules]
        return mine, [one for one in among if one.rule not in rules and one.process.identity in would]

    def add(self, rules: Sequence[Rule], name: str) -> None:
        """Writes them into the file; the next scan applies them."""
        from oomtray.actions.rules.edit import NotEdited, add, put
        from oomtray.actions.rules.parse import load
        from oomtray.messages import rules as words

        replaced = None
        try:
            if len(rules) == 1:
                replaced = put(self.path, rules[0])
                new: tuple[Rule, ...] = tuple(rules)
            else:
                there = {_key(rule) for rule in load(self.path).rules}
                new = tuple(rule for rule in rules if _key(rule) not in there)
                if not add(self.path, new):
                    self._report("done", f"{name}: these rules are in {os.path.basename(self.path)} already")
                    return
        except NotEdited as error:
            self._report("failed", str(error))
            return
        added = _Added(new, replaced)
        if len(rules) == 1:
            said = f"From now on: {words.value(rules[0], self.presets)} for {words.conditions(rules[0])}"
        else:
            said = f"{name}: {len(new)} rules hold from now on"
        self._report("done", said, undo_offer(partial(self._undo, added)))
        self.changed.emit()

    def _undo(self, added: _Added) -> None:
        from oomtray.actions.adjust import adjust
        from oomtray.actions.rules.edit import NotEdited, put, take_back

        try:
            if added.replaced is not None:
                put(self.path, added.replaced)
            else:
                take_back(self.path, added.rules)
        except NotEdited as error:
            self._report("failed", str(error))
            return
        gone = {_key(rule) for rule in added.rules}
        back = [
            adjust(one.change.target, one.change.before, expect=one.change.after, proc=self._proc)
            for one in (() if self._status is None else self._status.applied)
            if _key(one.rule) in gone
            and one.change is not None
            and one.change.moved
            and one.change.before is not None
        ]
        count = sum(change.moved for change in back)
        values = f", and {count} {'process has its' if count == 1 else 'processes have their'} earlier value" if count else ""
        whole = "The rule is" if len(added.rules) == 1 else "The rules are"
        again = " as before" if added.replaced is not None else " taken out again"
        self._report("done", f"{whole}{again}{values}")
        self.changed.emit()

    def _report(self, tone: str, text: str, *offers: Offer) -> None:
        self.reported.emit(Report("failed" if tone == "failed" else "done", ended(printable(text)), offers))


def _key(rule: Rule) -> object:
    """The rule itself, wherever in the file it stands by now."""
    return tuple(rule.conditions.items()), rule.set


def _keys(applied: Sequence[Applied]) -> frozenset[object]:
    return frozenset(_key(one.rule) for one in applied)


def _those(ones: Sequence[Applied]) -> str:
    if len(ones) > 1:
        return f"{len(ones)} processes"
    return f"{printable(ones[0].process.name)} ({ones[0].process.pid})"
