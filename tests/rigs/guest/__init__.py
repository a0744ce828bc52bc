"""A virtual machine for tests: its memory can really run out, and its root has all of root's permissions.

    with Guest() as guest:                               # also: tests.rigs.guest.link.Machine, with sh, run, push, …
        big = guest.hog(150, user="alice", name="big")
        guest.save("full"); ...; guest.restore("full")   # a second; guest.restore(READY) is just after the boot
        [kill] = guest.run_out_of_memory()               # Kill(pid, name, oom_score_adj, …), after waiting for it
        guest.serial()                                   # the kernel's console, with its report of each kill

    with Guest("bare", memory_mb=256) as guest: ...      # no systemd, only shell and Python

Its disk (image.py) and the state after the first boot (machine.py) are built at first use, in about a minute and
a half; both are in the cache (cache.py).
"""

from tests.rigs.guest.machine import READY, Guest, Kill

__all__ = ["READY", "Guest", "Kill"]
