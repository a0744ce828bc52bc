#!/usr/bin/python3 -IS
"""The only part of OOM Tray that runs as root. pkexec starts it once polkit has authorized one of four verbs:

    own protect|undo COUNT      lower oom_score_adj of processes whose four uids are all the asking user's, or undo that
    other protect|undo COUNT    the same for any user's processes
    unit NAME                   write or remove 50-oomtray.conf of a system service, reload, and set its running processes
    kills SINCE                 print the kernel's reports of kills since a time in UTC, and no other line of its log

It trusts neither the calling program nor the wording of the dialog: it checks everything itself and fails closed. Its input is validated as a whole
before any change. packaging/SECURITY.md has the protocol, the attacks, and the reasons.
"""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import signal
import stat
import sys
import syslog
import time
from binascii import crc32
from collections import deque
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Answer = dict[str, Any]
    Asked = tuple[str, "list[Process | Unit]"]

PROTOCOL = 2  # raised with new requests; the program reads this line, so that an older helper costs nobody a password
USAGE = "usage: oomtray-helper own|other protect|undo COUNT, unit NAME, or kills SINCE"
DONE, FAILED, MALFORMED, UNFIT = range(4)  # exit statuses
LOWEST, HIGHEST = -999, 1000  # -1000 would exempt the process and all its children for good
MAX_INPUT, MAX_LINES = 64 * 1024, 1000
RANGES = {"pid": (1, 1 << 22), "start_time": (0, 1 << 63), "uid": (0, (1 << 32) - 2), "adj": (-9999, 9999), "floor": (LOWEST, HIGHEST), "was": (0, (1 << 32) - 1)}
PATIENCE = 20  # seconds that the calling program may take to write its request, or to read an answer
PF_KTHREAD, NOBODY = 0x00200000, 65534  # include/linux/sched.h; a uid without capabilities
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
FOLDER = os.O_RDONLY | os.O_DIRECTORY
DROP_IN = "50-oomtray.conf"
UNFINISHED = f".{DROP_IN}."  # and a pid; systemd reads only *.conf
MADE = 0o1755  # mode of a directory that we made: the sticky bit has no effect here and distinguishes it from an administrator's
HEADER = "# Written by OOM Tray (io.github.oomtray.OOMTray), which replaces and removes this file.\n"
SETTINGS: dict[str, range | tuple[str, ...]] = {
    "OOMScoreAdjust": range(LOWEST, HIGHEST + 1),
    "OOMPolicy": ("continue", "stop", "kill"),
    "ManagedOOMPreference": ("none", "avoid", "omit"),
}
# A plain service, or one instance, whose name may contain another @. A drop-in for a name that ends with a dash applies to every unit with that
# prefix, and one for x@.service to each of its instances (systemd.unit(5)): more than a dialog that names one service has shown.
UNIT = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9:_.\\-]*[A-Za-z0-9:_.\\])?(?:@[A-Za-z0-9:_.@\\-]+)?\.service")
COUNT = re.compile("[1-9][0-9]{0,3}")
TIME = re.compile("20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
MOST_LINES, LONGEST_LINE, LONGEST_REPORT = 20_000, 1024, 60  # of all reports; bytes; seconds from a report's first line to its last
JOURNAL = ("--system", "--quiet", "--no-pager", "--all", "--output=short-unix", "_TRANSPORT=kernel")
# What mm/oom_kill.c, mm/memcontrol.c and mm/show_mem.c print, from Linux 2.6.32 on. BEGINS, ENDS and ALONE only occur in reports of kills; BODY also
# occurs elsewhere, so it only counts between the first two.
BEGINS = re.compile(r".{1,64} invoked oom-killer: .*|(?:sysrq|SysRq) ?: Manual OOM execution")
ENDS = re.compile(
    r"(?:.{0,80}[:,] )?Killed process [0-9].*|(?:Memory cgroup o|O)ut of memory and no killable processes.*|"
    r"Kernel panic - not syncing: (?:Out of memory|System is deadlocked on memory).*"
)
ALONE = re.compile(
    r"oom-kill:constraint=.*|oom_reaper: .*|(?:Memory cgroup o|O)ut of memory.{0,30}: [Kk]ill process [0-9].*|"
    r"Tasks in .* are going to be killed due to memory\.oom\.group set|OOM victim [0-9]+ \(.{0,64}\) is already exiting.*"
)
BODY = re.compile(
    r"CPU: [0-9]+ (?:UID: [0-9]+ )?PID: [0-9]+ Comm: .*|Pid: [0-9]+, comm: .*|.{1,80} cpuset=\S* mems_allowed=[0-9,-]*|Mem-Info:|"
    r"(?: ?[a-z_]+:[0-9]+)+|Node [0-9]+ (?:active_anon:|hugepages_total=).*|"
    r"(?:Node [0-9]+ )?(?:DMA|DMA32|Normal|HighMem|Movable|Device)(?: free:|: [0-9e]).*|(?:Swap cache stats:|Free swap |Total swap ).*|"
    r"[0-9]+ (?:total pagecache |reserved |slab )?pages(?: [A-Za-z/ -]{1,40})?|(?:memory|memory\+swap|swap|kmem): usage [0-9]+kB, limit .*|"
    r"Task in .* killed as a result of limit of .*|Memory cgroup stats for .*|[a-z_]+ [0-9]+|\S{1,64} +[0-9]+KB +[0-9]+KB|"
    r" *mem_cgroup_(?:out_of_memory|oom_synchronize)\+0x[0-9a-f]+/0x[0-9a-f]+|Tasks state .{0,40}|\[ *pid *\] +uid .{0,200}|\[ *[0-9]+\](?: +-?[0-9]+){4,14} .{0,64}"
)
RECORD = re.compile(rb"([0-9]{1,4}),[0-9]{1,20},([0-9]{1,16}),[^;\n]*;(.*)")  # Documentation/ABI/testing/dev-kmsg
ENTRY = re.compile(rb"([0-9]{9,11}\.[0-9]{6}) \S+ kernel: (.*)\n")
ERRORS = {
    "gone": (errno.ESRCH, errno.ENOENT),
    "unsafe-path": (errno.ELOOP, errno.ENOTDIR),
    "disk-full": (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    "read-only": (errno.EROFS,),
}


class Roots(NamedTuple):
    """The paths that the helper uses. Only a test, which imports this file, can set others."""

    proc: str = "/proc"
    units: str = "/etc/systemd/system"
    systemctl: str = "/usr/bin/systemctl"
    journalctl: str = "/usr/bin/journalctl"
    kmsg: str = "/dev/kmsg"
    log: Callable[[int, str], object] = syslog.syslog


class Process(NamedTuple):
    pid: int
    start_time: int
    adj: int
    uid: int | None
    exe: bytes | None
    floor: int | None = None
    undo: bool = False


class Unit(NamedTuple):
    name: str
    text: bytes  # text of the drop-in; empty: remove it
    was: int | None = None  # checksum that the current text must have, 0 for no file


class RefusedError(Exception):
    """A refusal: for one line its error ID, for the whole request a sentence that never quotes it."""


@contextmanager
def opened(name: str, flags: int, at: int | None = None) -> Iterator[int]:
    fd = os.open(name, flags | os.O_NOFOLLOW, 0o644, dir_fd=at)
    try:
        yield fd
    finally:
        os.close(fd)


def attempt(answer: Answer, work: Callable[..., None], want: Process | Unit, **given: object) -> None:
    """Do the work of one line and record the result in its answer."""
    answer.update(ok=False, error=None)
    try:
        work(answer, want, **given)
        answer["ok"] = True
    except RefusedError as refused:
        answer["error"] = str(refused)
    except OSError as failure:
        answer["error"] = next((error for error, numbers in ERRORS.items() if failure.errno in numbers), "refused-by-kernel")
    except (ValueError, IndexError):
        answer["error"] = "unreadable"


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def whole(key: str, value: object) -> bool:
    return type(value) is int and RANGES[key][0] <= value <= RANGES[key][1]


def parse(arguments: list[str], data: bytes) -> Asked:
    """Parse the request. Raises RefusedError unless every line is valid for this verb, and all targets differ."""
    kind = named = ""
    match arguments:
        case ["own" | "other", "protect" | "undo" as kind, count] if COUNT.fullmatch(count):
            pass
        case ["unit", named] if is_unit(named):
            pass
        case _:
            raise RefusedError(USAGE)
    verb, lines = arguments[0], data.removesuffix(b"\n").split(b"\n")
    if len(data) > MAX_INPUT or len(lines) > MAX_LINES:
        raise RefusedError(f"the input must have at most {MAX_LINES} lines and 64 KiB")
    requests: list[Process | Unit] = []
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line.decode("utf-8"), object_pairs_hook=once)
            requests.append(to_unit(fields) if named and "unit" in fields else to_process(fields, kind == "undo"))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise RefusedError(f"line {number} is malformed") from None
    if len({request[0] for request in requests}) != len(requests):
        raise RefusedError("a process or a unit is named twice")
    units = [request.name for request in requests if isinstance(request, Unit)]
    if units != [named] if named else len(requests) != int(count):
        raise RefusedError("the input is not what the arguments say")
    return verb, requests


def is_unit(name: str) -> bool:
    return len(name) <= 253 and UNIT.fullmatch(name) is not None


def to_process(fields: dict[str, Any], undo: bool) -> Process:
    exe = fields.pop("exe").encode("utf-8", "surrogateescape") if "exe" in fields else None
    if exe is not None and not re.fullmatch(rb"/[^\0]{1,4095}", exe):
        raise ValueError("exe")
    floor = fields.pop("floor") if undo else None  # null: none was moved
    if floor is not None and not whole("floor", floor):
        raise ValueError("floor")
    known = {"pid", "start_time", "adj"} <= fields.keys() <= RANGES.keys() - {"floor", "was"}
    if not known or not all(whole(key, value) for key, value in fields.items()):
        raise ValueError("wrong keys or numbers")
    return Process(fields["pid"], fields["start_time"], fields["adj"], fields.get("uid"), exe, floor, undo)


def to_unit(fields: dict[str, Any]) -> Unit:
    name, was = fields["unit"], fields.pop("was", None)
    if not is_unit(name) or not (was is None or whole("was", was)):
        raise ValueError("unit")
    if fields.keys() == {"unit", "remove"} and fields["remove"] is True:
        return Unit(name, b"", was)
    settings = fields["set"]
    wrong = [k for k, v in settings.items() if type(v) is not type(SETTINGS[k][0]) or v not in SETTINGS[k]]
    if fields.keys() != {"unit", "set"} or not settings or wrong:
        raise ValueError("wrong settings")
    text = "".join(f"{key}={settings[key]}\n" for key in SETTINGS if key in settings)
    return Unit(name, f"{HEADER}[Service]\n{text}".encode("ascii"), was)


def read_all(name: str, at: int) -> bytes:
    with opened(name, os.O_RDONLY, at) as fd, os.fdopen(fd, "rb", closefd=False) as file:
        return file.read(1 << 20)


def after_comm(text: bytes) -> list[bytes]:
    """Return the fields of `stat` from the third on. The second may contain anything, so split at its last bracket."""
    return text[text.rindex(b")") + 1 :].split()


def numbers_of(status: bytes, key: bytes) -> list[int]:
    """Parse a line of `status`. The kernel escapes newlines in Name but nothing else, so split only there, or `\\rUid:` could begin a line."""
    (line,) = [line for line in status.split(b"\n") if line.startswith(key + b":\t")]
    return [int(number) for number in line.split()[1:]]


def units_of(cgroup: bytes) -> set[str]:
    """Return the system units that a process is in: below the slices, the first name that isn't a slice.

    Down to there only root creates cgroups: those delegated to a user are below user@UID.service, those of a container below a unit of its own. Two
    hierarchies that differ give two names.
    """
    names = set()
    for line in cgroup.split(b"\n"):
        _, controllers, path = (*line.split(b":", 2), b"", b"")[:3]
        if controllers in (b"", b"name=systemd") and path.strip(b"/"):
            inner = [part for part in path.split(b"/")[1:] if not part.endswith(b".slice")]
            # systemd prefixes _ to a name that could be a kernel attribute, and to one that already starts with _
            names.add(inner[0].decode("ascii", "replace").removeprefix("_") if inner else "")
    return names


def is_manager(cgroup: bytes, parent: int) -> bool:
    """Whether it is a user's service manager or its sd-pam, from which everything that the user starts would inherit.

    The user can move it out of its scope but not out of its service, where it is the only child of PID 1.
    """
    for line in cgroup.split(b"\n"):
        parts = line.split(b"/")
        for part, below in zip(parts, [*parts[1:], b""], strict=True):
            service = part.startswith(b"user@") and part.endswith(b".service")
            if service and (parent == 1 or below == b"init.scope"):
                return True
    return False


def runs(task: int, exe: bytes) -> bool:
    """Whether it runs this file, by name and by inode: in a private mount namespace, any program can be at /usr/sbin/sshd."""
    try:
        return os.readlink(b"exe", dir_fd=task) == exe and os.path.samestat(os.stat("exe", dir_fd=task), os.stat(exe))
    except OSError:
        return False


def check_process(task: int, want: Process, verb: str, asker: int, units: list[str]) -> None:
    """Raise RefusedError unless the process behind `task`, a descriptor of /proc/PID, is the intended one."""
    fields = after_comm(read_all("stat", task))
    status = read_all("status", task)
    cgroup = read_all("cgroup", task)
    uids = numbers_of(status, b"Uid")  # real, effective, saved, file system
    wrong = {
        "pid-1": want.pid == 1,
        "out-of-range": not LOWEST <= want.adj <= HIGHEST,
        "pid-reused": int(fields[19]) != want.start_time,
        "kernel-thread": int(fields[6]) & PF_KTHREAD,
        "gone": fields[0] in (b"Z", b"X"),
        "is-thread": numbers_of(status, b"Tgid") != [want.pid],
        "not-yours": verb == "own" and uids != [asker] * 4,
        "wrong-owner": want.uid is not None and uids != [want.uid] * 4,
        "wrong-exe": want.exe is not None and not runs(task, want.exe),
        "user-manager": verb != "unit" and not want.undo and is_manager(cgroup, int(fields[1])),
        "not-in-unit": verb == "unit" and units_of(cgroup) not in [{u} for u in units],
    }
    if found := [error for error, holds in wrong.items() if holds]:
        raise RefusedError(found[0])


def plainly(fd: int, value: int) -> bool:
    """Write without CAP_SYS_RESOURCE, as an owner does: the kernel's floor stays; return False for a value below it."""
    os.seteuid(NOBODY)
    try:
        os.write(fd, b"%d" % value)
    except PermissionError:
        return False
    finally:
        os.seteuid(0)
    return True


def lower(fd: int, before: int, adj: int) -> int | None:
    """Lower the value; return the former floor if a privileged write has moved it, else None. It can't be read afterwards.

    With the value, any owner of the process gets the right to set it again, and so do its children.
    """
    if plainly(fd, adj):
        return None
    floor, refused = before, adj
    while floor - refused > 1:
        middle = (floor + refused) // 2
        floor, refused = (middle, refused) if plainly(fd, middle) else (floor, middle)
    try:
        os.write(fd, b"%d" % adj)
    except OSError:
        plainly(fd, before)
        raise
    return floor


def give_back(fd: int, before: int, want: Process) -> None:
    """Restore the floor, and above it the value. Neither ends up lower than now."""
    if before < LOWEST:  # exempt, which no helper has done
        raise RefusedError("out-of-range")
    if want.adj < max(before, LOWEST if want.floor is None else want.floor):
        raise RefusedError("is-lowering")
    if want.floor is not None:
        if not plainly(fd, want.floor):
            raise RefusedError("is-lowering")
        os.write(fd, b"%d" % want.floor)
    plainly(fd, want.adj)


def adjust(answer: Answer, want: Process, *, proc: int, verb: str, asker: int, units: list[str]) -> None:
    """Set one process's oom_score_adj if every check passes."""
    # Use one descriptor from the check to the write: once its process is gone, it reaches no other.
    with opened(str(want.pid), FOLDER, proc) as task:
        check_process(task, want, verb, asker, units)
        with opened("oom_score_adj", os.O_RDWR, task) as fd:
            answer["from"] = before = int(os.pread(fd, 16, 0))
            if want.undo:
                give_back(fd, before, want)
            elif want.adj > before and verb != "unit":
                raise RefusedError("is-raise")
            # An equal value isn't written: root's write would take away the owner's right to go back to a lower one.
            elif want.adj != before and verb != "unit":
                answer["floor"] = lower(fd, before, want.adj)
            elif want.adj != before:
                os.write(fd, b"%d" % want.adj)  # as systemd does when the unit starts
            if int(os.pread(fd, 16, 0)) != want.adj:
                raise RefusedError("changed-meanwhile")


def only_root_writes(folder: int) -> None:
    found = os.fstat(folder)
    if found.st_uid != 0 or found.st_mode & 0o022:
        raise RefusedError("unsafe-path")


def is_ours(folder: int, was: int | None) -> bool:
    """Whether there is a drop-in. Raises RefusedError if it lacks our header, or differs from `was`."""
    text = b""
    with suppress(FileNotFoundError):
        regular = stat.S_ISREG(os.stat(DROP_IN, dir_fd=folder, follow_symlinks=False).st_mode)
        if not (regular and (text := read_all(DROP_IN, folder)).startswith(HEADER.encode())):
            raise RefusedError("not-ours")
    if was not in (None, crc32(text)):
        raise RefusedError("changed-since")
    return bool(text)


def clean(folder: int, proc: int) -> None:
    """Remove unfinished files left by killed helpers, whose processes no longer exist."""
    for name in os.listdir(folder):
        pid = name.removeprefix(UNFINISHED)
        if name.startswith(UNFINISHED) and re.fullmatch("[0-9]{1,10}", pid):
            try:
                os.stat(pid, dir_fd=proc)
            except FileNotFoundError:
                with suppress(OSError):  # another helper was faster, or it is a directory and not ours
                    os.unlink(name, dir_fd=folder)


def put(folder: int, want: Unit) -> None:
    """Install the drop-in atomically, even if the disk is full or the machine crashes."""
    unfinished = f"{UNFINISHED}{os.getpid()}"
    with suppress(FileNotFoundError):
        os.unlink(unfinished, dir_fd=folder)
    try:
        with opened(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, folder) as fd:
            if os.write(fd, want.text) != len(want.text):
                raise OSError(errno.ENOSPC, "short write")
            os.fsync(fd)
        is_ours(folder, want.was)
        os.rename(unfinished, DROP_IN, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)


def edit(_: Answer, want: Unit, root: str, proc: int) -> None:
    """Write the drop-in, or remove it, with its directory if that is empty and was made by us."""
    if want.name.startswith("user@"):  # everything that a user starts would inherit it
        raise RefusedError("user-manager")
    name = want.name + ".d"
    with ExitStack() as way:
        units = way.enter_context(opened("/", FOLDER))
        for part in root.strip("/").split("/"):
            units = way.enter_context(opened(part, FOLDER, units))
        only_root_writes(units)
        if want.text:
            with suppress(FileExistsError):
                os.mkdir(name, MADE, dir_fd=units)
        elif name not in os.listdir(units):
            return
        folder = way.enter_context(opened(name, FOLDER, units))
        try:
            only_root_writes(folder)
            clean(folder, proc)
            if want.text:
                put(folder, want)
            elif is_ours(folder, want.was):
                os.unlink(DROP_IN, dir_fd=folder)
            os.fsync(folder)
        finally:
            if os.fstat(folder).st_mode & stat.S_ISVTX:
                with suppress(OSError):  # fails while anything is in it
                    os.rmdir(name, dir_fd=units)
        os.fsync(units)


def spawn(command: list[str], *streams: tuple[int, int, int]) -> int:
    silence = [(os.POSIX_SPAWN_OPEN, stream, "/dev/null", os.O_RDWR, 0) for stream in (0, 1, 2)]
    return os.posix_spawn(command[0], command, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, file_actions=[*silence, *streams], setsigdef=STOPS)


def reload_manager(systemctl: str) -> bool:
    with suppress(OSError):
        return os.waitpid(spawn([systemctl, "daemon-reload"]), 0)[1] == 0  # it times out on a manager that doesn't answer
    return False


def of_journal(journalctl: str, since: str) -> Iterator[tuple[float, bytes]]:
    """Yield the kernel's log lines from the journal with their times in seconds since 1970; nothing without a journal."""
    inner, outer = os.pipe()
    with os.fdopen(inner, "rb") as entries, suppress(OSError):
        spawn([journalctl, *JOURNAL, f"--since={since[:10]} {since[11:-1]} UTC"], (os.POSIX_SPAWN_DUP2, outer, 1))
        os.close(outer)
        for found in filter(None, map(ENTRY.fullmatch, iter(lambda: entries.readline(1 << 16), b""))):
            yield float(found[1]), found[2]


def of_kmsg(kmsg: str) -> Iterator[tuple[float, bytes]]:
    """Yield the lines since boot that are still in the kernel's buffer, with their times."""
    boot, records = time.time() - time.monotonic(), b"-"
    with suppress(OSError), opened(kmsg, os.O_RDONLY | os.O_NONBLOCK) as fd:
        while records:
            with suppress(BrokenPipeError):  # overwritten before it was read: the next read gets the oldest one left
                records = os.read(fd, 1 << 16)  # the kernel returns one at a time
                for found in filter(None, map(RECORD.fullmatch, records.split(b"\n"))):
                    if int(found[1]) < 8:  # root's programs can also write here, under other facilities
                        text = re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes.fromhex(byte[1].decode()), found[3])
                        yield boot + int(found[2]) / 1e6, text


