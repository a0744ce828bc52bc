"""The model of a rule and of the mistakes in one."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.config import Presets
    from oomtray.config.toml_text import TomlProblem
    from oomtray.file_access import FileProblem

Preset = Literal["protect", "protect-strongly", "deprioritize", "first"]
PRESETS: tuple[Preset, ...] = ("protect", "protect-strongly", "deprioritize", "first")
CONDITIONS = ("app", "exe", "process", "command", "unit", "user")
"""Names of the conditions in the file and on the command line."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: it matches if all given conditions hold; at least one is given."""

    set: Preset | int
    """A preset, which follows the settings, or a value from -999 to 1000."""
    app: str | None = None
    """Desktop ID, or the app's key as shown by `oomtray list --apps`."""
    exe: str | None = None
    """Absolute path of the executable, or its beginning followed by `*`."""
    process: str | None = None
    """Exact comm; up to 15 bytes."""
    command: str | None = None
    """Substring of the command line, whose arguments are joined by spaces."""
    unit: str | None = None
    """Name of the systemd unit; `*` matches anything."""
    user: str | None = None
    """Login name, or uid in digits."""
    label: str = ""
    ask: bool = True
    """False if permission was declined for good; changes that need none are still made."""
    line: int | None = None
    """Line where the rule begins in its file, from 1."""

    @property
    def conditions(self) -> dict[str, str]:
        named = {name: getattr(self, name) for name in CONDITIONS}
        return {name: value for name, value in named.items() if value is not None}

    @property
    def table(self) -> dict[str, str | int]:
        """Its table in the file."""
        values: dict[str, str | int] = {"label": self.label} if self.label else {}
        values |= {**self.conditions, "set": self.set}
        return values if self.ask else values | {"ask": False}

    @property
    def key(self) -> tuple[object, ...]:
        """Identity of the rule, regardless of its place in the file."""
        return tuple(self.conditions.items()), self.set

    @property
    def may_ask(self) -> bool:
        """Whether the rule may ask for permission: a name alone can't, as anyone can name a program sshd."""
        return self.ask and (self.unit is not None or self.user is not None)

    def value(self, presets: Presets) -> int:
        """Return the oom_score_adj that the rule sets."""
        if isinstance(self.set, int):
            return self.set
        return presets.value(self.set)


MistakeId = Literal[
    "not-read",  # the file could not be read; `cause` has the reason
    "unknown-table",  # key
    "not-tables",
    "unknown-key",  # key
    "misspelt-key",  # key, meant
    "no-condition",
    "user-alone",
    "no-uid",  # value
    "not-text",  # key
    "empty",  # key
    "relative-exe",  # value
    "star-inside",
    "long-name",  # value, limit in bytes
    "no-unit-name",  # value
    "nothing-set",
    "never",
    "out-of-range",  # value, lowest, highest
    "unknown-preset",  # value
    "misspelt-preset",  # value, meant
    "no-value",
    "not-boolean",  # key
]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one rule or with the file; the other rules still count."""

    id: MistakeId
    line: int | None = None
    """From 1; None if unknown."""
    rule: int | None = None
    """Number of the rule in the file, from 1."""
    values: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    """Values to report, under the names in the comments beside the IDs."""
    cause: FileProblem | TomlProblem | None = None
