"""Bounds, units and types of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from oomtray.records import dataclass
from oomtray.text import parse_size

if TYPE_CHECKING:
    from oomtray.config.problem import Wants
    from oomtray.config.settings import Settings


_MOST_NAMES = 200
Unit = Literal["percent", "per-mille", "bytes", "seconds", "minutes", "days", "oom_score_adj"]
"""What a number counts: the window shows it, reads it and steps it accordingly."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. It has the type of its default; `low` and `high` are inclusive bounds of a number."""

    section: str
    name: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    unit: Unit | None = None
    """Unit of a number; None if it is none. Bytes may be written in the file as text such as "4G"."""
    zero_is_off: bool = False
    """Whether 0 switches off what it sets, and is shown as "off"."""
    names: bool = False
    """Whether it is a list of non-blank strings."""

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}"

    def default(self, defaults: Settings) -> Any:
        return getattr(getattr(defaults, self.section), self.name)

    def wants(self, default: Any) -> Wants:
        """Return the kind of value that is accepted."""
        if self.choices:
            return "choice"
        if self.unit == "bytes":
            return "size"
        if self.names:
            return "names"
        if isinstance(default, bool):
            return "boolean"
        return "whole-number" if isinstance(default, int) else "number"

    def as_written(self, value: Any) -> Any:
        """Convert a value to how a person would write it: sizes as "4G", whole numbers without a decimal point."""
        if isinstance(value, tuple):
            return list(value)
        if self.unit == "bytes" and isinstance(value, int) and value:
            for unit, name in ((1 << 30, "G"), (1 << 20, "M")):
                if value % unit == 0:
                    return f"{value // unit}{name}"
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def accept(self, value: Any, default: Any) -> Any:
        """Return the value as the settings hold it; None if it is wrong."""
        if self.choices:
            return value if isinstance(value, str) and value in self.choices else None
        if self.names:
            right = isinstance(value, list | tuple) and all(isinstance(one, str) and one.strip() for one in value)
            return tuple(value) if right and len(value) <= _MOST_NAMES else None
        if self.unit == "bytes" and isinstance(value, str):
            value = parse_size(value)
        if isinstance(default, bool) or isinstance(value, bool):
            return value if isinstance(default, bool) and isinstance(value, bool) else None
        if not isinstance(value, int if isinstance(default, int) else (int, float)):
            return None
        # compared first, because an integer with hundreds of digits can't be converted to float
        return type(default)(value) if self.low <= value <= self.high else None


@dataclass(frozen=True, slots=True)
class Order:
    """Two settings of one section, one of which must be lower than the other."""

    section: str
    lower: str
    higher: str
    may_equal: bool = False
    zero_is_off: bool = False
    """Whether 0 in either switches the check off."""

    def holds(self, lower: float, higher: float) -> bool:
        if self.zero_is_off and not (lower and higher):
            return True
        return lower <= higher if self.may_equal else lower < higher


KEYS = (
    Key("levels", "warning_percent", 0, 99, unit="percent", zero_is_off=True),
    Key("levels", "warning_left", 0, 1 << 50, unit="bytes", zero_is_off=True),
    Key("levels", "critical_percent", 0, 100, unit="percent", zero_is_off=True),
    Key("levels", "critical_left", 0, 1 << 50, unit="bytes", zero_is_off=True),
    Key("levels", "hysteresis_percent", 0, 50, unit="percent"),
    Key("levels", "dwell_seconds", 0, 3600, unit="seconds"),
    Key("levels", "warning_stall", 0, 100, unit="percent", zero_is_off=True),
    Key("levels", "critical_stall", 0, 100, unit="percent", zero_is_off=True),
    Key("levels", "warning_forecast_seconds", 0, 1800, unit="seconds", zero_is_off=True),
    Key("levels", "critical_forecast_seconds", 0, 1800, unit="seconds", zero_is_off=True),
    Key("rows", "elevated_share", 0, 2000, unit="per-mille"),
    Key("rows", "high_share", 0, 2000, unit="per-mille"),
    Key("rows", "show", choices=("apps", "processes")),
    Key("popup", "global_shortcut"),
    Key("pace", "open_seconds", 0.5, 60, unit="seconds"),
    Key("pace", "calm_seconds", 1, 3600, unit="seconds"),
    Key("notifications", "warning"),
    Key("notifications", "critical"),
    Key("notifications", "limits"),
    Key("notifications", "kills"),
    Key("notifications", "snooze_minutes", 1, 1440, unit="minutes"),
    Key("notifications", "quiet"),
    Key("notifications", "quiet_critical"),
    Key("history", "record"),
    Key("history", "days", 1, 365, unit="days"),
    Key("icon", "symbolic"),
    Key("icon", "shows", choices=("shape", "fill", "percent")),
    Key("actions", "protect", -999, -1, unit="oom_score_adj"),
    Key("actions", "protect_strongly", -999, -1, unit="oom_score_adj"),
    Key("actions", "deprioritize", 1, 1000, unit="oom_score_adj"),
    Key("actions", "first", 1, 1000, unit="oom_score_adj"),
    Key("step_in", "enabled"),
    Key("step_in", "expendable", names=True),
    Key("step_in", "kill_seconds", 0, 1800, unit="seconds", zero_is_off=True),
    Key("step_in", "stall", 0, 100, unit="percent", zero_is_off=True),
    Key("step_in", "stall_seconds", 0, 600, unit="seconds"),
    Key("step_in", "grace_seconds", 1, 60, unit="seconds"),
)

BY_PATH = {key.path: key for key in KEYS}
"""Each by its section.name."""
SECTIONS = tuple(dict.fromkeys(key.section for key in KEYS))

ORDERS = (
    Order("levels", "warning_percent", "critical_percent", zero_is_off=True),
    Order("levels", "critical_left", "warning_left", zero_is_off=True),
    Order("levels", "hysteresis_percent", "warning_percent", zero_is_off=True),
    Order("levels", "warning_stall", "critical_stall", zero_is_off=True),
    Order("levels", "critical_forecast_seconds", "warning_forecast_seconds", zero_is_off=True),
    Order("rows", "elevated_share", "high_share", may_equal=True),
    Order("pace", "open_seconds", "calm_seconds", may_equal=True),
    Order("actions", "protect_strongly", "protect", may_equal=True),
    Order("actions", "deprioritize", "first", may_equal=True),
)

SIDES = tuple((f"levels.{level}_percent", f"levels.{level}_left") for level in ("warning", "critical"))
"""Both ways to give a threshold, as percentage and as size: if a file sets only one of them, the other is off."""
