""" A protected process lives when memory really runs out, and the one that was said to be next dies instead.

It is protected by a command, a rule and a unit's setting, as alice, who gives her password to a real polkit.
"""

from __future__ import annotations

import pytest

from tests.guest.commands import answer, dialogs, listed, oomtray, oomtray_at_the_screen
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest
from tests.rigs.guest.link import RemoteHog

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

LARGE_MB, SMALL_MB = 90, 60
UNIT = "database.service"
DROP_IN = f"/etc/systemd/system/{UNIT}.d/50-oomtray.conf"


@pytest.fixture
def large(guest: Guest) -> RemoteHog:
    return guest.hog(LARGE_MB, user=ALICE, name="large")


@pytest.fixture
def small(guest: Guest) -> RemoteHog:
    return guest.hog(SMALL_MB, user=ALICE, name="small")


def next_victim(guest: Guest) -> int:
    victim = listed(guest, "-n", "1", user=ALICE)["next_victim"]
    assert isinstance(victim["pid"], int)
    return victim["pid"]


def adj_of(guest: Guest, pid: int) -> int:
    return int(guest.sh(f"cat /proc/{pid}/oom_score_adj"))


def test_what_alice_protects_with_her_password_lives(
    guest: Guest, large: RemoteHog, small: RemoteHog
) -> None:
    assert next_victim(guest) == large.pid

    said = answer(oomtray_at_the_screen(guest, "protect", large.pid, "--json"))

    [change] = said["changes"]
    assert (change["pid"], change["from"], change["to"], change["done"]) == (large.pid, 0, -500, True)
    assert dialogs(guest) == [("adjust-own", "SUCCESS")]
    assert said["next_victim"]["pid"] == small.pid
    [kill] = guest.run_out_of_memory()
    assert kill.pid == small.pid
    assert large.exit() is None
    assert adj_of(guest, large.pid) == -500


def test_a_dismissed_dialog_leaves_all_as_it_was(guest: Guest, large: RemoteHog, small: RemoteHog) -> None:
    done = oomtray_at_the_screen(guest, "protect", large.pid, password=None)

    assert done.rc == 4
    assert dialogs(guest) == [("adjust-own", "dismissed")]
    assert adj_of(guest, large.pid) == 0
    [kill] = guest.run_out_of_memory()
    assert kill.pid == large.pid
    assert small.exit() is None


def test_another_users_process_is_protected_by_a_permission_of_its_own(
    guest: Guest, small: RemoteHog
) -> None:
    roots = guest.hog(LARGE_MB, name="roots")
    assert next_victim(guest) == roots.pid

    said = answer(oomtray_at_the_screen(guest, "protect", roots.pid, "--adj", "-900", "--json"))

    assert dialogs(guest) == [("adjust-other", "SUCCESS")]
    assert said["next_victim"]["pid"] == small.pid
    [kill] = guest.run_out_of_memory()
    assert kill.pid == small.pid
    assert roots.exit() is None
    assert adj_of(guest, roots.pid) == -900


def test_first_to_go_goes_first_and_takes_no_password(
    guest: Guest, large: RemoteHog, small: RemoteHog
) -> None:
    assert next_victim(guest) == large.pid

    said = answer(oomtray(guest, "deprioritize", small.pid, "--adj", 900, "--json", user=ALICE))

    assert [change["to"] for change in said["changes"]] == [900]
    assert said["next_victim"]["pid"] == small.pid
    [kill] = guest.run_out_of_memory()
    assert (kill.pid, kill.oom_score_adj) == (small.pid, 900)
    assert large.exit() is None


def test_undone_protection_protects_no_more(guest: Guest, large: RemoteHog, small: RemoteHog) -> None:
    answer(oomtray_at_the_screen(guest, "protect", large.pid, "--json"))

    # raising takes no password; alice isn't at the screen to be asked for more
    said = answer(oomtray(guest, "undo", "--json", user=ALICE))

    assert [(change["from"], change["to"]) for change in said["changes"]] == [(-500, 0)]
    [kill] = guest.run_out_of_memory()
    assert kill.pid == said["next_victim"]["pid"] == large.pid
    assert small.exit() is None


