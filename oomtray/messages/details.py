"""The facts about a process as labeled lines; what could not be read says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.process_facts import Listing, Unread
from oomtray.kernel.snapshot import PAGE_SIZE, Process
from oomtray.messages.i18n import mark, tr, tr_c, tr_n
from oomtray.messages.moments import IN_WORDS, Moments, when
from oomtray.messages.names import app_name, process_name
from oomtray.messages.numbers import age, duration, freed
from oomtray.records import dataclass
from oomtray.text import UNKNOWN, adjustment, name_shown, printable, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.kernel.process_facts import Command, Connection, ProcessFacts, Relative, T, Value
    from oomtray.risk.explain import Explanation
    from oomtray.risk.judged import App

Topic = Literal[
    "command", "executable", "directory", "user", "started", "parent", "children", "memory", "threads", "files", "connections",
    "cpu", "storage",
]  # fmt: skip

LABELS: dict[Topic, str] = {
    "command": mark("Command"),
    "executable": mark("Program"),
    "directory": mark("Directory"),
    "user": mark("User"),
    "started": mark("Started"),
    "parent": mark("Parent"),
    "children": mark("Children"),
    "memory": mark("Shared memory"),
    "threads": mark("Threads"),
    "files": mark("Open files"),
    "connections": mark("Connections"),
    "cpu": mark("CPU time"),
    "storage": mark("Storage"),
}
GROUPS: dict[Topic, str] = {
    "command": mark("What runs"),
    "user": mark("Where it comes from"),
    "memory": mark("What it uses"),
    "threads": mark("What it uses"),
}
"""Headings above a line that is the first of its group."""
_UNREAD: dict[Unread, str] = {
    Unread.DENIED: mark("No permission to read this"),
    Unread.GONE: mark("Ended before this was read"),
    Unread.NONE: mark("None"),
    Unread.MANY: mark("Too many to look through"),
    Unread.SLOW: mark("No answer yet, the process is busy"),
    Unread.ELSEWHERE: mark("In a network of its own, such as a container's"),
    Unread.FAILED: mark("The kernel doesn't tell"),
}
_STATES: dict[str, str] = {
    "LISTEN": mark("waits for connections"),
    "ESTABLISHED": mark("connected"),
    "SYN_SENT": mark("connecting"),
    "SYN_RECV": mark("connecting"),
    "CLOSE_WAIT": mark("closed by the other end"),
    "CLOSE": mark("closed"),
}
"""TCP states; all others mean closing."""
_DELETED = " (deleted)"
"""What the kernel appends to a path that no longer exists (d_path)."""
_LONGEST = 64 * 1024
"""Limit in characters of a command line, which grows fourfold if it has control characters only."""


@dataclass(frozen=True, slots=True)
class Line:
    """One fact, or several of a kind; printable, and not markup."""

    topic: Topic
    text: str
    items: tuple[str, ...] = ()
    """The first of the items that `text` counts, one per line; the last may say how many more there are."""
    known: bool = True
    more: tuple[str, ...] = ()
    """The items that the last of `items` stands for, as far as they were read."""

    @property
    def label(self) -> str:
        return tr(LABELS[self.topic])

    @property
    def all_items(self) -> tuple[str, ...]:
        return (*self.items[:-1], *self.more) if self.more else self.items


def lines(
    facts: ProcessFacts, now: float, *, user: str | None, few: int = 5, moments: Moments = IN_WORDS
) -> tuple[Line, ...]:
    """Return the lines in reading order.

    `now` is in seconds since 1970, `user` the process's login name, `few` the maximum of items per line.
    """
    shares = facts.shares_memory
    io = facts.bytes_read if isinstance(facts.bytes_read, Unread) else facts.bytes_written
    return (
        _line("command", facts.command, command),
        _program(facts.executable),
        _line("directory", facts.directory, _path),
        _line("user", facts.uid, lambda uid: tr("uid {number}", number=uid) if user is None else printable(user)),
        _line("started", facts.started, lambda started: _started(started, now, moments)),
        _line("parent", facts.parent, _relative),
        _listing("children", facts.children, _relative, few),
        *(() if isinstance(shares, Unread) or not shares.count else (_sharers(shares, few),)),
        _line("threads", facts.threads, str),
        _files(facts, few),
        _listing("connections", facts.connections, _connection, few),
        _line("cpu", facts.cpu_seconds, duration),
        _line("storage", io, lambda _: _storage(facts)),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A summand of badness in words; `what` is its name in `risk.explain.Parts`."""

    what: Literal["rss", "swap", "page_tables", "adjustment"]
    label: str
    text: str
    aside: str = ""
    """A faint note after the label."""


