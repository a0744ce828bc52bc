"""Parse the kill messages of systemd-oomd (249 to 261), systemd, earlyoom, nohang, Android's lowmemorykiller and Kubernetes.

Announcements without a kill are ignored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.android import of_lmkd
from oomtray.kernel.kill_log.facts import Invoker, Killed
from oomtray.kernel.kill_log.timeline import Timeline, by_units_at_once, comes_before
from oomtray.systemd.unit_names import group_name, unescape

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.lines import Line
    from oomtray.kernel.killer_names import Killer

_OOMD = re.compile(r"(?:(Killed)|Marked) (/.{0,4000}?) (?:for killing )?due to (.*)")
_OOMD_TRY = re.compile(r"oomd attempting to kill (\d{1,10}) with KILL")
_OOMD_FAILED = re.compile(r"Failed to kill (?:any )?cgroup")
_UNIT_OOMD = re.compile(r"(\S{1,256}): systemd-oomd killed (\d{1,9}|some)\b")
_UNIT_KERNEL = re.compile(
    r"(\S{1,256}): (?:A process of this unit has been |The kernel OOM killer )"
)
"""The latter in newer versions. journalctl may have cut the end to the terminal's width."""
_UNIT_FAILED = re.compile(r"(\S{1,256}): Failed with result 'oom-kill'")
_RELOADED = re.compile(r"Reloading finished in \d")
"""systemd 256 and 257 then forget how many kills they know of in a cgroup, and tell of all those in a slice once more."""
_OF_UNITS: tuple[Killer, ...] = ("kernel", "systemd-oomd")
_OF_USER = re.compile(r"user@(\d{1,10})\.service")
_TOP_SLICES = frozenset({"user", "system", "machine"})
_PRESSURE_OF = re.compile(r"memory pressure for (/\S*) be")
_SENDING = re.compile(
    r"sending SIG(?:TERM|KILL) to process (\d{1,10})(?: uid (\d{1,10}))? \"(.{0,64}?)\"(?::(?=\s*$|\s+(?:badness|oom_score|VmRSS|cmdline)\b)|$)(?:[^\"]{0,40}?\boom_score_adj (-?\d{1,4}),)?(?:.*?VmRSS (\d{1,9}) MiB)?(?:.*?cmdline \"(.*)\")?"
)
_KILLING = re.compile(
    r"[Kk]illing process:? (?:(\d{1,10}) \"(.{0,64}?)\"|'?(.{0,64}?)'?)(?: with signal '?(?:15|9|SIGTERM|SIGKILL)'?|(?=, pid: \d))(?:, pid: (\d{1,10}))?.*?VmRSS:? (\d{1,9}) MiB"
)
_OLDEST = re.compile(r"Killing process (\d{1,10}) (?:\((.{0,64}?)\)|\(?(?!['\"(])(.{1,64}?))(?: with badness .*)?$")
"""Before earlyoom 1.2; older ones have the name in parentheses, or up to its first blank."""
_OLDEST_WARNS = re.compile(r"Out of memory! avail:")
"""The line before, which tells that a line without a tag is earlyoom's."""
_LOW_MEMORY = "lowmemorykiller: "
_LOW = re.compile(r"Killing '(.{0,64}?)' \((\d{1,10})\)(?: \(tgid \d+\))?, adj -?\d+,(?: score_adj (-?\d{1,4}),)?([\s\S]*)|send sigkill to (\d{1,10}) \((.{0,64}?)\), adj ")
_LOW_FOR = re.compile(r"\s*to free (\d{1,12})kB on behalf of '(.{0,64}?)' \((\d{1,10})\) because")
_KUBELET = re.compile(r"(?:System|Cgroup) OOM encountered, victim process: (.{1,64}?), pid: (\d{1,10})\b")
"""An event of Kubernetes' kubelet, which has read it in the kernel's log."""
_OF_KUBELET = frozenset({None, "kernel", "kubelet", "k3s"})
_EXITED = re.compile(r"process (?:(\d{1,10}) )?exited after")
_FAILED = re.compile(r"process \d+ did not exit|kill failed|[Cc]ould not kill|dryrun")
_NOHANG_OF = re.compile(r"PID: (\d{1,10}), [Nn]ame: (.{0,64}?), badness")
_NOHANG_SENT = re.compile(r"\s*Sen(?:ding|d) SIG(?:TERM|KILL) to (?:the victim|.{0,80}?\bPID:? (\d{1,10}))")
_NOHANG_TRIES = re.compile(r"\s*Preventing OOM: trying to send the SIG(?:TERM|KILL) signal to (.{1,64}),\s*$")
_NOHANG_TRIED = re.compile(r"\s*Pid: (\d{1,10}), Badness: -?\d{1,6}, VmRSS: (\d{1,9}) MiB")
_NOHANG_DID = re.compile(r"\s*(?:Result: )?Success(?:;|\s*$)")
"""Its first versions, in three lines."""
_NOHANG_DEAD = re.compile(r"\s*(?:The )?victim (?:died|has died|is dead|became a zombie)", re.IGNORECASE)
_NOHANG_IN_VAIN = re.compile(r"\s*(?:Selected process died before corrective action|Cannot send a signal: \w{1,40})\s*$")
_NOHANG_RSS = re.compile(r"\s*(?:Victim )?VmRSS: +(\d{1,12}) (KiB|MiB)")


