"""The drop-in of a unit: the name it is for, what is written and read again, and files that are never touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from oomtray.actions.adjust import Target
from oomtray.actions.units import dropin
from oomtray.actions.units.request import argv, stdin
from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings, check_name
from oomtray.actions.units.verify import verify
from oomtray.helper import oomtray_helper


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("nginx", "nginx.service"),
        ("postgresql@15-main.service", "postgresql@15-main.service"),
        ("dbus-org.x.y.service", "dbus-org.x.y.service"),
        ("a\\x2db.service", "a\\x2db.service"),
        ("many@a@b.example.service", "many@a@b.example.service"),
        ("many@a@.service", "many@a@.service"),
    ],
)
def test_a_service_is_named_as_systemd_names_it(given, name):
    assert check_name(given) == name


@pytest.mark.parametrize(
    "name",
    ["../x.service", "x/y.service", "x.scope", "user.slice", "-x.service", "x-.service", "x@.service", "@a@b.service", ".service", "x\n.service", "a" * 250 + ".service", "user@1000.service", "", "x y.service"],
    ids=repr,
)
def test_everything_else_is_refused(name):
    with pytest.raises(UnitRefused):
        check_name(name)


SETTINGS = UnitSettings(-500, "continue", "avoid")


def test_the_helper_renders_the_same_file():
    (request,) = oomtray_helper.parse(["unit", "x.service"], stdin("x.service", SETTINGS, ()))[1]
    assert request.text.decode() == dropin.render(SETTINGS)


def test_the_helper_takes_every_request_that_is_made():
    running = [(Target(pid, pid * 7), 500) for pid in range(2, 4000)]
    lines = stdin("x.service", UnitSettings(500), running)
    verb, requests = oomtray_helper.parse(list(argv("x.service")[3:]), lines)
    assert verb == "unit"
    assert len(lines) <= 64 * 1024
    assert len(requests) > 900
    assert json.loads(stdin("x.service", None, ())) == {"unit": "x.service", "remove": True}


def test_later_settings_leave_the_earlier_ones_that_they_do_not_name():
    assert UnitSettings(oom_policy="stop").over(SETTINGS) == UnitSettings(-500, "stop", "avoid")


@pytest.mark.parametrize(
    "settings", [SETTINGS, UnitSettings(0), UnitSettings(oomd="omit"), UnitSettings(1000, "kill")], ids=str
)
def test_what_is_written_is_read_again(tmp_path, settings):
    dropin.write(str(tmp_path), "x.service", settings)
    assert dropin.parse(dropin.read(str(tmp_path), "x.service")[0]) == settings
    assert os.listdir(tmp_path / "x.service.d") == ["50-oomtray.conf"]


def test_removing_leaves_nothing_behind_and_others_files_alone(tmp_path):
    dropin.write(str(tmp_path), "x.service", SETTINGS)
    assert dropin.remove(str(tmp_path), "x.service")
    assert os.listdir(tmp_path) == []
    assert not dropin.remove(str(tmp_path), "x.service")
    dropin.write(str(tmp_path), "x.service", SETTINGS)
    (tmp_path / "x.service.d" / "other.conf").write_text("mine")
    dropin.remove(str(tmp_path), "x.service")
    assert os.listdir(tmp_path / "x.service.d") == ["other.conf"]


def test_a_persons_own_empty_directory_stays(tmp_path):
    (tmp_path / "x.service.d").mkdir()
    dropin.write(str(tmp_path), "x.service", UnitSettings(100))
    assert dropin.remove(str(tmp_path), "x.service")
    assert list((tmp_path / "x.service.d").iterdir()) == []


def test_what_a_killed_program_left_keeps_no_directory_alive(tmp_path):
    dropin.write(str(tmp_path), "x.service", SETTINGS)
    for left in ("50-oomtray.conf.new", "50-oomtray.conf.lock"):
        (tmp_path / "x.service.d" / left).write_text("")
    assert dropin.remove(str(tmp_path), "x.service")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("act", ["read", "write", "remove"])
def test_a_file_that_is_not_ours_is_never_touched(tmp_path, act):
    path = tmp_path / "x.service.d" / "50-oomtray.conf"
    path.parent.mkdir()
    path.write_text("[Service]\nNice=5\n")
    arguments = (str(tmp_path), "x.service", SETTINGS)[: 3 if act == "write" else 2]
    with pytest.raises(UnitRefused) as refused:
        getattr(dropin, act)(*arguments)
    assert refused.value.why == Refusal("not-ours", "x.service", str(path))
    assert path.read_text() == "[Service]\nNice=5\n"


def test_a_link_is_not_followed(tmp_path):
    target = tmp_path / "target"
    target.write_text(dropin.render(SETTINGS))
    path = tmp_path / "x.service.d" / "50-oomtray.conf"
    path.parent.mkdir()
    path.symlink_to(target)
    with pytest.raises(UnitRefused):
        dropin.write(str(tmp_path), "x.service", UnitSettings(1))
    assert target.read_text() == dropin.render(SETTINGS)


@pytest.fixture
def analyze(tmp_path):
    """A systemd-analyze whose words a test chooses, for what only another version of systemd says."""

    def make(says, code=0):
        program = tmp_path / "systemd-analyze"
        program.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{says}\nEND\nexit {code}\n")
        program.chmod(0o755)
        return str(program)

    return make


@pytest.mark.parametrize(
    ("says", "code", "reason"),
    [
        pytest.param(
            "/x/x.service.d/50-oomtray.conf:3: Unknown key name",
            0,
            Refusal("objection", "x.service", "/x/x.service.d/50-oomtray.conf:3: Unknown key name"),
            id="our-file",
        ),
        pytest.param("Unit x.service not found.", 1, Refusal("no-unit", "x.service"), id="no-such-unit"),
        pytest.param("Unit y.service not found.", 1, None, id="another-that-it-needs"),
        pytest.param("x.service: Unit y.service not found.", 0, None, id="and-it-is-right-without"),
        pytest.param("x.service: Command /no/such is not executable", 1, None, id="the-units-own-mistakes"),
        pytest.param("", 0, None, id="silent"),
    ],
)
def test_what_systemd_says_of_the_drop_in_counts(analyze, says, code, reason):
    program = analyze(says, code)
    if reason is None:
        assert verify("x.service", SETTINGS, user=False, program=program)
        return
    with pytest.raises(UnitRefused) as refused:
        verify("x.service", SETTINGS, user=False, program=program)
    assert refused.value.why == reason


@pytest.mark.parametrize("user", [True, False])
def test_it_is_asked_of_the_unit_with_the_new_drop_in(analyze, tmp_path, monkeypatch, user):
    program = analyze("")
    Path(program).write_text(f'#!/bin/sh\n(echo "$1"; cat "${{SYSTEMD_UNIT_PATH%:}}/x.service.d/50-oomtray.conf") >{tmp_path}/asked\n')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert verify("x.service", SETTINGS, user=user)
    assert (tmp_path / "asked").read_text() == ("--user\n" if user else "--system\n") + dropin.render(SETTINGS)


def test_without_systemd_analyze_nothing_is_claimed(monkeypatch):
    assert verify("x.service", SETTINGS, user=False, program="/no/such/program") is False
    monkeypatch.setenv("PATH", "/no/such")
    assert verify("x.service", SETTINGS, user=False) is False
