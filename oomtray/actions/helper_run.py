"""A run of the helper by pkexec: what it needs installed, what it takes, who starts it, and how it ended.

pkexec must be started directly, by the main thread: it dies with the thread that started it, and a kept authorization is bound to
the process that did.
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
"""What the helper takes in one call."""

PROTOCOL = 2
"""Of what is asked for units and for reports of kills; the helper has the same number, and one without any is of 1.

An older helper is never asked in its own, smaller form instead: it would not look whether somebody has edited a drop-in while the
dialog was open."""

_LARGEST_HELPER = 1 << 20
_DISMISSED, _REFUSED = 126, 127  # pkexec(1)
INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C ended."""

Runner = Callable[[Sequence[str], bytes], tuple[int, bytes, bytes]]
"""Runs argv with this standard input; returns exit status (negative: the signal), standard output and error.

Raises OSError where the program can't be started."""

Status = Literal[
    "done",
    "failed",  # some process could not be changed; each change says why
    "dismissed",  # the user closed the dialog
    "not-authorised",
    "no-agent",  # nothing on this desktop shows the dialog
    "no-helper",
    "old-helper",  # too old for what would be asked
    "no-pkexec",
]
Lacking = Literal["no-helper", "old-helper", "no-pkexec"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a run left processes without an answer."""

    detail: str
    """The first line of its standard error, or why it could not be started. May be empty."""
    code: int | None = None
    """Exit status of the helper, negative the signal that ended it; None where it could not be started."""
    program: str = PKEXEC


def missing(helper: str = HELPER, pkexec: str = PKEXEC, protocol: int = 1) -> Lacking | None:
    """What isn't installed, or too old to know the protocol. To be asked before a call is made, as that costs a password."""
    if not os.access(helper, os.X_OK):
        return "no-helper"
    if not os.access(pkexec, os.X_OK):
        return "no-pkexec"
    return "old-helper" if protocol > 1 and (known := protocol_of(helper)) is not None and known < protocol else None


def protocol_of(helper: str) -> int | None:
    """Which protocol a helper knows; None where its file can't be read, or isn't one of ours."""
    try:
        with open(helper, "rb") as file:
            text = file.read(_LARGEST_HELPER)
    except OSError:
        return None
    told = re.search(rb"^PROTOCOL = ([0-9]{1,4})\b", text, re.MULTILINE)
    if told is not None:
        return int(told[1])
    return 1 if b"usage: oomtray-helper" in text else None


def not_permitted(code: int, stderr: bytes, *, answered: bool) -> Status | None:
    """Why pkexec did not let the helper run, by its exit status; None where it did. `answered`: the helper said something."""
    if code == _DISMISSED:
        return "dismissed"
    if code == _REFUSED and not answered:
        return "no-agent" if b"No authentication agent" in stderr else "not-authorised"
    return None


def complaint(code: int, stderr: bytes) -> Complaint:
    """Of a run that left something without an answer."""
    return Complaint(stderr.decode("utf-8", "backslashreplace").strip().partition("\n")[0], code)


def run(argv: Sequence[str], stdin: bytes) -> tuple[int, bytes, bytes]:
    """The runner of the commands. Raises OSError where pkexec can't be started, KeyboardInterrupt on Ctrl-C."""
    import subprocess

    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        try:
            stdout, stderr = process.communicate(stdin)
        except KeyboardInterrupt:
            # Ctrl-C reached pkexec as well. It may be root's by now, which we can't end: then it ends with us.
            with suppress(PermissionError, subprocess.TimeoutExpired):
                process.terminate()
                process.wait(1)
            raise
    return process.returncode, stdout, stderr
