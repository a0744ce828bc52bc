"""Changes to the rules file, to the marks of expendable apps and to settings: in the journal like any change, and taken back from the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.actions.journal_file import Batch, Edit
from oomtray.actions.rules.model import CONDITIONS, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.actions.journal import Journal
    from oomtray.actions.rules.blocks import Removed
    from oomtray.config.taking_back import SettingsEdit
    from oomtray.config.writing import Texts

MARKS = "step_in.expendable"
_NAMED_BY = ("app", "process", "unit", "exe", "user")
"""Conditions whose value names what a rule is for; a command's arguments are nobody's business."""


def record_rules(journal: Journal, path: str, rules: Iterable[Rule], replaced: Rule | None = None) -> Batch | None:
    """That these were added; `replaced` is the one that the only one of them has taken the place of."""
    before = () if replaced is None else (_of_rule(replaced),)
    edit = Edit("rules", path, tuple(map(_of_rule, rules)), before)
    return journal.record("add-rule", (), edit=edit) if edit.added else None


def record_rewritten(journal: Journal, path: str, old: Rule, new: Rule) -> Batch | None:
    """That a rule says something else now."""
    return journal.record("change-rule", (), edit=Edit("rules", path, (_of_rule(new),), (_of_rule(old),)))


def record_removed(journal: Journal, path: str, removed: Iterable[Removed]) -> Batch | None:
    """That these were taken out."""
    from oomtray.actions.rules.parse import parse

    entries = []
    for one in removed:
        rules = parse(one.block).rules
        entries.append({**(_of_rule(rules[0]) if rules else {}), "place": one.place, "block": one.block})
    return journal.record("remove-rule", (), edit=Edit("rules", path, (), tuple(entries))) if entries else None


def record_moved(journal: Journal, path: str, rule: Rule, number: int, by: int) -> Batch | None:
    """That a rule is the one of this number now, from 1, so many places further down, or up."""
    entry = _of_rule(rule)
    edit = Edit("rules", path, ({**entry, "number": number},), ({**entry, "number": number - by},))
    return journal.record("move-rule", (), edit=edit)


def record_marks(journal: Journal, path: str, added: Sequence[str] = (), removed: Sequence[str] = ()) -> Batch | None:
    """That these apps are marked as expendable now, or are no longer."""
    return journal.record("mark" if added else "unmark", (), edit=Edit("marks", path, tuple(added), tuple(removed)))


def record_defaults(journal: Journal, path: str, texts: Texts) -> Batch | None:
    """That the file of the settings has lost all of them; the journal keeps what it said."""
    return journal.record("restore-defaults", (), edit=Edit("settings", path, (texts.after,), (texts.before,)))


def record_settings(
    journal: Journal, path: str, made: SettingsEdit, shown: tuple[Mapping[str, Any], Mapping[str, Any]], goes_on: Batch | None = None
) -> Batch | None:
    """That some settings say something else now. `shown`: what those were and are set to that somebody wanted to change.

    `goes_on`: the batch in whose place it comes, as it is a later step of the same change.
    """
    before, after = (
        {"said": side.said, "shown": dict(values), "text": side.text, "place": made.place}
        for side, values in zip((made.before, made.after), shown, strict=True)
    )
    return journal.record("set", (), goes_on, edit=Edit("setting", path, (after,), (before,)))


def undo(journal: Journal, batch: Batch) -> Batch | None:
    """What is remembered of it. Raises NotEdited or NotWritten where the file can't be changed; it can be tried again then.

    But where somebody has changed meanwhile what it would take back, which stays so: then the journal forgets the change, and
    the next undo takes the one before it.
    """
    edit = batch.edit
    assert edit is not None
    if edit.kind == "rules":
        from oomtray.actions.rules.edit import NotEdited

        try:
            _undo_rules(batch.action, edit)
        except NotEdited as error:
            if error.why == "changed-since":
                journal.take_back(batch)
            raise
    elif edit.kind == "settings":
        from oomtray.config.writing import Texts, put_back

        put_back(edit.path, Texts(str(edit.removed[0]), str(edit.added[0])))
    elif edit.kind == "setting":
        from oomtray.config.writing import NotWritten

        try:
            _undo_settings(edit)
        except NotWritten as error:
            if error.why == "changed-since":
                journal.take_back(batch)
            raise
    else:
        from oomtray.config.writing import change

        change(edit.path, MARKS, lambda marks: changed(marks, edit.removed, edit.added))
    return taken_back(journal, batch)


def _undo_settings(edit: Edit) -> None:
    from oomtray.config.taking_back import SettingsEdit, Side, take_back

    before, after = (Side(side["said"], side["text"]) for side in (edit.removed[0], edit.added[0]))
    take_back(edit.path, SettingsEdit(before, after, edit.added[0]["place"]))


def _undo_rules(action: str, edit: Edit) -> None:
    from oomtray.actions.rules.edit import move_back, put, put_in, take_back, write_back

    now, before = rules_of(edit.added), rules_of(edit.removed)
    if action == "remove-rule":
        put_in(edit.path, _removed(edit))
    elif action == "change-rule" and now and before:
        write_back(edit.path, now[0], before[0])
    elif action == "move-rule" and now:
        move_back(edit.path, now[0], _number(edit.added[0]), _number(edit.removed[0]))
    elif before:
        put(edit.path, before[0])
    else:
        take_back(edit.path, now)


def taken_back(journal: Journal, batch: Batch) -> Batch | None:
    """Where the file is as before already; nothing where another program has taken it back."""
    known = any((one.number, one.time) == (batch.number, batch.time) for one in journal.batches())
    return journal.take_back(batch, edit=batch.edit) if known else None


def changed(marks: Sequence[str], add: Iterable[Any], drop: Iterable[Any]) -> tuple[str, ...] | None:
    """Marks with some added and others dropped; None once none is left: then the setting needn't stand in the file."""
    gone, kept = set(drop), tuple(marks)
    return (*(mark for mark in kept if mark not in gone), *(str(mark) for mark in add if mark not in kept)) or None


