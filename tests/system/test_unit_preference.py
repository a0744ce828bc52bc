"""How systemd-oomd treats a running unit, set by `oomtray unit set` under a real systemd: alice's own, and the system's."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest

from tests.rigs.guest.link import Done
from tests.rigs.systemd.box import REPO, Box

pytestmark = pytest.mark.systemd

HELPER = "/usr/libexec/oomtray/oomtray-helper"
ALLOW = """
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("io.github.oomtray.") == 0 && subject.user == "alice") return polkit.Result.YES;
});
"""
MARKS = "import os, sys; print(*(a for a in os.listxattr('/sys/fs/cgroup/unified' + sys.argv[1]) if 'oomd' in a))"
DROP_IN = "/etc/systemd/system/db.service.d/50-oomtray.conf"
TERMINAL = "term-1.scope"
WHEN_LOADED = "systemctl --user show --property=UnitsLoadTimestampMonotonic"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        box.push({
            "/etc/systemd/system/db.service": "[Service]\nExecStart=/bin/sleep infinity\n",
            "/etc/systemd/user/job.service": "[Service]\nExecStart=/bin/sleep infinity\n",
            HELPER: REPO / "oomtray/helper/oomtray_helper.py",
            "/usr/share/polkit-1/actions/io.github.oomtray.policy": REPO / "packaging/io.github.oomtray.policy",
            "/etc/polkit-1/rules.d/10-alice.rules": ALLOW,
        })  # fmt: skip
        box.sh(f"chmod 755 {HELPER}; systemctl daemon-reload; systemctl start db polkit")
        box.sh("systemctl --user daemon-reload; systemctl --user start job", user="alice")
        box.sh(
            f"systemd-run --user --scope --unit={TERMINAL} sh -c 'sleep 1d & sleep 1d & wait' >/dev/null 2>&1 &"
            f" until systemctl --user is-active {TERMINAL}; do sleep 0.1; done",
            user="alice",
        )
        yield box


def oomtray(box: Box, line: str, user: str = "alice") -> Done:
    return box.run_as(user, f"cd /src && python3 -m oomtray {line}")


def marks(box: Box, unit: str, *, own: bool = True) -> str:
    """What systemd-oomd would read."""
    manager = "--user" if own else "--system"
    group = box.sh(f"systemctl {manager} show --value --property ControlGroup {unit}", user="alice").strip()
    return box.sh(shlex.join(["python3", "-c", MARKS, group])).strip()


@pytest.mark.parametrize(
    ("unit", "preference", "does", "lasts"),
    [
        pytest.param(TERMINAL, "avoid", "takes others before term-1.scope with its 3 processes", "until term-1.scope ends", id="a scope"),
        pytest.param("job.service", "omit", "never kills job.service with its 1 process", "until you log out", id="a service"),
    ],
)  # fmt: skip
def test_a_unit_of_her_own_is_marked_at_once_without_a_password_and_taken_back(
    box: Box, unit: str, preference: str, does: str, lasts: str
) -> None:
    before = oomtray(box, f"unit set --user {unit} --oomd {preference} --dry-run")
    assert (before.rc, before.err, marks(box, unit)) == (0, "", ""), "a dry run changes nothing"
    loaded = box.sh(WHEN_LOADED, user="alice")
    done = oomtray(box, f"unit set --user {unit} --oomd {preference}")
    assert (done.rc, done.err) == (0, "")
    assert box.sh(WHEN_LOADED, user="alice") == loaded, "a reload would make systemd-oomd forget her manager"
    assert f"systemd-oomd now {does}." in done.out
    assert f"This holds {lasts}." in done.out
    assert "Note: systemd-oomd isn't running, so this changes nothing now." in done.out
    assert marks(box, unit) == f"user.oomd_{preference}"
    assert "`oomtray undo` takes it back." in done.out
    told = oomtray(box, "undo --dry-run")
    assert (told.rc, "would treat" in told.out, marks(box, unit)) == (0, True, f"user.oomd_{preference}")
    assert oomtray(box, "undo").rc == 0
    assert marks(box, unit) == ""


def test_what_somebody_changed_since_is_not_taken_back(box: Box) -> None:
    script = f"""
from oomtray.actions.units.preference import PreferenceChanger
from oomtray.actions.units.settings import UnitRefused
changer = PreferenceChanger()
outcome = changer.set([{TERMINAL!r}], "avoid", user=True)
print(outcome.units[0].done, len(outcome.units[0].after.pids), changer.undo(outcome.batch).units[0].after.marked)
outcome = changer.set([{TERMINAL!r}], "avoid", user=True)
changer.set([{TERMINAL!r}], "omit", user=True)
try:
    changer.undo(outcome.batch)
except UnitRefused as refused:
    print(refused.why.id, refused.why.detail, changer.set([{TERMINAL!r}], "none", user=True).units[0].done)
"""
    told = box.sh(f"cd /src && {shlex.join(['python3', '-c', script])}", user="alice").splitlines()
    assert told == ["True 3 none", "preference-changed-since omit True"]


def test_a_service_of_the_system_keeps_it_by_a_drop_in_that_sets_nothing_else(box: Box) -> None:
    done = oomtray(box, "unit set db --oomd avoid")
    assert (done.rc, done.err) == (0, "")
    assert f"{DROP_IN} sets ManagedOOMPreference=avoid, and systemd has read it." in done.out
    assert marks(box, "db", own=False) == "user.oomd_avoid"
    assert "OOMScoreAdjust" not in box.sh(f"cat {DROP_IN}")
    assert oomtray(box, "unit reset db").rc == 0
    assert marks(box, "db", own=False) == ""


def test_a_scope_of_the_system_is_for_root_alone(box: Box) -> None:
    scope = box.sh("echo session-$XDG_SESSION_ID.scope", user="alice").strip()
    done = oomtray(box, f"unit set {scope} --oomd avoid")
    assert (done.rc, done.err) == (3, f"oomtray: Only root may set this for {scope}.\n")
    assert oomtray(box, f"unit set {scope} --oomd avoid", "root").rc == 0
    assert marks(box, scope, own=False) == "user.oomd_avoid"
    assert oomtray(box, f"unit set {scope} --oomd none", "root").rc == 0
    assert marks(box, scope, own=False) == ""


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("no-such.scope", "does not take no-such.scope", id="no such unit"),
        pytest.param("app.slice", "app.slice is neither a service nor a scope", id="a slice"),
        pytest.param("user@1000.service", "user@1000.service holds everything of its user", id="a user's manager"),
    ],
)
def test_what_has_no_preference_is_refused(box: Box, name: str, says: str) -> None:
    done = oomtray(box, f"unit set --user {name} --oomd avoid")
    assert (done.rc, says in done.err, done.out) == (1, True, "")
