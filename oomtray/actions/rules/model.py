"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from oomtray.config import Actions

Word = Literal["protect", "protect-strongly", "deprioritize", "first"]
WORDS: tuple[Word, ...] = ("protect", "protect-strongly", "deprioritize", "first")
LOWEST, HIGHEST = -999, 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """Every condition that is given must hold; at least one is."""

    set: Word | int
    """A level by its word, so that it follows the settings, or a value from -999 to 1000."""
    app: str | None = None
    """Desktop id, or the app's key as `oomtray list --apps` shows it."""
    exe: str | None = None
    """Absolute path of the executable, or its beginning up to a `*`."""
    process: str | None = None
    """comm, exactly; up to 15 bytes."""
    command: str | None = None
    """A part of the command line, its arguments joined by spaces."""
    unit: str | None = None
    """Name of the innermost systemd unit; a `*` stands for anything."""
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
        named = {
            "app": self.app,
            "exe": self.exe,
            "process": self.process,
            "command": self.command,
            "unit": self.unit,
            "user": self.user,
        }
        return {key: value for key, value in named.items() if value is not None}

    @property
    def may_ask(self) -> bool:
        """Whether it may earn a privileged change: anyone can call a program sshd, so a name alone never does."""
        return self.ask and (self.unit is not None or self.user is not None)

    def value(self, levels: Actions) -> int:
        """The oom_score_adj that it wants."""
        if isinstance(self.set, int):
            return self.set
        return {
            "protect": levels.protect,
            "protect-strongly": levels.protect_strongly,
            "deprioritize": levels.deprioritize,
            "first": levels.first,
        }[self.set]

    @property
    def title(self) -> str:
        """How people are told of it: its label, else its conditions."""
        return self.label or ", ".join(f"{key} {value}" for key, value in self.conditions.items())


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one rule, or with the file; the other rules count all the same."""

    line: int | None
    says: str
    rule: int | None = None
    """Which rule of the file, from 1."""
