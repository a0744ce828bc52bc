"""`protect`, `deprioritize`, `reset` and `undo`, on processes of our own and as a user without rights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.changes import Changer
from oomtray.actions.escalate import HELPER
from oomtray.actions.journal import Journal
from oomtray.config import Presets
from oomtray.kernel.process import read_process
from oomtray.kernel.snapshot import Process
from tests.rigs.commands.contract import CHANGES, read
from tests.rigs.commands.program import TREE, environment, oomtray
from tests.rigs.processes.programs import RigUnavailable
from tests.rigs.processes.users import NOBODY, as_nobody, need_root


class Sleeper:
    def __init__(self, process: subprocess.Popen[bytes], name: str) -> None:
        self.process, self.name = process, name
        self.pid = process.pid

    @property
    def adj(self) -> int:
        return int(Path(f"/proc/{self.pid}/oom_score_adj").read_text())

    def set(self, value: int) -> None:
        """As the owner does it."""
        script = f"echo {value} > /proc/{self.pid}/oom_score_adj"
        subprocess.run(as_nobody(["sh", "-c", script]) if self.uid else ["sh", "-c", script], check=True)

    @property
    def uid(self) -> int:
        return os.stat(f"/proc/{self.pid}").st_uid

    @property
    def facts(self) -> Process:
        with Path(f"/proc/{self.pid}/oom_score").open("rb") as score:
            return read_process(f"/proc/{self.pid}", self.pid, score.fileno(), 0.0)


@pytest.fixture
def spawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Sleeper]]:
    """Processes by a name that nothing else has; root's or nobody's."""
    made: list[Sleeper] = []
    place = tmp_path_factory.mktemp("bin")
    for directory in (place, *place.parents[:2]):
        directory.chmod(0o755)

    def make(name: str = f"oomt{os.getpid()}", *, user: int | None = None) -> Sleeper:
        program = place / name
        if not program.exists():
            shutil.copy("/bin/sleep", program)
        options: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        made.append(Sleeper(subprocess.Popen([program, "600"], **options), name))
        return made[-1]

    yield make
    for sleeper in made:
        sleeper.process.kill()
        sleeper.process.wait()


@pytest.fixture
def ours(xdg: Path) -> Callable[..., Any]:
    """A command in a state directory of its own."""
    return lambda *argv: oomtray(*map(str, argv))


@pytest.fixture
def theirs(xdg: Path) -> Callable[..., Any]:
    """The same as nobody, who may do little."""
    need_root()
    if Path(HELPER).exists():
        raise RigUnavailable(f"{HELPER} is installed here: pkexec would be asked")
    for directory in (xdg, *xdg.parents[:2]):
        directory.chmod(0o755)
    shutil.chown(xdg / "state", NOBODY, NOBODY)
    home = {"HOME": str(xdg), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*argv: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            as_nobody([sys.executable, "-m", "oomtray", *map(str, argv)]),
            cwd=TREE,
            env=environment(home),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def change_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    document = read(done.stdout, CHANGES)
    (change,) = document["changes"]
    return dict(change)


def test_deprioritize_then_undo_as_text(spawn: Callable[..., Sleeper], ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid, "--adj", "900")
    first, *rest = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert first == f"{sleeper.name} ({sleeper.pid}) raised from 0 to +900."
    assert rest[-1].startswith(
        f"The next victim is now {sleeper.name} ({sleeper.pid}), which would free about "
    )
    assert sleeper.adj == 900

    done = ours("undo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{sleeper.name} ({sleeper.pid}) lowered from +900 to 0.\n")
    assert sleeper.adj == 0


def test_the_json_of_the_contract(spawn: Callable[..., Sleeper], ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid, "--adj", 1000, "--json")
    document = read(done.stdout, CHANGES)
    identity = {"pid": sleeper.pid, "start_time": sleeper.facts.start_time, "name": sleeper.name}
    assert document["changes"] == [identity | {"from": 0, "to": 1000, "done": True, "error": None}]
    assert document["next_victim"]["pid"] == sleeper.pid
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("before", "argv", "after", "status"),
    [
        pytest.param(0, ["deprioritize", "{}"], 300, 0, id="deprioritize"),
        pytest.param(400, ["deprioritize", "{}"], 400, 0, id="deprioritize-never-lowers"),
        pytest.param(400, ["deprioritize", "{}", "--adj", "50"], 50, 0, id="deprioritize-with-a-value-does"),
        pytest.param(100, ["protect", "{}", "--adj", "250"], 250, 0, id="protect-with-a-value-raises"),
        pytest.param(300, ["protect", "{}", "--adj=0"], 0, 0, id="protect-within-what-is-allowed"),
        pytest.param(300, ["protect", "{}"], 0, 5, id="protect-as-far-as-allowed"),
        pytest.param(0, ["protect", "{}"], 0, 5, id="nothing-is-allowed"),
        pytest.param(0, ["protect", "{}", "--adj", "-1"], 0, 5, id="negative-value"),
    ],
)
def test_what_the_owner_gets(
    spawn: Callable[..., Sleeper],
    theirs: Callable[..., Any],
    before: int,
    argv: list[str],
    after: int,
    status: int,
) -> None:
    sleeper = spawn(user=NOBODY)
    sleeper.set(before)
    done = theirs(*(word.format(sleeper.pid) for word in argv), "--json")
    change = change_of(done)
    assert (done.returncode, sleeper.adj) == (status, after)
    if status == 0:
        assert (change["done"], change["error"], change["to"], done.stderr) == (True, None, after, "")
    else:
        moved = after != before
        assert (change["done"], change["error"]) == (moved, "needs-authorisation")
        assert change["to"] == (after if moved else -1 if "-1" in argv else -500)
        assert done.stderr.startswith("oomtray: the helper that may lower it is not installed")
        assert done.stderr.count("\n") == 1


def test_a_part_of_the_way_says_what_it_achieved(
    spawn: Callable[..., Sleeper], theirs: Callable[..., Any]
) -> None:
    sleeper = spawn(user=NOBODY)
    sleeper.set(1000)
    done = theirs("protect", sleeper.name)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{sleeper.name} ({sleeper.pid}) lowered from +1000 to 0."
    assert lines[-1].startswith("The next victim is now ")
    assert sleeper.name not in lines[-1]
    assert sum("next victim is" in line for line in lines) == 1
    assert (done.returncode, sleeper.adj) == (5, 0)
    undone = theirs("undo")
    assert (undone.returncode, sleeper.adj) == (0, 1000)


@pytest.mark.parametrize(
    ("word", "status", "error"),
    [("protect", 5, "needs-authorisation"), ("deprioritize", 3, "not-yours")],
)
def test_another_users_process(
    spawn: Callable[..., Sleeper], theirs: Callable[..., Any], word: str, status: int, error: str
) -> None:
    sleeper = spawn()
    done = theirs(word, sleeper.pid, "--json")
    assert (done.returncode, change_of(done)["error"], sleeper.adj) == (status, error, 0)
    assert done.stderr.count("\n") == 1


def test_root_without_the_right_is_told_in_one_line(
    spawn: Callable[..., Sleeper], ours: Callable[..., Any]
) -> None:
    need_root()
    sleeper = spawn()
    done = ours("protect", sleeper.pid, "--adj", "-999")
    if sleeper.adj == -999:
        assert done.returncode == 0
    else:
        assert (done.returncode, done.stderr.count("\n")) == (3, 1)
        assert "the kernel refuses even root to go lower" in done.stderr


@pytest.mark.parametrize(
    ("argv", "status", "says"),
    [
        pytest.param(["protect", "1"], 1, "the kernel never kills pid 1", id="pid-1"),
        pytest.param(["protect", "4194399"], 1, "there is no process 4194399", id="no-such-pid"),
        pytest.param(["protect", "9" * 5000], 1, "there is no process or app called 999", id="absurd-pid"),
        pytest.param(["protect", "no such\nname"], 1, "called no such\\nname; nothing", id="no-such-name"),
        pytest.param(["protect", "x", "--adj", "-1000"], 2, "-1000 is never set", id="minus-1000"),
        pytest.param(["protect", "x", "--adj", "1001"], 2, "'1001' is not a whole number", id="too-high"),
        pytest.param(
            ["protect", "x", "--adj", "1.5"], 2, "'1.5' is not a whole number", id="no-whole-number"
        ),
        pytest.param(["protect", "x", "--adj", ""], 2, "'' is not a whole number", id="empty-value"),
        pytest.param(["protect"], 2, "TARGET", id="no-target"),
        pytest.param(["undo", "5"], 2, "5", id="undo-takes-none"),
        pytest.param(["undo"], 1, "there is nothing to undo", id="nothing-to-undo"),
    ],
)
def test_what_goes_wrong_is_one_line(
    ours: Callable[..., Any], argv: list[str], status: int, says: str
) -> None:
    done = ours(*argv)
    assert done.returncode == status
    assert done.stderr.startswith("oomtray: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_one_wrong_target_stops_all_before_anything_is_changed(
    spawn: Callable[..., Sleeper], ours: Callable[..., Any]
) -> None:
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid, "4194399", "nosuchname", "--json")
    change = change_of(done)
    assert (change["pid"], change["start_time"], change["to"], change["error"]) == (
        4194399,
        None,
        300,
        "gone",
    )
    assert (done.returncode, sleeper.adj) == (1, 0)
    assert "there is no process 4194399, there is no process or app called nosuchname" in done.stderr


def test_a_name_of_several_needs_a_yes(spawn: Callable[..., Sleeper], ours: Callable[..., Any]) -> None:
    both = [spawn(), spawn()]
    done = ours("deprioritize", both[0].name)
    assert done.returncode == 2
    assert f"2 processes match {both[0].name}: name them by pid, or add --yes" in done.stderr
    assert all(str(sleeper.pid) in done.stdout for sleeper in both)
    document = read(ours("deprioritize", both[0].name, "--json").stdout, CHANGES)
    assert {(change["pid"], change["error"]) for change in document["changes"]} == {
        (sleeper.pid, "several-matches") for sleeper in both
    }
    assert [sleeper.adj for sleeper in both] == [0, 0]

    done = ours("deprioritize", both[0].name, both[1].pid, "--yes", "--json")
    document = read(done.stdout, CHANGES)
    assert {change["pid"] for change in document["changes"]} == {sleeper.pid for sleeper in both}
    assert len(document["changes"]) == 2
    assert [sleeper.adj for sleeper in both] == [300, 300]
    assert ours("undo").returncode == 0
    assert [sleeper.adj for sleeper in both] == [0, 0]


def test_a_dry_run_says_and_does_nothing(
    spawn: Callable[..., Sleeper], ours: Callable[..., Any], xdg: Path
) -> None:
    both = [spawn(), spawn()]
    done = ours("deprioritize", both[0].name, "--adj", "1000", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    for sleeper in both:
        assert f"{sleeper.name} ({sleeper.pid}) would go from 0 to +1000." in done.stdout
    assert f"Then the next victim is {both[0].name} (" in done.stdout
    change = change_of(ours("protect", both[0].pid, "--dry-run", "--json"))
    assert (change["from"], change["to"], change["done"], change["error"]) == (0, -500, False, None)
    refused = ours("protect", "1", both[0].pid, "--dry-run", "--json")
    assert [change["error"] for change in read(refused.stdout, CHANGES)["changes"]] == ["pid-1", None]
    assert refused.returncode == 1
    assert [sleeper.adj for sleeper in both] == [0, 0]
    assert not (xdg / "state" / "oomtray").exists()


def test_reset_goes_back_to_the_first_value_and_can_be_undone(
    spawn: Callable[..., Sleeper], ours: Callable[..., Any]
) -> None:
    sleeper = spawn()
    sleeper.set(20)
    for value in (300, 500):
        ours("deprioritize", sleeper.pid, "--adj", value)
    done = ours("reset", sleeper.pid, "--json")
    change = change_of(done)
    assert (done.returncode, change["from"], change["to"], sleeper.adj) == (0, 500, 20, 20)
    assert ours("undo").returncode == 0
    assert sleeper.adj == 500


def test_reset_of_what_was_never_changed(spawn: Callable[..., Sleeper], ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    done = ours("reset", sleeper.pid, "--json")
    change = change_of(done)
    assert (done.returncode, change["done"], change["error"], change["to"]) == (1, False, "nothing-known", 0)
    assert "OOM Tray never changed it" in done.stderr


def test_undo_leaves_what_another_changed_since(
    spawn: Callable[..., Sleeper], ours: Callable[..., Any]
) -> None:
    one, other = spawn(), spawn()
    ours("deprioritize", one.pid, other.pid)
    one.set(70)
    done = ours("undo", "--json")
    changes = {change["pid"]: change for change in read(done.stdout, CHANGES)["changes"]}
    assert (changes[one.pid]["error"], changes[other.pid]["error"]) == ("changed-since", None)
    assert (done.returncode, one.adj, other.adj) == (1, 70, 0)
    assert ours("undo").returncode == 1, "there is nothing of ours left"


def test_undo_of_what_has_ended(spawn: Callable[..., Sleeper], ours: Callable[..., Any]) -> None:
    first, last = spawn(), spawn()
    ours("deprioritize", first.pid)
    ours("deprioritize", last.pid)
    last.process.kill()
    last.process.wait()
    done = ours("undo", "--json")
    assert (done.returncode, change_of(done)["error"]) == (1, "gone")
    assert (ours("undo").returncode, first.adj) == (0, 0)


def test_a_journal_that_can_not_be_written_does_not_stop_the_change(
    spawn: Callable[..., Sleeper], ours: Callable[..., Any], xdg: Path
) -> None:
    (xdg / "state" / "oomtray").write_text("in the way")
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid)
    assert (done.returncode, sleeper.adj) == (0, 300)
    assert "The change stands, but undo won't know of it" in done.stderr
    assert done.stderr.count("\n") == 1


class Pkexec:
    """A runner that notes the calls and answers as told; `adj` is what the helper would have written."""

    def __init__(self, code: int = 0, *, interrupt: bool = False, fail: OSError | None = None) -> None:
        self.code, self.interrupt, self.fail = code, interrupt, fail
        self.asked: list[list[dict[str, Any]]] = []

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, bytes, bytes]:
        requests = [json.loads(line) for line in stdin.splitlines()]
        self.asked.append(requests)
        if self.interrupt:
            raise KeyboardInterrupt
        if self.fail is not None:
            raise self.fail
        if self.code:
            return self.code, b"", b"Error: no\n"
        answers = [
            json.dumps(
                {
                    "pid": r["pid"],
                    "start_time": r["start_time"],
                    "from": 0,
                    "to": r["adj"],
                    "ok": True,
                    "error": None,
                }
            )
            for r in requests
        ]
        return 0, "\n".join(answers).encode(), b""


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user, as far as the answer to a refusal goes; root's own write has already been tried without its rights."""
    monkeypatch.setattr("oomtray.actions.adjust.is_root", lambda: False)


