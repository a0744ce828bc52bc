"""The pages of the help: Markdown in resources/help, with a folder per language, for the window and the terminal."""

from __future__ import annotations

import os
from typing import NamedTuple

import oomtray

FOLDER = os.path.join(os.path.dirname(oomtray.__file__), "resources", "help")
TOPICS = (
    "start",
    "score",
    "old-advice",
    "froze",
    "killed",
    "machines",
    "lasting",
    "stepping-in",
    "permissions",
    "limits",
    "measured",
    "commands",
    "keys",
)
"""In reading order; a topic's file is TOPIC.md."""


class Page(NamedTuple):
    topic: str
    title: str
    text: str
    """Markdown, without the title line."""
    language: str
    """The language it is written in: `en` if the requested one is missing."""


def page(topic: str, language: str = "en", folder: str = FOLDER) -> Page:
    """Read one of `TOPICS` in this language, such as `ko_KR`, or else in English. Raises OSError."""
    for name in dict.fromkeys((language, language.partition("_")[0])):
        path = os.path.join(folder, name, f"{topic}.md")
        if name != "en" and os.path.isfile(path):
            return _read(topic, name, path)
    return _read(topic, "en", os.path.join(folder, f"{topic}.md"))


def pages(language: str = "en", folder: str = FOLDER) -> list[Page]:
    return [page(topic, language, folder) for topic in TOPICS]


def topic_of(link: str) -> str | None:
    """Return the topic that a link in a page leads to; None if it leads elsewhere."""
    topic = link.removesuffix(".md")
    return topic if topic != link and topic in TOPICS else None


def _read(topic: str, language: str, path: str) -> Page:
    with open(path, encoding="utf-8") as file:
        first, _, rest = file.read().partition("\n")
    return Page(topic, first.removeprefix("# ").strip(), rest.strip(), language)
