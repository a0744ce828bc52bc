"""Lasting values for services under a real systemd: the system's, and alice's own.

Values are positive where this machine's root may not lower oom_score_adj; the guest shows the negative ones.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.guest.link import Done
from tests.rigs.systemd.box import REPO, Box

pytestmark = pytest.mark.systemd

THREE = """[Service]
ExecStart=/bin/sh -c 'sleep 1d & sleep 1d & wait'
ExecStartPost=/bin/sh -c 'until [ $$(wc -w </proc/${MAINPID}/task/${MAINPID}/children) = 2 ]; do sleep 0.1; done'
"""
"""It counts as started once its three processes are there."""
ONE = "[Service]\nExecStart=/bin/sleep infinity\n"
SYSTEM = "/etc/systemd/system"
DROP_IN = "50-oomtray.conf"
OWN = "/home/alice/.config/systemd/user"
HELPER = "/usr/libexec/oomtray/oomtray-helper"
ALLOW = """
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("io.github.oomtray.") == 0 && subject.user == "alice") return polkit.Result.YES;
});
"""
RULE = "/etc/polkit-1/rules.d/10-alice.rules"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        box.push({
            f"{SYSTEM}/db.service": THREE,
            f"{SYSTEM}/set.service": f"{ONE}OOMScoreAdjust=150\n",
            f"{SYSTEM}/alices.service": f"{ONE}User=alice\n",
            f"{SYSTEM}/many@.service": ONE,
            f"{SYSTEM}/asleep.service": ONE,
            f"{SYSTEM}/theirs.service": ONE,
            f"{SYSTEM}/theirs.service.d/{DROP_IN}": "[Service]\nNice=5\n",
            "/etc/systemd/user/job.service": THREE,
            HELPER: REPO / "oomtray/helper/oomtray_helper.py",
            "/usr/share/polkit-1/actions/io.github.oomtray.policy": REPO / "packaging/io.github.oomtray.policy",
            RULE: ALLOW,
        })  # fmt: skip
        box.sh(f"chmod 755 {HELPER}; mkdir -p {OWN}; chown -R alice: /home/alice/.config")
        box.sh("systemctl mask --quiet masked; systemctl daemon-reload; systemctl start db set alices many@a theirs polkit")
        box.sh("systemd-run --quiet --unit=passing sleep infinity")
        box.sh("systemctl --user daemon-reload; systemctl --user start job", user="alice")
        yield box


CLEAN = f"""
left=$(find {SYSTEM} {OWN} -name {DROP_IN} ! -path '*/theirs*' -print -delete)
[ -z "$left" ] && exit
find {SYSTEM} {OWN} -name '*.service.d' -empty -delete
systemctl daemon-reload
for file in $left; do
    unit=$(basename "$(dirname "$file")" .d)
    case $file in {SYSTEM}/*) systemctl try-restart "$unit";; *) echo own;; esac
done
"""


@pytest.fixture(autouse=True)
def nothing_is_left(box: Box) -> Iterator[None]:
    """Each test finds no drop-in of ours, and its services with the values that they start with."""
    yield
    if "own" in box.sh(CLEAN):
        box.sh("systemctl --user daemon-reload; systemctl --user restart job", user="alice")


def oomtray(box: Box, line: str, user: str = "alice") -> Done:
    return box.run_as(user, f"cd /src && python3 -m oomtray {line}")


def main_pid(box: Box, unit: str, *, own: bool = False) -> str:
    manager, user = ("--user", "alice") if own else ("--system", "root")
    return box.sh(f"systemctl {manager} show --value --property MainPID {unit}", user=user).strip()


def prop(box: Box, unit: str, name: str, *, own: bool = False) -> str:
    manager, user = ("--user", "alice") if own else ("--system", "root")
    return box.sh(f"systemctl {manager} show --value --property {name} {unit}", user=user).strip()


def values(box: Box, unit: str, *, own: bool = False) -> list[int]:
    """oom_score_adj of each of its processes."""
    group = prop(box, unit, "ControlGroup", own=own)
    procs = f"/sys/fs/cgroup/{{.,systemd,unified}}{shlex.quote(group)}/cgroup.procs"
    found = box.sh(f"for pid in $(cat {procs} 2>/dev/null | sort -u); do cat /proc/$pid/oom_score_adj; done")
    return sorted(int(line) for line in found.split())


@pytest.mark.parametrize("user", ["root", "alice"])
def test_a_system_service_is_set_for_good_and_at_once(box: Box, user: str) -> None:
    pid = main_pid(box, "db")
    done = oomtray(box, "unit deprioritize db --adj 300 --policy continue --oomd avoid", user)
    assert (done.rc, done.err) == (0, "")
    assert box.sh(f"tail -n +3 {SYSTEM}/db.service.d/{DROP_IN}").split() == [
        "OOMScoreAdjust=300",
        "OOMPolicy=continue",
        "ManagedOOMPreference=avoid",
    ]
    said = [prop(box, "db", name) for name in ("OOMScoreAdjust", "OOMPolicy", "ManagedOOMPreference")]
    assert said == ["300", "continue", "avoid"]
    assert (main_pid(box, "db"), values(box, "db")) == (pid, [300, 300, 300]), "changed, not restarted"
    assert f"{SYSTEM}/db.service.d/{DROP_IN} sets OOMScoreAdjust=300" in done.out
    assert "oomtray unit reset db.service" in done.out

    box.sh("systemctl restart db")
    assert values(box, "db") == [300, 300, 300], "it lasts"

    pid = main_pid(box, "db")
    done = oomtray(box, "unit reset db", user)
    assert (done.rc, done.err) == (0, "")
    assert box.run_as("root", f"ls {SYSTEM}/db.service.d").rc == 2, "file and directory are gone"
    assert (prop(box, "db", "OOMPolicy"), prop(box, "db", "ManagedOOMPreference")) == ("stop", "none")
    assert (main_pid(box, "db"), values(box, "db")) == (pid, [0, 0, 0])


@pytest.mark.parametrize(
    ("who", "unit", "own"), [("root", "db", False), ("alice", "db", False), ("alice", "job", True)], ids=["root", "alice", "her-own"]
)
def test_undo_takes_it_back_step_by_step(box: Box, who: str, unit: str, own: bool) -> None:
    manager, folder = (" --user", OWN) if own else ("", SYSTEM)
    file = f"{folder}/{unit}.service.d/{DROP_IN}"
    pid, had = main_pid(box, unit, own=own), values(box, unit, own=own)
    assert oomtray(box, f"unit deprioritize {unit}{manager} --adj 600 --policy continue", who).rc == 0
    earlier = box.sh(f"cat {file}")
    assert oomtray(box, f"unit deprioritize {unit}{manager} --adj 700 --oomd avoid", who).rc == 0
    before = oomtray(box, "undo --dry-run", who)
    assert (before.rc, before.err) == (0, "")
    assert f"{file} would hold:" in before.out
    assert values(box, unit, own=own) == [700] * 3
    done = oomtray(box, "undo", who)
    assert (done.rc, done.err) == (0, "")
    assert (box.sh(f"cat {file}"), values(box, unit, own=own)) == (earlier, [600] * 3)
    assert prop(box, unit, "ManagedOOMPreference", own=own) == "none"
    done = oomtray(box, "undo --json", who)
    assert (done.rc, done.err, '"to":null' in done.out.replace(" ", "")) == (0, "", True)
    assert box.run_as("root", f"ls {file}").rc == 2
    assert (main_pid(box, unit, own=own), values(box, unit, own=own)) == (pid, had), "never restarted"
    assert prop(box, unit, "OOMScoreAdjust", own=own) in {"0", "200"}


def test_reset_goes_back_to_what_the_units_own_file_says(box: Box) -> None:
    assert oomtray(box, "unit deprioritize set --adj 700").rc == 0
    assert values(box, "set") == [700]
    assert oomtray(box, "unit reset set").rc == 0
    assert (values(box, "set"), prop(box, "set", "OOMScoreAdjust")) == ([150], "150")


def test_alices_own_process_in_a_system_service_can_still_be_lowered_by_her(box: Box) -> None:
    """A raise by root would take that away: it is her own plain write."""
    assert oomtray(box, "unit deprioritize alices --adj 400").rc == 0
    assert values(box, "alices") == [400]
    box.sh(f"echo 0 >/proc/{main_pid(box, 'alices')}/oom_score_adj", user="alice")


def test_later_settings_leave_the_earlier_ones(box: Box) -> None:
    assert oomtray(box, "unit deprioritize db --adj 450", "root").rc == 0
    assert oomtray(box, "unit deprioritize db --policy continue", "root").rc == 0
    assert box.sh(f"tail -n +3 {SYSTEM}/db.service.d/{DROP_IN}").split() == ["OOMScoreAdjust=450", "OOMPolicy=continue"]


def test_what_is_left_of_a_service_that_is_gone_can_be_removed(box: Box) -> None:
    box.push({f"{SYSTEM}/brief.service": ONE})
    assert oomtray(box, "unit deprioritize brief").rc == 0
    box.sh(f"rm {SYSTEM}/brief.service; systemctl daemon-reload")
    assert (oomtray(box, "unit deprioritize brief").rc, oomtray(box, "unit reset brief").rc) == (1, 0)
    assert box.run_as("root", f"ls {SYSTEM}/brief.service.d").rc == 2


CHECK = """
import sys
from oomtray.actions.units import verify
from oomtray.actions.units.settings import UnitRefused, UnitSettings
for line in sys.argv[3:]:
    verify.render = lambda _: "[Service]\\n" + line + "\\n"
    try:
        print(verify.verify(sys.argv[1], UnitSettings(), user=sys.argv[2] == "--user"))
    except UnitRefused as refused:
        print(refused)
"""


@pytest.mark.parametrize(("unit", "manager"), [("db.service", "--system"), ("job.service", "--user")])
def test_systemd_reads_a_drop_in_before_it_is_installed(box: Box, unit: str, manager: str) -> None:
    lines = ["OOMPolicy=nonsense", "OOMScoreAdjust=1001", "NoSuchKey=1", "OOMScoreAdjust=1000"]
    said = box.sh(f"cd /src && {shlex.join(['python3', '-c', CHECK, unit, manager, *lines])}", user="alice")
    value, bounds, key, right = said.splitlines()
    assert "OOM policy" in value
    assert "out of range" in bounds
    assert "NoSuchKey" in key
    assert right == "True"


def test_one_instance_of_a_template(box: Box) -> None:
    assert oomtray(box, "unit deprioritize many@a").rc == 0
    assert (values(box, "many@a"), prop(box, "many@b", "OOMScoreAdjust")) == ([300], "0")


def test_a_service_that_sleeps_gets_it_at_its_next_start(box: Box) -> None:
    done = oomtray(box, "unit deprioritize asleep --adj 250")
    assert (done.rc, "from its next start" in done.out) == (0, True)
    box.sh("systemctl start asleep")
    assert values(box, "asleep") == [250]
    box.sh("systemctl stop asleep")


def test_a_service_of_her_own_needs_no_permission(box: Box) -> None:
    pid = main_pid(box, "job", own=True)
    box.sh(f"mv {HELPER} {HELPER}.away")
    try:
        done = oomtray(box, "unit deprioritize job --user --adj 600 --policy continue --oomd omit")
        assert (done.rc, done.err) == (0, "")
        assert box.sh(f"stat --format=%U {OWN}/job.service.d/{DROP_IN}").strip() == "alice"
        assert (main_pid(box, "job", own=True), values(box, "job", own=True)) == (pid, [600, 600, 600])
        group = prop(box, "job", "ControlGroup", own=True)
        ask = "import os, sys; print(*os.listxattr('/sys/fs/cgroup/unified' + sys.argv[1]))"
        assert prop(box, "job", "ManagedOOMPreference", own=True) == "omit"
        assert "user.oomd_omit" in box.sh(f'python3 -c "{ask}" {group}'), "systemd-oomd sees it at once"
        box.sh("systemctl --user restart job", user="alice")
        assert values(box, "job", own=True) == [600, 600, 600]
        done = oomtray(box, "unit reset job --user")
        assert (done.rc, done.err) == (0, "")
    finally:
        box.sh(f"mv {HELPER}.away {HELPER}")
    assert box.run_as("root", f"ls {OWN}/job.service.d").rc == 2
    assert values(box, "job", own=True) == [200, 200, 200]
    assert "user.oomd_omit" not in box.sh(f'python3 -c "{ask}" {group}')


def test_what_her_manager_does_not_allow_is_said_before_and_after(box: Box) -> None:
    done = oomtray(box, "unit protect job --user --dry-run")
    assert done.rc == 0
    assert "Your user manager runs at +100" in done.out
    assert "-500 counts as +100" in done.out
    done = oomtray(box, "unit protect job --user")
    assert done.rc == 3, done.err
    assert "-500 counts as +100" in done.out
    (line,) = done.err.splitlines()
    assert "3 of 3 processes not changed as asked" in line
    assert max(values(box, "job", own=True)) <= 100, "but as far as she may"
    box.sh("systemctl --user restart job", user="alice")
    assert values(box, "job", own=True) == [100, 100, 100], "clamped, without a word from systemd"
    show = oomtray(box, "unit show job --user")
    assert "3, 3 with another value than the unit sets" in show.out
    assert "what it starts can't go lower" in show.out
    assert oomtray(box, "unit reset job --user").rc == 0
    assert values(box, "job", own=True) == [200, 200, 200]


def test_show_names_what_holds(box: Box) -> None:
    box.push({f"{SYSTEM}/db.service.d/80-theirs.conf": "[Service]\nOOMScoreAdjust=90\n"})
    box.sh("systemctl daemon-reload")
    try:
        oomtray(box, "unit deprioritize db --adj 500 --policy kill", "root")
        done = oomtray(box, "unit show db")
    finally:
        box.sh(f"rm {SYSTEM}/db.service.d/80-theirs.conf")
    assert (done.rc, done.err) == (0, "")
    rows = {line[3:25].strip(): line[25:] for line in done.out.splitlines() if line.startswith("   ")}
    assert rows["OOMScoreAdjust"] == "+90"
    assert rows["OOMPolicy"].startswith("kill: ")
    assert rows["ManagedOOMPreference"] == "none"
    assert rows["Control group"].endswith("/system.slice/db.service")
    assert rows["Our drop-in"] == f"{SYSTEM}/db.service.d/{DROP_IN}: OOMScoreAdjust=500, OOMPolicy=kill"
    assert rows["Other drop-ins"] == f"{SYSTEM}/db.service.d/80-theirs.conf"
    assert rows["Processes"].startswith("3, 3 with another value")


def test_another_drop_in_that_has_the_last_word_is_named(box: Box) -> None:
    box.push({f"{SYSTEM}/db.service.d/80-theirs.conf": "[Service]\nOOMScoreAdjust=90\n"})
    box.sh("systemctl daemon-reload")
    try:
        done = oomtray(box, "unit deprioritize db --adj 500")
        assert done.rc == 1
        assert done.err == (
            "oomtray: OOMScoreAdjust of db.service is 90, not 500, because"
            f" {SYSTEM}/db.service.d/80-theirs.conf has the last word.\n"
        )
    finally:
        box.sh(f"rm {SYSTEM}/db.service.d/80-theirs.conf")


LOGIN = "[Service]\nExecStart=/bin/sh -c '%s & wait'\n"
SCOPE = "systemd-run --quiet --scope --unit=session-c%s --slice=user-1000.slice sleep 1d"
INHERITS = "starts sessions or jobs of users: everything started in its sessions inherits this value."


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("alice-session", id="pam"),
        pytest.param("asks@tty1", id="getty"),
        pytest.param("shows", id="display-manager"),
        pytest.param("lets-in", id="a-session-of-its-making"),
        pytest.param("crond", id="by-name"),
    ],
)
def test_a_unit_whose_sessions_inherit_the_value_says_so(box: Box, unit: str) -> None:
    box.push({
        f"{SYSTEM}/asks@.service": f"{ONE}UtmpIdentifier=%I\n",
        f"{SYSTEM}/shows.service": f"{ONE}[Install]\nAlias=display-manager.service\n",
        f"{SYSTEM}/lets-in.service": LOGIN % (SCOPE % 99),
        f"{SYSTEM}/lends.service": LOGIN % (SCOPE % 98).replace("session-", "app-"),
        f"{SYSTEM}/crond.service": ONE,
    })  # fmt: skip
    box.sh("systemctl daemon-reload; systemctl --quiet enable shows; systemctl start lets-in lends")
    box.sh("until systemctl is-active --quiet session-c99.scope app-c98.scope; do sleep 0.1; done")
    told = oomtray(box, f"unit protect {unit} --dry-run")
    assert (told.rc, told.err) == (0, "")
    assert INHERITS in told.out, told.out
    for other in ("db", "lends"):
        assert "inherits" not in oomtray(box, f"unit protect {other} --dry-run").out


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        pytest.param("masked", 1, "masked.service is masked", id="masked"),
        pytest.param("passing", 1, "passing.service is transient", id="transient"),
        pytest.param("nosuch", 1, "There is no unit nosuch.service", id="missing"),
        pytest.param("job", 1, "Your user manager has one of that name: add --user", id="in-the-other-manager"),
        pytest.param("user.slice", 2, "is not a service", id="slice"),
        pytest.param("user@1000", 2, "starts everything of its user", id="user-manager"),
        pytest.param("theirs", 1, "was not written by OOM Tray", id="a-file-that-is-not-ours"),
    ],
)
def test_what_can_not_be_set_is_refused_in_one_line(box: Box, name: str, status: int, says: str) -> None:
    done = oomtray(box, f"unit protect {name}")
    assert (done.rc, len(done.err.splitlines())) == (status, 1)
    assert says in done.err
    assert box.sh(f"cat {SYSTEM}/theirs.service.d/{DROP_IN}") == "[Service]\nNice=5\n"


def test_an_alias_is_set_under_the_units_own_name(box: Box) -> None:
    done = oomtray(box, "unit deprioritize dbus-org.freedesktop.login1 --dry-run")
    assert f"{SYSTEM}/systemd-logind.service.d/{DROP_IN} would hold" in done.out


def test_without_permission_nothing_is_changed(box: Box) -> None:
    box.sh(f"mv {RULE} {RULE}.away; systemctl restart polkit")
    try:
        done = oomtray(box, "unit deprioritize db")
    finally:
        box.sh(f"mv {RULE}.away {RULE}; systemctl restart polkit")
    assert done.rc == 3, done
    assert len([line for line in done.err.splitlines() if line.startswith("oomtray: ")]) == 1
    assert box.run_as("root", f"ls {SYSTEM}/db.service.d").rc == 2
    assert values(box, "db") == [0, 0, 0]


def test_without_the_helper_the_remedy_is_named(box: Box) -> None:
    box.sh(f"mv {HELPER} {HELPER}.away")
    try:
        done = oomtray(box, "unit deprioritize db")
    finally:
        box.sh(f"mv {HELPER}.away {HELPER}")
    assert (done.rc, "make install" in done.err) == (5, True)


def test_an_own_drop_in_is_never_written_through_a_link(box: Box, tmp_path: Path) -> None:
    box.sh(f"mkdir {OWN}/job.service.d; echo precious >~/note; ln -s ~/note {OWN}/job.service.d/{DROP_IN}", user="alice")
    done = oomtray(box, "unit deprioritize job --user")
    assert (done.rc, box.sh("cat ~/note", user="alice")) == (1, "precious\n")
    box.sh(f"rm -r {OWN}/job.service.d", user="alice")
