"""The virtual machine itself: it boots, alice is logged in, root may do all, its memory really runs out."""

from __future__ import annotations

import pytest

from tests.rigs.guest import READY, Guest
from tests.rigs.processes.programs import wait_for

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]  # the first use on a machine builds it


def test_a_whole_system_runs(guest: Guest) -> None:
    assert guest.sh("cat /proc/1/comm") == "systemd\n"
    assert guest.sh("systemctl is-system-running") == "running\n"
    services = "systemctl is-active systemd-oomd systemd-logind dbus || true"  # oomd may still be starting
    wait_for(lambda: guest.sh(services).split() == ["active"] * 3, "the services of a desktop")
    assert guest.sh("stat --file-system --format %T /sys/fs/cgroup") == "cgroup2fs\n"


@pytest.mark.parametrize("killer", ["earlyoom", "nohang"])
def test_a_killer_beside_the_kernel_runs_when_it_is_started(guest: Guest, killer: str) -> None:
    asked = f"systemctl is-active {killer} || true"
    assert guest.sh(asked) == "inactive\n"
    guest.sh(f"systemctl start {killer}")
    assert guest.sh(asked) == "active\n"


def test_alice_sits_at_the_machine(guest: Guest) -> None:
    session = guest.sh("loginctl show-session $XDG_SESSION_ID", user="alice").splitlines()
    assert {"Name=alice", "Seat=seat0", "Remote=no", "Active=yes"} <= set(session)
    assert guest.sh("systemctl --user is-system-running", user="alice") == "running\n"
    assert guest.run_as("alice", "id -u; echo no >&2; exit 3") == (3, "1000\n", "no\n")


def test_a_command_gets_what_it_is_given_and_no_more_time_than_that(guest: Guest) -> None:
    assert guest.run(["wc", "-c"], given=b"\0" * 300_000).out == "300000\n"
    assert guest.run(["sleep", "60"], timeout=0.5).rc == 124


def test_only_root_goes_below_the_floor(guest: Guest) -> None:
    hog = guest.hog(1, user="alice")
    adj = f"/proc/{hog.pid}/oom_score_adj"
    assert "Permission denied" in guest.run_as("alice", f"echo -1 >{adj}").err
    guest.sh(f"echo -500 >{adj}")
    assert guest.sh(f"cat {adj}") == "-500\n"
    guest.sh(f"echo 300 >{adj}; echo -500 >{adj}", user="alice")


def test_memory_runs_out_and_the_kernel_says_whom_it_killed(guest: Guest) -> None:
    hogs = [guest.hog(60, user="alice", name="small"), guest.hog(90, user="alice", name="large")]

    [kill] = guest.run_out_of_memory()

    assert (kill.name, kill.pid, kill.constraint) == ("large", hogs[1].pid, "CONSTRAINT_NONE")
    assert kill.anonymous == pytest.approx(90 << 20, rel=0.01)
    assert guest.first_death(hogs) is hogs[1]
    assert guest.sh("grep oom_kill /proc/vmstat") == "oom_kill 1\n"


def test_negative_adj_saves_the_largest(guest: Guest) -> None:
    guest.hog(60, user="alice", name="small")
    large = guest.hog(90, user="alice", name="large", adj=-500)

    [kill] = guest.run_out_of_memory()

    assert kill.name == "small"
    assert large.exit() is None


def test_it_goes_back_to_a_saved_moment(guest: Guest) -> None:
    hog = guest.hog(20, user="alice")
    guest.sh("echo before >/root/note")
    guest.save("moment")
    guest.sh(f"kill -9 {hog.pid}; echo after >/root/note; echo m >/proc/sysrq-trigger")
    assert hog.exit(timeout=10) == -9
    wait_for(lambda: "Mem-Info" in guest.serial(), "what sysrq-m prints")

    guest.restore("moment")

    assert hog.exit() is None
    assert guest.sh("cat /root/note") == "before\n"
    assert "Mem-Info" not in guest.serial()
    assert guest.sh("systemctl service-watchdogs") == "no\n"  # else its daemons are ended for a clock that has leapt
    guest.restore(READY)
    assert guest.run_as("root", f"test -e /proc/{hog.pid} -o -e /root/note").rc == 1


def test_a_bare_guest_has_a_kernel_and_little_else() -> None:
    with Guest("bare", memory_mb=256) as guest:
        hog = guest.hog(60, name="only")
        assert guest.sh("cat /proc/1/comm") == "bare-init\n"
        assert [kill.pid for kill in guest.run_out_of_memory()] == [hog.pid]
