"""Through the real pkexec and polkitd, with a real password: who may, who is asked, and what is said to whom."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helper.support import Target
from tests.rigs.polkit.rig import PKEXEC, USERS, Call, PolkitRig, Seat
from tests.rigs.processes.proc import adj_of

pytestmark = pytest.mark.polkit

ANA, BEN, CAY = USERS["ana"].uid, USERS["ben"].uid, USERS["cay"].uid
OWN, OTHER, UNIT, READ = (f"io.github.oomtray.{name}" for name in ("adjust-own", "adjust-other", "edit-unit", "read-kills"))
PROTECT = {"unit": "oomtray-rig.service", "set": {"OOMScoreAdjust": -500, "OOMPolicy": "continue"}}


@pytest.fixture(scope="module")
def rig() -> Iterator[PolkitRig]:
    with PolkitRig() as running:
        yield running


Make = Callable[..., Target]


def test_own_process_with_the_password(rig: PolkitRig, target: Make) -> None:
    process = target(BEN)
    done = rig.call("ben", Call("own", [process.ask(300)]), seat=Seat())
    assert (done.returncode, process.adj) == (0, 300)
    (dialog,) = done.dialogs
    assert (dialog["action"], dialog["outcome"], dialog["users"]) == (OWN, "SUCCESS", ["ana"])
    assert dialog["icon"] == "io.github.oomtray.OOMTray"


def test_anothers_process_with_the_password(rig: PolkitRig, target: Make) -> None:
    process = target(ANA)
    done = rig.call("ben", Call("other", [process.ask(300)]), seat=Seat())
    assert (done.returncode, process.adj) == (0, 300)
    assert [dialog["action"] for dialog in done.dialogs] == [OTHER]


def test_a_unit_with_the_password(rig: PolkitRig) -> None:
    done = rig.call("ben", Call("unit", [PROTECT]), seat=Seat())
    assert done.returncode == 0, done
    (answer,) = done.answers
    text = rig.path(answer["path"]).read_text()
    assert text.endswith("[Service]\nOOMScoreAdjust=-500\nOOMPolicy=continue\n")
    assert [dialog["action"] for dialog in done.dialogs] == [UNIT]
    reload_, *environment = rig.reloads().splitlines()
    assert reload_ == "daemon-reload"
    stand_ins_own = {line for line in environment if line.startswith("PWD=")}  # its shell says where it is
    assert set(environment) - stand_ins_own == {"PATH=/usr/bin:/bin", "LC_ALL=C"}
    assert rig.call("cay", Call("unit", [{"unit": PROTECT["unit"], "remove": True}])).returncode == 0


@pytest.mark.parametrize(
    ("call", "named"),
    [
        pytest.param(Call("own", [{"pid": 1, "start_time": 1, "adj": 0}]), "own protect 1", id="own"),
        pytest.param(Call("other", [{"pid": n, "start_time": 1, "adj": 0, "floor": 0} for n in (1, 2)], "undo"),
                     "other undo 2", id="other"),
        pytest.param(Call("unit", [PROTECT]), "unit oomtray-rig.service", id="unit"),
    ],
)  # fmt: skip
def test_the_dialog_names_what_is_asked(rig: PolkitRig, call: Call, named: str) -> None:
    (dialog,) = rig.call("ben", call, seat=Seat(password=None)).dialogs
    assert f"oomtray-helper {named})" in dialog["message"]
    assert ("five minutes" in dialog["message"]) == (call.verb == "own"), "only that permission is kept"


def test_the_dialog_speaks_the_users_language(rig: PolkitRig) -> None:
    call = Call("own", [{"pid": 1, "start_time": 1, "adj": 0}])
    (dialog,) = rig.call("ben", call, seat=Seat(password=None, locale="ko_KR.UTF-8")).dialogs
    assert (
        dialog["message"]
        == "메모리가 부족할 때 내 프로세스가 강제 종료되지 않게 보호하거나 이를 되돌리려면 인증이 필요합니다."
        " 이 권한은 5분 동안 유지됩니다. (/usr/libexec/oomtray/oomtray-helper own protect 1)"
    )


@pytest.mark.parametrize(
    ("user", "seat", "code", "said", "dialogs"),
    [
        pytest.param("ben", Seat(password=None), 126, "Request dismissed", ["dismissed"], id="dismissed"),
        pytest.param("ben", None, 127, "No authentication agent found", [], id="no agent"),
        pytest.param("dan", Seat(), 127, "Not authorized", [], id="not at the screen"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["own", "other", "unit"])
def test_refused(
    rig: PolkitRig,
    target: Make,
    verb: str,
    user: str,
    seat: Seat | None,
    code: int,
    said: str,
    dialogs: list[str],
) -> None:
    process = target(USERS[user].uid)
    done = rig.call(user, Call(verb, [process.ask(300)]), seat=seat)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert [dialog["outcome"] for dialog in done.dialogs] == dialogs
    assert process.adj == 500


def test_a_wrong_password(rig: PolkitRig, target: Make) -> None:
    process = target(BEN)
    done = rig.call("ben", Call("own", [process.ask(300)]), seat=Seat(password="wrong"))
    assert (done.returncode, done.stdout) == (127, "")
    assert [dialog["outcome"] for dialog in done.dialogs] == ["FAILURE"]
    assert process.adj == 500


def test_no_helper(rig: PolkitRig, target: Make) -> None:
    process = target(CAY)
    with rig.without_helper():
        done = rig.call("cay", Call("own", [process.ask(300)]))
    assert (done.returncode, done.stdout, process.adj) == (127, "", 500)
    assert rig.call("cay", Call("own", [process.ask(300)])).returncode == 0


def test_the_dialog_for_own_opens_no_other_process(rig: PolkitRig, target: Make) -> None:
    """Which action is asked is the caller's word; what is done is not."""
    hers, roots, mine = target(ANA), target(0), target(BEN)
    asked = [hers.ask(300), roots.ask(300), mine.ask(300)]
    done = rig.call("ben", Call("own", asked), seat=Seat())
    assert done.returncode == 1
    assert [answer["error"] for answer in done.answers] == ["not-yours", "not-yours", None]
    assert (hers.adj, roots.adj, mine.adj) == (500, 500, 300)


