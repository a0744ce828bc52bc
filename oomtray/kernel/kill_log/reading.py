"""Read what was killed for memory from a saved log: the kernel's reports and the lines of other killers."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from oomtray.kernel.kill_log.daemons import DaemonLogs
from oomtray.kernel.kill_log.log_reader import LogReader
from oomtray.kernel.kill_log.packed import unpacked
from oomtray.kernel.kill_log.report import KernelReports
from oomtray.kernel.kill_log.report_body import take_body
from oomtray.kernel.kill_log.timeline import Timeline, same_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.kernel.kill_log.lines import Line

_KERNEL_TAGS = frozenset({None, "kernel", "klogd", "vmunix", "kern"})


def read(stream: BinaryIO, now: float) -> Iterator[KillReport]:
    """The events of a log in its order, in memory that does not grow with it. `now`: seconds since 1970.

    Whatever stands in it raises nothing but the stream's own OSError, and PackedError where it is no text.
    """
    reading = _Reading(unpacked(stream), now)
    pending: Line | None = None
    for line in reading.reader:
        if pending is not None:
            joined = _continued(pending, line)
            reading.take(pending if joined is None else joined)
            pending = None
            if joined is not None:
                continue
        if "Killed process" in line.text and _cut(line.text):
            pending = line
            reading.reader.everything = True
            continue
        reading.take(line)
        reading.reader.everything = reading.timeline.waiting
        if reading.reader.everything:
            reading.follow()
        if reading.timeline.full:
            yield from reading.timeline.done()
    if pending is not None:
        reading.take(pending)
    yield from reading.timeline.done(all_of_them=True)


class _Reading:
    """Hands each line to whom it belongs."""

    def __init__(self, stream: BinaryIO, now: float) -> None:
        self.timeline = Timeline()
        self.reader = LogReader(stream, now)
        self._reports, self._daemons = KernelReports(self.timeline), DaemonLogs(self.timeline)

    def take(self, line: Line) -> None:
        if line.tag in _KERNEL_TAGS:
            if self._reports.take(line):
                if self._reports.report is None and "ill process" in line.text:
                    self.reader.expect_sharers()
                return
        else:
            self._reports.report = None
        if self._daemons.take(line):
            self.reader.expect_signals()
        else:
            self.timeline.unread()

    def follow(self) -> None:
        """Take what comes after the last line in its form, as far as no line needs a look of its own."""
        report = self._reports.report
        if report is None:
            return

        def fits(line: Line) -> bool:
            return same_place(report, line)

        if report.table.columns:
            report.table.add(self.reader.run("rows", fits))
        unread = take_body(report, self.reader.run("body", fits))
        if unread:
            self.timeline.unread(unread)


def _cut(text: str) -> bool:
    """Whether a kill's line ends where it can't: a mail program or a terminal has wrapped it."""
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
