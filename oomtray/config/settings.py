"""Settings with their defaults; what each may be stands in `schema`."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from oomtray.records import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When memory counts as tight: at a share that is used, at a size that is left, or at the later of both."""

    warning_percent: float = 80.0
    """Of the usable memory, 0..100; 0: the size alone decides."""
    warning_left: int = 4 << 30
    """Bytes; 0: the share alone decides. With both 0 the memory that is used raises no warning."""
    critical_percent: float = 90.0
    critical_left: int = 2 << 30
    hysteresis_percent: float = 5.0
    """How many points below its threshold a reading must be before a level ends; half of what is left there at most."""
    dwell_seconds: float = 10.0
    """How long readings must stay calmer before a level ends."""
    warning_stall: float = 10.0
    """PSI full avg10 in per cent; 0 switches this cause off. It counts only while memory is short as well."""
    critical_stall: float = 40.0
    warning_forecast_seconds: float = 300.0
    """Until programs wait for memory or one is killed, at the rate at which it goes; 0 switches this cause off."""
    critical_forecast_seconds: float = 45.0
    """Until a program is killed."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Marks and table of the popup."""

    elevated_share: float = 500.0
    """Per mille of RAM + swap."""
    high_share: float = 800.0
    show: Literal["apps", "processes"] = "apps"


@dataclass(frozen=True, slots=True)
class Popup:
    """How the popup is opened."""

    global_shortcut: bool = False
    """Whether the desktop is asked for keys that open and close it, whichever window has the focus."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often processes are read. A stall causes a scan at once, whatever stands here."""

    open_seconds: float = 2.0
    """Between scans while the popup is open or the level is raised."""
    calm_seconds: float = 60.0
    """Between scans while all is well and nobody looks. The memory itself is read much oftener (`risk.interval`)."""


@dataclass(frozen=True, slots=True)
class Notifications:
    """What is told unasked."""

    warning: bool = True
    critical: bool = True
    limits: bool = True
    """Also that a container, unit or other cgroup is close to a memory limit of its own."""
    kills: bool = True
    """Also what was killed for want of memory, and by whom."""
    snooze_minutes: float = 30.0
    quiet: bool = True
    """Hold back while an app fills the screen, as a presentation or a film does, or the desktop's Do Not Disturb is on."""
    quiet_critical: bool = False
    """Hold back the critical level then as well."""


@dataclass(frozen=True, slots=True)
class History:
    """What is kept of the readings."""

    record: bool = True
    """Whether the tray and `watch` keep them, in the user's state directory."""
    days: int = 30
    """For how long. Kills and changes are kept for a year."""


@dataclass(frozen=True, slots=True)
class Icon:
    """The icon in the panel."""

    symbolic: bool = False
    """One ink for all states, which their shapes tell apart."""
    shows: Literal["shape", "fill", "percent"] = "shape"
    """Beside the level how much memory is used: not at all, as the fill of the memory module, or as a number."""


@dataclass(frozen=True, slots=True)
class Presets:
    """The oom_score_adj that each action stands for, -999..1000."""

    protect: int = -500
    protect_strongly: int = -900
    deprioritize: int = 300
    first: int = 900

    def value(self, preset: str) -> int:
        """By the id of the action: protect, protect-strongly, deprioritize or first."""
        return {
            "protect": self.protect,
            "protect-strongly": self.protect_strongly,
            "deprioritize": self.deprioritize,
            "first": self.first,
        }[preset]


@dataclass(frozen=True, slots=True)
class StepIn:
    """Whether an app that its user can do without is ended before the machine hangs. Nothing is where nothing is marked."""

    enabled: bool = False
    expendable: tuple[str, ...] = ()
    """Apps, by key, shown name or desktop id; executables, which begin with a slash; or scopes. As the conditions of a rule."""
    kill_seconds: float = 60.0
    """Until a program is killed, at the rate at which memory goes; 0 switches this cause off."""
    stall: float = 40.0
    """PSI full avg10 in per cent, while memory is short as well; 0 switches this cause off."""
    stall_seconds: float = 10.0
    """For which a stall must last."""
    grace_seconds: float = 5.0
    """Between asking the app to end and ending it by force."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A section of the file each."""

    levels: Thresholds = field(default_factory=Thresholds)
    rows: Rows = field(default_factory=Rows)
    popup: Popup = field(default_factory=Popup)
    pace: Pace = field(default_factory=Pace)
    notifications: Notifications = field(default_factory=Notifications)
    history: History = field(default_factory=History)
    icon: Icon = field(default_factory=Icon)
    actions: Presets = field(default_factory=Presets)
    step_in: StepIn = field(default_factory=StepIn)