def test_own_is_kept_for_the_same_program_whatever_it_asks(rig: PolkitRig, target: Make) -> None:
    first, second = target(BEN), target(BEN)
    calls = [Call("own", [first.ask(400)]), Call("own", [first.ask(300), second.ask(300)])]
    ends, dialogs = rig.calls("ben", calls, seat=Seat())
    assert [end.returncode for end in ends] == [0, 0]
    assert (first.adj, second.adj) == (300, 300)
    assert len(dialogs) == 1


def test_own_is_not_kept_for_another_program(rig: PolkitRig, target: Make) -> None:
    process = target(BEN)
    asked = [rig.call("ben", Call("own", [process.ask(adj)]), seat=Seat()).dialogs for adj in (400, 300)]
    assert [len(dialogs) for dialogs in asked] == [1, 1]


def test_a_kept_own_opens_neither_others_nor_units(rig: PolkitRig, target: Make) -> None:
    mine, hers = target(BEN), target(ANA)
    calls = [Call("own", [mine.ask(300)]), Call("other", [hers.ask(300)]), Call("unit", [PROTECT])]
    ends, dialogs = rig.calls("ben", calls, seat=Seat())
    assert [dialog["action"] for dialog in dialogs] == [OWN, OTHER, UNIT]
    assert [end.returncode for end in ends] == [0, 0, 0]
    assert rig.call("cay", Call("unit", [{"unit": PROTECT["unit"], "remove": True}])).returncode == 0


