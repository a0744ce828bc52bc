"""Forgetting a kept permission, which is offered only where there may be one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from oomtray.actions.escalate import Call, Verb
from oomtray.ui.controllers.kept_permission import KeptPermission


def call(verb: Verb) -> Call:
    return Call(verb, (), b"", ())


@pytest.mark.parametrize(
    ("verb", "code", "kept"),
    [
        pytest.param("own", 0, True, id="given"),
        pytest.param("own", 1, True, id="given-and-not-all-done"),
        pytest.param("own", 126, False, id="dismissed"),
        pytest.param("own", 127, False, id="refused"),
        pytest.param("other", 0, False, id="asked-each-time"),
    ],
)
def test_only_for_ones_own_processes_it_is_kept(qtbot: QtBot, verb: Verb, code: int, kept: bool) -> None:
    permission = KeptPermission()
    permission.heard(call(verb), code)
    assert permission.may_be is kept


def test_polkit_keeps_it_for_five_minutes_from_when_it_asked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that needed no dialog makes it no longer."""
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    permission = KeptPermission()
    permission.heard(call("own"), 0)
    now = 1299.0
    permission.heard(call("own"), 0)
    assert permission.may_be
    now = 1301.0
    assert not permission.may_be


@pytest.mark.parametrize(
    ("script", "tone", "kept"),
    [
        pytest.param('[ "$*" = --revoke-temp ]', "done", False, id="forgotten"),
        pytest.param("echo no session >&2; exit 1", "failed", True, id="refused"),
    ],
)
def test_it_is_forgotten_at_once_or_said_why_not(
    qtbot: QtBot, tmp_path: Path, script: str, tone: str, kept: bool
) -> None:
    pkcheck = tmp_path / "pkcheck"
    pkcheck.write_text(f"#!/bin/sh\n{script}\n")
    pkcheck.chmod(0o755)
    permission = KeptPermission(pkcheck=str(pkcheck))
    permission.heard(call("own"), 0)
    with qtbot.waitSignal(permission.reported) as told:
        permission.forget()
    (report,) = told.args or ()
    assert (report.tone, permission.may_be) == (tone, kept)


def test_without_pkcheck_that_is_said(qtbot: QtBot) -> None:
    permission = KeptPermission(pkcheck="/nowhere/pkcheck")
    with qtbot.waitSignal(permission.reported) as told:
        permission.forget()
    (report,) = told.args or ()
    assert "/nowhere/pkcheck can't be started" in report.text
