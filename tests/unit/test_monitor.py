"""The monitor's loop: how often it looks, what it rereads, what each step says."""

from __future__ import annotations

import itertools
import math

import pytest

from oomtray.config import Pace, Settings, Thresholds
from oomtray.history.database import Database
from oomtray.history.period import read_period
from oomtray.history.recorder import Recorder
from oomtray.kernel.process_table import QUIET_SCANS
from oomtray.kernel.scripts import ScriptNames
from oomtray.monitor import TRAIL_SECONDS, Attention, Monitor
from oomtray.risk.interval import LONGEST_CALM, next_tick
from oomtray.risk.set_here import SetHere
from oomtray.risk.trend import ShrinkRate, smoothed
from tests.facts import GIB, MIB
from tests.facts.memory import memory
from tests.rigs.processes.proc_tree import ProcTree


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tree(tmp_path):
    tree = ProcTree(tmp_path / "proc")
    tree.add(1, name=b"init", score=0)
    tree.add(100, name=b"small", rss_kib=1000, score=666)
    tree.add(200, name=b"large", rss_kib=2_000_000, score=825)
    return tree


@pytest.fixture
def monitor(tree, clock, tmp_path):
    monitor = Monitor(proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock, wall=lambda: 1.8e9)
    yield monitor
    monitor.close()


def test_a_survey_reads_and_judges_everything(monitor):
    assessment = monitor.survey()
    assert assessment.victim.risk.process.name == "large"
    assert [risk.process.pid for risk in assessment.risks] == [200, 100, 1]
    assert (assessment.snapshot.time, assessment.snapshot.full) == (1.8e9, True)
    assert assessment.apps == ()


def test_calm_and_unwatched_it_scans_at_the_calm_pace(monitor, clock):
    assert monitor.step() is not None
    for _ in range(int(Pace().calm_seconds) - 1):
        clock.now += 1
        assert monitor.step() is None
    clock.now += 1
    assert monitor.step() is not None


