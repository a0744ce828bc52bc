"""Words in JSON are the same in every language: only `says` and `remedy` are sentences, in the user's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray import cli
from tests.rigs.translations.pseudo import pseudo_language
from tests.rigs.translations.speaking import speaking

LOG = Path(__file__).parents[1] / "kernel/kill_log/data/report-memcg-6.18.txt"
SENTENCES = {"says", "remedy"}
TRANSLATED = "\u27e6"
"""Begins each text of the test's language."""


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pseudo_language(tmp_path_factory.mktemp("translations"))


@pytest.mark.parametrize(
    "argv",
    ["list --all", "list --apps", "list --until 1G", "watch -c 1", "explain {pid}", "fits 1M", "fits 900T", "protect --dry-run {pid}", "deprioritize 1",
     "undo", "rules list", "rules check", "rules profile list", "rules profile all --dry-run", "kills --log {log}", "drill", "doctor"],
)  # fmt: skip
def test_only_sentences_are_translated(argv: str, language: dict[str, str], xdg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = xdg / "config/oomtray/rules.toml"
    rules.parent.mkdir()
    rules.write_text("[[rule]]\nprocess = 7\n")
    with speaking(language):
        cli.main([*argv.format(pid=os.getpid(), log=LOG).split(), "--json"], tray=lambda _: 0)
    told = capsys.readouterr().out
    assert told.strip()
    translated = {key for line in told.splitlines() for key, text in texts(json.loads(line)) if TRANSLATED in text}
    assert translated <= SENTENCES
    assert translated or argv not in ("rules check", "doctor"), "the language is spoken"


def texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with the key that it stands under."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from texts(below, name)
    elif isinstance(value, list):
        for below in value:
            yield from texts(below, key)
    elif isinstance(value, str):
        yield key, value
