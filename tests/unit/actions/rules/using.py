"""A rules file, what is no rules file, and a rule engine on a procfs of ordinary files."""

from __future__ import annotations

import os

import pytest

from oomtray.actions.rules.engine import RuleEngine
from oomtray.actions.rules.match import Candidate
from oomtray.actions.rules.parse import RuleSet
from oomtray.config import Presets
from oomtray.config.toml_file import NotEdited

GOOD = """\
# kept comment
[[rule]]
label = "The database"   # why
unit = "postgresql@*.service"
set = "protect"

[[rule]]
app = "firefox"
set = 300
"""
NO_FILES = {
    "fifo": os.mkfifo,
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "directory": lambda path: path.mkdir(),
}
MINE = os.geteuid()


def not_edited(edit):
    """Why an edit was refused."""
    with pytest.raises(NotEdited) as refused:
        edit()
    return refused.value.why


def subject(snapshot, pid, app=None, unit=None, user=None):
    process = next(p for p in snapshot.processes if p.pid == pid)
    return Candidate(process, app, app, unit, user)


def engine(tree, *rules, **options):
    return RuleEngine(RuleSet(rules), Presets(), proc=str(tree), **options)
