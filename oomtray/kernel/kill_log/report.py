"""Reports of the kernel's OOM killer, from Linux 2.6.32 on (mm/oom_kill.c, mm/show_mem.c, mm/memcontrol.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.facts import Invoker, Killed

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.facts import Constraint
    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.kill_log.open_report import OpenReport
    from oomtray.kernel.kill_log.timeline import Timeline

_HEAD = re.compile(
    r"(.{0,64}?) invoked oom-killer(?:: gfp_mask=(0x[0-9a-f]+)[^,]*, (?:nodemask=[^ ]*, {1,2})?order=(-?\d{1,9}))?"
)
_AFTER_HEAD = ": gfp_mask="
_CPUSET = re.compile(r".{0,64}? ?cpuset=(\S+) mems_allowed=([\d,-]+)")
_CPU = re.compile(
    r"(?:CPU: \d+ (?:UID: \d+ )?PID: (\d{1,10}) Comm: |Pid: (\d{1,10}), comm: )(.{0,64}?) (?:Kdump: loaded )?(?:Not tainted|Tainted: .*?) ?(?:(\d)\.(\d{1,3})[.\d]*\S*.*)?$"
)
_SUMMARY = re.compile(r"oom-kill:constraint=CONSTRAINT_(NONE|MEMCG|CPUSET|MEMORY_POLICY)(.*)")
_LAST_PID = re.compile(r".*,pid=(\d{1,10})")
_LIMIT_OF = re.compile(
    r"(?:Tasks? in (.*?) killed as a result of limit of (\S+))|Memory cgroup stats for (/[^:]*):"
)
_USAGE = re.compile(
    r"(memory|memory\+swap|swap|kmem): usage (\d{1,20})kB, limit (\d{1,20})kB(?:, failcnt (\d{1,18}))?"
)
_KILL = re.compile(
    r"(?P<scope>[Oo]ut of [Mm]emory(?: \(oom_kill_allocating_task\))?|Memory cgroup out of memory)?:? ?"
    r"\bKilled process (?P<pid>\d{1,10}),?(?: UID (?P<old_uid>\d{1,10}),)? ?\((?P<name>.{0,64}?)\)(?P<rest>(?: total-vm| vsz|, UID|,|\.|$).*)"
)
_CHOSEN = re.compile(
    r"([Oo]ut of [Mm]emory|Memory cgroup out of memory)[^:]*: [Kk]ill process (\d{1,10}) \((.{0,64})\)(?: score \d+)? or"
)
_SHARING = re.compile(r"[Kk]ill process (\d{1,10}) \((.{0,64})\) sharing same memory")
_GROUP = re.compile(r"Tasks in (.*) are going to be killed due to memory\.oom\.group set")
_REAPED = re.compile(
    r"oom_reaper: (?:reaped process (\d{1,10})|unable to reap pid:(\d{1,10})) \((.{0,64}?)\)"
)
_SIZES = re.compile(r"(?=[a-z-]+:\d{1,18}kB|UID:\d{1,18} |oom_score_adj:)(anon-rss|file-rss|shmem-rss|total-vm|vsz|UID|oom_score_adj):(-?\d{1,18})")
"""With what follows a number, as a line that was cut may end within one."""
_ROW = re.compile(r"\[\s{0,12}(\d{1,10})\]\s{1,12}\d")
_FIRST_COLUMN = re.compile(r"\[\s*pid\s*\]")
_COLUMNS = re.compile(r".*\bname\b")
_ZONE = re.compile(
    r"(?:Node (\d{1,4}) )?(DMA|DMA32|Normal|HighMem|Movable|Device) free:(\d{1,15})kB .*?\bmin:(\d{1,15})kB"
)
_FREE_CMA = re.compile(r"\bfree_cma:(\d{1,15})kB")
_BLOCKS = re.compile(r"(?:Node \d{1,4} )?(?:DMA|DMA32|Normal|HighMem|Movable): \d{1,12}\*(\d{1,4})kB")
_HUGE = re.compile(r"(?:Node \d{1,4} )?hugepages_total=(\d{1,12}) .*hugepages_size=(\d{1,12})kB")
_SWAP = re.compile(r"(Free|Total) swap\s*= (\d{1,15})kB")
_PAGES = re.compile(r"(\d{1,15}) (?:pages (?:of )?(RAM|reserved)|(reserved) pages)")
_SLAB = re.compile(r"\bslab_unreclaimable:(\d{1,15})(?!\d|kB)")
_BEGINS_FACT = frozenset("0123456789NFTDHMhmsk")
_PANIC = re.compile(r"Kernel panic - not syncing: (?:[Oo]ut of memory|System is deadlocked on memory)")
_ALREADY = re.compile(r"OOM victim (\d{1,10}) \((.{0,64})\) is already exiting")
_CONSTRAINTS: dict[str, Constraint] = {
    "NONE": "none",
    "MEMCG": "memcg",
    "CPUSET": "cpuset",
    "MEMORY_POLICY": "mempolicy",
}
_IN_ONE_KILL = 5.0
"""Seconds that lie at most between two processes of one group."""
_QUOTES = ('"', "'", "`", "msg=")


class KernelReports:
    """Sort the kernel's lines into reports."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._manual = False
        self.report: OpenReport | None = None
        """In which the last line stands; None where that has told of its end, or there is none."""

    def take(self, line: Line) -> bool:
        """Whether it was one of theirs."""
        text = line.text
        self.report = None
        if self._begins(line, text) or self._ends(line, text):
            return True
        self.report = report = self._timeline.open_for(line)
        return report is not None and _body(report, text)

    def _begins(self, line: Line, text: str) -> bool:
        if "invoked oom-killer" in text:
            found = _HEAD.match(text)
            if found is None or _quoted(text, found.start()) or found[1].lstrip().startswith(_QUOTES):
                return False
            rest = text[found.end(1) + len(" invoked oom-killer") :].rstrip()
            if not (rest.startswith(_AFTER_HEAD) or _AFTER_HEAD.startswith(rest)):
                return False  # somebody writes of it
            self.report = report = self._timeline.begin(line)
            report.invoker = Invoker(pid=None, name=found[1].strip())
            report.mask = found[2] or ""
            report.order = int(found[3]) if found[3] else None
            report.manual = report.order == -1
            self._manual = False
            return True
        if "anual OOM execution" in text:
            self._manual = True
            return True
        if "OOM request ignored" in text:
            self._manual = False
            return True
        if "anic" in text and _PANIC.search(text):
            open_one = self._timeline.open_for(line) or self._timeline.last_for(line)
            report = (
                open_one
                if open_one is not None
                and (not open_one.ended or open_one.outcome == "nobody")
                and not open_one.victims
                else self._timeline.begin(line)
            )
            report.outcome = "panic"
            report.manual = report.manual or self._manual
            if "compulsory" not in text and report.constraint is None and not report.limit:
                report.constraint = "none"
            if self._manual:
                report.constraint = "none"
            self._manual = False
            return True
        if "o killable processes" in text and not _quoted(text, text.index("o killable processes")):
            report = self._timeline.open_for(line) or self._timeline.begin(line)
            report.outcome = "nobody"
            return True
        return False

    def _ends(self, line: Line, text: str) -> bool:
        if "ill" not in text and "oom" not in text:
            return False
        if "oom-kill:" in text[:24]:
            text = text[text.index("oom-kill:") :]
            report = self._timeline.open_for(line) or self._timeline.begin(line)
            _summary(report, text)
            return True
        if "Killed process" in text:
            found = _KILL.search(text)
            if found is not None and not _quoted(text, found.start()) and (found["scope"] or self._of_kernel(line, found)):
                self._killed(line, found)
                return True
        chosen = _CHOSEN.match(text) if "ill process " in text else None
        if chosen:
            report = self._timeline.open_for(line) or self._timeline.begin(line)
            report.chosen = int(chosen[2])
            _scope(report, chosen[1])
            return True
        shared = _SHARING.match(text) if "sharing same memory" in text else None
        if shared:
            last = self._timeline.open_for(line) or self._timeline.last_for(line)
            if last is not None:
                last.add_victim(Killed(pid=int(shared[1]), name=shared[2]))
            return True
        grouped = _GROUP.match(text) if "oom.group" in text else None
        if grouped:
            last = self._timeline.last_for(line)
            if last is not None and last.killer == "kernel":
                last.group, last.last_kill = True, line.uptime
                last.constraint = last.constraint or "memcg"
                last.limit_path = last.limit_path or grouped[1]
            return True
        reaped = _REAPED.match(text) if "oom_reaper" in text else None
        if reaped:
            self._reaped(line, int(reaped[1] or reaped[2]), reaped[3])
            return True
        if "OOM victim" in text and _ALREADY.search(text):
            report = self._timeline.open_for(line) or self._timeline.begin(line)
            report.outcome = "nobody"
            return True
        return False

    def _of_kernel(self, line: Line, found: re.Match[str]) -> bool:
        """Whether a line that doesn't say why may be the kernel's: other programs tell of what they have killed in the same words."""
        if _SIZES.search(found["rest"]):
            return True
        report = self._timeline.open_for(line)
        told = line.tag is not None or line.uptime is not None or report is not None
        return told and not line.text[: found.start()].strip()

    def _killed(self, line: Line, found: re.Match[str]) -> None:
        pid, rest = int(found["pid"]), found["rest"]
        sizes = {name: int(value) for name, value in _SIZES.findall(rest)}
        report = self._timeline.for_victim(line, pid)
        group = self._timeline.last_for(line)
        again = group is not None and group.group and _close(group.last_kill, line.uptime)
        if report is None or (report.ended and not again):
            report = group if again else None
        if report is None:
            report = self._timeline.begin(line)
        rss = [sizes[name] for name in ("anon-rss", "file-rss", "shmem-rss") if name in sizes]
        uid = sizes.get("UID", int(found["old_uid"]) if found["old_uid"] else None)
        report.add_victim(
            Killed(
                pid=pid,
                name=found["name"],
                freed=sum(rss) * 1024 if "anon-rss" in sizes else None,
                adj=sizes.get("oom_score_adj"),
                uid=uid,
                cgroup=report.cgroup if report.task in {None, pid} else None,
            )
        )
        space = sizes.get("total-vm", sizes.get("vsz"))
        pages = report.table.address_space(pid) if space else None
        if space and pages is not None:
            report.pages_and_kilobytes = (pages, space)
        report.outcome = "killed"
        report.last_kill = line.uptime
        if found["scope"] and not report.group:
            _scope(report, found["scope"])
        self._timeline.merge_asked(report, pid, found["name"])

    def _reaped(self, line: Line, pid: int, name: str) -> None:
        if self._timeline.knows(line, pid):
            return
        report = self._timeline.for_victim(line, pid)
        if report is None or report.ended:
            report = self._timeline.begin(line)
            report.reaped = True
        report.add_victim(Killed(pid=pid, name=name, cgroup=report.cgroup if report.task == pid else None))
        report.outcome = "killed"