class DaemonLogs:
    """Takes the lines of killers other than the kernel."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._tried: list[int] = []
        self._nohang: tuple[int, str] | None = None
        self._nohang_rss: int | None = None
        self._warned = False
        """Whether the last line that was read is `_OLDEST_WARNS`."""
        self._tries: str | None = None
        """Name of whom nohang's first versions try to signal."""

    def state(self) -> object:
        """Part of `Reading.state`."""
        return self._tried, self._nohang, self._nohang_rss, self._tries, self._warned

    def take(self, line: Line) -> bool:
        """Take a line; return whether it was recognized."""
        tag, text = line.tag, line.text
        of_android = tag == _LOW_MEMORY[:-2] or text.startswith((_LOW_MEMORY, "  "))
        if of_android and self._low_memory(line, text.removeprefix(_LOW_MEMORY)):
            return True
        if "encountered" in text and tag in _OF_KUBELET and self._kubelet(line):
            return True
        # most lines have none of these words, and searching for them is cheaper than a pattern
        if tag in {None, "systemd-oomd"} and ("due" in text or "ill" in text) and self._oomd(line):
            return True
        if tag in {None, "systemd"}:
            if text.startswith("Re") and _RELOADED.match(text):
                self._timeline.reloaded(line)
                return False
            if "ill" in text and self._unit(line):
                return True
        if tag in {None, "earlyoom"} and ("process" in text or "ill" in text or "dryrun" in text) and self._earlyoom(line):
            return True
        self._warned = text.startswith("Out") and _OLDEST_WARNS.match(text) is not None
        if tag is not None and not tag.startswith("nohang"):
            return False
        return ("ictim" in text or "SIG" in text or "RSS" in text or "badness" in text or "Success" in text or "orrective" in text or "signal:" in text) and self._nohang_line(line)

    def _oomd(self, line: Line) -> bool:
        text = line.text
        found = _OOMD.match(text)
        if found:
            path = found[2]
            if found[1] and self._marked(line, path):
                return True
            event = self._timeline.begin(line, "systemd-oomd")
            event.outcome = "killed" if found[1] else "likely"
            of = _PRESSURE_OF.match(found[3])
            event.limit_path = of[1] if of else None
            for pid in self._tried:
                event.add_victim(_of_cgroup(path, pid))
            if not self._tried:
                event.add_victim(_of_cgroup(path, None))
            self._tried = []
            return True
        tried = _OOMD_TRY.match(text)
        if tried:
            self._tried = [*self._tried, int(tried[1])][-4096:]
            return True
        if _OOMD_FAILED.match(text):
            self._tried = []
            last = next(self._timeline.recent(line, "systemd-oomd"), None)
            if last is not None and last.outcome == "likely":
                last.dropped = True
            return True
        return False

    def _marked(self, line: Line, path: str) -> bool:
        """Whether the killed cgroup was already reported when it was chosen."""
        for event in self._timeline.recent(line, "systemd-oomd"):
            if event.outcome == "likely" and event.victims[0].cgroup == path:
                event.outcome = "killed"
                return True
        return False

    def _low_memory(self, line: Line, text: str) -> bool:
        """Take a line of Android's daemon, or of old kernels' lowmemorykiller, which logs the reason on another line."""
        by_daemon = of_lmkd(text) if line.tag == _LOW_MEMORY[:-2] else None
        if by_daemon is not None:
            event = self._timeline.begin(line, "lmkd")
            event.outcome = "killed"
            event.add_victim(by_daemon)
            return True
        found = _LOW.match(text)
        if found is not None:
            event = self._timeline.begin(line)
            event.outcome = "killed"
            event.add_victim(Killed(pid=int(found[2] or found[5]), name=found[1] if found[2] else found[6], adj=_number(found[3])))
            text = (found[4] or "").replace("\\x0a", "\n")  # as dmesg writes the end of a line within a message
        reason = _LOW_FOR.match(text)
        last = self._timeline.last_for(line)
        if reason is not None and last is not None and last.invoker is None and len(last.victims) == 1 and last.task is None:
            last.invoker = Invoker(pid=int(reason[3]), name=reason[2])
            last.victims[0] = last.victims[0]._replace(freed=int(reason[1]) << 10)
        return found is not None or reason is not None

    def _kubelet(self, line: Line) -> bool:
        found = _KUBELET.search(line.text)
        if found is None:
            return False
        name, pid = found[1], int(found[2])
        if not any(one.name == name for event in self._timeline.recent(line, "kernel", pid) for one in event.victims):
            event = self._timeline.begin(line)
            event.outcome, event.of_any_kind, event.retold = "killed", True, True
            event.add_victim(Killed(pid=pid, name=name))
        return True

    def _unit(self, line: Line) -> bool:
        found = _UNIT_OOMD.match(line.text)
        if found:
            for event in self._timeline.recent(line, "systemd-oomd"):
                if any(_in(victim.cgroup, found[1]) for victim in event.victims) and (not event.from_unit or by_units_at_once(event, line)):
                    event.outcome = "killed" if found[2] != "0" else event.outcome
                    return True
            if found[2] != "0":
                event = self._timeline.begin(line, "systemd-oomd")
                event.outcome, event.from_unit = "killed", True
                event.add_victim(Killed(pid=None, name=unescape(found[1]), cgroup="/" + found[1]))
            return True
        found = _UNIT_KERNEL.match(line.text)
        if found is None:
            return self._failed_unit(line)
        for event in self._timeline.recent(line, "kernel"):
            if not event.ended and _in(event.cgroup, found[1]):
                event.add_unit(found[1])  # its kill line is missing, or comes later
                return True
            if not event.victims or (event.from_unit and not (_in(event.victims[0].cgroup, found[1]) and (event.of_slice or by_units_at_once(event, line)))):
                continue
            if event.victims[0].cgroup is None or _in(event.victims[0].cgroup, found[1]):
                return True
        for event in self._timeline.recent(line, "systemd-oomd"):
            if any(_in(victim.cgroup, found[1]) for victim in event.victims):
                return True
        around_others = found[1].endswith(".slice") or _OF_USER.match(found[1])
        if self._told_of_its_slice(line, found[1]) or (around_others and self._timeline.just_reloaded(line)):
            return True
        for event in self._timeline.recent(line, "unknown"):  # a log with the newest line first has the unit's end before
            event.dropped = event.dropped or (None not in (event.time, line.time) and by_units_at_once(event, line) and _in(event.victims[0].cgroup, found[1]))
        event = self._timeline.begin(line)
        event.outcome, event.from_unit = "one-of", True
        event.add_victim(Killed(pid=None, name=unescape(found[1]), cgroup="/" + found[1]))
        return True

    def _failed_unit(self, line: Line) -> bool:
        """Take a unit's failure by an OOM kill, logged when it is down; reported by nothing else, the killer
        is unknown.
        """
        found = _UNIT_FAILED.match(line.text)
        if found is None:
            return False
        told = [
            event
            for killer in _OF_UNITS
            for event in self._timeline.recent(line, killer)
            if not event.unit_is_down
            and (event.unit == found[1] or _in(event.cgroup, found[1]) or any(victim.cgroup is None or _in(victim.cgroup, found[1]) for victim in event.victims))
        ]
        for event in told:
            event.unit_is_down = True
            if not event.ended and _in(event.cgroup, found[1]):
                event.add_unit(found[1])
        if not told:
            event = self._timeline.begin(line, "unknown")
            event.outcome, event.from_unit = "one-of", True
            event.add_victim(Killed(pid=None, name=unescape(found[1]), cgroup="/" + found[1]))
        return True

    def _told_of_its_slice(self, line: Line, unit: str) -> bool:
        """Whether the unit is a slice whose kill has been reported already.

        systemd notices a kill in the unit and in each slice around it. Slices reported before the unit are
        dropped.
        """
        for event in self._timeline.recent(line, "kernel"):
            if not by_units_at_once(event, line):
                continue
            told = (event.victims[0].cgroup or "")[1:]
            if unit.endswith(".slice"):
                if _may_be_around(unit, told) or _may_be_around(told, unit):
                    return True
            elif _may_be_around(told, unit):
                event.dropped = True
        return False

    def _earlyoom(self, line: Line) -> bool:
        text = line.text
        sent = _SENDING.match(text)
        if sent:
            self._asked(line, Killed(int(sent[1]), sent[3], _mebibytes(sent[5]), _number(sent[4]), _number(sent[2]), command=sent[6] or None))
            return True
        old = _KILLING.match(text)
        if old and (old[1] or old[4]):
            self._asked(line, Killed(int(old[1] or old[4]), old[2] or old[3], _mebibytes(old[5])))
            return True
        oldest = _OLDEST.match(text) if line.tag == "earlyoom" or self._warned else None
        if oldest:
            self._asked(line, Killed(int(oldest[1]), oldest[3] if oldest[2] is None else oldest[2]))
            return True
        exited = _EXITED.match(text)
        if exited or (_FAILED.search(text) and (line.tag == "earlyoom" or not line.prefixed)):
            last = next(self._timeline.recent(line, "earlyoom"), None)
            if last is not None and last.outcome == "likely":
                last.outcome = "killed" if exited else last.outcome
                last.dropped = not exited
            return True
        return False

    def _asked(self, line: Line, victim: Killed) -> None:
        for event in self._timeline.recent(line, "earlyoom"):
            if event.outcome == "likely" and event.victims[0].pid == victim.pid:
                return
        for event in self._timeline.recent(line, "kernel"):
            if any(one.pid == victim.pid and one.name[:15] == victim.name[:15] for one in event.victims):
                if comes_before(line, event, in_log=False):
                    event.asked_by = "earlyoom"
                return
        event = self._timeline.begin(line, "earlyoom")
        event.outcome = "likely"
        event.add_victim(victim)

    def _nohang_line(self, line: Line) -> bool:
        text = line.text
        found = _NOHANG_OF.search(text)
        if found:
            self._nohang, self._nohang_rss = (int(found[1]), found[2]), None
            return True
        found = _NOHANG_RSS.match(text)
        if found:
            self._nohang_rss = int(found[1]) << (20 if found[2] == "MiB" else 10)
            return True
        if self._first_nohang(line, text):
            return True
        found = _NOHANG_SENT.match(text)
        if found and self._nohang is not None:
            pid, name = self._nohang
            if found[1] is None or int(found[1]) == pid:
                self._sent(line, pid, name)
            return True
        dead = _NOHANG_DEAD.match(text)
        if dead or _NOHANG_IN_VAIN.match(text):
            last = next(self._timeline.recent(line, "nohang"), None)
            if last is not None and dead:
                last.outcome = "killed"
            elif last is not None and last.outcome == "likely":
                last.dropped = True
            return True
        return False

    def _first_nohang(self, line: Line, text: str) -> bool:
        tries, tried = _NOHANG_TRIES.match(text), _NOHANG_TRIED.match(text)
        if tries:
            self._tries = tries[1]
        elif tried and self._tries is not None:
            self._nohang, self._nohang_rss = (int(tried[1]), self._tries), int(tried[2]) << 20
        elif _NOHANG_DID.match(text) and self._tries is not None and self._nohang is not None:
            self._sent(line, *self._nohang)
            self._tries = self._nohang = None
        else:
            return False
        return True

    def _sent(self, line: Line, pid: int, name: str) -> None:
        for event in self._timeline.recent(line, "nohang"):
            if event.victims[0].pid == pid and event.outcome == "likely":
                return
        sent = self._timeline.begin(line, "nohang")
        sent.outcome = "likely"
        sent.add_victim(Killed(pid=pid, name=name, freed=self._nohang_rss))


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _mebibytes(text: str | None) -> int | None:
    return int(text) << 20 if text else None


def _of_cgroup(path: str, pid: int | None) -> Killed:
    return Killed(pid=pid, name=group_name(path), cgroup=path)


def _may_be_around(outer: str, unit: str) -> bool:
    """Whether a slice may have a unit below it, as far as names tell: those of a user's manager don't."""
    if not outer.endswith(".slice"):
        return False
    of_user = _OF_USER.match(unit)
    above, below = (re.split(r"[-.]", name) for name in (outer, f"user-{of_user[1]}.slice" if of_user else unit))
    knows = below[-1] == "slice" and {above[0], below[0]} <= _TOP_SLICES
    return not knows or above[:-1] == below[: len(above) - 1]


def _in(path: str | None, unit: str) -> bool:
    return path is not None and unit in path.split("/")
