"""Strip log lines of what precedes the message: dmesg, syslog, journalctl, in all their formats."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from oomtray.kernel.kill_log import outer
from oomtray.kernel.kill_log.android import of_cpu, of_logcat
from oomtray.kernel.kill_log.outer import logged_at, of_platform

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates


class Line(NamedTuple):
    """A message and what its prefix says."""

    text: str
    tag: str | None = None
    """Name of the program that logged it; None if unknown."""
    host: str | None = None
    time: float | None = None
    uptime: float | None = None
    caller: str | None = None
    """T123 or C0: the task or CPU that printed it (CONFIG_PRINTK_CALLER)."""
    prefixed: bool = False


_COLOR = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")


def shown(data: bytes) -> bytes:
    """Drop what a terminal doesn't show."""
    for sign in (b"\x00", b"\r"):
        if sign in data:
            data = data.replace(sign, b"")
    return _COLOR.sub(b"", data) if b"\x1b" in data else data


_WITHIN_NAME = re.compile(r"(Killed process \d{1,10},?(?: UID \d{1,10},)? ?\([^()\n]{0,15})\n(?=[^()\n]{0,15}\),? ?(?:total-vm|vsz|anon-rss|UID))")


def split(text: str, sign: str = "\n") -> list[str]:
    """Split a message of several lines, but not within a victim's name."""
    if "process" not in text:
        return text.split(sign)
    whole = _WITHIN_NAME.sub("\\1\0", text.replace(sign, "\n"))
    return [one.replace("\0", "\n") for one in whole.split("\n")]


def decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def from_json(raw: bytes) -> Line | None:
    """Parse a journal entry; None if it has no message."""
    try:
        entry: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return of_entry(entry) if isinstance(entry, dict) else None


def of_entry(entry: dict[str, Any]) -> Line | None:
    """Build a line from a journal entry's fields; None if it has no message."""
    message = entry.get("MESSAGE")
    if isinstance(message, list):
        if not all(type(one) is int and 0 <= one < 256 for one in message):
            return None
        message = decoded(shown(bytes(message)))
    if not isinstance(message, str):
        return None
    tag = _logged_by(entry)
    host = entry.get("_HOSTNAME")
    return Line(
        message,
        tag if isinstance(tag, str) else None,
        host if isinstance(host, str) else None,
        _seconds(entry.get("__REALTIME_TIMESTAMP")),
        _seconds(entry.get("_SOURCE_MONOTONIC_TIMESTAMP") or entry.get("__MONOTONIC_TIMESTAMP")),
        None,
        prefixed=True,
    )


_KERNEL = frozenset({"kernel", "klogd", "vmunix", "kern"})
_KILLERS = frozenset({"systemd", "systemd-oomd", "earlyoom"})


def _logged_by(entry: dict[str, Any]) -> object:
    """Return who logged the entry; names are free to choose, but the journal also records the real origin."""
    program, transport = entry.get("_COMM"), entry.get("_TRANSPORT")
    name = entry.get("SYSLOG_IDENTIFIER") or program or _of_unit(entry.get("_SYSTEMD_UNIT"))
    if transport == "kernel":
        return "kernel"
    if transport is None:
        return name
    if not isinstance(name, str) or name in _KERNEL or (name in _KILLERS and program not in {None, name}):
        return "?"
    return name


def _of_unit(unit: object) -> str | None:
    """Return the program that logs from a unit, or the unit's name; None if it may be a user's manager."""
    if not isinstance(unit, str) or unit.startswith("user@"):
        return None
    return _BY_UNIT.get(unit, unit)


def _seconds(microseconds: object) -> float | None:
    text = str(microseconds)
    return int(text) / 1_000_000 if text.isascii() and text.isdigit() and len(text) < 20 else None


