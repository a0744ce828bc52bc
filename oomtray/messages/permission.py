"""The outcome of asking for an administrator's permission, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions.helper_run import HELPER, PKEXEC, Complaint, Status
from oomtray.messages.changes import why
from oomtray.messages.i18n import mark, tr
from oomtray.text import printable

if TYPE_CHECKING:
    from oomtray.actions.hurdle import Hurdle

_PERMISSION = {
    "no-helper": mark(
        "The helper that may change this is not installed ({helper}). Install the oomtray package of your system, or run"
        " `sudo make install-helper` in the source tree."
    ),
    "old-helper": mark(
        "The helper that is installed ({helper}) is older than this OOM Tray and does not know what it would be asked. Update the"
        " oomtray package of your system, or run `sudo make install-helper` in the source tree."
    ),
    "no-pkexec": mark("pkexec is not installed ({pkexec}). Install the package pkexec, or polkit."),
    "no-agent": mark(
        "No program here shows the password dialog. Start a polkit agent, such as polkit-gnome or lxpolkit."
    ),
    "not-authorised": mark("An administrator's permission is needed, and it was not given."),
}


def permission(status: Status, complaint: Complaint | None = None, *, helper: str = HELPER) -> str:
    """Say how asking for permission ended, and what to do about it; empty if there is nothing to say."""
    if status in _PERMISSION:
        return tr(_PERMISSION[status], helper=helper, pkexec=PKEXEC)
    return "" if complaint is None else _complaint(complaint)


def needs(hurdle: Hurdle) -> str:
    """Say of a change that would lower something what it needs to go all the way."""
    if hurdle == "permission":
        return tr(
            "Note: without a password this goes only as far as the kernel lets the owner, usually not below 0."
            " For the rest it asks for an administrator's permission."
        )
    if hurdle == "refused-by-kernel":
        return tr(
            "Note: this goes only as far as the kernel lets the owner, usually not below 0: {reason}.", reason=why(hurdle)
        )
    note = tr("Note: this goes only as far as the kernel lets the owner, usually not below 0.")
    return f"{note} {permission(hurdle)}"


def not_started(program: str, reason: str) -> str:
    return tr("{program} can't be started: {reason}.", program=program, reason=reason)


def _complaint(complaint: Complaint) -> str:
    code, detail = complaint.code, printable(complaint.detail)
    if code is None:
        return not_started(complaint.program, detail)
    if code < 0:
        return tr("The helper was ended by signal {signal}.", signal=-code)
    if detail:
        return tr("The helper ended with status {status}: {detail}.", status=code, detail=detail)
    return tr("The helper ended with status {status}.", status=code)
