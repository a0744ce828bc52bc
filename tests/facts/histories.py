"""A believable month of a developer's machine: nights off, builds, a leak, a kill. The same for the same moment."""

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
_BUILDS = (9.3, 10.1, 11.4, 16.2, 17.6)
"""Hours of the day at which somebody builds."""
_LOOK = 300
_SYSTEM = 1.6 * GIB


def write(database: Database, now: float, days: int = 30, kills: int = 3) -> None:
    """`now` in seconds since 1970: where it ends. `kills` have been counted by the kernel since its boot."""
    steps = ((days * DAY, DAY, 300), (DAY, HOUR, 30), (HOUR, 0, 4))
    with database.writing() as connection:
        for begin, end, step in steps:
            samples = list(_samples(now, now - begin, now - end, step, kills))
            put(connection, samples)
            thin(connection, now)
        put_events(connection, _events(now, samples))


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
    if at > now - 3 * HOUR:
        return False
    local = time.localtime(at)
    hour = local.tm_hour + local.tm_min / 60
    return hour < 7.6 or hour > 23.2 or 12.5 < hour < 13.1 or local.tm_wday == 6


def _pressed(at: float, now: float) -> bool:
    return now - LEAK / 2 < at < now - KILL + 120


def _sample(now: float, at: float, chance: random.Random, kills: int, *, look: bool) -> Sample:
    apps = _apps(at, now)
    held = sum(apps.values())
    wanted = held + _SYSTEM + chance.random() * 60 * MIB
    used = min(wanted, 0.955 * TOTAL)
    swapped = min(wanted - used + 150 * MIB + _left_in_swap(at, now), 0.97 * SWAP)
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
    others = sum(apps.values()) + _SYSTEM
    if at < now - KILL:
        apps["Slack"] = (0.5 + 0.25 * work) * GIB
    for begin in _BUILDS:
        since = (hour - begin) * 60
        if 0 < since < 26 and at < now - 2 * HOUR:  # the leak is alone to blame, whatever time it is now
            size = 3.2 + 2.6 * math.sin(day * 7 + begin)
            apps["Builder"] = max(size * (0.55 + 0.45 * math.sin(since * 0.6)) * min(since / 3, 1), 0.3) * GIB
    since = at - (now - LEAK)
    if 0 < since < LEAK - KILL + 110:  # whatever runs beside it at this time of the day, memory is short when Slack is killed
        apps["train.py"] = 0.4 * GIB + (16.2 * GIB - others) * (since / (LEAK - KILL)) ** 1.6
    return apps


def _left_in_swap(at: float, now: float) -> float:
    """What went out while memory was short comes back slowly."""
    since = at - (now - KILL - 300)
    if since < 0:
        return 0.0
    return min(since / 300, 1) * 2.4 * GIB * math.exp(-max(since - 300, 0) / 1800)


def _largest(apps: dict[str, float]) -> tuple[AppMemory, ...]:
    order = sorted(apps.items(), key=lambda one: -one[1])
    return tuple(AppMemory(name.lower(), name, int(held)) for name, held in order)


def _events(now: float, samples: list[Sample]) -> list[Event]:
    """`samples`: the last hour, whose levels were told when they were reached."""
    reached = {level: next(one.time for one in samples if one.level == level) for level in ("warning", "critical")}
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
    earlier = {
        "killer": "systemd-oomd", "outcome": "killed", "time": now - 9 * DAY, "sources": ["oomd-signal"],
        "victims": [{"pid": None, "name": "builder.scope", "app": "Builder", "freed": 6 * GIB}],
    }  # fmt: skip
    warned, critical = ({"level": level, "cause": "used", "victim": {"pid": 4281, "name": "Slack"}} for level in ("warning", "critical"))
    protected = {"action": "protect", "by": "hand", "changes": [{"pid": 812, "name": "MariaDB", "from": 0, "to": -500}]}
    return [
        Event("kill", "a", now - KILL, kill),
        Event("kill", "b", now - 9 * DAY, earlier),
        Event("told", "c", reached["warning"], warned),
        Event("told", "d", reached["critical"], critical),
        Event("change", "e", now - 42 * 60, protected),
    ]