_FILE = re.compile(r"(?:[\w.-]{0,255}/){0,40}([\w.-]{1,255}):(?:\d+:)?(?=\S)")
_OF_A_LOG = re.compile("log|messages|dmesg|txt")
_LEVEL = re.compile(r"<\d{1,3}>\d?\s?|(?:kern|user|daemon|syslog|auth\w*)\s*:\s*\w+\s*:\s")
_LEVEL_BEGINS = frozenset("<kudsa")
_PLATFORM_BEGINS = frozenset("sa")
_LOGCAT_BEGINS = frozenset("0123456789 ")
_FACILITY = re.compile(r"(?:kern|user|daemon|syslog|auth|authpriv|local\d)[./](?:emerg|alert|crit|err|error|warn|warning|notice|info|debug)")
_KMSG = re.compile(r"[ \t]{0,8}(?:\d\.\d{1,3}[^,\s]{0,60},)?\d{1,4},\d{1,20},(\d{1,18}),[^;]{0,40};")
_STAMP = re.compile(r"\[\s{0,12}(?:\d{1,2}-)?(\d{1,10}\.\d{3,9})(?:s|@\d{1,2}| <[\s\d.]{1,24}>| {2,24}|,\d{1,3}| / [\d :.-]{1,24})?\](?:\s?\[\s{0,12}([TC]\d{1,9})\])?:?\s?")
_DATED = re.compile(
    r"\[([^\]\[]{0,40}\d{1,2}:\d\d(?::\d\d)?[^\]\[<]{0,16})(?:<[\s\d.]{1,24}>)?\](?::(?=\s))?\s?|\[\s{0,8}[+<]\s{0,12}\d{1,9}\.\d+>?\]\s?"
)
_CLOCK = re.compile(
    r"((?:[^\[\]\"'{}=:]{0,32}[ T]|\d{1,2}/[A-Z][a-z]{2}/\d{4}:)?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?:\s?[AaPp]\.?[Mm]\b\.?)?(?:Z|\s?[+-]\d\d:?\d\d)?(?: (?:(?!CPU|DMA|RIP|RSP)[A-Z]{3,5}|[+-]\d\d))?(?: \d{4})?)"
    r":?\s"
)
_CLOCK_ENDS = 39
"""The clock's first two colons are within this many characters."""
_UNIX = re.compile(r"(\d{9,11}\.\d{3,6})\s")
_TAG = re.compile(
    r"(?:([\w.-]{1,64}) +)?(?:[a-z]+[./][a-z]+ )?([A-Za-z_][\w.@/()-]{0,63})(?:\[(\d{1,10})\])?(?::(?!\d) ?| [|-] )"
)
_CALLER = re.compile(r"\[\s{0,12}([TC]\d{1,9})\]\s?")
"""What `dmesg` with dates shows of it."""
_LEVEL_IN_BRACKETS = re.compile(
    r"\[(?:[a-z_]{1,16}:)?(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug)\]:?\s{1,4}(?:\[pid \d{1,10}(?::tid \d{1,20})?\] )?",
    re.IGNORECASE,
)
"""As Apache writes it behind the date."""
_OF_METALOG = re.compile(r"\[(kernel|earlyoom)\] ")
_LABELS = re.compile(r"\{[^{}\n]{0,500}\}\s")
"""Loki's labels, which logcli writes after the date."""
_QUOTED = re.compile(r"(?:>\s?){1,8}[ \t]{0,8}(?=\S)")
_RFC5424 = re.compile(r"([\w.-]{1,255}) ([^\s:\[\]]{1,48}) (?:\d{1,10}|-) (?:[^\s:\[]{1,32}) (?:-|\[[^\]]{0,400}\])+ ?\ufeff?")
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2})+")
_PLAIN_TAG = re.compile(
    r" {0,4}(?:\[[A-Za-z]{3,9}\][ \t]{1,4})?(?:([\w.-]{1,64}+(?:[/@][\w.:@/-]{1,128}+)?|\(\"[^\"]{1,80}\"\)|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})[ \t]++(?:\1[ \t]+|\| |(?:emerg|alert|crit|err|error|warning|warn|notice|info|debug) |\[[A-Za-z]{3,9}\][ \t]{1,4})?)?(kernel|systemd-oomd|earlyoom|nohang(?:-desktop)?|systemd|lowmemorykiller)(?:\[(\d{1,10})\])?(?::(?>(?: :(?= ))?)(?! invoked oom-killer| cpuset=)| \|)\s?"
)
_MESSAGE = re.compile(r"\s*(?:\"(?:MESSAGE|msg)\"|MESSAGE|message|msg|textPayload)\s*:\s*(\".*\"|'.*'),?\s*|\s*MESSAGE=(.*)")
_UNKNOWN = re.compile(r"(?:\[[a-z][^\[\]\"'`]{0,62}\] ?)?[^\[\]\"'`]{0,80}?(?=\[ {0,12}\d{1,10}\.\d{6}\][ \[])")
"""What another program put before the kernel's own stamp: a container's name, a line number, a second date."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
"""A date within that."""
_OF_THE_KERNEL = frozenset(
    {"oom_reaper", "oom-kill", "memory", "swap", "kmem", "CPU", "Pid", "Mem-Info", "Node", "sysrq", "SysRq", "Code", "RIP",
     "DMA", "DMA32", "Normal", "HighMem", "Movable", "Workqueue", "Trace", "name", "Info", "process", "victim", "status",
     "PID", "anon", "Victim"}
)  # fmt: skip
"""Words before a colon that belong to the message."""


_BY_UNIT = {f"{name}.service": name for name in ("systemd-oomd", "earlyoom", "nohang", "nohang-desktop")} | {"init.scope": "systemd"}
"""Programs by the unit that `journalctl -o with-unit` shows."""
_USUAL = re.compile(
    r"(?:([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d))?"
    r" (?![A-Z]{3,5} |\d{4} |[AaPp]\.?[Mm]\.? |(?:kern|user|daemon|syslog|auth|authpriv|local\d)\.)([a-zA-Z\d_][\w.-]{0,63}) (?:kernel(?>(?:: (?=: ))?)|(systemd|systemd-oomd|earlyoom)(?:\[\d{1,10}\])?(?!: (?:invoked oom-killer|cpuset=))): )?(?:\[ {0,12}(\d{1,10}\.\d{3,9})\] (?! ?\[ *(?:[TC]\d|\d{1,10}[:.])|c\d|<\d| ?[.-]?\(|[A-Z]\[\d)|(?! {0,2}\[ {0,12}\d{1,10}\.|\[|<\d))"
)
"""A date with host and program, an uptime, or both: the prefix in most logs."""
_OF_DMESG = re.compile(r"\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] (?!\{|\[ {0,12}[TC]\d|\[[A-Za-z])")
"""A date by dmesg -T."""
_BARE = re.compile(
    r"(?:Out of memory|Memory cgroup |oom-kill:|oom_reaper: |Killed process |Free swap |\[ *pid *\] )|[^\s:=\x22\[\]|<>]{1,16} (?:invoked oom-killer: |cpuset=)"
    r"|(?:CPU: \d{1,5} (?:UID: \d{1,10} )?PID: |Pid: |Hardware name: |Mem-Info:|Call Trace:|Tasks? (?:in /|state ))(?![^\[\]\"'`]{0,80}\[ {0,12}\d{1,10}\.)"
    r"|\[ {0,12}\d{1,10}\] {1,12}\d[\d -]{8}"
)
"""Beginnings of kernel lines without any prefix."""


_NOTHING = Line("")[1:]
_MOST_BARE, _LONGEST_BARE = 500, 400
_bare: set[str] = set()
"""Other lines that were found to have no prefix: where there are no stamps, a report's lines are often those of another."""


