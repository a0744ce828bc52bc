"""Group processes into apps: what a person knows by one name.

A unit's name comes first (`oomtray.systemd.unit_names`). If the cgroup says only "a login" or "a terminal",
or nothing, processes are grouped by job: below a shell or a part of the desktop by the first program that it
started (the make above a compiler, not the shell between them), under any other session leader by that
leader. Each job is named after its executable.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass
from oomtray.risk.app_names import named_by
from oomtray.risk.judged import App, AppId, AppKind, Risk, WarningMark
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.snapshot import CgroupMemory, Process

    Scripts = Mapping[tuple[int, int], str]
    """Names of the scripts that interpreters run, by (PID, start time)."""

_SHELLS = ("ash", "bash", "csh", "dash", "elvish", "fish", "ksh", "mksh", "nu", "pwsh", "sh", "tcsh", "xonsh", "zsh")
_LOGINS = ("init", "login", "screen", "sshd", "sshd-session", "su", "sudo", "systemd", "tmux")
_DESKTOPS = (
    *("budgie-session-binary", "cinnamon-session-binary", "gnome-session-binary", "lxsession", "plasma_session"),
    *("lightdm", "sddm-helper", "startplasma-wayland", "startplasma-x11", "startx", "xinit"),
    *("bspwm", "dwm", "hyprland", "i3", "krunner", "labwc", "marco", "niri", "openbox", "plasmashell", "river", "sway", "weston"),
)
_DESKTOP_PARTS = (
    *("cinnamon", "mate-settings-daemon", "waybar", "xfsettingsd"),
    *("caja", "nemo", "nemo-desktop", "pcmanfm", "thunar", "xfdesktop"),
)
"""Besides those that are called -session or -panel. Without systemd's scopes, each starts programs itself: by its menu, by
keys, or by a double click. The last are apps, also where each has a session of its own, as when dwm starts it.
"""
_WRAPPERS = (
    *("chrt", "dbus-run-session", "doas", "env", "flock", "ionice", "nice", "nohup", "script", "setsid", "stdbuf"),
    *("strace", "systemd-run", "time", "timeout", "xargs", "xvfb-run"),
)
_COMM = 15
"""Characters of a name that the kernel keeps, which is all that is known of another user's program."""
_PANEL_PLUGINS = {"wrapper-2.0": "xfce4-panel"}
"""The panel that a program is a part of."""


def _cut(names: Iterable[str]) -> frozenset[str]:
    return frozenset({*names, *(name[:_COMM] for name in names)})


_IN_DESKTOP = _cut(_DESKTOPS + _DESKTOP_PARTS)
_SESSIONS = _cut(_SHELLS + _LOGINS + _DESKTOPS + _WRAPPERS)
_HOSTS = _SESSIONS | _IN_DESKTOP
"""Executables that start other programs; what runs below them goes by its own name."""

_DEEPEST = 64
"""How many parents to follow at most, because a table read while processes come and go may contain a loop."""

_NO_SCRIPTS: Scripts = {}
_MARKS: tuple[WarningMark, ...] = ("none", "elevated", "high")


def app_of(process: Process, table: Mapping[int, Process], scripts: Scripts = _NO_SCRIPTS) -> AppId | None:
    """Return the app of a process, or None for kernel threads; `table` has all processes by PID.

    If `scripts` has what an interpreter runs, that is an app of its own. Otherwise everything that python3.11 runs is one app.
    """
    if process.kernel_thread:
        return None
    path = process.unit_cgroup if process.unit_cgroup is not None else process.cgroup
    unit = unit_of(path)
    unit_name = unit.name if unit else None
    named = named_by(path)
    if named is not None:
        uid = unit.uid if unit is not None else None
        return AppId(*named, unit_name, uid)
    job = _job(process, table)
    name = executable(job)
    kind: AppKind = "session" if job.pid == job.session and name.lower() in _SESSIONS else "executable"
    script = scripts.get(job.identity) if scripts else None
    if script is not None:
        return AppId(f"{script} ({name})", script, kind, unit_name, process.uid)
    return AppId(name, name, kind, unit_name, process.uid)


def executable(process: Process) -> str:
    """Return the basename of the executable, or comm if the executable may not be read."""
    return _known_as(process.exe, process.name)[0]


def _is_host(process: Process) -> bool:
    return _known_as(process.exe, process.name)[1]


@lru_cache(maxsize=4096)
def _known_as(exe: str | None, comm: str) -> tuple[str, bool, bool]:
    """Return the name, whether it starts other programs, and whether as a part of the desktop.

    It is cached, as each scan asks for every process.
    """
    name = comm
    if exe and not exe.startswith("/memfd:"):
        name = exe.removesuffix(" (deleted)").rpartition("/")[2] or comm
    name = _PANEL_PLUGINS.get(name, name)
    lower = name.lower()
    in_desktop = lower in _IN_DESKTOP or (lower not in _HOSTS and lower.endswith(("-session", "-panel")))
    return name, in_desktop or lower in _HOSTS, in_desktop


