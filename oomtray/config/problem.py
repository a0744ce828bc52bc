"""What can be wrong with a settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.config.toml_text import TomlProblem
    from oomtray.file_access import FileProblem

Wants = Literal["boolean", "choice", "number", "whole-number", "size", "names"]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that its setting can't have."""

    value: str
    """What stands in the file, or the beginning of it."""
    wants: Wants
    default: str
    """What is used instead."""
    low: float = 0
    """Inclusive bounds of a number."""
    high: float = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """A value that contradicts that of another setting of the same section."""

    lower: str
    """Name of the setting that has to be the lower one."""
    lower_value: str
    higher: str
    higher_value: str
    may_equal: bool
    default: str
    """What is used instead."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no setting or section has."""

    meant: str = ""
    """A name that looks like it; a section is in brackets. Empty where there is none."""
    section: str = ""
    """The section in which there is a setting of this name."""


@dataclass(frozen=True, slots=True)
class NoTable:
    """A section that is written as a value."""

    section: str


Cause = Wrong | OutOfOrder | Unknown | NoTable


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that was not taken: its default stands in its place. Or a file: the settings stay as they were."""

    line: int | None
    """From 1; None where it is not known."""
    key: str
    """Section and name, such as levels.warning_percent; empty where it is the whole file."""
    cause: Cause | FileProblem | TomlProblem
