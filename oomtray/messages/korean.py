"""Korean particles: "{name}을(를)" becomes 을 or 를 depending on the name's final sound.

A translation has the pair as in Korean desktops, in one of the forms of `PAIRS`. It is resolved in the
translation before the values are filled in, so that a process called "을(를)" keeps its name.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAIRS = {"은(는)": ("은", "는"), "이(가)": ("이", "가"), "을(를)": ("을", "를"), "와(과)": ("과", "와"), "(으)로": ("으로", "로")}
"""The form after a consonant, and the form after a vowel."""
_WRITTEN = re.compile("|".join(re.escape(pair) for pair in PAIRS))

_VOWEL, _L, _CONSONANT = "", "ㄹ", "ㄱ"
_SYLLABLES = 0xAC00
_SPELLED = {"L": _L, "R": _L, "M": _CONSONANT, "N": _CONSONANT}
"""엘, 알, 엠, 엔; the names of the other letters end in a vowel."""


def settled(template: str, values: Mapping[str, object]) -> str:
    """Return the template with each particle chosen for the text before it; placeholders remain."""
    if _WRITTEN.search(template) is None:
        return template
    made, read = "", ""  # the result, and how it reads with the values
    for literal, field, spec, conversion in Formatter().parse(template):
        plain = _with_particles(literal, read)
        made += plain.replace("{", "{{").replace("}", "}}")
        read += plain
        if field is not None:
            whole = f"{{{field}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}"
            made += whole
            read += whole.format(**values)
    return made


def _with_particles(text: str, before: str) -> str:
    return _WRITTEN.sub(lambda pair: particle(before + text[: pair.start()], pair[0]), text)


def particle(name: str, pair: str) -> str:
    """Return the form of the particle `pair`, a key of PAIRS, that follows `name`."""
    sound = final_sound(name)
    return PAIRS[pair][0 if sound and not (sound == _L and pair == "(으)로") else 1]


def final_sound(name: str) -> str:
    """Return the final sound of a name when read aloud: "" for a vowel, ㄹ, or ㄱ for any other consonant.

    For names in Latin letters it is guessed from the spelling.
    """
    name = re.sub(r"\s*\([^()]*\)$", "", name.strip())  # a PID in parentheses isn't read
    word = re.sub(r"[^0-9A-Za-z가-힣%]+$", "", name)
    last = word[-1:]
    if "가" <= last <= "힣":
        return {0: _VOWEL, 8: _L}.get((ord(last) - _SYLLABLES) % 28, _CONSONANT)
    if last.isdigit():
        return _L if last in "178" else _CONSONANT if last in "036" else _VOWEL
    found = re.search("[A-Za-z]*$", word)
    latin = found[0] if found else ""
    small = latin.lower()
    if latin.isupper() or latin.endswith("iB") or not re.search("[aeiouy]", small):  # spelled out; GiB is 기비바이트
        return _SPELLED.get(last.upper(), _VOWEL)
    if re.search("le?$", small):
        return _L
    consonant = re.search("(m|n|ng|[aeiou][mn]e|oo[kp]|(?<![aeiou])[aeiou]([bcpkt]|ck|pp))$", small)
    return _CONSONANT if consonant else _VOWEL
