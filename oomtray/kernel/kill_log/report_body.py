"""Parse a kernel report between its head and the kill: memory, zones, swap, and the task table.

Sources: mm/show_mem.c (lib/show_mem.c), mm/memcontrol.c and dump_tasks() of mm/oom_kill.c, since Linux
2.6.32.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.facts import Invoker, Zone
from oomtray.kernel.kill_log.task_table import A_ROW

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.open_report import OpenReport

_CPUSET = re.compile(r".{0,64}? ?cpuset=(\S+) mems_allowed=([\d,-]+)")
_CPU = re.compile(
    r"(?:CPU: \d+ (?:UID: \d+ )?PID: (\d{1,10}) Comm: |Pid: (\d{1,10}), comm: )(.{0,64}?) (?:Kdump: loaded )?(?:Not tainted|Tainted: .*?) ?(?:(\d)\.(\d{1,3})[.\d]*\S*.*)?$"
)
_LIMIT_OF = re.compile(
    r"(?:Tasks? in (.*?) killed as a result of limit of (?:(\S*[^\s>…])(?!\S))?)|Memory cgroup stats for (/.*?):(?: cache:.*)?$"
)
"""Without the limit's path where the line was cut within it."""
_USAGE = re.compile(
    r"(memory|memory\+swap|swap|kmem): usage (\d{1,20})kB, limit (\d{1,20})kB(?:, failcnt (\d{1,18}))?"
)
_FIRST_COLUMN = re.compile(r"\[\s*pid\s*\]")
_COLUMNS = re.compile(r".*\bname\b")
_ZONE = re.compile(
    r"(?:Node (\d{1,4}) )?(DMA|DMA32|Normal|HighMem|Movable|Device) free:(\d{1,15})kB .*?\bmin:(\d{1,15})kB"
)
_FREE_CMA = re.compile(r"free_cma:(\d{1,15})kB")  # without \b, which would make the search take twenty times as long
_BLOCKS = re.compile(r"(?:Node \d{1,4} )?(?:DMA|DMA32|Normal|HighMem|Movable): \d{1,12}\*(\d{1,4})kB")
_HUGE = re.compile(r"(?:Node \d{1,4} )?hugepages_total=(\d{1,12}) .*hugepages_size=(\d{1,12})kB")
_SWAP = re.compile(r"(Free|Total) swap\s*= (\d{1,15})kB")
_PAGES = re.compile(r"(\d{1,15}) (?:pages (?:of )?(RAM|reserved)|(reserved) pages)")
_ALL_FREE = re.compile(r"free:(?<![^ ]free:)(\d{1,15}) free_(?:pcp|cma):")  # a search for what begins with letters is much faster
_SLAB = re.compile(r"slab_unreclaimable:(\d{1,15})(?!\d|kB)")
_FILES = re.compile(r"mapped:(?<![^ ]mapped:)(\d{1,15}) shmem:(\d{1,15})(?!\d|kB)")
ONCE = ("CPU: ", "Hardware name: ", "Call Trace:", "Mem-Info:", "memory: usage ", "Tasks state ")
"""Beginnings of lines that each report has once, in order."""
_BEGINS_FACT = frozenset("0123456789NFTDHMhmsk")
_WORDS_OF_FACTS = ("pages", " free:", "*", "hugepages_total", " swap ", ": usage ")


def tells(text: str) -> bool:
    """Whether `take_body` may learn something from such a line."""
    return (
        (text[0] in _BEGINS_FACT and any(word in text for word in _WORDS_OF_FACTS))
        or "slab_unreclaimable" in text
        or "free:" in text
        or "shmem:" in text
        or "mem_cgroup_o" in text
        or "memory_max_w" in text
    )


def take_body(report: OpenReport, lines: list[str]) -> int:
    """Take lines of the forms that `runs` knows; return how many were informative."""
    told = 0
    for text in lines:
        if report.has_copy and report.is_twin(text):
            continue
        if text[0] in _BEGINS_FACT:
            told += _fact(report, text)
        elif "slab_unreclaimable" in text:
            told += _slab(report, text)
        elif "free:" in text:
            told += _all_free(report, text)
        elif "shmem:" in text:
            told += _files(report, text)
        elif "mem_cgroup_o" in text:
            told += _in_cgroup(report, text)
        elif "memory_max_w" in text:
            told += _lowered(report, text)
    return told


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
    if "shmem:" in text and "slab_" not in text:
        return _files(report, text)
    return (": usage " in text and _usage(report, text)) or ("slab_unreclaimable" in text and _slab(report, text))