def parts(explained: Explanation) -> tuple[Part, ...]:
    """Return the summands in order."""
    adj = explained.risk.process.oom_score_adj
    adds = (explained.parts.adjustment or 0) >= 0
    told = explained.parts
    taken = tr("Added by its setting") if adds else tr("Taken off by its setting")
    aside = f"oom_score_adj {adjustment(adj)}" if adj else ""
    return (
        Part("rss", tr("In memory"), _pages(told.rss)),
        Part("swap", tr("Swapped out"), _pages(told.swap)),
        Part("page_tables", tr("Page tables"), _pages(told.page_tables)),
        Part("adjustment", taken, _pages(told.adjustment), aside),
    )


def counts(explained: Explanation) -> str:
    """Say what the kernel compares it by; empty if unknown."""
    badness = explained.risk.badness
    if badness is None:
        return ""
    if badness < 0:
        return tr("Counts as {size} less than nothing", size=size(-badness * PAGE_SIZE))
    return tr("Counts as {size}", size=size(badness * PAGE_SIZE))


def place(explained: Explanation) -> str:
    """Say where it is in the kernel's order, and what its death would free."""
    rank, frees = explained.risk.rank, explained.risk.frees
    if rank is None:
        return ""
    if frees is None:
        return tr_n("number {rank} of {count} process", "number {rank} of {count} processes", explained.killable, rank=rank)
    # Translators: the place in the order of death, and what the death would free
    return tr_n(
        "number {rank} of {count} process, frees {size}",
        "number {rank} of {count} processes, frees {size}",
        explained.killable,
        rank=rank,
        size=freed(explained.risk),
    )


def who(process: Process, facts: ProcessFacts | None, now: float, user: str | None, title: str = "") -> str:
    """Return the line below the title: `python3 · process 9605 · ana · running for 38 min`, without a name that the title is."""
    name = name_shown(process.name)
    owner = tr("uid {number}", number=process.uid) if user is None else printable(user)
    if facts is None or isinstance(facts.started, Unread):
        if name == title:
            return tr("Process {pid} · {user}", pid=process.pid, user=owner)
        return tr("{name} · process {pid} · {user}", name=name, pid=process.pid, user=owner)
    lived = age(now - facts.started)
    if name == title:
        return tr("Process {pid} · {user} · running for {duration}", pid=process.pid, user=owner, duration=lived)
    return tr(
        "{name} · process {pid} · {user} · running for {duration}", name=name, pid=process.pid, user=owner, duration=lived
    )


def trend(app: App, processes: int, seconds: float) -> str:
    """Return the caption of the chart of what the app held, which spans this many seconds."""
    if processes == 1:
        return tr("Memory over the last {duration}", duration=age(seconds))
    return tr("Memory of all of {name} over the last {duration}", name=app_name(app), duration=age(seconds))


def held(amounts: Sequence[int]) -> str:
    """Give the least, the most and the last of these amounts in bytes, a unit that the first two share once; the last is the current one."""
    least, most = size(min(amounts)), size(max(amounts))
    number, gap, unit = least.partition(" ")
    return tr("{least} to {most}, now {now}", least=number if most.endswith(gap + unit) else least, most=most, now=size(amounts[-1]))


def missing(why: Unread, *, known: bool) -> str:
    """Say why there are no facts or, with `known`, no newer ones."""
    if why is Unread.GONE:
        return tr("It has ended. This is what was known last.") if known else tr("It has ended.")
    if why is Unread.DENIED:
        return tr("The system hides it from you (hidepid).")
    return tr("It can't be read.")


def command(told: Command) -> str:
    """Return a command line as it could be typed into a shell, except for invisible characters."""
    # a process that overwrites its arguments with a title leaves one argument with spaces
    plain = len(told.arguments) == 1
    text = " ".join(printable(one if plain else _quoted(one)) for one in told.arguments)
    whole = told.whole and len(text) <= _LONGEST
    return text if whole else tr("{beginning}… (longer than is shown)", beginning=text[:_LONGEST])


def _quoted(argument: str) -> str:
    """Quote for a shell, in double quotes if it has single ones, which is easier to read."""
    from shlex import quote

    return f'"{argument}"' if "'" in argument and not set('"$`\\!') & set(argument) else quote(argument)


