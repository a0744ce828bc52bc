"""Reads what labels need from files, in the background: installed apps, scripts, container names, icons."""

from __future__ import annotations

import os
from dataclasses import field
from typing import TYPE_CHECKING

from oomtray.messages.i18n import languages
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QImage

    from oomtray.desktop.app_entries import AppEntries, Stamp
    from oomtray.kernel.scripts import RunScript
    from oomtray.kernel.snapshot import Process
    from oomtray.ui.controllers.label_making import ScriptKey


@dataclass(frozen=True, slots=True)
class Wanted:
    known: Stamp | None
    """Stamp of the installed apps when they were last read; None if they never were."""
    check: bool = False
    """Whether to check if the stamp has changed."""
    scripts: Mapping[ScriptKey, Process] = field(default_factory=dict)
    cut: tuple[Process, ...] = ()
    """Processes whose name may be cut and whose program isn't known."""
    containers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    entries: AppEntries | None
    """None if unchanged."""
    scripts: Mapping[ScriptKey, RunScript | None]
    whole: Mapping[tuple[int, int], str]
    """Names of processes by (pid, start time): the read ones, or those that they had."""
    asked: tuple[str, ...]
    """Ids of the containers that were looked up."""
    containers: Mapping[str, str]


def look_up(wanted: Wanted, proc: str, environ: Mapping[str, str] = os.environ) -> Found:
    from oomtray.desktop import app_entries
    from oomtray.kernel.scripts import read_scripts

    entries = None
    if wanted.known is None or (wanted.check and app_entries.stamp(environ) != wanted.known):
        entries = app_entries.read(languages(environ), environ)
    read = read_scripts(wanted.scripts.values(), proc)
    containers: Mapping[str, str] = {}
    if wanted.containers:
        from oomtray.desktop.container_names import names

        containers = names(wanted.containers, environ)
    whole: dict[tuple[int, int], str] = {}
    if wanted.cut:
        from oomtray.kernel.cut_names import read_whole_names

        whole = {one.identity: one.name for one in wanted.cut} | read_whole_names(wanted.cut, proc)
    scripts = {key: read.get(key.identity) for key in wanted.scripts}
    # imported here, in a thread, rather than while the first row is painted
    import oomtray.ui.controllers.label_making  # noqa: F401

    return Found(entries, scripts, whole, wanted.containers, containers)


def look_up_images(
    wanted: Sequence[str], pixels: Sequence[int], themes: Sequence[str], environ: Mapping[str, str] = os.environ
) -> dict[str, tuple[QImage, ...]]:
    """Return each icon's images by its name; empty for an icon that can't be found."""
    from oomtray.ui.qt.app_images import read_images

    return {name: read_images(name, pixels, themes, environ) for name in wanted}
