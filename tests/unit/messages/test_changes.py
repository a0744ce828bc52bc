"""What became of a change, as whole sentences: for one process, for an app, for the terminal's one line."""

from __future__ import annotations

import errno

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.helper_run import Complaint, Status
from oomtray.actions.journal import JournalNote
from oomtray.file_access import FileProblem
from oomtray.messages import changes as messages
from oomtray.messages.permission import permission

NEEDS = "needs-authorisation"


def change(
    before: int | None, after: int, error: str | None = None, *, wanted: int | None = None, pid: int = 7, name: str = "db"
) -> Change:
    """Done where it moved or nothing stood in the way."""
    done = error is None or (before is not None and after not in (before, wanted))
    return Change(pid, 8, name, before, after, done, error, after if wanted is None else wanted)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        pytest.param(change(200, 100), "db (7) lowered from +200 to +100.", id="lowered"),
        pytest.param(change(0, 300), "db (7) raised from 0 to +300.", id="raised"),
        pytest.param(change(5, 5), "db (7) stays at +5.", id="there-already"),
        pytest.param(
            change(200, 100, NEEDS, wanted=-500),
            "db (7) lowered from +200 to +100, not to -500: going lower needs an administrator's permission.",
            id="a-part-of-the-way",
        ),
        pytest.param(change(0, 300, "not-yours", wanted=300), "db (7) not changed: only its owner may raise it.", id="refused"),
        pytest.param(
            change(0, 300, "guarded", wanted=300),
            "db (7) not changed: it shuts out all other programs of its owner, so only root may raise it.", id="refused to its owner too",
        ),
        pytest.param(change(None, 5, "gone", wanted=5, name=""), "Process 7 not changed: it has ended.", id="no-name"),
        pytest.param(
            change(0, -1000, "out-of-range", wanted=-1000),
            "db (7) not changed: -1000 is never set, because its children would inherit it and the kernel could never kill any of them.",
            id="never",
        ),
        pytest.param(
            change(0, 2000, "out-of-range", wanted=2000), "db (7) not changed: the value must be from -999 to 1000.", id="range"
        ),
        pytest.param(change(0, 5, "new-in-the-helper", wanted=5), "db (7) not changed: new-in-the-helper.", id="unknown-reason"),
        pytest.param(change(0, 5, name="a\x1b[2J"), "a\\x1b[2J (7) raised from 0 to +5.", id="hostile-name"),
    ],
)
def test_one_process(one: Change, says: str) -> None:
    assert messages.says(one) == says


def test_one_process_goes_by_the_name_that_a_person_calls_it() -> None:
    assert messages.result("MariaDB", [change(200, 100)]) == "MariaDB lowered from +200 to +100."
    refused = messages.result("MariaDB", [change(200, 100, NEEDS, wanted=-500)])
    assert refused == "MariaDB lowered from +200 to +100, not to -500: going lower needs an administrator's permission."
    assert messages.result("MariaDB", [change(0, 300, "not-yours", wanted=300)]).startswith("MariaDB not changed: ")


def test_a_value_against_the_action_is_none_where_the_one_before_is_unknown() -> None:
    for action, after in (("protect", 500), ("deprioritize", -500)):
        assert messages.contrary(action, [change(None, after, "gone")]) is None
        assert messages.contrary(action, [change(None, after, "gone"), change(0, after)]) is not None


def test_several_that_an_undo_brought_back_are_as_before_whatever_their_values() -> None:
    """That they were deprioritized was said of them, once for each value."""
    back = [change(0, 200), change(0, 300)]
    assert messages.result("Slack", back, undone=True) == "Slack: 2 processes are as before."
    assert messages.result("Slack", [*back, change(0, 0, "changed-since")], undone=True).startswith("Slack: 1 process deprioritized")


