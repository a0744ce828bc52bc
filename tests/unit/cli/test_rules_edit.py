"""`rules`: what a dry run says would be added, what the list says of rules that match nothing, and how a file with mistakes ends."""

from __future__ import annotations

import json
import os
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


def test_a_rule_that_is_named_twice_is_removed_once(said, xdg: Path) -> None:
    for app in ("a", "b"):
        said("add", "--app", app, "--set", "300")
    assert said("remove", "1", "1", "--dry-run") == "1  the app a\n1 rule would be removed.\n"
    assert said("remove", "1", "1") == "1  the app a\n1 rule was removed. What it set stays until it is reset.\n"
    assert "the app b" in said("list")


@pytest.mark.parametrize("option", ["--app", "--command", "--label"])
def test_bytes_that_are_no_text_stand_in_the_file_as_names_are_read(option: str, said, xdg: Path) -> None:
    """What a shell completes may have any byte; the rule is to match it, and its file is UTF-8."""
    argv = "--process", "x", option, os.fsdecode(b"caf\xe9"), "--set", "300"
    assert "caf\\xe9" in said("add", *argv)
    assert "caf\\\\xe9" in (xdg / "config/oomtray/rules.toml").read_text()
    assert said("add", *argv, "--dry-run").startswith("Already there")


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
    assert said("apply") == "Every process has the value that its rule sets.\n"
    assert json.loads(said("apply", "--json"))["changes"] == []


def test_check_says_how_many_rules_are_right(said, xdg: Path) -> None:
    file = xdg / "config/oomtray/rules.toml"
    assert said("check") == f"{file}: 0 rules, no mistakes.\n"
    said("add", *RULE)
    assert said("check") == f"{file}: 1 rule, no mistakes.\n"


@pytest.mark.parametrize("argv", ["list", "list --json", "check", "check --json", "apply", "apply --json", "apply --dry-run", "apply --dry-run --json"])
def test_a_file_that_is_no_rules_file_is_a_failure(argv: str, xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that applied nothing must not go on as if every process had the value of its rule."""
    written(xdg, "[[rule]\n")
    assert main(["rules", *argv.split()], tray=lambda _: 99) == 1
    out, err = capsys.readouterr()
    assert (out == "") != ("--json" in argv)
    assert err.count("\n") == (argv != "check --json")  # whose answer it is


@pytest.mark.parametrize(("argv", "status"), [("list", 0), ("apply", 1), ("apply --dry-run", 1), ("apply --json", 1)])
def test_a_rule_with_a_mistake_was_not_applied(argv: str, status: int, xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(xdg, '[[rule]]\napp = "no-such-app"\nset = 300\n[[rule]]\napp = "other"\nset = 3000\n')
    assert main(["rules", *argv.split()], tray=lambda _: 99) == status
    out, err = capsys.readouterr()
    assert "line 6" in err
    assert "Every process" not in out


@pytest.mark.parametrize("value", ["1001", "-1001", "9999999999", "-99999999999999999999", "9" * 500])
def test_a_number_that_is_too_large_is_not_called_unknown(value: str, xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "add", "--app", "x", f"--set={value}"], tray=lambda _: 99) == 2
    err = capsys.readouterr().err
    assert "is not from -999 to 1000." in err
    assert len(err) < 200


@pytest.mark.parametrize("value", ["--5", "+-5", "-", "1_0", "5.0", "\u0663"])
def test_what_is_no_number_is_called_unknown(value: str, xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "add", "--app", "x", f"--set={value}"], tray=lambda _: 99) == 2
    assert f'"{value}" is not known.' in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "x", "", "9" * 5000])
def test_what_is_no_number_of_a_rule_is_said_to_be_none(number: str, xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "remove", number], tray=lambda _: 99) == 2
    assert "is not the number of a rule" in capsys.readouterr().err


def written(xdg: Path, rules: str) -> None:
    file = xdg / "config/oomtray/rules.toml"
    file.parent.mkdir(parents=True)
    file.write_text(rules)


@pytest.mark.parametrize("argv", [("add", *RULE), ("add", *RULE, "--json"), ("profile", "databases"), ("remove", "1")])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_of_a_file_that_cannot_be_read_one_line_says_why(
    argv: tuple[str, ...], dry: tuple[str, ...], xdg: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run promises nothing that the same command then refuses."""
    written(xdg, "[[rule\n")
    assert main(["rules", *argv, *dry], tray=lambda _: 99) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"oomtray: {xdg / 'config/oomtray/rules.toml'}, line 1: ")
