"""What an undo does to the rules file, the marks of expendable apps and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import setting_labels
from oomtray.messages.i18n import joined, tr, tr_n
from oomtray.text import printable

if TYPE_CHECKING:
    from oomtray.actions.journal_file import Edit
    from oomtray.config.toml_file import NotEdited


def would(action: str, edit: Edit) -> str:
    """Say what an undo would do; `action` is what it undoes."""
    if edit.kind == "rules":
        from oomtray.messages.rules import removed

        if action == "remove-rule":
            return tr_n("{count} rule would be put back.", "{count} rules would be put back.", len(edit.removed))
        if action == "move-rule":
            return tr("The rule would go back to its place.")
        if edit.removed:
            return tr("The rule would be as it was before.")
        return removed(len(edit.added), really=False)
    if edit.kind == "settings":
        return tr("The settings would be as they were before the defaults were restored.")
    if edit.kind == "setting":
        return tr("“{setting}” would be set to {value} again.", **_first_setting(edit))
    if edit.added:
        return tr("{name} would no longer be marked as expendable.", name=_names(edit.added))
    return tr("{name} would be marked as expendable.", name=_names(edit.removed))


def did(action: str, edit: Edit) -> str:
    """Say what an undo has done."""
    if edit.kind == "rules":
        from oomtray.messages.rules import removed, taken_back

        if action == "remove-rule":
            return tr_n("{count} rule was put back.", "{count} rules were put back.", len(edit.removed))
        if action == "move-rule":
            return tr("The rule is back in its place.")
        if edit.removed:
            return taken_back(len(edit.added), 0, replaced=True)
        return removed(len(edit.added), really=True)
    if edit.kind == "settings":
        return tr("The settings are as they were before the defaults were restored.")
    if edit.kind == "setting":
        return tr("“{setting}” is set to {value} again.", **_first_setting(edit))
    if edit.added:
        from oomtray.messages.step_in import unmarked

        return unmarked(_names(edit.added))
    return tr("{name} is marked as expendable.", name=_names(edit.removed))


def setting_changed(path: str, before: object, after: object) -> str:
    """Say that a setting, given as section.name, was changed."""
    return tr(
        "“{setting}” was changed from {before} to {after}.",
        setting=setting_labels.name(path), before=setting_labels.value(path, before), after=setting_labels.value(path, after),
    )  # fmt: skip


def _first_setting(edit: Edit) -> dict[str, str]:
    """Return the name and former value of the setting that an edit changed."""
    path, value = next(iter(edit.removed[0]["shown"].items()), ("", None))
    return {"setting": setting_labels.kept_name(path), "value": setting_labels.kept_value(path, value)}


def not_undone(edit: Edit, error: NotEdited) -> str:
    """Say why the file wasn't changed."""
    if edit.kind == "rules":
        from oomtray.messages.rules_file import not_edited

        return not_edited(error)
    from oomtray.messages.settings import not_written

    return not_written(error)


def _names(marks: tuple[str, ...]) -> str:
    return joined([printable(str(mark)) for mark in marks])
