"""The facts of one process as lines with a label each; what could not be read says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oomtray.kernel.process_facts import Listing, Unread
from oomtray.messages.i18n import mark, tr, tr_c, tr_n
from oomtray.text import local_time, printable, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.kernel.process_facts import Command, Connection, ProcessFacts, Relative, T, Value

Topic = Literal[
    "command", "executable", "directory", "user", "started", "parent", "children", "threads", "files", "connections",
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
    "threads": mark("Threads"),
    "files": mark("Open files"),
    "connections": mark("Connections"),
    "cpu": mark("CPU time"),
    "storage": mark("Storage"),
}
_UNREAD: dict[Unread, str] = {
    Unread.DENIED: mark("No permission to read this"),
    Unread.GONE: mark("Ended before this was read"),
    Unread.NONE: mark("None"),
    Unread.MANY: mark("Too many to look through"),
    Unread.SLOW: mark("No answer yet, the process is busy"),
    Unread.ELSEWHERE: mark("In a network of its own, as of a container"),
    Unread.FAILED: mark("The kernel doesn’t tell"),
}
_STATES: dict[str, str] = {
    "LISTEN": mark("waits for connections"),
    "ESTABLISHED": mark("connected"),
    "SYN_SENT": mark("connecting"),
    "SYN_RECV": mark("connecting"),
    "CLOSE_WAIT": mark("closed by the other end"),
    "CLOSE": mark("closed"),
}
"""Of TCP; every other state is one of closing."""
_DELETED = " (deleted)"
"""What the kernel puts behind a path that leads there no more (d_path)."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Line:
    """One fact, or one kind of them. All of it is printable; none of it is markup."""

    topic: Topic
    text: str
    items: tuple[str, ...] = ()
    """The first of what `text` counts, a line each."""
    known: bool = True

    @property
    def label(self) -> str:
        return tr(LABELS[self.topic])


def lines(facts: ProcessFacts, now: float, *, user: str | None, few: int = 5) -> tuple[Line, ...]:
    """In reading order. `now` is seconds since 1970, `user` its login name, `few` how many items a line has at most."""
    io = facts.bytes_read if isinstance(facts.bytes_read, Unread) else facts.bytes_written
    return (
        _line("command", facts.command, command),
        _line("executable", facts.executable, _program),
        _line("directory", facts.directory, _path),
        _line("user", facts.uid, lambda uid: tr("uid {number}", number=uid) if user is None else printable(user)),
        _line("started", facts.started, lambda started: _started(started, now)),
        _line("parent", facts.parent, _relative),
        _listing("children", facts.children, _relative, few),
        _line("threads", facts.threads, str),
        _files(facts, few),
        _listing("connections", facts.connections, _connection, few),
        _line("cpu", facts.cpu_seconds, duration),
        _line("storage", io, lambda _: _storage(facts)),
    )


def command(told: Command) -> str:
    """As it could be typed into a shell, but for characters that nobody can see."""
    from shlex import quote

    # a process that writes a title over its arguments writes one, spaces and all
    plain = len(told.arguments) == 1
    text = " ".join(printable(one if plain else quote(one)) for one in told.arguments)
    return text if told.whole else tr("{beginning}… (longer than is shown)", beginning=text)


def duration(seconds: float) -> str:
    """`0.4 s`, `38 s`, `12 min 3 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds < 10:
        return tr("{seconds} s", seconds=f"{max(seconds, 0):.1f}")
    whole = int(seconds)
    if whole < _MINUTE:
        return tr("{seconds} s", seconds=whole)
    if whole < _HOUR:
        return tr("{minutes} min {seconds} s", minutes=whole // _MINUTE, seconds=whole % _MINUTE)
    if whole < _DAY:
        return tr("{hours} h {minutes} min", hours=whole // _HOUR, minutes=whole % _HOUR // _MINUTE)
    return tr("{days} d {hours} h", days=whole // _DAY, hours=whole % _DAY // _HOUR)


def _line(topic: Topic, value: Value[T], say: Callable[[T], str]) -> Line:
    if isinstance(value, Unread):
        return Line(topic, tr(_UNREAD[value]), known=False)
    return Line(topic, say(value))


def _listing(topic: Topic, value: Value[Listing[T]], say: Callable[[T], str], few: int) -> Line:
    if isinstance(value, Unread):
        return Line(topic, tr(_UNREAD[value]), known=False)
    if not value.count:
        return Line(topic, tr(_UNREAD[Unread.NONE]))
    return Line(topic, str(value.count), _items([say(one) for one in value.first], value.count, few))


def _items(told: Sequence[str], count: int, few: int) -> tuple[str, ...]:
    # one more takes no more room than "and 1 more"
    shown = told[: few if count > few + 1 else few + 1]
    more = count - len(shown)
    return (*shown, tr_n("and {count} more", "and {count} more", more)) if more else tuple(shown)


def _files(facts: ProcessFacts, few: int) -> Line:
    """With how much else it holds open."""
    line = _listing("files", facts.files, _path, few)
    if isinstance(facts.descriptors, Unread):
        return line
    all_of_them = tr_n("{count} descriptor", "{count} descriptors", facts.descriptors)
    if isinstance(facts.files, Unread):
        text = tr("{why}; {descriptors}", why=line.text, descriptors=all_of_them)
    elif facts.files.exact:
        text = tr("{files} of {descriptors}", files=facts.files.count, descriptors=all_of_them)
    else:
        text = tr("{descriptors}, too many to look through", descriptors=all_of_them)
    return Line("files", text, line.items, line.known)


def _relative(told: Relative) -> str:
    if told.name is None:
        return tr("process {pid}", pid=told.pid)
    return tr_c("a process", "{name} ({pid})", name=printable(told.name), pid=told.pid)


def _path(told: str) -> str:
    if told.endswith(_DELETED):
        return tr("{path} (deleted)", path=printable(told.removesuffix(_DELETED)))
    return printable(told)


def _program(told: str) -> str:
    if told.endswith(_DELETED):
        path = printable(told.removesuffix(_DELETED))
        return tr("{path}, replaced or deleted since it was started", path=path)
    return printable(told)


def _started(at: float, now: float) -> str:
    return tr("{moment}, {duration} ago", moment=local_time(at), duration=duration(now - at))


def _connection(told: Connection) -> str:
    """The port first, as a connection may be no more than that."""
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


def _storage(facts: ProcessFacts) -> str:
    assert not isinstance(facts.bytes_read, Unread)
    assert not isinstance(facts.bytes_written, Unread)
    return tr("{read} read, {written} written", read=size(facts.bytes_read), written=size(facts.bytes_written))
