"""Which sentences are found in the code, and which are refused because nobody could translate them as they stand."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

import pytest
from translations.argparse_words import ARGPARSE, FOR_PROGRAMMERS
from translations.catalogue import Message, load, write
from translations.compile import checked
from translations.extract import NotExtracted, extract, of_code
from translations.update import TEMPLATE, merged, template

TREE = Path(__file__).parents[3]
IMPORT = "from oomtray.messages.i18n import mark, tr, tr_c, tr_n\n"
BRACES = frozenset({"python-brace-format"})


def found(code: str) -> list[Message]:
    return list(of_code(IMPORT + code, "x.py"))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        pytest.param('tr("a")', Message("a"), id="tr"),
        pytest.param('tr("a" "b")', Message("ab"), id="in-parts"),
        pytest.param('tr("{name} b", name=1)', Message("{name} b", flags=BRACES), id="values"),
        pytest.param('tr_n("{count} a", "{count} as", 3)', Message("{count} a", "{count} as", flags=BRACES), id="plural"),
        pytest.param('tr_n("one a", "{count} as", 3)', Message("one a", "{count} as", flags=BRACES), id="one-says-one"),
        pytest.param('tr_c("verb", "a")', Message("a", context="verb"), id="context"),
        pytest.param('T = {1: mark("a")}', Message("a"), id="table"),
        pytest.param('# Translators: short,\n# please\ntr("a")', Message("a", comments=("short, please",)), id="hint"),
        pytest.param('# why\nx = 1\ntr("a")', Message("a"), id="no-hint"),
        pytest.param("from oomtray.messages import i18n\ni18n.tr('a')", Message("a"), id="module"),
        pytest.param("from oomtray.messages.i18n import tr as say\nsay('a')", Message("a"), id="another-name"),
    ],
)
def test_a_template_is_found(code: str, wanted: Message) -> None:
    (message,) = found(code)
    assert message.files == ("x.py",)
    assert (message.text, message.plural, message.context, message.comments, message.flags) == (
        wanted.text, wanted.plural, wanted.context, wanted.comments, wanted.flags,
    )  # fmt: skip


@pytest.mark.parametrize(
    "code",
    ["tr(TABLE[x])", "tr(template)", "tr(self.title)", "rows.mark(row)", "other.tr('a')", "def f(tr): pass"],
)
def test_what_stands_for_a_marked_template_is_no_template(code: str) -> None:
    assert found(code) == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("tr(f'{a} b')", "tr takes literals"),
        ("tr('a' + b)", "tr takes literals"),
        ("tr('a %s' % b)", "tr takes literals"),
        ("tr('a'.format())", "tr takes literals"),
        ("tr(a if b else 'c')", "tr takes literals"),
        ("mark(a)", "mark takes literals"),
        ("tr_n('a', b, 3)", "tr_n takes literals"),
        ("tr_n('a')", "tr_n takes literals"),
        ("tr_c(a, 'b')", "tr_c takes literals"),
        ("tr('{} a')", "a placeholder has a name"),
        ("tr('{a.b}')", "a placeholder has a name"),
        ("tr('{a')", "expected '}'"),
        ("tr(' ')", "nothing to translate"),
        ("tr_n('{a} b', '{count} bs', 2)", "both forms have the same placeholders"),
    ],
)
def test_what_nobody_could_translate_is_refused(code: str, says: str) -> None:
    with pytest.raises(NotExtracted, match=rf"^x\.py:2: .*{says}"):
        found(code)


def test_the_whole_program_is_extracted() -> None:
    said = extract(TREE)
    assert len({message.key for message in said}) == len(said) > 0


def test_the_template_that_translators_get_is_what_the_program_says() -> None:
    path = TREE / "resources/translations" / TEMPLATE
    assert path.read_text("utf-8") == template(extract(TREE)), "sentences have changed: run `make translations`"


def test_each_language_is_up_to_date_and_can_be_compiled() -> None:
    for path in (TREE / "resources/translations").glob("*.po"):
        catalogue = load(path)
        assert write(merged(catalogue, extract(TREE))) == path.read_text("utf-8"), "run `make translations`"
        checked(catalogue, path.name)


def test_argparses_words_are_those_of_this_python() -> None:
    """In a newer Python something may be said that isn't listed yet."""
    with open(argparse.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    says = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "ngettext")
        if isinstance(call.args[0], ast.Constant)
    }
    known = {message.text for message in ARGPARSE}
    assert says
    assert says - known - FOR_PROGRAMMERS == set()
    assert known & FOR_PROGRAMMERS == set()
