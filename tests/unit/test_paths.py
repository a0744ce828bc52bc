"""Where a user's files lie: by the XDG base directory specification, which ignores what is not absolute."""

from __future__ import annotations

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


def test_without_home_the_account_has_one() -> None:
    assert paths.config_home({}).endswith("/.config")
    assert paths.config_home({}).startswith("/")
