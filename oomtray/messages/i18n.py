"""Sentences in the user's language: a template is looked up in the gettext catalogue, then its values go in.

    tr("{name} was ended by force.", name=printable(process.name))
    tr_n("{count} process", "{count} processes", count)

English is the language of the templates and costs no file. Catalogues are compiled from `resources/translations/*.po`
into `resources/translations/LANGUAGE/LC_MESSAGES/oomtray.mo`; this module alone opens them. Which language that is, the
environment says as gettext(3) reads it: LANGUAGE, LC_ALL, LC_MESSAGES, LANG.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import oomtray

if TYPE_CHECKING:
    from collections.abc import Sequence

DOMAIN = "oomtray"
FOLDER = "OOMTRAY_TRANSLATIONS"
"""Environment variable that names another folder of catalogues, for tests and for translators."""


class _Catalogue(Protocol):
    def gettext(self, message: str, /) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str: ...
    def pgettext(self, context: str, message: str, /) -> str: ...


class _English:
    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2

    def pgettext(self, _context: str, message: str) -> str:
        return message


_catalogue: _Catalogue | None = None


def tr(template: str, /, **values: object) -> str:
    """The template in the user's language with its values; a name among them is made printable by the caller."""
    text = _loaded().gettext(template)
    return text.format(**values) if values else text


def tr_n(singular: str, plural: str, count: int, /, **values: object) -> str:
    """The form for `count` of the thing; `{count}` stands for the number in both."""
    return _loaded().ngettext(singular, plural, count).format(count=count, **values)


def tr_c(context: str, template: str, /, **values: object) -> str:
    """`tr` for a text that means two things in English: `context` tells a translator which one."""
    text = _loaded().pgettext(context, template)
    return text.format(**values) if values else text


def mark(template: str) -> str:
    """The template as it is, marked to be found for translation; `tr` looks it up where it is shown."""
    return template


def joined(names: Sequence[str], more: int = 0) -> str:
    """Names as a list in a sentence: "a", "a and b", "a, b and c", "a, b and 3 more"; at least one name."""
    *first, last = [*names, tr_n("{count} more", "{count} more", more)] if more else names
    if not first:
        return last
    return tr("{first} and {last}", first=tr(", ").join(first), last=last)


def language() -> str:
    """The language of the catalogue that is in use, such as `ko`; `en` where there is none."""
    _loaded()
    return _language


_language = "en"


def _loaded() -> _Catalogue:
    global _catalogue  # noqa: PLW0603 - one catalogue a process, as gettext itself has it
    if _catalogue is None:
        _catalogue = _load()
    return _catalogue


def _load() -> _Catalogue:
    global _language  # noqa: PLW0603
    wanted = _languages(os.environ)
    if not wanted:
        return _English()
    import gettext

    folder = os.environ.get(FOLDER) or os.path.join(os.path.dirname(oomtray.__file__), "resources", "translations")
    for name in wanted:
        try:
            found = gettext.translation(DOMAIN, folder, [name])
        except (OSError, ValueError, UnicodeDecodeError, KeyError):  # none, or a broken one: English is always there
            continue
        _language = name
        # argparse asks the gettext module for its own words
        gettext.bindtextdomain(DOMAIN, folder)
        gettext.textdomain(DOMAIN)
        return found
    return _English()


def _languages(environment: os._Environ[str] | dict[str, str]) -> list[str]:
    """Those to try before English, best first: `ko_KR`, then `ko`."""
    said = next(
        (environment[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    wanted: list[str] = []
    for one in said.split(":"):
        plain = one.partition(".")[0].partition("@")[0]
        short = plain.partition("_")[0]
        if short in ("en", "C", "POSIX", ""):
            break
        wanted += [plain] if plain == short else [plain, short]
    return wanted
