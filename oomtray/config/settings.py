"""Settings with their defaults; `schema` has the bounds."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from oomtray.records import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When memory counts as tight: at a percentage used, at a size left, or at the later of both."""

    warning_percent: float = 80.0
    """Of the usable memory, 0..100; 0: only the size counts."""
    warning_left: int = 4 << 30
    """Bytes; 0: only the percentage counts. If both are 0, used memory raises no warning."""
    critical_percent: float = 90.0
    critical_left: int = 2 << 30
    hysteresis_percent: float = 5.0
    """Percentage points below the threshold at which a level ends; at most half of what is left at the threshold."""
    dwell_seconds: float = 10.0
    """How long readings must stay calmer before a level ends."""
    warning_stall: float = 10.0
    """PSI full avg10 in per cent; 0 switches this cause off. Only counts while memory is short as well."""
    critical_stall: float = 40.0
    warning_forecast_seconds: float = 300.0
    """Forecast time until programs wait for memory or one is killed, at the current rate; 0 switches this cause off."""
    critical_forecast_seconds: float = 45.0
    """Forecast time until a program is killed."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Marks and table of the popup."""

    elevated_share: float = 500.0
    """Per mille of RAM + swap."""
    high_share: float = 800.0
    show: Literal["apps", "processes"] = "apps"


@dataclass(frozen=True, slots=True)
class Popup:
    global_shortcut: bool = False
    """Whether to ask the desktop for a shortcut that opens and closes the popup from any window."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often processes are scanned. A stall triggers a scan at once, regardless of these."""

    open_seconds: float = 2.0
    """Between scans while the popup is open or the level is raised."""
    calm_seconds: float = 60.0
    """Between scans while all is well and nobody looks. Memory itself is read far more often (`risk.interval`)."""


@dataclass(frozen=True, slots=True)
class Notifications:
    warning: bool = True
    critical: bool = True
    limits: bool = True
    """Whether also for a container, unit or other cgroup close to a memory limit of its own."""
    kills: bool = True
    """Whether also for what was killed for lack of memory, and by whom."""
    snooze_minutes: float = 30.0
    quiet: bool = True
    """Hold notifications back while an app is fullscreen, such as a presentation or video, or during Do Not Disturb."""
    quiet_critical: bool = False
    """Hold back the critical level then as well."""


@dataclass(frozen=True, slots=True)
class History:
    record: bool = True
    """Whether the tray and `watch` keep readings, in the user's state directory."""
    days: int = 30
    """How long readings are kept. Kills and changes are kept for a year."""


@dataclass(frozen=True, slots=True)
class Icon:
    symbolic: bool = False
    """Whether all states have the same color and only differ in shape."""
    shows: Literal["shape", "fill", "percent"] = "shape"
    """How memory use is shown beside the level: not at all, as the fill of the memory module, or as a number."""


@dataclass(frozen=True, slots=True)
class Presets:
    """The oom_score_adj of each action, -999..1000."""

    protect: int = -500
    protect_strongly: int = -900
    deprioritize: int = 300
    first: int = 900

    def value(self, preset: str) -> int:
        """Look up the value by the action's ID: protect, protect-strongly, deprioritize or first."""
        return {
            "protect": self.protect,
            "protect-strongly": self.protect_strongly,
            "deprioritize": self.deprioritize,
            "first": self.first,
        }[preset]


@dataclass(frozen=True, slots=True)
class StepIn:
    """Whether to end an expendable app before the machine hangs. Nothing is expendable unless marked."""

    enabled: bool = False
    expendable: tuple[str, ...] = ()
    """Apps, by key, displayed name or desktop ID; executables, which begin with a slash; or scopes.

    As the conditions of a rule.
    """
    kill_seconds: float = 60.0
    """Forecast time until a program is killed, at the current rate; 0 switches this cause off."""
    stall: float = 40.0
    """PSI full avg10 in per cent, while memory is short as well; 0 switches this cause off."""
    stall_seconds: float = 10.0
    """How long a stall must last."""
    grace_seconds: float = 5.0
    """Between asking the app to end and killing it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; each field is a section of the file."""

    levels: Thresholds = field(default_factory=Thresholds)
    rows: Rows = field(default_factory=Rows)
    popup: Popup = field(default_factory=Popup)
    pace: Pace = field(default_factory=Pace)
    notifications: Notifications = field(default_factory=Notifications)
    history: History = field(default_factory=History)
    icon: Icon = field(default_factory=Icon)
    actions: Presets = field(default_factory=Presets)
    step_in: StepIn = field(default_factory=StepIn)
