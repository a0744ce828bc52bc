"""Specifies that one kill is one row of the record, whoever tells of it, and that each telling adds what it knows."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.cli import DONE, FAILED, main
from oomtray.history import kills
from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.kill_data import from_data
from oomtray.history.kills import as_data, counted, put_kills, read_kill, read_kills
from oomtray.history.samples import put
from oomtray.kernel.files import boot_id, oom_kills
from oomtray.kernel.kill_log.chosen import Chosen
from oomtray.kernel.kill_log.facts import Killed, KillReport
from oomtray.messages.kills import details
from oomtray.risk.kill_event import Dead, Grew, KillEvent, KillScope, Trigger
from oomtray.risk.postmortem import Cause, Ranked
from tests.facts import kills as facts
from tests.facts.memory import memory
from tests.unit.history.test_record import sample

NOW = 1_800_000_000.0
JAVA = Dead(pid=4242, start_time=812, name="java", app="Java", unit="java.service", oom_score_adj=0)
TAB = Dead(pid=77, start_time=900, name="Web Content", oom_score_adj=233, adj_from="adj-set-by-app")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Database()


def live(*victims: Dead, time: float = NOW, count: int | None = 3, **changes: object) -> KillEvent:
    """As the kernel's counter and a process's exit tell it."""
    facts: dict[str, object] = {
        "time": time, "boot": "b", "count": count, "killer": "kernel", "outcome": "killed", "victims": victims,
        "sources": ("proc-connector", "vmstat"),
    }  # fmt: skip
    return KillEvent(**(facts | changes))  # type: ignore[arg-type]


def logged(*victims: Dead, time: float = NOW + 0.4, **changes: object) -> KillEvent:
    facts: dict[str, object] = {
        "time": time, "killer": "kernel", "outcome": "killed", "victims": victims, "sources": ("kernel-log",),
        "trigger": Trigger(5, "cc1"), "scope": KillScope(kind="system", total_pages=5000),
    }  # fmt: skip
    return KillEvent(**(facts | changes))  # type: ignore[arg-type]


def half_a_minute_ago() -> float:
    """For commands, which read the time themselves: within this boot, however young, and within the year that is kept."""
    return float(int(time.time()) - 30)


def record(database: Database, *events: KillEvent, now: float = NOW) -> list[bool]:
    with database.writing() as connection:
        return [one.new for one in put_kills(connection, events, now)]


def recorded(database: Database) -> list[KillEvent]:
    with database.reading() as connection:
        return [] if connection is None else [one.event for one in read_kills(connection, 0)]


def test_an_event_comes_back_as_it_was() -> None:
    full = live(
        JAVA, TAB,
        scope=KillScope(kind="cgroup", path="/a", limit=5, total_pages=9), trigger=Trigger(None, "cc1"), chosen=Chosen(6, "java", or_child=True), foretold=12.5,
        growing=(Grew("Java", 5.5),), cause=Cause("too-small", "low", {"ram": 5, "most_left": 4, "seconds": 3, "grew": 5}, "add-memory"),
        ranking=(Ranked(1, "x", 2, 3, 4, 5),), page_size=4096, manual=True, constraint="memcg", not_before=NOW - 5,
    )  # fmt: skip
    assert from_data(json.loads(json.dumps(as_data(full)))) == full


def test_of_a_ranking_no_more_is_read_than_is_asked_for_but_the_largest() -> None:
    rows = facts.leak().ranking
    assert rows is not None
    data = json.loads(json.dumps(as_data(facts.leak())))
    assert from_data(data, 2).ranking == rows[:2], "the second holds the most"
    data["ranked"].append([5, "big", 1, -900, 16 << 30, 0])
    assert from_data(data, 2).ranking == (*rows[:2], Ranked(5, "big", 1, -900, 16 << 30, 0))
    data["ranked"][-1].pop()
    with pytest.raises(LookupError):
        from_data(data, 2)


def test_what_a_later_version_says_of_a_kill_besides_is_left_out() -> None:
    """Else the kill would be unknown to this one, which would record it once more."""
    known = replace(facts.elsewhere("zones"), chosen=Chosen(6, "java", or_child=True), growing=(Grew("code", 5e6),))
    told = json.loads(json.dumps(as_data(known)))
    for place in (told, told["scope"], told["cause"], *told["victims"]):
        place["added"] = {"later": 1}
    for place in (told["trigger"], told["chosen"], *told["growing"], *told["free"]["places"], *told["ranked"]):
        place.append("later")
    assert from_data(told) == known


@pytest.mark.parametrize(
    "wrong", [{"remedy": "buy-memory"}, {"evidence": {}}, {"evidence": {"from": 1, "to": 2}}, {"kind": "too-small"}], ids=str
)
def test_a_cause_that_this_version_can_not_tell_is_left_out_of_its_kill(wrong: dict[str, object]) -> None:
    """It ended the list of all kills."""
    known = facts.leak(cause=Cause("leak", "high", {"from": 1, "to": 2, "seconds": 3}, "expendable", "Slack"))
    told = json.loads(json.dumps(as_data(known)))
    assert details(from_data(told)) == details(known)
    told["cause"] |= wrong
    assert details(from_data(told)) == details(replace(known, cause=None))


def test_arguments_of_commands_are_left_out() -> None:
    event = live(Dead(pid=1, name="x", command="/usr/bin/x --password=secret"))
    assert "secret" not in json.dumps(as_data(event))


class TestOneKill:
    def test_two_recorders_make_one_record(self, database: Database) -> None:
        assert record(database, live(JAVA)) == [True]
        assert record(database, live(JAVA, time=NOW + 0.2)) == [False]
        assert len(recorded(database)) == 1

    def test_a_log_adds_who_asked_and_takes_nothing_away(self, database: Database) -> None:
        record(database, live(JAVA), logged(Dead(pid=4242, name="java", freed=5), page_size=65536))
        (event,) = recorded(database)
        assert event.page_size == 65536
        assert event.trigger == Trigger(5, "cc1")
        assert event.victims == (Dead(pid=4242, start_time=812, name="java", app="Java", unit="java.service", oom_score_adj=0, freed=5),)
        assert set(event.sources) == {"proc-connector", "vmstat", "kernel-log"}
        assert event.count == 3

    @pytest.mark.parametrize("pages", [(None, 9), (9, None), (9, 5)])
    def test_of_its_scope_what_only_one_knows_is_kept(self, database: Database, pages: tuple[int | None, int | None]) -> None:
        sure, unsure = (KillScope(kind="cgroup", path="/a", total_pages=known) for known in pages)
        record(database, live(JAVA, outcome="likely", scope=replace(unsure, limit=5)), logged(JAVA, scope=sure))
        (event,) = recorded(database)
        assert event.scope == KillScope(kind="cgroup", path="/a", limit=5, total_pages=9)

    @pytest.mark.parametrize("counts", [(7, None), (None, 7)])
    def test_what_one_of_them_knows_is_kept(self, database: Database, counts: tuple[int | None, int | None]) -> None:
        record(database, *(make(JAVA, count=known, page_size=known) for make, known in zip((live, logged), counts, strict=True)))
        assert [(event.count, event.page_size) for event in recorded(database)] == [(7, 7)]

    def test_one_of_these_becomes_certain(self, database: Database) -> None:
        record(database, live(JAVA, TAB, outcome="one-of"), logged(Dead(pid=77, name="Web Content")))
        (event,) = recorded(database)
        assert event.certainty == "certain"
        assert event.victims == (TAB,)

    def test_a_wrong_guess_is_put_right(self, database: Database) -> None:
        record(database, live(JAVA, outcome="likely"), logged(TAB))
        (event,) = recorded(database)
        assert event.victims == (TAB,)

    def test_what_nobody_watched_takes_its_victim_from_the_log(self, database: Database) -> None:
        missed = [live(time=NOW, not_before=NOW - 3600, count=count, outcome="unknown") for count in (4, 5)]
        record(database, *missed, logged(JAVA, time=NOW - 3000), logged(TAB, time=NOW - 2000))
        events = recorded(database)
        assert [event.victims[0].name for event in events] == ["java", "Web Content"]
        assert [event.time for event in events] == [NOW - 3000, NOW - 2000]
        assert [event.not_before for event in events] == [None, None]

    def test_what_systemd_says_of_a_unit_belongs_to_the_kill_in_it_that_is_nearest(self, database: Database) -> None:
        """Of a process that began after the last scan, only its pid may be known."""
        brief = [live(Dead(pid=pid, name=""), count=pid, time=NOW + pid) for pid in (1, 6, 11)]
        of_unit = logged(Dead(pid=None, name="leaf.scope", unit="leaf.scope", app="leaf"), time=NOW + 6.1, outcome="one-of", sources=("unit-result",))

        assert record(database, *brief, of_unit) == [True, True, True, False]
        assert [event.victims for event in recorded(database)] == [
            (Dead(pid=1, name=""),), (Dead(pid=6, name="", unit="leaf.scope", app="leaf"),), (Dead(pid=11, name=""),),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param(live(TAB, count=4), id="another process"),
            pytest.param(live(JAVA, time=NOW + 500, count=4), id="much later"),
            pytest.param(live(Dead(pid=4242, start_time=5000, name="java"), count=4), id="another with its pid"),
            pytest.param(live(count=4, outcome="unknown"), id="another count"),
            pytest.param(live(JAVA, boot="c"), id="another boot"),
            pytest.param(logged(Dead(pid=None, name="x", unit="x.service"), killer="systemd-oomd"), id="another killer"),
            pytest.param(logged(Dead(pid=None, name="x", unit="x.service"), outcome="one-of"), id="another unit"),
        ],
    )
    def test_two_kills_stay_two(self, database: Database, other: KillEvent) -> None:
        assert record(database, live(JAVA), other) == [True, True]
        assert len(recorded(database)) == 2


def test_the_record_knows_the_count_that_it_has_seen(database: Database) -> None:
    record(database, live(JAVA, count=7), live(TAB, boot="before", count=70, time=NOW - 90_000))
    with database.reading() as connection:
        assert connection is not None
        assert counted(connection, "b", NOW - 1000) == (7, NOW)
        assert counted(connection, "another", NOW + 1000) == (None, NOW)


def test_damaged_values_leave_the_counts_unknown(database: Database) -> None:
    """An error here would come back with each scan of the tray, whose numbers it would all call unreadable."""
    with database.writing() as connection:
        put(connection, [sample(NOW)])
        connection.execute("UPDATE reading SET oom_kills = 'x', time = 'x'")
        assert counted(connection, "b", NOW - 1000) == (None, None)


def slack(pid: int, *, ended: bool) -> dict[str, object]:
    return {"pid": pid, "start_time": 77, "name": "slack", "signal": "SIGTERM", "ended": ended, "error": None}


def stepped_in(database: Database, time: float, *processes: dict[str, object]) -> None:
    data = {"app": "slack", "name": "Slack", "cause": "kill", "frees": 1 << 30, "processes": processes}
    with database.writing() as connection:
        put_events(connection, [Event("step-in", f"slack/{time}", time, data)])


class TestCommand:
    @pytest.fixture(autouse=True)
    def log(self, monkeypatch: pytest.MonkeyPatch) -> list[KillReport]:
        """What this machine's log says."""
        reports: list[KillReport] = []
        monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda since: [one for one in reports if (one.time or 0) >= since])
        return reports

    def test_what_the_record_lacks_is_read_now(
        self, database: Database, capsys: pytest.CaptureFixture[str], log: list[KillReport]
    ) -> None:
        boot, count, now = boot_id(), oom_kills(), time.time()
        assert count is not None
        record(database, live(JAVA, boot=boot, count=count - 2, time=now - 60))
        log.append(KillReport(killer="kernel", outcome="killed", time=now - 10, victims=(Killed(pid=5, name="cc1"),)))
        assert main(["kills", "--json"], tray=lambda _: 99) == DONE
        events = json.loads(capsys.readouterr().out)["events"]
        names = [event["victims"][0]["name"] if event["victims"] else None for event in events]
        # other tests may kill at any moment
        assert names[:3] == ["java", "cc1", None]
        assert events[2]["certainty"] == "unknown"
        assert main(["kills", events[1]["id"]], tray=lambda _: 99) == DONE
        assert "cc1 (5) was killed by the kernel" in capsys.readouterr().out

    def test_a_record_that_lacks_nothing_asks_no_log(
        self, database: Database, capsys: pytest.CaptureFixture[str], log: list[KillReport]
    ) -> None:
        log.append(KillReport(killer="kernel", outcome="killed", time=time.time(), victims=(Killed(pid=5, name="cc1"),)))
        record(database, live(JAVA, boot=boot_id(), count=1 << 40, time=time.time()))
        assert main(["kills"], tray=lambda _: 99) == DONE
        assert "cc1" not in capsys.readouterr().out

    @pytest.fixture
    def first_reading(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> float:
        """When it was: within this boot, which had four kills by then and one after it."""
        now, awake = time.time(), min(3600.0, 0.9 * time.clock_gettime(time.CLOCK_BOOTTIME))
        begun = now - awake / 2
        monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 5)
        with database.writing() as connection:
            put(connection, [sample(at, memory=memory(oom_kills=kills)) for at, kills in ((begun, 4), (now - 5, 5))])
        record(database, live(JAVA, boot=boot_id(), count=5, time=now - 9), now=now)
        return begun

    def told_kills(self, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
        assert main(["kills", "--json", *options], tray=lambda _: 99) == DONE
        return [event["victims"][0]["name"] for event in json.loads(capsys.readouterr().out)["events"]]

    def test_what_was_before_the_first_reading_is_read_from_the_log(
        self, database: Database, capsys: pytest.CaptureFixture[str], log: list[KillReport], first_reading: float
    ) -> None:
        """Somebody begins to record after a kill."""
        booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        times = {"before-boot": booted - 5, "mysqld": first_reading - 2, "cc1": first_reading - 1, "watched": first_reading + 1}
        for pid, (name, at) in enumerate(times.items(), start=5):
            log.append(KillReport(killer="kernel", outcome="killed", time=at, victims=(Killed(pid=pid, name=name),)))
        log.append(KillReport(killer="kernel", outcome="killed", time=time.time() - 9, victims=(Killed(pid=4242, name="java"),)))
        assert self.told_kills(capsys) == ["mysqld", "cc1", "java"]
        assert self.told_kills(capsys, "--since", str(first_reading - 1.5)) == ["cc1", "java"]
        assert main(["kills"], tray=lambda _: 99) == DONE
        text = capsys.readouterr().out
        assert text.index("mysqld") < text.index("cc1") < text.index("java"), "the newest is the last"
        record(database, logged(Dead(pid=6, name="mysqld"), time=first_reading - 2))
        assert self.told_kills(capsys) == ["mysqld", "cc1", "java"]

    @pytest.mark.parametrize("recorded_before", [False, True], ids=["asked for what followed", "all are recorded"])
    def test_no_log_is_read_for_what_is_recorded(
        self, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, first_reading: float, recorded_before: bool
    ) -> None:
        monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: pytest.fail("read"))
        group = (TAB, Dead(pid=78, start_time=901, name="Web Content"))
        if recorded_before:
            at = {"boot": boot_id(), "time": first_reading - 60}
            unseen = live(outcome="unknown", count=1, kills=2, not_before=first_reading - 70, **at)  # type: ignore[arg-type]
            record(database, unseen, live(*group, **(at | {"count": 4, "time": first_reading - 50})))  # type: ignore[arg-type]
        since = () if recorded_before else ("--since", str(first_reading + 1))
        assert main(["kills", *since], tray=lambda _: 99) == DONE
        assert "java" in capsys.readouterr().out

    def test_it_tells_the_record(self, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
        begun = half_a_minute_ago()
        boot, every = boot_id(), 1 << 40  # more kills than there were, so that none is missing
        record(database, live(JAVA, time=begun, boot=boot, count=every), live(TAB, time=begun + 20, foretold=40.0, boot=boot, count=every + 1), now=begun)
        assert main(["kills"], tray=lambda _: 99) == DONE
        text = capsys.readouterr().out
        assert "java (4242) was killed by the kernel" in text
        assert "A warning had named it 40 s before." in text
        assert main(["kills", "--json", "--since", str(begun + 10)], tray=lambda _: 99) == DONE
        (event,) = json.loads(capsys.readouterr().out)["events"]
        assert event["victims"][0]["name"] == "Web Content"
        assert main(["kills", event["id"]], tray=lambda _: 99) == DONE
        assert "Web Content (77)" in capsys.readouterr().out

    def test_what_oom_tray_ended_itself_is_among_them(self, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
        begun = half_a_minute_ago()
        boot, every = boot_id(), 1 << 40
        record(database, live(JAVA, time=begun, boot=boot, count=every), live(TAB, time=begun + 20, boot=boot, count=every + 1), now=begun)
        stepped_in(database, begun + 10, slack(4281, ended=True), slack(4282, ended=False))
        stepped_in(database, begun + 12, slack(4300, ended=False))  # it stayed
        assert main(["kills", "--json"], tray=lambda _: 99) == DONE
        events = json.loads(capsys.readouterr().out)["events"]
        assert [event["killer"] for event in events] == ["kernel", "oomtray", "kernel"]
        ours = events[1]
        assert (ours["time"], ours["certain"], ours["scope"]["kind"]) == (begun + 10, True, "system")
        assert [(one["pid"], one["start_time"], one["name"], one["app"], one["freed"]) for one in ours["victims"]] == [
            (4281, 77, "slack", "Slack", None)
        ]
        assert main(["kills", ours["id"]], tray=lambda _: 99) == DONE
        assert "OOM Tray ended slack (4281) to keep the computer responsive" in " ".join(capsys.readouterr().out.split())
        assert main(["kills", "--since", str(begun + 14), "--json"], tray=lambda _: 99) == DONE
        assert [event["killer"] for event in json.loads(capsys.readouterr().out)["events"]] == ["kernel"]
        assert main(["kills", "--bundle", ours["id"]], tray=lambda _: 99) == DONE
        assert json.loads(capsys.readouterr().out)["event"]["killer"] == "oomtray"

    @pytest.mark.parametrize("data", [{}, {"name": "x"}, {"name": "x", "processes": [7]}, {"name": "x", "processes": [{"ended": True}]}])
    def test_what_can_not_be_read_is_none(
        self, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: dict[str, object]
    ) -> None:
        monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 0)
        with database.writing() as connection:
            put_events(connection, [Event("step-in", "x", NOW, data)])
        assert main(["kills"], tray=lambda _: 99) == DONE
        assert capsys.readouterr().out == "No kill was recorded.\n"

    @pytest.mark.parametrize("number", ["99", "x", "-1", "²"])
    def test_an_unknown_number_is_one_line(self, database: Database, capsys: pytest.CaptureFixture[str], number: str) -> None:
        record(database, live(JAVA))
        assert main(["kills", "--", number], tray=lambda _: 99) == FAILED
        assert len(capsys.readouterr().err.splitlines()) == 1

    def test_nothing_recorded_is_said(
        self, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 0)
        assert main(["kills"], tray=lambda _: 99) == DONE
        assert capsys.readouterr().out == "No kill was recorded.\n"
        assert recorded(database) == []


class TestOnlyCounted:
    """The kernel has counted kills that nothing names."""

    @pytest.fixture(autouse=True)
    def _machine(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 4)
        monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [])
        monkeypatch.setattr("oomtray.kernel.visibility.sees_all", lambda: True)

    def told(self, capsys: pytest.CaptureFixture[str], *options: str) -> str:
        assert main(["kills", *options], tray=lambda _: 99) == DONE
        return capsys.readouterr().out

    @pytest.mark.parametrize(
        ("is_open", "helper", "says", "not_said"),
        [
            pytest.param(False, "/nonexistent/helper", "sudo dmesg | oomtray kills --log -", "password", id="by sudo"),
            pytest.param(False, "/dev/null", "ask for the kernel's report", "last 7 days", id="by the helper"),
            pytest.param(True, "/dev/null", "but its log of the last 7 days doesn't have them", "dmesg", id="it was read"),
        ],
    )
    def test_how_many_and_what_to_do(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_open: bool, helper: str, says: str, not_said: str
    ) -> None:
        monkeypatch.setattr("oomtray.actions.kill_reports.log_is_open", lambda: is_open)
        monkeypatch.setattr("oomtray.actions.helper_run.HELPER", helper)
        text = self.told(capsys)
        assert text.startswith("No kill was recorded.\nThe kernel has counted 4 kills since boot, ")
        assert says in text
        assert not_said not in text
        assert json.loads(self.told(capsys, "--json"))["events"] == []
        assert self.told(capsys, "--since", str(time.time() - 1)) == "No kill was recorded.\n"

    def test_below_others(self, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("oomtray.actions.kill_reports.log_is_open", lambda: False)
        now = time.time()
        with database.writing() as connection:
            put(connection, [sample(now - 9, memory=memory(oom_kills=3))])
        record(database, live(JAVA, boot=boot_id(), count=4, time=now - 5), now=now)
        text = self.told(capsys)
        assert text.index("java") < text.index("\n\nThe kernel has counted 3 more kills since boot")
        assert "counted" not in self.told(capsys, "1")

    @pytest.mark.parametrize("named", [4, 5], ids=["all", "more than it has counted"])
    def test_not_of_those_that_the_log_names(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, named: int) -> None:
        killed = KillReport(killer="kernel", outcome="killed", time=time.time() - 0.1, victims=tuple(Killed(pid=7 + n, name="x") for n in range(named)))
        monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [killed])
        assert "counted" not in self.told(capsys)

    def test_besides_the_units_that_ones_own_journal_tells_of(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        """Of one's own user manager one may read what one may not read of the kernel."""
        monkeypatch.setattr("oomtray.actions.kill_reports.log_is_open", lambda: False)
        unit = Killed(pid=None, name="leaf.scope", cgroup="/user.slice/user-1000.slice/user@1000.service/app.slice/leaf.scope")
        of_unit = KillReport(killer="kernel", outcome="one-of", time=time.time() - 0.1, victims=(unit,), from_unit=True)
        monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [of_unit])
        text = self.told(capsys)
        assert text.index("leaf.scope") < text.index("The kernel has counted 3 more kills since boot")

    def test_those_since_the_record_that_can_not_be_told_apart(
        self, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The kernel's count may be of processes that can't be seen from here."""
        monkeypatch.setattr("oomtray.actions.kill_reports.log_is_open", lambda: False)
        with database.writing() as connection:
            put(connection, [sample(time.time() - 9, memory=memory(oom_kills=0))])
        assert "4 kills that nobody saw" in self.told(capsys)
        monkeypatch.setattr("oomtray.kernel.visibility.sees_all", lambda: False)
        assert "The kernel has counted 4 kills since boot" in self.told(capsys)


def test_a_kill_is_found_by_its_number(database: Database) -> None:
    record(database, live(JAVA), live(TAB, count=4))
    with database.reading() as connection:
        assert connection is not None
        found = {one.id: one.event for one in read_kills(connection, 0)}
        assert {number: one.event for number in found if (one := read_kill(connection, number))} == found
        assert read_kill(connection, 999) is None


def test_history_tells_kills_and_changes_among_the_readings(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.time() - 600
    record(database, live(JAVA, time=now))
    with database.writing() as connection:
        put(connection, [sample(now - 60), sample(now + 60)])
        changed = {"action": "protect", "by": "hand", "changes": [{"pid": 7, "name": "sshd", "from": 0, "to": -500}]}
        put_events(connection, [Event("change", "hand/1", now + 30, changed)])
    assert main(["history"], tray=lambda _: 99) == DONE
    first, kill, change, last = capsys.readouterr().out.splitlines()
    assert "normal" in first
    assert "Java was killed by the kernel" in kill
    assert "You protected sshd" in change
    assert "normal" in last
    assert main(["history", "--json"], tray=lambda _: 99) == DONE
    assert all("memory" in json.loads(line) for line in capsys.readouterr().out.splitlines())


def test_only_the_newest_kills_keep_the_table_of_their_report(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "RANKINGS_MOST", 2)
    ranking = (Ranked(7, "java", 10, 0, 4096, 0),)
    for number in range(4):
        record(database, replace(live(JAVA, time=1.8e9 + 1000 * number, count=number), ranking=ranking, page_size=4096))
    with database.reading() as connection:
        assert connection is not None
        assert [one.event.ranking for one in read_kills(connection, 0)] == [None, None, ranking, ranking]


@pytest.mark.parametrize("content", [b"", b"no database, however long it goes on" * 200], ids=["empty", "broken"])
def test_a_record_that_can_not_be_used_is_said(database: Database, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    Path(database.path).parent.mkdir(mode=0o700)
    Path(database.path).write_bytes(content)
    said = f"oomtray: {database.path} is damaged, or was written by a newer version of OOM Tray\n" if content else ""
    assert main(["history"], tray=lambda _: 99) == (FAILED if content else DONE)
    assert capsys.readouterr().err == said
    assert main(["kills"], tray=lambda _: 99) == DONE
    assert capsys.readouterr().err == said
    assert Path(database.path).read_bytes() == content