def parse(text: str, dates: Dates) -> Line:
    """Parse one line of text, removing every known prefix in turn."""
    usual = _USUAL.match(text)
    if usual is not None:
        date, fraction, zone, host, program, uptime = usual.groups()
        at = usual.end()
        if date is not None:
            time = dates.of(date + zone if zone else date)
            if fraction and time is not None:
                time += float("0." + fraction[1:])
            return Line(text[at:], program or "kernel", host, time, float(uptime) if uptime else None, None, prefixed=True)
        if uptime is not None and _PLAIN_TAG.match(text, at) is None:
            return Line(text[at:], None, None, None, float(uptime), None, prefixed=True)
        if uptime is None and _BARE.match(text) is not None:
            return Line(text)
    elif (dated := _OF_DMESG.match(text)) is not None:
        at = dated.end()
        tagged = _PLAIN_TAG.match(text, at) or _RFC5424.match(text, at) or ("[" in text[at:] and _UNKNOWN.match(text, at))
        if not tagged and logged_at(text, at) is None:
            return Line(text[at:], None, None, dates.of(dated[1]), None, None, prefixed=True)
    elif _BARE.match(text) is not None:
        return Line(text)
    if text in _bare:
        return Line(text)
    line = _parse(text, dates)
    if len(text) <= _LONGEST_BARE and line == (text, *_NOTHING):
        if len(_bare) >= _MOST_BARE:
            _bare.clear()
        _bare.add(text)
    return line


