"""Patterns of the kernel's words at the beginning and the end of a report, and for what other programs make of them.

Source: mm/oom_kill.c since Linux 2.6.32.
"""

from __future__ import annotations

import re

HEAD = re.compile(
    r"(.{0,64}?) invoked oom-killer(?:: gfp_mask=(0x[0-9a-f]+)[^,]*, (?:nodemask=([^ ]*), {1,2})?order=(-?\d{1,9}))?"
)
OF_A_STAMP = re.compile(r"^(?:(?:\[ {0,12})?[\d.]{0,20}\]\s|(?:\d{1,9}:)?\d{1,4},\d{1,20},\d{1,18},[^;]{0,40};|\d{1,9}:(?=\D))")
"""A stamp in another form, or whose beginning wasn't copied."""
BEFORE_NAME = re.compile(r"^.*[\]|>] +(?=\S)")
"""What somebody has put before a line without a stamp."""
LONGEST_NAME = 15
"""Bytes of a process's name (TASK_COMM_LEN without its end)."""
AFTER_HEAD = ": gfp_mask="
AFTER_ORDER = re.compile(r",|\s*+(?:[>…]\s*+)?$")
OPENVZ_HEAD = re.compile(r"(\d{1,10}) \((.{0,64}?)\) invoked \w{1,8} oom-killer: gfp (0x[0-9a-f]{1,16}) order (-?\d{1,9}) oomkilladj=")
SUMMARY = re.compile(r"oom-kill:constraint=CONSTRAINT_(NONE|MEMCG|CPUSET|MEMORY_POLICY)(.*)")
LAST_PID = re.compile(r".*,pid=(\d{1,10})(?:,uid=(\d{1,10})$)?")
NAME = r"(?>\\x[\da-f]{2}|[\\#][0-3][0-7]{2}|[\s\S]){0,16}"
"""Of a process: 15 bytes, escaped as by the kernel or syslog, and perhaps a blank where a line was broken."""
KILL = re.compile(
    r"(?P<scope>[Oo]ut of [Mm]emory(?: \(oom_kill_allocating_task\)| in UB \w{1,10})?|(?:Memory )?cgroup out of memory)?:? ?"
    rf"\b(?P<openvz>OOM k)?(?(openvz)|K)illed process (?P<pid>\d{{1,10}}),?(?: UID (?P<old_uid>\d{{1,10}}),)? ?\((?P<name>{NAME})\)(?: in VE(?: \x22[^\x22\n]{{0,64}}\x22?)?)?"
    r"(?P<rest>(?: total-vm| vsz| anon-rss| score \d{1,10} vm| vm|, UID|,(?= ?(?:total-vm|anon-rss)|\s*>?$)| ?\.| ?…| ?>?$| t[otalv-]{0,7}>?$).*)"
)
"""OpenVZ's kernels have lines of their own; UB and VE are a container."""
KILL_CUT = re.compile(r"(Out of memory|Memory cgroup out of memory): Killed process (?:(\d{1,10}) \(.{0,15}|\d{1,10})$")
"""Within the name, or maybe within the PID, by who has cut all lines to one width."""
CHOSEN = re.compile(
    rf"\b((?:Memory )?cgroup out of memory|[Oo]ut of [Mm]emory(?: in UB| \(oom_kill_allocating_task\))?|No available memory (?:in cpuset|\(MPOL_BIND\)))[^:]{{0,60}}: [Kk]ill process (\d{{1,10}}) \(({NAME})\)(?:(?: score -?\d+)? or|(?: [a-z]{{0,5}}(?: \d{{0,10}})?)?>?$)"
)
"""journalctl may have cut the line to the terminal's width."""
SHARING = re.compile(r"[Kk]ill process (\d{1,10}) \((.{0,64})\)(?: in VE \x22[^\x22\n]{0,64}\x22)? sharing same memory")
GROUP = re.compile(r"Tasks in (.*) are going to be killed due to memory\.oom\.group set")
REAPED = re.compile(
    r"oom_reaper: (?:reaped process (\d{1,10})|unable to reap pid:(\d{1,10})) \((.{0,64}?)\)(?=,|\s*>?$)"
)
_KB = r"(?=:\d{1,18}kB)"
SIZES = re.compile(
    rf"(anon-rss{_KB}|file-rss{_KB}|shmem-rss{_KB}|total-vm{_KB}|vsz{_KB}|rss(?<![-\w]rss){_KB}|UID(?=:\d{{1,18}} )|oom_score_adj):(-?\d{{1,18}}+)(?![>…])"
)
"""Requires what follows a number, as a truncated line may end inside one."""
UID_BEFORE = re.compile(r", UID (\d{1,10}), ")
"""Red Hat's form before Linux 5.3."""
PANIC = re.compile(r"Kernel panic - not syncing: (?:[Oo]ut of memory|System is deadlocked on memory)")
PANIC_ENDS = "---[ end Kernel panic"
"""Beginning of a panic's last line, which repeats the first one."""
ALREADY = re.compile(r"OOM victim (\d{1,10}) \((.{0,64})\) is already exiting")
