"""A believable month of a developer's machine: nights off, builds, and two kills. The same for the same moment.

Days ago a build grew over all limits until systemd-oomd killed it. Today train.py grows until the kernel kills Slack;
it takes what that freed, too, and ends a minute later by itself. It is a job of many processes, each of which counts
less than Slack's does with its oom_score_adj.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator

from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.samples import AppMemory, Sample, put, thin
from oomtray.history.schema import SETTLES
from oomtray.risk.outlook import Forecast, LevelName
from tests.facts import GIB, MIB
from tests.facts.memory import memory

HOUR, DAY = 3600.0, 86_400.0
TOTAL, SWAP = 16 * GIB, 4 * GIB
LEAK = 55 * 60.0
"""Seconds before the end at which train.py begins to grow."""
KILL = 21 * 60.0
_REFILL, _ENDS, _ENDED = 45.0, 60.0, 150.0
"""Seconds after the kill until which train.py has taken what it freed, and in which train.py ends."""
OVERRUN = 9 * DAY + 120
"""Seconds before the end at which a build is killed: between two readings, close enough to both to be told with them."""
_BUILT, _WAITED = 25 * 60.0, 200.0
"""Seconds for which that build ran, and in which it didn't grow any more."""
_BUILDS = (9.3, 10.1, 11.4, 16.2, 17.6)
"""Hours of the day at which somebody builds."""
_LOOK = 300
_SYSTEM = 1.6 * GIB
_FULL, _SWAP_FULL, _ALWAYS_OUT = 0.955 * TOTAL, 0.97 * SWAP, 150 * MIB
_TOO_MUCH = _FULL + _SWAP_FULL
_KEYS = {"VS Code": "code"}
"""Of apps whose program has another name."""


def write(database: Database, now: float, days: int = 30, kills: int = 3) -> None:
    """`now` in seconds since 1970: where it ends. `kills` have been counted by the kernel since its boot."""
    steps = ((days * DAY, DAY, 300), (DAY, HOUR, 30), (HOUR, 0, 4))
    samples: list[Sample] = []
    with database.writing() as connection:
        for begin, end, step in steps:
            found = list(_samples(now, now - begin, now - end, step, kills))
            put(connection, found)
            thin(connection, now)
            samples += found
        put_events(connection, [*_events(now), *_warnings(samples)])


def settling(until: float) -> list[float]:
    """Times of readings after which the record takes the clock's word for it that it is `until`."""
    return [until - at for at in range(0, SETTLES + 300, 300)]


def _samples(now: float, begin: float, end: float, step: int, kills: int) -> Iterator[Sample]:
    chance = random.Random(1)
    at = begin
    while at < end:
        if not _off(at, now):
            yield _sample(now, at, chance, kills, look=int(at) % _LOOK < step or _pressed(at, now))
        at += step


def _off(at: float, now: float) -> bool:
    if at > now - 3 * HOUR or _near_overrun(at, now):
        return False
    local = time.localtime(at)
    hour = local.tm_hour + local.tm_min / 60
    return hour < 7.6 or hour > 23.2 or 12.5 < hour < 13.1 or local.tm_wday == 6


def _pressed(at: float, now: float) -> bool:
    return now - LEAK / 2 < at < now - KILL + _ENDED + 30


def _near_overrun(at: float, now: float) -> bool:
    return abs(at - (now - OVERRUN)) < HOUR


def _sample(now: float, at: float, chance: random.Random, kills: int, *, look: bool) -> Sample:
    apps = _apps(at, now)
    held = sum(apps.values())
    wanted = held + _SYSTEM + chance.random() * 60 * MIB
    swapped = min(max(wanted - _FULL, _left_in_swap(at, now), _ALWAYS_OUT), _SWAP_FULL)
    used = min(wanted - swapped, _FULL)
    share = used / TOTAL
    stall = max(share - 0.9, 0) * (300 + 120 * math.sin(at / 31) + 60 * chance.random())  # an average of 10 s, so no noise
    level: LevelName = "critical" if share > 0.9 else "warning" if share > 0.8 else "normal"
    return Sample(
        time=at,
        memory=memory(
            total=TOTAL, available=int(TOTAL - used), swap_total=SWAP, swap_free=int(SWAP - swapped),
            psi_some_avg10=stall * 1.5, psi_full_avg10=stall, huge_pages=0, oom_kills=kills,
        ),
        level=level,
        cause="none",
        forecast=Forecast(rate=None, stall=None, kill=None, ram=None, swap=None),
        apps=_largest(apps) if look else (),
    )  # fmt: skip


