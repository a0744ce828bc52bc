"""On X11 the popup tells a key from the pointer however slow the answers are, and leaves nothing behind when it is opened again."""

from __future__ import annotations

import ctypes
import gc

import pytest

from oomtray.ui.qt.x11_focus import FocusWatch, pointer_was_last


class Server:
    """Its clock goes on with each answer, so many milliseconds as `answers` says, the last one over and over."""

    def __init__(self, answers: list[int], **used: int) -> None:
        """`used`: when the pointer and the keyboard were last used; the first question comes at 1000."""
        self.now, self._answers, self.used = 1000, answers, used

    def idle(self, device: str) -> int:
        idle = self.now - self.used[device]
        self.now += self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return idle


@pytest.mark.parametrize(
    ("answers", "pointer", "keyboard", "last"),
    [
        pytest.param([0], 900, 950, False, id="a key after the pointer"),
        pytest.param([0], 950, 900, True, id="the pointer after a key"),
        pytest.param([200, 1], 900, 950, False, id="a key after the pointer, and a slow answer between"),
        pytest.param([200, 1], 950, 900, True, id="the pointer after a key, and a slow answer between"),
        pytest.param([0, 200, 1], 950, 900, True, id="the pointer after a key, and a slow answer after"),
        pytest.param([200, 200, 200, 1], 900, 950, False, id="several slow answers"),
        pytest.param([200], 900, 950, False, id="all of them slow: it counts as a key"),
        pytest.param([0], 900, 900, False, id="both at once: it counts as a key"),
    ],
)
def test_the_pointer_was_last_where_it_was_used_since_any_key(
    answers: list[int], pointer: int, keyboard: int, last: bool
) -> None:
    server = Server(answers, pointer=pointer, keyboard=keyboard)

    assert pointer_was_last(lambda: server.idle("pointer"), lambda: server.idle("keyboard")) is last


def test_a_pointer_that_moves_on_is_the_last() -> None:
    server = Server([200], pointer=900, keyboard=950)

    def pointer() -> int:
        server.used["pointer"] = server.now - 1
        return server.idle("pointer")

    assert pointer_was_last(pointer, lambda: server.idle("keyboard"))


@pytest.mark.parametrize(("pointer", "keyboard"), [(None, 5), (5, None)])
def test_what_is_not_told_counts_as_a_key(pointer: int | None, keyboard: int | None) -> None:
    assert not pointer_was_last(lambda: pointer, lambda: keyboard)


def test_each_opening_uses_the_libraries_that_the_first_one_loaded() -> None:
    FocusWatch()
    before = _libraries_held()
    for _ in range(3):
        FocusWatch()
    assert _libraries_held() == before


def _libraries_held() -> int:
    return sum(isinstance(one, ctypes.CDLL) for one in gc.get_objects())