def _parse(text: str, dates: Dates) -> Line:
    begins = text[:40]
    exported = _MESSAGE.fullmatch(text) if "MESSAGE" in begins or "msg" in begins or "message: " in begins or "textP" in begins else None
    if exported:
        text = exported[2] or "" if exported[1] is None else _of_string(exported[1])
    at = _begin(text)
    begins = text[at : at + 1]
    logged = of_logcat(text, at) if text[at + 1 : at + 2] == "/" or (begins in _LOGCAT_BEGINS and text[at + 10 : at + 11] != "T") else None
    if logged is not None:
        inner = _STAMP.match(text, logged.end)
        at, uptime = (logged.end, None) if inner is None else (inner.end(), float(inner[1]))
        return Line(logged.words + text[at:], logged.tag, None, None if logged.date is None else dates.of(logged.date.strip()), uptime, None, prefixed=True)
    if begins in _LEVEL_BEGINS:
        found = _LEVEL.match(text, at)
        at = found.end() if found else at
        begins = text[at : at + 1]
    found = _KMSG.match(text, at) if begins.isdigit() or begins in {" ", "\t"} else None
    if found:
        return Line(_unescaped(text[found.end() :]), "kernel", None, None, int(found[1]) / 1_000_000, None, prefixed=True)
    return _stamped(text, at, dates)


def _begin(text: str) -> int:
    """Return where the log's own line begins, after a quote mark or a file name."""
    found = _QUOTED.match(text) if text[:1] == ">" else None
    at = outer.begin(text) or (found.end() if found else 0)
    found = _FILE.match(text, at) if text[at : at + 1] != "[" else None
    return found.end() if found and _OF_A_LOG.search(found[1]) else at


def _stamped(text: str, begin: int, dates: Dates) -> Line:
    """Parse what most logs put before a message: a stamp or a date, then who logged it, then perhaps a stamp again."""
    host = tag = time = uptime = caller = stamp = None
    at = begin
    if text[begin : begin + 1] == "[":
        stamp = _STAMP.match(text, begin)
        dated = _DATED.match(text, begin) if stamp is None else None
    else:
        dated = _date(text, begin)
    if stamp is not None:
        uptime = float(stamp[1])
        at, caller = _behind_stamp(text, stamp)
    elif dated is not None:
        time = dates.of(dated[1] or "")
        another = logged_at(text, dated.end())
        if another is not None:
            return parse(text[another:], dates)
        at, caller, tag = _behind_date(text, dated.end())

    tagged = _PLAIN_TAG.match(text, at)
    if tagged is None and time is not None:
        tagged = _RFC5424.match(text, at)
    if tagged is None and tag is None and dated is not None:
        tagged = _any_tag(text, at, dated)
    if tagged is not None:
        host, tag = tagged[1], _BY_UNIT.get(tagged[2].rpartition("/")[2], tagged[2])
        if host is not None and _FACILITY.fullmatch(host):
            host = None  # a facility, as written before each line
        at = _behind_level(text, tagged.end())
        stamp = _stamp_behind_tag(text, at)
        if stamp is not None:
            at, uptime, caller = stamp.end(), float(stamp[1]), stamp[2]

    only_quoted = at == begin and text[:1] == ">"
    line = Line(text[at:], tag, host, time, uptime, caller, prefixed=at > 0 and not only_quoted)
    return _behind_another(line, dates) if tagged is None and uptime is None and "]" in line.text else line


