"""`protect`, `deprioritize`, `reset` and `undo`, on processes of our own and as a user without rights."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions.helper_run import HELPER
from tests.rigs.commands.contract import CHANGES, read
from tests.rigs.commands.program import TREE, environment, oomtray, python
from tests.rigs.processes.programs import RigUnavailable
from tests.rigs.processes.sleepers import Sleeper, Spawn, sleepers
from tests.rigs.processes.users import NOBODY, as_nobody, need_root

HIGHEST = 1332
"""The least oom_score of a process at +1000: two thirds of 2000, less what is lost by rounding."""


@pytest.fixture
def spawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawn]:
    with sleepers(tmp_path_factory.mktemp("bin")) as made:
        yield made


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


def named_next(line: str) -> int:
    """The pid of whom a line names as the next victim."""
    found = re.search(r"next victim is (?:now |still )?.+ \((\d+)\)", line)
    assert found is not None, line
    return int(found[1])


def goes_first(pid: int, score: int) -> bool:
    """Whether the kernel takes this process before one of that score: ours at the least, or another of this machine."""
    try:
        return int(Path(f"/proc/{pid}/oom_score").read_text()) >= score
    except (FileNotFoundError, ProcessLookupError):
        return True  # one of another's, which has ended since


def score_of(sleeper: Sleeper) -> int:
    return int(Path(f"/proc/{sleeper.pid}/oom_score").read_text())


def test_deprioritize_then_undo_as_text(spawn: Spawn, ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid, "--adj", "900")
    first, *rest = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert first == f"{sleeper.name} ({sleeper.pid}) raised from 0 to +900."
    assert goes_first(named_next(rest[-1]), score_of(sleeper))
    assert sleeper.adj == 900

    done = ours("undo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{sleeper.name} ({sleeper.pid}) lowered from +900 to 0.\n")
    assert sleeper.adj == 0


def test_the_json_of_the_contract(spawn: Spawn, ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid, "--adj", 1000, "--json")
    document = read(done.stdout, CHANGES)
    identity = {"pid": sleeper.pid, "start_time": sleeper.facts.start_time, "name": sleeper.name}
    assert document["changes"] == [identity | {"from": 0, "to": 1000, "done": True, "error": None}]
    assert goes_first(document["next_victim"]["pid"], score_of(sleeper))
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
    spawn: Spawn,
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
        assert done.stderr.startswith("oomtray: The helper that may change this is not installed")
        assert done.stderr.count("\n") == 1


def test_a_part_of_the_way_says_what_it_achieved(
    spawn: Spawn, theirs: Callable[..., Any]
) -> None:
    sleeper = spawn(user=NOBODY)
    sleeper.set(1000)
    done = theirs("protect", sleeper.name)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{sleeper.name} ({sleeper.pid}) lowered from +1000 to 0."
    assert named_next(lines[-1]) != sleeper.pid
    assert sum("next victim is" in line for line in lines) == 1
    assert (done.returncode, sleeper.adj) == (5, 0)
    undone = theirs("undo")
    assert (undone.returncode, sleeper.adj) == (0, 1000)


@pytest.mark.parametrize(
    ("word", "status", "error"),
    [("protect", 5, "needs-authorisation"), ("deprioritize", 3, "not-yours")],
)
def test_another_users_process(
    spawn: Spawn, theirs: Callable[..., Any], word: str, status: int, error: str
) -> None:
    sleeper = spawn()
    done = theirs(word, sleeper.pid, "--json")
    assert (done.returncode, change_of(done)["error"], sleeper.adj) == (status, error, 0)
    assert done.stderr.count("\n") == 1


def test_root_without_the_right_is_told_in_one_line(
    spawn: Spawn, ours: Callable[..., Any]
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
        pytest.param(["protect", "1"], 1, "the kernel never kills PID 1", id="pid-1"),
        pytest.param(["protect", "4194399"], 1, "There is no process 4194399.", id="no-such-pid"),
        pytest.param(["protect", "9" * 5000], 1, "There is no process or app called 999", id="absurd-pid"),
        pytest.param(["protect", "no such\nname"], 1, "called no such\\nname. Nothing was changed.", id="no-such-name"),
        pytest.param(["protect", "x", "--adj", "-1000"], 2, "-1000 is never set", id="minus-1000"),
        pytest.param(["protect", "x", "--adj", "1001"], 2, "'1001' is not a whole number", id="too-high"),
        pytest.param(
            ["protect", "x", "--adj", "1.5"], 2, "'1.5' is not a whole number", id="no-whole-number"
        ),
        pytest.param(["protect", "x", "--adj", ""], 2, "'' is not a whole number", id="empty-value"),
        pytest.param(["protect"], 2, "TARGET", id="no-target"),
        pytest.param(["undo", "5"], 2, "5", id="undo-takes-none"),
        pytest.param(["undo"], 1, "There is nothing to undo.", id="nothing-to-undo"),
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
    spawn: Spawn, ours: Callable[..., Any]
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
    assert "There is no process 4194399. There is no process or app called nosuchname." in done.stderr


def test_a_name_of_several_needs_a_yes(spawn: Spawn, ours: Callable[..., Any]) -> None:
    both = [spawn(), spawn()]
    done = ours("deprioritize", both[0].name)
    assert done.returncode == 2
    assert f"2 processes match {both[0].name}. Name them by PID, or add --yes" in done.stderr
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
    spawn: Spawn, ours: Callable[..., Any], xdg: Path
) -> None:
    both = [spawn(), spawn()]
    done = ours("deprioritize", both[0].name, "--adj", "1000", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    for sleeper in both:
        assert f"{sleeper.name} ({sleeper.pid}) would go from 0 to +1000." in done.stdout
    (then,) = (line for line in done.stdout.splitlines() if line.startswith("Then the next victim is "))
    assert named_next(then) in {sleeper.pid for sleeper in both} or goes_first(named_next(then), HIGHEST)
    change = change_of(ours("protect", both[0].pid, "--dry-run", "--json"))
    assert (change["from"], change["to"], change["done"], change["error"]) == (0, -500, False, None)
    refused = ours("protect", "1", both[0].pid, "--dry-run", "--json")
    assert [change["error"] for change in read(refused.stdout, CHANGES)["changes"]] == ["pid-1", None]
    assert refused.returncode == 1
    assert [sleeper.adj for sleeper in both] == [0, 0]
    assert not (xdg / "state" / "oomtray").exists()


def test_a_dry_run_says_that_the_helper_is_missing(spawn: Spawn, theirs: Callable[..., Any]) -> None:
    sleeper = spawn(user=NOBODY)
    done = theirs("protect", sleeper.pid, "--dry-run")
    first, note, *rest = done.stdout.splitlines()
    assert first == f"{sleeper.name} ({sleeper.pid}) would go from 0 to -500."
    assert note.startswith("Note: this goes only as far as the kernel lets the owner")
    assert "Then the next victim" not in done.stdout
    assert "The helper that may change this is not installed" in note
    assert any(line.startswith("If that succeeds, the next victim is ") for line in rest)
    assert "with permission given" not in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_dry_run_as_root_says_whether_the_kernel_allows_it(spawn: Spawn, ours: Callable[..., Any]) -> None:
    need_root()
    sleeper = spawn()
    foretold = ours("protect", sleeper.pid, "--dry-run").stdout
    assert ("Then the next victim is " in foretold) is ("refuses even root" not in foretold)
    done = ours("protect", sleeper.pid)
    assert ("the kernel refuses even root to go lower" in foretold) is (done.returncode == 3)


def test_a_dry_run_that_needs_nothing_says_nothing_of_it(spawn: Spawn, theirs: Callable[..., Any]) -> None:
    sleeper = spawn(user=NOBODY)
    assert "as the kernel lets" not in theirs("deprioritize", sleeper.pid, "--dry-run").stdout
    theirs("deprioritize", sleeper.pid)
    for command in (["reset", sleeper.pid], ["undo"]):
        foretold = theirs(*command, "--dry-run").stdout
        assert "would go from +300 to 0" in foretold
        assert "as the kernel lets" not in foretold, command


def test_what_shuts_out_its_owner_is_not_said_to_be_somebody_elses(spawn: Spawn, theirs: Callable[..., Any]) -> None:
    """The kernel lets nobody but root look into a program whose file its user may run, but not read."""
    Path(spawn(user=NOBODY).process.args[0]).chmod(0o711)  # type: ignore[index]
    sleeper = spawn(user=NOBODY)
    for dry_run in (["--dry-run"], []):
        done = theirs("deprioritize", sleeper.pid, "--json", *dry_run)
        assert (done.returncode, change_of(done)["error"], sleeper.adj) == (3, "guarded", 0)
    assert "only root may raise it" in done.stderr


@pytest.mark.parametrize(("target", "value"), [pytest.param("1", "300", id="refused"), pytest.param("", "0", id="at it already")])
def test_a_dry_run_that_would_change_nothing_foretells_nothing(target: str, value: str, spawn: Spawn, ours: Callable[..., Any]) -> None:
    done = ours("deprioritize", target or spawn().pid, "--adj", value, "--dry-run")
    assert "next victim" not in done.stdout


def test_a_dry_run_on_another_users_process_fails_as_the_change_does(spawn: Spawn, theirs: Callable[..., Any]) -> None:
    sleeper = spawn()
    foretold = theirs("deprioritize", sleeper.pid, "--dry-run", "--json")
    assert (foretold.returncode, change_of(foretold)["error"]) == (3, "not-yours")
    assert theirs("deprioritize", sleeper.pid).returncode == 3


def test_the_help_of_reset_knows_no_usual_value(ours: Callable[..., Any]) -> None:
    assert "instead of the original one" in " ".join(ours("reset", "--help").stdout.split())
    assert "instead of the usual one" in " ".join(ours("protect", "--help").stdout.split())


def test_reset_goes_back_to_the_first_value_and_can_be_undone(
    spawn: Spawn, ours: Callable[..., Any]
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


def test_reset_of_what_was_never_changed(spawn: Spawn, ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    done = ours("reset", sleeper.pid, "--json")
    change = change_of(done)
    assert (done.returncode, change["done"], change["error"], change["to"]) == (1, False, "nothing-known", 0)
    assert "OOM Tray never changed it" in done.stderr


def test_undo_leaves_what_another_changed_since(
    spawn: Spawn, ours: Callable[..., Any]
) -> None:
    one, other = spawn(), spawn()
    ours("deprioritize", one.pid, other.pid)
    one.set(70)
    done = ours("undo", "--json")
    changes = {change["pid"]: change for change in read(done.stdout, CHANGES)["changes"]}
    assert (changes[one.pid]["error"], changes[other.pid]["error"]) == ("changed-since", None)
    assert (done.returncode, one.adj, other.adj) == (1, 70, 0)
    assert ours("undo").returncode == 1, "there is nothing of ours left"


def test_undos_at_once_take_back_a_change_each(spawn: Spawn, ours: Callable[..., Any]) -> None:
    sleeper = spawn()
    for value in (100, 200, 300):
        ours("deprioritize", sleeper.pid, "--adj", value)
    command = [sys.executable, "-m", "oomtray", "undo"]
    undos = [
        subprocess.Popen(command, cwd=TREE, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = [undo.communicate(timeout=60) for undo in undos]
    assert sleeper.adj == 0
    assert sorted(undo.returncode for undo in undos) == [0, 0, 0, 1]
    assert [err for _, err in told if err] == ["oomtray: There is nothing to undo.\n"]


@pytest.mark.parametrize(("written", "status", "said"), [(True, 0, "lowered from +300 to 0."), (False, 1, "There is nothing to undo.")])
def test_undo_of_a_command_that_was_killed_as_soon_as_it_had_written(
    spawn: Spawn, ours: Callable[..., Any], written: bool, status: int, said: str
) -> None:
    sleeper = spawn()
    killed = python(
        f"""
        import os, sys
        from oomtray.cli import main
        from oomtray.kernel.process_handle import ProcessHandle
        write = ProcessHandle.write_adj
        ProcessHandle.write_adj = lambda handle, value: (write(handle, value) if {written} else None, os.kill(os.getpid(), 9))
        main(["deprioritize", sys.argv[1]], tray=None)
        """,
        str(sleeper.pid),
    )
    assert (killed.returncode, sleeper.adj) == (-signal.SIGKILL, 300 if written else 0)
    undone = ours("undo")
    assert (undone.returncode, sleeper.adj) == (status, 0)
    assert said in undone.stdout + undone.stderr


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("command", ["deprioritize", "undo"])
def test_nothing_that_could_be_missing_is_imported_once_something_was_changed(
    spawn: Spawn, ours: Callable[..., Any], command: str, more: list[str]
) -> None:
    sleeper = spawn()
    if command == "undo":
        ours("deprioritize", sleeper.pid)
    done = python(
        """
        import sys
        from oomtray.cli import main
        from oomtray.kernel.process_handle import ProcessHandle
        write, before = ProcessHandle.write_adj, set()
        ProcessHandle.write_adj = lambda handle, value: (write(handle, value), before.update(sys.modules))
        status = main(sys.argv[1:], tray=None)
        print(status, *sorted(set(sys.modules) - before), file=sys.stderr)
        """,
        *([command, *more] if command == "undo" else [command, str(sleeper.pid), *more]),
    )
    assert sleeper.adj == (0 if command == "undo" else 300)
    assert done.stderr == "0\n"


def test_undo_of_what_has_ended(spawn: Spawn, ours: Callable[..., Any]) -> None:
    first, last = spawn(), spawn()
    ours("deprioritize", first.pid)
    ours("deprioritize", last.pid)
    last.process.kill()
    last.process.wait()
    done = ours("undo", "--json")
    assert (done.returncode, change_of(done)["error"]) == (1, "gone")
    assert (ours("undo").returncode, first.adj) == (0, 0)


def test_a_journal_that_can_not_be_written_does_not_stop_the_change(
    spawn: Spawn, ours: Callable[..., Any], xdg: Path
) -> None:
    (xdg / "state" / "oomtray").write_text("in the way")
    sleeper = spawn()
    done = ours("deprioritize", sleeper.pid)
    assert (done.returncode, sleeper.adj) == (0, 300)
    assert "The change stands, but undo won't know of it" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("record", [True, False])
def test_the_history_has_it_though_nobody_watches(spawn: Spawn, ours: Callable[..., Any], xdg: Path, record: bool) -> None:
    (xdg / "config/oomtray").mkdir()
    (xdg / "config/oomtray/config.toml").write_text(f"[history]\nrecord = {str(record).lower()}\n")
    sleeper = spawn()
    ours("deprioritize", sleeper.pid)
    assert (f"You let {sleeper.name} go first" in ours("history").stdout) is record
    assert ours("undo").returncode == 0
    assert (f"Undone: letting {sleeper.name} go first" in ours("history").stdout) is record
