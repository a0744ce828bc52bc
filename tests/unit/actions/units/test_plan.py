"""What a lasting change of a service comes to, and what is said of it: pure decisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.units.changer import UnitOutcome
from oomtray.actions.units.plan import recorded, to_remove, to_restore, to_set
from oomtray.actions.units.settings import UnitSettings
from oomtray.actions.units.state import Member, UnitState
from oomtray.actions.units.unit_files import assigned, deciding_after_ours, deciding_file, original_adjust
from oomtray.config import Presets
from oomtray.messages import unit_results
from oomtray.messages import units as words
from oomtray.systemd.manager import ServiceStatus

LEVELS = Presets(protect=-500, deprioritize=300)
STATUS = ServiceStatus(
    name="x.service",
    load_state="loaded",
    transient=False,
    main_pid=10,
    control_group="/system.slice/x.service",
    oom_policy="stop",
    oom_score_adjust=0,
    oomd_preference="none",
    fragment_path=None,
    drop_in_paths=(),
    default_adjust=0,
    unit_path=(),
    manager_pid=1,
    names=("x.service",),
    pam_name=None,
    utmp_identifier=None,
)


def state(
    *adjs: int,
    has: int | None = 0,
    ours: UnitSettings | None = None,
    floor: int | None = None,
    v2: bool = True,
    policy="stop",
    sessions: bool = False,
    process="x",
) -> UnitState:
    return UnitState(
        status=replace(STATUS, oom_score_adjust=has, oom_policy=policy),
        user=floor is not None,
        units="/units",
        ours=ours,
        exact=True,
        blocked=None,
        members=tuple(Member(10 + at, 100 + at, process, adj, mine=False) for at, adj in enumerate(adjs)),
        policy_counts=v2,
        floor=floor,
        sessions=sessions,
    )


@pytest.mark.parametrize(
    ("word", "asked", "has", "ours", "expected"),
    [
        pytest.param("protect", UnitSettings(), 0, None, UnitSettings(-500), id="protect"),
        pytest.param("deprioritize", UnitSettings(), 0, None, UnitSettings(300), id="deprioritize"),
        pytest.param("protect", UnitSettings(-100), 0, None, UnitSettings(-100), id="a-value"),
        pytest.param("protect", UnitSettings(-100), -900, None, UnitSettings(-100), id="a-value-also-upwards"),
        pytest.param("protect", UnitSettings(), -900, None, None, id="protected-more-by-its-own-file"),
        pytest.param("deprioritize", UnitSettings(), 800, None, None, id="offered-more-by-its-own-file"),
        pytest.param(
            "protect", UnitSettings(), -900, UnitSettings(-900), UnitSettings(-900), id="protected-more-by-us"
        ),
        pytest.param(
            "protect", UnitSettings(oomd="avoid"), -900, None, UnitSettings(oomd="avoid"), id="only-the-other-killer"
        ),
        pytest.param(
            "deprioritize", UnitSettings(), -500, UnitSettings(-500, "stop"), UnitSettings(300, "stop"), id="the-other-way"
        ),
        pytest.param(
            "protect",
            UnitSettings(oom_policy="continue"),
            100,
            UnitSettings(100),
            UnitSettings(100, "continue"),
            id="policy-keeps-the-value-of-before",
        ),
        pytest.param(
            "protect",
            UnitSettings(oom_policy="continue"),
            0,
            UnitSettings(oomd="omit"),
            UnitSettings(-500, "continue", "omit"),
            id="policy-where-no-value-was-set",
        ),
    ],
)
def test_what_the_drop_in_will_hold(word, asked, has, ours, expected):
    assert to_set(word, asked, LEVELS, state(has=has, ours=ours)).settings == expected


@pytest.mark.parametrize(
    ("word", "asked", "adjs", "then"),
    [
        pytest.param("protect", UnitSettings(), (0, 300, -500, -900), (-500, -500, -500, -900), id="protect-only-lowers"),
        pytest.param("deprioritize", UnitSettings(), (0, 900, 200), (300, 900, 300), id="deprioritize-only-raises"),
        pytest.param("protect", UnitSettings(-100), (0, -300), (-100, -100), id="a-value-is-for-all"),
        pytest.param("deprioritize", UnitSettings(), (0, -1000), (300, -1000), id="never-is-left-to-the-program"),
        pytest.param("protect", UnitSettings(-100), (0, -1000), (-100, -1000), id="also-from-a-value"),
    ],
)
def test_which_processes_go_along(word, asked, adjs, then):
    plan = to_set(word, asked, LEVELS, state(*adjs))
    moved = {move.member.pid: move.to for move in plan.moves}
    assert tuple(moved.get(member.pid, member.adj) for member in plan.state.members) == then
    assert all(move.to != move.member.adj for move in plan.moves)


@pytest.mark.parametrize(
    ("ours", "original", "floor", "adjs", "then"),
    [
        pytest.param(UnitSettings(-500), 0, None, (-500, -500), (0, 0), id="back"),
        pytest.param(UnitSettings(-500), 0, None, (-500, -300, 7), (0, -300, 7), id="others-have-values-of-their-own"),
        pytest.param(UnitSettings(-500), 200, 100, (100, 0, 300), (200, 200, 300), id="got-a-part-of-the-way"),
        pytest.param(UnitSettings(oom_policy="stop"), 0, None, (-500,), (-500,), id="we-set-no-value"),
        pytest.param(UnitSettings(-500), None, None, (-500,), (-500,), id="no-value-known-to-go-back-to"),
    ],
)
def test_a_reset_takes_back_what_was_ours(ours, original, floor, adjs, then):
    plan = to_remove(state(*adjs, ours=ours, floor=floor), original)
    moved = {move.member.pid: move.to for move in plan.moves}
    assert plan.settings is None
    assert not plan.nothing
    assert tuple(moved.get(member.pid, member.adj) for member in plan.state.members) == then


def changed(pid: int, before: int, after: int, *, done: bool = True) -> Change:
    return Change(pid, 90 + pid, "x", before, after, done=done, error=None if done else "gone", wanted=after)


SET = UnitSettings(-500)


@pytest.mark.parametrize(
    ("ours", "changes", "now", "original", "settings", "then"),
    [
        pytest.param(None, [changed(10, 0, -500), changed(11, 7, -500)], (-500, -500), 0, None, (0, 7), id="each-its-own"),
        pytest.param(UnitSettings(-90, "kill"), [changed(10, -90, -500)], (-500, 3), 0, UnitSettings(-90, "kill"), (-90, 3), id="earlier"),
        pytest.param(None, [changed(10, 0, -500)], (-17, 3), 0, None, (-17, 3), id="set-since-by-another"),
        pytest.param(None, [changed(10, 200, 100), changed(11, 0, -500, done=False)], (100, -500), 0, None, (200, -500), id="part-of-the-way"),
        pytest.param(None, [changed(10, 7, -500)], (-500, 0, -500, 9), 0, None, (7, 0, 0, 9), id="inherited-since"),
        pytest.param(UnitSettings(-90), [changed(10, 7, -500)], (-500, 0, -500), 0, UnitSettings(-90), (7, 0, -90), id="to-the-earlier"),
        pytest.param(None, [changed(10, 7, -500)], (-500, 0, -500), None, None, (7, 0, -500), id="nothing-known-to-inherit"),
    ],
)  # fmt: skip
def test_an_undo_gives_back_the_drop_in_and_to_each_what_it_had(ours, changes, now, original, settings, then):
    done = to_set("protect", SET, LEVELS, state(0, 0, ours=ours))
    plan = to_restore(recorded(replace(done, settings=SET), changes), state(*now, ours=SET), original)
    moved = {move.member.pid: move.to for move in plan.moves}
    assert plan.settings == settings
    assert tuple(moved.get(member.pid, member.adj) for member in plan.state.members) == then
    assert all(move.to != move.member.adj for move in plan.moves)


def test_nothing_to_do_is_known():
    assert to_remove(state(0), 0).nothing
    assert to_set("protect", UnitSettings(), LEVELS, state(-500, has=-500, ours=UnitSettings(-500))).nothing
    assert to_set("protect", UnitSettings(), LEVELS, state(-900, has=-900)).nothing
    assert not to_set("protect", UnitSettings(), LEVELS, state(0, has=-500, ours=UnitSettings(-500))).nothing


def test_who_began_meanwhile_and_inherited_the_old_value():
    plan = to_set("protect", UnitSettings(), LEVELS, state(0, 0))
    later = state(-500, -500, 0, 50)
    assert [move.member.pid for move in plan.began_meanwhile(later)] == [12]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(state(0, 0, 0), "One death ends the whole unit with its 3 processes.", id="stop"),
        pytest.param(state(0, 0, policy="kill"), "One death ends the whole unit with its 2 processes.", id="kill"),
        pytest.param(state(0), "One death ends the whole unit.", id="one-process"),
        pytest.param(state(0, 0, policy="continue"), "One death leaves the rest of the unit running.", id="continue"),
        pytest.param(state(0, 0, v2=False), "OOMPolicy has no effect here, because memory is not counted by cgroup v2.", id="cgroup-v1"),
        pytest.param(state(0, 0, policy=None), "What one death does to the unit is not known.", id="before-systemd-243"),
    ],
)
def test_what_one_death_means(given, says):
    assert words.policy(given) == says


INHERITS = "everything started in its sessions inherits this value"
NEXT_START = "sshd gives its sessions the value that it was started with"
OFFER = "--policy continue leaves the others running"


@pytest.mark.parametrize(
    ("asked", "given", "part", "said"),
    [
        pytest.param(UnitSettings(), state(0, 0), OFFER, True, id="continue-is-offered"),
        pytest.param(UnitSettings(), state(0), OFFER, False, id="not-for-one-process"),
        pytest.param(UnitSettings(), state(0, 0, policy="continue"), OFFER, False, id="not-where-it-is-so"),
        pytest.param(UnitSettings(), state(0, 0, v2=False), OFFER, False, id="not-without-cgroup-v2"),
        pytest.param(UnitSettings(oom_policy="stop"), state(0, 0), OFFER, False, id="not-where-it-was-chosen"),
        pytest.param(UnitSettings(oom_policy="stop"), state(0, v2=False), "OOMPolicy has no effect", True, id="policy-in-vain"),
        pytest.param(UnitSettings(), state(200, has=200, floor=100), "-500 counts as +100", True, id="clamped"),
        pytest.param(UnitSettings(100), state(200, has=200, floor=100), "counts as", False, id="as-low-as-allowed"),
        pytest.param(UnitSettings(-500), state(0), "counts as", False, id="not-in-the-systems-manager"),
        pytest.param(UnitSettings(oomd="avoid"), state(0, floor=100), "not when swap runs out", True, id="oomd-user"),
        pytest.param(UnitSettings(oomd="avoid"), state(0), "not when swap runs out", False, id="oomd-system"),
        pytest.param(UnitSettings(), state(-1000), "1 process stays at -1000", True, id="never"),
        pytest.param(UnitSettings(), state(has=0), "isn't running", True, id="asleep"),
        pytest.param(UnitSettings(), state(0, sessions=True), INHERITS, True, id="sessions"),
        pytest.param(UnitSettings(oomd="avoid"), state(0, has=-900, sessions=True), INHERITS, False, id="no-value-to-inherit"),
        pytest.param(UnitSettings(), state(0), INHERITS, False, id="no-sessions"),
        pytest.param(UnitSettings(), state(-1000, sessions=True, process="sshd"), NEXT_START, True, id="sshd-runs"),
        pytest.param(UnitSettings(), state(0, sessions=True, process="sshd"), NEXT_START, False, id="sshd-protects-not-itself"),
        pytest.param(UnitSettings(), state(-900, has=-900), "keeps the -900", True, id="goes-further-already"),
    ],
)
def test_what_is_said_beforehand(asked, given, part, said):
    notes = words.notes_in_terminal(to_set("protect", asked, LEVELS, given))
    assert any(part in note for note in notes) is said, notes


def test_what_is_said_where_it_does_not_hold(tmp_path):
    theirs = tmp_path / "80-theirs.conf"
    theirs.write_text("[Service]\nOOMScoreAdjust=90\n")
    plan = to_set("protect", UnitSettings(), LEVELS, state())
    after = state(has=90)
    outcome = UnitOutcome(plan, "done", None, edited=True, changes=(), after=after)
    assert unit_results.shortfall(outcome) == "OOMScoreAdjust of x.service is 90, not -500."
    named = replace(after, status=replace(after.status, drop_in_paths=(str(theirs),)))
    assert unit_results.shortfall(replace(outcome, after=named)) == (
        f"OOMScoreAdjust of x.service is 90, not -500, because {theirs} has the last word."
    )
    assert unit_results.shortfall(replace(outcome, after=state(has=-500))) is None
    assert unit_results.shortfall(replace(outcome, after=None)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("[Service]\nOOMScoreAdjust=5\n", "5", id="plain"),
        pytest.param("[Service]\nOOMScoreAdjust=5\nOOMScoreAdjust = 7 \n", "7", id="the-last-one-counts"),
        pytest.param("[Service]\n#OOMScoreAdjust=5\n;OOMScoreAdjust=6\n", None, id="comments"),
        pytest.param("[Unit]\nOOMScoreAdjust=5\n[Service]\nNice=1\n", None, id="another-section"),
        pytest.param("[Service]\nExecStart=/x \\\nOOMScoreAdjust=5\n", None, id="a-continued-line"),
        pytest.param("[Service]\nOOMScoreAdjust=\n", "", id="taken-back"),
        pytest.param("\xff\xfe", None, id="no-text"),
    ],
)
def test_a_unit_file_is_read_as_systemd_reads_it(tmp_path, text, value):
    path = tmp_path / "x.service"
    path.write_text(text, encoding="latin-1")
    assert assigned(str(path), "OOMScoreAdjust") == value


@pytest.mark.parametrize(
    ("files", "default", "value"),
    [
        pytest.param({}, 0, 0, id="nothing-set"),
        pytest.param({}, 200, 200, id="the-managers-default"),
        pytest.param({}, None, None, id="an-old-manager-does-not-tell"),
        pytest.param({"x.service": "-900"}, 0, -900, id="the-units-own"),
        pytest.param({"x.service": "-900", "10-a.conf": "100"}, 0, 100, id="a-drop-in-over-it"),
        pytest.param({"x.service": "-900", "50-oomtray.conf": "5"}, 0, -900, id="ours-does-not-count"),
        pytest.param({"x.service": "-900", "60-b.conf": ""}, 200, 200, id="taken-back"),
        pytest.param({"x.service": "-900", "60-b.conf": "%i"}, 0, -900, id="what-systemd-ignores"),
    ],
)
def test_what_the_unit_sets_without_us(tmp_path, files, default, value):
    for name, adjust in files.items():
        (tmp_path / name).write_text(f"[Service]\nOOMScoreAdjust={adjust}\n")
    paths = [str(tmp_path / name) for name in files]
    status = replace(STATUS, default_adjust=default, fragment_path=next(iter(paths), None), drop_in_paths=tuple(paths[1:]))
    assert original_adjust(status) == value


def test_a_file_that_can_not_be_read_leaves_it_unknown(tmp_path):
    status = replace(STATUS, fragment_path=str(tmp_path / "gone.service"))
    assert original_adjust(status) is None
    assert deciding_file(status, "OOMScoreAdjust") is None


@pytest.mark.parametrize(
    ("files", "last"),
    [
        pytest.param({}, None, id="no-other"),
        pytest.param({"10-a.conf": "5"}, None, id="before-ours"),
        pytest.param({"10-a.conf": "5", "override.conf": "7"}, ("override.conf", "7"), id="after-ours"),
        pytest.param({"override.conf": "7", "zz.conf": "8"}, ("zz.conf", "8"), id="the-last-of-two"),
        pytest.param({"override.conf": ""}, ("override.conf", ""), id="takes-back"),
    ],
)
def test_a_dry_run_knows_which_file_would_have_the_last_word(tmp_path, files, last):
    for name, adjust in files.items():
        (tmp_path / name).write_text(f"[Service]\nOOMScoreAdjust={adjust}\n")
    status = replace(STATUS, drop_in_paths=tuple(str(tmp_path / name) for name in files))
    found = deciding_after_ours(status, "OOMScoreAdjust")
    assert found == (None if last is None else (str(tmp_path / last[0]), last[1]))
    assert deciding_after_ours(status, "OOMPolicy") is None
