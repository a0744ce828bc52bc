"""What stands between us and an oom_score_adj that takes an administrator's permission."""

from __future__ import annotations

import os
import stat

from jeepney import message_bus

from oomtray.dbus.connection import Connection, error_of, system_address
from oomtray.doctor.checks import Check, Place, Probe, found
from oomtray.kernel.process_table import ProcessTable

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
"""Programs that show polkit's dialog, most of them nothing else; polkit itself does not tell who does."""
INSTALL = "Install the oomtray package of your system, or run `sudo make install-helper` in the source tree."
_COMM = 15
"""Characters of a program's name that the kernel keeps."""


def helper(place: Place) -> Check:
    try:
        info = os.lstat(place.helper)
    except OSError:
        return found(False, f"{place.helper} is not installed: protecting goes as far as it does without a password",
                     INSTALL)  # fmt: skip
    if not stat.S_ISREG(info.st_mode):
        return found(False, f"{place.helper} is not a plain file", INSTALL)
    wrong = [name for name in (place.helper, *_parents(place.helper)) if _others_write(name, place.root_uid)]
    if wrong:
        return found(
            False,
            f"{wrong[0]} can be changed by others than root, who would run what they put there",
            f"chown root:root {wrong[0]} && chmod go-w {wrong[0]}, after making sure that the helper is the real one",
        )
    if info.st_mode & 0o777 != 0o755:
        mode = stat.S_IMODE(info.st_mode)
        return found(
            False, f"{place.helper} has the mode {mode:o} instead of 755", f"chmod 755 {place.helper}"
        )
    return found(True, place.helper)


def policy(place: Place) -> Check:
    if os.path.isfile(place.policy):
        return found(True, place.policy)
    if os.path.exists(place.helper):
        return found(False, f"{place.policy} is missing, so polkit refuses the helper", INSTALL)
    return found(False, "polkit has not been told of the helper", "It comes with the helper.")


def polkit(place: Place) -> Check:
    try:
        pkexec = os.stat(place.pkexec)
    except OSError:
        return found(False, f"{place.pkexec} is not installed", "Install the package pkexec, or polkit.")
    if pkexec.st_uid != place.root_uid or not pkexec.st_mode & stat.S_ISUID:
        return found(False, f"{place.pkexec} is not setuid root, as in a sandbox, and can do nothing", None)
    try:
        connection = Connection(system_address(place.environ))
    except OSError:
        return found(False, "the system bus does not answer", "Start it: systemctl start dbus")
    try:
        runs, names = connection.call_all(
            [message_bus.NameHasOwner(POLKIT), message_bus.ListActivatableNames()]
        )
    except TimeoutError:
        return found(None, "the system bus does not answer in time")
    finally:
        connection.close()
    if error_of(runs) is None and runs.body == (True,):
        return found(True, "polkitd runs")
    if error_of(names) is None and POLKIT in names.body[0]:
        return found(True, "polkitd starts when it is needed")
    return found(False, "polkitd is not there", "Install the package polkitd.")


def polkit_agent(place: Place) -> Check:
    short = {name[:_COMM] for name in AGENTS}
    table = ProcessTable(place.proc, keep_descriptors=False)
    try:
        processes = table.scan(0.0, full=True)
    finally:
        table.close()
    for process in processes:
        program = os.path.basename(process.exe or "").removesuffix(" (deleted)")
        if process.uid == os.geteuid() and (program in AGENTS or process.name in short):
            return found(True, program or process.name)
    if os.geteuid() == place.root_uid:
        return found(None, "root needs none")
    return found(
        None,
        "none that is known runs; without one no password can be asked for",
        "Start a polkit agent, such as polkit-gnome or lxpolkit, with the session.",
    )


PROBES: tuple[Probe, ...] = (
    ("helper", "Helper", helper),
    ("policy", "Helper's policy", policy),
    ("polkit", "polkit", polkit),
    ("polkit-agent", "Password dialog", polkit_agent),
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
