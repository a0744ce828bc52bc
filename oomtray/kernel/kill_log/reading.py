"""Read kills from a saved log: the kernel's reports and the messages of other killers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from oomtray.kernel.kill_log.copies import without_copies
from oomtray.kernel.kill_log.daemons import DaemonLogs
from oomtray.kernel.kill_log.log_reader import LogReader
from oomtray.kernel.kill_log.loki import by_lines
from oomtray.kernel.kill_log.newest_first import in_order
from oomtray.kernel.kill_log.packed import unpacked
from oomtray.kernel.kill_log.report import KernelReports
from oomtray.kernel.kill_log.report_body import take_body
from oomtray.kernel.kill_log.timeline import Timeline, same_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.kernel.kill_log.lines import Line

_KERNEL_TAGS = frozenset({None, "kernel", "klogd", "vmunix", "kern"})
_LONGEST = 1000
"""From this length on, in characters, a kill line isn't continued."""
_SIZE = re.compile(r"(?:total-vm|score|vm|vsz|(?:anon-|file-|shmem-)?rss|UID|pgtables|oom_score_adj)\b")
_HALF = re.compile(r"-?\d|(?:rss|vm):")
"""What follows a line that ends within such a field."""
_SCOPES = ("Out of memory", "Memory cgroup out of memory", "oom-kill:")
_BEFORE_NAME = re.compile(r"(?:Memory cgroup out|Out) of memory(?: in UB \w{1,10})?:(?: OOM)?(?: [Kk]ill(?:ed)?(?: process(?: \d{1,10})?)?)?$")
"""Of a line that is broken before the process's name."""
_NAMED = re.compile(r".*: (?:OOM )?[Kk]ill(?:ed)? process \d{1,10} \(")
_OPEN_NAME = re.compile(r"Killed process \d{1,10},?(?: UID \d{1,10},)? ?\([^()]{0,15}$")
"""Of a victim whose name contains the end of a line."""
_NAME_ENDS = re.compile(r"[^()]{0,15}\),? (?:total-vm|vsz|anon-rss|UID)")
_SENT = "sending SIG"
_SENT_CUT = re.compile(r"sending SIG(?:TERM|KILL) to process \d{1,10}\b.*[:,]$")
"""Of earlyoom."""
_SENT_SIZE = re.compile(r"(?:badness|oom_score|VmRSS|cmdline)\b")
_SUMMARY_CUT = re.compile(r"oom-kill:constraint=.*,\s*\\?$")
_SUMMARY_GOES_ON = re.compile(r"[\s#*|]*((?:(?:nodemask|cpuset|mems_allowed|oom_memcg|task_memcg|task|pid|uid)=|global_oom,)[^\\]*)\\?$")
"""Between its fields, as in instructions for others."""
_ENDS_NAME = frozenset("0123456789)")
"""Last characters of a victim's PID and name."""


def read(
    stream: BinaryIO, now: float, most_tasks: int | None = None, within: Callable[[BinaryIO], BinaryIO] | None = None
) -> Iterator[KillReport]:
    """Yield the events of a log, oldest first and each once, in memory that doesn't grow with the log.

    `now` is in seconds since 1970. With `most_tasks`, tasks that can be neither among that many first ones by
    badness nor the largest may be left out. `within` may limit the decompressed stream, as a small file may
    expand enormously. No content raises anything but the stream's own OSError, and PackedError if it isn't
    text.
    """
    whole = unpacked(stream)
    whole = by_lines(whole if within is None else within(whole))
    yield from without_copies(Reading(in_order(whole, now), now, most_tasks).reports())


