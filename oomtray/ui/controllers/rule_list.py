"""The rules of the file as their settings page shows and edits them, with what each does to running processes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from oomtray.actions.file_edits import add_rules, record_moved, record_removed, record_rewritten, undo
from oomtray.actions.rules.edit import as_text, move, put_in, rewrite, take_out
from oomtray.actions.rules.parse import RuleSet, load, parse
from oomtray.config.toml_file import NotEdited
from oomtray.messages.rules_file import not_edited

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.actions.journal_file import Batch
    from oomtray.actions.rules.blocks import Removed
    from oomtray.actions.rules.engine import Applied
    from oomtray.actions.rules.model import Mistake, Rule
    from oomtray.actions.rules.profiles import Profile
    from oomtray.config import Presets
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.rules import RuleController


class RuleList:
    """Edits the rules file.

    Each edit returns why it failed, in the user's words, or "" on success. The next scan applies it. `back`
    undoes the last edit and reports failure in the same way; None if there is nothing to undo.
    """

    def __init__(self, controller: RuleController) -> None:
        self._controller = controller
        self.read: RuleSet = load(controller.path)
        self.back: Callable[[], str] | None = None

    @property
    def path(self) -> str:
        return self._controller.path

    @property
    def presets(self) -> Presets:
        return self._controller.presets

    def read_again(self) -> bool:
        """Reread the file and return whether it has changed."""
        before, self.read = self.read, load(self.path)
        return before != self.read

    def does(self, assessment: Assessment) -> dict[Rule, list[Applied]]:
        """Return what each rule would do, without doing it: the first rule that matches a process counts."""
        found: dict[Rule, list[Applied]] = {rule: [] for rule in self.read.rules}
        for one in self._controller.foresee(self.read.rules, assessment):
            found[one.rule].append(one)
        return found

    def foresee(self, rule: Rule, old: Rule | None, assessment: Assessment) -> tuple[list[Applied], list[Applied]]:
        """Return what the rule would do in place of `old` or as the last, and what an earlier rule covers.

        Of the latter each says what that earlier rule does.
        """
        rules = [rule if one is old else one for one in self.read.rules]
        if old is None or rule not in rules:
            rules.append(rule)
        would = {one.process.identity for one in self._controller.foresee([rule], assessment)}
        among = [one for one in self._controller.foresee(rules, assessment) if one.process.identity in would]
        return [one for one in among if one.rule is rule], [one for one in among if one.rule is not rule]

    def above(self, others: Sequence[Applied]) -> Rule | None:
        """Return the first of the rules that cover these processes; None if nothing is covered."""
        counting = {one.rule.key for one in others}
        return next((rule for rule in self.read.rules if rule.key in counting), None)

    def alone(self, rule: Rule, assessment: Assessment) -> list[Applied]:
        """Return what the rule would do if it came first."""
        return list(self._controller.foresee([rule], assessment))

    # edits

    def save(self, rule: Rule, old: Rule | None, above: Rule | None = None) -> str:
        """Replace `old` with the rule, or add it if `old` is None: as the last, or `above` another."""
        return self._change(lambda: self._add([rule], above) if old is None else self._rewrite(old, rule))

    def remove(self, rules: Sequence[Rule]) -> str:
        removed: tuple[Removed, ...] = ()

        def edit() -> Batch | None:
            nonlocal removed
            removed = take_out(self.path, rules)
            return record_removed(self._controller.journal, self.path, removed)

        refused = self._change(edit)
        if removed and self.back is None:  # if the journal could not be written
            self.back = partial(self._put_in, removed)
        return refused

    def move(self, rule: Rule, by: int) -> str:
        def edit() -> Batch | None:
            number = move(self.path, rule, by)
            return record_moved(self._controller.journal, self.path, rule, number, by) if number else None

        return self._change(edit)

    def switch(self, profile: Profile, *, on: bool) -> str:
        return self._change(lambda: self._add(profile.rules)) if on else self.remove(profile.rules)

    def has(self, profile: Profile) -> int:
        """Return how many of the profile's rules are in the file."""
        there = {rule.key for rule in self.read.rules}
        return sum(rule.key in there for rule in profile.rules)

    def _add(self, rules: Sequence[Rule], above: Rule | None = None) -> Batch | None:
        """Add the rules that aren't in the file yet, a single one `above` another. Raises NotEdited."""
        _, batch = add_rules(self._controller.journal, self.path, rules, above)
        return batch

    def _rewrite(self, old: Rule, new: Rule) -> Batch | None:
        """Replace a rule. Raises NotEdited, also if the old one is no longer in the file."""
        if rewrite(self.path, old, new):
            return record_rewritten(self._controller.journal, self.path, old, new)
        if not any(rule.key == old.key for rule in load(self.path).rules):
            raise NotEdited(self.path, "changed-since")
        return None

    def _take_back(self, batch: Batch) -> str:
        """Undo through the journal, like Undo in the popup or the terminal."""

        def edit() -> None:
            undo(self._controller.journal, batch)

        return self._change(edit)

    def _put_in(self, removed: Sequence[Removed]) -> str:
        def edit() -> None:
            put_in(self.path, removed)

        return self._change(edit)

    def _change(self, edit: Callable[[], Batch | None]) -> str:
        """Run `edit`, which returns the batch that an undo takes back, and return why it failed or ""."""
        self.back = None
        try:
            batch = edit()
        except NotEdited as error:
            return not_edited(error)
        if batch is not None:
            self.back = partial(self._take_back, batch)
        self._controller.changed.emit()
        return ""


def checked(rule: Rule) -> tuple[Mistake, ...]:
    """Return the mistakes for which the file's parser would reject the rule."""
    return parse(as_text(rule)).mistakes