def _scope(report: OpenReport, words: str) -> None:
    if words.startswith("Memory cgroup"):
        report.constraint = "memcg"


def _close(one: float | None, other: float | None) -> bool:
    return one is None or other is None or abs(one - other) <= _IN_ONE_KILL


def _quoted(text: str, at: int) -> bool:
    return any(quote in text[:at] for quote in _QUOTES)


def _summary(report: OpenReport, text: str) -> None:
    found = _SUMMARY.match(text)
    if found is None:
        return
    report.constraint = _CONSTRAINTS[found[1]]
    before, _, rest = found[2].partition(",task_memcg=")
    cgroup, named, rest = rest.partition(",task=")
    pid = _LAST_PID.match(rest) if named else None  # a task may have any name
    if pid:
        _, limited, path = before.partition(",oom_memcg=")
        report.limit_path = report.limit_path or (path if limited else None)
        report.cgroup, report.task = cgroup, int(pid[1])


def take_body(report: OpenReport, lines: list[str]) -> int:
    """Take lines of the forms that `runs` knows; how many of them told nothing."""
    told = 0
    for text in lines:
        if text[0] in _BEGINS_FACT:
            told += _fact(report, text)
        elif "slab_unreclaimable" in text:
            told += _slab(report, text)
        elif "mem_cgroup_o" in text:
            told += _in_cgroup(report, text)
    return len(lines) - told


