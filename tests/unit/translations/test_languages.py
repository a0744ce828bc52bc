"""Specifies that a language that is offered is whole: every sentence translated, with the same values, its particles settled."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from translations.catalogue import Catalogue, Message, load

FOLDER = Path(__file__).parents[3] / "resources/translations"
HELP = Path(__file__).parents[3] / "resources/help"
LABEL = re.compile(r"(?<!\*)\*{1,2}([A-Z][^*\n]+?)…?\*{1,2}(?!\*)")
"""What the help calls a button, a menu entry or a window: in bold or italics, with a capital."""
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.po"))
BARE_PARTICLE = re.compile(r"\}(?:을|를|은|는|이|가|과|와|로|으로)(?![가-힣(])")
"""Right after a value, whose last sound decides which it must be: written as a pair, which `messages.korean` settles."""


@pytest.fixture(params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return load(FOLDER / f"{request.param}.po")


def said(catalogue: Catalogue) -> list[Message]:
    return [message for message in catalogue.messages if not message.obsolete]


def values(template: str) -> set[tuple[str | None, str | None, str | None]]:
    return {(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template) if name is not None}


def test_korean_is_one_of_them() -> None:
    assert "ko" in LANGUAGES


def test_every_sentence_is_translated(catalogue: Catalogue) -> None:
    assert [message.text for message in said(catalogue) if not message.done] == []


def test_a_translation_has_the_values_of_its_sentence(catalogue: Catalogue) -> None:
    wrong = []
    for message in said(catalogue):
        if "python-brace-format" in message.flags:
            wanted = values(message.text) | values(message.plural or "")
            wrong += [text for text in message.translations if values(text) != wanted]
        elif "%" in message.text:
            wrong += [text for text in message.translations if text.count("%") != message.text.count("%")]
    assert wrong == []


def test_a_translation_begins_and_ends_as_its_sentence_where_that_is_glued_on(catalogue: Catalogue) -> None:
    def ends(text: str) -> tuple[bool, bool, bool]:
        return text[:1].isspace(), text[-1:].isspace(), text.endswith("…")

    assert [message.text for message in said(catalogue) if ends(message.text) != ends(message.translations[0])] == []


def test_no_korean_particle_is_fixed_after_a_value() -> None:
    texts = [text for message in said(load(FOLDER / "ko.po")) for text in message.translations]
    assert [text for text in texts if BARE_PARTICLE.search(text)] == []


def test_the_help_calls_buttons_and_windows_as_they_are_called() -> None:
    """Of what it stresses, that which stands in the program as it is; a translation says that as the program does."""
    for language in LANGUAGES:
        catalogue = load(FOLDER / f"{language}.po")
        called: dict[str, set[str]] = {}
        for message in said(catalogue):
            called.setdefault(message.text.rstrip("…"), set()).add(message.translations[0].rstrip("…"))
        pages = [page for page in HELP.glob("*.md") if (HELP / language / page.name).exists()]
        named = [(page.name, label) for page in pages for label in LABEL.findall(page.read_text()) if label in called]
        assert len(pages) < len(list(HELP.glob("*.md"))) or len({label for _, label in named}) > 15
        texts = {page.name: (HELP / language / page.name).read_text() for page in pages}
        assert [(page, label) for page, label in named if not any(word in texts[page] for word in called[label])] == []
