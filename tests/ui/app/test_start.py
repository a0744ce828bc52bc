"""What a second start shows: the window for a person, nothing for a session that starts the app twice at login."""

from __future__ import annotations

import pytest

from oomtray.ui.app.start import LOGIN_SECONDS, Activation


class Shown:
    def __init__(self) -> None:
        self.tokens: list[str | None] = []

    def activate(self, token: str | None) -> None:
        self.tokens.append(token)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("since_login", "shows"),
    [
        pytest.param(3.0, False, id="the session restores it"),
        pytest.param(LOGIN_SECONDS + 1, True, id="a person starts it"),
        pytest.param(None, True, id="nobody knows when the login was"),
    ],
)
def test_a_start_within_seconds_of_the_login_opens_no_window(since_login, shows):
    app = Shown()
    activation = Activation(lambda: since_login)
    activation.ready(app)

    activation.request(None)

    assert app.tokens == ([None] if shows else [])


def test_logind_is_not_asked_once_the_app_has_run_for_a_while():
    clock, app = Clock(), Shown()
    activation = Activation(lambda: pytest.fail("asked"), clock)
    activation.ready(app)
    clock.now += LOGIN_SECONDS + 1

    activation.request("token")

    assert app.tokens == ["token"]


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [
        pytest.param([None], [], id="two starts at once"),
        pytest.param(["token"], ["token"], id="a click"),
        pytest.param(["token", None], ["token"], id="both"),
    ],
)
def test_a_request_that_comes_before_the_app_is_up_needs_a_click(tokens, shown):
    app = Shown()
    activation = Activation(lambda: None)
    for token in tokens:
        activation.request(token)

    activation.ready(app)

    assert app.tokens == shown
