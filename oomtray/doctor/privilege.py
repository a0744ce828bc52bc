"""Checks whether an oom_score_adj can be set that needs an administrator's permission."""

from __future__ import annotations

import os
import stat
from contextlib import closing

from oomtray.actions.helper_run import PROTOCOL, protocol_of
from oomtray.doctor.checks import Finding, Place, Probe, found
from oomtray.kernel.process_table import ProcessTable
from oomtray.text import COMM_BYTES

POLKIT = "org.freedesktop.PolicyKit1"
AGENTS = frozenset({
    "budgie-polkit-dialog",
    "cinnamon",
    "cosmic-osd",
    "dde-polkit-agent",
    "gnome-flashback",
    "gnome-shell",
    "hyprpolkitagent",
    "io.elementary.desktop.agent-polkit",
    "lxpolkit",
    "lxqt-policykit-agent",
    "mate-polkit",
    "phosh",
    "pkttyagent",
    "polkit-gnome-authentication-agent-1",
    "polkit-kde-authentication-agent-1",
    "polkit-mate-authentication-agent-1",
    "polkit-ukui-authentication-agent-1",
    "soteria",
    "ukui-polkit",
    "xfce-polkit",
})  # fmt: skip
"""Programs that show polkit's dialog, most of them for nothing else; polkit doesn't tell which one is running."""


def helper(place: Place) -> Finding:
    path = place.helper
    try:
        info = os.lstat(path)
    except OSError:
        return found(False, "helper-missing", path=path)
    if not stat.S_ISREG(info.st_mode):
        return found(False, "helper-odd", path=path)
    exposed = [name for name in (path, *_parents(path)) if _others_write(name, place.root_uid)]
    if exposed:
        mend = f"chown root:root {exposed[0]} && chmod go-w {exposed[0]}"
        return found(False, "helper-exposed", path=exposed[0], command=mend)
    if info.st_mode & 0o777 != 0o755:
        mode = f"{stat.S_IMODE(info.st_mode):o}"
        return found(False, "helper-mode", path=path, mode=mode, command=f"chmod 755 {path}")
    known = protocol_of(path)
    if known is not None and known < PROTOCOL:
        return found(False, "helper-old", path=path)
    return found(True, "installed", path=path)


def policy(place: Place) -> Finding:
    if os.path.isfile(place.policy):
        return found(True, "installed", path=place.policy)
    if os.path.exists(place.helper):
        return found(False, "policy-missing", path=place.policy)
    return found(False, "policy-unknown")


def polkit(place: Place) -> Finding:
    try:
        pkexec = os.stat(place.pkexec)
    except OSError:
        return found(False, "pkexec-missing", path=place.pkexec)
    if pkexec.st_uid != place.root_uid or not pkexec.st_mode & stat.S_ISUID:
        return found(False, "pkexec-odd", path=place.pkexec)
    from jeepney import message_bus

    from oomtray.dbus.connection import Connection, error_of, system_address

    try:
        connection = Connection(system_address(place.environ))
    except OSError:
        command = "systemctl start dbus" if os.path.isdir(place.systemd) else "service dbus start"
        return found(False, "system-bus-silent", command=command)
    try:
        with closing(connection):
            runs, names = connection.call_all([message_bus.NameHasOwner(POLKIT), message_bus.ListActivatableNames()])
    except TimeoutError:
        return found(None, "system-bus-slow")
    if error_of(runs) is None and runs.body == (True,):
        return found(True, "polkit-runs")
    if error_of(names) is None and POLKIT in names.body[0]:
        return found(True, "polkit-starts")
    return found(False, "polkit-missing")


def polkit_agent(place: Place) -> Finding:
    short = {name[:COMM_BYTES] for name in AGENTS}
    with closing(ProcessTable(place.proc, keep_descriptors=False)) as table:
        processes = table.scan(0.0, full=True)
    for process in processes:
        program = os.path.basename(process.exe or "").removesuffix(" (deleted)")
        if process.uid == os.geteuid() and (program in AGENTS or process.name in short):
            return found(True, "agent-runs", program=program or process.name)
    return found(None, "agent-not-needed" if os.geteuid() == place.root_uid else "agent-missing")


PROBES: tuple[Probe, ...] = (
    ("helper", helper),
    ("policy", policy),
    ("polkit", polkit),
    ("polkit-agent", polkit_agent),
)


def _parents(path: str) -> list[str]:
    parents: list[str] = []
    while (parent := os.path.dirname(path)) != path:
        parents.append(parent)
        path = parent
    return parents


def _others_write(path: str, root_uid: int) -> bool:
    info = os.stat(path)
    return info.st_uid != root_uid or bool(info.st_mode & 0o022 and not info.st_mode & stat.S_ISVTX)