class Reading:
    """Passes each line to the parser that it belongs to."""

    def __init__(self, stream: BinaryIO, now: float, most_tasks: int | None = None) -> None:
        self._timeline = Timeline(most_tasks)
        self._reader = LogReader(stream, now)
        self._reports, self._daemons = KernelReports(self._timeline), DaemonLogs(self._timeline)
        self._pending: Line | None = None
        """A kill line that appears to be wrapped."""

    def reports(self) -> Iterator[KillReport]:
        """Yield the events as `read` does, and copies of them."""
        reader, timeline = self._reader, self._timeline
        for line in reader:
            if reader.headless:
                reader.headless = False
                timeline.begin(line).headless = True
            pending = self._pending
            if pending is not None:
                joined = _continued(pending, line)
                self._pending = joined if joined is not None and _cut(joined.text) and len(joined.text) < _LONGEST else None
                if self._pending is not None:
                    continue
                self._take(pending if joined is None else joined)
                if timeline.full:
                    yield from timeline.done()
                if joined is not None:
                    continue
            if ("illed process" in line.text or _SENT in line.text or line.text.lstrip().startswith(_SCOPES)) and _cut(line.text):
                self._pending = line
                reader.everything = True
                continue
            self._take(line)
            waiting = timeline.waiting
            reader.everything = waiting or self._reports.expects
            if waiting:
                self._follow(line)
            if timeline.full:
                yield from timeline.done()
        if self._pending is not None:
            self._take(self._pending)
        yield from timeline.done(all_of_them=True)

    def state(self) -> str:
        """Everything that the further reading depends on: two readings in the same state go on alike."""
        return repr((self._timeline.state(), self._reader.state(), self._reports.state(), self._daemons.state(), self._pending))

    def _take(self, line: Line) -> None:
        if line.tag in _KERNEL_TAGS:
            if self._reports.take(line):
                if self._reports.report is None and "ill process" in line.text:
                    self._reader.expect_sharers()
                return
        else:
            self._reports.report = None
        if self._daemons.take(line):
            self._reader.expect_signals()
        else:
            self._timeline.unread()

    def _follow(self, last: Line) -> None:
        """Take what follows the last line in its form, as far as no line needs parsing of its own."""
        report = self._reports.report
        if report is None:
            self._skip(last)
            return

        def fits(line: Line) -> bool:
            return same_place(report, line)

        watched = report.watched
        if watched and self._reports.expects:
            return
        if report.table.columns:
            sieve = None if watched else self._timeline.sieve(report)
            sieved = None if sieve is None else self._reader.sieved(sieve, fits)
            if sieved is not None:
                report.table.add_sieved(sieved)
            report.table.add(self._reader.rows(fits, watched=watched))
        texts, count = self._reader.body(fits, watched=watched)
        if count:
            self._timeline.unread(count - take_body(report, texts))

    def _skip(self, last: Line) -> None:
        """Skip lines like `_follow` when the last one is in no report, so that lines in a report's form may
        be in none either.
        """

        def fits(line: Line) -> bool:
            return self._timeline.open_for(last) is None and self._timeline.open_for(line) is None

        if last.tag in _KERNEL_TAGS and not self._reports.expects:
            self._timeline.unread(self._reader.skipped(fits))


def _cut(text: str) -> bool:
    """Whether a kill line ends early, because a mail program or a terminal has wrapped it."""
    text = text.rstrip()
    if _SENT in text:
        return _SENT_CUT.match(text) is not None
    if _BEFORE_NAME.match(text) or _SUMMARY_CUT.match(text.lstrip()):
        return True
    if "illed process" not in text:
        return False
    return text.endswith(("process", "score", ",", ":", "-")) or (text[-1:] in _ENDS_NAME and "total-vm" not in text) or _OPEN_NAME.search(text) is not None


def _continued(line: Line, following: Line) -> Line | None:
    rest, told = following.text.strip(), line.text.rstrip()
    if "oom-kill:" in told:
        goes_on = None if following.prefixed else _SUMMARY_GOES_ON.match(following.text)
        return line._replace(text=told.rstrip("\\ ") + goes_on[1].rstrip()) if goes_on else None
    if _OPEN_NAME.search(line.text):
        same = following.prefixed and (following.time, following.uptime, following.tag) == (line.time, line.uptime, line.tag)
        if not _NAME_ENDS.match(rest) or (following.prefixed and not same):
            return None
        return line._replace(text=line.text + ("\n" if same else " " * (line.text[-1] != " ")) + rest)
    if _SENT in told:
        return line._replace(text=told + " " + rest) if _SENT_SIZE.match(rest) and not following.prefixed else None
    if _BEFORE_NAME.match(told):
        joined = f"{told} {rest}"
        return line._replace(text=joined) if not following.prefixed and (_BEFORE_NAME.match(joined) or _NAMED.match(joined)) else None
    has_sizes = told.endswith(")") or ("total-vm" in told and not told.endswith((":", "-")))
    amiss = (has_sizes and _SIZE.match(rest) is None) or (told.endswith((":", "-")) and _HALF.match(rest) is None)
    if following.prefixed or not rest or amiss:
        return None
    gap = "" if line.text.endswith(("-", ":", " ")) else " "
    return line._replace(text=line.text + gap + rest)
