"""`rules add` and `rules profile`: what a dry run says would be added, and what the list says of rules that match nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.actions.rules.profiles import profile
from oomtray.cli import main

RULE = ("--app", "no-such-app", "--set", "300")


@pytest.fixture
def said(xdg: Path, capsys: pytest.CaptureFixture[str]):
    """Return what `rules` prints."""

    def run(*argv: str) -> str:
        assert main(["rules", *argv], tray=lambda _: 99) == 0
        return capsys.readouterr().out

    return run


def test_a_dry_run_of_add_says_that_it_would(said, xdg: Path) -> None:
    assert said("add", *RULE, "--dry-run").startswith("Would be added: the app no-such-app: +300.\n")
    assert not (xdg / "config/oomtray/rules.toml").exists()
    said("add", *RULE)
    assert said("add", *RULE, "--dry-run").startswith("Already there: the app no-such-app: +300.\n")


def test_a_dry_run_of_a_profile_counts_the_rules_that_the_file_lacks(said, xdg: Path) -> None:
    file = xdg / "config/oomtray/rules.toml"
    (databases,) = profile("databases")
    assert said("profile", "databases", "--dry-run").splitlines()[-1] == f"{len(databases.rules)} rules would be added to {file}."
    assert not file.exists()
    said("profile", "databases")
    assert said("profile", "databases", "--dry-run").splitlines()[-1] == f"0 rules would be added to {file}."


def test_a_rule_that_nothing_matches_is_said_to_match_nothing(said) -> None:
    said("add", *RULE)
    assert said("list") == "1  the app no-such-app: +300\n   It matches nothing that is running now.\n"
    assert said("apply", "--dry-run") == "No rule matches anything that is running now.\n"