def _fact(report: OpenReport, text: str) -> bool:
    begin = text[0]
    if begin.isdigit():
        return _pages(report, text)
    if " free:" in text:
        return _zone(report, text)
    if "*" in text:
        return _blocks(report, text)
    if "hugepages_total" in text:
        return _huge(report, text)
    if " swap " in text:
        return _swap(report, text)
    return ": usage " in text and _usage(report, text)


def _body(report: OpenReport, text: str) -> bool:
    """Take what stands between the head and the kill; whether it was anything."""
    if report.table.columns:
        row = text.lstrip()
        if row.startswith("[") and _ROW.match(row):
            report.table.add((row,))
            return True
    return any(word in text and handle(report, text) for word, handle in _HANDLERS)


def _columns(report: OpenReport, text: str) -> bool:
    first = _FIRST_COLUMN.search(text)
    found = first and _COLUMNS.match(text, first.start())
    if found is None or report.table.rows:
        return False
    report.table.columns = re.sub(r"\(\d+\)", "", found[0]).replace("[", " ").replace("]", " ").split()
    return True


def _cpu(report: OpenReport, text: str) -> bool:
    found = _CPU.match(text.strip())
    if found is None or report.release is not None:
        return False
    if report.invoker is not None and report.invoker.name != found[3].strip() and len(report.invoker.name.encode()) < 16:
        return False  # another report's, that came in between
    report.invoker = Invoker(pid=int(found[1] or found[2]), name=found[3])
    if found[4]:
        report.release = (int(found[4]), int(found[5]))
    return True