def alice_may_set(guest: Guest, pid: int, value: int) -> bool:
    return guest.run_as(ALICE, f"echo {value} >/proc/{pid}/oom_score_adj").rc == 0


def test_undo_with_the_password_takes_the_right_back_too(guest: Guest, large: RemoteHog) -> None:
    answer(oomtray_at_the_screen(guest, "protect", large.pid, "--json"))
    assert alice_may_set(guest, large.pid, 100)
    assert alice_may_set(guest, large.pid, -500), "the kernel's floor went along, which is what this is about"

    said = answer(oomtray_at_the_screen(guest, "undo", "--json"))

    assert [(change["from"], change["to"], change["error"]) for change in said["changes"]] == [(-500, 0, None)]
    assert adj_of(guest, large.pid) == 0
    assert not alice_may_set(guest, large.pid, -1)


def test_where_the_right_stays_undo_says_so_and_reset_takes_it_back(guest: Guest, large: RemoteHog) -> None:
    answer(oomtray_at_the_screen(guest, "protect", large.pid, "--json"))

    done = oomtray_at_the_screen(guest, "undo", "--json", password=None)

    assert done.rc == 4
    assert "without a password" in done.err
    assert alice_may_set(guest, large.pid, -300)
    said = answer(oomtray_at_the_screen(guest, "reset", large.pid, "--json"))
    assert [(change["to"], change["error"]) for change in said["changes"]] == [(0, None)]
    assert not alice_may_set(guest, large.pid, -1)


def test_what_root_lowers_and_undoes_itself_leaves_no_right(guest: Guest, large: RemoteHog) -> None:
    answer(oomtray(guest, "protect", large.pid, "--json"))
    answer(oomtray(guest, "undo", "--json"))
    assert adj_of(guest, large.pid) == 0
    assert not alice_may_set(guest, large.pid, -1)


def test_a_rule_protects_what_it_names(guest: Guest, large: RemoteHog, small: RemoteHog) -> None:
    answer(
        oomtray(
            guest,
            "rules",
            "add",
            "--process",
            "large",
            "--user",
            ALICE,
            "--set",
            "protect",
            "--json",
            user=ALICE,
        )
    )
    assert adj_of(guest, large.pid) == 0

    done = oomtray_at_the_screen(guest, "rules", "apply", "--json")

    assert done.rc == 0, done
    assert dialogs(guest) == [("adjust-own", "SUCCESS")]
    assert adj_of(guest, large.pid) == -500
    assert next_victim(guest) == small.pid
    [kill] = guest.run_out_of_memory()
    assert kill.pid == small.pid
    assert large.exit() is None


def test_a_service_is_protected_for_good(guest: Guest, small: RemoteHog) -> None:
    guest.push(
        {
            f"/etc/systemd/system/{UNIT}": f"[Service]\nExecStart=/rig/hog -n database {LARGE_MB}\nOOMPolicy=continue\n"
        }
    )
    guest.sh(f"systemctl start {UNIT}")
    main = f"systemctl show --value --property MainPID {UNIT}"
    pid = int(guest.sh(main))
    guest.sh(
        f"until [ $(awk '/^VmRSS/ {{print $2}}' /proc/{pid}/status) -gt {LARGE_MB << 10} ]; do sleep 0.1; done"
    )
    assert next_victim(guest) == pid

    done = oomtray_at_the_screen(guest, "unit", "protect", UNIT, "--adj", "-600")

    assert done.rc == 0, done
    assert dialogs(guest) == [("edit-unit", "SUCCESS")]
    assert "OOMScoreAdjust=-600\n" in guest.sh(f"cat {DROP_IN}")
    assert (int(guest.sh(main)), adj_of(guest, pid)) == (pid, -600), "at once and without a restart"
    assert next_victim(guest) == small.pid
    [kill] = guest.run_out_of_memory()
    assert kill.pid == small.pid
    assert guest.sh(f"systemctl is-active {UNIT}") == "active\n"
    guest.sh(f"systemctl restart {UNIT}")
    restarted = int(guest.sh(main))
    assert restarted != pid
    assert adj_of(guest, restarted) == -600