@pytest.mark.usefixtures("refusing")
class TestAsking:
    """What comes of asking for permission. The writes are real, the dialog isn't: that one is in tests/system."""

    @pytest.fixture
    def journal(self, tmp_path: Path) -> Journal:
        return Journal(str(tmp_path / "journal"))

    def changer(self, journal: Journal, runner: Pkexec, word: str = "protect") -> Changer:
        return Changer(
            word, None, Presets(), journal=journal, helper="/bin/true", pkexec="/bin/true", runner=runner
        )

    @pytest.mark.parametrize(
        ("runner", "status", "after", "error"),
        [
            pytest.param(Pkexec(), None, -500, None, id="authorised"),
            pytest.param(Pkexec(126), "dismissed", 0, "needs-authorisation", id="dismissed"),
            pytest.param(Pkexec(127), "not-authorised", 0, "needs-authorisation", id="not-authorised"),
            pytest.param(
                Pkexec(fail=OSError(2, "No such file")), "failed", 0, "needs-authorisation", id="no-start"
            ),
        ],
    )
    def test_how_it_ends(
        self,
        spawn: Callable[..., Sleeper],
        journal: Journal,
        runner: Pkexec,
        status: str | None,
        after: int,
        error: str | None,
    ) -> None:
        sleeper = spawn()
        sleeper.set(200)
        steps: list[Change] = []
        changer = self.changer(journal, runner)
        (change,) = changer.change([sleeper.facts], steps.extend)
        assert [(step.before, step.after, step.error) for step in steps] == [(200, 0, "needs-authorisation")]
        assert (changer.status, change.before, change.after, change.error) == (status, 200, after, error)
        assert runner.asked[0][0]["adj"] == -500
        last = journal.last()
        assert last is not None
        assert [(c.before, c.after) for c in last.changes] == [(200, after)], "undone as one change"

    def test_a_raise_never_asks(self, spawn: Callable[..., Sleeper], journal: Journal) -> None:
        runner = Pkexec()
        sleeper = spawn()
        (change,) = self.changer(journal, runner, "deprioritize").change([sleeper.facts])
        assert (change.after, runner.asked) == (300, [])

    def test_one_dialog_for_all(self, spawn: Callable[..., Sleeper], journal: Journal) -> None:
        runner = Pkexec()
        changes = self.changer(journal, runner).change([spawn().facts for _ in range(3)])
        assert [change.after for change in changes] == [-500] * 3
        assert [len(requests) for requests in runner.asked] == [3]

    def test_ctrl_c_at_the_dialog_forgets_nothing(
        self, spawn: Callable[..., Sleeper], journal: Journal
    ) -> None:
        sleeper = spawn()
        sleeper.set(200)
        with pytest.raises(KeyboardInterrupt):
            self.changer(journal, Pkexec(interrupt=True)).change([sleeper.facts])
        last = journal.last()
        assert last is not None
        assert [(c.before, c.after) for c in last.changes] == [(200, 0)]

    def test_an_undo_that_was_dismissed_can_be_tried_again(
        self, spawn: Callable[..., Sleeper], journal: Journal
    ) -> None:
        sleeper = spawn()
        sleeper.set(300)
        start = sleeper.facts.start_time
        journal.record("deprioritize", [Change(sleeper.pid, start, "x", -5, 300, True, wanted=300)])
        for _ in range(2):
            changer = self.changer(journal, Pkexec(126), "undo")
            (change,) = changer.undo()
            assert (changer.status, change.done, change.error) == ("dismissed", False, "needs-authorisation")
        (change,) = self.changer(journal, Pkexec(), "undo").undo()
        assert (change.done, change.after) == (True, -5)
        assert journal.last() is None


@pytest.mark.parametrize(
    ("unit", "after"), [(None, "nothing-known"), (150, 150)], ids=["no-unit", "a-unit-with-a-value"]
)
def test_reset_of_an_unchanged_process_goes_to_its_units_value(
    spawn: Callable[..., Sleeper], tmp_path: Path, unit: int | None, after: int | str
) -> None:
    sleeper = spawn()
    changer = Changer(
        "reset", None, Presets(), journal=Journal(str(tmp_path / "journal")), unit_value=lambda _: unit
    )
    (change,) = changer.change([sleeper.facts])
    assert (change.after if change.done else change.error) == after
    assert sleeper.adj == (unit or 0)
