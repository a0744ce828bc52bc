"""Catalogues: read and written as gettext has them, kept up with the code, and compiled to what gettext reads."""

from __future__ import annotations

import gettext
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from translations.catalogue import Message, NotACatalogue, load, read, write
from translations.compile import NotCompiled, checked, compile_all
from translations.update import merged, template

from tests.rigs.processes.programs import need_programs

HEAD = 'msgid ""\nmsgstr "Language: de\\nContent-Type: text/plain; charset=UTF-8\\nPlural-Forms: {}\\n"\n\n'
GERMAN = HEAD.format("nplurals=2; plural=n != 1;")
POLISH = HEAD.format("nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;")
KOREAN = HEAD.format("nplurals=1; plural=0;")

TEXT = GERMAN + r"""# from a translator
#. for a translator
#: oomtray/a.py oomtray/b.py
#, fuzzy, python-brace-format
msgid "{name} is \"gone\"\t"
msgstr "{name} ist \"weg\"\t"

msgctxt "verb"
msgid ""
"Two\n"
"lines"
msgstr ""
"Zwei\n"
"Zeilen"

#, python-brace-format
msgid "{count} app"
msgid_plural "{count} apps"
msgstr[0] "ein Programm"
msgstr[1] "{count} Programme"

#~ msgid "old"
#~ msgstr "alt"
"""


def test_a_catalogue_is_read_as_it_is_written() -> None:
    catalogue = read(TEXT)
    assert catalogue.messages == (
        Message(
            '{name} is "gone"\t',
            files=("oomtray/a.py", "oomtray/b.py"),
            comments=("for a translator",),
            notes=("from a translator",),
            flags=frozenset({"fuzzy", "python-brace-format"}),
            translations=('{name} ist "weg"\t',),
        ),
        Message("Two\nlines", context="verb", translations=("Zwei\nZeilen",)),
        Message(
            "{count} app", "{count} apps", flags=frozenset({"python-brace-format"}),
            translations=("ein Programm", "{count} Programme"),
        ),
        Message("old", translations=("alt",), obsolete=True),
    )  # fmt: skip
    assert read(write(catalogue)) == catalogue


def test_gettexts_own_tools_take_what_is_written(tmp_path: Path) -> None:
    need_programs({"msgfmt": "gettext"})
    path = tmp_path / "de.po"
    path.write_text(write(read(TEXT)), "utf-8")
    done = subprocess.run(["msgfmt", "--check-format", "-o", "/dev/null", path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "line 1: no header", id="empty"),
        pytest.param('msgid "a"\nmsgstr "b"\n', "line 1: no header", id="no-header"),
        pytest.param(GERMAN + "what is this\n", "line 4: what is this", id="a-line-of-no-kind"),
        pytest.param(GERMAN + 'msgid "a\n', 'line 4: msgid "a', id="an-open-quote"),
        pytest.param(GERMAN + 'msgid "a\\"\n', 'line 4: msgid "a\\"', id="an-escaped-end"),
        pytest.param(GERMAN + 'msgstr "b"\n', "line 4: a message without msgid", id="no-msgid"),
    ],
)
def test_what_is_no_catalogue_says_where(text: str, says: str) -> None:
    with pytest.raises(NotACatalogue, match="^" + says.replace("\\", "\\\\").replace('"', '"') + "$"):
        read(text)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    for text in (b"rubbish", b"\xff"):
        path.write_bytes(text)
        with pytest.raises(NotACatalogue, match=r"^de\.po: "):
            load(path)


# -- compiled


def of(text: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(checked(read(text), "x.po")))


def test_python_reads_what_is_compiled() -> None:
    german = of(TEXT)
    assert german.info()["language"] == "de"
    assert german.pgettext("verb", "Two\nlines") == "Zwei\nZeilen"
    assert german.gettext("Two\nlines") == "Two\nlines"
    assert [german.ngettext("{count} app", "{count} apps", n) for n in (1, 2)] == ["ein Programm", "{count} Programme"]
    # neither what is offered nor what is gone
    assert german.gettext('{name} is "gone"\t') == '{name} is "gone"\t'
    assert german.gettext("old") == "old"


@pytest.mark.parametrize(
    ("head", "forms", "wanted"),
    [
        pytest.param(KOREAN, ["개"], "개 개 개 개 개", id="one-form"),
        pytest.param(GERMAN, ["a", "b"], "b a b b b", id="two"),
        pytest.param(POLISH, ["a", "b", "c"], "c a b c b", id="three"),
    ],
)
def test_plural_forms_go_by_the_languages_own_rule(head: str, forms: list[str], wanted: str) -> None:
    said = "".join(f'msgstr[{n}] "{form}"\n' for n, form in enumerate(forms))
    language = of(f'{head}msgctxt "c"\nmsgid "x"\nmsgid_plural "xs"\n{said}')
    assert " ".join(language.npgettext("c", "x", "xs", n) for n in (0, 1, 2, 12, 22)) == wanted