def rules_of(entries: Iterable[Any]) -> tuple[Rule, ...]:
    """Of what the journal has kept; what could be no rule is left out."""
    return tuple(rule for entry in entries if isinstance(entry, dict) and (rule := _rule(entry)) is not None)


def names_of(edit: Edit) -> list[str]:
    """What an edit is about, for the history: apps, what rules are called, or settings as the file names them; nothing for all of those."""
    if edit.kind == "settings":
        return []
    if edit.kind == "setting":
        return [*edit.added[0]["shown"]]
    if edit.kind == "marks":
        return [str(name) for name in (*edit.added, *edit.removed)]
    named = (rule.label or next((rule.conditions[key] for key in _NAMED_BY if key in rule.conditions), "") for rule in rules_of(edit.added or edit.removed))
    return [name for name in named if name]


def _removed(edit: Edit) -> list[Removed]:
    from oomtray.actions.rules.blocks import Removed

    return [
        Removed(place, block)
        for entry in edit.removed
        if isinstance(entry, dict) and isinstance(place := entry.get("place"), int) and isinstance(block := entry.get("block"), str)
    ]


def _number(entry: Mapping[str, Any]) -> int:
    number = entry.get("number")
    return number if isinstance(number, int) else 0


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {"set": rule.set, "label": rule.label, "ask": rule.ask, **rule.conditions}


def _rule(entry: Mapping[str, Any]) -> Rule | None:
    known = {name: value for name, value in entry.items() if name in CONDITIONS and isinstance(value, str)}
    value = entry.get("set")
    if not known or not isinstance(value, int | str):
        return None
    return Rule(value, **known, label=str(entry.get("label", "")), ask=entry.get("ask") is not False)  # type: ignore[arg-type]
