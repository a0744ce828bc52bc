"""The names and values of settings, as shown in the window and in sentences."""

from __future__ import annotations

from typing import Any

from oomtray.config.schema import BY_PATH
from oomtray.messages.i18n import mark, tr, tr_c, tr_n
from oomtray.messages.numbers import percent
from oomtray.text import adjustment, printable, round_size, size

_NAMES = {
    "levels.warning_percent": mark("Warn when memory use reaches"),
    "levels.warning_left": mark("Warn only when less is left than"),
    "levels.critical_percent": mark("Critical when memory use reaches"),
    "levels.critical_left": mark("Critical only when less is left than"),
    "levels.warning_forecast_seconds": mark("Warn when the time left falls under"),
    "levels.critical_forecast_seconds": mark("Critical when the time left falls under"),
    "levels.warning_stall": mark("Warn when a stall reaches"),
    "levels.critical_stall": mark("Critical when a stall reaches"),
    "levels.hysteresis_percent": mark("A warning ends this far below its threshold"),
    "levels.dwell_seconds": mark("A warning ends once calm for"),
    "rows.show": mark("The popup lists"),
    "rows.elevated_share": mark("Mark a row as elevated from"),
    "rows.high_share": mark("Mark a row as high from"),
    "popup.global_shortcut": mark("Open it with a shortcut from any window"),
    "pace.open_seconds": mark("Read processes every"),
    "pace.calm_seconds": mark("When calm, read processes every"),
    "notifications.limits": mark("A container or service is near its own limit"),
    "notifications.snooze_minutes": mark("Snooze puts a notification off for"),
    "notifications.quiet": mark("Keep quiet while an app fills the screen"),
    "notifications.quiet_critical": mark("Keep quiet even when memory is nearly gone"),
    "history.record": mark("Record memory use"),
    "history.days": mark("Keep readings for"),
    "icon.symbolic": mark("Draw all states in one color"),
    "icon.shows": mark("The icon shows"),
    "actions.protect": mark("Protect"),
    "actions.protect_strongly": mark("Protect strongly"),
    "actions.deprioritize": mark("Deprioritize"),
    "actions.first": mark("Deprioritize strongly"),
    "step_in.enabled": mark("Step in before the computer hangs"),
    "step_in.expendable": mark("Expendable apps"),
    "step_in.kill_seconds": mark("When a kill is nearer than"),
    "step_in.stall": mark("When a stall reaches"),
    "step_in.stall_seconds": mark("A stall has to last for"),
    "step_in.grace_seconds": mark("End by force after"),
}
_CHOICES = {
    ("rows.show", "apps"): (mark("Apps"), mark("apps")),
    ("rows.show", "processes"): (mark("Processes"), mark("processes")),
    ("icon.shows", "shape"): (mark("The level alone"), mark("the level alone")),
    ("icon.shows", "fill"): (mark("How full memory is"), mark("how full memory is")),
    ("icon.shows", "percent"): (mark("Memory used in %"), mark("memory used in %")),
}
"""By themselves, and within a text."""


def name(path: str) -> str:
    """Return the name of a setting, given as section.name."""
    match path:  # these may have other forms than in a notification
        case "notifications.warning":
            return tr_c("tell me when", "Memory is getting tight")
        case "notifications.critical":
            return tr_c("tell me when", "Memory is nearly gone")
        case "notifications.kills":
            return tr_c("tell me when", "Something was killed")
        case _:
            return tr(_NAMES[path])


def kept_name(path: str) -> str:
    """Like `name`, for a recorded setting; one known only to another version is named as in the file."""
    return name(path) if path in BY_PATH else printable(path)


def kept_value(path: str, kept: Any) -> str:
    """Like `value`; what another version has recorded is shown as it is."""
    shown = tuple(map(str, kept)) if isinstance(kept, list) else kept
    known = (path in BY_PATH and isinstance(shown, (bool, int, float, tuple))) or (path, shown) in _CHOICES
    return value(path, shown) if known else printable(str(shown))


def choice(path: str, chosen: str) -> str:
    """Return a choice's name where it stands by itself."""
    return tr(_CHOICES[path, chosen][0])


def has_off(path: str) -> bool:
    """Whether 0 means "off"."""
    return BY_PATH[path].zero_is_off


def value(path: str, shown: Any) -> str:
    """Return a setting's value as a text has it: on, 80 %, the level alone."""
    if isinstance(shown, bool):
        return tr("on") if shown else tr("off")
    if isinstance(shown, tuple):
        return tr(", ").join(shown) if shown else tr("none")
    if isinstance(shown, str):
        return tr(_CHOICES[path, shown][1])
    if not shown and has_off(path):
        return tr("off")
    return number(path, shown)


def number(path: str, shown: float) -> str:
    """Format a number with its unit."""
    match BY_PATH[path].unit:
        case "bytes":
            return round_size(shown) if shown % (1 << 30) == 0 else size(shown)
        case "seconds":
            return span(shown)
        case "minutes":
            return span(60 * shown)
        case "days":
            return days(int(shown))
        case "per-mille":
            return percent(shown / 10, 0 if shown % 10 == 0 else 1)
        case "oom_score_adj":
            return adjustment(int(shown))
        case "percent":
            return percent(shown, 0 if shown == int(shown) else 1)
        case None:
            return f"{shown:g}"


def span(seconds: float) -> str:
    """Format a time that can be set: 45 s, 5 min, 1 min 30 s, 2 h."""
    whole, rest = divmod(seconds, 60)
    if not whole:
        return tr("{count} s", count=f"{seconds:g}")
    if rest:
        return tr("{minutes} min {seconds} s", minutes=f"{whole:.0f}", seconds=f"{rest:g}")
    hours, minutes = divmod(int(whole), 60)
    if hours and not minutes:
        return tr("{count} h", count=hours)
    return tr("{count} min", count=int(whole))


def days(count: int) -> str:
    return tr_n("{count} day", "{count} days", count)
