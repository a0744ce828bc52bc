"""The program in a test's own language, in this process and in those that it starts."""

from __future__ import annotations

import locale
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from translations.catalogue import Catalogue, Message
from translations.compile import compiled

from oomtray.messages import i18n

PLURALS = {"ko": "nplurals=1; plural=0;", "pl": "nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;"}


def environment(folder: Path, language: str) -> dict[str, str]:
    """Return the environment for a program that uses the `language` of this folder."""
    return {i18n.FOLDER: str(folder), "LC_ALL": "C.UTF-8", "LANGUAGE": language}


def put(folder: Path, language: str, *messages: Message) -> Path:
    """Write the compiled catalogue of a language with these messages into `folder`."""
    path = folder / language / "LC_MESSAGES" / "oomtray.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(compiled(Catalogue(header(language), messages)))
    return path


def header(language: str) -> Message:
    plural = PLURALS.get(language, "nplurals=2; plural=n != 1;")
    text = f"Language: {language}\nContent-Type: text/plain; charset=UTF-8\nPlural-Forms: {plural}\n"
    return Message("", translations=(text,))


@contextmanager
def speaking(environ: Mapping[str, str]) -> Iterator[None]:
    """Switch this process to another language until the end of the block."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        _choose_again()
        yield
    _choose_again()


def _choose_again() -> None:
    """Apply the language, also in the C library, which caches what it has looked up since Qt set a locale in it."""
    i18n.choose_again()
    now = locale.setlocale(locale.LC_MESSAGES)
    locale.setlocale(locale.LC_MESSAGES, "C")  # setting the same one again has no effect
    locale.setlocale(locale.LC_MESSAGES, now)
