"""One setting is changed in the file; what a person wrote around it stays, and what can't be read again is never written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from oomtray.config import Settings, load
from oomtray.config.schema import KEYS
from oomtray.config.toml_file import NotEdited, Texts
from oomtray.config.writing import change, change_all, make_file, put_back, restore_defaults
from oomtray.file_access import FileProblem
from oomtray.private_file import PrivateFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


MINE = """\
# my own words
[levels]
warning_percent = 70   # early

[step_in]
expendable = [
    "Slack",    # always open
    # and this:
    "Spotify",
]
"""


def test_a_new_file_holds_what_was_set_and_nothing_else(path: Path) -> None:
    assert change(str(path), "step_in.enabled", lambda _: True)
    assert path.read_text() == "# Settings of OOM Tray. What doesn't stand here has its default.\n\n[step_in]\nenabled = true\n"
    assert load(path)[0].step_in.enabled
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("setting", "value", "before", "after"),
    [
        ("levels.warning_percent", 60, "warning_percent = 70   # early", "warning_percent = 60   # early"),
        ("levels.warning_percent", None, "warning_percent = 70   # early\n", ""),
        ("step_in.expendable", ("Slack", "Spotify", "gimp"), '"Spotify",\n', '"Spotify",\n    "gimp",\n'),
        ("step_in.expendable", ("Spotify",), '    "Slack",    # always open\n', None),
        ("step_in.enabled", True, '"Spotify",\n]\n', '"Spotify",\n]\nenabled = true\n'),
        ("rows.show", "processes", '"Spotify",\n]\n', '"Spotify",\n]\n\n[rows]\nshow = "processes"\n'),
    ],
)
def test_what_stands_around_it_stays(path: Path, setting: str, value: object, before: str, after: str | None) -> None:
    path.write_text(MINE)
    change(str(path), setting, lambda _: value)
    text = path.read_text()
    section, name = setting.split(".")
    expected = getattr(getattr(Settings(), section), name) if value is None else value
    assert getattr(getattr(load(path)[0], section), name) == expected
    assert load(path)[1] == ()
    if after is not None:
        assert text == MINE.replace(before, after, 1)
    assert "# my own words" in text
    assert "# and this:" in text


@pytest.mark.parametrize(
    "text", ["step_in = { enabled = false }\n", "step_in.enabled = false\n", '["step_in"]\n"enabled" = false\r\n']
)
def test_however_the_section_is_written(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    assert change(str(path), "step_in.enabled", lambda _: True)
    assert change(str(path), "step_in.expendable", lambda names: (*names, "Slack"))
    found, problems = load(path)
    assert (found.step_in.enabled, found.step_in.expendable, problems) == (True, ("Slack",), ())


def test_what_is_so_already_is_not_written(path: Path) -> None:
    path.write_text(MINE)
    before = path.stat().st_mtime_ns
    assert not change(str(path), "step_in.expendable", lambda names: names)
    assert path.stat().st_mtime_ns == before


def test_a_default_can_be_written_out(path: Path) -> None:
    assert change(str(path), "notifications.warning", lambda _: True)
    assert "warning = true" in path.read_text()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        pytest.param("levels.warning_percent", "high", id="another type"),
        pytest.param("levels.warning_percent", 95, id="above the one that must be higher"),
        pytest.param("step_in.expendable", ("",), id="a name that says nothing"),
    ],
)
def test_what_the_setting_can_t_have_is_not_written(path: Path, setting: str, value: object) -> None:
    path.write_text(MINE)
    with pytest.raises(NotEdited) as caught:
        change(str(path), setting, lambda _: value)
    assert caught.value.why == "refused"
    assert path.read_text() == MINE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("[step_in\nenabled = ", "not-toml", id="broken"),
        pytest.param("step_in = 5\n", "unsound", id="no table"),
        pytest.param("\udcff", "not-utf8", id="bytes"),
    ],
)
def test_a_broken_file_stays_as_it_is(path: Path, text: str, why: str) -> None:
    content = text.encode("utf-8", "surrogateescape")
    path.write_bytes(content)
    with pytest.raises(NotEdited) as caught:
        change(str(path), "step_in.enabled", lambda _: True)
    assert caught.value.path == str(path)
    assert why in (caught.value.why, getattr(caught.value.why, "id", None))
    assert path.read_bytes() == content


def test_what_another_program_saves_meanwhile_is_kept(path: Path) -> None:
    path.write_text("[levels]\nwarning_percent = 70\n")
    saved = []

    def to(_: object) -> bool:
        if not saved:
            saved.append(True)
            path.write_text("[levels]\nwarning_percent = 60\n")
        return True

    change(str(path), "step_in.enabled", to)
    assert load(path)[0].levels.warning_percent == 60
    assert load(path)[0].step_in.enabled


def test_while_another_holds_the_lock_nothing_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.private_file.LOCK_SECONDS", 0.05)
    with PrivateFile(str(path)).editing(), pytest.raises(NotEdited) as caught:
        change(str(path), "step_in.enabled", lambda _: True)
    assert caught.value.why == FileProblem("locked", str(path))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_every_setting_can_be_written(path: Path, key) -> None:
    default = key.default(Settings())
    assert change(str(path), key.path, lambda _: default)
    found, problems = load(path)
    assert (key.default(found), problems) == (default, ())


@pytest.mark.parametrize(
    ("text", "wanted", "after"),
    [
        pytest.param("", {"levels.warning_percent": 70.0}, {"warning_percent": 70, "warning_left": "4G"}, id="neither was said"),
        pytest.param("", {"levels.critical_left": 1536 << 20}, {"critical_percent": 90, "critical_left": "1536M"}, id="in MiB what isn't whole in GiB"),
        pytest.param("", {"levels.critical_left": 1000}, {"critical_percent": 90, "critical_left": 1000}, id="in bytes what isn't whole in MiB"),
        pytest.param("warning_percent = 70", {"levels.warning_percent": 60.0}, {"warning_percent": 60}, id="one alone stays alone"),
        pytest.param("warning_percent = 70", {"levels.warning_percent": None}, {"warning_percent": 80, "warning_left": 0}, id="off stays off"),
        pytest.param(
            'warning_percent = 70\nwarning_left = "4G"', {"levels.warning_percent": None}, {"warning_percent": 80, "warning_left": "4G"}, id="both"
        ),
        pytest.param(
            'warning_percent = 70\nwarning_left = "8G"', {"levels.warning_percent": None, "levels.warning_left": None}, {}, id="all of it"
        ),
    ],
)
def test_a_side_of_a_threshold_that_was_not_changed_means_what_it_meant(
    path: Path, text: str, wanted: dict[str, object], after: dict[str, object]
) -> None:
    path.write_text(f"[levels]\n{text}\n")
    assert change_all(str(path), wanted)
    assert tomllib.loads(path.read_text())["levels"] == after


@pytest.mark.parametrize(
    ("setting", "value", "after"),
    [
        pytest.param("levels.warning_percent", 85, {"warning_percent": 85, "critical_percent": 90}, id="the lower"),
        pytest.param("levels.critical_percent", 85, {"warning_percent": 80, "critical_percent": 85}, id="the higher"),
        pytest.param("levels.warning_percent", None, {"critical_percent": 90}, id="back to its default"),
    ],
)
def test_what_the_file_says_in_vain_is_not_in_the_way(path: Path, setting: str, value: float | None, after: dict[str, object]) -> None:
    """Both contradict each other, so that the defaults are in force, which the window shows."""
    path.write_text("[levels]\nwarning_percent = 95\ncritical_percent = 20\n")
    assert change_all(str(path), {setting: value})
    found, problems = load(path)
    assert problems == ()
    assert {name: getattr(found.levels, name) for name in after} == after


def test_what_the_file_says_in_vain_already_is_refused_like_anything_else(path: Path) -> None:
    """It contradicts the other one's default: that it stands there doesn't make it count."""
    text = "[levels]\nwarning_percent = 95\n"
    path.write_text(text)
    assert load(path)[0].levels.warning_percent == 80
    with pytest.raises(NotEdited) as error:
        change_all(str(path), {"levels.warning_percent": 95})
    assert error.value.why == "refused"
    assert path.read_text() == text


def test_a_default_that_contradicts_another_setting_is_refused_like_any_value(path: Path) -> None:
    text = "[rows]\nelevated_share = 100\nhigh_share = 400\n"
    path.write_text(text)
    with pytest.raises(NotEdited) as error:
        change_all(str(path), {"rows.elevated_share": None})
    assert error.value.why == "refused"
    assert path.read_text() == text
    assert change_all(str(path), {"rows.elevated_share": None, "rows.high_share": None})


def test_several_are_written_at_once_or_none(path: Path) -> None:
    path.write_text(MINE)
    with pytest.raises(NotEdited):
        change_all(str(path), {"levels.critical_percent": 60, "notifications.warning": False})
    assert path.read_text() == MINE
    assert change_all(str(path), {"levels.warning_percent": 50, "levels.critical_percent": 60})
    assert "warning_percent = 50   # early" in path.read_text()


def test_all_defaults_leave_the_comments(path: Path) -> None:
    path.write_text(MINE)
    assert change_all(str(path), dict.fromkeys((key.path for key in KEYS), None))
    assert load(path) == (Settings(), ())
    assert "# my own words" in path.read_text()


class TestDefaultsThatAreTakenBack:
    """What the file said comes back, and what somebody wrote since stays."""

    @pytest.fixture
    def texts(self, path: Path) -> Texts:
        path.write_text(MINE)
        texts = restore_defaults(str(path))
        assert texts is not None
        return texts

    def test_whole_where_nobody_has_changed_it_since(self, path: Path, texts: Texts) -> None:
        assert put_back(str(path), texts)
        assert path.read_text() == MINE

    def test_in_the_file_that_a_link_leads_to(self, path: Path, texts: Texts) -> None:
        kept = path.rename(path.with_name("kept.toml"))
        path.symlink_to(kept)
        assert put_back(str(path), texts)
        assert path.is_symlink()
        assert kept.read_text() == MINE

    def test_around_what_somebody_has_written_since(self, path: Path, texts: Texts) -> None:
        change(str(path), "levels.warning_percent", lambda _: 60.0)
        assert put_back(str(path), texts)
        settings, _ = load(path)
        assert (settings.levels.warning_percent, settings.step_in.expendable) == (60.0, ("Slack", "Spotify"))

    def test_what_is_so_already_is_no_failure(self, path: Path, texts: Texts) -> None:
        path.write_text(MINE + "# later\n")
        assert not put_back(str(path), texts)
        assert path.read_text() == MINE + "# later\n"

    def test_a_broken_file_stays_as_it_is(self, path: Path, texts: Texts) -> None:
        path.write_text("[levels\n")
        with pytest.raises(NotEdited):
            put_back(str(path), texts)
        assert path.read_text() == "[levels\n"


def test_a_file_is_made_only_where_there_is_none(path: Path) -> None:
    assert make_file(str(path)) is None
    assert path.read_text().startswith("# Settings of OOM Tray.")
    path.write_text(MINE)
    assert make_file(str(path)) is None
    assert path.read_text() == MINE
