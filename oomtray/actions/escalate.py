"""Ask for what an owner may not do alone: one pkexec call of the helper for a whole batch.

Builds the command and parses the answer; the runner is injected (QProcess on the desktop, `helper_run.run` in
commands). Only lowering is ever asked for, and undoing what a lowering gave.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from oomtray.actions.adjust import HIGHEST, LOWEST, Change, Target
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

ANY_EXE: Mapping[Target, str] = {}
ANY_OWNER: Mapping[Target, int] = {}

Verb = Literal["own", "other"]
Kind = Literal["protect", "undo"]


@dataclass(frozen=True, slots=True)
class Call:
    """One run of the helper, which shows one dialog or none."""

    verb: Verb
    argv: tuple[str, ...]
    stdin: bytes
    changes: tuple[Change, ...]
    """State after the plain writes, in the order of the request's lines."""
    kind: Kind = "protect"


@dataclass(frozen=True, slots=True)
class Outcome:
    status: Status
    changes: tuple[Change, ...]
    complaint: Complaint | None = None


def needs_it(change: Change) -> bool:
    """Whether the plain write fell short and an administrator's permission would help."""
    return change.error == "needs-authorisation" or _undoes(change)


def _undoes(change: Change) -> bool:
    """Whether a change undoes what permission gave: the lower floor, or the value of a process that only root may raise."""
    given = change.right in ("same", "moved", "unknown")
    return given and (change.error in ("not-yours", "guarded") or (change.error == "right-stays" and change.right == "moved"))


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
    """Build the calls that would finish these changes; also return the changes that need none or can't be helped.

    A process is the user's own if all four uids are `uid` (None: this program's). Own processes come first:
    their permission may be kept for a while, while others' is asked for each time. `exes` and `owners` give
    what the helper must still find: the executable, and the uid that all four are.
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
            # A set-uid program's owner is only its effective uid; anyone may have started it, by any name.
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
    """Parse the result of a call. Processes without an answer are looked up: the helper may have been killed."""
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
    """Replace changes by their versions in `finished`, keeping the order."""
    known = {change.target: change for change in finished}
    return tuple(known.get(change.target, change) for change in changes)


def _line(change: Change, wanted: int, uids: tuple[int, int, int, int], exe: str | None) -> bytes:
    request: dict[str, int | str | None] = {"pid": change.pid, "start_time": change.start_time, "adj": wanted}
    if len(set(uids)) == 1:
        request["uid"] = uids[0]  # in case the process changes owner while the dialog is open
    if exe is not None:
        request["exe"] = exe  # or executes another program
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
    """Parse the answer lines up to the first invalid one."""
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
    """Handle a value that another program overwrote: what the helper's write did to the floor still holds."""
    if call.kind == "undo":
        return replace(change, right="back") if change.right == "moved" else change
    if type(floor) is int and LOWEST <= floor <= HIGHEST:
        return replace(change, right="moved", floor=floor)
    return change


def _made(change: Change, call: Call, floor: object, *, lost: bool = False) -> Change:
    """Mark a change as made. `floor`: the floor before it was moved, as answered; `lost`: there was no answer."""
    assert change.wanted is not None
    done = replace(change, after=change.wanted, done=True, error=None)
    if call.kind == "undo":
        if lost or change.right == "unknown":
            return replace(done, error=None if change.right == "same" else "right-stays")
        return replace(done, right="back" if change.right == "moved" else None)
    if lost and call.verb == "own":
        floor = change.after if change.done else change.before  # the lowest by a plain write of the owner
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
