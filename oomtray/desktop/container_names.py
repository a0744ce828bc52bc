"""Names of containers: those that podman and docker store with the IDs that appear in cgroup paths."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from oomtray.file_access import FileError, read_whosoever
from oomtray.paths import data_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LARGEST = 4 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{64}")
_STORAGES = ("overlay", "vfs", "btrfs", "zfs")
_LISTS = ("containers.json", "volatile-containers.json")
_ROOT_STORAGE = "/var/lib/containers/storage"
_DOCKER = "/var/lib/docker/containers"


def names(ids: Iterable[str], environ: Mapping[str, str] = os.environ, *, docker: str = _DOCKER) -> dict[str, str]:
    """Return the names of containers that this user may read; an ID is 64 hexadecimal digits. Never raises."""
    wanted = {id_ for id_ in ids if _ID.fullmatch(id_)}
    found: dict[str, str] = {}
    for storage in (os.path.join(data_home(environ), "containers", "storage"), _ROOT_STORAGE):
        for kind in _STORAGES:
            for name in _LISTS:
                if wanted - found.keys():
                    found |= _of_podman(os.path.join(storage, f"{kind}-containers", name), wanted)
    for id_ in wanted - found.keys():
        told = _parsed(os.path.join(docker, id_, "config.v2.json"))
        given = told.get("Name") if isinstance(told, dict) else None
        if isinstance(given, str) and given.strip("/ "):
            found[id_] = given.strip("/ ")
    return found


def _of_podman(path: str, wanted: set[str]) -> dict[str, str]:
    listed = _parsed(path)
    found: dict[str, str] = {}
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict):
            continue
        id_, given = one.get("id"), one.get("names")
        name = given[0] if isinstance(given, list) and given else None
        if isinstance(id_, str) and id_ in wanted and isinstance(name, str) and name.strip():
            found[id_] = name.strip()
    return found


def _parsed(path: str) -> object:
    try:
        content = read_whosoever(path, links=True, limit=_LARGEST)
        return None if content is None else json.loads(content)
    except (FileError, OSError, ValueError, RecursionError):
        return None
