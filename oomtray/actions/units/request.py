"""What the helper is asked for a system unit: the drop-in and the processes that run already, in one call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oomtray.actions.helper_run import HELPER, MAX_BYTES, MAX_LINES, PKEXEC, complaint, not_permitted
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.actions.adjust import Target
    from oomtray.actions.helper_run import Complaint, Status
    from oomtray.actions.units.settings import UnitSettings


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The helper did not write or remove the drop-in, or systemd did not read it."""

    path: str
    error: str
    """The helper's identifier."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: Status
    failure: Complaint | NotWritten | None
    """None also where the status says it all."""
    errors: Mapping[int, str]
    """By pid, for the processes that were refused: the helper's identifier."""
    edited: bool
    """The drop-in is as it was asked for, and systemd has read it."""


def argv(name: str, helper: str = HELPER, pkexec: str = PKEXEC) -> tuple[str, ...]:
    return (pkexec, "--disable-internal-agent", helper, "unit", name)


def stdin(
    name: str, settings: UnitSettings | None, running: Sequence[tuple[Target, int]], *, was: int | None = None
) -> bytes:
    """Request lines: `settings` None removes the drop-in; the running processes get their values, as a reload does not.

    `was`: the checksum that the drop-in must have until then, so that nobody's edit is lost; None: any.

    Processes beyond what one call takes are left to the next start of the unit.
    """
    first: dict[str, Any] = {"unit": name}
    if settings is None:
        first["remove"] = True
    else:
        first["set"] = settings.directives
    if was is not None:
        first["was"] = was
    lines = [_line(first)]
    size = len(lines[0])
    for target, adj in running:
        line = _line({"pid": target.pid, "start_time": target.start_time, "adj": adj})
        size += len(line)
        if size > MAX_BYTES or len(lines) >= MAX_LINES:
            break
        lines.append(line)
    return b"".join(lines)


def read(code: int, stdout: bytes, stderr: bytes) -> Answer:
    """What became of a call that pkexec ran."""
    answers = []
    for line in stdout.split(b"\n"):
        try:
            answers.append(json.loads(line))
        except ValueError:
            break
    status = not_permitted(code, stderr, answered=bool(answers))
    if status is not None:
        return Answer(status, None, {}, edited=False)
    if not answers:
        return Answer("failed", complaint(code, stderr), {}, edited=False)
    return of_answers(answers)


def of_answers(answers: Iterable[object]) -> Answer:
    """The helper's answers, one for each line of the request."""
    edited, failure, errors = False, None, {}
    for answer in answers:
        if not isinstance(answer, dict):
            continue
        error = answer.get("error")
        if "unit" in answer:
            edited = answer.get("ok") is True
            if not edited:
                failure = NotWritten(str(answer.get("path")), str(error))
        elif answer.get("ok") is not True and isinstance(answer.get("pid"), int):
            errors[answer["pid"]] = str(error)
    return Answer("done" if edited and not errors else "failed", failure, errors, edited)


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request, separators=(",", ":")).encode("ascii") + b"\n"
