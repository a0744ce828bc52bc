"""What is wrong with a text that is no TOML is told in words of the program's own, whichever of its errors Python's reader names."""

from __future__ import annotations

import pytest

from oomtray.config.toml_text import TomlError, document_of
from oomtray.messages.files import toml_detail, toml_problem


def said(text: str) -> str:
    with pytest.raises(TomlError) as error:
        document_of(text)
    return toml_problem(error.value.problem).removeprefix("This is not valid TOML: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("= 2", "neither a setting nor a [table] begins here."),
        ("a = 1 2\n", "something follows the end of the value."),
        ("a\n", '"=" is missing after the name.'),
        ("[]\n", "a name is missing, or begins with a character that it can't have."),
        ("a = maybe\n", "the value is missing or not understood; text needs quotation marks."),
        ("a = [1 2]\n", "the closing bracket of a list is missing."),
        ("a = {b = 1", "the closing brace of a table is missing."),
        ('a = "x', "a closing quotation mark is missing."),
        ('a = "x\n', "a closing quotation mark is missing."),
        ("a = 'x", "a closing quotation mark is missing."),
        ("a = 'x\n", "a closing quotation mark is missing."),
        ("a = '''x", "a closing quotation mark is missing."),
        ('a = """x', "a closing quotation mark is missing."),
        ('a = "\x01"', "the character '\\x01' can't stand here."),
        ("a = 1 # \x01\n", "the character '\\x01' can't stand here."),
        ('a = "\\q"', "a backslash in text has to be written twice."),
        ('a = "\\uzzzz"', "a character that is written as a number doesn't exist."),
        ('a = "\\ud800"', "a character that is written as a number doesn't exist."),
        ("[a]\n[a]\n", "the table [a] begins a second time."),
        ("a = {b = 1}\n[a.b]\n", "the table [a.b] begins a second time."),
        ("a = 1\na = 2\n", "this is set a second time."),
        ("a = {b = 1, b = 2}", "this is set a second time."),
        ("a = {b = 1}\na.c = 2\n", "this is set a second time."),
        ("[a.b]\n[a]\nb.c = 1\n", "this is set a second time."),
        ("[a\n", "the closing bracket after the name of a table is missing."),
        ("[[a]\n", "the closing bracket after the name of a table is missing."),
        ("a = 2026-02-31\n", "there is no such date or time."),
    ],
)
def test_a_mistake(text: str, says: str) -> None:
    assert said(text) == says


def test_what_is_not_known_is_told_as_it_is() -> None:
    assert toml_detail("Something \x1b[2J new") == "Something \\x1b[2J new"
