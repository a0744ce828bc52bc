"""Read nohang's settings from the file on its command line, and what it checks besides memory and swap."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

from oomtray.kernel.files import read_bytes
from oomtray.kernel.killer_facts import Adjustment, Least, Nohang, NohangLimit, Property, SoftAction, Unjudged
from oomtray.kernel.killers.files import arguments, read_config
from oomtray.kernel.killers.process_texts import ProcessTexts
from oomtray.kernel.swap import ZramDevice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oomtray.kernel.killer_facts import Daemon
    from oomtray.kernel.killers import Places
    from oomtray.kernel.snapshot import Process

DEFAULTS = ("etc/nohang/nohang.conf", "etc/nohang/nohang-desktop.conf")
"""Configuration files of its two services."""
READ_EVERY = 2.0
"""Seconds between two readings of zram and pressure."""
_READ_OF_PROCESSES: tuple[Property, ...] = ("cwd", "cmdline", "environ")
_MOST_ZRAM = 64
_COMMENTS = ("#", "\t", " ")
"""Lines that begin with one of these are ignored."""
_ADJUST, _ACT = "@BADNESS_ADJ_RE_", "@SOFT_ACTION_RE_"
_SEPARATOR = "///"
_BY_KEYWORD: dict[str, Property] = {one.upper(): one for one in get_args(Property)}
_MOST = 1000
"""How many lines of one kind are kept."""


class NohangSource:
    """The settings of one running nohang, which reads them only at its start."""

    def __init__(self, daemon: Daemon, places: Places) -> None:
        self._places, proc = places, places.proc
        self._daemon = daemon
        self._facts: Nohang | None = None
        self._texts: ProcessTexts | None = None
        self._pressure = ("", "")
        self._read_at = float("-inf")
        given = arguments(daemon.pid, proc)
        text = _config(given, daemon.pid, proc, places.root)
        if text is not None:
            facts = parse(daemon, text)
            dry_run = given is not None and "--monitor" not in given
            self._facts = replace(facts, dry_run=dry_run, hierarchies=hierarchies(proc))
            self._pressure = pressure_source(text)
            looked_at = {adjustment.property for adjustment in facts.adjustments}.intersection(_READ_OF_PROCESSES)
            self._texts = ProcessTexts(proc, looked_at) if looked_at else None

    def read(self, processes: Sequence[Process], now: float) -> Nohang | Unjudged:
        """Return its settings with current values of what it checks, or `Unjudged` if its file is unreadable."""
        facts = self._facts
        if facts is None:
            return Unjudged(self._daemon)
        if (facts.zram_checked or facts.pressure_checked) and not 0 <= now - self._read_at < READ_EVERY:
            self._read_at = now
            zram = _zram(self._places.sysfs) if facts.zram_checked else None
            pressure = self._average() if facts.pressure_checked else None
            self._facts = facts = replace(facts, zram=zram, pressure=pressure)
        return facts if self._texts is None else replace(facts, texts=self._texts.read(processes, now))

    def _average(self) -> float | None:
        path, metric = self._pressure
        kind, _, average = metric.partition("_")
        in_proc = path.startswith("/proc/")
        text = read_config(self._places.proc + path.removeprefix("/proc") if in_proc else os.path.join(self._places.root, path.lstrip("/")))
        found = re.search(rf"^{re.escape(kind)} .*\b{re.escape(average)}=(\d+\.\d+)", text or "", re.MULTILINE)
        return None if found is None else float(found[1])


def _config(given: list[str] | None, pid: int, proc: str, root: str) -> str | None:
    """Read its configuration file; if the command line is hidden, that of a service of its package."""
    if given is None:
        return next((text for path in DEFAULTS if (text := read_config(os.path.join(root, path))) is not None), None)
    named = [after for option, after in pairwise(given) if option in ("-c", "--config")]
    if not named:
        return None
    path = named[-1]
    if not path.startswith("/"):
        try:
            path = os.path.join(os.readlink(f"{proc}/{pid}/cwd"), path)
        except OSError:
            return None
    return read_config(os.path.join(root, path.lstrip("/")))


def hierarchies(proc: str) -> frozenset[Property]:
    """Return the kinds of cgroups that it looks in, by its own (find_cgroup_indexes): systemd's name, and v2."""
    try:
        lines = read_bytes(f"{proc}/self/cgroup").splitlines()
    except OSError:
        return frozenset({"cgroup_v2"})
    found: set[Property] = set()
    if any(b":name=" in line for line in lines):
        found.add("cgroup_v1")
    if any(line.startswith(b"0::") for line in lines):
        found.add("cgroup_v2")
    return frozenset(found)


