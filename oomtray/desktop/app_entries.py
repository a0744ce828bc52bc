"""The installed apps, and which of them a process belongs to.

Sources: the Desktop Entry Specification, and the folders into which flatpak and snapd export the entries of
their apps. Reading takes some hundredths of a second and is meant for a thread.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from oomtray.desktop.app_entry import AppEntry, parse
from oomtray.file_access import FileError, read_whosoever
from oomtray.paths import data_dirs, data_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LARGEST = 256 * 1024
"""Largest entry in bytes: translated into a hundred languages the largest are a quarter of that."""
_MOST, _DEEPEST = 4000, 3
"""Most entries, and deepest nesting of folders, that are read."""
_EXPORTS = ("/var/lib/flatpak/exports/share", "/var/lib/snapd/desktop")
_SHARED = re.compile(r".*/(s?bin|games|libexec|lib(32|64)?|[a-z0-9_]+-linux-[a-z0-9_]+)|/opt|/snap|/app")
"""Folders that hold the programs of many apps."""
INSTALLED = ("/usr/", "/opt/", "/snap/", "/app/", "/bin/", "/sbin/", "/nix/store/", "/gnu/store/", "/var/lib/flatpak/")
"""Where a program's bare name can be trusted: a user's own program of the same name is another one."""
_ENDINGS = (".bin", "-bin", ".real", "-wrapped", "-server", "-stable")

Stamp = tuple[tuple[str, int], ...]
"""The folders with their modification times, in nanoseconds."""


def folders(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return data folders with apps, highest priority first: the user's, then the system's."""
    own = data_home(environ)
    found = [own, os.path.join(own, "flatpak", "exports", "share"), *data_dirs(environ), *_EXPORTS]
    return list(dict.fromkeys(os.path.normpath(path) for path in found))


class AppEntries:
    def __init__(self, entries: Iterable[AppEntry] = (), stamp: Stamp = (), path: str | None = None) -> None:
        """`entries`: the first of several with the same ID counts.

        `path`: where programs are searched for, like PATH.
        """
        self.stamp = stamp
        self._by_id: dict[str, AppEntry] = {}
        self._by_program: dict[str, AppEntry] = {}
        self._by_path: dict[str, AppEntry] = {}
        self._by_folder: dict[str, AppEntry] = {}
        self._by_class: dict[str, AppEntry] = {}
        for entry in entries:
            self._by_id.setdefault(entry.id.casefold(), entry)
        # the first wins: the app itself before its parts, entries shown in menus before hidden ones
        for entry in sorted(self._by_id.values(), key=lambda e: (not e.plain, not e.shown, len(e.id))):
            self._enter(entry, path)

    def _enter(self, entry: AppEntry, path: str | None) -> None:
        if entry.wm_class is not None:
            self._by_class.setdefault(entry.wm_class.casefold(), entry)
        if entry.program is None:
            return
        name = entry.program.rpartition("/")[2].casefold()
        id_ = entry.id.casefold()
        if entry.plain or name in (id_, id_.rpartition(".")[2]):
            self._by_program.setdefault(name, entry)
        found = shutil.which(entry.program, path=path)
        if found is None:
            return
        for one in (found, os.path.realpath(found)):
            if entry.plain:
                self._by_path.setdefault(one, entry)
            folder = os.path.dirname(one)
            if folder.startswith(INSTALLED) and not _SHARED.fullmatch(folder):
                self._by_folder.setdefault(folder, entry)

    def of_id(self, id_: str) -> AppEntry | None:
        """Return the app with this ID; a snap also by its name, because its entries are called NAME_APP."""
        wanted = id_.casefold().removesuffix(".desktop")
        found = self._by_id.get(wanted) or self._by_id.get(f"{wanted}_{wanted}")
        return found or next((entry for known, entry in self._by_id.items() if known.startswith(f"{wanted}_")), None)

    def of_program(self, exe: str | None, name: str) -> AppEntry | None:
        """Return the app that a process runs; `exe`: path of its program, None if unknown, `name`: its process name."""
        if exe is None:
            return self._named(name)
        exe = exe.removesuffix(" (deleted)")
        found = self._by_path.get(exe) or self._by_folder.get(os.path.dirname(exe))
        if found is not None or not exe.startswith(INSTALLED):
            return found
        return self._named(exe.rpartition("/")[2])

    def _named(self, name: str) -> AppEntry | None:
        name = name.casefold()
        for known in (self._by_program, self._by_id, self._by_class):
            if name in known:
                return known[name]
        bare = next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), None)
        return None if bare is None else self._by_program.get(bare)


def read(languages: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> AppEntries:
    """Read all installed apps, with names in the first language that an entry has. Invalid entries never raise."""
    masked: set[str] = set()
    found: list[AppEntry] = []
    for folder in folders(environ):
        for id_, path in _files(os.path.join(folder, "applications")):
            if id_.casefold() in masked or len(masked) >= _MOST:
                continue
            masked.add(id_.casefold())  # also by a hidden entry, with which users remove the system's
            entry = read_entry(id_, path, languages)
            if entry is not None:
                found.append(entry)
    return AppEntries(found, stamp(environ), environ.get("PATH"))


def stamp(environ: Mapping[str, str] = os.environ) -> Stamp:
    """Return a value that changes when an app is installed or removed."""
    found = []
    for folder in folders(environ):
        path = os.path.join(folder, "applications")
        try:
            found.append((path, os.stat(path).st_mtime_ns))
        except (OSError, ValueError):
            continue
    return tuple(found)


def _files(folder: str, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield IDs and paths; `kde/x.desktop` has the ID kde-x."""
    try:
        with os.scandir(folder) as listing:
            items = sorted(listing, key=lambda item: item.name)
    except (OSError, ValueError):
        return
    for item in items[:_MOST]:
        name = item.name
        try:
            if name.endswith(".desktop"):
                yield prefix + name.removesuffix(".desktop"), item.path
            elif depth < _DEEPEST and item.is_dir(follow_symlinks=False):
                yield from _files(item.path, f"{prefix}{name}-", depth + 1)
        except OSError:
            continue


def read_entry(id_: str, path: str, languages: Sequence[str]) -> AppEntry | None:
    """Read one file; None also if it isn't an app's entry, or may not be read."""
    try:
        content = read_whosoever(path, links=True, limit=_LARGEST)
    except (FileError, OSError, ValueError):
        return None
    return None if content is None else parse(id_, content.decode("utf-8", "replace"), languages)
