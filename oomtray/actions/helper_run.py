"""Run the helper through pkexec: what must be installed, the limits of a request, and how a run ended.

The main thread must start pkexec directly: pkexec dies with the thread that started it, and a kept
authorization is bound to the process that did.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from oomtray.records import dataclass

PKEXEC = "/usr/bin/pkexec"
HELPER = "/usr/libexec/oomtray/oomtray-helper"
MAX_BYTES = 64 * 1024
MAX_LINES = 1000
"""Most lines. Both limits are the helper's, per call."""

PROTOCOL = 2
"""Version of requests for units and kill reports.

The helper has the same constant. An older helper is never asked by its own protocol: it would not check
whether somebody has edited a drop-in while the dialog was open.
"""

_LARGEST_HELPER = 1 << 20
_DISMISSED, _REFUSED = 126, 127  # pkexec(1)
INTERRUPTED = 130
"""Exit status that a shell reports for a program ended by Ctrl-C."""

Runner = Callable[[Sequence[str], bytes], tuple[int, bytes, bytes]]
"""Run argv with this standard input; return exit status (negative: the signal), standard output and error.

Raises OSError if the program can't be started.
"""

Status = Literal[
    "done",
    "failed",  # some process could not be changed; each change has its reason
    "dismissed",  # the user closed the dialog
    "not-authorised",
    "no-agent",  # no authentication agent shows the dialog on this desktop
    "no-helper",
    "old-helper",  # too old for the request
    "no-pkexec",
]
Lacking = Literal["no-helper", "old-helper", "no-pkexec"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a run left processes without an answer."""

    detail: str
    """First line of its standard error, or why it could not be started. May be empty."""
    code: int | None = None
    """Exit status of the helper, negative for a signal; None if it could not be started."""
    program: str = PKEXEC


def missing(helper: str = HELPER, pkexec: str = PKEXEC, protocol: int = 1) -> Lacking | None:
    """Return what isn't installed or is too old for the protocol. Check this before a call, which costs a password."""
    if not os.access(helper, os.X_OK):
        return "no-helper"
    if not os.access(pkexec, os.X_OK):
        return "no-pkexec"
    return "old-helper" if protocol > 1 and (known := protocol_of(helper)) is not None and known < protocol else None


def protocol_of(helper: str) -> int | None:
    """Return a helper's protocol version; None if its file can't be read, or doesn't tell."""
    try:
        with open(helper, "rb") as file:
            text = file.read(_LARGEST_HELPER)
    except OSError:
        return None
    told = re.search(rb"^PROTOCOL = ([0-9]{1,4})\b", text, re.MULTILINE)
    return None if told is None else int(told[1])


def not_permitted(code: int, stderr: bytes, *, answered: bool) -> Status | None:
    """Tell from the exit status why pkexec did not run the helper; None if it did.

    `answered`: the helper wrote an answer.
    """
    if code == _DISMISSED:
        return "dismissed"
    if code == _REFUSED and not answered:
        return "no-agent" if b"No authentication agent" in stderr else "not-authorised"
    return None


def complaint(code: int, stderr: bytes) -> Complaint:
    """Describe a run that left something unanswered."""
    return Complaint(stderr.decode("utf-8", "backslashreplace").strip().partition("\n")[0], code)


def run(argv: Sequence[str], stdin: bytes) -> tuple[int, bytes, bytes]:
    """Run a command, for commands of the terminal.

    Raises OSError if pkexec can't be started, KeyboardInterrupt on Ctrl-C.
    """
    import subprocess

    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        try:
            stdout, stderr = process.communicate(stdin)
        except KeyboardInterrupt:
            # Ctrl-C reached pkexec as well. We can't end it if it already runs as root: then it ends with us.
            with suppress(PermissionError, subprocess.TimeoutExpired):
                process.terminate()
                process.wait(1)
            raise
    return process.returncode, stdout, stderr