def reports(lines: Iterable[tuple[float, bytes]], since: str) -> deque[bytes]:
    """Return only the lines that belong to reports of kills, the newest ones. Unprintable characters become `?`."""
    kept: deque[bytes] = deque(maxlen=MOST_LINES)
    begun: list[float] = []
    for at, raw in lines:
        if time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) < since:
            continue
        text = "".join(one if one.isprintable() else "?" for one in raw[:LONGEST_LINE].decode("utf-8", "replace"))
        begun = [one for one in begun if 0 <= at - one <= LONGEST_REPORT]
        if BEGINS.fullmatch(text):
            begun.append(at)
        elif ENDS.fullmatch(text):
            del begun[-1:]
        elif not (ALONE.fullmatch(text) or (begun and BODY.fullmatch(text))):
            continue
        kept.append(f"{at:.6f} kernel: {text}\n".encode())
    return kept


def show_kills(since: str, asker: int, roots: Roots, send: Callable[[bytes], object]) -> int:
    """Send the reports from the journal, or else from the kernel's buffer; nothing if there was no kill."""
    roots.log(syslog.LOG_NOTICE, f"asked by uid {asker}, kills: since {since}")
    signal.alarm(PATIENCE)
    found = reports(of_journal(roots.journalctl, since), since) or reports(of_kmsg(roots.kmsg), since)
    roots.log(syslog.LOG_NOTICE, f"answered to uid {asker}, kills: {len(found)} lines")
    send(b"".join(found))
    return DONE


