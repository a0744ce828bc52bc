"""Read what was killed for memory from a saved log: the kernel's reports and the lines of other killers."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from oomtray.kernel.kill_log.daemons import DaemonLogs
from oomtray.kernel.kill_log.lines import LogReader
from oomtray.kernel.kill_log.report import KernelReports
from oomtray.kernel.kill_log.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.kernel.kill_log.lines import Line

_KERNEL_TAGS = frozenset({None, "kernel", "klogd", "vmunix", "kern"})


def read(stream: BinaryIO, now: float) -> Iterator[KillReport]:
    """The events of a log in its order, in memory that does not grow with it. `now`: seconds since 1970.

    Whatever stands in it raises nothing but the stream's own OSError.
    """
    timeline = Timeline()
    reports, daemons = KernelReports(timeline), DaemonLogs(timeline)
    reader = LogReader(stream, now)
    pending: Line | None = None
    for line in reader:
        if pending is not None:
            joined = _continued(pending, line)
            if joined is not None:
                _take(joined, timeline, reports, daemons)
                pending = None
                continue
            _take(pending, timeline, reports, daemons)
            pending = None
        if _cut(line.text):
            pending = line
            reader.everything = True
            continue
        _take(line, timeline, reports, daemons)
        reader.everything = timeline.waiting
        yield from timeline.done()
    if pending is not None:
        _take(pending, timeline, reports, daemons)
    yield from timeline.done(all_of_them=True)


def _take(line: Line, timeline: Timeline, reports: KernelReports, daemons: DaemonLogs) -> None:
    taken = line.tag in _KERNEL_TAGS and reports.take(line)
    if not taken and not daemons.take(line):
        timeline.unread()


def _cut(text: str) -> bool:
    """Whether a kill's line ends where it can't: a mail program or a terminal has wrapped it."""
    if "Killed process" not in text:
        return False
    return (
        text.rstrip().endswith(("process", ",", ":", "-"))
        or (text.rstrip()[-1:].isdigit()
        and "total-vm" not in text)
    )


def _continued(line: Line, following: Line) -> Line | None:
    if following.prefixed or not following.text.strip():
        return None
    gap = "" if line.text.endswith(("-", ":", " ")) else " "
    return line._replace(text=line.text + gap + following.text.strip())
