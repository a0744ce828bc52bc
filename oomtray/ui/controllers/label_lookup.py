"""What labels need from files: installed apps, scripts, containers' names and icons. Made for a thread of its own."""

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
    """What the installed apps looked like when they were read; None: they weren't yet."""
    check: bool = False
    """Whether to see if that has changed."""
    scripts: Mapping[ScriptKey, Process] = field(default_factory=dict)
    containers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    entries: AppEntries | None
    """None where they are as they were."""
    scripts: Mapping[ScriptKey, RunScript | None]
    asked: tuple[str, ...]
    """Containers."""
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
    scripts = {key: read.get(key.identity) for key in wanted.scripts}
    # its code is read here, in a thread, and not while the first row is drawn
    import oomtray.ui.controllers.label_making  # noqa: F401

    return Found(entries, scripts, wanted.containers, containers)


def look_up_images(
    wanted: Sequence[str], pixels: Sequence[int], themes: Sequence[str], environ: Mapping[str, str] = os.environ
) -> dict[str, tuple[QImage, ...]]:
    """By name of the icon; empty where there is none."""
    from oomtray.ui.qt.app_images import read_images

    return {name: read_images(name, pixels, themes, environ) for name in wanted}
