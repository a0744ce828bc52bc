"""Sentences in the user's language: which language that is, what a catalogue gives, and English wherever one can't."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from translations.catalogue import Message

from oomtray import text
from oomtray.messages import i18n
from oomtray.messages.numbers import change
from oomtray.text import adjustment, size
from tests.rigs.translations.speaking import environment, put, speaking


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        pytest.param({}, [], id="nothing-said"),
        pytest.param({"LANG": "ko_KR.UTF-8"}, ["ko_KR", "ko"], id="lang"),
        pytest.param({"LANG": "ko"}, ["ko"], id="language-alone"),
        pytest.param({"LANG": "sr_RS@latin"}, ["sr_RS", "sr"], id="modifier"),
        pytest.param({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "de_DE"}, ["de_DE", "de"], id="messages-over-lang"),
        pytest.param({"LC_MESSAGES": "de_DE", "LC_ALL": "fr_FR"}, ["fr_FR", "fr"], id="all-over-messages"),
        pytest.param({"LANG": "de_DE", "LC_ALL": ""}, ["de_DE", "de"], id="an-empty-one-says-nothing"),
        pytest.param({"LANG": "de_DE", "LANGUAGE": "ko:fr"}, ["ko", "fr"], id="language-over-all"),
        pytest.param({"LANG": "de_DE", "LANGUAGE": "ko:en:fr"}, ["ko"], id="english-ends-the-list"),
        pytest.param({"LANG": "ko_KR", "LANGUAGE": "en_GB:ko"}, [], id="english-first"),
        pytest.param({"LC_ALL": "C", "LANGUAGE": "ko", "LANG": "ko_KR"}, [], id="a-script-asks-for-C"),
        pytest.param({"LC_ALL": "POSIX", "LANGUAGE": "ko"}, [], id="posix"),
        pytest.param({"LC_ALL": "C.UTF-8", "LANGUAGE": "ko"}, ["ko"], id="C-with-an-encoding-is-not-C"),
        pytest.param({"LANG": "../../tmp/x"}, [], id="never-a-path"),
        pytest.param({"LANG": "de_DE", "LANGUAGE": "/tmp/x:ko"}, [], id="nor-an-absolute-one"),
    ],
)
def test_the_environment_says_the_language(environ: dict[str, str], wanted: list[str]) -> None:
    assert i18n.languages(environ) == wanted


def test_english_needs_no_catalogue() -> None:
    assert i18n.language() == "en"
    assert i18n.tr("{name} is gone", name="a{b}") == "a{b} is gone"
    assert i18n.tr("100 % {sure}") == "100 % {sure}"
    assert i18n.tr("") == ""
    assert [i18n.tr_n("{count} app of {who}", "{count} apps of {who}", n, who="x") for n in (0, 1, 2)] == [
        "0 apps of x", "1 app of x", "2 apps of x",
    ]  # fmt: skip
    assert i18n.tr_c("verb", "Reset {name}", name="x") == "Reset x"
    assert i18n.mark("{left} {alone}") == "{left} {alone}"


MESSAGES = (
    Message("{name} is gone", translations=("{name} weg",)),
    Message("Open", context="verb", translations=("Öffnen",)),
    Message("Open", context="state", translations=("Offen",)),
    Message("{count} app", "{count} apps", translations=("ein Programm", "{count} Programme")),
    Message("not yet", translations=("",)),
    Message("maybe", translations=("falsch",), flags=frozenset({"fuzzy"})),
)


def test_a_catalogue_gives_the_sentences_that_it_has(tmp_path: Path) -> None:
    put(tmp_path, "de", *MESSAGES)
    with speaking(environment(tmp_path, "de")):
        assert i18n.language() == "de"
        assert i18n.tr("{name} is gone", name="x") == "x weg"
        assert (i18n.tr_c("verb", "Open"), i18n.tr_c("state", "Open"), i18n.tr("Open")) == ("Öffnen", "Offen", "Open")
        assert [i18n.tr_n("{count} app", "{count} apps", n) for n in (1, 2)] == ["ein Programm", "2 Programme"]
        assert [i18n.tr(text) for text in ("not yet", "maybe", "unheard of", "")] == ["not yet", "maybe", "unheard of", ""]
    assert i18n.language() == "en"


def test_a_region_falls_back_on_its_language_and_a_language_on_the_next(tmp_path: Path) -> None:
    put(tmp_path, "de", *MESSAGES)
    with speaking(environment(tmp_path, "tlh:de_AT.UTF-8")):
        assert i18n.tr("{name} is gone", name="x") == "x weg"


@pytest.mark.parametrize(
    "broken", [b"", b"no catalogue", b"\xde\x12\x04\x95" + b"\xff" * 40], ids=["empty", "text", "lies"]
)
def test_a_broken_catalogue_leaves_english(tmp_path: Path, broken: bytes) -> None:
    put(tmp_path, "de", *MESSAGES).write_bytes(broken)
    with speaking(environment(tmp_path, "de")):
        assert i18n.tr("{name} is gone", name="x") == "x is gone"
        assert i18n.language() == "en"


def test_argparse_says_its_own_words_in_the_same_language(tmp_path: Path) -> None:
    put(tmp_path, "de", Message("options", translations=("Optionen",)))
    with speaking(environment(tmp_path, "de")):
        i18n.tr("options")
        assert gettext.gettext("options") == "Optionen"


@pytest.mark.parametrize(
    ("names", "more", "said"),
    [
        (["a"], 0, "a"),
        (["a", "b"], 0, "a and b"),
        (["a", "b", "c"], 0, "a, b and c"),
        (["a"], 3, "a and 3 more"),
        (["a", "b"], 1, "a, b and 1 more"),
    ],
)
def test_names_are_joined_as_a_sentence_has_them(names: list[str], more: int, said: str) -> None:
    assert i18n.joined(names, more) == said


def test_korean_particles_follow_the_value(tmp_path: Path) -> None:
    put(
        tmp_path, "ko",
        Message("{name} protected", translations=("{name}을(를) 보호했습니다",)),
        Message("{count} of {name}", "{count} of {name}s", translations=("{name}이(가) {count}개",)),
    )  # fmt: skip
    with speaking(environment(tmp_path, "ko")):
        assert i18n.tr("{name} protected", name="Slack") == "Slack을 보호했습니다"
        assert i18n.tr("{name} protected", name="Firefox") == "Firefox를 보호했습니다"
        assert i18n.tr("{name} protected", name="을(를)") == "을(를)을 보호했습니다"
        assert i18n.tr_n("{count} of {name}", "{count} of {name}s", 2, name="Chrome") == "Chrome이 2개"


def keep_typewriter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signs of a command, which the test may change: they are put back at its end."""
    monkeypatch.setattr(i18n, "_apostrophe", "'")
    monkeypatch.setattr(i18n, "_minus", "-")
    monkeypatch.setattr(text, "_minus", "-")


