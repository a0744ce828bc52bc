"""Specifies `oomtray help`: the pages by name, one of them as it is, and in the user's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray import cli, help_pages


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = cli.main(["help", *argv], tray=lambda _: 0)
    return status, *capsys.readouterr()


def test_all_pages_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys)
    assert status == cli.DONE
    assert [tuple(line.split(None, 1)) for line in out.splitlines()] == [(page.topic, page.title) for page in help_pages.pages()]


@pytest.mark.parametrize("topic", help_pages.TOPICS)
def test_a_page_is_printed_as_its_file_has_it(capsys: pytest.CaptureFixture[str], topic: str) -> None:
    assert said(capsys, topic) == (cli.DONE, Path(help_pages.FOLDER, f"{topic}.md").read_text(), "")


def test_a_page_that_does_not_exist_names_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys, "nothing")
    assert (status, out) == (cli.USAGE, "")
    assert err.count("\n") == 1
    assert all(topic in err for topic in help_pages.TOPICS)
