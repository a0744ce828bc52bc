"""Recognize where reports of the kernel's OOM killer begin and end, and their victims.

Source: mm/oom_kill.c since Linux 2.6.32.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log import kernel_words
from oomtray.kernel.kill_log.chosen import Chosen
from oomtray.kernel.kill_log.facts import Invoker, Killed
from oomtray.kernel.kill_log.quotations import is_quotation, is_quoted, is_told
from oomtray.kernel.kill_log.report_body import ONCE, begins_part, begins_table, take_line
from oomtray.kernel.kill_log.timeline import Timeline, paused, same_place, soon

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.kill_log.open_report import OpenReport
    from oomtray.kernel.killer_names import Constraint

_CONSTRAINTS: dict[str, Constraint] = {
    "NONE": "none",
    "MEMCG": "memcg",
    "CPUSET": "cpuset",
    "MEMORY_POLICY": "mempolicy",
}
_WORKERS = ("kworker/", "events/")
"""Beginnings of the names of those who kill for the magic SysRq key, before Linux 4.3 with an order like any other."""
_AFTER_KEY = 60.0
"""Most seconds between that key and its kill."""
_AFTER_PANIC = 4
"""Lines after a panic among which one names the running task."""


class KernelReports:
    """Sorts the kernel's lines into reports."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._manual = False
        self._pressed: tuple[float | None, float | None] = None, None
        """Uptime and time when the key was pressed."""
        self._panicked: OpenReport | None = None
        """The panic whose next lines may name the running task (kernel/panic.c: dump_stack follows its message)."""
        self._until_told = 0
        """How many more lines are checked for that."""
        self.report: OpenReport | None = None
        """The report of the last line; None if that line ended it or belonged to none."""

    def state(self) -> object:
        """Part of `Reading.state`."""
        return self._manual, self._pressed, self._until_told

    @property
    def expects(self) -> bool:
        """Whether the next line must be read, whatever it contains."""
        return self._until_told > 0

    def take(self, line: Line) -> bool:
        """Take a line; return whether it belonged to a report."""
        text = line.text
        self.report = None
        if self._begins(line, text) or self._ends(line, text):
            return True
        if self._until_told and self._who_ran(line):
            return True
        self.report = report = self._timeline.open_for(line)
        if report is None:
            return False
        if report.has_copy and report.is_twin(text):
            return True
        if report.beside is not None and not report.mixed:
            self._beside(report, line)
        return take_line(report, text) or self._of_another(report, line, text)

    def _who_ran(self, line: Line) -> bool:
        panicked, self._until_told = self._panicked, self._until_told - 1
        if panicked is None or not line.text.startswith("CPU: ") or not same_place(panicked, line):
            return False
        self._until_told = 0
        return take_line(panicked, line.text)

    def _beside(self, report: OpenReport, line: Line) -> None:
        """Detect mixed reports: what a report has once, but repeated or out of order, is another report's."""
        place = next((place for place, word in enumerate(ONCE, start=1) if line.text.startswith(word)), 0)
        place = place or (len(ONCE) + 1 if begins_table(line.text) else 0)
        assert report.beside is not None
        if place > report.beside:
            report.beside = place
        elif place:
            for other in self._timeline.open_before(line, report):
                other.mixed = report.mixed = True

    def _of_another(self, report: OpenReport, line: Line, text: str) -> bool:
        """Give a line that the last open report can't contain to an earlier one that is still open."""
        if not begins_part(text):
            return False
        for other in self._timeline.open_before(line, report):
            if take_line(other, text):
                other.mixed = report.mixed = True
                return True
        report.left = report.left or begins_table(text)  # a table whose report has lost its head
        return False

    def _begins(self, line: Line, text: str) -> bool:
        if " oom-killer: gfp 0x" in text and self._begins_as_openvz(line, text):
            return True
        if "invoked oom-killer" in text:
            return self._begins_at_head(line, text)
        if "anual OOM execution" in text:
            self._manual, self._pressed = True, (line.uptime, line.time)
            return True
        if "OOM request ignored" in text:
            self._manual = False
            return True
        panic = kernel_words.PANIC.search(text) if "anic" in text else None
        if panic is not None and not is_told(text, panic.start()):
            self._panics(line, text)
            return True
        if "o killable processes" in text and not is_told(text, text.index("o killable processes")):
            report = self._timeline.open_for(line) or self._timeline.begin(line)
            report.outcome = "nobody"
            return True
        return False

    def _begins_at_head(self, line: Line, text: str) -> bool:
        found = kernel_words.HEAD.match(text)
        if found is None or is_quotation(line, found):
            return False
        rest = text[found.end(1) + len(" invoked oom-killer") :].rstrip()
        if not (rest.startswith(kernel_words.AFTER_HEAD) or kernel_words.AFTER_HEAD.startswith(rest)):
            return False  # text about the killer, not a report
        if found[4] is not None and kernel_words.AFTER_ORDER.match(text, found.end()) is None:
            return False
        if len(found[1].encode()) > kernel_words.LONGEST_NAME and is_quoted(found[1], len(found[1])):
            return False  # another program's words
        last = self._timeline.last_for(line)
        if last is not None and last.head == line and not last.ended and last.release is None and (line.time is not None or line.uptime is not None):
            last.has_copy = True  # as if syslog received each line twice
            last.heads += line.uptime is None
            self.report = last
            return True
        self.report = report = self._timeline.begin(line)
        report.head = line
        if any(self._timeline.open_before(line, report)):
            report.beside = 0
        name = kernel_words.OF_A_STAMP.sub("", found[1].rpartition("kernel: ")[2]).strip()
        name = name if len(name.encode()) <= kernel_words.LONGEST_NAME else kernel_words.BEFORE_NAME.sub("", name)
        report.invoker = Invoker(pid=None, name=name) if name and re.fullmatch(kernel_words.NAME, name) else None  # the next line may tell
        report.mask = found[2] or ""
        report.order = int(found[4]) if found[4] else None
        report.nodes_of_policy = found[3]
        report.manual = report.order == -1 or (self._manual and name.startswith(_WORKERS))
        self._manual = False
        return True

    def _panics(self, line: Line, text: str) -> None:
        last = self._timeline.last_for(line)
        if text.startswith(kernel_words.PANIC_ENDS) and last is not None and last.outcome == "panic":
            return
        open_one = self._timeline.open_for(line) or self._timeline.last_for(line)
        report = (
            open_one
            if open_one is not None
            and (not open_one.ended or open_one.outcome == "nobody")
            and not open_one.victims
            else self._timeline.begin(line)
        )
        report.outcome = "panic"
        if report.invoker is None and self._manual:  # otherwise its head was cut off, and the running task with it
            self._panicked, self._until_told = report, _AFTER_PANIC
        report.manual = report.manual or self._manual
        if "compulsory" not in text and report.constraint is None and not report.limit:
            report.constraint = "none"
        if self._manual:
            report.constraint = "none"
        self._manual = False

    def _begins_as_openvz(self, line: Line, text: str) -> bool:
        found = kernel_words.OPENVZ_HEAD.match(text)
        if found is None:
            return False
        self.report = report = self._timeline.begin(line)
        report.invoker = Invoker(pid=int(found[1]), name=found[2])
        report.mask, report.order, self._manual = found[3], int(found[4]), False
        return True

    def _ends(self, line: Line, text: str) -> bool:
        if "ill" not in text and "oom" not in text:
            return False
        text = text.lstrip()  # a mail or a page may have indented it
        if "oom-kill:" in text[:24]:
            text = text[text.index("oom-kill:") :]
            self._summary(line, text)
            return True
        if "illed process" in text:
            found = kernel_words.KILL.search(text)
            if found is not None and not is_told(text, found.start()) and (found["scope"] or self._of_kernel(line, found)):
                self._killed(line, found)
                return True
            cut = kernel_words.KILL_CUT.match(text)
            if cut is not None:
                self._chosen(line, Chosen(int(cut[2]), "", or_child=False) if cut[2] else None, cut[1])
                return True
        chosen = kernel_words.CHOSEN.search(text) if "ill process " in text else None
        if chosen and ("OOMKilling" in text or not is_told(text, chosen.start())):  # kubectl shows that before it
            self._chosen(line, Chosen(int(chosen[2]), chosen[3], or_child=True), chosen[1])
            return True
        shared = kernel_words.SHARING.match(text) if "sharing same memory" in text else None
        if shared:
            just = (event for event in self._timeline.recent(line, "kernel") if event.outcome == "killed" and soon(event, line))
            last = next(just, None) or self._timeline.open_for(line)
            if last is not None:
                last.add_victim(Killed(pid=int(shared[1]), name=shared[2]))
                last.outcome = "killed"
            return True
        grouped = kernel_words.GROUP.match(text) if "oom.group" in text else None
        if grouped:
            self._group(line, grouped[1])
            return True
        reaped = kernel_words.REAPED.match(text) if "oom_reaper" in text else None
        if reaped:
            self._reaped(line, int(reaped[1] or reaped[2]), reaped[3])
            return True
        if "OOM victim" in text and kernel_words.ALREADY.search(text):
            last = self._timeline.last_for(line)
            if last is None or not last.group or not soon(last, line):  # else it is another one of that group
                report = self._timeline.open_for(line) or self._timeline.begin(line)
                report.outcome = "ending"
            return True
        return False

    def _chosen(self, line: Line, choice: Chosen | None, words: str) -> None:
        report = self._timeline.for_choice(line, None if choice is None else choice.pid) or self._begun_without_head(line)
        if choice is not None:
            report.chosen, report.choice = choice.pid, choice
        _scope(report, words)

    def _begun_without_head(self, line: Line) -> OpenReport:
        """Begin a report without its head, as the kernel or a search may leave it out."""
        report = self._timeline.begin(line)
        known = [now - then for now, then in zip((line.uptime, line.time), self._pressed, strict=True) if now is not None and then is not None]
        report.manual = self._manual and all(0.0 <= past <= _AFTER_KEY for past in known)
        self._manual = False
        return report

    def _summary(self, line: Line, text: str) -> None:
        found = kernel_words.SUMMARY.match(text.replace(", ", ","))  # as where it was broken between fields
        before, _, rest = ("" if found is None else found[2]).partition(",task_memcg=")
        cgroup, named, rest = rest.partition(",task=")
        told = kernel_words.LAST_PID.match(rest) if named else None  # a task may have any name
        pid = int(told[1]) if told else None
        report = self._timeline.for_choice(line, pid) or self._timeline.just_killed(line, pid, cgroup) or self._begun_without_head(line)
        if found is not None:
            report.constraint = _CONSTRAINTS[found[1]]
        if pid is not None:
            _, limited, path = before.partition(",oom_memcg=")
            report.limit_path = path if limited else report.limit_path
            report.cgroup, report.task = cgroup, pid
            report.owner = int(told[2]) if told is not None and told[2] else None
            if told is not None and rest.startswith(",", told.end(1)):  # else the PID may be cut
                report.choice = Chosen(pid, rest[: told.start(1) - len(",pid=")], or_child=False)

    def _of_kernel(self, line: Line, found: re.Match[str]) -> bool:
        """Whether a line without a reason may be the kernel's; other programs use the same words."""
        if kernel_words.SIZES.search(found["rest"]):
            return True
        report = self._timeline.open_for(line)
        told = line.tag is not None or line.uptime is not None or report is not None
        return told and not line.text[: found.start()].strip()

    def _killed(self, line: Line, found: re.Match[str]) -> None:
        pid, rest = int(found["pid"]), found["rest"]
        sizes = {name: int(value) for name, value in kernel_words.SIZES.findall(rest)}
        self._timeline.has_kills = True
        self._timeline.drop_retold(line, pid, found["name"])
        report = self._timeline.for_victim(line, pid)
        if self._timeline.drop_copy(line, pid, found["name"]):
            return
        if (report is None or report.ended) and self._timeline.is_again(line, pid, found["name"]):
            return
        if report is None or report.ended:
            report = self._group_of(line, pid, found["scope"] or "")
        if report is None:
            report = self._begun_without_head(line)
            report.of_any_kind = found["openvz"] is not None and not found["scope"]
        rss = [sizes[name] for name in ("anon-rss", "file-rss", "shmem-rss", "rss") if name in sizes]
        told = found["old_uid"] or (report.owner if report.task == pid else None)
        of_redhat = kernel_words.UID_BEFORE.match(rest)
        told = of_redhat[1] if of_redhat else told
        uid = sizes.get("UID", None if told is None else int(told))
        report.add_victim(
            Killed(
                pid=pid,
                name=found["name"],
                freed=sum(rss) * 1024 if sizes.keys() & {"anon-rss", "rss"} else None,
                adj=sizes.get("oom_score_adj"),
                uid=uid,
                cgroup=report.cgroup if report.task in {None, pid} else None,
            )
        )
        space = sizes.get("total-vm", sizes.get("vsz"))
        pages = report.table.address_space(pid) if space and report.smallest_block is None else None
        if space and pages is not None:
            report.pages_and_kilobytes = (pages, space)
        report.outcome, report.latest = "killed", pid
        if report.time is None and report.uptime is None:  # its first line was copied without its beginning
            report.time, report.uptime = line.time, line.uptime
        report.last_kill, report.told_at = line.uptime, line.time
        if found["scope"] and not report.group:
            _scope(report, found["scope"])
        elif found["scope"] and not report.before_group and found["scope"].startswith("Out"):
            report.of_machine, report.constraint, report.limit_path = True, None, None  # its beginning is missing
        self._timeline.merge_asked(report, pid, found["name"])
        self._timeline.drop_told_by_unit(report, line)

    def _group_of(self, line: Line, pid: int, words: str) -> OpenReport | None:
        """Return the group that is being killed whole if this process may be one of it, rather than killed for itself."""
        group = self._timeline.last_for(line)
        if group is None or not group.group or not soon(group, line):
            return None
        if words and (group.of_machine if "cgroup" in words else group.constraint == "memcg"):
            return None  # each of a group is killed with the same words
        table = group.table
        # all of a group are killed without a pause, so that the table needn't be searched for each
        stranger = table.count and not table.cut and not group.mixed and paused(group, line) and table.row(pid) is None
        return None if stranger else group

    def _group(self, line: Line, path: str) -> None:
        last = self._timeline.last_for(line)
        if last is None or not last.victims or not soon(last, line):
            last = self._timeline.begin(line)  # its beginning is missing
        elif (first := last.give_latest()) is not None:
            before, last = last, self._timeline.begin(line)
            last.constraint, last.of_machine, last.outcome = before.constraint, before.of_machine, "killed"
            last.add_victim(first)
        last.before_group = len(last.victims)
        last.group, last.last_kill, last.told_at = True, line.uptime, line.time
        last.constraint = last.constraint or (None if last.of_machine else "memcg")
        if last.constraint == "memcg":
            last.limit_path = last.limit_path or path

    def _reaped(self, line: Line, pid: int, name: str) -> None:
        if self._timeline.knows(line, pid):
            return
        report = self._timeline.for_victim(line, pid)
        if report is None or report.ended:
            report = self._timeline.begin(line)
            report.of_any_kind = report.retold = True
        report.add_victim(Killed(pid=pid, name=name, cgroup=report.cgroup if report.task == pid else None))
        report.outcome = "killed"
        self._timeline.merge_asked(report, pid, name)


def _scope(report: OpenReport, words: str) -> None:
    if "cgroup" in words or " in UB" in words:
        report.constraint = "memcg"
    elif words.startswith("No available"):  # Linux 2.6
        report.constraint = "cpuset" if words.endswith("cpuset") else "mempolicy"
    elif words.startswith("Out"):  # else a line's end stands before it
        report.of_machine = True
        report.constraint = None if report.constraint == "memcg" else report.constraint  # told by another report's line
        report.allocating = report.allocating or "allocating_task" in words
