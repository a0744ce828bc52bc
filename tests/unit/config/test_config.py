"""The settings file: what a wrong one costs, and what it says."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.config import Levels, Pace, Settings, Watcher, default_path, load
from oomtray.config.schema import KEYS, ORDERS, SECTIONS
from oomtray.config.template import create, template


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def loaded(path: Path, text: str | bytes) -> tuple[Settings, list[str]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    settings, problems = load(path)
    return settings, [str(problem) for problem in problems]


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


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.first}-{order.second}")
def test_the_defaults_stand_in_order(order) -> None:
    section = getattr(Settings(), order.section)
    assert order.holds(getattr(section, order.first), getattr(section, order.second))


@pytest.mark.parametrize(
    ("text", "section", "name", "value"),
    [
        ("[levels]\nwarning_percent = 70", "levels", "warning_percent", 70.0),
        ("[levels]\nwarning_percent = 70.5", "levels", "warning_percent", 70.5),
        ("levels.critical_percent = 99", "levels", "critical_percent", 99.0),
        ("levels = { warning_stall = 0 }", "levels", "warning_stall", 0.0),
        ('[rows]\nshow = "processes"', "rows", "show", "processes"),
        ("[notifications]\nwarning = false", "notifications", "warning", False),
        ("[actions]\r\nprotect = -200\r\n", "actions", "protect", -200),
        ("\ufeff[pace]\nopen_seconds = 1", "pace", "open_seconds", 1.0),
        ('["actions"]\n"first" = 1_000', "actions", "first", 1000),
    ],
)
def test_a_setting_is_taken(path: Path, text: str, section: str, name: str, value: object) -> None:
    settings, problems = loaded(path, text)
    taken = getattr(getattr(settings, section), name)
    assert (taken, type(taken), problems) == (value, type(value), [])


WRONG = {
    "a text for a number": (
        '[levels]\nwarning_percent = "high"',
        'line 2: levels.warning_percent must be a number from 1 to 99, not "high"; 80 is used',
    ),
    "too large": (
        "[levels]\n\nwarning_percent = 180",
        "line 3: levels.warning_percent must be a number from 1 to 99, not 180; 80 is used",
    ),
    "not a number": (
        "[levels]\nwarning_percent = nan",
        "line 2: levels.warning_percent must be a number from 1 to 99, not nan; 80 is used",
    ),
    "infinite": (
        "[pace]\ncalm_seconds = inf",
        "line 2: pace.calm_seconds must be a number from 1 to 3600, not inf; 60 is used",
    ),
    "true is no number": (
        "[levels]\ndwell_seconds = true",
        "line 2: levels.dwell_seconds must be a number from 0 to 3600, not true; 10 is used",
    ),
    "a number is not true": (
        "[notifications]\nwarning = 1",
        "line 2: notifications.warning must be true or false, not 1; true is used",
    ),
    "a fraction": (
        "[actions]\nprotect = -500.5",
        "line 2: actions.protect must be a whole number from -999 to -1, not -500.5; -500 is used",
    ),
    "never": (
        "[actions]\nprotect_strongly = -1000",
        "line 2: actions.protect_strongly must be a whole number from -999 to -1, not -1000; -900 is used",
    ),
    "protection that exposes": (
        "[actions]\nprotect = 500",
        "line 2: actions.protect must be a whole number from -999 to -1, not 500; -500 is used",
    ),
    "another choice": (
        '[rows]\nshow = "windows"',
        'line 2: rows.show must be "apps" or "processes", not "windows"; "apps" is used',
    ),
    "a list": (
        "[rows]\nshow = [\n'apps',\n]",
        'line 2: rows.show must be "apps" or "processes", not a list; "apps" is used',
    ),
    "a dotted key": (
        "rows.high_share = -1",
        "line 1: rows.high_share must be a number from 0 to 2000, not -1; 800 is used",
    ),
    "an inline table": (
        "# show\nrows = { show = 3 }",
        'line 2: rows.show must be "apps" or "processes", not 3; "apps" is used',
    ),
    "the same name in a text before": (
        "[extra]\nx = '''\n[rows]\nshow = 3\n'''\n[rows]\nshow = 4",
        'line 7: rows.show must be "apps" or "processes", not 4; "apps" is used',
    ),
    "a misspelt key": (
        "[levels]\nwarnings_percent = 70",
        "line 2: levels.warnings_percent is unknown; is warning_percent meant?",
    ),
    "a misspelt section": ("[level]\nwarning_percent = 70", "line 1: level is unknown; is [levels] meant?"),
    "the wrong section": (
        "[rows]\nsnooze_minutes = 5",
        "line 2: rows.snooze_minutes is unknown; it belongs under [notifications]",
    ),
    "no section": (
        "snooze_minutes = 5",
        "line 1: snooze_minutes is unknown; it belongs under [notifications]",
    ),
    "nothing like it": ("[rows]\nxyzzy = 5", "line 2: rows.xyzzy is unknown"),
    "a section that is none": (
        "levels = 5",
        "line 1: levels must be a table: write [levels] in a line of its own",
    ),
    "a section twice over": (
        "[[levels]]\n[[levels]]",
        "line 1: levels must be a table: write [levels] in a line of its own",
    ),
    "a hostile name": ('["a\\u001b[31m"]', "'a\\x1b[31m'… is unknown"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_one_is_named_with_its_line_and_not_taken(path: Path, text: str, says: str) -> None:
    settings, problems = loaded(path, text)
    assert says in problems
    assert settings == Settings()


def test_the_rest_counts(path: Path) -> None:
    settings, problems = loaded(
        path, "[levels]\nwarning_percent = 'x'\ncritical_percent = 95\n[pace]\ncalm_seconds = 77\n[x]\n"
    )
    assert len(problems) == 2
    assert (settings.levels, settings.pace) == (Levels(critical_percent=95), Pace(calm_seconds=77))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[levels]\nwarning_percent = 95",
            [("line 2: levels.warning_percent is not taken: of warning_percent (95) and critical_percent (90) the first must"
             " be the lower one; 80 is used")],
        ),
        (
            "[levels]\ncritical_percent = 50\nwarning_percent = 60",
            [("line 2: levels.critical_percent is not taken: of warning_percent (60) and critical_percent (50) the first must"
             " be the lower one; 90 is used"),
             ("line 3: levels.warning_percent is not taken: of warning_percent (60) and critical_percent (50) the first must"
             " be the lower one; 80 is used")],
        ),
        ("[levels]\nwarning_stall = 50\ncritical_stall = 0", []),
        (
            "[actions]\nprotect = -950",
            [("line 2: actions.protect is not taken: of protect_strongly (-900) and protect (-950) the first must not be the"
             " higher one; -500 is used")],
        ),
    ],
    ids=["against a default", "against each other", "switched off", "protect more than strongly"],
)  # fmt: skip
def test_what_contradicts_is_not_taken(path: Path, text: str, says: list[str]) -> None:
    settings, problems = loaded(path, text)
    assert problems == says
    if says:
        assert settings == Settings()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[levels]\nwarning_percent = \n", r"line 2: is no TOML: .*"),
        (b"[levels]\nwarning_percent = 1\nwarning_percent = 2\n", r"line 3: is no TOML: .*"),
        (b"[levels\n", r"line 1: is no TOML: .*"),
        (b"x = '''\nopen", r"line 2: is no TOML: .*"),
        (b"ok = 1\n\xff = 2", r"is not UTF-8 text \(line 2\)"),
        (b"x = " + b"[" * 30_000, r"is (nested too deeply|no TOML: .*)|line 1: is no TOML: .*"),
        (b"#" * 70_000, r"is larger than 64 KiB"),
        (b"\0", r"line 1: is no TOML: .*"),
    ],
    ids=["no value", "twice", "open header", "open text", "no UTF-8", "deep", "large", "NUL"],
)
def test_a_broken_file_changes_nothing(path: Path, content: bytes, says: str) -> None:
    before = Settings(levels=Levels(warning_percent=55))
    path.write_bytes(content)
    settings, problems = load(path, before)
    assert settings is before
    (problem,) = problems
    assert re.fullmatch(says, str(problem)), str(problem)
    assert problem.key == ""


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_no_file_is_not_read(path: Path, kind: str) -> None:
    path.mkdir() if kind == "directory" else os.mkfifo(path)
    _settings, (problem,) = load(path)
    assert str(problem) in {"is not a file", "can't be read: Is a directory"}


def test_many_mistakes_take_no_longer_than_a_few(path: Path) -> None:
    """The search for lines has a budget: beyond it a mistake is named without its line."""
    _settings, problems = loaded(path, "".join(f"key{n} = 1\n" for n in range(2000)))
    assert len(problems) == 2000
    assert any(line.startswith("line 1: key0 ") for line in problems)


@given(st.one_of(st.text(), st.binary(), st.lists(st.sampled_from(
    ["[levels]", "[rows]\n", "show", "=", "protect", "'", '"""', "\n", "{", "}", "[", "]", "1", "-1e999", ".", "#", "true", ","]
)).map("".join)))  # fmt: skip
def test_no_file_raises(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    settings, _problems = load(path)
    assert settings.levels.warning_percent < settings.levels.critical_percent


class TestTemplate:
    def test_it_changes_nothing(self, path: Path) -> None:
        assert loaded(path, template()) == (Settings(), [])

    def test_what_it_shows_are_the_defaults(self, path: Path) -> None:
        in_force = re.sub(r"^#(?=[a-z_]+ = )", "", template(), flags=re.MULTILINE)
        shown = tomllib.loads(in_force)
        assert shown == dataclasses.asdict(Settings())
        assert loaded(path, in_force) == (Settings(), [])

    def test_it_is_written_once(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "config.toml"
        assert create(path)
        path.write_text("[rows]\n")
        assert not create(path)
        assert path.read_text() == "[rows]\n"


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
    assert default_path() == xdg / "config" / "oomtray" / "config.toml"
