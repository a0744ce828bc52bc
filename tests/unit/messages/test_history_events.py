"""What the history says of changes of units, and of an app that was ended to keep the computer responsive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from translations.compile import compile_all

from oomtray.history.database import Database
from oomtray.history.events import Event, put_events
from oomtray.history.kills import as_data
from oomtray.history.period import RecordedEvent, read_period
from oomtray.messages import kill_notifications, kill_page, kills, names
from oomtray.messages.history_events import sentence
from oomtray.risk.kill_event import Dead, KillEvent
from oomtray.ui.history.mark_groups import grouped
from oomtray.ui.history.mark_icons import shape_of
from tests.rigs.commands.program import TREE
from tests.rigs.translations.speaking import environment, speaking


def stepped_in(**data: Any) -> RecordedEvent:
    return RecordedEvent(1, "step-in", 1.8e9, {"app": "slack", "name": "Slack", "cause": "kill"} | data)


def warned(**shown: str) -> RecordedEvent:
    return RecordedEvent(1, "told", 1.8e9, {"level": "critical", "cause": "used", "victim": {"pid": 7, "name": "python3", **shown}})


def of_unit(action: str) -> RecordedEvent:
    unit = {"name": "db.service", "from": None, "to": {"ManagedOOMPreference": "avoid"}}
    return RecordedEvent(1, "change", 1.8e9, {"action": action, "by": "hand", "changes": [], "units": [unit]})


def undone(action: str, name: str = "java") -> RecordedEvent:
    change = {"pid": 7, "name": name, "from": -500, "to": 0}
    return RecordedEvent(1, "change", 1.8e9, {"action": "undo", "undid": action, "by": "hand", "changes": [change]})


def short_of_protection(action: str = "protect", *, taken_back: bool = False) -> RecordedEvent:
    """What protecting an app comes to without permission."""
    ends = {"from": 0, "to": 300} if taken_back else {"from": 300, "to": 0}
    changes = [{"pid": pid, "name": "slack", **ends} for pid in (7, 8)]
    data = {"action": "undo", "undid": action} if taken_back else {"action": action}
    return RecordedEvent(1, "change", 1.8e9, {"by": "hand", "changes": changes} | data)


def offered(*ends: int, undid: str = "") -> RecordedEvent:
    """Processes that `first` has set, or an undo, from where to where in turn."""
    changes = [{"pid": n, "name": "java", "from": ends[n], "to": ends[n + 1]} for n in range(0, len(ends), 2)]
    data = {"action": "undo", "undid": undid} if undid else {"action": "first"}
    return RecordedEvent(1, "change", 1.8e9, {"by": "hand", "changes": changes} | data)


def limited(**to: int) -> RecordedEvent:
    unit = {"name": "shop.service", "from": {"MemoryMax": 200 << 20}, "to": to}
    return RecordedEvent(1, "change", 1.8e9, {"action": "limit", "by": "hand", "changes": [], "units": [unit]})


@pytest.mark.parametrize(
    ("event", "says"),
    [
        pytest.param(
            RecordedEvent(1, "set-aside", 1.8e9, {"aside": "history.db.damaged-1"}),
            "The history from before could not be used; it is kept as history.db.damaged-1", id="begun anew",
        ),
        pytest.param(warned(), "Critical: memory was nearly gone, and python3 was first to go", id="of an earlier version"),
        pytest.param(warned(shown="train.py"), "Critical: memory was nearly gone, and train.py was first to go", id="a warning"),
        pytest.param(RecordedEvent(1, "told", 1.8e9, {"level": "critical", "victim": {}}), "Critical: memory was nearly gone", id="of nobody"),
        pytest.param(of_unit("protect"), "You protected db.service", id="a unit"),
        pytest.param(of_unit("prefer"), "You set how systemd-oomd treats db.service", id="under systemd-oomd"),
        pytest.param(
            stepped_in(processes=[{"pid": 7, "ended": True}, {"pid": 8, "ended": False}]),
            "OOM Tray ended Slack to keep the computer responsive",
            id="ended",
        ),
        pytest.param(stepped_in(processes=[{"pid": 7, "ended": False}]), "OOM Tray asked Slack to end", id="still running"),
        pytest.param(undone("protect"), "Undone: protecting java", id="a protection taken back"),
        pytest.param(offered(900, 0, undid="first"), "Undone: letting java go first", id="going first taken back"),
        pytest.param(undone("value"), "Undone: the change of java", id="a value taken back"),
        pytest.param(short_of_protection(), "You set 2 processes of slack to 0", id="not protected without permission"),
        pytest.param(short_of_protection("protect-strongly"), "You set 2 processes of slack to 0", id="nor strongly"),
        pytest.param(offered(0, 900, 200, 900), "You let 2 processes of java go first", id="several of one name"),
        pytest.param(offered(900, 0), "You set java to 0", id="lowered by a value of its own"),
        pytest.param(offered(900, 300), "You set java to +300", id="lowered, though not to 0"),
        pytest.param(offered(-500, -100), "You set java to -100", id="raised, and still protected"),
        pytest.param(offered(0, 900, undid="deprioritize"), "Undone: the change of java", id="lowering taken back"),
        pytest.param(
            short_of_protection(taken_back=True), "Undone: the change of 2 processes of slack", id="what was no protection taken back"
        ),
        pytest.param(limited(MemoryMax=320 << 20), "You raised the memory limit of shop.service to 320 MiB", id="a limit"),
        pytest.param(limited(), "You changed shop.service", id="a limit of another version"),
        pytest.param(stepped_in(), "OOM Tray ended Slack to keep the computer responsive", id="of another version"),
        pytest.param(RecordedEvent(1, "change", 1.8e9, {"changes": ["?"], "units": [None]}), "A value was changed", id="damaged"),
    ],
)
def test_in_one_sentence(event: RecordedEvent, says: str) -> None:
    assert sentence(event) == says


def test_a_changed_program_is_called_as_its_app_is_when_it_was_killed() -> None:
    names.learn_program("slack", "Slack")
    try:
        assert sentence(short_of_protection()) == "You set 2 processes of Slack to 0"
        assert sentence(of_unit("protect")) == "You protected db.service"
    finally:
        names.forget_all()


def test_what_was_taken_back_has_a_mark_of_its_own() -> None:
    assert (shape_of(undone("protect")), shape_of(of_unit("protect")), shape_of(limited())) == ("back", "shield", "change")


def test_what_protected_nothing_has_no_shield() -> None:
    assert shape_of(short_of_protection()) == "change"


def test_it_is_read_with_the_period_and_has_a_mark_below_a_kill_s(tmp_path: Any) -> None:
    database = Database(str(tmp_path / "history.db"))
    events = [Event("step-in", "slack:7:1", 1000.0, {"name": "Slack"}), Event("kill", "k", 1001.0, {})]
    with database.writing() as connection:
        put_events(connection, events)
    shown = read_period(database, 0.0, 2000.0, 10.0).events
    assert [event.kind for event in shown] == ["step-in", "kill"]
    assert shape_of(shown[0]) == "end"
    assert grouped(shown, lambda time: time, 16.0)[0].leading.kind == "kill"


@pytest.fixture
def korean(tmp_path: Path) -> Iterator[None]:
    compile_all(TREE / "resources/translations", tmp_path)
    with speaking(environment(tmp_path, "ko")):
        yield


def by_rule(*names: str) -> RecordedEvent:
    changes = [{"pid": 7, "name": name, "from": 0, "to": 300} for name in names]
    return RecordedEvent(1, "change", 1.8e9, {"action": "rule", "by": "rule", "changes": changes})


def marked(name: str) -> RecordedEvent:
    return RecordedEvent(1, "change", 1.8e9, {"action": "mark", "by": "hand", "changes": [], "named": [name]})


SLACK = Dead(pid=4281, name="slack", app="Slack")
WEB = Dead(pid=4242, name="Web Content", app="Firefox")
ALONE = Dead(pid=7, name="java")
UNIT = Dead(pid=None, name="db.service", unit="db.service")
GROUP = Dead(pid=None, name="app-builder-1.scope", app="Builder")


def kill(*victims: Dead, outcome: str = "killed", killer: str = "kernel") -> KillEvent:
    return KillEvent(time=1.8e9, killer=killer, outcome=outcome, victims=victims, sources=("log",))  # type: ignore[arg-type]


def of_kill(event: KillEvent) -> RecordedEvent:
    return RecordedEvent(1, "kill", 1.8e9, as_data(event))


@pytest.mark.parametrize(
    ("event", "says"),
    [
        pytest.param(by_rule("firefox"), "규칙에 따라 firefox 프로세스의 값을 +300으로 설정했습니다", id="a process"),
        pytest.param(by_rule("java", "slack"), "규칙에 따라 java, slack 프로세스의 값을 +300으로 설정했습니다", id="processes"),
        pytest.param(undone("protect"), "실행 취소됨: java 프로세스 보호", id="taken back"),
        pytest.param(short_of_protection(), "slack 프로세스 2개의 값을 0으로 설정했습니다", id="several of one name"),
        pytest.param(short_of_protection(taken_back=True), "실행 취소됨: slack 프로세스 2개 변경", id="their change taken back"),
        pytest.param(of_unit("protect"), "db.service 유닛을 보호했습니다", id="a unit"),
        pytest.param(limited(MemoryMax=320 << 20), "shop.service 유닛의 메모리 제한을 320 MiB로 늘렸습니다", id="a limit"),
        pytest.param(marked("Slack"), "Slack 앱을 종료해도 되는 앱으로 표시했습니다", id="an app"),
        pytest.param(stepped_in(), "컴퓨터가 계속 응답하도록 OOM Tray에서 Slack 앱을 종료했습니다", id="ended"),
        pytest.param(of_kill(kill(SLACK)), "커널이 Slack 앱을 강제 종료했습니다", id="a kill"),
        pytest.param(of_kill(kill(ALONE)), "커널이 java 프로세스를 강제 종료했습니다", id="a kill of a process without an app"),
        pytest.param(of_kill(kill(SLACK, ALONE)), "커널이 Slack, java를 강제 종료했습니다", id="a kill of both"),
        pytest.param(of_kill(kill(SLACK, outcome="one-of")), "커널이 Slack 앱의 프로세스 하나를 강제 종료했습니다", id="one of an app's"),
        pytest.param(of_kill(kill(ALONE, outcome="one-of")), "커널이 java의 프로세스 하나를 강제 종료했습니다", id="one of several"),
        pytest.param(of_kill(kill(SLACK, ALONE, outcome="one-of")), "커널이 다음 중 하나를 강제 종료했습니다: Slack, java", id="one of two"),
        pytest.param(
            of_kill(kill(UNIT, outcome="one-of", killer="unknown")),
            "db.service의 프로세스 하나가 강제 종료되었습니다. 종료 주체는 알 수 없습니다",
            id="one of a unit's by somebody",
        ),
    ],
)
@pytest.mark.usefixtures("korean")
def test_in_korean_it_says_what_has_the_name(event: RecordedEvent, says: str) -> None:
    assert sentence(event) == says


@pytest.mark.usefixtures("korean")
def test_in_korean_the_page_the_notification_and_the_terminal_say_it_too() -> None:
    assert kill_page.title(kill(SLACK)) == "Slack 앱이 강제 종료됨"
    assert kill_page.title(kill(ALONE)) == "java 프로세스가 강제 종료됨"
    assert kill_notifications.summary(kill(SLACK)) == "커널이 Slack 앱을 강제 종료했습니다"
    assert kill_notifications.summary(kill(WEB)) == "커널이 Firefox · Web Content 프로세스를 강제 종료했습니다"
    assert kill_notifications.summary(kill(GROUP)) == "커널이 Builder · app-builder-1.scope를 강제 종료했습니다"
    assert kills.headline(kill(SLACK), 1.8e9).endswith("커널이 slack(4281) 프로세스를 강제 종료했습니다")
    drilled = kill(Dead(pid=9, name="oomtray-drill", app="oomtray-drill"))
    assert kill_page.title(drilled) == "테스트용 프로그램이 강제 종료됨"
