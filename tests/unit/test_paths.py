"""Where a user's files lie: by the XDG base directory specification, which ignores what is not absolute."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable

import pytest

from oomtray import paths


@pytest.mark.parametrize(
    ("find", "variable", "default"),
    [
        (paths.config_home, "XDG_CONFIG_HOME", "/home/ana/.config"),
        (paths.state_home, "XDG_STATE_HOME", "/home/ana/.local/state"),
        (paths.runtime_dir, "XDG_RUNTIME_DIR", None),
    ],
    ids=["config", "state", "runtime"],
)
@pytest.mark.parametrize("given", [None, "", "  ", "relative", "/given"], ids=repr)
def test_a_directory_is_the_given_one_where_that_is_absolute(
    find: Callable[[dict[str, str]], str | None], variable: str, default: str | None, given: str | None
) -> None:
    environ = {"HOME": "/home/ana"} | ({} if given is None else {variable: given})
    assert find(environ) == ("/given" if given == "/given" else default)


@pytest.mark.parametrize(
    ("given", "found"),
    [(None, ["/etc/xdg"]), ("", ["/etc/xdg"]), ("/a:b:/c", ["/a", "/c"])],
    ids=repr,
)
def test_the_systems_directories_are_the_absolute_ones_in_their_order(given: str | None, found: list[str]) -> None:
    assert paths.config_dirs({} if given is None else {"XDG_CONFIG_DIRS": given}) == found


@pytest.mark.parametrize("given", [None, "", "relative", "~"], ids=repr)
def test_without_a_home_of_its_own_it_is_the_accounts(given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "elsewhere")  # whatever the process itself has
    account = pwd.getpwuid(os.getuid()).pw_dir
    assert paths.state_home({} if given is None else {"HOME": given}) == f"{account}/.local/state"


def test_without_an_account_either_nothing_is_made_in_the_current_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's UID has no account, and a folder called ~ would be left wherever the command was run."""
    monkeypatch.setattr(pwd, "getpwuid", dict[int, pwd.struct_passwd]().__getitem__)
    assert paths.state_home({}) == "/.local/state"