def _cpuset(report: OpenReport, text: str) -> bool:
    found = _CPUSET.match(text)
    if found is None:
        return False
    report.cpuset, report.nodes_allowed = found[1], found[2]
    return True


def _usage(report: OpenReport, text: str) -> bool:
    found = _USAGE.match(text.strip())
    if found is None:
        return False
    usage, limit = int(found[2]), int(found[3])
    if found[1] == "memory":
        report.limit.update(usage=usage, limit=limit)
        if found[4]:
            report.limit["failcnt"] = int(found[4])
    elif found[1] == "swap":
        report.limit["swap"] = limit
    elif found[1] == "memory+swap" and "limit" in report.limit and limit:
        report.limit["swap"] = max(limit - report.limit["limit"], 0)
    return True


def _limit_of(report: OpenReport, text: str) -> bool:
    found = _LIMIT_OF.match(text.strip())
    if found is None:
        return False
    if found[2]:
        report.limit_path, report.cgroup, report.constraint = found[2], found[1], "memcg"
    else:
        report.limit_path = report.limit_path or found[3]
    return True


def _zone(report: OpenReport, text: str) -> bool:
    found = _ZONE.match(text.strip())
    if found is None or len(report.zones) >= 4096:
        return False
    cma = _FREE_CMA.search(text)
    values = {"free": int(found[3]), "min": int(found[4]), "free_cma": int(cma[1]) if cma else 0}
    report.zones.append((int(found[1]) if found[1] else None, found[2], values))
    return True


def _blocks(report: OpenReport, text: str) -> bool:
    found = _BLOCKS.match(text.strip())
    if found is None:
        return False
    report.smallest_block = int(found[1]) if int(found[1]) in {4, 8, 16, 64, 256} else report.smallest_block
    return True


def _huge(report: OpenReport, text: str) -> bool:
    found = _HUGE.match(text.strip())
    if found is None:
        return False
    report.numbers["huge pages kB"] = report.numbers.get("huge pages kB", 0) + int(found[1]) * int(found[2])
    return True


def _swap(report: OpenReport, text: str) -> bool:
    found = _SWAP.search(text)
    if found is None:
        return False
    report.numbers[f"swap {found[1].lower()} kB"] = int(found[2])
    return True


def _pages(report: OpenReport, text: str) -> bool:
    found = _PAGES.match(text.strip())
    if found is None:
        return False
    report.numbers[(found[2] or found[3]).lower()] = int(found[1])
    return True


def _slab(report: OpenReport, text: str) -> bool:
    found = _SLAB.search(text)
    if found is None:
        return False
    report.numbers.setdefault("slab", int(found[1]))
    return True


def _in_cgroup(report: OpenReport, _text: str) -> bool:
    report.constraint = report.constraint or "memcg"
    return True


_HANDLERS = (
    ("pid ", _columns), (" free:", _zone), ("*", _blocks), ("hugepages_total", _huge), (" swap ", _swap), ("pages", _pages),
    ("slab_unreclaimable", _slab), ("cpuset=", _cpuset), ("omm: ", _cpu), ("comm: ", _cpu), (": usage ", _usage),
    ("killed as a result", _limit_of), ("cgroup stats for", _limit_of), ("mem_cgroup_out_of_memory", _in_cgroup),
    ("mem_cgroup_oom_synchronize", _in_cgroup),
)  # fmt: skip
