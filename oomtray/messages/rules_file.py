"""What is wrong with the rules file, why it was not changed, and why rules of it can't give processes their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.config.toml_text import TomlProblem
from oomtray.file_access import FileProblem
from oomtray.messages.files import file_problem, in_file, toml_problem
from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.messages.rules import UNSET, held_by, title_of_row
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oomtray.actions.rules.engine import Applied, State
    from oomtray.actions.rules.model import Mistake, MistakeId, Rule
    from oomtray.config.toml_file import NotEdited

MISTAKES: dict[MistakeId, str] = {
    "unknown-table": mark('"{key}" is not known here: rules are [[rule]] tables.'),
    "not-tables": mark("Rules are written as [[rule]] tables, with two brackets."),
    "unknown-key": mark('"{key}" is not known.'),
    "misspelt-key": mark('"{key}" is not known. Did you mean "{meant}"?'),
    "no-condition": mark("The rule matches nothing: give it app, exe, process, command, unit or user."),
    "user-alone": mark("A user alone would match every process of that user: add another condition."),
    "no-uid": mark("{value} is not a UID."),
    "not-text": mark('"{key}" must be text.'),
    "empty": mark('"{key}" names nothing: it is empty, or only *.'),
    "relative-exe": mark('The program must be an absolute path, not "{value}".'),
    "star-inside": mark("The program's path may have one * at its end."),
    "long-name": mark('The kernel keeps {limit} bytes of a process\'s name, so "{value}" can never match: give the program instead.'),
    "no-unit-name": mark('The unit must be a whole unit name, such as "{value}.service".'),
    "nothing-set": mark("The rule sets nothing: add set = protect, protect-strongly, deprioritize, first, or a number."),
    "never": mark("-1000 is never set, because children would inherit it; -999 is the lowest."),
    "out-of-range": mark("{value} is not from {lowest} to {highest}."),
    "unknown-preset": mark(
        '"{value}" is not known. Known are protect, protect-strongly, deprioritize, first, and numbers.'
    ),
    "misspelt-preset": mark('"{value}" is not known. Did you mean "{meant}"?'),
    "no-value": mark("set must be protect, protect-strongly, deprioritize, first, or a whole number."),
    "not-boolean": mark('"{key}" must be true or false.'),
}
_WHY: dict[State | Literal["own-unit"], str] = {
    "waiting": mark("{rule}: not set yet. It needs an administrator's password, which a line in the popup asks for."),
    "declined": mark("{rule}: not set. It needs an administrator's password, which was declined for good."),
    "name-only": mark("{rule}: not set. Any program can have that name, so add a user or a unit to the rule."),
    "own-unit": mark("{rule}: not set. Any program can run in a unit that isn't the system's, so add a user to the rule."),
    "not-yours": mark("{rule}: not set. The process belongs to another user, who alone may raise it."),
}


def mistake(file: str, wrong: Mistake) -> str:
    """Return `rules.toml, line 3, rule 1: ...`; `file` is its name or path."""
    says = mistake_alone(wrong)
    if isinstance(wrong.cause, FileProblem):
        return says
    if wrong.rule is None:
        return in_file(file, wrong.line, says)
    if wrong.line is None:
        return tr("{file}, rule {number}: {says}", file=printable(file), number=wrong.rule, says=says)
    return tr(
        "{file}, line {line}, rule {number}: {says}",
        file=printable(file),
        line=wrong.line,
        number=wrong.rule,
        says=says,
    )


def mistake_alone(wrong: Mistake) -> str:
    if isinstance(wrong.cause, FileProblem):
        return file_problem(wrong.cause)
    if wrong.cause is not None:
        return toml_problem(wrong.cause)
    values = {name: printable(said) if isinstance(said, str) else said for name, said in wrong.values.items()}
    return tr(MISTAKES[wrong.id], **values)


def no_mistakes(path: str, rules: int) -> str:
    return tr_n("{path}: {count} rule, no mistakes.", "{path}: {count} rules, no mistakes.", rules, path=printable(path))


def more_mistakes(count: int) -> str:
    return tr_n("There is {count} more mistake in it.", "There are {count} more mistakes in it.", count)


def not_edited(error: NotEdited) -> str:
    """Say why the file wasn't changed."""
    match error.why:
        case FileProblem():
            return file_problem(error.why)
        case TomlProblem():
            return in_file(error.path, error.why.line, toml_problem(error.why))
        case "changed-since":
            return tr("{path} is not changed, because the rule was changed in it meanwhile.", path=printable(error.path))
        case _:
            return tr("{path} is not changed, because the result could not be read again.", path=printable(error.path))


def no_rule(number: int, count: int, path: str) -> str:
    return tr_n(
        "There is no rule {number}: {path} has {count} rule.",
        "There is no rule {number}: {path} has {count} rules.",
        count,
        number=number,
        path=printable(path),
    )


def why_unset(does: Mapping[Rule, Sequence[Applied]]) -> list[str]:
    """Return a sentence for each rule that can't give a process its value, by the first such process."""
    said = []
    for rule, found in does.items():
        held = next((one for one in found if one.state in UNSET), None)
        if held is not None:
            said.append(tr(_WHY[held_by(held)], rule=title_of_row(rule)))
    return said
