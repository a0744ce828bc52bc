"""What is wrong with the settings file, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.config.problem import NoTable, OutOfOrder, Problem, Unknown, Wants, Wrong
from oomtray.config.toml_text import TomlProblem
from oomtray.messages.files import file_problem, in_file, toml_problem
from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.config.toml_file import NotEdited

_WANTS: dict[Wants, str] = {
    "boolean": mark("{key} must be true or false, not {value}; {default} is used."),
    "choice": mark("{key} must be one of {choices}, not {value}; {default} is used."),
    "names": mark('{key} must be a list of names such as ["Slack"], not {value}; {default} is used.'),
    "number": mark("{key} must be a number from {low} to {high}, not {value}; {default} is used."),
    "size": mark('{key} must be a size such as "4G", or a number of bytes, not {value}; {default} is used.'),
    "whole-number": mark("{key} must be a whole number from {low} to {high}, not {value}; {default} is used."),
}


def problem(file: str, wrong: Problem) -> str:
    """Describe a mistake in one sentence, with the file and line; `file` is its name or path."""
    key, cause = printable(wrong.key), wrong.cause
    match cause:
        case TomlProblem():
            says = toml_problem(cause)
        case Wrong():
            says = _wrong(key, cause)
        case OutOfOrder():
            says = _out_of_order(key, cause)
        case NoTable():
            says = tr("{key} must be a table: write [{section}] on a line of its own.", key=key, section=cause.section)
        case Unknown(meant=str(meant)) if meant:
            says = tr("{key} is unknown. Did you mean {meant}?", key=key, meant=meant)
        case Unknown(section=str(section)) if section:
            says = tr("{key} is unknown here; it belongs under [{section}].", key=key, section=section)
        case Unknown():
            says = tr("{key} is unknown.", key=key)
        case _:
            return file_problem(cause)
    return in_file(file, wrong.line, says)


def problems(file: str, found: Sequence[Problem]) -> str:
    """Describe the first mistake, and count the others; there must be at least one."""
    first, more = problem(file, found[0]), len(found) - 1
    if not more:
        return first
    return tr_n("{first} There is {count} more mistake.", "{first} There are {count} more mistakes.", more, first=first)


def not_written(error: NotEdited) -> str:
    """Say why a setting was not changed in the file."""
    match error.why:
        case TomlProblem():
            return in_file(error.path, error.why.line, toml_problem(error.why))
        case "refused":
            return tr("{file} was not changed: the setting can't have that value.", file=printable(error.path))
        case "unsound":
            return tr("{file} was not changed: it can't be edited as it stands.", file=printable(error.path))
        case "changed-since":
            return tr("{file} is not changed, because the setting was changed in it meanwhile.", file=printable(error.path))
        case _:
            return file_problem(error.why)


def _wrong(key: str, cause: Wrong) -> str:
    return tr(
        _WANTS[cause.wants],
        key=key,
        value=printable(cause.value),
        default=cause.default,
        low=f"{cause.low:g}",
        high=f"{cause.high:g}",
        choices=tr(", ").join(f'"{choice}"' for choice in cause.choices),
    )


def _out_of_order(key: str, cause: OutOfOrder) -> str:
    template = mark("{key} is not used, because {lower} ({lower_value}) must be lower than {higher} ({higher_value}); {default} is used.")
    if cause.may_equal:
        template = mark(
            "{key} is not used, because {lower} ({lower_value}) must not be higher than {higher} ({higher_value}); {default} is used."
        )
    return tr(
        template,
        key=key,
        lower=cause.lower,
        lower_value=cause.lower_value,
        higher=cause.higher,
        higher_value=cause.higher_value,
        default=cause.default,
    )
