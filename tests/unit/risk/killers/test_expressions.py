"""Regular expressions of killers: what is searched for, and what is not for it could take forever."""

from __future__ import annotations

import pytest

from oomtray.risk.killers.expressions import found, posix, python


@pytest.mark.parametrize("pattern", [
    "(a|a|a|a|a|a|a|a)*b", "(a*)*b", "(a+)+b", "((a|a))+b", "(a?){40}b", "(?:a|a)*b", "(x[)]|a|a)*b", r"(\)|a|a)+b", "((a|a)b?)*",
])  # fmt: skip
def test_a_repeated_group_of_choices_is_not_searched_for(pattern: str) -> None:
    """With 15 letters a the first of them takes 8 to the 15th steps, and Python can't be interrupted in it."""
    assert (posix(pattern), python(pattern)) == (None, None)


@pytest.mark.parametrize(("pattern", "name"), [
    ("(^|/)(init|Xorg|ssh)$", "Xorg"), ("^(Web Content|firefox.*)$", "firefox-bin"), ("(ab)+c", "ababc"), ("[(*|]+x", "(x"),
    (r"^\(a|b\)*$", "(a"), ("(java|node)?x", "nodex"), ("(?:a|b)c*", "bcc"), ("[]*()]+$", ")"), ("[[:alpha:]|]+(x)*", "abx"),
])  # fmt: skip
def test_other_expressions_are_searched_for(pattern: str, name: str) -> None:
    compiled = posix(pattern)
    assert compiled is not None
    assert found(compiled, name)


@pytest.mark.parametrize("pattern", [")*", "(", "[", "a{", "))*(a|b)*"])
def test_half_an_expression_is_none_or_literal(pattern: str) -> None:
    assert python(pattern) is None or pattern == "a{"
