"""Cgroups close to a memory limit of their own, or held back by it: for the window, terminal and notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import called_process, own_name, this_container
from oomtray.messages.numbers import about, duration, percent
from oomtray.messages.victim import together
from oomtray.text import printable, size

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.limited_group import LimitedGroup

_SHOWN = 3
"""How many groups are described one by one; the rest are counted."""
_JUST_NOW = 2.0
"""Seconds below which a duration isn't given."""


def sentences(assessment: Assessment) -> list[str]:
    """Describe groups close to their limits, for the terminal; empty if there are none."""
    now, groups = assessment.snapshot.at, assessment.limits
    said = [sentence for group in groups[:_SHOWN] for sentence in of_group(group, now, called_process)]
    more = len(groups) - _SHOWN
    if more > 0:
        said.append(
            tr_n(
                "{count} more group is close to its own memory limit or held back by it.",
                "{count} more groups are close to their own memory limits or held back by them.",
                more,
            )
        )
    return said


def of_group(group: LimitedGroup, now: float, name: Callable[[Process], str] = own_name) -> list[str]:
    """Say how full it is, whom that would kill and what ends with it, and since when it has been held back.

    `name` returns the name of the process to be killed.
    """
    said = []
    if group.level.name != "normal":
        said.append(_full(group, name))
        if group.forecast.seconds is not None:
            said.append(tr("{name} reaches its limit in {time} at this rate.", name=name_of(group), time=about(group.forecast.seconds)))
        if group.victim is not None and group.victim.also is not None:
            said.append(together(group.victim.also))
    if group.held_since is not None:
        said.append(_held(group, now - group.held_since))
    return said


def in_a_line(group: LimitedGroup) -> str:
    """Summarize in one line, for the window."""
    values = {"name": _plain_name(group), "used": size(group.used), "limit": size(group.limit or group.lower)}
    if group.held_since is not None and group.level.name == "normal":
        return tr("{name} is held back by its own {limit} limit", name=values["name"], limit=size(group.lower))
    if group.kind == "container":
        return tr("Container {name}: {used} of its own {limit} limit", **values)
    return tr("{name}: {used} of its own {limit} limit", **values)


def summary(group: LimitedGroup) -> str:
    """Return a notification's title."""
    if group.level.name == "critical":
        return tr("{name} has nearly used up its memory limit", name=name_of(group))
    if group.level.name == "warning":
        return tr("{name} is close to its memory limit", name=name_of(group))
    return tr("{name} is held back by its memory limit", name=name_of(group))


def body(group: LimitedGroup, now: float) -> str:
    """Return a notification's text, one sentence per line."""
    return "\n".join(of_group(group, now))


def name_of(group: LimitedGroup) -> str:
    name = _plain_name(group)
    return tr("{name} (container)", name=name) if group.kind == "container" else name


def _plain_name(group: LimitedGroup) -> str:
    return this_container() if group.path == "/" else printable(group.name)


def _full(group: LimitedGroup, name: Callable[[Process], str]) -> str:
    values = {"name": name_of(group), "percent": percent(group.used_percent), "limit": size(group.limit)}
    victim = group.victim
    if victim is None:
        return tr("{name} has used {percent} of its memory limit of {limit}.", **values)
    values["victim"] = name(victim.risk.process)
    if not victim.near:
        return tr("{name} has used {percent} of its memory limit of {limit}. {victim} would be killed there next.", **values)
    return tr_n(
        "{name} has used {percent} of its memory limit of {limit}. {count} process would be killed there next: {victim}.",
        "{name} has used {percent} of its memory limit of {limit}. One of {count} processes would be killed there next, such as {victim}.",
        len(victim.near) + 1,
        **values,
    )  # fmt: skip


def _held(group: LimitedGroup, seconds: float) -> str:
    limit = size(group.lower)
    if seconds < _JUST_NOW:
        return tr("{name} is held back by its memory limit of {limit}.", name=name_of(group), limit=limit)
    return tr(
        "{name} has been held back by its memory limit of {limit} for {time}.",
        name=name_of(group), limit=limit, time=duration(int(seconds)),
    )  # fmt: skip
