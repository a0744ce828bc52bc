"""Kills as the record and a log tell of them: an app that leaked, a group at its limit, one that nobody saw, odd ones."""

from __future__ import annotations

from oomtray.risk.before_kill import Moment
from oomtray.risk.free_memory import FreeKind, FreeMemory, FreePlace
from oomtray.risk.kill_event import Dead, Grew, KillEvent, KillScope, Trigger
from oomtray.risk.postmortem import Cause, Ranked
from tests.facts import GIB, MIB

NOW = 1_795_800_000.0
AT = NOW - 1800
PAGE = 4096
TOTAL = 20 * GIB // PAGE


NAMES = ("Slack slack train.py Web Content code gnome shell dockerd shop worker master service firefox earlyoom", "hog scope slice systemd oomd oomtray drill")
"""All that is data in them."""


def ranked(pid: int, name: str, held: int, adj: int = 0) -> Ranked:
    return Ranked(pid, name, held // PAGE + adj * (TOTAL // 1000), adj, held, 0)


RANKING = tuple(
    sorted(
        (
            ranked(4281, "slack", 261 * MIB, 300), ranked(9001, "train.py", 6244 * MIB), ranked(4203, "Web Content", 438 * MIB, 233),
            ranked(4302, "code", 802 * MIB, 200), ranked(1200, "gnome-shell", 412 * MIB), ranked(1300, "dockerd", 120 * MIB, -500),
        ),
        key=lambda one: -one.badness,
    )
)  # fmt: skip


def leak(**other: object) -> KillEvent:
    """train.py grew, and Slack went first all the same."""
    values: dict[str, object] = {
        "time": AT, "killer": "kernel", "outcome": "killed", "constraint": "none", "sources": ("kernel-log", "proc-connector"),
        "victims": (Dead(pid=4281, name="slack", app="Slack", freed=261 * MIB, oom_score_adj=300),), "foretold": 240.0,
        "scope": KillScope(kind="system", total_pages=TOTAL), "trigger": Trigger(9001, "train.py"), "ranking": RANKING, "page_size": PAGE,
    }  # fmt: skip
    return KillEvent(**{**values, **other})  # type: ignore[arg-type]


def leak_moments(at: float = AT) -> list[Moment]:
    """Before `leak`: 2.1 GiB and then more and more for 400 s, while a browser breathes."""
    return [
        Moment(
            at - 400 + step * 10, 16 * GIB, int((9 - step * 0.2) * GIB), 4 * GIB, 0, 1.0,
            (("train.py", int((2.1 + 4.0 * (step / 40) ** 1.5) * GIB)), ("firefox", 2 * GIB + step % 3 * 20 * MIB)),
        )
        for step in range(41)
    ]  # fmt: skip


def limited(path: str = "/system.slice/shop.service") -> KillEvent:
    """A service that reached its own limit."""
    limit = 200 * MIB
    return KillEvent(
        time=AT - 86400, killer="kernel", outcome="killed", constraint="memcg", sources=("log",), page_size=PAGE,
        victims=(Dead(pid=711, name="shop-worker", unit="shop.service", app="shop", freed=164 * MIB, oom_score_adj=0),),
        scope=KillScope(kind="cgroup", path=path, limit=limit, total_pages=limit // PAGE),
        cause=Cause("misconfiguration", "medium", {"limit": limit, "usage": limit, "times_hit": 4000}, "raise-memory-max"),
        ranking=(Ranked(711, "shop-worker", 164 * MIB // PAGE, 0, 164 * MIB, 0), Ranked(710, "shop-master", 5000, 0, 20 * MIB, 0)),
    )  # fmt: skip


def unseen() -> KillEvent:
    """Noticed by the kernel's count alone."""
    return KillEvent(
        time=AT - 2 * 86400, not_before=AT - 2 * 86400 - 60, killer="kernel", outcome="likely", sources=("vmstat",),
        victims=(Dead(pid=77, name="Web Content", app="firefox", freed=430 * MIB, oom_score_adj=233),), growing=(Grew("code", 5e6),),
    )  # fmt: skip


def elsewhere(kind: FreeKind = "nodes") -> KillEvent:
    """Memory was short, and some was free where it could not be used."""
    places = {
        "nodes": (
            FreePlace("0", 12 * MIB, 44 * MIB, wanted=True), FreePlace("1", 7900 * MIB, 45 * MIB, wanted=False), FreePlace("2", 3 * GIB, 45 * MIB, wanted=False),
        ),
        "zones": (FreePlace("Normal", 3 * MIB, 4 * MIB, wanted=True), FreePlace("HighMem", 410 * MIB, MIB // 2, wanted=False)),
        "pieces": (FreePlace("", 0, None, wanted=True), FreePlace("", 1300 * MIB, None, wanted=False)),
        "devices": (FreePlace("", 11 * MIB, 8 * MIB, wanted=True), FreePlace("", 180 * MIB, None, wanted=False)),
    }  # fmt: skip
    causes = {
        "nodes": Cause("misconfiguration", "medium", {}, "allow-more-nodes"),
        "zones": Cause("system-limit", "high", {"high_memory_free": 410 * MIB, "ram": 2 * GIB}, "use-64-bit-kernel"),
        "pieces": Cause("system-limit", "high", {"order": 4, "free": 1300 * MIB}, "compact-memory"),
        "devices": Cause("system-limit", "medium", {"cma_free": 180 * MIB, "free": 191 * MIB}, "reserve-less-cma"),
    }
    free = FreeMemory(kind, places[kind], 64 << 10 if kind == "pieces" else None)
    constraint = "cpuset" if kind == "nodes" else "none"
    ranking = None if kind == "nodes" else RANKING
    return leak(free=free, cause=causes[kind], constraint=constraint, ranking=ranking, sources=("log",), foretold=None)


def odd() -> list[KillEvent]:
    """What a page must bear: no victim, no time, several, names that are markup."""
    named = Dead(pid=5, name="<b>x</b>\n", app=None)
    return [
        KillEvent(time=None, killer="kernel", outcome="unknown", sources=("log",)),
        KillEvent(time=AT, killer="kernel", outcome="panic", sources=("log",)),
        KillEvent(time=AT, killer="kernel", outcome="nobody", sources=("log",), constraint="memcg"),
        KillEvent(time=AT, killer="systemd-oomd", outcome="killed", sources=("oomd-signal",), victims=tuple(
            Dead(pid=pid, name=f"worker-{pid}") for pid in range(40)
        )),
        KillEvent(time=AT, killer="earlyoom", outcome="one-of", sources=("log",), victims=(named,), manual=True),
    ]  # fmt: skip
