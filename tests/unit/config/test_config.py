"""The settings file: what a wrong one costs, and what it says."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.config import Pace, Settings, Thresholds, Watcher, default_file, load
from oomtray.config.problem import NoTable, OutOfOrder, Problem, Unknown, Wrong
from oomtray.config.schema import KEYS, ORDERS, SECTIONS
from oomtray.file_access import FileProblem


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def loaded(path: Path, text: str) -> tuple[Settings, list[Problem]]:
    path.write_bytes(text.encode())
    settings, problems = load(path)
    return settings, list(problems)


def test_no_file_is_all_defaults_and_no_problem(path: Path) -> None:
    assert load(path) == (Settings(), ())


def test_every_setting_has_its_rule_and_the_other_way_round() -> None:
    fields = {
        f"{section.name}.{field.name}"
        for section in dataclasses.fields(Settings)
        for field in dataclasses.fields(getattr(Settings(), section.name))
    }
    assert {key.path for key in KEYS} == fields
    assert list(SECTIONS) == [section.name for section in dataclasses.fields(Settings)]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_a_default_keeps_its_own_rule(key) -> None:
    default = key.default(Settings())
    assert key.accept(default, default) == default


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_a_number_says_what_it_counts_and_nothing_else_does(key) -> None:
    """The window goes by that: without it a new setting was shown in per cent."""
    default = key.default(Settings())
    assert (key.unit is not None) == (isinstance(default, (int, float)) and not isinstance(default, bool))
    assert not key.zero_is_off or key.accept(0, default) == 0


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.lower}-{order.higher}")
def test_the_defaults_stand_in_order(order) -> None:
    section = getattr(Settings(), order.section)
    assert order.holds(getattr(section, order.lower), getattr(section, order.higher))


@pytest.mark.parametrize(
    ("text", "section", "name", "value"),
    [
        ("[levels]\nwarning_percent = 70", "levels", "warning_percent", 70.0),
        ("[levels]\nwarning_percent = 70.5", "levels", "warning_percent", 70.5),
        ("levels.critical_percent = 99", "levels", "critical_percent", 99.0),
        ("levels = { warning_stall = 0 }", "levels", "warning_stall", 0.0),
        ("levels = { warning_forecast_seconds = 120 }", "levels", "warning_forecast_seconds", 120.0),
        ("levels = { critical_forecast_seconds = 0 }", "levels", "critical_forecast_seconds", 0.0),
        ('[rows]\nshow = "processes"', "rows", "show", "processes"),
        ("[notifications]\nwarning = false", "notifications", "warning", False),
        ("[actions]\r\nprotect = -200\r\n", "actions", "protect", -200),
        ('[step_in]\nexpendable = ["Slack", "/opt/spotify/*"]', "step_in", "expendable", ("Slack", "/opt/spotify/*")),
        ("step_in.expendable = []", "step_in", "expendable", ()),
        ("\ufeff[pace]\nopen_seconds = 1", "pace", "open_seconds", 1.0),
        ('["actions"]\n"first" = 1_000', "actions", "first", 1000),
    ],
)
def test_a_setting_is_taken(path: Path, text: str, section: str, name: str, value: object) -> None:
    settings, problems = loaded(path, text)
    taken = getattr(getattr(settings, section), name)
    assert (taken, type(taken), problems) == (value, type(value), [])


PERCENT = {"wants": "number", "low": 0, "high": 99, "default": "80"}
ADJ = {"wants": "whole-number", "low": -999, "high": -1, "default": "-500"}
SHOW = {"wants": "choice", "choices": ("apps", "processes"), "default": '"apps"'}
SIZE = {"wants": "size", "low": 0, "high": 1 << 50, "default": '"4G"'}
WRONG = {
    "a text for a number": (
        '[levels]\nwarning_percent = "high"',
        Problem(2, "levels.warning_percent", Wrong('"high"', **PERCENT)),
    ),
    "too large": (
        "[levels]\n\nwarning_percent = 180",
        Problem(3, "levels.warning_percent", Wrong("180", **PERCENT)),
    ),
    "not a number": (
        "[levels]\nwarning_percent = nan",
        Problem(2, "levels.warning_percent", Wrong("nan", **PERCENT)),
    ),
    "infinite": (
        "[levels]\nwarning_percent = inf",
        Problem(2, "levels.warning_percent", Wrong("inf", **PERCENT)),
    ),
    "309 digits": (
        "[levels]\nwarning_percent = " + "9" * 309,
        Problem(2, "levels.warning_percent", Wrong(f"0x{10**309 - 1:x}"[:39] + "…", **PERCENT)),
    ),
    "309 digits for a whole number": (
        "[actions]\nprotect = -" + "9" * 309,
        Problem(2, "actions.protect", Wrong(f"-0x{10**309 - 1:x}"[:39] + "…", **ADJ)),
    ),
    "thousands of hexadecimal digits": (
        "[levels]\nwarning_percent = 0x" + "f" * 5000,
        Problem(2, "levels.warning_percent", Wrong("0x" + "f" * 37 + "…", **PERCENT)),
    ),
    "true is no number": (
        "[levels]\nwarning_percent = true",
        Problem(2, "levels.warning_percent", Wrong("true", **PERCENT)),
    ),
    "a number is not true": (
        "[notifications]\nwarning = 1",
        Problem(2, "notifications.warning", Wrong("1", "boolean", "true")),
    ),
    "a kelvin sign is no K": (  # it is one to whoever ignores the case, and then every command failed
        '[levels]\nwarning_left = "4\u212a"',
        Problem(2, "levels.warning_left", Wrong('"4\u212a"', **SIZE)),
    ),
    "a fraction": (
        "[actions]\nprotect = -500.5",
        Problem(2, "actions.protect", Wrong("-500.5", **ADJ)),
    ),
    "a whole number with a point": (
        "[actions]\nprotect = -500.0",
        Problem(2, "actions.protect", Wrong("-500.0", **ADJ)),
    ),
    "never": (
        "[actions]\nprotect_strongly = -1000",
        Problem(2, "actions.protect_strongly", Wrong("-1000", **{**ADJ, "default": "-900"})),
    ),
    "protection that exposes": ("[actions]\nprotect = 500", Problem(2, "actions.protect", Wrong("500", **ADJ))),
    "another choice": ('[rows]\nshow = "windows"', Problem(2, "rows.show", Wrong('"windows"', **SHOW))),
    "a name where names are wanted": (
        '[step_in]\nexpendable = "Slack"',
        Problem(2, "step_in.expendable", Wrong('"Slack"', "names", "[]")),
    ),
    "a name that says nothing": (
        '[step_in]\nexpendable = ["Slack", " "]',
        Problem(2, "step_in.expendable", Wrong("[…]", "names", "[]")),
    ),
    "a list": ("[rows]\nshow = [\n'apps',\n]", Problem(2, "rows.show", Wrong("[…]", **SHOW))),
    "a dotted key": (
        "levels.warning_percent = -1",
        Problem(1, "levels.warning_percent", Wrong("-1", **PERCENT)),
    ),
    "an inline table": ("# show\nrows = { show = 3 }", Problem(2, "rows.show", Wrong("3", **SHOW))),
    "the same name in a text before": (
        "[extra]\nx = '''\n[rows]\nshow = 3\n'''\n[rows]\nshow = 4",
        Problem(7, "rows.show", Wrong("4", **SHOW)),
    ),
    "a misspelt key": (
        "[levels]\nwarnings_percent = 70",
        Problem(2, "levels.warnings_percent", Unknown(meant="warning_percent")),
    ),
    "a misspelt section": ("[level]\nwarning_percent = 70", Problem(1, "level", Unknown(meant="[levels]"))),
    "the wrong section": (
        "[rows]\nsnooze_minutes = 5",
        Problem(2, "rows.snooze_minutes", Unknown(section="notifications")),
    ),
    "no section": ("snooze_minutes = 5", Problem(1, "snooze_minutes", Unknown(section="notifications"))),
    "nothing like it": ("[rows]\nxyzzy = 5", Problem(2, "rows.xyzzy", Unknown())),
    "a section that is none": ("levels = 5", Problem(1, "levels", NoTable("levels"))),
    "a section twice over": ("[[levels]]\n[[levels]]", Problem(1, "levels", NoTable("levels"))),
    "a hostile name": ('["a\\u001b[31m"]', Problem(None, "a\x1b[31m", Unknown())),
}


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG)
def test_a_wrong_one_is_named_with_its_line_and_not_taken(path: Path, text: str, problem: Problem) -> None:
    settings, problems = loaded(path, text)
    assert problem in problems
    assert settings == Settings()


def test_the_rest_counts(path: Path) -> None:
    settings, problems = loaded(
        path, "[levels]\nwarning_percent = 'x'\ncritical_percent = 95\n[pace]\ncalm_seconds = 77\n[x]\n"
    )
    assert len(problems) == 2
    assert (settings.levels, settings.pace) == (Thresholds(critical_percent=95, critical_left=0), Pace(calm_seconds=77))


@pytest.mark.parametrize(
    ("text", "thresholds"),
    [
        pytest.param('warning_left = "3G"', Thresholds(warning_percent=0, warning_left=3 << 30), id="a size alone"),
        pytest.param('warning_percent = 70\nwarning_left = "2560 MiB"',
                     Thresholds(warning_percent=70, warning_left=2560 << 20), id="both"),
        pytest.param("warning_percent = 70", Thresholds(warning_percent=70, warning_left=0), id="a per cent alone"),
        pytest.param("critical_left = 1073741824", Thresholds(critical_percent=0, critical_left=1 << 30), id="in bytes"),
    ],
)  # fmt: skip
def test_a_threshold_that_is_given_from_one_side_has_no_other(path: Path, text: str, thresholds: Thresholds) -> None:
    assert loaded(path, f"[levels]\n{text}\n") == (Settings(levels=thresholds), [])


@pytest.mark.parametrize("percent", ["100", "'x'", "95\ncritical_percent = 90"], ids=["too high", "no number", "out of order"])
def test_of_a_threshold_given_from_both_sides_a_wrong_one_has_its_default(path: Path, percent: str) -> None:
    """As the problem says: a typing mistake must not switch the warning off."""
    settings, problems = loaded(path, f'[levels]\nwarning_left = "3G"\nwarning_percent = {percent}\n')
    assert settings.levels == Thresholds(warning_left=3 << 30)
    assert {getattr(problem.cause, "default", None) for problem in problems} <= {"80", "90"}
    assert problems


PERCENTS = {"lower": "warning_percent", "higher": "critical_percent", "may_equal": False}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "[levels]\nwarning_percent = 95",
            [Problem(2, "levels.warning_percent",
                     OutOfOrder(**PERCENTS, lower_value="95", higher_value="90", default="80"))],
            id="against a default",
        ),
        pytest.param(
            "[levels]\ncritical_percent = 50\nwarning_percent = 60",
            [Problem(2, "levels.critical_percent",
                     OutOfOrder(**PERCENTS, lower_value="60", higher_value="50", default="90")),
             Problem(3, "levels.warning_percent",
                     OutOfOrder(**PERCENTS, lower_value="60", higher_value="50", default="80"))],
            id="against each other",
        ),
        pytest.param("[levels]\nwarning_stall = 50\ncritical_stall = 0", [], id="switched off"),
        pytest.param(
            "[levels]\nwarning_left = 1610612736",
            [Problem(2, "levels.warning_left",
                     OutOfOrder("critical_left", '"2G"', "warning_left", '"1536M"', may_equal=False, default='"4G"'))],
            id="sizes, as a person writes them",
        ),
        pytest.param(
            "[actions]\nprotect = -950",
            [Problem(2, "actions.protect",
                     OutOfOrder("protect_strongly", "-900", "protect", "-950", may_equal=True, default="-500"))],
            id="protect more than strongly",
        ),
    ],
)  # fmt: skip
def test_what_contradicts_is_not_taken(path: Path, text: str, expected: list[Problem]) -> None:
    settings, problems = loaded(path, text)
    assert problems == expected
    if expected:
        assert settings == Settings()


@pytest.mark.parametrize(
    ("content", "line", "trouble"),
    [
        pytest.param(b"[levels]\nwarning_percent = \n", 2, "not-toml", id="no value"),
        pytest.param(b"[levels]\nwarning_percent = 1\nwarning_percent = 2\n", 3, "not-toml", id="twice"),
        pytest.param(b"[levels\n", 1, "not-toml", id="open header"),
        pytest.param(b"x = '''\nopen", 2, "not-toml", id="open text"),
        pytest.param(b"ok = 1\n\xff = 2", 2, "not-utf8", id="no UTF-8"),
        pytest.param(b"x = " + b"[" * 30_000, None, "too-deep", id="deep"),
        pytest.param(b"x = 1\ny" + b".a" * 30_000 + b" = 1", 2, "too-deep", id="a key of too many parts"),
        pytest.param(b"x = 1\ny = " + b"9" * 4301, 2, "long-number", id="4301 digits"),
        pytest.param(b"#" * 70_000, None, "too-large", id="large"),
        pytest.param(b"\0", 1, "not-toml", id="NUL"),
    ],
)
def test_a_broken_file_changes_nothing(path: Path, content: bytes, line: int | None, trouble: str) -> None:
    before = Settings(levels=Thresholds(warning_percent=55))
    path.write_bytes(content)
    settings, (problem,) = load(path, before)
    assert settings is before
    assert (problem.line, problem.key, problem.cause.id) == (line, "", trouble)


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_no_file_is_not_read(path: Path, kind: str) -> None:
    path.mkdir() if kind == "directory" else os.mkfifo(path)
    _settings, (problem,) = load(path)
    assert problem == Problem(None, "", FileProblem("not-regular", str(path)))


def test_many_mistakes_take_no_longer_than_a_few(path: Path) -> None:
    """The search for lines has a budget: beyond it a mistake is named without its line."""
    _settings, problems = loaded(path, "".join(f"key{n} = 1\n" for n in range(2000)))
    assert len(problems) == 2000
    assert Problem(1, "key0", Unknown()) in problems


def test_of_many_names_that_are_nearly_right_the_first_have_the_right_one_beside_them(path: Path) -> None:
    """The search for similar names has a budget as well."""
    _settings, problems = loaded(path, "[levels]\n" + "".join(f"warning_percent{n} = 1\n" for n in range(60)))
    assert [problem.cause for problem in problems] == [Unknown(meant="warning_percent")] * 50 + [Unknown()] * 10


@given(st.one_of(st.text(), st.binary(), st.lists(st.sampled_from(
    ["[levels]", "[rows]\n", "show", "=", "protect", "'", '"""', "\n", "{", "}", "[", "]", "1", "-1e999", ".", "#", "true", ","]
)).map("".join)))  # fmt: skip
def test_no_file_raises(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    settings, _problems = load(path)
    assert settings.levels.warning_percent < settings.levels.critical_percent


class TestWatcher:
    def test_a_change_is_taken_up(self, path: Path) -> None:
        watcher = Watcher(path)
        assert (watcher.changed(), watcher.refresh()) == (False, False)
        path.write_text("[levels]\nwarning_percent = 70\n")
        assert watcher.changed()
        assert watcher.refresh()
        assert watcher.settings.levels.warning_percent == 70
        assert not watcher.changed()

    def test_a_file_put_in_its_place_with_the_same_size_and_time_is_a_change(self, path: Path) -> None:
        path.write_text("[levels]\nwarning_percent = 70\n")
        watcher = Watcher(path)
        other = path.with_suffix(".new")
        other.write_text("[levels]\nwarning_percent = 60\n")
        os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
        os.replace(other, path)
        assert watcher.refresh()
        assert watcher.settings.levels.warning_percent == 60

    def test_a_mistake_keeps_what_was_until_it_is_mended(self, path: Path) -> None:
        path.write_text("[levels]\nwarning_percent = 70\n")
        watcher = Watcher(path)
        path.write_text("[levels\nwarning_percent = 60\n")
        assert watcher.refresh()
        assert watcher.settings.levels.warning_percent == 70
        assert [problem.line for problem in watcher.problems] == [1]
        path.write_text("[levels]\nwarning_percent = 50\n")
        assert watcher.refresh()
        assert (watcher.settings.levels.warning_percent, watcher.problems) == (50, ())

    def test_without_the_file_the_defaults_are_back(self, path: Path) -> None:
        path.write_text("[levels]\nwarning_percent = 70\n")
        watcher = Watcher(path)
        path.unlink()
        assert watcher.refresh()
        assert watcher.settings == Settings()

    def test_touching_it_is_no_news(self, path: Path) -> None:
        path.write_text("[levels]\nwarning_percent = 70\n")
        watcher = Watcher(path)
        os.utime(path, ns=(1, 1))
        assert watcher.changed()
        assert not watcher.refresh()


def test_the_file_has_its_place_under_the_config_directory(xdg: Path) -> None:
    assert Path(default_file()) == xdg / "config" / "oomtray" / "config.toml"
