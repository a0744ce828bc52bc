"""What stands in the rules file after a click on a row, and how it goes out of it again."""

from __future__ import annotations

import os

import pytest

from oomtray.actions.rules.edit import add, put, take_back
from oomtray.actions.rules.engine import login_name
from oomtray.actions.rules.model import Rule
from oomtray.actions.rules.parse import load
from oomtray.actions.rules.propose import ServiceName, propose, service_of
from tests.facts.processes import process

ME = os.getuid()
USER = login_name(ME)
MANAGER = f"/user.slice/user-{ME}.slice/user@{ME}.service"


def started(**facts):
    path = facts.pop("cgroup", "/")
    return process(4242, uid=ME, cgroup=path, unit_cgroup=path, session=4242, **facts)


@pytest.mark.parametrize(
    ("facts", "whole", "conditions"),
    [
        pytest.param(
            {"name": "Web Content", "exe": "/usr/lib/firefox/firefox", "cgroup": f"{MANAGER}/app.slice/app-firefox-7.scope"},
            False, {"app": "firefox"}, id="a-desktop-app-by-its-key-though-a-child-was-clicked",
        ),
        pytest.param({"name": "hog", "exe": "/opt/hog"}, False, {"exe": "/opt/hog"}, id="a-program-by-its-executable"),
        pytest.param({"name": "hog", "exe": "/opt/hog (deleted)"}, False, {"exe": "/opt/hog"}, id="replaced-on-the-disk"),
        pytest.param({"name": "worker", "exe": "/opt/hog"}, False, {"exe": "/opt/hog"}, id="whatever-it-calls-itself"),
        pytest.param({"name": "hog", "exe": "/opt/hog"}, True, {"app": "hog"}, id="all-that-the-row-sums-up"),
        pytest.param({"name": "hog", "exe": None}, False, {"process": "hog"}, id="an-executable-that-is-hidden"),
        pytest.param(
            {"name": "train", "exe": "/usr/bin/python3.11"}, False,
            {"exe": "/usr/bin/python3.11", "process": "train"}, id="a-script-is-not-every-script",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_for_what_was_clicked_and_its_user_alone(facts, whole, conditions):
    clicked = started(**facts)
    rule = propose("protect", clicked, {clicked.pid: clicked}, whole=whole)
    assert rule.conditions == conditions | {"user": USER}
    assert rule.may_ask


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/system.slice/mysql.service", ServiceName("mysql.service", user=False), id="of-the-system"),
        pytest.param(f"{MANAGER}/app.slice/sync.service", ServiceName("sync.service", user=True), id="of-the-user"),
        pytest.param(f"{MANAGER}/app.slice/app-firefox@9.service", None, id="an-app-that-was-started-so"),
        pytest.param("/user.slice/user-9.slice/user@9.service/x.service", None, id="anothers"),
        pytest.param(f"{MANAGER}/init.scope", None, id="a-scope"),
        pytest.param("/", None, id="no-unit"),
    ],
)
def test_the_unit_is_the_better_place_for_a_service(path, expected):
    assert service_of(started(name="x", cgroup=path), ME) == expected


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "rules.toml")


def test_a_click_in_the_other_direction_turns_the_rule_round(path):
    rule = Rule("protect", app="firefox", user="ana")
    assert put(path, rule) is None
    replaced = put(path, Rule("deprioritize", app="firefox", user="ana"))
    assert replaced is not None
    assert (replaced.conditions, replaced.set) == (rule.conditions, "protect")
    assert [rule.set for rule in load(path).rules] == ["deprioritize"]


def test_asking_for_it_anew_lifts_an_earlier_no(path):
    add(path, [Rule("protect", app="firefox", user="ana", ask=False)])
    put(path, Rule("protect", app="firefox", user="ana"))
    assert [rule.ask for rule in load(path).rules] == [True]


def test_taking_back_finds_the_rule_among_mistakes_and_keeps_the_rest(path):
    text = '# mine\n[[rule]]\nap = "x"\nset = 1\n\n[[rule]]\napp = "b"  # kept\nset = 1\n'
    with open(path, "w") as file:
        file.write(text)
    rule = Rule(5, app="c")
    add(path, [rule])
    assert take_back(path, [rule]) == 1
    with open(path) as file:
        assert file.read().rstrip() == text.rstrip()


@pytest.mark.parametrize("head", ["# mine\n\n", "", "# mine\n\n[other]\nx = 1\n"])
def test_taking_back_the_only_rule_leaves_the_file_as_it_was(path, head):
    """An empty array in the place of the rules would have each later one on its one line."""
    with open(path, "w") as file:
        file.write(head or "\n")
    rule = Rule(5, app="c")
    add(path, [rule])
    take_back(path, [rule])
    with open(path) as file:
        assert file.read().strip() == head.strip()
