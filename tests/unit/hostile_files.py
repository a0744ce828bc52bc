"""Content that no writer of a file ever meant: random bytes, and right content with something broken in it, by number.

`content(samples, number)` is the same in every run, so a number is enough to see a failure again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

TOKENS = (
    b"9" * 309, b'"' + b"9" * 4301 + b'G"', b"-" + b"9" * 309, b"9" * 4301, b"0x" + b"f" * 5000, b"1e999", b"-1e999", b"nan", b"inf", b"-0", b"1_0", b"0.1",
    b"true", b"null", b'""', b"''", b'"""', b"'''", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"\\x", b"\0", b"\xff", b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b"\t", b"\x1b[31m", b"\xe2\x80\xae", b" ", b"=", b":", b",", b".", b"#", b"[", b"]",
    b"[[", b"]]", b"{", b"}", b"[[rule]]\n", b"[levels]\n", b"[" * 2000, b"{" * 2000, b'{"a":' * 2000, b"a" + b".a" * 90, b"a" + b".a" * 2000,
    b"[a" + b".a" * 90 + b"]\n", b"1979-05-27T07:32:00Z", b"x" * 3000,
)  # fmt: skip


def content(samples: Sequence[bytes], number: int) -> bytes:
    dice = random.Random(number)
    match dice.randrange(8):
        case 0:
            return dice.randbytes(dice.randrange(200))
        case 1:
            return b"".join(dice.choices(TOKENS, k=dice.randrange(12)))
        case _:
            made = bytearray(dice.choice(samples))
            for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
                _break(made, samples, dice)
            return bytes(made)


def _break(made: bytearray, samples: Sequence[bytes], dice: random.Random) -> None:
    at = dice.randrange(len(made) + 1)
    end = min(len(made), at + dice.choice((0, 1, 1, 2, 5, 20, 200)))
    match dice.randrange(7):
        case 0:
            made[at:end] = dice.choice(TOKENS)
        case 1:
            made[at:at] = dice.choice(TOKENS)
        case 2:
            del made[at:end]
        case 3:
            made[at:at] = made[at:end]
        case 4:
            other = dice.choice(samples)
            made[at:at] = other[dice.randrange(len(other)) :]
        case 5:
            _replace_value(made, at, dice)
        case _:
            if at < len(made):
                made[at] ^= 1 << dice.randrange(8)


def _replace_value(made: bytearray, at: int, dice: random.Random) -> None:
    """Puts a token in the place of what stands behind the next = or colon."""
    begins = [place for place in (made.find(b"=", at), made.find(b":", at)) if place >= 0]
    if begins:
        begin = min(begins) + 1
        ends = [place for place in (made.find(end, begin) for end in (b"\n", b",", b"}")) if place >= 0]
        made[begin : min(ends, default=len(made))] = dice.choice(TOKENS)
