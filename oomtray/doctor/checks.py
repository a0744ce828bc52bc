"""The doctor's checks: their public ids, what each finds, and where to look.

The ids are public (`oomtray doctor --json`):

    session-bus     a message bus of this session answers: one tray per session, notifications, tray icon
    tray-host       a panel shows tray icons (StatusNotifierItem, or XEmbed on X11)
    notifications   a notification daemon answers
    autostart       the tray starts at login; null if that is switched off
    settings        the settings file, if there is one, is valid
    modules         what the tray and the commands need of Python besides PySide6 is there
    qt              PySide6 is there and can be loaded
    helper          the program that lowers oom_score_adj with an administrator's permission is correctly installed
    policy          polkit has its policy file
    polkit          pkexec and polkit's daemon are there
    polkit-agent    a program that shows the password dialog runs
    processes       every process can be seen
    memory-cgroup   the version of the memory cgroups
    systemd         systemd can be asked about units
    psi             the kernel reports how long tasks wait for memory
    psi-trigger     the kernel wakes the tray when they begin to
    open-files      one descriptor for each process is allowed
    memory-lock     the program may keep its code in memory while there is hardly any
    swap            swap can hold off a kill: there is some, the kernel uses it, and it is no more than RAM can hold
    overcommit      programs are not refused memory that is free
    kernel-oom      the kernel picks its victim by badness
    killers         who else kills when memory runs out
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any

from oomtray.actions.helper_run import HELPER, PKEXEC
from oomtray.messages import doctor as messages
from oomtray.messages.i18n import joined
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.messages.doctor import What


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a probe."""

    ok: bool | None
    """None: unknown, or not applicable here."""
    what: What
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Values for the sentences about it."""


@dataclass(frozen=True, slots=True)
class Check:
    """A finding in the user's language."""

    id: str
    title: str
    ok: bool | None
    """None: unknown, or not applicable here."""
    says: str
    """What was found, as one sentence without a full stop."""
    remedy: str | None = None
    """How to fix it; None if there is nothing to fix."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look; the defaults are the real places."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    proc: str = "/proc"
    sysfs: str = "/sys"
    cgroups: str = "/sys/fs/cgroup"
    root: str = "/"
    """Root directory of other killers' programs and configuration."""
    helper: str = HELPER
    pkexec: str = PKEXEC
    policy: str = "/usr/share/polkit-1/actions/io.github.oomtray.policy"
    systemd: str = "/run/systemd/system"
    """Directory that exists only if systemd runs the machine (sd_booted(3))."""
    root_uid: int = 0
    """Owner required for what runs as root."""


Probe = tuple[str, Callable[[Place], Finding]]
"""(ID, function that checks it)"""


def found(ok: bool | None, what: What, **facts: object) -> Finding:
    return Finding(ok, what, facts)


def modules(_place: Place) -> Finding:
    from oomtray.desktop.qt_libraries import MODULES, installing, lacking

    missing = lacking(tray=False)
    if missing:
        return found(False, "modules-missing", modules=joined(missing), command=installing(missing[0], tray=False))
    return found(True, "modules-there", modules=joined([name for name in MODULES if name != "PySide6"]))


def told(name: str, finding: Finding) -> Check:
    """Put the finding of the check `name` into sentences."""
    what, facts = finding.what, finding.facts
    return Check(name, messages.title(name), finding.ok, messages.says(what, facts), messages.remedy(what, facts))
