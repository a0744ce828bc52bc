"""Ask for what an owner may not do alone: one pkexec call of the helper for a whole batch.

Builds what to run and reads the answer; who runs it is handed in (QProcess on the desktop, `helper_run.run` in commands).
Only lowering is ever asked for, and taking back what a lowering gave.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.actions.helper_run import (
    HELPER,
    MAX_BYTES,
    MAX_LINES,
    PKEXEC,
    Complaint,
    Status,
    complaint,
    not_permitted,
)
from oomtray.kernel.process_handle import ProcessGone, open_process
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.actions.adjust import Change, Target

ANY_EXE: Mapping[Target, str] = {}
ANY_OWNER: Mapping[Target, int] = {}

Verb = Literal["own", "other"]
Kind = Literal["protect", "undo"]


@dataclass(frozen=True, slots=True)
class Call:
    """One run of the helper, which means one dialog or none."""

    verb: Verb
    argv: tuple[str, ...]
    stdin: bytes
    changes: tuple[Change, ...]
    """What the plain write reached, in the order of the request's lines."""
    kind: Kind = "protect"


@dataclass(frozen=True, slots=True)
class Outcome:
    status: Status
    changes: tuple[Change, ...]
    complaint: Complaint | None = None


def needs_it(change: Change) -> bool:
    """The plain write went not all the way, and an administrator's permission would help."""
    return change.error == "needs-authorisation" or _undoes(change)


def _undoes(change: Change) -> bool:
    """Whether a change takes back what was given with permission: the lower floor, or the value of another user's process."""
    given = change.right in ("same", "moved", "unknown")
    return given and (change.error == "not-yours" or (change.error == "right-stays" and change.right == "moved"))


def calls(
    changes: Iterable[Change],
    *,
    exes: Mapping[Target, str] = ANY_EXE,
    owners: Mapping[Target, int] = ANY_OWNER,
    uid: int | None = None,
    proc: str = "/proc",
    helper: str = HELPER,
    pkexec: str = PKEXEC,
) -> tuple[tuple[Call, ...], tuple[Change, ...]]:
    """The calls that would finish these changes, and the changes that need none or can't be helped.

    A process is the user's own if all its four uids are `uid` (None: this program's). Own ones come first: their
    permission may be kept for a while, another's is asked for each time. `exes` and `owners` say what must still hold
    when the helper looks: the executable, and the uid that all four are.
    """
    uid = os.getuid() if uid is None else uid
    rest: list[Change] = []
    lines: dict[tuple[Verb, Kind], list[tuple[Change, bytes]]] = {
        (verb, kind): [] for verb in ("own", "other") for kind in ("undo", "protect")
    }
    asked: set[int] = set()
    for change in changes:
        if not needs_it(change) or change.wanted is None or change.pid in asked:
            rest.append(change)
            continue
        try:
            with open_process(change.pid, change.start_time, proc) as process:
                uids = process.uids()
        except ProcessGone as gone:
            rest.append(_lost(change, gone))
            continue
        except OSError:
            rest.append(change)
            continue
        owner = owners.get(change.target)
        if owner is not None and set(uids) != {owner}:
            # A set-uid program is its owner's by the effective uid alone, whoever started it under whatever name.
            rest.append(replace(change, error="wrong-owner"))
            continue
        asked.add(change.pid)
        verb: Verb = "own" if set(uids) == {uid} else "other"
        kind: Kind = "undo" if _undoes(change) else "protect"
        lines[verb, kind].append((change, _line(change, change.wanted, uids, exes.get(change.target))))
    made: list[Call] = []
    for (verb, kind), requests in lines.items():
        command = (pkexec, "--disable-internal-agent", helper, verb, kind)
        made.extend(
            Call(
                verb,
                (*command, str(len(part))),
                b"".join(line for _, line in part),
                tuple(change for change, _ in part),
                kind,
            )
            for part in _parts(requests)
        )
    return tuple(made), tuple(rest)


