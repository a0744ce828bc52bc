"""When a rule may ask for a password: a name alone never earns it, and what is asked names what was seen."""

from __future__ import annotations

import pytest

from oomtray.actions.adjust import Target
from oomtray.actions.rules.engine import RuleEngine
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import RuleSet
from oomtray.config import Presets
from tests.unit.actions.rules.using import MINE, engine


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        (Rule("protect", process="sshd"), False),
        (Rule("protect", app="x", exe="/usr/sbin/x"), False),
        (Rule("protect", process="sshd", user="root"), True),
        (Rule("protect", unit="ssh.service"), True),
        (Rule("protect", unit="ssh.service", ask=False), False),
    ],
    ids=["name", "path", "name-and-user", "unit", "declined-for-good"],
)
def test_a_name_alone_never_earns_a_privileged_change(rule, asks):
    assert rule.may_ask is asks


@pytest.mark.parametrize(
    ("path", "state"),
    [
        pytest.param("/system.slice/ssh.service", "waiting", id="the-systems"),
        pytest.param("/system.slice/system-x.slice/ssh.service", "waiting", id="below-slices"),
        pytest.param(f"/user.slice/u.slice/user@{MINE}.service/app.slice/ssh.service", "name-only", id="ones-own"),
        pytest.param(f"/user.slice/u.slice/user@{MINE + 1}.service/app.slice/ssh.service", "name-only", id="anothers"),
        pytest.param("/system.slice/docker-1.scope/system.slice/ssh.service", None, id="a-containers"),
        pytest.param("/machine.slice/machine-deb.scope/payload/system.slice/ssh.service", None, id="a-machines"),
        pytest.param(f"/x.slice/c.scope/user@{MINE}.service/ssh.service", None, id="a-containers-user"),
        pytest.param("/lxc.payload.c/system.slice/ssh.service", None, id="a-container-without-unit"),
        pytest.param("/system.slice/nginx.service/ssh.service", None, id="below-another-service"),
    ],
)
def test_a_units_name_earns_a_privileged_change_only_from_who_may_give_it(tree, snapshot, refused, path, state):
    """None: no unit of this name is there at all, whatever a container or a service calls its own parts."""
    tree.add(7, name=b"sshd", uid=MINE + 1, cgroup=f"0::{path}\n")
    status = engine(tree, Rule("protect", unit="ssh.service")).apply(snapshot())
    assert [one.state for one in status.applied] == ([] if state is None else [state])


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        pytest.param(Rule(-999, unit="ssh.service"), "/system.slice/ssh.service", -999, id="the-systems-unit"),
        pytest.param(Rule(-999, process="sshd", user="1234"), "/user.slice", -999, id="name-and-user"),
        pytest.param(Rule(-999, unit="ssh.service"), "/user.slice/user-1234.slice/user@1234.service/app.slice/ssh.service", 0,
                     id="a-users-unit-of-that-name"),
        pytest.param(Rule(-999, unit="user@*"), "/user.slice/user-1234.slice/user@1234.service/x", 0, id="right-in-a-users-manager"),
        pytest.param(Rule(-999, process="sshd"), "/system.slice/ssh.service", 0, id="a-name-alone"),
        pytest.param(Rule(500, process="sshd"), "/user.slice", 500, id="raising-takes-nothing-from-anybody"),
    ],
)  # fmt: skip
def test_roots_rules_make_nobody_unkillable_who_merely_took_a_name(tree, snapshot, monkeypatch, rule, path, value):
    """The kernel refuses root nothing, so the guard stands before the plain write as well."""
    monkeypatch.setattr("oomtray.actions.rules.engine.os.geteuid", lambda: 0)
    tree.add(7, name=b"sshd", uid=1234, cgroup=f"0::{path}\n")
    engine(tree, rule).apply(snapshot())
    assert tree.adj(7) == value


def test_permission_is_asked_for_what_the_rule_saw(tree, snapshot, refused):
    """A set-uid program is root's by the effective uid, whoever started it, under whatever name."""
    for pid in (7, 8, 9):
        tree.add(pid, name=b"p%d" % pid, uid=0, cgroup="0::/system.slice/x.service\n")
    status = engine(
        tree,
        Rule("protect", process="p7", user="root"),
        Rule("protect", process="p8", unit="x.service"),
        Rule("first", process="p9", user="root"),
    ).apply(snapshot())
    assert status.owners == {Target(7, 4711): 0, Target(9, 4711): 0}
    assert status.exes == {}


def test_permission_is_asked_for_the_very_program_that_a_pattern_matched(tree, snapshot, refused):
    """Else another program under the same path could take the place of the one that was seen."""
    tree.add(8, name=b"x", uid=0)
    (tree.root / "8/exe").symlink_to("/opt/x/bin/x")
    status = engine(tree, Rule("protect", exe="/opt/x/*", user="root")).apply(snapshot())
    assert status.exes == {Target(8, 4711): "/opt/x/bin/x"}


@pytest.mark.parametrize(
    ("me", "owner", "value", "state"),
    [
        pytest.param(1000, 1000, -500, "waiting", id="below-0"),
        pytest.param(1000, 1000, 100, "kept", id="where-there-may-be-a-floor-of-ones-own"),
        pytest.param(1000, 27, 100, "waiting", id="lowering-anothers"),
        pytest.param(1000, 27, 900, "not-yours", id="raising-anothers"),
        pytest.param(0, 27, -500, "kept", id="root"),
    ],
)
def test_a_dry_run_says_what_needs_a_password(tree, snapshot, monkeypatch, me, owner, value, state):
    monkeypatch.setattr("oomtray.actions.rules.engine.os.geteuid", lambda: me)
    tree.add(7, name=b"hog", uid=owner, adj=200)
    rules = RuleSet((Rule(value, process="hog", user=str(owner)),))
    (one,) = RuleEngine(rules, Presets(), proc=str(tree), dry=True).apply(snapshot()).applied
    assert one.state == state
    assert tree.adj(7) == 200
