"""Record changes to the rules file, to the marks of expendable apps and to settings in the journal, and undo them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.actions.journal_file import Batch, Edit
from oomtray.actions.rules.model import CONDITIONS, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.actions.journal import Journal
    from oomtray.actions.rules.blocks import Removed
    from oomtray.config.taking_back import SettingsEdit
    from oomtray.config.toml_file import Texts

MARKS = "step_in.expendable"
_NAMED_BY = ("app", "process", "unit", "exe", "user")
"""Conditions whose value may name the rule; the arguments of a command are private."""


def add_rules(
    journal: Journal, path: str, rules: Iterable[Rule], above: Rule | None = None
) -> tuple[tuple[Rule, ...], Batch | None]:
    """Add the rules that the file lacks, a single one `above` another. Raises NotEdited.

    Returns these rules, and what an undo takes back.
    """
    from oomtray.actions.rules.edit import add, put_above
    from oomtray.actions.rules.parse import load

    there = {rule.key for rule in load(path).rules}
    new = tuple(rule for rule in rules if rule.key not in there)
    if new and above is not None:
        put_above(path, new[0], above)
    elif not add(path, new):
        return (), None
    return new, record_rules(journal, path, new)


def record_rules(journal: Journal, path: str, rules: Iterable[Rule], replaced: Rule | None = None) -> Batch | None:
    """Record added rules; `replaced` is the rule that a single added one has replaced."""
    before = () if replaced is None else (_of_rule(replaced),)
    edit = Edit("rules", path, tuple(map(_of_rule, rules)), before)
    return journal.record("add-rule", (), edit=edit) if edit.added else None


def record_rewritten(journal: Journal, path: str, old: Rule, new: Rule) -> Batch | None:
    return journal.record("change-rule", (), edit=Edit("rules", path, (_of_rule(new),), (_of_rule(old),)))


def record_removed(journal: Journal, path: str, removed: Iterable[Removed]) -> Batch | None:
    from oomtray.actions.rules.parse import parse

    entries = []
    for one in removed:
        rules = parse(one.block).rules
        entries.append({**(_of_rule(rules[0]) if rules else {}), "place": one.place, "block": one.block})
    return journal.record("remove-rule", (), edit=Edit("rules", path, (), tuple(entries))) if entries else None


def record_moved(journal: Journal, path: str, rule: Rule, number: int, by: int) -> Batch | None:
    """Record that a rule was moved down by `by` places (up if negative) and has this number now, from 1."""
    entry = _of_rule(rule)
    edit = Edit("rules", path, ({**entry, "number": number},), ({**entry, "number": number - by},))
    return journal.record("move-rule", (), edit=edit)


def record_marks(journal: Journal, path: str, added: Sequence[str] = (), removed: Sequence[str] = ()) -> Batch | None:
    """Record that apps were marked as expendable, or unmarked."""
    return journal.record("mark" if added else "unmark", (), edit=Edit("marks", path, tuple(added), tuple(removed)))


def record_defaults(journal: Journal, path: str, texts: Texts) -> Batch | None:
    """Record that all settings were removed from their file; the journal keeps the text."""
    return journal.record("restore-defaults", (), edit=Edit("settings", path, (texts.after,), (texts.before,)))


def record_settings(
    journal: Journal, path: str, made: SettingsEdit, shown: tuple[Mapping[str, Any], Mapping[str, Any]], goes_on: Batch | None = None
) -> Batch | None:
    """Record changed settings. `shown`: old and new values of the settings that the user meant to change.

    `goes_on`: the batch to replace, if this is a later step of the same change.
    """
    before, after = (
        {"said": side.said, "shown": dict(values), "text": side.text, "place": made.place}
        for side, values in zip((made.before, made.after), shown, strict=True)
    )
    return journal.record("set", (), goes_on, edit=Edit("setting", path, (after,), (before,)))


def undo(journal: Journal, batch: Batch) -> Batch | None:
    """Undo the batch; return what the history keeps of that.

    Raises NotEdited if the file can't be changed. It can be retried then, unless somebody has
    changed the same thing meanwhile: that stays, and the journal forgets the batch, so that the next undo
    takes the one before it.
    """
    from oomtray.config.toml_file import NotEdited

    assert batch.edit is not None
    try:
        _undo(batch.action, batch.edit)
    except NotEdited as error:
        if error.why == "changed-since":
            journal.take_back(batch)
        raise
    return taken_back(journal, batch)


def _undo(action: str, edit: Edit) -> None:
    from oomtray.config.toml_file import Texts
    from oomtray.config.writing import change, put_back

    if edit.kind == "rules":
        _undo_rules(action, edit)
    elif edit.kind == "settings":
        put_back(edit.path, Texts(str(edit.removed[0]), str(edit.added[0])))
    elif edit.kind == "setting":
        _undo_settings(edit)
    else:
        change(edit.path, MARKS, lambda marks: changed(marks, edit.removed, edit.added))


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
    """Record an undo of a batch whose file is already restored; None if another program has undone the batch."""
    known = any((one.number, one.time) == (batch.number, batch.time) for one in journal.batches())
    return journal.take_back(batch, edit=batch.edit) if known else None


def changed(marks: Sequence[str], add: Iterable[Any], drop: Iterable[Any]) -> tuple[str, ...] | None:
    """Add and drop marks; return None if none is left, because the setting then needn't be in the file."""
    gone, kept = set(drop), tuple(marks)
    return (*(mark for mark in kept if mark not in gone), *(str(mark) for mark in add if mark not in kept)) or None


def rules_of(entries: Iterable[Any]) -> tuple[Rule, ...]:
    """Rebuild rules from the journal, skipping entries that can't be rules."""
    return tuple(rule for entry in entries if isinstance(entry, dict) and (rule := _rule(entry)) is not None)


def names_of(edit: Edit) -> list[str]:
    """Return the apps, rules or keys of settings that an edit is about, for the history; empty for all settings."""
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