def test_the_system_reads_what_is_compiled(tmp_path: Path) -> None:
    need_programs({"msgunfmt": "gettext"})
    path = tmp_path / "x.mo"
    path.write_bytes(checked(read(TEXT), "x.po"))
    shown = subprocess.run(["msgunfmt", path], capture_output=True, text=True, check=True).stdout
    assert {(m.key, m.translations) for m in read(shown).messages} == {
        (m.key, m.translations) for m in read(TEXT).messages if m.done
    }


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('#, python-brace-format\nmsgid "{a}"\nmsgstr "{b}"', "a, b"),
        ('#, python-brace-format\nmsgid "{a}"\nmsgstr "a"', "a"),
        ('#, python-brace-format\nmsgid "{a}"\nmsgstr "{a"', "expected '}'"),
        ('#, python-format\nmsgid "%(a)s"\nmsgstr "%(a)d"', r"%\(a\)d, %\(a\)s"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"', "1 plural forms instead of 2"),
    ],
    ids=["another-name", "missing", "broken", "another-type", "too-few-forms"],
)
def test_a_translation_that_would_break_a_sentence_is_not_compiled(entry: str, says: str) -> None:
    with pytest.raises(NotCompiled, match=rf"^de\.po: '.*: .*{says}"):
        checked(read(f"{GERMAN}{entry}\n"), "de.po")


def test_a_form_may_say_one_for_the_number() -> None:
    checked(read(GERMAN + '#, python-brace-format\nmsgid "{count} a"\nmsgid_plural "{count} b"\nmsgstr[0] "ein c"\nmsgstr[1] "{count} d"\n'), "x")


def test_each_language_is_compiled_to_where_the_program_looks_and_a_gone_one_removed(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    for name in ("de", "pt_BR"):
        (source / f"{name}.po").write_text(TEXT, "utf-8")
    assert compile_all(source, target) == [target / name / "LC_MESSAGES/oomtray.mo" for name in ("de", "pt_BR")]
    (source / "pt_BR.po").unlink()
    other = target / "pt_BR/other"
    other.mkdir()
    compile_all(source, target)
    assert [str(path.relative_to(target)) for path in sorted(target.rglob("*"))] == [
        "de", "de/LC_MESSAGES", "de/LC_MESSAGES/oomtray.mo", "pt_BR", "pt_BR/other",
    ]  # fmt: skip
    shutil.rmtree(source)
    source.mkdir()
    compile_all(source, target)
    assert [path for path in target.rglob("*") if path.is_file()] == []


def test_one_bad_language_leaves_all_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.po").write_text(TEXT, "utf-8")
    (tmp_path / "b.po").write_text("rubbish", "utf-8")
    with pytest.raises(NotACatalogue):
        compile_all(tmp_path, tmp_path)
    assert list(tmp_path.rglob("*.mo")) == []


# -- kept up with the code


def after(*said: Message, old: str = TEXT) -> dict[str, Message]:
    return {message.text: message for message in merged(read(old), said).messages}


def test_a_translation_stays_while_the_sentence_does() -> None:
    new = Message("{count} app", "{count} apps", files=("oomtray/c.py",), comments=("new",), flags=frozenset({"python-brace-format"}))
    kept = after(new)["{count} app"]
    assert (kept.translations, kept.files, kept.comments) == (("ein Programm", "{count} Programme"), ("oomtray/c.py",), ("new",))
    assert kept.done


def test_a_new_sentence_waits_for_its_translation_in_all_forms_of_the_language() -> None:
    said = Message("quite new"), Message("{count} thing", "{count} things")
    assert [m.translations for m in after(*said).values() if not m.obsolete] == [("",), ("", "")]
    assert [m.translations for m in after(*said, old=POLISH).values()] == [("",), ("", "", "")]


def test_a_changed_sentence_is_offered_its_old_translation_to_be_looked_at() -> None:
    old = GERMAN + 'msgid "{name} was ended by force."\nmsgstr "{name} wurde beendet."\n'
    offered = after(Message("{name} was ended by force!"), old=old)
    assert list(offered) == ["{name} was ended by force!"]
    message = offered["{name} was ended by force!"]
    assert (message.translations, message.flags, message.done) == (("{name} wurde beendet.",), {"fuzzy"}, False)


def test_a_sentence_that_is_gone_keeps_its_translation_and_can_come_back() -> None:
    gone = after()
    assert {text for text, message in gone.items() if message.obsolete} == {"Two\nlines", "{count} app", "old"}
    back = after(Message("old"))["old"]
    assert (back.translations, back.obsolete) == (("alt",), False)


def test_a_template_is_the_same_each_time_and_holds_no_date_or_host() -> None:
    said = (Message("a", files=("b.py",)),)
    assert template(said) == template(said)
    assert "Date" not in template(said)
