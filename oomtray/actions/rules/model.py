"""What a rule is, and what can be wrong with one."""

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
"""Names of the conditions, as the file and the command line have them."""
LOWEST, HIGHEST = -999, 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """Every condition that is given must hold; at least one is."""

    set: Preset | int
    """A preset, so that it follows the settings, or a value from -999 to 1000."""
    app: str | None = None
    """Desktop id, or the app's key as `oomtray list --apps` shows it."""
    exe: str | None = None
    """Absolute path of the executable, or its beginning up to a `*`."""
    process: str | None = None
    """comm, exactly; up to 15 bytes."""
    command: str | None = None
    """A part of the command line, its arguments joined by spaces."""
    unit: str | None = None
    """Name of the systemd unit; a `*` stands for anything."""
    user: str | None = None
    """Login name, or uid in digits."""
    label: str = ""
    ask: bool = True
    """False: the permission that it needs was declined for good; what needs none is still done."""
    line: int | None = None
    """Where the rule begins in its file, from 1."""

    @property
    def conditions(self) -> dict[str, str]:
        """Those that are given, by the name that the file uses."""
        named = {name: getattr(self, name) for name in CONDITIONS}
        return {name: value for name, value in named.items() if value is not None}

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two rules the same one, wherever in the file they stand."""
        return tuple(self.conditions.items()), self.set

    @property
    def may_ask(self) -> bool:
        """Whether it may earn a privileged change: anyone can call a program sshd, so a name alone never does."""
        return self.ask and (self.unit is not None or self.user is not None)

    def value(self, presets: Presets) -> int:
        """The oom_score_adj that it wants."""
        if isinstance(self.set, int):
            return self.set
        return presets.value(self.set)


MistakeId = Literal[
    "not-read",  # the file could not be read; `cause` says why
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
    """What is wrong with one rule, or with the file; the other rules count all the same."""

    id: MistakeId
    line: int | None = None
    """From 1; None where it is not known."""
    rule: int | None = None
    """Which rule of the file, from 1."""
    values: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    """What the problem is about, under the names in the comments beside the ids."""
    cause: FileProblem | TomlProblem | None = None
