"""Lowering stops at a floor that only the write finds, and what may not be changed is refused without a write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.actions import adjust
from oomtray.actions.adjust import Change, Target
from oomtray.kernel.files import boot_id
from oomtray.kernel.process_handle import ProcessGone, open_process
from tests.rigs.processes.proc_tree import KTHREAD, ProcTree

START = 4711


class Floored:
    """A process whose owner may not go below `floor`."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.privileged = False
        self.written: list[int] = []

    def write_adj(self, value: int) -> None:
        if value < self.floor and not self.privileged:
            raise PermissionError
        self.written.append(value)


@given(st.data())
def test_the_descent_ends_at_the_floor_and_never_goes_up(data: st.DataObject) -> None:
    before = data.draw(st.integers(-998, 1000), "before")
    wanted = data.draw(st.integers(-999, before - 1), "wanted")
    floor = data.draw(st.integers(wanted + 1, before), "floor")
    process = Floored(floor)
    assert adjust.set_or_descend(process, before, wanted, as_root=False)[0] == floor
    assert process.written == sorted(process.written, reverse=True)
    assert len(process.written) <= 11


def test_root_moves_the_floor_only_where_it_is_in_the_way_and_tells_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Floored(200)
    process.privileged = True

    @contextmanager
    def without(_capability: int) -> Iterator[None]:
        process.privileged = False
        try:
            yield
        finally:
            process.privileged = True

    monkeypatch.setattr(adjust, "without", without)
    assert adjust.set_or_descend(process, 300, 200, as_root=True) == (200, None, None, None)
    assert adjust.set_or_descend(process, 300, -500, as_root=True) == (-500, None, "moved", 200)
    assert process.written[-1] == -500


@pytest.fixture
def tree(tmp_path: Path) -> ProcTree:
    return ProcTree(tmp_path / "proc")


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        pytest.param({"pid": 1, "score": 0}, "pid-1", id="pid-1"),
        pytest.param({"pid": 1, "start": 99, "score": 0}, "pid-1", id="pid-1-whatever-its-start"),
        pytest.param({"flags": KTHREAD}, "kernel-thread", id="kernel-thread"),
        pytest.param({"state": "Z"}, "zombie", id="zombie"),
        pytest.param({"start": START + 1}, "pid-reused", id="reused"),
        pytest.param({"name": b") Z 1 (", "flags": KTHREAD}, "kernel-thread", id="hostile-name"),
    ],
)
def test_refused_without_a_write(tree: ProcTree, facts: dict[str, object], error: str) -> None:
    facts = {"pid": 300, "start": START, "adj": 7} | facts
    tree.add(**facts)  # type: ignore[arg-type]
    pid = int(str(facts["pid"]))
    change = adjust.adjust(Target(pid, START), 500, proc=str(tree))
    assert (change.done, change.error, change.after) == (False, error, 500)
    assert (tree.root / str(pid) / "oom_score_adj").read_text().strip() == "7"


def test_pid_1_of_a_container_which_the_kernel_may_kill_is_changed_as_any_other(tree: ProcTree) -> None:
    tree.add(1, start=START, adj=7, score=700)
    assert adjust.adjust(Target(1, START), 500, proc=str(tree)).done


def test_a_hostile_name_is_told_as_it_is(tree: ProcTree) -> None:
    tree.add(300, name=b"a\nUid:\t0\t0\t0\t0\\\xff) R 1 (", start=START, uid=1000)
    with open_process(300, START, str(tree)) as process:
        assert process.name == "a\nUid:\t0\t0\t0\t0\\\\xff) R 1 ("
        assert process.uids() == (1000, 1000, 1000, 1000)


@pytest.mark.parametrize("content", ["", "12 (x", "12 (x) R 1"], ids=["empty", "cut-off", "too-short"])
def test_a_stat_that_can_not_be_read_changes_nothing(tree: ProcTree, content: str) -> None:
    tree.add(300, start=START, adj=7)
    tree.write("300/stat", content)
    assert adjust.adjust(Target(300, START), 9, proc=str(tree)).error == "failed"


def test_no_process(tree: ProcTree) -> None:
    with pytest.raises(ProcessGone) as gone, open_process(300, proc=str(tree)):
        pass
    assert str(gone.value) == "[Errno 3] process 300 has ended"


@pytest.mark.parametrize(
    ("before", "after", "done", "moved"),
    [(0, 5, True, True), (5, 5, True, False), (0, 5, False, False), (None, 5, False, False)],
    ids=["moved", "there-already", "refused", "unknown"],
)
def test_what_counts_as_moved(before: int | None, after: int, done: bool, moved: bool) -> None:
    assert Change(1, 2, "x", before, after, done).moved is moved


def test_the_boot_has_a_name_where_the_kernel_tells_it(tree: ProcTree) -> None:
    assert boot_id(str(tree)) is None
    tree.write("sys/kernel/random/boot_id", "0b1c\n")
    assert boot_id(str(tree)) == "0b1c"