def serve(asked: Asked, asker: int, roots: Roots, send: Callable[[Answer], None]) -> int:
    """Serve a request on behalf of the uid `asker`, units first; each answer is sent once it is true."""
    (verb, wanted), status = asked, DONE

    def log(what: str, told: Answer) -> None:  # logs only validated values, and none can forge a line
        level = syslog.LOG_NOTICE if told.get("ok", True) else syslog.LOG_WARNING
        roots.log(level, f"{what} uid {asker}, {verb}: {json.dumps(told, default=bytes.decode)}")

    for want in wanted:  # before any change: the caller may kill this program at any moment, by its cgroup
        log("asked by", {key: value for key, value in want._asdict().items() if key != "exe"})
    with opened(roots.proc, FOLDER) as proc:
        units: dict[str, Answer] = {}
        for unit in (want for want in wanted if isinstance(want, Unit)):
            units[unit.name] = {"unit": unit.name, "path": f"{roots.units}/{unit.name}.d/{DROP_IN}"}
            attempt(units[unit.name], edit, unit, root=roots.units, proc=proc)
        edited = [name for name, answer in units.items() if answer["ok"]]
        if edited and not reload_manager(roots.systemctl):
            for name in edited:
                units[name].update(ok=False, error="reload-failed")
            edited = []
        for want in wanted:
            if isinstance(want, Unit):
                answer = units[want.name]
            else:
                answer = {"pid": want.pid, "start_time": want.start_time, "from": None, "to": want.adj, "floor": None}
                attempt(answer, adjust, want, proc=proc, verb=verb, asker=asker, units=edited)
            log("answered to", answer)
            send(answer)
            status = status if answer["ok"] else FAILED
    return status


