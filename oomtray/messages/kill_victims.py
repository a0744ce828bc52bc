"""Who was killed, beside the name: app, unit, user, program, and oom_score_adj with its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.text import adjustment, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.risk.kill_event import AdjOrigin, Dead, KillEvent

_ORIGINS: dict[AdjOrigin, str] = {
    "adj-set-by-hand": mark("oom_score_adj {adj}, set by you"),
    "adj-set-by-rule": mark("oom_score_adj {adj}, set by your rule"),
    "adj-inherited": mark("oom_score_adj {adj}, inherited"),
    "adj-set-by-unit": mark("oom_score_adj {adj}, set by its unit"),
    "adj-set-by-app": mark("oom_score_adj {adj}, set by itself"),
}


def about(event: KillEvent, login_name: Callable[[int], str | None], *, app_shown: bool = False) -> str:
    """Return what all victims have in common, in parts separated by dots.

    Empty if nothing is known, or not which process it was. `login_name` returns that of a uid, or None;
    `app_shown` means that the app is named beside it.
    """
    if event.outcome == "one-of" or not event.victims:
        return ""
    first = event.victims[0]
    named = {first.name.casefold(), ""}
    parts = []
    app, unit, uid = _common(event, "app"), _common(event, "unit"), _common(event, "uid")
    if isinstance(app, str) and not app_shown and app.casefold() not in named:
        parts.append(tr("app {app}", app=printable(app)))
    if isinstance(unit, str) and unit.casefold() not in named:
        parts.append(tr("unit {unit}", unit=printable(unit)))
    group = _group(event)
    if group not in (None, unit):
        parts.append(tr("control group {group}", group=printable(group or "")))
    if isinstance(uid, int):
        foreign = event.sources == ("log",) and uid != 0  # a saved log may be of another machine
        name = None if foreign else login_name(uid)
        parts.append(tr("user {user}", user=printable(name or str(uid))))
    command = _common(event, "command")
    if isinstance(command, str) and command:
        parts.append(printable(command))
    if _common(event, "oom_score_adj"):
        parts.append(_adjusted(first))
    return " · ".join(parts)


def _common(event: KillEvent, name: str) -> object:
    """Return an attribute that is the same for all victims; None if it differs or is unknown."""
    found = {getattr(victim, name) for victim in event.victims}
    return found.pop() if len(found) == 1 else None


def _group(event: KillEvent) -> str | None:
    """Return the last part of the path of the cgroup whose limit was reached."""
    scope = event.scope
    if scope is None or scope.kind != "cgroup" or not scope.path:
        return None
    return scope.path.rstrip("/").rpartition("/")[2] or None


def _adjusted(victim: Dead) -> str:
    adj = adjustment(victim.oom_score_adj)
    if victim.adj_from is None:
        return tr("oom_score_adj {adj}", adj=adj)
    return tr(_ORIGINS[victim.adj_from], adj=adj)