@pytest.mark.parametrize("verb", ["other", "unit"])
def test_others_and_units_are_asked_each_time(rig: PolkitRig, target: Make, verb: str) -> None:
    process = target(ANA)
    if verb == "other":
        calls = [Call(verb, [process.ask(adj)]) for adj in (400, 300)]
    else:
        calls = [Call(verb, [PROTECT]), Call(verb, [{"unit": PROTECT["unit"], "remove": True}])]
    ends, dialogs = rig.calls("ben", calls, seat=Seat())
    assert [end.returncode for end in ends] == [0, 0]
    assert len(dialogs) == 2


def test_at_once(rig: PolkitRig, target: Make) -> None:
    processes = [target(ANA) for _ in range(4)]
    calls = [Call("other", [process.ask(300 + n)]) for n, process in enumerate(processes)]
    ends, dialogs = rig.calls("ben", calls, seat=Seat(), at_once=True)
    assert [end.returncode for end in ends] == [0] * 4
    assert [end.answers[0]["pid"] for end in ends] == [process.pid for process in processes]
    assert [process.adj for process in processes] == [300, 301, 302, 303]
    assert len(dialogs) == 4


def test_units_at_once_leave_whole_files(rig: PolkitRig) -> None:
    calls = [Call("unit", [PROTECT | {"set": {"OOMScoreAdjust": -n}}]) for n in range(1, 7)]
    ends, _ = rig.calls("cay", calls, at_once=True)
    assert [end.returncode for end in ends] == [0] * 6
    folder = rig.path("/etc/systemd/system/oomtray-rig.service.d")
    (file,) = folder.iterdir()
    assert file.read_text().splitlines()[1:] in [["[Service]", f"OOMScoreAdjust=-{n}"] for n in range(1, 7)]
    assert rig.call("cay", Call("unit", [{"unit": PROTECT["unit"], "remove": True}])).returncode == 0
    assert not folder.exists()


MANY = """
import os, signal, sys
os.setresgid(int(sys.argv[1]), int(sys.argv[1]), int(sys.argv[1]))
with open("/proc/self/oom_score_adj", "w") as file:
    file.write("500")
os.setresuid(*[int(sys.argv[1])] * 3)
children = []
for _ in range(500):
    child = os.fork()
    if child == 0:
        signal.pause()
    children.append(child)
for child in children:
    with open(f"/proc/{child}/stat") as file:
        print(child, file.read().rpartition(")")[2].split()[19])
sys.stdout.flush()
sys.stdin.read()
for child in children:
    os.kill(child, signal.SIGKILL)
"""


def test_five_hundred_processes_are_one_dialog(rig: PolkitRig) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", MANY, str(BEN)], stdin=pipe, stdout=pipe, text=True) as many:
        assert many.stdout
        named = [map(int, many.stdout.readline().split()) for _ in range(500)]
        asked = [{"pid": pid, "start_time": start, "adj": 300, "uid": BEN} for pid, start in named]
        done = rig.call("ben", Call("own", asked), seat=Seat())
        after = [adj_of(line["pid"]) for line in asked]
        many.communicate("")
    assert done.returncode == 0, done.stderr
    assert [answer["pid"] for answer in done.answers] == [line["pid"] for line in asked]
    assert after == [300] * 500
    assert len(done.dialogs) == 1


def test_the_helper_as_another_user_does_nothing(rig: PolkitRig, target: Make) -> None:
    """pkexec --user: the same action, but not root."""
    process = target(CAY)
    pkexec, quiet, helper = PKEXEC
    argv = [pkexec, quiet, "--user", "cay", helper, "own", "protect", "1"]
    text = Call("own", [process.ask(300)]).as_plan()["input"]
    done = rig.run("cay", argv, text=str(text))
    assert (done.returncode, process.adj) == (3, 500)


@pytest.mark.parametrize(
    "arguments",
    [[], ["own", "own"], ["OWN"], ["own", "protect", "2"]],
    ids=["none", "two", "another", "another count"],
)
def test_other_arguments_reach_nothing(rig: PolkitRig, target: Make, arguments: list[str]) -> None:
    """Where pkexec finds none of our actions it asks its own; should that be granted, the helper still refuses."""
    process = target(BEN)
    text = str(Call("own", [process.ask(300)]).as_plan()["input"])
    done = rig.run("ben", [*PKEXEC, *arguments], text=text, seat=Seat())
    assert (done.returncode, process.adj) == (2, 500)


