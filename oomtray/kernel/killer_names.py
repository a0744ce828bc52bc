"""Words for a kill: who kills when memory runs out, and what a log says of it. They are public identifiers: JSON has them unchanged."""

from __future__ import annotations

from typing import Literal

Program = Literal["systemd-oomd", "earlyoom", "nohang", "low-memory-monitor", "oomd", "bustd"]
KillerName = Literal["kernel", Program, "uresourced"]
Killer = Literal["kernel", Program, "lmkd", "unknown"]
"""Who has killed, as a log says."""
Constraint = Literal["none", "memcg", "cpuset", "mempolicy"]
Outcome = Literal["killed", "likely", "one-of", "nobody", "ending", "panic", "unknown"]
"""What became of the victim.

`killed`: the log says so. `likely`: a signal was sent, and the result isn't logged. `one-of`: a process of
the cgroup. `nobody`: there was none to kill. `ending`: the chosen one was ending already. `panic`: the kernel
stopped the machine. `unknown`: the report lacks its end.
"""
