"""What each setting may be, and what it means: for the check of a file and for the template of one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config.settings import Settings


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. Its type is that of its default; `low` and `high` are inclusive bounds of a number."""

    section: str
    name: str
    comment: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}"

    def default(self, defaults: Settings) -> Any:
        return getattr(getattr(defaults, self.section), self.name)

    def wants(self, default: Any) -> str:
        """What a right value is, in words that follow "must be"."""
        if self.choices:
            return " or ".join(f'"{choice}"' for choice in self.choices)
        if isinstance(default, bool):
            return "true or false"
        return f"{'a whole number' if isinstance(default, int) else 'a number'} from {self.low:g} to {self.high:g}"

    def accept(self, value: Any, default: Any) -> Any:
        """The value as the settings hold it; None where it is wrong."""
        if self.choices:
            return value if value in self.choices and isinstance(value, str) else None
        if isinstance(default, bool) or isinstance(value, bool):
            return value if isinstance(default, bool) and isinstance(value, bool) else None
        if not isinstance(value, int if isinstance(default, int) else (int, float)) or not math.isfinite(
            value
        ):
            return None
        return type(default)(value) if self.low <= value <= self.high else None


@dataclass(frozen=True, slots=True)
class Order:
    """Two settings of one section that must stand in an order."""

    section: str
    first: str
    second: str
    says: str
    """Follows the names of the two."""
    holds: Callable[[Any, Any], bool]


SECTIONS = {
    "levels": "When the memory counts as tight. Used memory is all that the kernel does not call available.",
    "rows": "The marks and the table in the popup.",
    "pace": "How often the process table is read. A stall wakes the reader at once, whatever stands here.",
    "notifications": "What you are told about unasked.",
    "actions": "The oom_score_adj that each word of the menu stands for. -1000 (never) is not offered: children inherit it.",
}

KEYS = (
    Key("levels", "warning_percent", "Memory used, in per cent, from which the icon warns.", 1, 99),
    Key("levels", "critical_percent", "Memory used, in per cent, that is critical; above warning_percent.", 2, 100),
    Key("levels", "hysteresis_percent", "How far below its threshold the memory must be before a level ends.", 0, 50),
    Key("levels", "dwell_seconds", "How long it must stay there.", 0, 3600),
    Key("levels", "warning_stall", "Per cent of the time in which every task waited for memory (PSI full avg10)\n"
        "from which the icon warns; 0 leaves stalls out.", 0, 100),
    Key("levels", "critical_stall", "The same for the critical level.", 0, 100),
    Key("rows", "elevated_share", "Badness in thousandths of RAM and swap from which a process is marked elevated.",
        0, 2000),
    Key("rows", "high_share", "The same for the mark high; not below elevated_share.", 0, 2000),
    Key("rows", "show", "What the popup lists at first.", choices=("apps", "processes")),
    Key("pace", "open_seconds", "Seconds between two readings while the popup is open or the memory is tight.", 0.5, 60),
    Key("pace", "calm_seconds", "Seconds between two readings otherwise; not less than open_seconds. With rules in force\n"
        "no more than about 20 pass.", 1, 3600),
    Key("notifications", "warning", "Tell when the warning level begins."),
    Key("notifications", "critical", "Tell when the critical level begins."),
    Key("notifications", "snooze_minutes", "How long Snooze keeps quiet.", 1, 1440),
    Key("actions", "protect", "Protect.", -999, -1),
    Key("actions", "protect_strongly", "Protect strongly; not above protect.", -999, -1),
    Key("actions", "deprioritize", "Deprioritize: rather this one than another.", 1, 1000),
    Key("actions", "first", "First to go; not below deprioritize.", 1, 1000),
)  # fmt: skip

ORDERS = (
    Order("levels", "warning_percent", "critical_percent", "must be the lower one", lambda a, b: a < b),
    Order("levels", "hysteresis_percent", "warning_percent", "must be the lower one", lambda a, b: a < b),
    Order(
        "levels",
        "warning_stall",
        "critical_stall",
        "must be the lower one",
        lambda a, b: not a or not b or a < b,
    ),
    Order("rows", "elevated_share", "high_share", "must not be the higher one", lambda a, b: a <= b),
    Order("pace", "open_seconds", "calm_seconds", "must not be the longer one", lambda a, b: a <= b),
    Order("actions", "protect_strongly", "protect", "must not be the higher one", lambda a, b: a <= b),
    Order("actions", "deprioritize", "first", "must not be the higher one", lambda a, b: a <= b),
)
