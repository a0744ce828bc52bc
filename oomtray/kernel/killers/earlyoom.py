"""Read earlyoom's options: its command line, and what its version supports."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from getopt import GetoptError, gnu_getopt
from typing import TYPE_CHECKING

from oomtray.kernel.killer_facts import Daemon, Earlyoom, Least
from oomtray.kernel.killers.files import arguments, process_group, read_config, read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.killers import Places
    from oomtray.kernel.snapshot import Process

DEFAULTS = "etc/default/earlyoom"
_SHORT = "m:s:M:S:r:N:P:w:kingdvph"
_LONG = (
    *("prefer=", "avoid=", "ignore=", "dryrun", "ignore-root-user", "sort-by-rss", "syslog", "debug", "help"),
)
_MOST_UNKNOWN = 16
_LARGEST_PROGRAM = 4 << 20
_MARK_1_7 = b"is ignored since earlyoom v1.7"
"""Text in 1.7 and later about -i."""
_MARK_1_8 = b"user mem total"
"""Text that earlyoom prints at its start from 1.8 on."""
_NUMBER = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)")
_ASSIGNMENT = re.compile(r"^EARLYOOM_ARGS=(.*)$", re.MULTILINE)


class EarlyoomSource:
    """The options of one running earlyoom, which reads them only at its start."""

    def __init__(self, daemon: Daemon, places: Places) -> None:
        self._proc = places.proc
        self._facts = read(daemon, proc=places.proc, root=places.root)
        self._groups: dict[tuple[int, int], int] = {}

    def read(self, processes: Sequence[Process], _now: float) -> Earlyoom:
        """Return its options, with process groups if it kills whole groups."""
        if not self._facts.whole_group:
            return self._facts
        known, self._groups = self._groups, {}
        for process in processes:
            group = known.get(process.identity) or process_group(process.pid, self._proc)
            if group is not None:
                self._groups[process.identity] = group
        return replace(self._facts, groups={pid: group for (pid, _), group in self._groups.items()})


def read(daemon: Daemon, *, proc: str = "/proc", root: str = "/") -> Earlyoom:
    """Read the options of the running process, or if unreadable those of its service."""
    given = arguments(daemon.pid, proc)
    if given is None:
        return parse(daemon, _from_defaults(root))
    program = _program(given[0], root) if given else b""
    newer = _MARK_1_8 in program
    obeys_i = bool(program) and not newer and _MARK_1_7 not in program
    return parse(daemon, given[1:], of_user_memory=newer, obeys_i=obeys_i)


def parse(daemon: Daemon, given: list[str], *, of_user_memory: bool = False, obeys_i: bool = False) -> Earlyoom:
    """Parse options like getopt_long; unknown ones are skipped."""
    options: dict[str, str] = dict(_options(given))
    return Earlyoom(
        daemon=daemon,
        memory=_least(options.get("-m"), options.get("-M")),
        swap=_least(options.get("-s"), options.get("-S")),
        of_user_memory=of_user_memory,
        prefer=options.get("--prefer"),
        avoid=options.get("--avoid"),
        ignore=options.get("--ignore"),
        ignore_root="--ignore-root-user" in options,
        by_rss="--sort-by-rss" in options,
        whole_group="-g" in options,
        ignore_positive_adj=obeys_i and "-i" in options,
        dry_run="--dryrun" in options,
    )


def _options(given: list[str]) -> list[tuple[str, str]]:
    rest = list(given)
    for _ in range(_MOST_UNKNOWN):
        try:
            return gnu_getopt(rest, _SHORT, _LONG)[0]
        except GetoptError as error:
            unknown = [
                word for word in rest
                if word.startswith("--" + error.opt) or (len(error.opt) == 1 and word.startswith("-" + error.opt))
            ]
            if not unknown:
                break
            rest.remove(unknown[0])
    return []


def _least(percent: str | None, kib: str | None) -> Least:
    """Parse the limit for SIGTERM, the first of two numbers: the one for SIGKILL is never above it."""
    share, size = _number(percent), _number(kib)
    if share is None and size is None:
        return Least(10.0)
    return Least(share, None if size is None else int(size * 1024))


def _number(text: str | None) -> float | None:
    found = _NUMBER.match(text or "")
    return None if found is None else float(found[1])


def _from_defaults(root: str) -> list[str]:
    from shlex import split

    text = read_config(os.path.join(root, DEFAULTS)) or ""
    lines = _ASSIGNMENT.findall(text)
    try:
        # a shell assignment: split once for its quotes, once for the words in its value
        return split(" ".join(split(lines[-1]))) if lines else []
    except ValueError:
        return []


def _program(path: str, root: str) -> bytes:
    """Read the program file; empty if the command line doesn't give its path or it can't be read."""
    if not path.startswith("/"):
        path = "/usr/bin/" + path if "/" not in path else ""
    return read_whole(os.path.join(root, path.lstrip("/")), _LARGEST_PROGRAM) or b"" if path else b""
