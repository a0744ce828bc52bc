"""A virtual machine of the tests' own: its memory can really run out, its root may do all that root may.

    with Guest() as guest:                               # also: tests.rigs.guest.link.Machine, where sh, run, push, … stand
        big = guest.hog(150, user="alice", name="big")
        guest.save("full"); ...; guest.restore("full")   # a second; guest.restore(READY) is just after the boot
        [kill] = guest.run_out_of_memory()               # Kill(pid, name, oom_score_adj, …), awaited
        guest.serial()                                   # the kernel's console: its report of each kill

    with Guest("bare", memory_mb=256) as guest: ...      # no systemd: shell and Python alone

Its disk (image.py) and the state after the first boot (machine.py) are built on the first use, in about a minute and
a half; both lie in the cache (cache.py).
"""

from tests.rigs.guest.machine import READY, Guest, Kill

__all__ = ["READY", "Guest", "Kill"]
