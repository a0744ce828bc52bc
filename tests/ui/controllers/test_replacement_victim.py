"""Who can be let go in the next victim's place: the largest other app of the user's for which that needs no password."""

from __future__ import annotations

import pytest

from oomtray.ui.controllers.replacement_victim import in_its_place
from tests.facts import GIB, MIB, desktops
from tests.facts.processes import process

FIRST = 900


def chosen(assessment, uid=1000, own_pid=1):
    found = in_its_place(assessment, FIRST, uid, own_pid)
    return None if found is None else found.process.name


def machine(*extra, adj=0, uid=1000):
    """A browser whose page is next, a job that holds more, and `extra`."""

    def one(pid, name, held, adj, uid=1000, cgroup=None):
        cgroup = cgroup or f"{desktops.USER}/app.slice/app-{name}-{pid}.scope"
        return process(pid, name=name, uid=uid, rss=held, rss_anon=held, oom_score_adj=adj, ppid=1, session=pid,
                       cgroup=cgroup, unit_cgroup=cgroup)  # fmt: skip

    rows = [one(100, "page", GIB, 600), one(200, "train", 4 * GIB, adj, uid), one(300, "note", 60 * MIB, 0)]
    return desktops.judged((*rows, *(one(*row) for row in extra)), "critical")


def test_the_largest_goes():
    assert chosen(machine()) == "train"


@pytest.mark.parametrize(
    "machine_of",
    [{"uid": 0}, {"adj": -200}],
    ids=["it is another user's", "somebody protects it"],
)
def test_who_may_not_be_let_go_is_passed_over(machine_of):
    assert chosen(machine((400, "other", 2 * GIB, 0), **machine_of)) == "other"


def test_a_database_is_not_let_go_for_a_page():
    service = "/system.slice/mysql.service"

    assert chosen(machine((400, "mysqld", 6 * GIB, 0, 1000, service))) == "train"


def test_nobody_whose_end_would_free_next_to_nothing():
    assert chosen(machine(uid=0)) is None


def test_nobody_of_the_victims_own_app():
    scope = f"{desktops.USER}/app.slice/app-page-100.scope"

    assert chosen(machine((101, "main", 5 * GIB, 0, 1000, scope))) == "train"


def test_nobody_where_the_user_lets_the_victim_go():
    now = machine()

    assert chosen(desktops.by_hand(now, now.victim.risk.process)) is None
    assert chosen(desktops.by_rule(now, now.victim.risk.process)) is None


def test_nobody_where_the_order_is_void():
    assert chosen(desktops.void(level="critical")) is None


def test_not_this_program():
    assert chosen(machine(), own_pid=200) is None