@pytest.mark.parametrize(
    "becomes",
    [
        pytest.param({"available": 8 * GIB // 100}, id="used"),
        pytest.param({"available": 2 * GIB, "psi": "some avg10=60.00\nfull avg10=50.00\n"}, id="stall"),
    ],
)
def test_a_level_that_jumps_while_all_was_calm_is_there_within_seconds(monitor, tree, clock, becomes):
    """However rare the scans are: a tick reads the memory, and the level that it finds makes a scan."""
    monitor.settings = Settings(pace=Pace(calm_seconds=3600))
    tree.memory(total=8 * GIB, available=6 * GIB)
    assert monitor.step().level.name == "normal"
    clock.now += monitor.pause
    assert monitor.step() is None
    tree.memory(total=8 * GIB, **becomes)
    assert monitor.pause <= 5
    clock.now += monitor.pause
    assert monitor.step().level.name == "critical"


@pytest.fixture
def calm(tree, clock, tmp_path):
    """A monitor that has looked once and found all well; an ordinary file takes the trigger that tells of a stall."""
    tree.memory(total=16 * GIB, available=12 * GIB)
    tree.write("vmstat", "oom_kill 0\n")
    tree.write("pressure/memory", "")
    settings = Settings(pace=Pace(calm_seconds=3600))
    monitor = Monitor(settings, proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock)
    monitor.wake()
    monitor.wait()
    monitor.step()
    yield monitor
    monitor.close()


def looks(monitor, clock, seconds):
    """The assessments that it makes when it is driven by its own pace for so long."""
    end = clock.now + seconds
    found = []
    while clock.now + monitor.pause <= end:
        clock.now += monitor.pause
        found += [(clock.now, assessment)] if (assessment := monitor.step()) else []
    return found


@pytest.mark.parametrize(
    ("available", "level", "within"),
    [
        pytest.param(GIB, "critical", 5, id="critical"),
        pytest.param(2 * GIB, "warning", 5, id="warning"),
        pytest.param(11 * GIB, "normal", 25, id="a-sixteenth-of-all-may-have-changed-who-is-first"),
    ],
)
def test_what_the_available_memory_shows_is_told_though_only_glanced_at(calm, tree, clock, available, level, within):
    assert looks(calm, clock, 18) == []
    tree.memory(total=16 * GIB, available=available)
    since = clock.now
    at, assessment = looks(calm, clock, 30)[0]
    assert assessment.level.name == level
    assert at - since <= within


@pytest.mark.parametrize(
    ("falls", "waits"),
    [
        pytest.param(False, 25, id="until a tick is due"),
        pytest.param(True, 15, id="until memory has gone"),
    ],
)
def test_waiting_goes_on_over_the_glances_that_show_nothing(calm, tree, clock, monkeypatch, falls, waits):
    calm.step()
    if falls:
        tree.memory(total=16 * GIB, available=11 * GIB)
    begun = clock.now

    class Hurrying(Clock):
        def __call__(self):
            clock.now += 5  # so that nothing is really waited for
            return clock.now

    monkeypatch.setattr(Clock, "__call__", Hurrying.__call__)
    calm.wait()
    assert clock.now - begun == waits


def test_the_memory_that_a_death_gives_back_makes_a_scan_as_well(calm, tree, clock):
    tree.memory(total=16 * GIB, available=13 * GIB)
    since = clock.now
    at, _ = looks(calm, clock, 60)[0]
    assert at - since <= 20
    assert looks(calm, clock, 60) == [], "once: it is compared with what the scan found"


def test_little_by_little_to_the_mark_is_told_as_well(calm, tree, clock):
    available = 12 * GIB
    while available > 3.2 * GIB:
        available -= 100 * MIB
        tree.memory(total=16 * GIB, available=available)
        found = looks(calm, clock, 5)
    assert [assessment.level.name for _, assessment in found][:1] == ["warning"]


def test_what_no_glance_shows_is_told_within_twenty_seconds(calm, tree, clock):
    looks(calm, clock, 7)
    tree.write("vmstat", "oom_kill 1\n")
    since = clock.now
    ((at, _),) = looks(calm, clock, 60)
    assert at - since <= 20


def recorded_readings(tree, clock, tmp_path, available):
    """What a calm machine's history has of 20 minutes, in which somebody could look at every second."""
    tree.memory(total=32 * GIB, available=available * GIB)
    tree.write("vmstat", "oom_kill 0\n")
    tree.write("pressure/memory", "")
    database = Database(str(tmp_path / "history.db"))
    recorder = Recorder(lambda: database, lambda: 1.8e9 + clock.now)
    monitor = Monitor(Settings(), proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock, recorder=recorder)
    monitor.wake()
    monitor.wait()  # arms the trigger that tells of a stall, without which no tick is left out
    looks(monitor, clock, 1200)
    monitor.close()
    return read_period(database, 1.8e9, 1.8e9 + clock.now, 1.0).columns


@pytest.mark.parametrize("available", [7, 12, 20, 23, 30])
def test_the_history_of_a_calm_machine_has_no_gap(tree, clock, tmp_path, available):
    columns = recorded_readings(tree, clock, tmp_path, available)
    assert len(columns) > 36
    assert [column.begin for column in columns if not column.follows] == [columns[0].begin]


def test_a_tick_that_is_due_just_before_a_scan_waits_for_it(tree, clock, tmp_path):
    """Each costs a calm tray more than all that it glances at in between."""
    columns = recorded_readings(tree, clock, tmp_path, 23)
    pauses = [later.begin - earlier.begin for earlier, later in itertools.pairwise(columns)]
    assert len(columns) == 40, "two for each of the scans, which come once a minute"
    assert 30 < max(pauses) <= LONGEST_CALM


def test_new_thresholds_count_at_the_next_look(calm, clock):
    calm.settings = Settings(levels=Thresholds(warning_percent=10, warning_left=0, critical_percent=99))
    found = looks(calm, clock, 5)
    assert found[0][1].level.name == "warning"


def test_whoever_acts_on_scans_says_how_old_the_last_may_be(tree, clock, tmp_path):
    within = [100.0]
    settings = Settings(pace=Pace(calm_seconds=3600))
    monitor = Monitor(settings, proc=str(tree), cgroups=str(tmp_path), clock=clock, scan_within=lambda: within[0])
    try:
        scans = []
        for _ in range(300):
            if monitor.step() is not None:
                scans.append(clock.now - 1000)
            if clock.now == 1230:
                within[0] = 0.0  # a file that decides has changed
            elif within[0] == 0.0:
                within[0] = 1000.0
            clock.now += 1
        assert scans == [0, 100, 200, 231]
    finally:
        monitor.close()


def test_once_woken_it_is_no_longer_taken_for_one_that_waits(monitor, clock):
    """Else one that hangs when it is woken, or goes on after a pause, would be found out late or never."""
    monitor.attend(Attention(paused=True))
    monitor.waits_until = math.inf
    monitor.attend(Attention())
    assert monitor.waits_until == clock.now


def test_an_open_popup_is_served_at_the_quick_pace(monitor, clock):
    monitor.step()
    monitor.attend(Attention(open=True, watch=frozenset({100}), apps=True, top=None))
    assessment = monitor.step()
    assert sorted(risk.process.pid for app in assessment.apps for risk in app.members) == [1, 100, 200]
    assert len(assessment.risks) == 3
    clock.now += 1
    assert monitor.step() is None
    clock.now += 1
    assert monitor.step() is not None


@pytest.mark.parametrize(
    ("takes", "pause"),
    [
        pytest.param(0.005, Pace().open_seconds, id="an ordinary scan keeps the pace"),
        pytest.param(1.5, 6.0, id="one that has to wait for memory itself gives way"),
        pytest.param(8.0, 10.0, id="and not for ever"),
    ],
)
def test_scans_that_take_long_come_less_often(tree, clock, tmp_path, takes, pause):
    """On a machine that stalls, looking at all processes every two seconds would make it stall more."""

    def slow():
        clock.now += takes
        return SetHere()

    monitor = Monitor(proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock, set_here=slow)
    monitor.attend(Attention(open=True))
    monitor.step()
    ended = clock.now
    while monitor.step() is None:
        clock.now += 0.25
    monitor.close()
    assert clock.now - takes - ended == pytest.approx(pause, abs=0.3)


def test_while_reading_itself_waits_only_the_rows_that_decide_are_reread(tree, clock, tmp_path):
    """A scan that took long is followed by one of the next victims alone; once that is quick all is read as before."""
    takes = 1.0
    shown = range(400, 420)
    for pid in shown:
        tree.add(pid, rss_kib=1000, score=660)

    def slow():
        clock.now += takes
        return SetHere()

    def reread():
        """Those of the rows on screen that this scan has read, and whether the next victim is one."""
        while (found := monitor.step()) is None:
            clock.now += 0.25
        fresh = {row.pid for row in found.snapshot.processes if row.read_at == found.snapshot.at}
        return fresh & {200, *shown}

    monitor = Monitor(proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock, set_here=slow)
    monitor.attend(Attention(open=True, watch=frozenset(shown)))
    reread()
    sparing = reread()
    assert 200 in sparing
    assert len(sparing) <= 4
    takes = 0.0
    reread()
    assert reread() == {200, *shown}
    monitor.close()


def test_a_raised_level_scans_at_once_and_then_quickly(monitor, tree, clock):
    monitor.step()
    clock.now += 1
    tree.memory(total=8 * GIB, available=GIB)
    assert monitor.step().level.name == "warning"
    clock.now += 2
    assert monitor.step() is not None


def test_a_kill_is_noticed_at_the_next_tick(monitor, tree, clock):
    tree.write("vmstat", "oom_kill 0\n")
    monitor.step()
    clock.now += 1
    tree.write("vmstat", "oom_kill 1\n")
    assert monitor.step() is not None


def test_paused_it_neither_reads_nor_wakes(monitor, clock):
    monitor.step()
    monitor.attend(Attention(paused=True))
    clock.now += 1000
    assert monitor.step() is None
    monitor.attend(Attention())
    assert monitor.step() is not None, "resuming looks at once"


def test_changes_are_bytes_per_second_and_unknown_at_first(monitor, tree, clock):
    monitor.attend(Attention(open=True, watch=frozenset({200}), top=5))
    first = monitor.step()
    assert {risk.change for risk in first.risks} == {None}
    clock.now += 2
    tree.add(200, name=b"large", rss_kib=2_000_000 + 2048, score=825)
    second = monitor.step()
    assert second.risks[0].change == 1 * MIB


def test_two_scans_in_one_moment_make_no_rate(monitor, tree, clock):
    monitor.attend(Attention(open=True, watch=frozenset({200}), top=5))
    monitor.step()
    clock.now += 0.1
    tree.add(200, name=b"large", rss_kib=2_100_000, score=825)
    monitor.wake()
    assert monitor.step().risks[0].change is None
    clock.now += 2.0
    assert monitor.step().risks[0].change == pytest.approx(100_000 * 1024 / 2.1)


def test_a_survey_gives_the_plain_difference_of_the_last_two(monitor, tree, clock):
    for rss, change in [(2_000_000, None), (2_000_100, 204_800), (2_000_100, 0)]:
        tree.add(200, name=b"large", rss_kib=rss, score=825)
        assert monitor.survey().risks[0].change == change
        clock.now += 0.5


def test_a_steady_survey_rereads_the_rows_that_it_shows_and_those_whose_score_changed(monitor, tree, clock):
    tree.add(300, name=b"middle", rss_kib=50_000, score=670)
    for pid in range(400, 440):
        tree.add(pid, rss_kib=10, score=660)
    tree.memory(total=8 * GIB, available=6 * GIB)
    assert monitor.survey(top=2, steady=True).snapshot.full
    clock.now += 2
    tree.memory(total=8 * GIB, available=5 * GIB)
    tree.add(200, name=b"large", rss_kib=2_000_200, score=825)
    tree.add(300, name=b"middle", rss_kib=50_100, score=670)
    tree.add(439, name=b"grown", rss_kib=20_000, score=668)
    for pid in range(400, 439):
        tree.add(pid, rss_kib=20, score=660)
    tree.add(500, name=b"new", rss_kib=20_000, score=668)
    assessment = monitor.survey(top=2, steady=True)
    rows = {process.pid: process for process in assessment.snapshot.processes}
    assert not assessment.snapshot.full
    assert [(risk.process.pid, risk.change) for risk in assessment.risks] == [(200, 102_400), (300, 51_200)]
    assert [rows[pid].rss for pid in (439, 500)] == [20_000 * 1024] * 2
    unread = sum(rows[pid].rss == 10 * 1024 for pid in range(400, 439))
    assert unread > 30, "a few are reread in rotation; a full scan would have read them all"


def test_while_no_memory_moves_a_steady_survey_reads_what_it_shows_and_a_part_of_the_others(monitor, tree, clock):
    tree.memory(total=8 * GIB, available=6 * GIB)
    for pid in range(400, 440):
        tree.add(pid, rss_kib=10, score=660)
    monitor.survey(top=1, steady=True)
    tree.add(200, name=b"large", rss_kib=2_000_200, score=825)
    for pid in range(400, 440):
        tree.add(pid, rss_kib=20_000, score=661)
    known = []
    for _ in range(QUIET_SCANS):
        clock.now += 2
        assessment = monitor.survey(top=1, steady=True)
        known.append(sum(process.oom_score == 661 for process in assessment.snapshot.processes))
        assert assessment.risks[0].process.rss == 2_000_200 * 1024
    assert known == sorted(known)
    assert known[0] < 30
    assert known[-1] == 40


def test_memory_that_goes_little_by_little_has_all_read_in_the_end(monitor, tree, clock):
    tree.memory(total=8 * GIB, available=6 * GIB)
    for pid in range(400, 440):
        tree.add(pid, rss_kib=10, score=660)
    monitor.survey(top=1, steady=True)
    for step in range(1, 3):
        clock.now += 2
        tree.memory(total=8 * GIB, available=6 * GIB - step * 20 * MIB)
        for pid in range(400, 440):
            tree.add(pid, rss_kib=20_000, score=660 + step)
        assessment = monitor.survey(top=1, steady=True)
    assert sum(process.oom_score == 662 for process in assessment.snapshot.processes) == 40


def test_surveys_that_are_far_apart_read_everything(monitor, tree, clock):
    tree.memory(total=8 * GIB, available=6 * GIB)
    monitor.survey(top=1, steady=True)
    for _ in range(2):
        clock.now += 5
        tree.add(100, name=b"small", rss_kib=20_000, score=668)
        assessment = monitor.survey(top=1, steady=True)
        assert {process.pid: process.oom_score for process in assessment.snapshot.processes}[100] == 668


def test_a_steady_survey_keeps_as_many_rows_fresh_as_it_shows(monitor, tree, clock):
    for pid in range(400, 440):
        tree.add(pid, rss_kib=1000 + pid, score=660)
    monitor.survey(top=40, steady=True)
    for turn in (1, 2):
        clock.now += 2
        for pid in range(400, 440):
            tree.add(pid, rss_kib=1000 + pid + turn, score=660)
        risks = monitor.survey(top=40, steady=True).risks
        assert {risk.change for risk in risks if risk.process.pid in range(400, 440)} == {512}


def test_in_a_cgroup_every_row_is_reread_as_its_share_of_the_machine_tells_too_little(tree, clock, tmp_path):
    group = tmp_path / "cgroups/small"
    group.mkdir(parents=True)
    (tmp_path / "cgroups/cgroup.controllers").write_text("memory\n")
    (group / "memory.max").write_text(f"{64 * MIB}\n")
    pids = range(400, 440)
    (group / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))
    for pid in pids:
        tree.add(pid, rss_kib=1000, score=666)
    monitor = Monitor(proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock, scope_path="/small")
    try:
        monitor.survey(top=1, steady=True)
        clock.now += 2
        tree.add(439, rss_kib=9000, score=666)
        first = monitor.survey(top=1, steady=True).risks[0]
        assert (first.process.pid, first.change) == (439, 4000 * 1024)
    finally:
        monitor.close()


def test_a_reused_pid_has_no_change(monitor, tree, clock):
    monitor.survey()
    clock.now += 2
    tree.add(200, name=b"large", rss_kib=9, start=9999, score=825)
    assert all(risk.change in (None, 0.0) for risk in monitor.survey().risks)
    assert next(risk for risk in monitor.survey().risks if risk.process.pid == 200).change is None


def test_the_trail_keeps_ten_minutes(monitor, clock):
    for _ in range(50):
        assessment = monitor.step() or assessment  # noqa: F821 - the first step always scans
        clock.now += Pace().calm_seconds
    assert assessment.trail[-1].at - assessment.trail[0].at <= TRAIL_SECONDS
    assert len(assessment.trail) == TRAIL_SECONDS // Pace().calm_seconds + 1


def test_the_rate_is_how_fast_available_memory_shrinks(monitor, tree, clock):
    assert monitor.survey().forecast.rate is None
    clock.now += 2
    tree.memory(total=8 * GIB, available=6 * GIB - 100 * MIB)
    assert monitor.survey().forecast.rate == 50 * MIB


def test_wake_ends_a_wait(monitor):
    monitor.step()
    monitor.wake()
    monitor.wait()
    assert monitor.step() is not None


def test_settings_can_change_while_it_runs(monitor, clock):
    monitor.step()
    monitor.settings = Settings(pace=Pace(calm_seconds=30))
    clock.now += Pace().calm_seconds
    monitor.step()
    clock.now += 29
    assert monitor.step() is None
    clock.now += 1
    assert monitor.step() is not None


def test_no_procfs_is_an_error_and_not_an_empty_answer(tmp_path):
    with Monitor_at(tmp_path) as monitor, pytest.raises(OSError, match="procfs"):
        monitor.step()


class Monitor_at:
    def __init__(self, path):
        self.monitor = Monitor(proc=str(path), cgroups=str(path))

    def __enter__(self):
        return self.monitor

    def __exit__(self, *_):
        self.monitor.close()


def test_memory_that_goes_is_foretold_before_the_mark_though_all_was_calm(calm, tree, clock):
    """From 12 GiB at 200 MiB/s: the mark of 80 % is reached after 45 s; some seconds before, the kill is under 45 s away."""
    begun, at, level = clock.now, clock.now, "normal"
    while level == "normal":
        at = clock.now = clock.now + calm.pause
        tree.memory(total=16 * GIB, available=int(12 * GIB - 200 * MIB * (at - begun)))
        found = calm.step()
        level = found.level.name if found else level
    assert (level, found.level.cause) == ("critical", "forecast")
    assert at - begun < 44
    assert found.forecast.seconds == pytest.approx(found.snapshot.memory.available / (200 * MIB), rel=0.3)


@pytest.mark.parametrize(
    ("available", "rate", "level", "seconds"),
    [
        pytest.param(14 * GIB, None, "normal", 5.4, id="so-much-that-2-GiB-a-second-leave-time"),
        pytest.param(10 * GIB, None, "normal", 5, id="plenty"),
        pytest.param(int(3.2 * GIB) + GIB, None, "normal", 2, id="a-gigabyte-above-the-mark"),
        pytest.param(int(3.2 * GIB) + 10 * MIB, None, "normal", 0.5, id="at-the-mark"),
        pytest.param(14 * GIB, 2 * GIB, "normal", 0.5, id="plenty-but-going-fast"),
        pytest.param(14 * GIB, 100 * MIB, "normal", 1, id="gone-in-some-minutes-is-fed-to-the-forecast"),
        pytest.param(14 * GIB, 10 * MIB, "normal", 5.4, id="gone-in-half-an-hour"),
        pytest.param(None, None, "normal", 0.5, id="unknown-is-watched-closely"),
        pytest.param(16 * GIB // 100, None, "critical", 0.5, id="critical"),
    ],
)
def test_the_less_is_left_and_the_faster_it_goes_the_sooner(available, rate, level, seconds):
    assert next_tick(memory(available=available), rate, level, Settings().levels, 10.0) == pytest.approx(seconds, rel=1e-6)


def test_a_rate_settles_over_some_seconds():
    assert smoothed(None, 100, 2, 6) == 50
    rate = 0.0
    for _ in range(20):
        rate = smoothed(rate, 100, 2, 6)
    assert 49 < rate < 50


def test_two_readings_at_one_moment_give_no_rate():
    shrinking = ShrinkRate()
    shrinking.add(100, 1.0)
    shrinking.add(50, 1.0)
    assert shrinking.rate is None


def test_two_programs_of_one_interpreter_are_two_apps_where_their_scripts_are_read(tree, tmp_path, clock):
    for pid, run in ((300, b"train.py"), (301, b"serve.py")):
        tree.add(pid, name=b"python3", rss_kib=500_000, score=700)
        tree.write(f"{pid}/cmdline", b"python3\0" + run + b"\0")
    found = {}
    for scripts in (None, ScriptNames(str(tree))):
        monitor = Monitor(proc=str(tree), cgroups=str(tmp_path / "cgroups"), clock=clock, scripts=scripts)
        apps = monitor.survey(apps=True).apps
        monitor.close()
        found[scripts is None] = {app.name: len(app.members) for app in apps if app.members[0].process.name == "python3"}
    assert found == {True: {"python3": 2}, False: {"train.py": 1, "serve.py": 1}}