@pytest.mark.parametrize(
    ("several", "says"),
    [
        pytest.param([change(0, 300), change(9, 300)], "App: 2 processes deprioritized (oom_score_adj +300).", id="all"),
        pytest.param([change(0, -500), change(200, -500)], "App: 2 processes protected (oom_score_adj -500).", id="all-protected"),
        pytest.param([change(300, 0), change(200, 0)], "App: 2 processes set to normal (oom_score_adj 0).", id="back-to-normal"),
        pytest.param([change(-500, 200), change(-500, 200)], "App: oom_score_adj of 2 processes set to +200.", id="reset-to-its-units"),
        pytest.param([change(-500, 0), change(-500, 0)], "App: 2 processes set to normal (oom_score_adj 0).", id="no-longer-protected"),
        pytest.param([change(400, 300), change(900, 300)], "App: oom_score_adj of 2 processes lowered to +300.", id="all-lowered"),
        pytest.param(
            [change(200, 100, NEEDS, wanted=-5), change(200, 50, NEEDS, wanted=-5), change(100, 100)],
            "App: 1 process protected as far as possible without a password (oom_score_adj +50)."
            " App: 1 process protected as far as possible without a password (oom_score_adj +100).",
            id="each-as-far-as-it-may",
        ),
        pytest.param(
            [change(300, 0, NEEDS, wanted=-500), change(200, 0, NEEDS, wanted=-500)],
            "App: 2 processes protected as far as possible without a password (oom_score_adj 0).",
            id="to-normal-as-more-is-not-allowed",
        ),
        pytest.param(
            [change(300, 200, NEEDS, wanted=100), change(300, 200, NEEDS, wanted=100)],
            "App: oom_score_adj of 2 processes lowered to +200. Going lower needs an administrator's permission.",
            id="a-value-that-protects-nothing",
        ),
        pytest.param(
            [change(200, 300), change(200, 200, "not-yours", wanted=300)],
            "App: 1 process deprioritized (oom_score_adj +300). 1 process not changed further: only its owner may raise it.",
            id="another-reason",
        ),
        pytest.param(
            [change(0, -5, NEEDS, wanted=-5), change(0, -5, NEEDS, wanted=-5)],
            "App: 2 processes not changed: going lower needs an administrator's permission.",
            id="none",
        ),
        pytest.param([change(5, 5), change(None, 5, "gone", wanted=5)], "App: nothing to change.", id="nothing-to-do"),
        pytest.param([], "App: nothing to change.", id="nobody"),
    ],
)
def test_an_app(several: list[Change], says: str) -> None:
    assert messages.result("App", several) == says


def test_a_permission_that_was_refused_is_told_with_the_change() -> None:
    short = change(0, -5, NEEDS, wanted=-5)
    assert messages.result("App", [short], refused=True).endswith("permission, and it was not given.")
    assert "not given" not in messages.result("App", [change(0, 5)], refused=True)


def test_the_terminals_line_names_three_of_each_reason() -> None:
    short = [change(0, -5, NEEDS, wanted=-5, pid=pid) for pid in range(1, 6)]
    short.append(change(None, -5, "gone", wanted=-5, pid=9))
    assert messages.refusals(short, 8) == (
        "6 of 8 processes not changed as asked. db (1), db (2), db (3) and 2 more: going lower needs an administrator's"
        " permission. db (9): it has ended."
    )


@pytest.mark.parametrize(
    ("status", "complaint", "says"),
    [
        pytest.param("done", None, "", id="done"),
        pytest.param("dismissed", None, "", id="dismissed"),
        pytest.param("failed", None, "", id="each-change-says-why"),
        pytest.param("failed", Complaint("No such file", program="/x"), "/x can't be started: No such file.", id="no-start"),
        pytest.param("failed", Complaint("", -9), "The helper was ended by signal 9.", id="killed"),
        pytest.param("failed", Complaint("", 1), "The helper ended with status 1.", id="silent"),
        pytest.param("failed", Complaint("a\nb", 2), "The helper ended with status 2: a\\nb.", id="one-line"),
        pytest.param("no-helper", None, "The helper that may change this is not installed (/h).", id="no-helper"),
    ],
)
def test_permission(status: Status, complaint: Complaint | None, says: str) -> None:
    told = permission(status, complaint, helper="/h")
    assert told.startswith(says) if says else told == ""


def test_what_went_wrong_with_the_journal() -> None:
    note = JournalNote("not-taken-back", "/s/changes", problem=FileProblem("unwritable", "/s/changes", errno.ENOSPC))
    assert messages.journal_note(note) == (
        "Undo can't note what it took back, so the next undo tries the same again."
        " /s/changes can't be written: No space left on device."
    )