def take_line(report: OpenReport, text: str) -> bool:
    """Take a line between the head and the kill; return whether it was recognized."""
    if report.table.columns:
        row = text.lstrip()
        if row.startswith("[") and A_ROW.match(row):
            report.table.add([row.encode("utf-8", "surrogatepass")])
            return True
    for word, handle in HANDLERS:  # noqa: SIM110 - for every line: a generator would take twice as long
        if word in text and handle(report, text):
            return True
    return False


def begins_part(text: str) -> bool:
    """Whether it is a line that a report has once, or a row."""
    return "omm: " in text or begins_table(text) or A_ROW.match(text.lstrip()) is not None


def begins_table(text: str) -> bool:
    first = _FIRST_COLUMN.search(text) if "pid" in text else None
    return first is not None and _COLUMNS.match(text, first.start()) is not None


def _columns(report: OpenReport, text: str) -> bool:
    first = _FIRST_COLUMN.search(text)
    found = first and _COLUMNS.match(text, first.start())
    if found is None or report.table.columns:
        return False
    report.table.columns = re.sub(r"\(\d+\)", "", found[0]).replace("[", " ").replace("]", " ").split()
    return True


def _cpu(report: OpenReport, text: str) -> bool:
    found = _CPU.match(text.strip())
    if found is None or report.release is not None or (report.chosen is not None and report.outcome != "panic"):
        return False  # once a process was chosen, another message follows
    asked, name = report.asks, " " + found[3].strip()
    # the beginning of a name may look like what precedes a message
    if asked is not None and not name.endswith((f" {asked}", f"]{asked}", f">{asked}")) and len(asked.encode()) < 16:
        return False  # an interleaved line of another report
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
    if found[1]:
        report.limit_path, report.cgroup, report.constraint = found[2], found[1], "memcg"
    else:
        report.limit_path = report.limit_path or found[3]
    return True


def _zone(report: OpenReport, text: str) -> bool:
    found = _ZONE.match(text.strip())
    if found is None:
        return _all_free(report, text)
    if len(report.zones) >= 4096:
        return False
    cma = _FREE_CMA.search(text)
    report.zones.append(
        Zone(int(found[1]) if found[1] else None, found[2], int(found[3]) << 10, int(found[4]) << 10, int(cma[1]) << 10 if cma else 0)
    )
    return True


def _blocks(report: OpenReport, text: str) -> bool:
    found = _BLOCKS.match(text.strip())
    if found is None:
        return False
    report.smallest_block = int(found[1]) if int(found[1]) in {4, 8, 16, 64, 256} else report.smallest_block
    if report.order and len(report.blocks) < 4096:
        report.blocks.append(text)
    return True


def _all_free(report: OpenReport, text: str) -> bool:
    """Take the free pages of the whole machine, even if zones of only some nodes follow (SHOW_MEM_FILTER_NODES)."""
    found = _ALL_FREE.search(text)
    if found is None:
        return False
    report.numbers.setdefault("free", int(found[1]))
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
    _all_free(report, text)  # syslog may join several of the kernel's lines
    _files(report, text)
    return True


def _files(report: OpenReport, text: str) -> bool:
    """Take the pages of files in memory that no process has mapped: mapped ones count as those of the processes."""
    found = _FILES.search(text)
    if found is None:
        return False
    report.numbers.setdefault("files", max(int(found[2]) - int(found[1]), 0))
    return True


def _in_cgroup(report: OpenReport, _text: str) -> bool:
    report.constraint = report.constraint or "memcg"
    return True


def _lowered(report: OpenReport, text: str) -> bool:
    report.lowered = report.lowered or "? " not in text  # which marks what an earlier call has left on the stack
    return True


HANDLERS = (
    ("pid", _columns), ("free:", _zone), ("*", _blocks), ("hugepages_total", _huge), (" swap ", _swap), ("pages", _pages),
    ("slab_unreclaimable", _slab), (" shmem:", _files), ("cpuset=", _cpuset), ("omm: ", _cpu), ("comm: ", _cpu), (": usage ", _usage),
    ("killed as a result", _limit_of), ("cgroup stats for", _limit_of), ("mem_cgroup_out_of_memory", _in_cgroup),
    ("mem_cgroup_oom_synchronize", _in_cgroup), ("memory_max_write", _lowered),
)  # fmt: skip
"""Words of the body that tell something, and what takes in a line with one of them."""