def _line(topic: Topic, value: Value[T], say: Callable[[T], str]) -> Line:
    if isinstance(value, Unread):
        return Line(topic, tr(_UNREAD[value]), known=False)
    return Line(topic, say(value))


def _listing(topic: Topic, value: Value[Listing[T]], say: Callable[[T], str], few: int) -> Line:
    if isinstance(value, Unread):
        return Line(topic, tr(_UNREAD[value]), known=False)
    if not value.count:
        return Line(topic, tr(_UNREAD[Unread.NONE]))
    told = [say(one) for one in value.first]
    items = _items(told, value.count, few)
    return Line(topic, str(value.count), items, more=_more(told, items, value.count))


def _sharers(value: Listing[Relative], few: int) -> Line:
    told = tr_n(
        "With {count} other process: they are killed together, and have one oom_score_adj",
        "With {count} other processes: they are killed together, and have one oom_score_adj",
        value.count,
    )
    listing = _listing("memory", value, _relative, few)
    return Line("memory", told, listing.items, more=listing.more)


def _items(told: Sequence[str], count: int, few: int) -> tuple[str, ...]:
    # one more item takes no more space than "and 1 more"
    shown = told[: few if count > few + 1 else few + 1]
    more = count - len(shown)
    return (*shown, tr_n("and {count} more", "and {count} more", more)) if more else tuple(shown)


def _more(told: Sequence[str], items: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return the items that aren't shown, and how many there are beyond those that were read."""
    if items == tuple(told):
        return ()
    unread = count - len(told)
    rest = tuple(told[len(items) - 1 :])
    return (*rest, tr_n("and {count} more", "and {count} more", unread)) if rest and unread else rest


def _files(facts: ProcessFacts, few: int) -> Line:
    """Return the open files, with the number of all descriptors."""
    line = _listing("files", facts.files, _path, few)
    if isinstance(facts.descriptors, Unread):
        return line
    all_of_them = tr_n("{count} descriptor", "{count} descriptors", facts.descriptors)
    if isinstance(facts.files, Unread):
        text = tr("{why}; {descriptors}", why=line.text, descriptors=all_of_them)
    elif facts.files.exact:
        text = tr("{count} ({descriptors} in all)", count=facts.files.count, descriptors=all_of_them)
    else:
        text = tr("{descriptors}, too many to look through", descriptors=all_of_them)
    return Line("files", text, line.items, line.known, line.more)


def _relative(told: Relative) -> str:
    if told.name is None:
        return tr("process {pid}", pid=told.pid)
    return process_name(told.name, told.pid)


def _path(told: str) -> str:
    if told.endswith(_DELETED):
        return tr("{path} (deleted)", path=printable(told.removesuffix(_DELETED)))
    return printable(told)


def _program(told: Value[str]) -> Line:
    """Return the program's path; an upgrade replaces the file of a running program."""
    if isinstance(told, str) and told.endswith(_DELETED):
        return Line("executable", printable(told.removesuffix(_DELETED)), (tr("replaced or deleted since the start"),))
    return _line("executable", told, printable)


def _started(at: float, now: float, moments: Moments) -> str:
    return tr("{moment}, {duration} ago", moment=when(at, now, moments), duration=age(now - at))


def _connection(told: Connection) -> str:
    """Describe a connection, starting with the local port, the only part that is always known."""
    local = told.local or tr_c("an address", "unknown")
    if told.state is None:
        ends = tr("{protocol} {local} to {remote}", protocol=told.protocol, local=local, remote=told.remote)
        return ends if told.remote else tr("{protocol} {local}", protocol=told.protocol, local=local)
    state = tr(_STATES[told.state]) if told.state in _STATES else tr("closing")
    if told.remote is None:
        return tr("{protocol} {local}, {state}", protocol=told.protocol, local=local, state=state)
    return tr(
        "{protocol} {local} to {remote}, {state}", protocol=told.protocol, local=local, remote=told.remote, state=state
    )


def _pages(count: int | None) -> str:
    if count is None:
        return UNKNOWN
    return size(abs(count) * PAGE_SIZE) if count else tr_c("an amount", "nothing")


def _storage(facts: ProcessFacts) -> str:
    assert not isinstance(facts.bytes_read, Unread)
    assert not isinstance(facts.bytes_written, Unread)
    return tr("{read} read, {written} written", read=size(facts.bytes_read), written=size(facts.bytes_written))
