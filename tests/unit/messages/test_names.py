"""Specifies what people are told that processes are called."""

from __future__ import annotations

import pytest

from oomtray.messages import names
from oomtray.messages.fits import row_name
from oomtray.messages.names import victim_name
from oomtray.risk.judged import AppId
from oomtray.risk.kill_event import Dead
from oomtray.text import is_called
from tests.facts import desktops
from tests.facts.assessments import app, assessment, risk
from tests.facts.processes import process


@pytest.fixture(autouse=True)
def nothing_is_learned():
    yield
    names.forget_all()


@pytest.mark.parametrize(
    ("victim", "told"),
    [
        pytest.param(Dead(pid=7, name="Web Content", app="Firefox"), "Firefox", id="app"),
        pytest.param(Dead(pid=7, name="a\nb"), "a\\nb", id="program"),
        pytest.param(Dead(pid=7, name=""), "Process 7", id="nobody read its name"),
        pytest.param(Dead(pid=None, name="a.service"), "a.service", id="group"),
    ],
)
def test_a_dead_process_is_never_without_a_name(victim: Dead, told: str) -> None:
    assert victim_name(victim) == told


def test_a_process_whose_name_is_empty_is_seen_in_quotes() -> None:
    nameless = risk(of=process(7, name=""))

    assert names.called(nameless) == "'' (7)"
    assert names.app_name(app(members=(nameless,), name="")) == "''"


def test_a_program_that_bears_its_apps_name_is_called_as_people_call_the_app() -> None:
    shown = desktops.desktop()
    risk = next(one for one in shown.risks if one.process.name == "slack")
    pid = risk.process.pid
    assert (names.called(risk), names.process_name("slack", pid)) == (f"slack ({pid})",) * 2

    names.learn_program("slack", "Slack")

    assert (names.called(risk), names.process_name("slack", pid)) == (f"Slack ({pid})",) * 2
    assert names.own_name(risk.process) == "Slack"


def test_a_program_of_two_apps_keeps_its_own_name() -> None:
    names.learn_program("firefox", "Firefox")
    names.learn_program("firefox", "Firefox Nightly")
    names.learn_program("firefox", "Firefox")

    assert names.process_name("firefox", 7) == "firefox (7)"


def test_a_name_that_the_kernel_has_cut_is_its_apps_name() -> None:
    """It keeps 15 bytes, so the process of telegram-desktop is telegram-deskto."""
    held = process(7, name="telegram-deskto")
    cut = risk(7, of=held, rank=1, app="telegram-desktop")
    shown = assessment(risks=(cut,), apps=(app(name="telegram-desktop", key="telegram-desktop", members=(cut,)),))

    assert names.full_name(shown, cut) == "telegram-desktop (7)"
    assert names.told_name(shown, cut) == "telegram-desktop"
    assert row_name(shown, cut) == "telegram-desktop"


@pytest.mark.parametrize(
    ("comm", "full", "told"),
    [
        pytest.param("python3", "train.py (7)", "train.py", id="its interpreter"),
        pytest.param("gcc", "train.py · gcc (7)", "train.py · gcc", id="what it has started"),
    ],
)
def test_the_interpreter_of_a_script_is_called_by_the_script(comm: str, full: str, told: str) -> None:
    """It was “train.py · python3”, though its row in the popup says train.py."""
    one = risk(7, of=process(7, name=comm), rank=1, app="train.py (python3.11)")
    shown = assessment(risks=(one,), apps=(app(name="train.py", key="train.py (python3.11)", kind="executable", members=(one,)),))

    assert (names.full_name(shown, one), names.told_name(shown, one), row_name(shown, one)) == (full, told, told)


@pytest.mark.parametrize(
    ("comm", "name", "same"),
    [
        ("slack", "Slack", True),
        ("telegram-deskto", "Telegram-Desktop", True),
        ("telegram-deskto", "telegram", False),
        ("telegram-deskt", "telegram-desktop", False),
        ("code", "code-insiders", False),
        ("\\xe9-is-one-byte", "\\xe9-is-one-bytes", False),
        ("\\xe9-is-one-byte-2", "\\xe9-is-one-byte-23", True),
    ],
)
def test_a_process_is_called_so(comm: str, name: str, same: bool) -> None:
    assert is_called(comm, name) == same


def test_a_process_that_is_called_like_its_app_is_named_once() -> None:
    one = risk(7, of=process(7, name="Xorg"), rank=1, app="xorg")
    server = app(name="xorg", key="xorg", members=(one,))
    shown = assessment(risks=(one,), apps=(server,))
    assert names.full_name(shown, one) == "Xorg (7)"

    names.learn_app(server, "X")
    assert names.full_name(shown, one) == "X (7)"


def test_a_script_whose_name_is_known_is_called_so_but_where_its_app_has_a_name_too() -> None:
    one = risk(7, of=process(7, name="python3"), rank=1, app="python3")
    lab = app(name="python3", key="python3", members=(one,))
    shown = assessment(risks=(one,), apps=(lab,))

    names.learn_process(one.process.identity, "train.py")
    assert (names.full_name(shown, one), names.told_name(shown, one)) == ("train.py (7)", "train.py")

    names.learn_app(lab, "Jupyter")
    assert names.told_name(shown, one) == "Jupyter · train.py"


def test_a_name_learned_for_some_processes_holds_while_there_are_no_others() -> None:
    one, other = (risk(pid, of=process(pid, name="python3"), rank=pid) for pid in (7, 8))
    lab = app(name="python3", key="python3", members=(one,))

    names.learn_app(lab, "train.py", only=True)

    assert names.app_name(lab) == "train.py"
    assert names.app_name(app(name="python3", key="python3", members=(one, other))) == "python3"
    assert names.app_name(AppId("python3", "python3", "app", None, lab.uid)) == "python3", "whose processes aren't known"


def test_an_app_in_a_menu_has_the_memory_of_all_its_processes() -> None:
    code = next(app for app in desktops.desktop().apps if app.name == "code")

    assert names.with_memory(code) == "code · ≤ 3.3 GiB"


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        pytest.param("app-gnome-firefox-4200.scope", ("Firefox", True), id="an app that was learned"),
        pytest.param("app-slack@autostart.service", ("slack", True), id="an app"),
        pytest.param("mysql.service", ("mysql.service", False), id="a service"),
        pytest.param("vte-spawn-1.scope", ("vte-spawn-1.scope", False), id="a terminal's"),
    ],
)
def test_a_unit_of_an_app_is_called_as_the_app(unit: str, told: tuple[str, bool]) -> None:
    names.learn_app(next(app for app in desktops.desktop().apps if app.key == "firefox"), "Firefox")
    assert names.unit_name(unit) == told


def test_a_service_and_its_daemon_are_one_name() -> None:
    shown = desktops.desktop()
    daemon = next(one for one in shown.risks if one.process.name == "mysqld")

    assert names.told_name(shown, daemon) == "mysql"
