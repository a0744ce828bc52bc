"""Build the helper's request for a system unit, and parse its answer: drop-in and running processes in one call."""

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
    """The helper could not write or remove the drop-in, or systemd could not load it."""

    path: str
    error: str
    """The helper's error identifier."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: Status
    failure: Complaint | NotWritten | None
    """None also if the status tells all."""
    errors: Mapping[int, str]
    """The helper's error identifier by pid, for processes that it refused to change."""
    edited: bool
    """The drop-in is as requested, and systemd has loaded it."""


def argv(name: str, helper: str = HELPER, pkexec: str = PKEXEC) -> tuple[str, ...]:
    return (pkexec, "--disable-internal-agent", helper, "unit", name)


def stdin(
    name: str, settings: UnitSettings | None, running: Sequence[tuple[Target, int]], *, was: int | None = None
) -> bytes:
    """Build the request lines; `settings` None removes the drop-in.

    Running processes get values because a reload sets none. `was`: the checksum that the drop-in must still have, so that nobody's edit is lost; None: any. Processes
    beyond the limit of one call get their value at the unit's next start.
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
    """Parse the result of a call that pkexec ran."""
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
    """Combine the helper's answers, one for each line of the request."""
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