def _zram(sysfs: str) -> ZramDevice | None:
    """Sum up all devices, as nohang does (mm_stat, third field); None if there are none."""
    sums = [0, 0]
    try:
        names = [name for name in os.listdir(f"{sysfs}/block") if name.startswith("zram")][:_MOST_ZRAM]
    except OSError:
        return None
    for name in names:
        try:
            fields = read_bytes(f"{sysfs}/block/{name}/mm_stat").split()
            sums = [sums[0] + int(fields[0]), sums[1] + int(fields[2])]
        except (OSError, ValueError, IndexError):
            continue
    return ZramDevice(stored=sums[0], takes=sums[1], limit=0) if names else None


def parse(daemon: Daemon, text: str) -> Nohang:
    """Parse the settings; missing and invalid ones are as in nohang's own file, without which it would not run."""
    lines = [line for line in text.splitlines() if line and not line.startswith(_COMMENTS)]
    given = {key.strip(): value.strip() for key, equals, value in (line.partition("=") for line in lines) if equals}
    facts = Nohang(daemon=daemon)
    return replace(
        facts,
        soft=_limit(given, "soft_threshold_", facts.soft),
        hard=_limit(given, "hard_threshold_", facts.hard),
        zram_checked=given.get("zram_checking_enabled") == "True",
        pressure_checked=given.get("psi_checking_enabled") == "True",
        ignore_positive_adj=given.get("ignore_positive_oom_score_adj") == "True",
        least_badness=int(_number(given.get("min_badness", "")) or facts.least_badness),
        adjustments=tuple(_adjustments(lines))[:_MOST],
        soft_actions=tuple(_soft_actions(lines))[:_MOST],
    )


def pressure_source(text: str) -> tuple[str, str]:
    """Return the pressure file that it reads, and which of its averages, such as `full_avg10`."""
    given = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in text.splitlines())}
    return given.get("psi_path") or "/proc/pressure/memory", given.get("psi_metrics") or "full_avg10"


def _limit(given: dict[str, str], prefix: str, usual: NohangLimit) -> NohangLimit:
    pressure = _number(given.get(f"{prefix}max_psi", ""))
    return NohangLimit(
        memory=_least(given.get(f"{prefix}min_mem", ""), 1 << 20) or usual.memory,
        # 0.2.0 takes the number before M as KiB here (get_swap_threshold_tuple)
        swap=_least(given.get(f"{prefix}min_swap", ""), 1 << 10) or usual.swap,
        zram=_least(given.get(f"{prefix}max_zram", ""), 1 << 20) or usual.zram,
        pressure=usual.pressure if pressure is None else pressure,
    )


def _least(text: str, unit: int) -> Least | None:
    """Parse `5 %` of the whole, or `100 M`."""
    number = _number(text[:-1])
    if number is None or text[-1:] not in ("%", "M"):
        return None
    return Least(number) if text.endswith("%") else Least(None, int(number * unit))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1 << 53 else None


def _adjustments(lines: list[str]) -> Iterator[Adjustment]:
    for keyword, before, pattern in _optional(lines, _ADJUST):
        try:
            yield Adjustment(keyword, int(before), pattern)
        except ValueError:
            continue


def _soft_actions(lines: list[str]) -> Iterator[SoftAction]:
    for keyword, pattern, command in _optional(lines, _ACT):
        yield SoftAction(keyword, pattern, command)


def _optional(lines: list[str], prefix: str) -> Iterator[tuple[Property, str, str]]:
    """Yield what stands before and after the separator."""
    for line in lines:
        if line.startswith(prefix):
            keyword, _, rest = line.removeprefix(prefix).partition(" ")
            before, separator, after = rest.partition(_SEPARATOR)
            if keyword in _BY_KEYWORD and separator:
                yield _BY_KEYWORD[keyword], before.strip(), after.strip()
