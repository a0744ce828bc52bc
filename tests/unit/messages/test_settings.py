"""What the settings file's mistakes are called: one whole sentence each, with file and line."""

from __future__ import annotations

import pytest

from oomtray.config.problem import NoTable, OutOfOrder, Problem, Unknown, Wrong
from oomtray.config.toml_text import TomlProblem
from oomtray.file_access import FileProblem
from oomtray.messages.settings import problem, problems

TABLE = [
    pytest.param(
        Problem(2, "notifications.warning", Wrong("1", "boolean", "true")),
        "config.toml, line 2: notifications.warning must be true or false, not 1; true is used.",
        id="boolean",
    ),
    pytest.param(
        Problem(2, "rows.show", Wrong("3", "choice", '"apps"', choices=("apps", "processes"))),
        'config.toml, line 2: rows.show must be one of "apps", "processes", not 3; "apps" is used.',
        id="choice",
    ),
    pytest.param(
        Problem(None, "pace.open_seconds", Wrong("0", "number", "2", 0.5, 60)),
        "config.toml: pace.open_seconds must be a number from 0.5 to 60, not 0; 2 is used.",
        id="number",
    ),
    pytest.param(
        Problem(9, "actions.protect", Wrong("5", "whole-number", "-500", -999, -1)),
        "config.toml, line 9: actions.protect must be a whole number from -999 to -1, not 5; -500 is used.",
        id="whole-number",
    ),
    pytest.param(
        Problem(2, "levels.warning_percent", OutOfOrder("warning_percent", "95", "critical_percent", "90", False, "80")),
        "config.toml, line 2: levels.warning_percent is not used, because warning_percent (95) must be lower than"
        " critical_percent (90); 80 is used.",
        id="not-lower",
    ),
    pytest.param(
        Problem(2, "actions.first", OutOfOrder("deprioritize", "300", "first", "200", True, "900")),
        "config.toml, line 2: actions.first is not used, because deprioritize (300) must not be higher than first (200);"
        " 900 is used.",
        id="higher",
    ),
    pytest.param(
        Problem(1, "level", Unknown(meant="[levels]")),
        "config.toml, line 1: level is unknown. Did you mean [levels]?",
        id="misspelt",
    ),
    pytest.param(
        Problem(1, "rows.first", Unknown(section="actions")),
        "config.toml, line 1: rows.first is unknown here; it belongs under [actions].",
        id="misplaced",
    ),
    pytest.param(Problem(1, "a\x1b", Unknown()), "config.toml, line 1: a\\x1b is unknown.", id="hostile"),
    pytest.param(
        Problem(1, "levels", NoTable("levels")),
        "config.toml, line 1: levels must be a table: write [levels] on a line of its own.",
        id="no-table",
    ),
    pytest.param(
        Problem(3, "", TomlProblem("not-toml", 3, "Invalid value")),
        "config.toml, line 3: This is not valid TOML: the value is missing or not understood; text needs quotation marks.",
        id="not-toml",
    ),
    pytest.param(
        Problem(None, "", FileProblem("too-large", "/a/config.toml", limit=65536)),
        "/a/config.toml is larger than 64.0 KiB.",
        id="file",
    ),
]


@pytest.mark.parametrize(("wrong", "says"), TABLE)
def test_a_problem_is_one_sentence(wrong: Problem, says: str) -> None:
    assert problem("config.toml", wrong) == says


@pytest.mark.parametrize(
    ("count", "end"), [(1, "unknown."), (2, "There is 1 more mistake."), (4, "There are 3 more mistakes.")]
)
def test_of_many_the_first_is_told_and_their_number(count: int, end: str) -> None:
    assert problems("config.toml", [Problem(1, "a", Unknown())] * count).endswith(end)
