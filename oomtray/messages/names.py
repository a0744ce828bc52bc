"""How processes and apps are called wherever a person reads of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr
from oomtray.text import printable

if TYPE_CHECKING:
    from oomtray.risk.assessment import App, Assessment, Risk


def process_name(name: str, pid: int) -> str:
    """Web Content (4242); `name` empty: it isn't known."""
    return f"{printable(name)} ({pid})" if name else tr("Process {pid}", pid=pid)


def called(risk: Risk) -> str:
    """Web Content (4242)."""
    return f"{printable(risk.process.name)} ({risk.process.pid})"


def title(assessment: Assessment, risk: Risk) -> str:
    """Firefox; the process's own name where it is shown under no app."""
    app = _app_of(assessment, risk)
    return printable(risk.process.name if app is None else app.name)


def full_name(assessment: Assessment, risk: Risk) -> str:
    """Firefox · Web Content (4242); the process alone where it bears its app's name."""
    app = _app_of(assessment, risk)
    if app is None or app.name.casefold() == risk.process.name.casefold():
        return called(risk)
    return f"{printable(app.name)} · {called(risk)}"


def _app_of(assessment: Assessment, risk: Risk) -> App | None:
    """The app that it is shown under; None where apps weren't asked for."""
    pid = risk.process.pid
    for app in assessment.apps:
        if app.key == risk.app and any(member.process.pid == pid for member in app.members):
            return app
    return None