def read(call: Call, code: int, stdout: bytes, stderr: bytes, *, proc: str = "/proc") -> Outcome:
    """What became of a call. A line without an answer is looked up: the helper may have been ended after its write."""
    answers = _answers(stdout)
    status = not_permitted(code, stderr, answered=bool(answers))
    if status is not None:
        return Outcome(status, call.changes)
    changes = tuple(
        _answered(change, call, answers[place] if place < len(answers) else None, proc)
        for place, change in enumerate(call.changes)
    )
    if all(change.done and change.error is None for change in changes):
        return Outcome("done", changes)
    return Outcome("failed", changes, complaint(code, stderr) if len(answers) < len(changes) else None)


def merged(changes: Iterable[Change], finished: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in their order, each as it is in `finished` where it is there."""
    known = {change.target: change for change in finished}
    return tuple(known.get(change.target, change) for change in changes)


def _line(change: Change, wanted: int, uids: tuple[int, int, int, int], exe: str | None) -> bytes:
    request: dict[str, int | str | None] = {"pid": change.pid, "start_time": change.start_time, "adj": wanted}
    if len(set(uids)) == 1:
        request["uid"] = uids[0]  # should the process take another owner while the dialog is open
    if exe is not None:
        request["exe"] = exe  # or become another program
    if _undoes(change):
        request["floor"] = change.floor if change.right == "moved" else None
    return json.dumps(request).encode("ascii") + b"\n"


def _parts(requests: list[tuple[Change, bytes]]) -> list[list[tuple[Change, bytes]]]:
    parts: list[list[tuple[Change, bytes]]] = []
    size = 0
    for request in requests:
        size += len(request[1])
        if not parts or size > MAX_BYTES or len(parts[-1]) >= MAX_LINES:
            parts.append([])
            size = len(request[1])
        parts[-1].append(request)
    return parts


def _answers(stdout: bytes) -> list[dict[str, Any]]:
    """The answer lines up to the first that isn't one."""
    answers: list[dict[str, Any]] = []
    for line in stdout.split(b"\n"):
        try:
            answer = json.loads(line)
        except ValueError:
            break
        if not isinstance(answer, dict):
            break
        answers.append(answer)
    return answers


def _answered(change: Change, call: Call, answer: dict[str, Any] | None, proc: str) -> Change:
    assert change.wanted is not None
    ours = answer is not None and (answer.get("pid"), answer.get("start_time")) == (
        change.pid,
        change.start_time,
    )
    if answer is None or not ours:
        return _looked_up(change, call, proc)
    if answer.get("ok") is True and answer.get("to") == change.wanted:
        return _made(change, call, answer.get("floor"))
    error = answer.get("error")
    change = replace(change, error=error if isinstance(error, str) else "failed")
    return _overwritten(change, call, answer.get("floor")) if error == "changed-meanwhile" else change


def _overwritten(change: Change, call: Call, floor: object) -> Change:
    """Another program wrote its value after the helper had: what the helper's write did to the floor holds all the same."""
    if call.kind == "undo":
        return replace(change, right="back") if change.right == "moved" else change
    if type(floor) is int and LOWEST <= floor <= HIGHEST:
        return replace(change, right="moved", floor=floor)
    return change


def _made(change: Change, call: Call, floor: object, *, lost: bool = False) -> Change:
    """A change that was made. `floor`: from where that was moved, as answered; `lost`: there was no answer."""
    assert change.wanted is not None
    done = replace(change, after=change.wanted, done=True, error=None)
    if call.kind == "undo":
        if lost or change.right == "unknown":
            return replace(done, error=None if change.right == "same" else "right-stays")
        return replace(done, right="back" if change.right == "moved" else None)
    if lost and call.verb == "own":
        floor = change.after if change.done else change.before  # as low as a plain write of the owner's could go
    if type(floor) is int and LOWEST <= floor <= HIGHEST:
        return replace(done, right="moved", floor=floor)
    return replace(done, right="unknown" if lost else "same", floor=None)


def _looked_up(change: Change, call: Call, proc: str) -> Change:
    assert change.wanted is not None
    try:
        with open_process(change.pid, change.start_time, proc) as process:
            value = process.read_adj()
    except ProcessGone as gone:
        return _lost(change, gone)
    except OSError:
        return change
    if value == change.wanted:
        return _made(change, call, None, lost=True)
    return replace(change, error="failed")


def _lost(change: Change, gone: ProcessGone) -> Change:
    assert change.wanted is not None
    return replace(change, after=change.wanted, done=False, error="pid-reused" if gone.reused else "gone")
