"""A button of a notification says whom it hits by the name that people know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oomtray.messages import names, notifications
from oomtray.ui.controllers.row_actions import Subject
from tests.facts import desktops


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    names.forget_all()


def test_a_script_is_called_by_its_own_name_once_that_is_known() -> None:
    found = desktops.desktop()
    risk = found.apps[0].members[0]
    subject = Subject.of_process(risk)
    assert notifications.protect(found, subject) == "Protect Web Content"
    names.learn_process(risk.process.identity, "train.py")
    told = [button(found, subject) for button in (notifications.protect, notifications.end, notifications.let_go_first)]
    assert told == ["Protect train.py", "End train.py", "Let train.py go first"]


@pytest.mark.parametrize(("name", "shown"), [("a" * 24, "a" * 24), ("a" * 25, "a" * 23 + "…")])
def test_a_button_has_no_longer_name_than_fits(name: str, shown: str) -> None:
    found = desktops.desktop()
    names.learn_app(found.apps[0], name)
    assert notifications.protect(found, Subject.of_app(found.apps[0])) == f"Protect {shown}"


def test_an_app_of_several_processes_is_protected_by_its_name() -> None:
    found = desktops.desktop()
    app = found.apps[0]
    names.learn_app(app, "Firefox")
    assert notifications.protect(found, Subject.of_app(app)) == "Protect Firefox"
