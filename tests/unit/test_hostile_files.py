"""No content of a user's file stops a reader: it answers with something sane, or names a problem in one printable line.

A seeded slice here; `make proof` tries 100,000 for each reader.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.journal import Journal
from oomtray.actions.rules.edit import add
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load as load_rules
from oomtray.actions.units import dropin
from oomtray.actions.units.settings import UnitRefused, UnitSettings
from oomtray.actions.units.unit_files import assigned
from oomtray.config import Settings, load
from oomtray.config.schema import KEYS, ORDERS
from oomtray.config.toml_file import NotEdited
from oomtray.desktop.autostart import Autostart, render
from oomtray.kernel.files import boot_id
from oomtray.messages import rules_file
from oomtray.messages import settings as settings_says
from oomtray.ui.popup import saved_state
from tests.unit.hostile_files import content

CONFIG = b"""\
[levels]
warning_percent = 70
critical_percent = 95.5
warning_left = "6G"
critical_left = "512M"
[rows]
show = "processes"
[pace]
open_seconds = 1
[notifications]
warning = false
[actions]
protect = -200
first = 1_000
"""
RULES = b"""\
# mine
[[rule]]
label = "The database"   # why
unit = "postgresql@*.service"
set = "protect"
ask = false

[[rule]]
exe = "/opt/x/*"
process = "x"
user = 1000
set = -300
[[rule]]
app = "firefox"
command = "--profile"
set = "first"
"""
JOURNAL = "".join(
    json.dumps(line) + "\n"
    for line in (
        {"oomtray": 1, "boot": boot_id("/proc")},
        {"pid": 42, "start_time": 1042, "first": 20},
        {"number": 1, "time": 1795370575.25, "word": "protect",
         "changes": [{"pid": 42, "start_time": 1042, "name": "x", "from": 20, "to": -300, "right": "same"}]},
        {"number": 2, "time": 1795370576, "word": "reset",
         "changes": [{"pid": 43, "start_time": 1043, "name": "\xfc\x1b", "from": 0, "to": 5, "right": None}]},
        {"number": 3, "time": 1795370577, "word": "protect", "changes": [],
         "begun": [{"pid": 43, "start_time": 1043, "name": "x", "from": 5, "to": 0, "right": "unknown"}]},
    )
).encode()  # fmt: skip
STATE = json.dumps({"width": 640, "height": 700, "by_app": None, "mine": True, "column": 2, "descending": False}).encode()
DROP_IN = dropin.render(UnitSettings(-500, "continue", "avoid")).encode()


def one_line(text: str) -> None:
    assert text
    assert text.isprintable(), text


def read_config(path: Path, number: int) -> None:
    settings, problems = load(path)
    defaults = Settings()
    for key in KEYS:
        value = key.default(settings)
        assert key.accept(value, key.default(defaults)) == value, key.path
    for order in ORDERS:
        section = getattr(settings, order.section)
        assert order.holds(getattr(section, order.lower), getattr(section, order.higher)), order
    for problem in problems:
        one_line(settings_says.problem(path.name, problem))


def read_rules(path: Path, number: int) -> None:
    read = load_rules(str(path))
    for rule in read.rules:
        assert rule.conditions
        assert -999 <= rule.value(Settings().actions) <= 1000
    for mistake in read.mistakes:
        one_line(rules_file.mistake(path.name, mistake))
    if number % 20:
        return
    before = path.read_bytes()
    try:
        add(str(path), [Rule("first", app="new")])
    except NotEdited as error:
        one_line(rules_file.not_edited(error))
        assert path.read_bytes() == before
    else:
        after = load_rules(str(path))
        assert [rule.key for rule in after.rules][: len(read.rules)] == [rule.key for rule in read.rules]
        assert any(rule.app == "new" for rule in after.rules)


def read_journal(path: Path, number: int) -> None:
    for damaged in path.parent.glob(f"{path.name}.damaged-*"):
        damaged.unlink()
    journal = Journal(str(path.parent))
    assert all(-(2**63) < value < 2**63 for value in journal.last_given().values())
    journal.last()
    change = Change(7, 1007, "y", 0, 300, done=True, wanted=300)
    batch = journal.record("protect", [change])
    assert batch is not None, "what is changed can be undone"
    again = Journal(str(path.parent)).last()
    assert again is not None
    assert again.changes == (change,)


def read_state(path: Path, number: int) -> None:
    state = saved_state.load(str(path.parent))
    assert 200 <= state.width <= 10000
    assert type(state.mine) is bool


def read_autostart(path: Path, number: int) -> None:
    entry = Autostart(("/bin/true",), {"XDG_CONFIG_HOME": str(path.parent.parent), "XDG_CONFIG_DIRS": "/nonexistent", "PATH": "/bin"})
    assert str(entry.path) == str(path)
    assert entry.enabled() in {True, False}
    assert not (entry.enabled() and entry.stale())


def read_drop_in(path: Path, number: int) -> None:
    try:
        text, _ = dropin.read(str(path.parent.parent), "x.service")
    except UnitRefused:
        return
    assert text is not None
    settings = dropin.parse(text)
    assert dropin.parse(dropin.render(settings)) == settings
    assigned(str(path), "OOMScoreAdjust")


Reader = Callable[[Path, int], None]
READERS: dict[str, tuple[str, list[bytes], Reader]] = {
    "settings": ("config.toml", [CONFIG], read_config),
    "rules": ("rules.toml", [RULES], read_rules),
    "journal": ("changes.jsonl", [JOURNAL], read_journal),
    "popup-state": (saved_state.FILE, [STATE], read_state),
    "autostart": ("autostart/io.github.oomtray.OOMTray.desktop", [render(("/bin/true",)).encode()], read_autostart),
    "drop-in": (f"x.service.d/{dropin.FILE}", [DROP_IN], read_drop_in),
}


def run(name: str, folder: Path, numbers: range) -> None:
    file, samples, reader = READERS[name]
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    for number in numbers:
        path.write_bytes(content(samples, number))
        try:
            reader(path, number)
        except Exception as error:
            raise AssertionError(f"{name}, content {number}: {error!r}: {content(samples, number)[:300]!r}") from error


@pytest.mark.parametrize("name", READERS)
def test_right_content_is_read_as_it_is(name: str, tmp_path: Path) -> None:
    """Else the readers would be tried with nothing but rubbish."""
    file, samples, reader = READERS[name]
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(samples[0])
    reader(path, 1)
    match name:
        case "settings":
            assert load(path)[1] == ()
        case "rules":
            assert len(load_rules(str(path)).rules) == 3
        case "journal":
            assert len(Journal(str(tmp_path)).last_given()) == 3
            assert not list(tmp_path.glob("*damaged*"))
        case "popup-state":
            assert saved_state.load(str(tmp_path)).mine
        case "drop-in":
            assert dropin.parse(dropin.read(str(tmp_path), "x.service")[0] or "") == UnitSettings(-500, "continue", "avoid")


@pytest.mark.parametrize("name", READERS)
def test_a_slice_of_hostile_content(name: str, tmp_path: Path) -> None:
    run(name, tmp_path, range(400))


@pytest.mark.proof
@pytest.mark.parametrize("name", READERS)
def test_a_hundred_thousand_of_each(name: str, tmp_path: Path) -> None:
    run(name, tmp_path, range(1000, 101_000))


def test_numbers_make_the_same_content_again() -> None:
    assert content([CONFIG], 5) == content([CONFIG], 5)
    assert len({content([CONFIG], number) for number in range(200)}) > 190
