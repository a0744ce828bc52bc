"""What undo and reset remember, and what they survive."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from oomtray import private_file
from oomtray.actions import journal_file as journals
from oomtray.actions.adjust import Change, Target
from oomtray.actions.journal import Journal, JournalNote
from oomtray.file_access import FileProblem
from tests.rigs.processes.proc_tree import ProcTree
from tests.rigs.processes.users import NOBODY, need_root
from tests.unit.actions.changing import full_disk

BOOT = "5f2a6e1c-0000-4000-8000-000000000001"


def change(
    pid: int = 42, before: int | None = 0, after: int = 300, *, done: bool = True, name: str = "x"
) -> Change:
    return Change(pid, 1000 + pid, name, before, after, done, wanted=after)


@pytest.fixture
def proc(tmp_path: Path) -> ProcTree:
    tree = ProcTree(tmp_path / "proc")
    tree.write("sys/kernel/random/boot_id", BOOT + "\n")
    return tree


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "oomtray"


@pytest.fixture
def journal(state: Path, proc: ProcTree) -> Journal:
    return Journal(str(state), proc=str(proc), wall=lambda: 1795370575.25)


def again(journal: Journal, proc: ProcTree) -> Journal:
    """As the next program to run sees it."""
    return Journal(os.path.dirname(journal.path), proc=str(proc))


def not_recorded(journal: Journal, trouble: str, path: str | None = None, **more: str) -> JournalNote:
    problem = FileProblem(trouble, path or journal.path, **more)
    return JournalNote("not-recorded", journal.path, problem=problem)


def test_nothing_is_known_and_nothing_made_before_the_first_change(journal: Journal, state: Path) -> None:
    assert (journal.last(), journal.first_values().get(Target(42, 1042)), journal.note) == (None, None, None)
    assert not state.exists()


def test_the_first_change_ever_keeps_a_second_at_the_same_instant_waiting(journal: Journal, state: Path) -> None:
    with journal.alone():
        directory = os.open(state, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(directory)
    assert list(state.iterdir()) == []


def test_what_one_program_records_another_takes_back(journal: Journal, proc: ProcTree) -> None:
    name = 'bad\n"name\\ \x1b[31m \\xff ü'
    journal.record("protect", [change(name=name), change(43, 5, 200)])
    other = again(journal, proc)
    batch = other.last()
    assert batch is not None
    assert (batch.action, batch.time, batch.number) == ("protect", 1795370575.25, 1)
    assert batch.changes == (change(name=name), change(43, 5, 200))
    other.take_back(batch)
    assert (journal.last(), journal.note, other.note) == (None, None, None)


def test_undo_goes_back_step_by_step(journal: Journal) -> None:
    for after in (100, 200, 300):
        journal.record("deprioritize", [change(after=after)])
    seen = []
    while batch := journal.last():
        seen.append(batch.changes[0].after)
        journal.take_back(batch)
    assert seen == [300, 200, 100]


def test_what_could_not_be_undone_stays(journal: Journal) -> None:
    batch = journal.record("protect", [change(42), change(43)])
    assert batch is not None
    journal.take_back(batch, [change(43)])
    left = journal.last()
    assert left is not None
    assert left.changes == (change(43),)


@pytest.mark.parametrize(
    "unmoved",
    [change(done=False), change(before=300), change(before=None)],
    ids=["not-done", "was-there-already", "unknown-before"],
)
def test_only_what_moved_is_remembered(journal: Journal, unmoved: Change, state: Path) -> None:
    assert journal.record("protect", [unmoved]) is None
    assert (journal.last(), journal.note) == (None, None)
    assert not state.exists()


def test_the_first_value_outlives_changes_and_undo(journal: Journal, proc: ProcTree) -> None:
    journal.record("deprioritize", [change(before=20, after=300)])
    second = journal.record("protect", [change(before=300, after=0)])
    assert second is not None
    journal.take_back(second)
    assert again(journal, proc).first_values().get(Target(42, 1042)) == 20
    assert again(journal, proc).first_values().get(Target(42, 9)) is None


def test_another_boot_knows_nothing_of_it(journal: Journal, proc: ProcTree) -> None:
    journal.record("protect", [change()])
    proc.write("sys/kernel/random/boot_id", "another\n")
    later = again(journal, proc)
    assert (later.last(), later.first_values().get(Target(42, 1042)), later.note) == (None, None, None)
    later.record("protect", [change(99)])
    assert BOOT not in Path(later.path).read_text()


def test_the_file_is_private_and_the_directory_too(journal: Journal, state: Path) -> None:
    old = os.umask(0)
    try:
        journal.record("protect", [change()])
    finally:
        os.umask(old)
    assert {f.name: f.stat().st_mode & 0o777 for f in state.iterdir()} == {"changes.jsonl": 0o600}
    assert state.stat().st_mode & 0o777 == 0o700


def test_it_stays_small(journal: Journal, proc: ProcTree) -> None:
    proc.add(7, start=1007)
    journal.record("protect", [change(7, before=3, after=1)])
    for n in range(journals.MAX_BATCHES + 20):
        journal.record("protect", [change(1000 + n * 20 + i, 0, 5) for i in range(20)])
    size = Path(journal.path).stat().st_size
    assert size < private_file.MAX_BYTES / 2
    count = 0
    while batch := journal.last():
        journal.take_back(batch)
        count += 1
    assert count == journals.MAX_BATCHES
    assert journal.first_values().get(Target(7, 1007)) == 3, "of the living nothing is forgotten"
    assert journal.first_values().get(Target(1000, 2000)) is None


def test_one_huge_batch_is_kept_whole(journal: Journal) -> None:
    changes = [change(1000 + n) for n in range(5000)]
    journal.record("protect", changes)
    batch = journal.last()
    assert batch is not None
    assert len(batch.changes) == 5000


GOOD = json.dumps(
    {
        "number": 1,
        "time": 1.5,
        "word": "protect",
        "changes": [{"pid": 42, "start_time": 1042, "name": "x", "from": 0, "to": 300, "right": None}],
    }
)
HEADER = json.dumps({"oomtray": 1, "boot": BOOT})


def edited(kind: str, *sides: object) -> str:
    edit = {"kind": kind, "path": "/x", "added": sides, "removed": sides}
    return json.dumps(json.loads(GOOD) | {"number": 2, "changes": [], "edit": edit})


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        pytest.param(f"{HEADER}\n{GOOD}\n{{\n", True, id="a-line-that-is-no-json"),
        pytest.param(f"{HEADER}\n{GOOD}\n[]\n", True, id="a-line-that-is-no-object"),
        pytest.param(f"{HEADER}\n{GOOD}\n{GOOD[:40]}", True, id="cut-off"),
        pytest.param(
            f'{HEADER}\n{GOOD}\n{{"first": true, "pid": 1, "start_time": 2}}\n', True, id="no-number"
        ),
        pytest.param(f"{HEADER}\n{GOOD}\n{'[' * 100000}\n", True, id="deep"),
        pytest.param(f"{HEADER}\n\udcff\udcfe\n{GOOD}\n", True, id="not-utf-8"),
        pytest.param(f"{HEADER}\n{GOOD.replace('300', '1e3')}\n", False, id="a-fraction"),
        pytest.param(f"{HEADER}\n{GOOD}\n{GOOD.replace('1.5', '1e999')}\n", True, id="at-no-time"),
        pytest.param(f"{HEADER}\n{GOOD}\n{edited('lines')}\n", True, id="an-edit-of-nothing-known"),
        pytest.param(f"{HEADER}\n{GOOD}\n{edited('settings')}\n", True, id="an-edit-without-its-sides"),
        pytest.param(f"{HEADER}\n{GOOD}\n{edited('setting', {'text': 1})}\n", True, id="an-edit-with-wrong-sides"),
        pytest.param(f"{GOOD}\n", False, id="no-header"),
        pytest.param(f'{{"oomtray": 2, "boot": "{BOOT}"}}\n{GOOD}\n', False, id="a-later-version"),
        pytest.param("\0" * 512, False, id="zeros"),
        pytest.param(HEADER, False, id="header-alone-cut-off"),
    ],
)
def test_a_damaged_file_is_kept_aside_and_what_is_good_in_it_counts(
    journal: Journal, state: Path, content: str, kept: bool
) -> None:
    state.mkdir(parents=True)
    raw = content.encode("utf-8", "surrogateescape")
    Path(journal.path).write_bytes(raw)
    assert (journal.last() is not None) is kept
    assert journal.note == JournalNote("damaged", journal.path)
    assert Path(journal.path).read_bytes() == raw, "looking changes nothing"

    journal.record("protect", [change(43)])
    assert journal.note == JournalNote("damaged-kept", journal.path, "changes.jsonl.damaged-1")
    assert (state / "changes.jsonl.damaged-1").read_bytes() == raw
    last = journal.last()
    assert last is not None
    assert (last.changes, journal.note) == ((change(43),), None)
    journal.take_back(last)
    assert (journal.last() is not None) is kept


def test_a_second_damage_does_not_cover_the_first(journal: Journal, state: Path) -> None:
    state.mkdir(parents=True)
    for n in (1, 2):
        Path(journal.path).write_text(f"damage {n}")
        journal.record("protect", [change()])
        assert (state / f"changes.jsonl.damaged-{n}").read_text() == f"damage {n}"


@pytest.mark.parametrize("room", [0, 100], ids=["none", "for a part"])
def test_on_a_full_disk_the_old_content_stands(journal: Journal, state: Path, room: int) -> None:
    journal.record("protect", [change(42)])
    before = Path(journal.path).read_bytes()
    with full_disk(room):
        assert journal.record("protect", [change(43)]) is None
    assert journal.note == not_recorded(journal, "unwritable", code=errno.EFBIG)
    assert Path(journal.path).read_bytes() == before
    assert [f.name for f in state.iterdir()] == ["changes.jsonl"]


@pytest.mark.parametrize("what", ["file", "directory", "lock"])
def test_links_are_not_followed(journal: Journal, state: Path, tmp_path: Path, what: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if what == "directory":
        state.parent.mkdir()
        state.symlink_to(elsewhere)
    else:
        state.mkdir(parents=True)
        name = "changes.jsonl" if what == "file" else "changes.jsonl.lock"
        (state / name).symlink_to(elsewhere / "victim")
    recorded = journal.record("protect", [change()])
    assert journal.note is not None
    if what == "file":
        assert recorded == journal.last()
        assert (state / "changes.jsonl.damaged-1").is_symlink()
    else:
        assert (recorded, journal.note.id) == (None, "not-recorded")
    assert list(elsewhere.iterdir()) == []


NO_FILES = {
    "fifo": lambda path: os.mkfifo(path),
    "directory": lambda path: path.mkdir(),
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "huge": lambda path: path.write_bytes(b"\n" * (private_file.MAX_BYTES + 1)),
}


@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_file_is_told(journal: Journal, state: Path, make: Callable[[Path], object]) -> None:
    """Nothing waits for it or reads on without end; and what is changed can be undone all the same."""
    state.mkdir(parents=True)
    make(Path(journal.path))
    assert journal.last() is None
    assert journal.note is not None
    assert journal.note.id == "unreadable"
    batch = journal.record("protect", [change()])
    assert journal.note == JournalNote("set-aside", journal.path, "changes.jsonl.damaged-1")
    assert (journal.last(), journal.note) == (batch, None)


@pytest.mark.parametrize("digits", [309, 4301])
@pytest.mark.parametrize("field", ["number", "time", "pid", "start_time", "from", "to"])
def test_a_number_of_hundreds_of_digits_costs_its_line_alone(
    journal: Journal, state: Path, field: str, digits: int
) -> None:
    state.mkdir(parents=True)
    line = re.sub(rf'("{field}": )[0-9.]+', r"\g<1>" + "9" * digits, GOOD)
    Path(journal.path).write_text(f"{HEADER}\n{GOOD}\n{line}\n")
    last = journal.last()
    assert last is not None
    assert last.changes == (change(),)
    assert journal.record("protect", [change(43)]) == journal.last()


def test_root_leaves_nothing_in_a_users_directory(tmp_path: Path, proc: ProcTree) -> None:
    """As with sudo that keeps HOME."""
    need_root()
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    journal = Journal(str(home / ".local" / "state" / "oomtray"), proc=str(proc))
    assert journal.record("protect", [change()]) is None
    assert journal.note is not None
    assert journal.note.problem is not None
    assert journal.note.problem.id == "not-own"
    assert list(home.iterdir()) == []


def test_a_lock_that_is_never_given_back_hangs_nobody(journal: Journal, state: Path) -> None:
    journal.record("protect", [change(42)])
    with open(state / "changes.jsonl.lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert journal.record("protect", [change(43)]) is None
        assert journal.note == not_recorded(journal, "locked")
    assert journal.record("protect", [change(43)]) is not None


def test_several_programs_at_once_lose_nothing(journal: Journal, state: Path, proc: ProcTree) -> None:
    code = (
        "import sys; from oomtray.actions.journal import Journal; from oomtray.actions.adjust import Change\n"
        "journal = Journal(sys.argv[1], proc=sys.argv[2]); me = int(sys.argv[3])\n"
        "for n in range(10):\n"
        "    assert journal.record('protect', [Change(me + n, 1, 'x', 0, 5, True)]), journal.note\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, state, proc.root, str(start)])
        for start in (100, 200, 300)
    ]
    assert [program.wait(60) for program in running] == [0, 0, 0]
    pids = []
    while batch := journal.last():
        pids.append(batch.changes[0].pid)
        journal.take_back(batch)
    assert sorted(pids) == [start + n for start in (100, 200, 300) for n in range(10)]


def test_it_stands_in_the_users_state_directory(xdg: Path) -> None:
    assert Journal().path == str(xdg / "state" / "oomtray" / "changes.jsonl")


def test_the_values_given_are_the_same_object_until_something_is_new(journal: Journal) -> None:
    journal.record("protect", [change()])
    given = journal.last_given()
    assert given == {(42, 1042): 300}
    assert journal.last_given() is given
    journal.record("protect", [change(before=300, after=200)])
    assert journal.last_given() == {(42, 1042): 200}
    Path(journal.path).unlink()
    assert journal.last_given() == {}