def read_input() -> bytes:
    data = b""
    signal.alarm(PATIENCE)
    while len(data) <= MAX_INPUT and (more := os.read(0, MAX_INPUT + 1 - len(data))):
        data += more
    signal.alarm(0)
    return data


def write(data: bytes) -> None:
    signal.alarm(PATIENCE)
    while data:
        data = data[os.write(1, data) :]  # an answer is shorter than PIPE_BUF: written whole or not at all
    signal.alarm(0)


def settle(proc: str) -> int:
    """Reset what the caller may have passed on, and return the caller's uid."""
    for number in (*STOPS, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 0)  # execve(2) keeps timers, and each kills
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    for limit in (resource.RLIMIT_CPU, resource.RLIMIT_RTTIME):
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.umask(0o022)
    for fd in (0, 1, 2):
        os.fstat(fd)  # a closed one would become the next file opened
    asker = os.environ.get("PKEXEC_UID", "")
    if os.getresuid() != (0, 0, 0) or not re.fullmatch("[0-9]{1,10}", asker) or not whole("uid", int(asker)):
        raise RefusedError("this program is started by pkexec, as root")
    # The root of procfs is inode 1, and `self` is our PID in its PID namespace.
    if os.stat(proc).st_ino != 1 or os.readlink(proc + "/self") != str(os.getpid()):
        raise RefusedError("/proc is not the process table that this program is in")
    os.seteuid(NOBODY)
    try:
        with open(proc + "/self/status", "rb") as file:
            status = file.read()
    finally:
        os.seteuid(0)
    if not re.search(rb"\nCapEff:\t0+\n", status):  # securebits(7) can keep them, and `plainly` would have no effect
        raise RefusedError("this program can't lay down root's capabilities")
    return int(asker)


def main(argv: list[str], roots: Roots) -> int:
    stage = UNFIT
    try:
        asker = settle(roots.proc)
        stage = MALFORMED
        since = TIME.fullmatch(argv[2]) if argv[1:2] == ["kills"] and len(argv) == 3 else None
        asked = ("", []) if since else parse(argv[1:], read_input())
        stage = FAILED
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)  # finish what has begun: it is short
        syslog.openlog("oomtray-helper", syslog.LOG_PID, syslog.LOG_AUTHPRIV)
        if since:
            return show_kills(since[0], asker, roots, write)
        return serve(asked, asker, roots, lambda answer: write(json.dumps(answer).encode("ascii") + b"\n"))
    except RefusedError as refused:
        problem = str(refused)
    except BaseException:  # whatever it was: change nothing more, and show nothing more than this
        problem = "stopped by an unexpected error; what has no answer line was not reported"
    with suppress(OSError):
        os.write(2, f"oomtray-helper: {problem}\n".encode("ascii", "replace"))
    return stage


if __name__ == "__main__":
    os._exit(main(sys.argv, Roots()))
