"""Specifies how an edit of single settings is taken back: letter by letter, or around what somebody has written since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oomtray.config import load
from oomtray.config.taking_back import SettingsEdit, Side, edit_between, take_back
from oomtray.config.toml_file import NotEdited
from oomtray.config.writing import change, change_all

MINE = """\
# my own words
[levels]
warning_percent = 82   # early
warning_left = "4G"

[pace]
open_seconds = 3
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINE)
    return path


def edit(path: Path, **wanted: object) -> SettingsEdit:
    """As it is kept."""
    texts = change_all(str(path), {name.replace("__", "."): value for name, value in wanted.items()})
    assert texts is not None
    before, after, place = json.loads(json.dumps(edit_between(texts)))
    return SettingsEdit(Side(*before), Side(*after), place)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"levels__warning_percent": 70.0}, id="another value"),
        pytest.param({"levels__warning_percent": None}, id="its default, with the words beside it"),
        pytest.param({"pace__open_seconds": None}, id="the only one of its section"),
        pytest.param({"history__record": False}, id="a section that was not there"),
        pytest.param({"levels__critical_percent": 95.0, "icon__symbolic": True}, id="several"),
    ],
)
def test_what_nobody_touched_since_is_as_it_was_to_the_letter(path: Path, wanted: dict[str, object]) -> None:
    made = edit(path, **wanted)
    assert path.read_text() != MINE
    assert take_back(str(path), made)
    assert path.read_text() == MINE


def test_the_first_setting_of_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    made = edit(path, history__record=False)
    assert take_back(str(path), made)
    assert "record" not in path.read_text()


def test_what_somebody_wrote_elsewhere_in_the_file_stays(path: Path) -> None:
    made = edit(path, levels__warning_percent=70.0)
    change(str(path), "pace.open_seconds", lambda _: 5.0)
    path.write_text("# and later ones\n" + path.read_text())
    assert take_back(str(path), made)
    assert path.read_text() == "# and later ones\n" + MINE.replace("= 3", "= 5")


def test_the_same_letters_in_the_same_place_may_be_others(path: Path) -> None:
    made = edit(path, levels__warning_percent=70.0)
    assert (made.before.text, made.after.text) == ("82", "70")
    note = f"#{'70':>{made.place + 1}}\n"
    path.write_text(note + path.read_text())
    assert take_back(str(path), made)
    assert path.read_text() == note + MINE


def test_the_other_side_of_a_threshold_goes_back_too(path: Path) -> None:
    """A file that says one side alone switches the other off, so that an edit may write both."""
    path.write_text("[levels]\nwarning_percent = 82\n")
    before = load(path)[0]
    made = edit(path, levels__warning_left=None)
    change(str(path), "pace.open_seconds", lambda _: 5.0)
    take_back(str(path), made)
    assert load(path)[0].levels == before.levels


def test_what_somebody_has_set_since_is_not_overwritten(path: Path) -> None:
    made = edit(path, levels__warning_percent=70.0)
    change(str(path), "levels.warning_percent", lambda _: 60.0)
    text = path.read_text()
    with pytest.raises(NotEdited) as raised:
        take_back(str(path), made)
    assert raised.value.why == "changed-since"
    assert path.read_text() == text


def test_of_several_that_were_set_none_is_overwritten_where_one_was_set_since(path: Path) -> None:
    made = edit(path, levels__warning_percent=70.0, notifications__warning=False)
    change(str(path), "levels.warning_percent", lambda _: 60.0)
    text = path.read_text()
    with pytest.raises(NotEdited):
        take_back(str(path), made)
    assert path.read_text() == text


def test_what_contradicts_another_setting_by_now_is_refused(path: Path) -> None:
    made = edit(path, levels__warning_percent=60.0)
    change_all(str(path), {"levels.critical_percent": 75.0})
    text = path.read_text()
    with pytest.raises(NotEdited) as raised:
        take_back(str(path), made)
    assert raised.value.why == "refused"
    assert path.read_text() == text


def test_what_is_as_before_already_is_no_failure(path: Path) -> None:
    made = edit(path, levels__warning_percent=70.0)
    path.write_text(MINE + "# later\n")
    assert not take_back(str(path), made)
    assert path.read_text() == MINE + "# later\n"


def test_a_mistake_that_stood_there_comes_back(path: Path) -> None:
    path.write_text(MINE.replace("82", "2020-01-01"))
    text = path.read_text()
    made = edit(path, levels__warning_percent=70.0)
    assert take_back(str(path), made)
    assert path.read_text() == text


def test_two_that_contradicted_each_other_come_back(path: Path) -> None:
    path.write_text("[levels]\nwarning_percent = 95\ncritical_percent = 20\n")
    text = path.read_text()
    made = edit(path, levels__warning_percent=70.0)
    assert take_back(str(path), made)
    assert path.read_text() == text


def test_two_that_contradict_each_other_are_not_in_the_way_of_a_third(path: Path) -> None:
    text = "[levels]\nwarning_percent = 89\ncritical_percent = 88\n"
    path.write_text(text)
    made = edit(path, levels__hysteresis_percent=26.0)
    assert take_back(str(path), made)
    assert path.read_text() == text


def test_a_broken_file_stays_as_it_is(path: Path) -> None:
    made = edit(path, levels__warning_percent=70.0)
    path.write_text("[levels\n")
    with pytest.raises(NotEdited):
        take_back(str(path), made)
    assert path.read_text() == "[levels\n"
