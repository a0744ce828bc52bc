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
    """The value in the file, or its beginning."""
    wants: Wants
    default: str
    """The value used instead."""
    low: float = 0
    """Inclusive bounds of a number."""
    high: float = 0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """A value that contradicts another setting in the same section."""

    lower: str
    """Name of the setting that must be the lower one."""
    lower_value: str
    higher: str
    higher_value: str
    may_equal: bool
    default: str
    """The value used instead."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that isn't a setting or section."""

    meant: str = ""
    """A similar known name, a section in brackets. Empty if there is none."""
    section: str = ""
    """Another section that has a setting of this name."""


@dataclass(frozen=True, slots=True)
class NoTable:
    """A section that is written as a value."""

    section: str


Cause = Wrong | OutOfOrder | Unknown | NoTable


@dataclass(frozen=True, slots=True)
class Problem:
    """A rejected setting, for which the default is used, or a rejected file, which leaves the settings unchanged."""

    line: int | None
    """From 1; None if unknown."""
    key: str
    """Section and name, such as levels.warning_percent; empty for the whole file."""
    cause: Cause | FileProblem | TomlProblem
