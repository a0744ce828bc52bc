"""Specifies the pages of the help: all there, linked soundly, true to what the program does."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from oomtray import help_pages
from oomtray.cli import COMMANDS, build_parser
from oomtray.config.schema import KEYS
from oomtray.config.settings import Settings

ROOT = Path(__file__).parents[2]
HELP = ROOT / "resources/help"
LANGUAGES = ["en", *sorted(path.name for path in HELP.iterdir() if path.is_dir())]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")


def test_each_file_is_a_topic_and_each_topic_has_its_file() -> None:
    assert {path.stem for path in HELP.glob("*.md")} == set(help_pages.TOPICS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_to_pages_or_to_the_web(language: str) -> None:
    wrong = {
        (page.topic, link)
        for page in help_pages.pages(language)
        for link in LINK.findall(page.text)
        if not link.startswith("https://") and help_pages.topic_of(link) is None
    }
    assert wrong == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_without_json_are_named(language: str) -> None:
    parsers = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    without = {name for name in COMMANDS if "--json" not in _usage(parsers[name])}  # type: ignore[index,call-overload]
    (page,) = (page for page in help_pages.pages(language) if page.topic == "commands")
    told = re.search(r"`--json`[^:(]*\(([^)]*)\)", page.text)
    assert told is not None
    assert set(re.findall(r"`(\w+)`", told[1])) == without


def _usage(parser: argparse.ArgumentParser) -> str:
    """Return the usage of a command and its subcommands."""
    verbs = [verb for action in parser._actions if isinstance(action, argparse._SubParsersAction) for verb in action.choices.values()]
    return "".join(one.format_usage() for one in (parser, *verbs))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_has_a_title_of_its_own(language: str) -> None:
    titles = [page.title for page in help_pages.pages(language)]
    assert len(set(titles)) == len(titles)
    assert all(titles)


@pytest.mark.parametrize(
    ("link", "topic"),
    [("score.md", "score"), ("nowhere.md", None), ("score", None), ("../score.md", None), ("https://example.org/score.md", None)],
)
def test_what_a_link_leads_to(link: str, topic: str | None) -> None:
    assert help_pages.topic_of(link) == topic


def test_a_page_that_is_not_translated_is_shown_in_english(tmp_path: Path) -> None:
    (tmp_path / "ko").mkdir()
    (tmp_path / "ko/score.md").write_text("# 점수\n\n본문\n")
    for topic in help_pages.TOPICS:
        (tmp_path / f"{topic}.md").write_text(f"# Title of {topic}\n\nText.\n")
    folder = str(tmp_path)
    assert help_pages.page("score", "ko_KR", folder) == ("score", "점수", "본문", "ko")
    assert help_pages.page("froze", "ko", folder) == ("froze", "Title of froze", "Text.", "en")
    assert help_pages.page("score", "de", folder).language == "en"
    assert [page.language for page in help_pages.pages("ko", folder)].count("ko") == 1


def settings_told(language: str) -> set[str]:
    text = help_pages.page("machines", language).text + help_pages.page("stepping-in", language).text
    return set(re.findall(r"`(\w+)`", text)) | set(re.findall(r"^ *(\w+) = ", text, re.MULTILINE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_defaults_that_are_told_are_those_of_the_program(language: str) -> None:
    """A row of the table: keys in the first cell, their defaults in the second."""
    rows = re.findall(r"^\| ([^|]*`\w+`[^|]*) \| (-?\d[^|]*) \|", help_pages.page("machines", language).text, re.MULTILINE)
    told = {}
    for names, values in rows:
        keys = re.findall(r"`(\w+)`", names)
        told |= dict(zip(keys, values.split(", "), strict=True))
    assert told
    defaults = {key.name: key.default(Settings()) for key in KEYS if key.name in told}
    assert told == {name: f"{value >> 30}G" if value > 1 << 30 else f"{value:g}" for name, value in defaults.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_told(language: str) -> None:
    assert {key.name for key in KEYS} - settings_told(language) == set()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_has_the_same_code_links_and_tables(language: str) -> None:
    """Words are the translator's; what is typed, and where it leads, isn't."""

    def shape(text: str) -> dict[str, object]:
        return {
            "code": [line for line in text.splitlines() if line.startswith("    ")],
            "links": sorted(LINK.findall(text)),
            "headings": len(re.findall(r"^## ", text, re.MULTILINE)),
            "rows": [line.count("|") for line in text.splitlines() if line.startswith("|")],
        }

    for topic in help_pages.TOPICS:
        page = help_pages.page(topic, language)
        if page.language != "en":
            assert shape(page.text) == shape(help_pages.page(topic).text), topic


@pytest.mark.parametrize(("language", "other"), [("en", r"\d%"), ("ko", r"\d[ \u00a0]%")])
def test_a_per_cent_is_written_in_one_way(language: str, other: str) -> None:
    """As the window and the commands write it; code is what somebody types."""
    wrong = [
        (page.topic, line)
        for page in help_pages.pages(language)
        for line in re.sub(r"```.*?```|`[^`]*`", "", page.text, flags=re.DOTALL).splitlines()
        if re.search(other, line)
    ]
    assert wrong == []