def _date(text: str, at: int) -> re.Match[str] | None:
    """Find a date that isn't in brackets."""
    # most lines have no date, and counting colons is cheaper than a pattern
    clock = _CLOCK.match(text, at) if text.count(":", at, at + _CLOCK_ENDS) > 1 else None
    return clock or (_UNIX.match(text, at) if text[at : at + 1].isdigit() else None)


def _behind_stamp(text: str, stamp: re.Match[str]) -> tuple[int, str | None]:
    """Return where the message, or who logged it, begins, and the caller."""
    at, caller = stamp.end(), stamp[2]
    if caller is None:
        at, caller = of_cpu(text, at)
    return _behind_level(text, at), caller


def _behind_date(text: str, at: int) -> tuple[int, str | None, str | None]:
    """Return where the message, or who logged it, begins, and what stands in brackets before: caller or program."""
    caller = tag = None
    if text[at : at + 2] == "| ":
        at += 2  # of a table
    if text[at : at + 1] == "[":
        at, caller, tag = _in_brackets(text, at)
    begins = text[at : at + 1]
    if begins in _PLATFORM_BEGINS:
        at = of_platform(text, at)
    elif begins == "{":
        labels = _LABELS.match(text, at)
        at = at if labels is None else labels.end()
    return at, caller, tag


def _any_tag(text: str, at: int, dated: re.Match[str]) -> re.Match[str] | None:
    """Find the name of any program behind a date of syslog's; `dmesg` has its own dates in brackets, or with a comma."""
    if dated.re is _DATED:
        return None
    begin = dated.start()
    if text[begin + 19 : begin + 20] == "," and text[begin + 10 : begin + 11] == "T":
        return None
    found = _TAG.match(text, at)
    return None if found is None or found[2] in _OF_THE_KERNEL or "SIG" in found[0] else found


def _behind_level(text: str, at: int) -> int:
    """Return where the text behind a level begins, such as crash's `log -m` writes; `at` if there is none."""
    if text[at : at + 1] != "<":
        return at
    level = _LEVEL.match(text, at)
    return at if level is None else level.end()


def _stamp_behind_tag(text: str, at: int) -> re.Match[str] | None:
    """Find the kernel's stamp behind the name of who logged it; of two, the second, which is the kernel's own."""
    stamp = _STAMP.match(text, at + 1 if text[at : at + 2] == " [" else at)
    return None if stamp is None else _STAMP.match(text, stamp.end()) or stamp


def _behind_another(line: Line, dates: Dates) -> Line:
    """Remove what another program put before the kernel's own stamp, if there is one, and that stamp."""
    text = line.text
    found = _UNKNOWN.match(text)
    stamp = None if found is None else _STAMP.match(text, found.end())
    if stamp is None:
        return line
    dated = _ISO.search(text, 0, stamp.start()) if line.time is None else None
    time = line.time if dated is None else dates.of(dated[0])
    tagged, at, host, tag = _PLAIN_TAG.match(text, stamp.end()), stamp.end(), line.host, line.tag
    if tagged is not None:
        at, host, tag = tagged.end(), tagged[1], tagged[2]
    return Line(text[at:], tag, host, time, float(stamp[1]), stamp[2], prefixed=True)


def _in_brackets(text: str, at: int) -> tuple[int, str | None, str | None]:
    """Return where the message begins behind a date and brackets, and what those hold: caller or program."""
    level = _LEVEL_IN_BRACKETS.match(text, at)
    if level is not None:
        return level.end(), None, None
    found = _CALLER.match(text, at) or _OF_METALOG.match(text, at)
    if found is None:
        return at, None, None
    return (found.end(), found[1], None) if found.re is _CALLER else (found.end(), None, found[1])


def _of_string(text: str) -> str:
    """Decode a JSON string as far as it is valid, or a YAML string."""
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _unescaped(text: str) -> str:
    r"""Decode \xNN, as /dev/kmsg writes the backslash and bytes outside printable ASCII (printk.c: msg_add_ext_text)."""
    if "\\x" not in text:
        return text
    return _BYTES.sub(lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "backslashreplace"), text)