def _apps(at: float, now: float) -> dict[str, float]:
    local = time.localtime(at)
    hour = local.tm_hour + local.tm_min / 60 + local.tm_sec / 3600
    day = at / DAY
    work = math.sin(max(min((hour - 7) / 12, 1), 0) * math.pi)
    apps = {
        "Firefox": (1.6 + 1.9 * work + 0.25 * math.sin(day * 40) + 0.1 * math.sin(at / 300)) * GIB,
        "VS Code": (1.1 + 0.5 * work + 0.05 * math.sin(at / 170)) * GIB,
        "MariaDB": (0.55 + 0.02 * math.sin(at / 900)) * GIB,
        "GNOME Shell": (0.32 + 0.03 * math.sin(day * 25)) * GIB,
    }
    slack = (0.66 + 0.1 * work) * GIB
    others = sum(apps.values()) + _SYSTEM + slack
    if at <= now - KILL:
        apps["Slack"] = slack
    for begin in _BUILDS:
        since = (hour - begin) * 60
        if 0 < since < 26 and at < now - 2 * HOUR and not _near_overrun(at, now):  # what ran over is alone to blame, whatever time it is
            size = 2.4 + 1.4 * math.sin(day * 7 + begin)  # too little for a warning
            apps["Builder"] = max(size * (0.55 + 0.45 * math.sin(since * 0.6)) * min(since / 3, 1), 0.3) * GIB
    since = at - (now - OVERRUN - _BUILT)
    if 0 < since <= _BUILT:
        apps["Builder"] = 0.3 * GIB + (_TOO_MUCH - 0.3 * GIB - others) * min(since / (_BUILT - _WAITED), 1) ** 1.2
    since, after = at - (now - LEAK), at - (now - KILL)
    if since > 0 and after < _ENDED:
        grown = 0.4 * GIB + (_TOO_MUCH - 0.4 * GIB - others) * min(since / (LEAK - KILL), 1) ** 1.6
        grown += 0.95 * slack * min(max(after / _REFILL, 0), 1)
        apps["train.py"] = grown * (1 - _ending(after))
    return apps


def _ending(after: float) -> float:
    """How much of train.py is gone that many seconds after the kill, 0 to 1."""
    return min(max((after - _ENDS) / (_ENDED - _ENDS), 0), 1)


def _left_in_swap(at: float, now: float) -> float:
    """What others had there while memory was short comes back slowly; what ended takes along its own."""
    since, after = at - (now - OVERRUN), at - (now - KILL)
    if after > 0:
        return _SWAP_FULL * (1 - 0.55 * _ending(after)) * math.exp(-after / 1800)
    return 0.45 * _SWAP_FULL * math.exp(-since / 1800) if since > 0 else 0.0


def _largest(apps: dict[str, float]) -> tuple[AppMemory, ...]:
    order = sorted(apps.items(), key=lambda one: -one[1])
    return tuple(AppMemory(_KEYS.get(name, name.lower()), name, int(held)) for name, held in order)


def _warnings(samples: list[Sample]) -> Iterator[Event]:
    """Each level is told when it is reached, but not again within an hour."""
    told: dict[LevelName, float] = {}
    for sample in samples:
        if sample.level != "normal" and sample.time - told.get(sample.level, 0) > HOUR:
            told[sample.level] = sample.time
            data = {"level": sample.level, "cause": "used", "victim": {"pid": 4281, "name": "Slack"}}
            yield Event("told", f"{sample.level} {sample.time}", sample.time, data)


def _events(now: float) -> list[Event]:
    kill = {
        "killer": "kernel", "outcome": "killed", "time": now - KILL, "sources": ["vmstat", "pidfd"],
        "scope": {"kind": "system", "total_pages": (TOTAL + SWAP) // 4096},
        "victims": [
            {
                "pid": 4281, "name": "slack", "app": "Slack", "freed": 640 * MIB, "oom_score_adj": 300,
                "adj_from": "adj-set-by-app", "command": "/usr/lib/slack/slack",
            },
        ],
    }  # fmt: skip
    built = _apps(now - OVERRUN, now)["Builder"]
    earlier = {
        "killer": "systemd-oomd", "outcome": "killed", "time": now - OVERRUN, "sources": ["oomd-signal"],
        "victims": [{"pid": None, "name": "builder.scope", "app": "Builder", "freed": int(built)}],
    }  # fmt: skip
    protected = {"action": "protect", "by": "hand", "changes": [{"pid": 812, "name": "MariaDB", "from": 0, "to": -500}]}
    return [
        Event("kill", "a", now - KILL, kill),
        Event("kill", "b", now - OVERRUN, earlier),
        Event("change", "e", now - 42 * 60, protected),
    ]