def test_the_helper_alone_is_no_way_in(rig: PolkitRig, target: Make) -> None:
    process = target(CAY)
    text = str(Call("own", [process.ask(300)]).as_plan()["input"])
    done = rig.run("cay", [PKEXEC[-1], "own", "protect", "1"], text=text, env={"PKEXEC_UID": str(CAY)})
    assert (done.returncode, process.adj) == (3, 500)


KILLS = [*PKEXEC, "kills", "2090-01-01T00:00:00Z"]


def test_reports_of_kills_with_the_password(rig: PolkitRig) -> None:
    done = rig.run("ben", KILLS, seat=Seat())
    assert (done.returncode, done.stdout) == (0, "")
    (dialog,) = done.dialogs
    assert (dialog["action"], dialog["outcome"], dialog["users"]) == (READ, "SUCCESS", ["ana"])
    assert "oomtray-helper kills 2090-01-01T00:00:00Z)" in dialog["message"]


@pytest.mark.parametrize(
    ("user", "seat", "code"),
    [
        pytest.param("ben", Seat(password=None), 126, id="dismissed"),
        pytest.param("ben", Seat(password="wrong"), 127, id="a wrong password"),
        pytest.param("ben", None, 127, id="no agent"),
        pytest.param("dan", Seat(), 127, id="not at the screen"),
    ],
)
def test_reports_of_kills_refused(rig: PolkitRig, user: str, seat: Seat | None, code: int) -> None:
    done = rig.run(user, KILLS, seat=seat)
    assert (done.returncode, done.stdout) == (code, "")


def test_a_kept_own_opens_no_reports_of_kills(rig: PolkitRig, target: Make) -> None:
    calls = [Call("own", [target(BEN).ask(300)]), Call("kills", [], "2090-01-01T00:00:00Z")]
    ends, dialogs = rig.calls("ben", calls, seat=Seat())
    assert [dialog["action"] for dialog in dialogs] == [OWN, READ]
    assert [end.returncode for end in ends] == [0, 0]


def test_the_command_without_the_helper(rig: PolkitRig, target: Make) -> None:
    process = target(ANA)
    with rig.without_helper():
        done = rig.run(
            "cay", [rig.python, "-m", "oomtray", "protect", str(process.pid), "--adj", "300", "--yes"]
        )
    assert (done.returncode, done.stdout, process.adj) == (5, "", 500), "nothing is said of a right that can't be asked for"
    assert "The helper" in done.stderr


def test_of_the_askers_environment_only_language_shell_and_terminal_come_through(tmp_path: Path) -> None:
    """So it stands in SECURITY.md; the helper itself reads none of it."""
    speaker = tmp_path / "helper"
    speaker.write_text("#!/usr/bin/python3 -IS\nimport os\nfor pair in os.environ.items():\n    print(*pair, sep='=')\n")
    let_through = {"LANG": "C.UTF-8", "LANGUAGE": "ko", "LC_NUMERIC": "C", "SHELL": "/bin/bash", "TERM": "dumb", "COLORTERM": "no"}
    others = {"LD_PRELOAD": "/no.so", "PYTHONPATH": "/tmp", "TZ": "/tmp", "DISPLAY": ":1", "XAUTHORITY": "/x", "LOCPATH": "/tmp", "BASH_ENV": "/x"}
    with PolkitRig(helper=speaker) as running:
        given = [f"{key}={value}" for key, value in (let_through | others).items()]
        done = running.run("cay", ["env", "-i", *given, *PKEXEC, "own", "protect", "1"])
    came = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert {key: came[key] for key in let_through} == let_through
    assert came.keys() - let_through.keys() == {"PATH", "LOGNAME", "USER", "HOME", "PKEXEC_UID"}
