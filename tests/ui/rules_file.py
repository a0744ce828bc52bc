"""A file of rules for tests and pictures of the settings, and what writes into it as the window does."""

from __future__ import annotations

from pathlib import Path

from oomtray.config import Presets
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.rules import RuleController

RULES = """\
# mine

# the browser
[[rule]]
label = "The browser"
app = "firefox"
set = "deprioritize"

[[rule]]
process = "mysqld"
set = -700
"""
TRAINING = """
[[rule]]
command = "train.py --batch"
user = "ana"
set = 700
"""
MISTAKEN = """
[[rule]]
proces = "x"
set = 1
"""


def rule_controller(directory: Path, text: str = RULES) -> RuleController:
    """Over a file in the directory that says this; it sees no process of this machine."""
    path = directory / "rules.toml"
    path.write_text(text)
    return RuleController(ChangeController(Presets()), str(path), proc="/nowhere")