def _job(process: Process, table: Mapping[int, Process]) -> Process:
    leader = table.get(process.session)
    if leader is None or leader is process:
        return process
    if not _is_host(leader):
        return leader
    job, at = process, process
    for _ in range(_DEEPEST):
        _name, is_host, in_desktop = _known_as(at.exe, at.name)
        if not is_host:
            job = at
        parent = table.get(at.ppid)
        if in_desktop or parent is None or parent is at or parent.session != leader.session:
            break
        at = parent
    return job


@dataclass(frozen=True, slots=True)
class Grouping:
    """The processes of one table grouped by app; `own_cgroups` says which cgroups to read before calling `group`."""

    ids: Mapping[int, AppId]
    """By PID; kernel threads are absent."""
    own_cgroups: Mapping[tuple[str, int | None], tuple[str, ...]]
    """By app (key, uid): the memory cgroups that hold all of the app and nothing else."""

    @property
    def paths(self) -> frozenset[str]:
        """Every cgroup whose memory.stat is worth reading: one or two per app."""
        return frozenset(path for paths in self.own_cgroups.values() for path in paths)


def sort_into_apps(processes: Iterable[Process], scripts: Scripts = _NO_SCRIPTS) -> Grouping:
    """Find the app of each process, and the cgroups of each app that it has to itself; `scripts` is as for `app_of`."""
    table = {p.pid: p for p in processes}
    ids: dict[int, AppId] = {}
    roots: dict[tuple[str, int | None], set[str]] = {}
    owners: dict[str, tuple[str, int | None] | None] = {}
    for pid, p in table.items():
        app = app_of(p, table, scripts)
        if app is None:
            continue
        ids[pid] = app
        if p.rss is None:
            continue
        owner = app.key, app.uid
        root = _root(p)
        mine = roots.setdefault(owner, set())
        if root in mine and root == p.cgroup:
            continue
        mine.add(root)
        for path in _upwards(p.cgroup or ""):
            if owners.setdefault(path, owner) != owner:
                owners[path] = None
    own = {
        owner: _topmost(paths)
        for owner, paths in roots.items()
        if all(owners.get(path) == owner for path in paths)
    }
    return Grouping(ids, own)


def _root(process: Process) -> str:
    """Return the unit's cgroup if it is in the memory hierarchy and holds a single app, else the process's own."""
    unit = unit_of(process.cgroup)
    return unit.root if unit is not None and named_by(process.cgroup) is not None else process.cgroup or ""


def _upwards(path: str) -> Iterable[str]:
    """Yield a path and its ancestors without the root, which belongs to no app."""
    while path and path != "/":
        yield path
        path = path.rpartition("/")[0]


def _topmost(paths: set[str]) -> tuple[str, ...]:
    """Drop the paths below another one, which already counts them."""
    return tuple(sorted(p for p in paths if not any(up in paths for up in _upwards(p.rpartition("/")[0]))))


def group(
    risks: Iterable[Risk], cgroup_memory: Mapping[str, CgroupMemory], now: float, grouping: Grouping
) -> tuple[App, ...]:
    """Sum up apps, ordered by the rank of their first member, then those that can't be chosen by memory.

    `now` is monotonic, like `Process.read_at`. Apps without any memory (only zombies) are left out.
    """
    members: dict[tuple[str, int | None], list[Risk]] = {}
    for risk in risks:
        app = grouping.ids.get(risk.process.pid)
        if app is not None:
            members.setdefault((app.key, app.uid), []).append(risk)
    apps = [
        _app(grouping, owner, found, cgroup_memory, now)
        for owner, found in members.items()
        if any(r.process.rss is not None or r.rank is not None for r in found)
    ]
    apps.sort(key=lambda a: (a.members[0].rank is None, a.members[0].rank or 0, -(a.memory or 0), a.key))
    return tuple(replace(a, rank=n if a.members[0].rank is not None else None) for n, a in enumerate(apps, 1))


def _app(
    grouping: Grouping,
    owner: tuple[str, int | None],
    found: list[Risk],
    cgroup_memory: Mapping[str, CgroupMemory],
    now: float,
) -> App:
    found.sort(key=lambda r: (r.rank is None, r.rank or 0, -(r.memory or 0)))
    ids = [grouping.ids[r.process.pid] for r in found]
    shown = next((i for i in ids if i.kind == "app"), ids[0])
    charged = [cgroup_memory.get(path) for path in grouping.own_cgroups.get(owner, ())]
    shares = [r.share for r in found if r.share is not None]
    changes = [r.change for r in found if r.change is not None]
    memory: int | None
    memory_from: Literal["cgroup", "sum"]
    if charged and all(c is not None for c in charged):
        known = [c for c in charged if c is not None]
        memory, memory_from, oldest = sum(c.memory for c in known), "cgroup", min(c.read_at for c in known)
    else:
        frees = [r.frees for r in found if r.frees is not None]
        memory, memory_from = sum(frees) if frees else None, "sum"
        oldest = min((r.process.read_at for r in found if r.process.rss is not None), default=now)
    return App(
        key=owner[0],
        name=shown.name,
        kind=shown.kind,
        members=tuple(found),
        memory=memory,
        memory_from=memory_from,
        age=max(now - oldest, 0.0) if memory is not None else None,
        share=max(shares, default=None),
        rank=None,
        change=sum(changes) if changes else None,
        warning=max((r.warning for r in found), key=_MARKS.index),
        uid=owner[1],
    )
