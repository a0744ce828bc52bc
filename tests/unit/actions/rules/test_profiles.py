"""The profiles that come with the program, and the old scale that they are written in."""

from __future__ import annotations

import pytest

from oomtray.actions.rules.parse import parse
from oomtray.actions.rules.profiles import convert, load_profiles, profile


@pytest.mark.parametrize(
    ("old", "new"), [(-17, -999), (-16, -941), (-10, -588), (-5, -294), (0, 0), (5, 294), (10, 588), (15, 1000)], ids=str
)
def test_the_old_scale_is_converted_as_the_kernel_does_it_short_of_never(old, new):
    assert convert(old) == new


def test_the_profiles_that_come_with_the_program():
    profiles = {one.name: one for one in load_profiles()}
    assert list(profiles) == ["remote-access", "databases", "web-servers", "browsers", "development-tools"]
    for one in profiles.values():
        assert one.rules
        assert all(rule.may_ask for rule in one.rules if one.value < 0), "a negative one must be able to ask"
        text = "".join(
            "[[rule]]\n" + "".join(f'{key} = "{value}"\n' for key, value in rule.conditions.items()) + f"set = {rule.set}\n"
            for rule in one.rules
        )
        assert parse(text).mistakes == ()
    assert [one.name for one in profile("browsers")] == ["browsers"]
    assert len(profile("all")) == 5
    with pytest.raises(KeyError):
        profile("nope")
