"""Desktops that never were, judged by the real judges: what the popup is tried and shown with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oomtray.config import Rows
from oomtray.kernel.killer_facts import Daemon, Group, SystemdOomd, Watched
from oomtray.kernel.snapshot import Consequences, OomPolicy, Process, Snapshot
from oomtray.risk.apps import sort_into_apps
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.growing_apps import Growth
from oomtray.risk.outlook import Forecast, Level, LevelName, Reading
from oomtray.risk.ranking import rank
from oomtray.risk.set_here import SetHere
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.facts.processes import kernel_thread, process
from tests.facts.snapshots import snapshot

USER = "/user.slice/user-1000.slice/user@1000.service"

DESKTOP: tuple[tuple[str, str, int, int, int], ...] = (
    # app's unit, name, MiB, oom_score_adj, how many
    ("app.slice/app-gnome-firefox-4200.scope", "firefox", 900, 0, 1),
    ("app.slice/app-gnome-firefox-4200.scope", "Web Content", 2100, 233, 1),
    ("app.slice/app-gnome-firefox-4200.scope", "Isolated Web Co", 310, 167, 9),
    ("app.slice/app-gnome-firefox-4200.scope", "WebExtensions", 280, 0, 1),
    ("app.slice/app-gnome-code-5100.scope", "code", 820, 0, 2),
    ("app.slice/app-gnome-code-5100.scope", "code", 240, 300, 5),
    ("app.slice/app-gnome-code-5100.scope", "rust-analyzer", 1480, 0, 1),
    ("app.slice/app-org.chromium.Chromium-6100.scope", "chrome", 210, 300, 6),
    ("app.slice/app-org.chromium.Chromium-6100.scope", "chrome", 380, 0, 1),
    ("app.slice/app-org.gnome.Terminal.slice/vte-spawn-77.scope", "bash", 6, 200, 1),
    ("app.slice/app-org.gnome.Terminal.slice/vte-spawn-77.scope", "cc1plus", 460, 200, 3),
    ("app.slice/app-spotify-7100.scope", "spotify", 420, 0, 3),
    ("app.slice/app-slack-7300.scope", "slack", 330, 0, 4),
    ("session.slice/org.gnome.Shell@wayland.service", "gnome-shell", 540, 0, 1),
)
SYSTEM: tuple[tuple[str, str, int, int, int], ...] = (
    ("system.slice/mysql.service", "mysqld", 1900, -500, 1),
    ("system.slice/docker.service", "dockerd", 160, -500, 1),
    ("system.slice/ssh.service", "sshd", 9, -1000, 1),
    ("system.slice/cron.service", "cron", 3, 0, 1),
    ("init.scope", "systemd", 14, 0, 1),
)


def desktop(level: LevelName = "normal", **changes: Any) -> Assessment:
    """A developer's machine of 16 GB: browser, editor, a database that is protected."""
    processes = [*_started(DESKTOP, f"{USER}/", 1000, 4200), *_started(SYSTEM, "/", 0, 300)]
    processes[-1] = processes[-1]._replace(pid=1, ppid=0)
    processes.append(kernel_thread())
    return judged(tuple(processes), level, **changes)


def watched(level: LevelName = "warning") -> Assessment:
    """The same where systemd-oomd is set as Fedora sets it: swap from the root on, stalls in the user's manager."""
    taken = desktop(level).snapshot.processes
    sums: dict[str, int] = {}
    for one in taken:
        if one.cgroup is not None:
            sums[one.cgroup] = sums.get(one.cgroup, 0) + (one.rss or 0)
    groups = tuple(
        Group(path=path, uid=1000 if path.startswith(USER) else 0, memory=size, swap=0, scanned=0)
        for path, size in sums.items()
    )
    oomd = SystemdOomd(
        daemon=Daemon(name="systemd-oomd", pid=310, start_time=1, uid=0, reach="all"),
        swap=(Watched("/"),), pressure=(Watched(USER, uid=1000, limit=50.0, stall=0.0),), groups=groups,
    )  # fmt: skip
    return desktop(level, killers=(oomd,))


