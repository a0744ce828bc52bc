"""The request to the helper and its answer; the helper itself and pkexec are held to it in tests/system."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions import helper_run
from oomtray.actions.adjust import Change
from oomtray.actions.escalate import Call, calls, merged, read
from oomtray.messages.permission import permission
from tests.rigs.processes.proc_tree import ProcTree

ME, OTHER, START = 1000, 0, 4711


def short(pid: int = 300, *, before: int = 200, at: int | None = None, start: int = START) -> Change:
    """Wanted at -500: refused as a whole, or done as far as `at`."""
    done = at is not None
    return Change(
        pid, start, f"p{pid}", before, at if at is not None else -500, done, "needs-authorisation", -500
    )


@pytest.fixture
def tree(tmp_path: Path) -> ProcTree:
    tree = ProcTree(tmp_path / "proc")
    for pid, uid in ((300, ME), (301, OTHER), (302, ME)):
        tree.add(pid, uid=uid, start=START, adj=200)
    return tree


def lines(call: Call) -> list[dict[str, object]]:
    return [json.loads(line) for line in call.stdin.splitlines()]


def test_own_and_others_are_asked_for_apart_own_first(tree: ProcTree) -> None:
    made, rest = calls([short(301), short(300), short(302, at=100)], uid=ME, proc=str(tree))
    assert rest == ()
    assert [call.argv for call in made] == [
        ("/usr/bin/pkexec", "--disable-internal-agent", "/usr/libexec/oomtray/oomtray-helper", *asked)
        for asked in (("own", "protect", "2"), ("other", "protect", "1"))
    ]
    assert lines(made[0]) == [{"pid": pid, "start_time": START, "adj": -500, "uid": ME} for pid in (300, 302)]
    assert lines(made[1]) == [{"pid": 301, "start_time": START, "adj": -500, "uid": OTHER}]


@pytest.mark.parametrize("which", range(4), ids=["real", "effective", "saved", "filesystem"])
def test_own_means_all_four_uids(tree: ProcTree, which: int) -> None:
    uids = [ME] * 4
    uids[which] = OTHER
    status = (tree.root / "300/status").read_bytes()
    tree.write(
        "300/status", status.replace(b"Uid:\t1000\t1000\t1000\t1000", b"Uid:\t%d\t%d\t%d\t%d" % tuple(uids))
    )
    (call,), _ = calls([short()], uid=ME, proc=str(tree))
    assert call.verb == "other"
    assert lines(call) == [{"pid": 300, "start_time": START, "adj": -500}]


def test_an_owner_that_is_expected_must_be_it_wholly(tree: ProcTree) -> None:
    """Among the four uids of a set-uid program only some are its file's owner's."""
    status = (tree.root / "301/status").read_bytes()
    tree.write("301/status", status.replace(b"Uid:\t0\t0\t0\t0", b"Uid:\t1000\t0\t0\t0"))
    changes = [short(300), short(301)]
    owners = {changes[0].target: ME, changes[1].target: OTHER}
    (call,), (refused,) = calls(changes, owners=owners, uid=ME, proc=str(tree))
    assert lines(call) == [{"pid": 300, "start_time": START, "adj": -500, "uid": ME}]
    assert (refused.pid, refused.error, refused.done) == (301, "wrong-owner", False)


@pytest.mark.parametrize(
    "settled",
    [
        Change(300, START, "x", 0, 300, True, None, 300),
        Change(300, START, "x", 0, 300, False, "not-yours", 300),
        Change(300, START, "x", 0, -500, False, "refused-by-kernel", -500),
        Change(300, START, "x", 0, -500, False, "zombie", -500),
    ],
    ids=["done", "a-raise", "even-root-may-not", "cannot-be-helped"],
)
def test_nothing_is_asked_for(tree: ProcTree, settled: Change) -> None:
    assert calls([settled], uid=ME, proc=str(tree)) == ((), (settled,))


@pytest.mark.parametrize(
    ("change", "error"),
    [(short(999, at=100), "gone"), (short(300, at=100, start=START + 1), "pid-reused")],
    ids=["gone", "reused"],
)
def test_what_went_away_meanwhile_is_not_asked_for(tree: ProcTree, change: Change, error: str) -> None:
    made, (lost,) = calls([change], uid=ME, proc=str(tree))
    assert made == ()
    assert (lost.done, lost.error, lost.after) == (False, error, -500)


def test_a_great_batch_is_split_within_what_the_helper_takes(tree: ProcTree) -> None:
    pids = range(10_000, 12_500)
    for pid in pids:
        tree.add(pid, uid=ME, start=START, adj=200)
    made, _ = calls([short(pid) for pid in pids], uid=ME, proc=str(tree))
    assert [line["pid"] for call in made for line in lines(call)] == list(pids)
    assert [change.pid for call in made for change in call.changes] == list(pids)
    assert all(
        len(call.stdin) <= helper_run.MAX_BYTES and len(call.changes) <= helper_run.MAX_LINES for call in made
    )
    assert len(made) == 3


def test_no_process_is_asked_for_twice(tree: ProcTree) -> None:
    (call,), rest = calls([short(), short()], uid=ME, proc=str(tree))
    assert (len(call.changes), len(rest)) == (1, 1)


def answer(pid: int = 300, **fields: object) -> bytes:
    known = {"pid": pid, "start_time": START, "from": 200, "to": -500, "ok": True, "error": None}
    return json.dumps(known | fields).encode() + b"\n"


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "status", "after", "done", "error", "says"),
    [
        pytest.param(0, answer(), b"", "done", -500, True, None, None, id="done"),
        pytest.param(
            1,
            answer(ok=False, error="refused-by-kernel"),
            b"",
            "failed",
            100,
            True,
            "refused-by-kernel",
            None,
            id="refused-by-the-helper",
        ),
        pytest.param(
            126,
            b"",
            b"Error executing command as another user: Request dismissed\n",
            "dismissed",
            100,
            True,
            "needs-authorisation",
            None,
            id="dismissed",
        ),
        pytest.param(
            127,
            b"",
            b"Error executing command as another user: Not authorized\n",
            "not-authorised",
            100,
            True,
            "needs-authorisation",
            "permission",
            id="not-authorised",
        ),
        pytest.param(
            127,
            b"",
            b"Error executing command as another user: No authentication agent found.\n",
            "no-agent",
            100,
            True,
            "needs-authorisation",
            "polkit agent",
            id="no-agent",
        ),
        pytest.param(
            2,
            b"",
            b"oomtray-helper: line 1 is malformed\n",
            "failed",
            100,
            True,
            "failed",
            "status 2: oomtray-helper: line 1 is malformed",
            id="malformed",
        ),
        pytest.param(-9, b"", b"", "failed", 100, True, "failed", "signal 9", id="killed"),
        pytest.param(0, b"", b"", "failed", 100, True, "failed", "status 0", id="no-answer"),
        pytest.param(0, b"{", b"", "failed", 100, True, "failed", "status 0", id="half-an-answer"),
        pytest.param(0, b"[]\n\xff\n", b"", "failed", 100, True, "failed", "status 0", id="nonsense"),
        pytest.param(
            0, answer(start_time=1), b"", "failed", 100, True, "failed", None, id="of-another-process"
        ),
        pytest.param(0, answer(to=5), b"", "failed", 100, True, "failed", None, id="of-another-value"),
        pytest.param(
            1, answer(ok=False, error=None), b"", "failed", 100, True, "failed", None, id="no-reason"
        ),
        pytest.param(0, answer(ok=1), b"", "failed", 100, True, "failed", None, id="ok-that-is-no-truth"),
    ],
)
def test_what_an_answer_means(
    tree: ProcTree,
    code: int,
    stdout: bytes,
    stderr: bytes,
    status: str,
    after: int,
    done: bool,
    error: str | None,
    says: str | None,
) -> None:
    tree.write("300/oom_score_adj", "100\n")
    change = short(at=100)
    outcome = read(Call("own", (), b"", (change,)), code, stdout, stderr, proc=str(tree))
    (result,) = outcome.changes
    assert (outcome.status, result.before) == (status, 200)
    assert (result.after, result.done, result.error) == (after, done, error)
    told = permission(outcome.status, outcome.complaint)
    assert (told == "") if says is None else (says in told)


@pytest.mark.parametrize(
    ("kind", "before", "floor", "right", "kept"),
    [
        pytest.param("protect", None, 0, "moved", 0, id="lowered: the owner may do it again"),
        pytest.param("protect", None, 1000, "moved", 1000, id="lowered from the highest"),
        pytest.param("protect", None, 1001, None, None, id="no floor there is"),
        pytest.param("protect", None, True, None, None, id="no number"),
        pytest.param("protect", None, None, None, None, id="lowered without moving it"),
        pytest.param("undo", "moved", None, "back", -300, id="given back"),
        pytest.param("undo", "same", None, "same", -300, id="never moved"),
    ],
)
def test_the_floor_stays_where_the_helper_moved_it_though_another_program_overwrote_the_value(
    kind, before, floor, right, kept
) -> None:
    change = replace(short(), right=before, floor=-300 if before else None)
    told = answer(ok=False, error="changed-meanwhile", to=-20, floor=floor)
    (result,) = read(Call("own", (), b"", (change,), kind), 1, told, b"").changes
    assert (result.error, result.right, result.floor) == ("changed-meanwhile", right, kept)


def test_a_helper_that_was_ended_after_its_write_is_not_misreported(tree: ProcTree) -> None:
    tree.write("302/oom_score_adj", "-500\n")
    call = Call("own", (), b"", (short(300), short(302), short(999)))
    outcome = read(call, -9, answer(300), b"", proc=str(tree))
    assert [(c.pid, c.after, c.done, c.error) for c in outcome.changes] == [
        (300, -500, True, None),
        (302, -500, True, None),
        (999, -500, False, "gone"),
    ]


@pytest.mark.parametrize("change", [short(302), short(302, at=100), replace(short(302, at=-500), error="right-stays", right="moved")])
def test_where_it_cannot_be_looked_up_what_the_helper_did_it_stays_as_it_was(tree: ProcTree, change: Change) -> None:
    """Only what fell short is asked for, so its error stands; also where that was done in part."""
    tree.write("302/stat", "not a stat\n")
    outcome = read(Call("own", (), b"", (change,)), -9, b"", b"", proc=str(tree))
    assert (outcome.status, outcome.changes) == ("failed", (change,))


def test_merged_keeps_the_order() -> None:
    before = [short(1), short(2), short(3)]
    finished = [Change(3, START, "p3", 200, -500, True, None, -500)]
    assert merged(before, finished) == (before[0], before[1], finished[0])