def test_the_window_shows_the_apostrophe_of_print_and_a_command_the_typewriters(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_typewriter(monkeypatch)
    with speaking({}):
        assert i18n.tr("It can't be read.") == "It can't be read."
        i18n.print_signs()
        assert i18n.tr("It can't be read.") == "It can’t be read."
        assert i18n.tr_n("{count} isn't", "{count} aren't", 2) == "2 aren’t"
        assert i18n.tr("{name} isn't", name="it's") == "it's isn’t", "a name stays as it is"


def test_the_window_shows_the_minus_of_print_and_a_command_the_typewriters(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_typewriter(monkeypatch)
    with speaking({}):
        assert i18n.tr("From {low} to -999 in x-1", low=adjustment(-500)) == "From -500 to -999 in x-1"
        assert (size(-2048), change(-(1 << 20))) == ("-2.0 KiB", "-60.0 MiB")
        i18n.print_signs()
        assert i18n.tr("From {low} to -999 in x-1", low=adjustment(-500)) == "From −500 to −999 in x-1"
        assert (size(-2048), change(-(1 << 20))) == ("−2.0 KiB", "−60.0 MiB")
        assert i18n.tr("{name} is at {adj}", name="a-999", adj=adjustment(300)) == "a-999 is at +300", "a name stays as it is"