def crowd(count: int = 2000, level: LevelName = "normal") -> Assessment:
    """Many processes in many apps."""
    made = []
    for n in range(count):
        app = n % max(count // 7, 1)
        cgroup = f"{USER}/app.slice/app-worker{app}-{app}.scope"
        size = 4 + (n * 7919) % 600
        made.append(
            process(10000 + n, name=f"worker{app}", rss=size * MIB, rss_anon=size * MIB * 8 // 10, swap=(n % 5) * MIB,
                    oom_score_adj=(0, 0, 0, 300, -200)[n % 5], cgroup=cgroup, unit_cgroup=cgroup, session=10000 + app)
        )  # fmt: skip
    return judged(tuple(made), level)


def korean() -> Assessment:
    """Names in Hangul, cut by the kernel at 15 bytes in the middle of a character."""
    names = ("한글과컴", "새 브라우\\xec\\xa0", "메모장", "음악재생기", "데이터베")
    made = [
        process(7000 + n, name=name, rss=(1900 - n * 330) * MIB, rss_anon=(1700 - n * 320) * MIB,
                cgroup=f"{USER}/app.slice/app-{name}-1.scope", unit_cgroup=f"{USER}/app.slice/app-{name}-1.scope")
        for n, name in enumerate(names)
    ]  # fmt: skip
    return judged(tuple(made), "warning")


def long_names() -> Assessment:
    """Names as no program should have: markup, escapes, directions reversed, an app with a whole story for a name."""
    names = ("<b>bold</b>&amp;", "evil\x1b[31m\n", "abc\u202egnp.exe", "a_b&c_d", "WWWWWWWWWWWWWWW")
    whole = "com.example.AnApplicationWithAnExtraordinarilyLongAndWindingNameThatNoColumnHolds"
    made = [
        process(8000 + n, name=name, rss=(1800 - n * 250) * MIB, rss_anon=(1600 - n * 240) * MIB, oom_score_adj=n * 50,
                cgroup=f"{USER}/app.slice/app-{whole}{n}-1.scope", unit_cgroup=f"{USER}/app.slice/app-{whole}{n}-1.scope")
        for n, name in enumerate(names)
    ]  # fmt: skip
    return judged(tuple(made), "normal")


def incomplete() -> Assessment:
    """hidepid and a unit that dies whole."""
    found = desktop("warning", complete=False)
    assert found.victim is not None
    victim = found.victim.risk.process
    pids = tuple(p.pid for p in found.snapshot.processes if p.unit_cgroup == victim.unit_cgroup)
    whole = Consequences(unit="app-gnome-firefox-4200.scope", unit_policy="stop", unit_pids=pids)
    return desktop("warning", complete=False, consequences={victim.pid: whole})


def void(panic: bool = True, level: LevelName = "warning") -> Assessment:
    """vm.panic_on_oom is set, or else vm.oom_kill_allocating_task."""
    return desktop(level, policy=OomPolicy(0, 1) if panic else OomPolicy(1, 0))


def scripts() -> Assessment:
    """A training job of two processes, and another program of the same interpreter."""
    made = tuple(
        process(600 + n, name="python3", exe="/usr/bin/python3.11", session=600 if n < 2 else 602, rss=(900 - n) * MIB, rss_anon=(800 - n) * MIB)
        for n in range(3)
    )
    named = {made[0].identity: "train.py", made[1].identity: "train.py", made[2].identity: "serve.py"}
    return judged(made, scripts=named)


def close(count: int = 3, level: LevelName = "warning") -> Assessment:
    """So many candidates within the kernel's counting error, and a small one behind them."""
    sizes = [1500 * MIB + (count - n) * 8192 for n in range(count)] + [90 * MIB]
    made = tuple(
        process(500 + n, name=name, rss=held, rss_anon=held * 9 // 10,
                cgroup=f"{USER}/app.slice/app-{name}-1.scope", unit_cgroup=f"{USER}/app.slice/app-{name}-1.scope")
        for n, (held, name) in enumerate(zip(sizes, ("blender", "krita", "gimp", "inkscape", "darktable"), strict=False))
    )  # fmt: skip
    return judged(made, level)


def twins(level: LevelName = "warning", name: str = "firefox", other: str = "Web Content") -> Assessment:
    """Two processes of one app within the kernel's counting error, and a small app behind them."""
    unit = f"{USER}/app.slice/app-{name}-1.scope"
    made = tuple(
        process(500 + n, name=own, rss=held, rss_anon=held * 9 // 10, session=500, cgroup=cgroup, unit_cgroup=cgroup, exe=f"/usr/bin/{own}")
        for n, (own, held, cgroup) in enumerate(
            [(name, 1500 * MIB + 8192, unit), (other, 1500 * MIB, unit), ("gimp", 90 * MIB, f"{USER}/app.slice/app-gimp-1.scope")]
        )
    )
    return judged(made, level)


def namesakes(level: LevelName = "warning") -> Assessment:
    """Two apps of one name within the kernel's counting error: the same script of two interpreters."""
    made = tuple(
        process(500 + n, name="pytest", exe=f"/usr/bin/python3.1{n}", rss=1500 * MIB - n * 8192, rss_anon=1400 * MIB) for n in range(2)
    )
    return judged(made, level, scripts={one.identity: "pytest" for one in made})


def judged(
    processes: tuple[Process, ...],
    level: LevelName = "normal",
    *,
    consequences: dict[int, Consequences] | None = None,
    step: int = 0,
    scripts: Mapping[tuple[int, int], str] | None = None,
    **changes: Any,
) -> Assessment:
    """The whole of what the monitor would say while the popup is open. `step` lets two seconds pass."""
    used = {"normal": 0.52, "warning": 0.83, "critical": 0.94}[level]
    at = 1000.0 + 2 * step
    stall = {"normal": 0.0, "warning": 0.3, "critical": 21.5}[level]
    mem = memory(available=int(16 * GIB * (1 - used)), psi_full_avg10=stall)
    taken: Snapshot = snapshot(*processes, memory=mem, at=at, **changes)
    return assess(
        rank(taken),
        level=Level(level, at - 30, "none" if level == "normal" else "used"),
        rows=Rows(),
        changes={p.identity: _change(p, step) for p in processes if p.rss is not None},
        consequences=consequences or {},
        grouping=sort_into_apps(processes, scripts or {}),
        trail=_trail(at, used * 100, rising=level != "normal"),
        forecast=Forecast(
            kill={"normal": None, "warning": (310.0, 434.0), "critical": (33.0, 49.0)}[level],
            rate={"normal": None, "warning": 7.5 * MIB, "critical": 24.0 * MIB}[level],
        ),
    )


def by_hand(assessment: Assessment, process: Process) -> Assessment:
    """The same where the user has given this one its oom_score_adj."""
    return _set_here(assessment, SetHere({process.identity: process.oom_score_adj or 0}))


def by_rule(assessment: Assessment, process: Process) -> Assessment:
    """The same where a rule of the user's has done so."""
    return _set_here(assessment, SetHere(by_rule={process.identity: process.oom_score_adj or 0}))


def _set_here(assessment: Assessment, given: SetHere) -> Assessment:
    return assess(rank(assessment.snapshot), level=assessment.level, rows=Rows(), set_here=given)


def grown(assessment: Assessment, pid: int, to: int, step: int = 1) -> Assessment:
    """The same a little later, with one process of another size (bytes of rss)."""
    processes = tuple(
        p._replace(rss=to, rss_anon=to * 9 // 10) if p.pid == pid else p
        for p in assessment.snapshot.processes
    )
    return judged(processes, assessment.level.name, step=step)


def growing(assessment: Assessment, **more: int) -> Assessment:
    """The same ten seconds later, when the first process of each name has taken so many MiB more."""
    before, after = assessment.snapshot.processes, list(assessment.snapshot.processes)
    for name, count in more.items():
        at = next(n for n, p in enumerate(after) if p.name == name)
        held = (after[at].rss or 0) + count * MIB
        after[at] = after[at]._replace(rss=held, rss_anon=(after[at].rss_anon or 0) + count * MIB)
    found = judged(tuple(after), assessment.level.name, step=5)
    return replace(found, killers=(replace(found.killers[0], overrides=assessment.killers[0].overrides),),
                   growing=Growth(before, tuple(after), 10.0).fastest())  # fmt: skip


def without(assessment: Assessment, *pids: int, step: int = 1) -> Assessment:
    """The same a little later, when these have ended."""
    rest = tuple(p for p in assessment.snapshot.processes if p.pid not in pids)
    return judged(rest, assessment.level.name, step=step)


def _started(
    table: tuple[tuple[str, str, int, int, int], ...], above: str, uid: int, pid: int
) -> list[Process]:
    made = []
    leaders: dict[str, int] = {}
    for unit, name, size, adj, count in table:
        for n in range(count):
            cgroup = above + unit
            leader = leaders.setdefault(unit, pid)
            held = (size - n * 17) * MIB
            made.append(
                process(pid, name=name, uid=uid, rss=held, rss_anon=held * 8 // 10, swap=(pid % 7) * 5 * MIB,
                        oom_score_adj=adj, ppid=1 if pid == leader else leader, session=leader, cgroup=cgroup,
                        unit_cgroup=cgroup, exe=f"/usr/bin/{name}", page_tables=max(held // 400, 4096))
            )  # fmt: skip
            pid += 3
    return made


def _change(p: Process, step: int) -> float:
    """Bytes per second; most stand still."""
    return {"Web Content": 2.0 * MIB, "cc1plus": 5.5 * MIB, "mysqld": -0.05 * MIB}.get(p.name, 0.0) * (
        1 + step % 3
    )


def _trail(at: float, last: float, *, rising: bool) -> tuple[Reading, ...]:
    made = []
    for n in range(300):
        back = (299 - n) * 2
        slope = back * 0.055 if rising else 3 * math.sin(back / 70)
        made.append(
            Reading(at - back, max(last - slope + 1.2 * math.sin(back / 9) * math.cos(back / 31), 3.0))
        )
    return tuple(made)
