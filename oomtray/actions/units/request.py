"""What the helper is asked for a system unit: the drop-in and the processes that run already, in one call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oomtray.actions.escalate import HELPER, MAX_BYTES, MAX_LINES, PKEXEC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.actions.adjust import Target
    from oomtray.actions.escalate import Status
    from oomtray.actions.units.settings import UnitSettings

_DISMISSED, _REFUSED = 126, 127  # pkexec(1)

_WHY = {
    "not-ours": "the file there was not written by OOM Tray and is left as it is",
    "unsafe-path": "another than root could write to its directory, or it is a link",
    "disk-full": "no space is left on the disk",
    "read-only": "the file system is read-only",
    "reload-failed": "it is in place, but systemd does not reload: see systemctl daemon-reload",
    "user-manager": "it starts everything of its user",
    "refused-by-kernel": "it can't be written",
    "gone": "its directory has vanished meanwhile",
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: Status
    says: str | None
    """One sentence for the user, without a full stop; None where nothing is to be said."""
    errors: Mapping[int, str]
    """By pid, for the processes that were refused: the helper's identifier."""
    edited: bool
    """The drop-in is as it was asked for, and systemd has read it."""


def argv(helper: str = HELPER, pkexec: str = PKEXEC) -> tuple[str, ...]:
    return (pkexec, "--disable-internal-agent", helper, "unit")


def stdin(name: str, settings: UnitSettings | None, running: Sequence[tuple[Target, int]]) -> bytes:
    """Request lines: `settings` None removes the drop-in; the running processes get their values, as a reload does not.

    Processes beyond what one call takes are left to the next start of the unit.
    """
    first: dict[str, Any] = {"unit": name}
    if settings is None:
        first["remove"] = True
    else:
        first["set"] = settings.directives
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
    if code == _DISMISSED:
        return Answer("dismissed", None, {}, edited=False)
    if code == _REFUSED and not answers:
        status: Status = "no-agent" if b"No authentication agent" in stderr else "not-authorised"
        return Answer(status, remedy(status), {}, edited=False)
    if not answers:
        first = stderr.decode("utf-8", "backslashreplace").strip().partition("\n")[0]
        return Answer("failed", f"the helper failed (status {code}){f': {first}' if first else ''}", {}, edited=False)
    return of_answers(answers)


def of_answers(answers: Iterable[object]) -> Answer:
    """The helper's answers, one for each line of the request."""
    edited, says, errors = False, None, {}
    for answer in answers:
        if not isinstance(answer, dict):
            continue
        error = answer.get("error")
        if "unit" in answer:
            edited = answer.get("ok") is True
            if not edited:
                says = f"{answer.get('path')}: {_WHY.get(str(error), str(error))}"
        elif answer.get("ok") is not True and isinstance(answer.get("pid"), int):
            errors[answer["pid"]] = str(error)
    return Answer("done" if edited and not errors else "failed", says, errors, edited)


def remedy(status: Status, helper: str = HELPER) -> str | None:
    """What to do about it, as one sentence without a full stop."""
    if status == "no-helper":
        return (
            f"the helper that may lower it is not installed ({helper}): install the oomtray package of your system,"
            " or run `sudo make install-helper` in the source tree"
        )
    if status == "no-pkexec":
        return f"pkexec is not installed ({PKEXEC}): install the package pkexec, or polkit"
    if status == "no-agent":
        return "no program here shows the password dialog: start a polkit agent, such as polkit-gnome or lxpolkit"
    return (
        "an administrator's permission is needed, and it was not given"
        if status == "not-authorised"
        else None
    )


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request, separators=(",", ":")).encode("ascii") + b"\n"
