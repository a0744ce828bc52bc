"""Translation of sentences: a template is looked up in the gettext catalogue, then its values are filled in.

    tr("{name} was ended by force.", name=printable(process.name))
    tr_n("{count} process", "{count} processes", count)

English is the language of the templates and needs no file. Catalogues are compiled from
`resources/translations/*.po` into `resources/translations/LANGUAGE/LC_MESSAGES/oomtray.mo`; only this module
opens them. The environment selects the language as in gettext(3): LC_ALL, LC_MESSAGES or LANG, and LANGUAGE
unless that is C.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import oomtray
from oomtray.text import print_minus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from gettext import NullTranslations

DOMAIN = "oomtray"
FOLDER = "OOMTRAY_TRANSLATIONS"
"""Environment variable that names another folder of catalogues, for tests and translators."""


class _English:
    def gettext(self, message: str) -> str:
        return message if _apostrophe == "'" else message.replace("'", _apostrophe)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, _context: str, message: str) -> str:
        return self.gettext(message)


_NEGATIVE = ("-999", "-1000")
"""The negative numbers within templates: the lowest oom_score_adj that is set, and the lowest there is."""
_catalogue: _English | NullTranslations | None = None
_language = "en"
_apostrophe = "'"
"""Apostrophe in English: templates and commands use the typewriter's, the window the typographic one."""
_minus = "-"
"""Sign of the negative numbers within templates."""
_settled: Callable[[str, Mapping[str, object]], str] | None = None
"""A language's hook that adapts a translation before its values are filled in."""


def tr(template: str, /, **values: object) -> str:
    """Return the template in the user's language, with its values; the caller makes names in them printable."""
    return _filled((_catalogue or _loaded()).gettext(template), values) if template else ""  # gettext answers "" with its header


def tr_n(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return the plural form for `count`; `{count}` stands for the number in both templates."""
    return _filled(_loaded().ngettext(singular, plural, count), {"count": count, **values})


def tr_c(context: str, template: str, /, **values: object) -> str:
    """Like `tr`, for a text with two meanings in English; `context` tells the translator which one is meant."""
    return _filled(_loaded().pgettext(context, template), values)


def mark(template: str) -> str:
    """Return the template unchanged, marked for extraction; `tr` looks it up when it is shown."""
    return template


def joined(names: Sequence[str], more: int = 0, *, most: int | None = None) -> str:
    """Join names in a sentence: "a", "a and b", "a, b and c", "a, b and 3 more"; at least one is needed, and those after `most` are counted."""
    shown = names[:most]
    more += len(names) - len(shown)
    *first, last = [*shown, tr_n("{count} more", "{count} more", more)] if more else shown
    if not first:
        return last
    return tr("{first} and {last}", first=tr(", ").join(first), last=last)


def language() -> str:
    """Return the language of the current catalogue, such as `ko`; `en` if there is none."""
    _loaded()
    return _language


def print_signs() -> None:
    """Use typographic apostrophes in English, and minus signs in every language, from now on: don’t, −500.

    For windows, not commands, whose text may be searched, and whose numbers may be typed again.
    """
    global _apostrophe, _minus
    _apostrophe, _minus = "\u2019", "\u2212"
    print_minus()


def choose_again() -> None:
    """Determine the language anew from the environment at the next sentence."""
    global _catalogue, _language, _settled
    _catalogue, _language, _settled = None, "en", None


def _filled(text: str, values: Mapping[str, object]) -> str:
    if _minus != "-" and any(number in text for number in _NEGATIVE):
        for number in _NEGATIVE:
            text = text.replace(number, _minus + number[1:])
    if not values:
        return text
    return (text if _settled is None else _settled(text, values)).format_map(values)


def _loaded() -> _English | NullTranslations:
    global _catalogue  # noqa: PLW0603 - one catalogue per process, as in gettext itself
    if _catalogue is None:
        _catalogue = _load()
    return _catalogue


def _load() -> _English | NullTranslations:
    global _language, _settled  # noqa: PLW0603
    wanted = languages(os.environ)
    if not wanted:
        return _English()
    import gettext
    from contextlib import suppress

    folder = os.environ.get(FOLDER) or os.path.join(os.path.dirname(oomtray.__file__), "resources", "translations")
    for name in wanted:
        found = None
        with suppress(Exception):  # missing or broken in any way: English is always available
            found = gettext.translation(DOMAIN, folder, [name])
        if found is None:
            continue
        _language = name
        if name.partition("_")[0] == "ko":
            from oomtray.messages.korean import settled

            _settled = settled
        # argparse gets its own texts from the gettext module
        gettext.bindtextdomain(DOMAIN, folder)
        gettext.textdomain(DOMAIN)
        return found
    return _English()


def languages(environment: Mapping[str, str]) -> list[str]:
    """Return the languages to try before English, best first: `ko_KR`, then `ko`."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "C")
    if locale in ("C", "POSIX"):
        return []
    wanted: list[str] = []
    for one in (environment.get("LANGUAGE") or locale).split(":"):
        plain = one.partition(".")[0].partition("@")[0]
        short = plain.partition("_")[0]
        if short in ("en", "C", "POSIX", "") or "/" in plain:
            break
        wanted += [plain] if plain == short else [plain, short]
    return wanted
