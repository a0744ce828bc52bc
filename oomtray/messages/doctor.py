"""What the doctor says about each check: its title, what was found, and what to do about it."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, Literal

from oomtray.messages.desktop import tray_remedy
from oomtray.messages.i18n import mark, tr
from oomtray.messages.killers import mend, stands
from oomtray.messages.settings import problems
from oomtray.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.killer_names import KillerName

What = Literal[
    "agent-missing", "agent-not-needed", "agent-runs", "autostart-off", "autostart-on", "autostart-stale", "autostart-unread",
    "badness-decides", "bus-missing", "bus-responds", "bus-silent", "cgroup-none", "cgroup-v1", "cgroup-v2", "failed",
    "files-enough", "files-few", "files-unlimited", "helper-exposed", "helper-missing", "helper-mode", "helper-odd", "helper-old",
    "installed", "killers", "lock-enough", "lock-little", "lock-none", "module-needed", "modules-missing", "modules-there", "killers-among-others", "killers-unknown", "no-desktop", "notifications-buttons", "notifications-missing", "notifications-no-buttons",
    "notifications-plain", "notifications-unknown", "oom-allocating", "oom-panic", "oom-unknown", "only-kernel",
    "overcommit-allowed", "overcommit-strict", "overcommit-unknown",
    "pkexec-missing", "pkexec-odd", "policy-missing", "policy-unknown", "polkit-missing", "polkit-runs", "polkit-starts",
    "processes-all", "processes-hidden", "psi-off", "psi-on", "qt-breaks-python", "qt-crashes", "qt-loads", "qt-no-library",
    "qt-no-pyside", "qt-of-system", "qt-other", "qt-packages", "qt-slow", "qt-untried", "settings-none", "settings-right",
    "settings-wrong", "swap-none", "swap-on", "swap-unknown", "swap-unused", "swap-zram", "system-bus-silent", "system-bus-slow", "systemd-no-user", "systemd-none", "systemd-runs",
    "tray-no-panel", "tray-none", "tray-shown", "tray-unknown", "trigger-off", "trigger-on",
]  # fmt: skip

TITLES: dict[str, str] = {
    "session-bus": mark("Session bus"),
    "tray-host": mark("Tray"),
    "notifications": mark("Notifications"),
    "autostart": mark("Start at login"),
    "settings": mark("Settings"),
    "modules": mark("Python modules"),
    "qt": mark("Qt"),
    "helper": mark("Helper"),
    "policy": mark("Helper policy"),
    "polkit": mark("polkit"),
    "polkit-agent": mark("Password dialog"),
    "processes": mark("Processes"),
    "memory-cgroup": mark("Memory cgroups"),
    "systemd": mark("systemd"),
    "psi": mark("Memory pressure"),
    "psi-trigger": mark("Pressure alerts"),
    "open-files": mark("Open files"),
    "memory-lock": mark("Memory lock"),
    "swap": mark("Swap"),
    "overcommit": mark("Overcommit"),
    "kernel-oom": mark("Kernel OOM killer"),
    "killers": mark("Other OOM killers"),
}
"""Titles by the public id of a check."""

LOCK_MORE = mark("Raise the limit memlock to {needed} in /etc/security/limits.conf, and log in again.")
RAISE_IN_MANAGER = mark(
    "Raise the limit {limit} to {needed} in /etc/security/limits.conf, run this too, as root, and restart the computer: {command}"
)
INSTALL_HELPER = mark(
    "Install the oomtray package of your system, or run `sudo make install-helper` in the source tree."
)

SAYS: dict[What, tuple[str, str | None]] = {
    # the desktop session
    "no-desktop": (mark("This is not a desktop session"), None),
    "bus-responds": (mark("Responds"), None),
    "bus-missing": (
        mark("There is none: DBUS_SESSION_BUS_ADDRESS is not set"),
        mark("Start the desktop session with dbus-run-session, or install the package dbus-user-session."),
    ),
    "bus-silent": (mark("Does not respond"), mark("Log out and log in again.")),
    "tray-shown": ("{protocol}", None),
    "tray-no-panel": (mark("A StatusNotifierWatcher is running, but no panel shows its icons"), None),
    "tray-none": (mark("Nothing here shows tray icons, so a window takes the place of the icon"), None),
    "tray-unknown": (mark("No StatusNotifierItem host; without libX11, an XEmbed tray can't be detected"), None),
    "notifications-unknown": (mark("Unknown without a session bus"), None),
    "notifications-missing": (
        mark("Nothing here shows notifications, so only the icon and the popup warn"),
        mark("Install and start a notification daemon, such as xfce4-notifyd, dunst or mako."),
    ),
    "notifications-plain": (mark("{daemon}, without buttons"), None),
    "notifications-buttons": (mark("{daemon}, with buttons"), None),
    "notifications-no-buttons": (mark("{daemon}, which doesn't show actions as buttons"), None),
    "autostart-on": (mark("OOM Tray starts at login"), None),
    "autostart-off": (mark("OOM Tray doesn't start at login; the tray menu can turn this on"), None),
    "autostart-stale": (
        mark("{path} starts a program that no longer exists"),
        mark("Turn Start at login off and on again in the tray menu."),
    ),
    "autostart-unread": (
        mark("{desktop} starts no autostart entries by itself"),
        mark("Add “{line}” to {path}, unless dex or systemd starts them there."),
    ),
    "settings-none": (mark("There is no settings file, so the defaults apply"), None),
    "settings-right": (mark("{path} has no mistakes"), None),
    # what Python must have
    "modules-there": (mark("Installed: {modules}"), None),
    "modules-missing": (mark("Not installed: {modules}"), mark("Run: {command}")),
    "module-needed": (mark("Can't be checked without {module}"), None),
    "qt-loads": (mark("PySide6 {version}"), None),
    "qt-of-system": (mark("PySide6 from the system's packages"), None),
    "qt-breaks-python": (
        mark("PySide6 {version} crashes this version of Python"),
        mark("Install another version: {command}"),
    ),
    "qt-slow": (mark("Did not load within {seconds} seconds"), None),
    "qt-untried": (mark("Loading could not be tried: {problem}"), None),
    "qt-crashes": (mark("Loading it ends Python with status {status}"), mark("Reinstall PySide6-Essentials.")),
    "qt-no-pyside": (mark("The tray needs PySide6, which is not installed"), mark("Install it: {command}")),
    "qt-no-library": (
        mark("Qt can't be loaded because {library} is missing"),
        mark("Install the package that contains it."),
    ),
    "qt-packages": (mark("Qt can't be loaded because {library} is missing"), mark("Install it: {command}")),
    "qt-other": (mark("Qt can't be loaded: {problem}"), None),
    # what needs an administrator's permission
    "installed": (mark("Installed as {path}"), None),
    "helper-missing": (
        mark("{path} is not installed, so apps can be protected only as far as that needs no password"),
        INSTALL_HELPER,
    ),
    "helper-odd": (mark("{path} is not a regular file"), INSTALL_HELPER),
    "helper-exposed": (
        mark("{path} can be changed by users other than root, and root would run what they put there"),
        mark("Make sure that the helper is the real one, then run: {command}"),
    ),
    "helper-mode": (mark("{path} has mode {mode} instead of 755"), mark("Run: {command}")),
    "helper-old": (
        mark("{path} is older than this OOM Tray, so it doesn't know everything that it may be asked"),
        mark("Update the oomtray package of your system, or run `sudo make install-helper` in the source tree."),
    ),
    "policy-missing": (mark("{path} is missing, so polkit refuses to run the helper"), INSTALL_HELPER),
    "policy-unknown": (mark("polkit does not know the helper"), mark("The policy comes with the helper.")),
    "pkexec-missing": (mark("{path} is not installed"), mark("Install the package pkexec or polkit.")),
    "pkexec-odd": (mark("{path} is not setuid root, as in a sandbox, so it can't be used"), None),
    "system-bus-silent": (mark("The system bus does not respond"), mark("Start it: {command}")),
    "system-bus-slow": (mark("The system bus does not respond in time"), None),
    "polkit-runs": (mark("polkitd is running"), None),
    "polkit-starts": (mark("polkitd starts when it is needed"), None),
    "polkit-missing": (mark("polkitd is not installed"), mark("Install the package polkitd.")),
    "agent-runs": (mark("{program} is running"), None),
    "agent-not-needed": (mark("root needs none"), None),
    "agent-missing": (
        mark("No known polkit agent is running; without one, nobody can be asked for a password"),
        mark("Start a polkit agent with the session, such as polkit-gnome or lxpolkit."),
    ),
    # the machine
    "processes-all": (mark("All processes are visible"), None),
    "processes-hidden": (
        mark("Some processes may be hidden (hidepid, container, sandbox), so predictions cover only the visible ones"),
        mark("Outside of containers, join the group that sees all of /proc (mount option gid=), or ask your administrator."),
    ),
    "cgroup-v2": (mark("Version 2"), None),
    "cgroup-v1": (
        mark("Version 1: an app's memory is added up from its processes, and units are not stopped as a whole"),
        None,
    ),
    "cgroup-none": (
        mark("Not mounted, so an app's memory is added up from its processes"),
        mark("Boot without cgroup_disable=memory."),
    ),
    "systemd-runs": (mark("Version {version}"), None),
    "systemd-no-user": (mark("Version {version}, without a user manager"), None),
    "systemd-none": (mark("systemd does not respond, so what else ends with a process is unknown"), None),
    "psi-on": (mark("Reported by the kernel (PSI)"), None),
    "psi-off": (
        mark("Not reported by the kernel (PSI), so warnings depend only on how much memory is used"),
        mark("Boot with psi=1 (Linux 4.20 or newer)."),
    ),
    "trigger-on": (mark("Allowed by the kernel"), None),
    "trigger-off": (
        mark("Not allowed by the kernel, so memory is checked only at intervals"),
        mark("Linux 6.4 and 6.1.42 or newer allow them."),
    ),
    "files-unlimited": (mark("No limit"), None),
    "files-enough": (mark("{allowed} allowed, {needed} needed"), None),
    "files-few": (
        mark("{allowed} allowed, {needed} needed, so each scan takes longer"),
        mark("Raise the hard limit nofile to {needed} in /etc/security/limits.conf, and log in again."),
    ),
    "lock-enough": (mark("Readings go on while the computer hardly responds"), None),
    "lock-little": (
        mark("Only {allowed} may be locked, so readings may stop while the computer hardly responds"),
        LOCK_MORE,
    ),
    "lock-none": (
        mark("Nothing may be locked, so readings may stop while the computer hardly responds"),
        LOCK_MORE,
    ),
    "swap-on": (mark("{size}, which the kernel uses before it kills"), None),
    "swap-none": (
        mark("There is none, so something is killed as soon as memory is full"),
        mark("Add some until the next start, as root: {command}"),
    ),
    "swap-unused": (
        mark("{size}, but vm.swappiness is 0, so the kernel kills while swap is still free"),
        mark("Run: {command}"),
    ),
    "swap-zram": (
        mark("{size} of it is zram on {memory} of RAM, so memory is full long before this swap is"),
        mark("Make it smaller until the next start, as root: {command}"),
    ),
    "swap-unknown": (mark("The kernel does not tell"), None),
    "overcommit-allowed": (mark("Programs may ask for more than there is (vm.overcommit_memory is {value})"), None),
    "overcommit-strict": (
        mark(
            "vm.overcommit_memory is 2, so programs are refused memory once {limit} is promised, however much is free;"
            " {promised} is promised now"
        ),
        mark("Run: {command}"),
    ),
    "overcommit-unknown": (mark("The setting can't be read"), None),
    "badness-decides": (mark("Kills the process with the highest badness"), None),
    "oom-panic": (
        mark("vm.panic_on_oom is {value}, so the machine stops with a panic instead of killing a process"),
        mark("Run: {command}"),
    ),
    "oom-allocating": (
        mark("vm.oom_kill_allocating_task is set, so the process that asks for memory is killed"),
        mark("Run: {command}"),
    ),
    "oom-unknown": (mark("How the kernel chooses can't be read"), None),
    "killers-unknown": (mark("Unknown: other killers may be among the processes that are hidden from you"), None),
    "only-kernel": (
        mark("None is running, so only the kernel kills, often after minutes in which nothing responds"),
        mark("To have one act earlier, run: {command}"),
    ),
    "failed": (mark("Could not be checked ({kind}: {problem})"), None),
}
"""What was found, without a full stop, and what to do about it; complex findings are in `says`."""

_KILLERS: dict[KillerName, str] = {
    "systemd-oomd": mark("systemd-oomd kills whole control groups and ignores oom_score_adj"),
    "earlyoom": mark("earlyoom kills the process with the highest oom_score, earlier than the kernel"),
    "nohang": mark("nohang kills processes by its own rules, earlier than the kernel"),
    "oomd": mark("oomd kills whole control groups by its own rules and ignores oom_score_adj"),
    "bustd": mark("bustd kills the process with the highest oom_score when processes stall for memory"),
    "low-memory-monitor": mark("low-memory-monitor can have the kernel kill a process earlier than it would by itself"),
    "uresourced": mark("uresourced kills nothing, but keeps memory for the apps of the active user"),
}


def title(check: str) -> str:
    return tr(TITLES[check])


def says(what: What, facts: Mapping[str, Any]) -> str:
    """Say what was found, in one sentence without a full stop."""
    if what == "settings-wrong":
        return problems(facts["path"], facts["problems"])
    if what in ("killers", "killers-among-others"):
        known = [tr(_KILLERS[name]) for name in facts["names"]]
        known += [told for killer in facts["others"] if (told := stands(killer)) is not None]
        if what == "killers-among-others":
            known.append(tr("others may be hidden from you"))
        return reduce(lambda one, another: tr("{one}; {another}", one=one, another=another), known)
    return _filled(SAYS[what][0], facts)


def remedy(what: What, facts: Mapping[str, Any]) -> str | None:
    """Say what to do; None if nothing needs to be done."""
    if what in ("tray-no-panel", "tray-none"):
        return tray_remedy(facts["panel"])
    if what == "settings-wrong":
        return tr("Correct {path}. The tray notices that by itself.", path=printable(facts["path"]))
    if what in ("killers", "killers-among-others"):
        return next((told for killer in facts["others"] if (told := mend(killer)) is not None), None)
    if what in ("files-few", "lock-little", "lock-none") and facts["command"] is not None:
        return _filled(RAISE_IN_MANAGER, facts)
    template = SAYS[what][1] if what in SAYS else None
    return None if template is None else _filled(template, facts)


def _filled(template: str, facts: Mapping[str, Any]) -> str:
    return tr(template, **{name: printable(str(value)) for name, value in facts.items()})
