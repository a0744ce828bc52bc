"""Korean particles: which form of a pair goes after a name, and that only the translation's own pairs are settled."""

from __future__ import annotations

import pytest

from oomtray.messages.korean import PAIRS, particle, settled


@pytest.mark.parametrize(
    ("name", "pair", "wanted"),
    [
        ("Firefox", "을(를)", "를"),
        ("Slack", "을(를)", "을"),
        ("WhatsApp", "을(를)", "을"),
        ("VS Code", "이(가)", "가"),
        ("Chrome", "이(가)", "이"),
        ("Web Content (4242)", "은(는)", "는"),
        ("mysqld", "와(과)", "와"),
        ("Konsole", "(으)로", "로"),
        ("터미널", "(으)로", "로"),
        ("메모장", "(으)로", "으로"),
        ("systemd-oomd", "이(가)", "가"),
        ("PID 1", "(으)로", "로"),
        ("300", "(으)로", "으로"),
        ("802.11", "(으)로", "로"),
        ("x264", "을(를)", "를"),
        ("80%", "을(를)", "를"),
        ("2.1 GiB", "이(가)", "가"),
        ("JVM", "은(는)", "은"),
        # the rest of the rule
        ("터미널", "을(를)", "을"),
        ("한글", "와(과)", "과"),
        ("지도", "와(과)", "와"),
        ("새 브라우…", "이(가)", "가"),
        ("“메모장”", "이(가)", "이"),
        ("HTML", "(으)로", "로"),
        ("SSH", "이(가)", "가"),
        ("ATOM", "와(과)", "과"),
        ("UAT", "을(를)", "를"),
        ("gcr", "을(를)", "을"),
        ("", "이(가)", "가"),
        ("---", "을(를)", "를"),
    ],
)
def test_a_particle_goes_by_the_sound_before_it(name: str, pair: str, wanted: str) -> None:
    assert particle(name, pair) == wanted


@pytest.mark.parametrize(
    ("template", "values", "wanted"),
    [
        pytest.param("{name}을(를) 보호", {"name": "Slack"}, "Slack을 보호", id="after-a-name"),
        pytest.param("{name}({pid})이(가)", {"name": "Slack", "pid": 7}, "Slack(7)이", id="a-pid-is-not-read"),
        pytest.param("“{name}”은(는)", {"name": "Firefox"}, "“Firefox”는", id="after-a-quote"),
        pytest.param("{a}와(과) {b}을(를)", {"a": "Slack", "b": "Firefox"}, "Slack과 Firefox를", id="two"),
        pytest.param("{n:.0f}%을(를)", {"n": 79.6}, "80%를", id="a-number-as-it-is-shown"),
        pytest.param("{size}(으)로", {"size": "2.1 GiB"}, "2.1 GiB로", id="a-size"),
        pytest.param("{name}을(를)", {"name": "이(가)"}, "이(가)를", id="a-name-that-is-a-pair"),
        pytest.param("{name}을(를)", {"name": "{pid}"}, "{pid}를", id="a-name-that-is-a-placeholder"),
        pytest.param("{{}} {name}이(가)", {"name": "x{"}, "{} x{가", id="braces"),
        pytest.param("{name} 앱을 보호", {"name": "이(가)"}, "이(가) 앱을 보호", id="nothing-to-settle"),
    ],
)
def test_the_translation_is_settled_and_never_the_value(template: str, values: dict[str, object], wanted: str) -> None:
    assert settled(template, values).format(**values) == wanted


def test_every_pair_is_one_of_those_that_desktops_print() -> None:
    assert set(PAIRS) == {"은(는)", "이(가)", "을(를)", "와(과)", "(으)로"}
